"""The search for what the specs of a workspace name: open ones as they are, the others from the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server import workspace_symbols
from cnnspec.server.documents import Documents
from cnnspec.server.uris import find_path, write_uri
from cnnspec.server.workspace_symbols import WorkspaceSymbols, is_subsequence, rank

Names = list[str]
NETS = (
    "width = 3\nmodel ResNet(n=2) {\n  input 8x8x3\n  depth = n\n  conv(depth, 3x3) as stem\n}\ntrain { epochs = 1 }\n"
)
BLOCKS = "# 😀\nblock cbr(n) { conv(n, 3x3) }\nshared tower = relu\n"


@pytest.fixture
def symbols(tmp_path: Path) -> WorkspaceSymbols:
    (tmp_path / "nets.cnn").write_text(NETS)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "blocks.cnn").write_text(BLOCKS, encoding="utf-8")
    documents = Documents(ConfiguredFiles)
    documents.folders = [str(tmp_path)]
    return WorkspaceSymbols(documents)


def find(symbols: WorkspaceSymbols, query: str = "") -> Names:
    """What is found, as "file: name in container"."""
    return [
        f"{os.path.basename(find_path(one.location.uri))}: {one.name}" + f" in {one.container_name}" * bool(one.container_name)
        for one in symbols.find(query)
    ]  # fmt: skip


def test_what_is_found(symbols: WorkspaceSymbols) -> None:
    everything = [
        "nets.cnn: ResNet",
        "blocks.cnn: cbr",
        "nets.cnn: depth in ResNet",
        "blocks.cnn: tower",
        "nets.cnn: train",
        "nets.cnn: width",
    ]
    assert find(symbols) == everything
    assert find(symbols, "RT") == ["nets.cnn: ResNet"]
    assert find(symbols, "t") == [
        "blocks.cnn: tower",
        "nets.cnn: train",
        "nets.cnn: ResNet",
        "nets.cnn: depth in ResNet",
        "nets.cnn: width",
    ]
    assert find(symbols, "tr") == ["nets.cnn: train", "blocks.cnn: tower"]
    assert find(symbols, "stem") == find(symbols, "epochs") == []
    (found,) = symbols.find("cbr")
    assert (found.location.range.start.line, found.location.range.start.character) == (1, 6)


@pytest.mark.parametrize(
    ("query", "name", "fits"),
    [("", "", True), ("", "a", True), ("a", "", False), ("cb", "cbr", True), ("RC", "cbr", False), ("RB", "ResBlock", True),
     ("bb", "cbr", False), ("É", "é", True)],
)  # fmt: skip
def test_a_query_is_letters_in_their_order(query: str, name: str, fits: bool) -> None:
    assert is_subsequence(query, name) == fits


def test_the_best_comes_first() -> None:
    assert sorted(["my_conv", "c_o_n_v", "Conv", "conv2"], key=lambda name: rank("conv", name)) == [
        "Conv",
        "conv2",
        "my_conv",
        "c_o_n_v",
    ]


def test_an_open_file_counts_as_it_is_in_the_editor(symbols: WorkspaceSymbols, tmp_path: Path) -> None:
    documents = symbols.documents
    document = documents.open(write_uri(str(tmp_path / "nets.cnn")), "block unsaved(n) { relu }\nconv(\n", 1)
    documents.open("untitled:Untitled-1", "block fresh(n) { relu }\n", 1)
    assert find(symbols) == ["blocks.cnn: cbr", "Untitled-1: fresh", "blocks.cnn: tower", "nets.cnn: unsaved"]
    documents.close(document.uri)
    assert "nets.cnn: ResNet" in find(symbols)


def change(path: Path) -> None:
    path.write_text("block other(n) { relu }\n")


@pytest.mark.parametrize(
    ("do", "found"),
    [(change, ["nets.cnn: other"]), (Path.unlink, []), (lambda path: path.write_bytes(b"\xff\0"), []), (lambda path: path.write_text("conv("), [])],
)  # fmt: skip
def test_a_file_that_has_changed_is_read_again(
    do: Callable[[Path], object], found: Names, symbols: WorkspaceSymbols, tmp_path: Path
) -> None:
    find(symbols)
    do(tmp_path / "nets.cnn")
    assert [one for one in find(symbols) if one.startswith("nets.cnn")] == found


def test_what_is_known_is_not_read_again(symbols: WorkspaceSymbols, monkeypatch: pytest.MonkeyPatch) -> None:
    before = find(symbols)
    monkeypatch.setattr(workspace_symbols, "parse", None)
    monkeypatch.setattr(symbols.documents, "list_specs", None)
    assert find(symbols) == before
    symbols.forget_files()
    with pytest.raises(TypeError):
        find(symbols)


def test_what_there_is_no_time_for_comes_later(symbols: WorkspaceSymbols, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace_symbols, "SECONDS", -1.0)
    assert find(symbols) == []
    monkeypatch.undo()
    assert len(find(symbols)) == 6
    monkeypatch.setattr(workspace_symbols, "SECONDS", -1.0)
    assert len(find(symbols)) == 6


def test_a_file_of_a_megabyte_is_left_out(symbols: WorkspaceSymbols, tmp_path: Path) -> None:
    (tmp_path / "large.cnn").write_text("block f(n) { relu }\n" + "# x\n" * 2**18)
    assert "large.cnn: f" not in find(symbols) and len(find(symbols)) == 6


def test_what_the_configuration_leaves_out_is_not_found(symbols: WorkspaceSymbols, tmp_path: Path) -> None:
    (tmp_path / "cnnspec.toml").write_text('exclude = ["sub"]\n')
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "h.cnn").write_text(BLOCKS)
    assert "blocks.cnn: cbr" not in find(symbols) and "nets.cnn: width" in find(symbols)


def test_a_configuration_that_cannot_be_used_leaves_nothing_out(symbols: WorkspaceSymbols, tmp_path: Path) -> None:
    before = find(symbols)
    (tmp_path / "sub" / "cnnspec.toml").write_text("exclude = [\n")
    symbols.forget_files()
    assert find(symbols) == before


def test_links_that_lead_back_end(symbols: WorkspaceSymbols, tmp_path: Path) -> None:
    (tmp_path / "sub" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "loop.cnn").symlink_to(tmp_path / "loop.cnn")
    (tmp_path / "again.cnn").symlink_to(tmp_path / "nets.cnn")
    assert len(find(symbols)) == 6
    os.mkfifo(tmp_path / "pipe.cnn")
    symbols.forget_files()
    assert len(find(symbols)) == 6
