"""Requests on the structure of a text, as editors of several kinds make them; the text has emoji and two-character line ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnspec.server.uris import find_path, write_uri
from tests.server.client import SECONDS, Editor, Json, stretch

TEXT = '# 😀 https://a.org/😀.\r\nuse "used.cnn" (f)\r\ninput 28x28x1\r\nconv( 8,3x3,name="😀") ->relu\r\nf(4) -> flatten\r\ntrain { data = digits }\r\n'
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
SETTINGS = {"hierarchicalDocumentSymbolSupport": True}
ABLE = {
    "window": {"showDocument": {"support": True}},
    "workspace": {"codeLens": {"refreshSupport": True}, "inlayHint": {"refreshSupport": True}},
    "textDocument": {"documentSymbol": SETTINGS},
}


def start(folder: Path, capabilities: Json, options: Json) -> Iterator[tuple[Editor, str]]:
    """An editor with the file open."""
    (folder / "used.cnn").write_text("block f(n) { conv(n, 3x3) }\n")
    path = folder / "😀 a.cnn"
    path.write_bytes(TEXT.encode())
    editor = Editor(folder)
    folders = [{"uri": write_uri(str(folder)), "name": "it"}]
    editor.begin(capabilities, workspaceFolders=folders, initializationOptions=options)
    uri = write_uri(str(path))
    editor.open(uri, TEXT)
    yield editor, uri
    assert editor.end() == 0


@pytest.fixture(scope="module")
def able(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Editor, str]]:
    """An editor that can much, but does not show itself what commands come to."""
    yield from start(tmp_path_factory.mktemp("able"), ABLE, {})


@pytest.fixture(scope="module")
def plain_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Editor, str]]:
    """An editor that can nothing beyond what all can."""
    yield from start(tmp_path_factory.mktemp("plain"), {}, {"codeLens": False, "inlayHints": 3})


def test_selection_links_and_formatting_count_as_the_editor_does(able: tuple[Editor, str]) -> None:
    editor, uri = able
    document = {"uri": uri}
    (word, other) = editor.ask(
        "textDocument/selectionRange",
        textDocument=document,
        positions=[{"line": 3, "character": 18}, {"line": 4, "character": 2}],
    )
    assert word["range"] == stretch(3, 18, 20) and word["parent"]["range"] == stretch(3, 17, 21)
    assert word["parent"]["parent"]["range"] == stretch(3, 12, 21) and other["range"] == stretch(4, 2, 3)
    links = editor.ask("textDocument/documentLink", textDocument=document)
    assert [(link["range"], find_path(link["target"])[-8:]) for link in links[1:]] == [(stretch(1, 5, 13), "used.cnn")]
    assert links[0]["range"] == stretch(0, 5, 21) and links[0]["target"] == "https://a.org/😀"
    (edit,) = editor.ask(
        "textDocument/rangeFormatting",
        textDocument=document,
        range=stretch(3, 1, 1),
        options={"tabSize": 2, "insertSpaces": True},
    )
    assert edit["range"]["start"]["line"] == edit["range"]["end"]["line"] == 3


def test_tokens_and_their_changes(able: tuple[Editor, str]) -> None:
    editor, uri = able
    full = editor.ask("textDocument/semanticTokens/full", textDocument={"uri": uri})
    assert full["data"][:15] == [0, 0, 22, 11, 0, 1, 0, 3, 0, 0, 0, 4, 10, 8, 0]
    editor.change(uri, "😀😀", stretch(0, 2, 4))
    delta = editor.ask(
        "textDocument/semanticTokens/full/delta", textDocument={"uri": uri}, previousResultId=full["resultId"]
    )
    assert delta["edits"] == [{"start": 2, "deleteCount": 1, "data": [24]}]
    part = editor.ask("textDocument/semanticTokens/range", textDocument={"uri": uri}, range=stretch(1, 0, 3))
    assert part["data"] == [1, 0, 3, 0, 0]
    editor.change(uri, TEXT)


def test_lenses_and_what_they_command(able: tuple[Editor, str]) -> None:
    editor, uri = able
    asked: Json = {"textDocument": {"uri": uri}}
    lenses = editor.ask("textDocument/codeLens", **asked)
    assert [lens["command"]["title"] for lens in lenses] == [
        "372 parameters · 214.6 k MACs · receptive field 5x5 · output 2304", "Summary",
    ]  # fmt: skip
    command = lenses[1]["command"]
    shown = editor.ask("workspace/executeCommand", command=command["command"], arguments=command["arguments"])
    assert shown["title"] == "Summary of 😀 a.cnn" and "Total params: 372" in shown["text"]
    editor.ask("textDocument/foldingRange", **asked)
    said = [message["params"] for message in editor.said if message["method"] == "window/showDocument"][-1]
    path = Path(find_path(said["uri"]))
    assert path.suffix == ".txt" and path.read_text(encoding="utf-8") == shown["text"]
    refused = editor.answer("workspace/executeCommand", command="cnnspec.explain", arguments=[uri])["error"]
    assert refused["message"] == "a position is {line, character}, both whole numbers from 0"
    editor.tell("workspace/didChangeConfiguration", settings={"cnnspec": {"codeLens": False}})
    assert editor.ask("textDocument/codeLens", **asked) == []
    assert "workspace/codeLens/refresh" in [message["method"] for message in editor.said]
    editor.tell("workspace/didChangeConfiguration", settings={"cnnspec": {"codeLens": True, "showsResults": True}})
    assert editor.ask("textDocument/codeLens", **asked)[-1]["command"]["title"] == "Train"
    count = len(editor.said)
    trained = editor.ask("workspace/executeCommand", command="cnnspec.train", arguments=[uri])
    assert trained["command"] == ["cnnspec", "train", find_path(uri)]
    editor.ask("textDocument/foldingRange", **asked)
    assert "window/showDocument" not in [message["method"] for message in editor.said[count:]]


def test_an_editor_that_can_little_is_told_what_it_understands(plain_one: tuple[Editor, str]) -> None:
    editor, uri = plain_one
    asked: Json = {"textDocument": {"uri": uri}}
    assert editor.ask("textDocument/codeLens", **asked) == []
    symbols = editor.ask("textDocument/documentSymbol", **asked)
    assert [(symbol["name"], symbol.get("containerName")) for symbol in symbols] == [("train", None), ("data", "train")]
    editor.ask("workspace/executeCommand", command="cnnspec.explain", arguments=[uri, {"line": 3, "character": 1}])
    editor.ask("textDocument/foldingRange", **asked)
    (said,) = [message["params"]["message"] for message in editor.said if message["method"] == "window/showMessage"]
    assert said.startswith("Figures of 😀\n\n😀 (Conv2D), line 4: conv( 8,3x3")
    editor.tell("workspace/didChangeConfiguration", settings={})
    assert len(editor.ask("textDocument/inlayHint", textDocument={"uri": uri}, range=WHOLE)) > 1


def test_symbols_of_the_workspace(plain_one: tuple[Editor, str]) -> None:
    editor, uri = plain_one
    assert [one["name"] for one in editor.ask("workspace/symbol", query="")] == ["f", "train"]
    (found,) = editor.ask("workspace/symbol", query="TRN")
    assert found["location"] == {"uri": uri, "range": stretch(5, 0, 5)}
    folder = Path(find_path(uri)).parent
    (folder / "new.cnn").write_text("block fresh(n) { relu }\n")
    editor.tell("workspace/didChangeWatchedFiles", changes=[{"uri": write_uri(str(folder / "new.cnn")), "type": 1}])
    assert [one["name"] for one in editor.ask("workspace/symbol", query="fre")] == ["fresh"]
    removed = [{"uri": write_uri(str(folder)), "name": "it"}]
    editor.tell("workspace/didChangeWorkspaceFolders", event={"added": [], "removed": removed})
    editor.tell("workspace/didChangeWatchedFiles", changes=[])
    assert [one["name"] for one in editor.ask("workspace/symbol", query="")] == ["train"]


def test_nothing_heavy_is_imported_before_it_is_asked() -> None:
    code = "import sys, cnnspec.server.language_server\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=SECONDS)
    there = {*done.stdout.split()}
    assert not there & {"keras", "tensorflow", "numpy", "torch", "lark", "cnnspec.format", "cnnspec.lost.lost"}
    assert "pygls.lsp.server" in there
