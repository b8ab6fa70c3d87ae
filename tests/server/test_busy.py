"""A server that has much to do: what comes meanwhile, what is taken back, what is no longer there, and its end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnspec.server.uris import write_uri
from tests.server.client import SECONDS, Editor, Json, stretch

LONG = "input 32x32x16\n" + "conv(16, 3x3, padding=same) -> bn -> relu\n" * 2000
WHOLE: Json = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    editor = Editor(tmp_path_factory.mktemp("busy"))
    editor.begin()
    yield editor
    assert editor.end() == 0


def find_versions(editor: Editor, uri: str, last: int) -> list[tuple[int, int]]:
    """The versions of a file whose findings are shown, and how many these are, up to the last."""
    found = [(0, 0)]
    while found[-1][0] != last:
        message = editor.receive()
        if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
            found.append((message["params"]["version"], len(message["params"]["diagnostics"])))
    return found[1:]


def test_edits_that_come_meanwhile_are_merged(editor: Editor, tmp_path: Path) -> None:
    """Each version that is shown has the findings of its own text; the last has been shown."""
    uri = write_uri(str(tmp_path / "a.cnn"))
    editor.open(uri, LONG)
    for version in range(2, 40):  # one more misspelt word each
        editor.change(uri, "cnv", stretch(version, 0, 4), version)
    shown = find_versions(editor, uri, 39)
    assert len(shown) < 38
    assert all(count == version for version, count in shown), shown  # and one about the whole
    editor.close(uri)


def test_what_is_found_in_a_used_file_is_shown_of_its_text_as_it_is(editor: Editor, tmp_path: Path) -> None:
    used, user = write_uri(str(tmp_path / "used.cnn")), write_uri(str(tmp_path / "user.cnn"))
    editor.open(used, "block f(n) { conv(n, 3x3, stride=3) }\n")
    editor.open(user, 'use "used.cnn" (f)\ninput 7x7x3\nf(8)\n')
    assert (1, 1) in find_versions(editor, used, 1) or editor.codes(used) == ["W201"]
    editor.change(used, "block f(n) { conv(n, 3x3, stride=2) }\n", version=2)
    assert [count for version, count in find_versions(editor, used, 2) if version == 2] == [0]
    for uri in (used, user):
        editor.close(uri)


def test_a_request_that_was_taken_back_is_not_computed(editor: Editor, tmp_path: Path) -> None:
    uri = write_uri(str(tmp_path / "b.cnn"))
    asked: Json = {"textDocument": {"uri": uri}, "range": WHOLE}
    opened = {"uri": uri, "languageId": "cnnspec", "version": 1, "text": LONG}
    editor.send_together(
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}},
        {"id": "first", "method": "textDocument/inlayHint", "params": asked},
        {"id": "second", "method": "textDocument/inlayHint", "params": asked},
        {"method": "$/cancelRequest", "params": {"id": "second"}},
    )
    answers: dict[str, Json] = {}
    while len(answers) < 2:
        message = editor.receive()
        if message.get("id") in ("first", "second"):
            answers[message["id"]] = message
    assert answers["first"]["result"] and answers["second"]["error"]["code"] == -32800
    for unknown in ("never asked", 99, [1], None):
        editor.tell("$/cancelRequest", id=unknown)
    assert editor.ask("textDocument/inlayHint", **asked)
    editor.close(uri)


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/a.cnn?HEAD", "x", "file:///", "file:///dev/zero", "file:///%00"]
)
def test_a_uri_that_is_no_file(uri: str, editor: Editor) -> None:
    editor.open(uri, 'use "a.cnn" (f)\ncnv(\n')
    assert editor.wait(uri)
    editor.answer("textDocument/inlayHint", textDocument={"uri": uri}, range=WHOLE)
    editor.close(uri)


def test_a_folder_that_cannot_be_written_or_is_gone(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    uri = write_uri(str(folder / "a.cnn"))
    (folder / "used.cnn").write_text("block f(n) { conv(n, 3x3) }\n")
    folder.chmod(0o500)
    editor.open(uri, 'use "used.cnn" (f)\ninput 7x7x3\nf(8)\n')
    assert editor.codes(uri) == []
    folder.chmod(0o700)
    assert os.listdir(folder) == ["used.cnn"]
    shutil.rmtree(folder)
    editor.change(uri, "\n", stretch(0, 0, 0))
    assert editor.codes(uri) == ["E015"]
    editor.ask("textDocument/inlayHint", textDocument={"uri": uri}, range=WHOLE)
    editor.close(uri)


def test_it_ends_when_it_is_told_though_nobody_closes_its_input(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    editor.begin()
    editor.ask("shutdown")
    editor.tell("exit")
    assert editor.process.wait(SECONDS) == 0
    assert editor.process.stderr is not None and editor.process.stderr.read() == b""
    editor.watchdog.cancel()


def test_it_ends_with_an_editor_that_dies_in_the_middle(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    editor.begin()
    editor.open(write_uri(str(tmp_path / "a.cnn")), LONG)
    editor.stdin.close()
    editor.stdout.close()
    assert editor.process.wait(SECONDS) == 1
    editor.watchdog.cancel()
