"""Completion of what other files have: paths, and the blocks of files that are used."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.completion import list_completions
from cnnspec.server.documents import Documents
from cnnspec.server.signature import find_signature
from cnnspec.server.uris import write_uri

LIBRARY = """# A convolution,
# normalised.
# cnnspec: ignore[W201]
block cbr(
  filters,  # how many features 😀
  kernel, stride=1,
) { conv(filters, kernel, stride) -> bn }

block other { relu }
"""


def complete_in(folder: Path, text: str) -> list[types.CompletionItem]:
    documents = Documents(ConfiguredFiles)
    document = documents.open(write_uri(str(folder / "user.cnn")), text.replace("|", ""), 1)
    return list_completions(document, documents, document.places.find_position(text.index("|")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a library beside the file that is written, and one above."""
    (tmp_path / "cnnspec.toml").write_text("")
    (tmp_path / "top.cnn").write_text("block top { relu }\n")
    folder = tmp_path / "nets"
    for name in ("lib.cnn", "sub/deep.cnn", ".hidden/x.cnn", ".x.cnn", "data.csv", "a.npz", "notes.txt", "user.cnn"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(LIBRARY if name == "lib.cnn" else "")
    return folder


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('use "|', ["lib.cnn", "sub/", "../"]),
        ("use 'li|b.cnn' (cbr)", ["lib.cnn", "sub/", "../"]),
        ('use "sub/|"', ["sub/deep.cnn"]),
        ('use "../|"', ["../nets/", "../top.cnn"]),
        ('use "../../|"', []),
        ('use "nowhere/|"', []),
        ('use "\0|"', []),
        ('train { data = "|" }', ["a.npz", "data.csv", "sub/", "../"]),
        ('train { best = "|" }', []),
        ('conv(3, name="|")', []),
    ],
)
def test_paths_that_are_proposed(text: str, paths: list[str], folder: Path) -> None:
    """They take the place of what is written of the path."""
    found = complete_in(folder, f"# 😀\n{text}")
    assert [item.label for item in found] == paths
    for item in found:
        assert isinstance(item.text_edit, types.TextEdit)
        start, end = item.text_edit.range.start, item.text_edit.range.end
        line = text.replace("|", "")
        assert line[start.character - 1] in "\"'" and line[end.character : end.character + 1] in "\"'"


def test_blocks_of_a_used_file(folder: Path) -> None:
    assert [item.label for item in complete_in(folder, 'use "lib.cnn" (|')] == ["cbr", "other"]
    assert [item.label for item in complete_in(folder, 'use "lib.cnn" (cbr, |)\n')] == ["other"]
    assert complete_in(folder, 'use "nowhere.cnn" (|') == complete_in(folder, 'use "../../x.cnn" (|') == []
    text = 'use "lib.cnn" (cbr)\ninput 9x9x3\n'
    (block,) = [item for item in complete_in(folder, f"{text}|") if item.label == "cbr"]
    about = "A convolution,\nnormalised."
    assert (block.detail, block.documentation) == ("cbr(filters, kernel, stride=1)", about)
    found = {item.label: (item.detail, item.documentation) for item in complete_in(folder, f"{text}cbr(|")}
    assert found["filters="] == ("required", "how many features 😀")
    assert found["kernel="] == ("required", about)
    assert found["stride="] == ("default 1", about)
    assert "kernel=" not in {item.label for item in complete_in(folder, f"{text}cbr(3,\n  3, |\n)\nrelu\n")}


def test_the_call_of_a_used_block(folder: Path) -> None:
    documents = Documents(ConfiguredFiles)
    text = 'use "lib.cnn" (cbr)\ninput 9x9x3\ncbr(3, '
    document = documents.open(write_uri(str(folder / "user.cnn")), text, 1)
    found = find_signature(document, documents, document.places.find_position(len(text)))
    assert found is not None
    (signature,) = found.signatures
    assert (signature.label, signature.documentation) == (
        "cbr(filters, kernel, stride=1)",
        "A convolution,\nnormalised.",
    )
    assert found.active_parameter == 1 and signature.parameters is not None
    assert signature.parameters[0].documentation == "how many features 😀"
