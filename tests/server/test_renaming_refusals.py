"""Names that keep their names, and what an editor is told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from cnnspec.server.uris import find_path, write_uri
from tests.server.client import Editor, apply, stretch
from tests.server.renamed import find_marks, make_edits, open_file, split, unmark, write_project
from tests.server.test_renaming import PROJECTS

LIBRARY = "=== lib.cnn\nblock «f»(n, act=relu) { conv(n, 3x3) -> act }\nblock h(n) { f(n) }\n"
USER = LIBRARY + '=== a.cnn\nuse "lib.cnn" (f, h)\ng = 3\ninput 9x9x3\nf(g) -> h(4)\n'


@pytest.mark.parametrize(
    ("project", "new", "why"),
    [
        (USER, "g", "g is taken in line 2 of a.cnn: choose another"),
        (USER, "h", "h is taken in line 2: choose another"),
        (USER, "a b", '"a b" is no name: letters, digits and _ make one, and no digit comes first'),
        (USER, "2d", '"2d" is no name: letters, digits and _ make one, and no digit comes first'),
        (USER, "", '"" is no name: letters, digits and _ make one, and no digit comes first'),
        (USER, "in", '"in" is a word of the language: choose another'),
        (USER, "Conv2D", '"Conv2D" is what a layer is called: choose another'),
        (USER, "n", "n is taken in line 2: choose another"),
        (LIBRARY + '=== a.cnn\nuse "lib.cnn" (f)\nconv(\n', "g", "a.cnn has syntax errors: mend them first"),
        (LIBRARY + '=== a.cnn\nuse "lib.cnn" (f\nconv(f\n', "g", "a.cnn has syntax errors: mend them first"),
        ("=== a.cnn\nblock «f»(n) { relu }\nconv(\n", "g", "this file has syntax errors: mend them first"),
        ("=== a.cnn\ninput 9x9x3\n«conv»(3, 3x3)\n", "g", "no name that can be renamed stands here"),
        ("=== a.cnn\ninput 9x9x3\nconv(3, 3x3, «padding»=same)\n", "g", "no name that can be renamed stands here"),
        ('=== a.cnn\nuse "lib.cnn" («f»)\n', "g", 'f is a block of "lib.cnn", where it is not found'),
        ("=== a.cnn\n«n» = 3\ninput 9x9x3\nconv(n, 3x3, padding=same)\n", "same", "same would mean something else in line 3: choose another"),
        ("=== a.cnn\n«n» = 3\ninput SxSx3\nconv(n, 3x3)\n", "S", "with the name S there would be a mistake in line 2: S is bound: it names no unknown size"),
        ("=== a.cnn\n«width» = 3\ninput 9x9x3\nconv(widht, 3x3)\n", "w", "width may be what a misspelt word means: mend that first"),
        (
            "=== a.cnn\nmodel M(«classes»=10) { input 9x9x3\nflatten\ndense(12, softmax) }\n",
            "c", "with the name c this would not be found in line 3: dense1 has 12 outputs, and the model's parameter classes says 10",
        ),
        (
            '=== a.cnn\ninput 9x9x3\nflatten\ndense(4) as «head»\nsoftmax\ntrain { optimizer = muon(exclude_layers=["head"]) }\n',
            "g", "with the name g the networks of a.cnn would be others",
        ),
        (
            "=== a.cnn\nblock f(«n») { conv(n, 3x3) }\nblock g(n) { relu }\ninput 9x9x3\nfor b in [f, g] { b(n=3) }\n",
            "m", 'with the name m there would be a mistake in line 4: g has no parameter "m"',
        ),
    ],
)  # fmt: skip
def test_a_name_that_keeps_its_name(project: str, new: str, why: str, tmp_path: Path) -> None:
    texts = split(project)
    documents = write_project(tmp_path, texts)
    name = next(name for name, text in texts.items() if "«" in text)
    document = open_file(documents, tmp_path / name)
    assert make_edits(document, documents, find_marks(texts[name])[0], new) == {"": why}


def test_a_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = split(USER)
    documents = write_project(tmp_path, texts)
    document = open_file(documents, tmp_path / "lib.cnn")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "a.cnn")
    assert make_edits(document, documents, 6, "g") == {"": "a.cnn would have to change, and cannot be written"}


def test_an_editor_renames_across_files(tmp_path: Path) -> None:
    """With the versions that it takes, in the folders that it has; what is refused is an error with a sentence."""
    texts = split(PROJECTS["a block"].replace("\n", "\r\n"))
    write_project(tmp_path, texts)
    editor = Editor(tmp_path)
    capabilities = {
        "workspace": {"workspaceEdit": {"documentChanges": True}, "workspaceFolders": True},
        "textDocument": {"rename": {"prepareSupport": True}},
    }
    folders = [{"uri": write_uri(str(tmp_path)), "name": "x"}]
    told = editor.ask("initialize", processId=None, rootUri=None, capabilities=capabilities, workspaceFolders=folders)
    assert told["capabilities"]["renameProvider"] == {"prepareProvider": True}
    editor.tell("initialized")
    uri = write_uri(str(tmp_path / "a.cnn"))
    editor.open(uri, unmark(texts["a.cnn"]))
    asked: dict[str, Any] = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 15}}
    assert editor.ask("textDocument/prepareRename", **asked) == {"placeholder": "f", "range": stretch(0, 15, 16)}
    edit = editor.ask("textDocument/rename", **asked, newName="zz")
    for change in edit["documentChanges"]:
        path = Path(find_path(change["textDocument"]["uri"]))
        assert change["textDocument"]["version"] == (1 if path.name == "a.cnn" else None)
        ours = texts[path.relative_to(tmp_path).as_posix()].replace("\r", "")
        assert apply(unmark(ours), change["edits"]) == re.sub("«.*?»", "zz", ours)
    assert len(edit["documentChanges"]) == 3
    for refused in (
        editor.answer("textDocument/rename", **asked, newName="conv"),
        editor.answer("textDocument/prepareRename", **asked | {"position": {"line": 1, "character": 2}}),
    ):
        assert refused["error"]["message"] in (
            '"conv" is what a layer is called: choose another',
            "no name that can be renamed stands here",
        )
    gone = {"added": [], "removed": folders}
    editor.tell("workspace/didChangeWorkspaceFolders", event=gone)
    places = editor.ask("textDocument/references", **asked, context={"includeDeclaration": True})
    assert len(places) == 6  # the files of its project are looked at all the same
    assert editor.end() == 0
