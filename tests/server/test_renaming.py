"""Names across files: where else one is meant, and renaming; «» stand around the places, and === before each file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.layers import find
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.names import Names, list_names
from cnnspec.server.references import find_definition, list_references
from cnnspec.server.renaming import NotRenamed, prepare_rename, rename
from cnnspec.server.uris import find_path, write_uri
from cnnspec.syntax import tree
from tests.example_files import FILES, TRIED
from tests.server.client import Editor, apply, stretch
from tests.server.opened import open_text, plain
from tests.support import THOROUGH

Texts = dict[str, str]  # by the files' names


# ---- projects ------------------------------------------------------------------------------------------------
def split(project: str) -> Texts:
    parts = re.split(r"=== (\S+)\r?\n", project)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def unmark(text: str) -> str:
    return text.replace("«", "").replace("»", "")


def mark(text: str, ranges: list[dict[str, dict[str, int]]]) -> str:
    """A text with marks around ranges."""
    ends = [{"range": {"start": one["start"], "end": one["start"]}, "newText": "«"} for one in ranges]
    ends += [{"range": {"start": one["end"], "end": one["end"]}, "newText": "»"} for one in ranges]
    return apply(text, ends)


def write_project(folder: Path, texts: Texts) -> Documents:
    """The files on the disk, in a workspace of which none is open."""
    for name, text in {"cnnspec.toml": "", **texts}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(unmark(text), encoding="utf-8", newline="")
    documents = Documents(ConfiguredFiles)
    documents.folders = [str(folder)]
    return documents


def open_file(documents: Documents, path: Path) -> Document:
    return documents.open(write_uri(str(path)), path.read_bytes().decode(), 1)


def find_marks(text: str) -> list[int]:
    """The offsets of the names that stand between marks, in the text without them."""
    found = [match.start() for match in re.finditer("«", text.replace("\r\n", "\n"))]
    return [at - 2 * number for number, at in enumerate(found)]


def make_edits(document: Document, documents: Documents, at: int, new: str) -> Texts:
    """The texts of the files that a renaming changes, by their paths; or why there is none."""
    try:
        edit = rename(document, documents, document.places.find_position(at), new)
    except NotRenamed as error:
        return {"": str(error)}
    changed = {}
    for uri, edits in plain(edit)["changes"].items():
        opened = documents.get(uri)
        text = opened.edited.text if opened else Path(find_path(uri)).read_bytes().decode()
        changed[find_path(uri)] = apply(text, edits)
    return changed


PROJECTS = {
    "a block": """=== lib.cnn
# 😀
block «f»(n) { conv(n, 3x3) }
block g(n) { «f»(n) }
=== a.cnn
use "lib.cnn" («f», g)
input 9x9x3
conv(1, 1x1, name="😀") -> «f»(4)
=== deep/b.cnn
use "../lib.cnn" (g, «f»,)
input 9x9x3
g(4) -> «f»(n=5)
=== other.cnn
block f(n) { relu }
input 9x9x3
f(3)
""",
    "a block that is passed on": """=== c.cnn
block «f»(n) { conv(n, 3x3) }
=== b.cnn
use "c.cnn" («f»)
block g(n) { «f»(n) -> «f»(n) }
=== a.cnn
use "b.cnn" (g, «f»)
input 9x9x3
g(4) -> «f»(4)
""",
    "a parameter": """=== lib.cnn
block f(«n», m=«n») { conv(«n», 3x3) -> dense(m) }
block g(n) { f(«n»=n) -> f(n) }
=== a.cnn
use "lib.cnn" (f, g)
n = 3
input 9x9x3
f(«n»=n, m=2) -> g(n=n)
=== b.cnn
use "lib.cnn" (f)
cell = f
input 9x9x3
cell(«n»=4)
""",
    "a parameter of what is called by another name": """=== lib.cnn
block f(«n») { conv(«n», 3x3) }
block twice(cell, n) { cell(«n»=n) -> cell(n) }
=== a.cnn
use "lib.cnn" (f, twice)
input 9x9x3
twice(f, n=4)
for b in [f, f] { b(«n»=2) }
(f if in.channels == 2 else f)(«n»=3)
""",
    "a parameter where nothing is built": """=== lib.cnn
block f(«n») { conv(«n», 3x3) }
=== a.cnn
use "lib.cnn" (f)
cell = f
block g(n) { f(«n»=n) -> cell(«n»=2) }
""",
    "a constant": """=== lib.cnn
«width» = 8
block f(n=«width») { conv(n + «width», 3x3) }
=== a.cnn
use "lib.cnn" (f)
width = 3
input 9x9x3
f(width)
""",
    "a tensor": "=== a.cnn\r\n# 😀\r\ninput «img» 9x9x3 # 😀\r\nconv(3, 1x1) -> add(«img», in) as end\r\n",
    "a model": "=== a.cnn\nmodel «M»(M=3) { input 9x9x3\nconv(M, 3x3) }\nmodel O { input 9x9x3\nrelu }\n",
}


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_a_name_is_renamed_wherever_it_is_meant(project: str, tmp_path: Path) -> None:
    """From each of its places, whichever file is open; from each, all are found, and the one that binds it."""
    texts = split(project)
    expected = {str(tmp_path / n): re.sub("«.*?»", "zz", text) for n, text in texts.items() if "«" in text}
    first = next(iter(texts))
    for name, text in texts.items():
        documents = write_project(tmp_path, texts)
        for at in find_marks(text):
            document = open_file(documents, tmp_path / name)
            assert make_edits(document, documents, at, "zz") == expected
            position = document.places.find_position(at)
            found = find_definition(document, documents, position)
            assert found is not None
            assert find_path(found.uri) == str(tmp_path / first)
            assert document.places.find_offset(prepare_rename(document, documents, position).range.start) == at
            places = list_references(document, documents, position)
            marked = {}
            for other in expected:
                ranges = plain([one.range for one in places if find_path(one.uri) == other])
                marked[other] = mark(Path(other).read_bytes().decode(), ranges)
            assert marked == {str(tmp_path / n): text for n, text in texts.items() if "«" in text}
            assert len(list_references(document, documents, position, binding=False)) == len(places) - 1


def test_what_is_open_counts_as_it_is_in_the_editor(tmp_path: Path) -> None:
    texts = {"lib.cnn": "block f(n) { relu }\n", "a.cnn": 'use "lib.cnn" (f)\n', "b.cnn": 'use "lib.cnn" (f)\n'}
    documents = write_project(tmp_path, texts)
    library = open_file(documents, tmp_path / "lib.cnn")
    user = open_file(documents, tmp_path / "a.cnn")
    documents.edit(user.uri, [(None, "# nothing\n")], 7)
    other = documents.open(write_uri(str(tmp_path / "new.cnn")), 'use "lib.cnn" (f)\ninput 3x3x3\nf(n=1)\n', 3)
    documents.numbers_edits = True
    edit = plain(rename(library, documents, library.places.find_position(6), "g"))
    versions = {
        find_path(one["textDocument"]["uri"]): one["textDocument"]["version"] for one in edit["documentChanges"]
    }
    assert versions == {library.path: 1, other.path: 3, str(tmp_path / "b.cnn"): None}


def test_a_file_that_is_left_out_stays(tmp_path: Path) -> None:
    texts = {
        "lib.cnn": "block f(n) { relu }\n",
        "old/a.cnn": 'use "../lib.cnn" (f)\n',
        "cnnspec.toml": 'exclude = ["old"]',
    }
    documents = write_project(tmp_path, texts)
    document = open_file(documents, tmp_path / "lib.cnn")
    assert [*make_edits(document, documents, 6, "g")] == [document.path]
    user = documents.open(write_uri(str(tmp_path / "b.cnn")), 'use "old/c.cnn" (f)\n', 1)
    (tmp_path / "old" / "c.cnn").write_text("block f(n) { relu }\n")
    assert "c.cnn would have to change, and is left out" in make_edits(user, documents, 17, "g")[""]


@pytest.mark.parametrize("broken", ["cnnspec.toml", "sub/cnnspec.toml"])
def test_a_configuration_that_cannot_be_used_leaves_nothing_out(broken: str, tmp_path: Path) -> None:
    """Else the files that use a block kept its old name."""
    use = 'use "lib.cnn" (f)\n'
    texts = {"lib.cnn": "block f(n) { relu }\n", "a.cnn": use, "sub/c.cnn": "relu\n", broken: "exclude = [\n"}
    documents = write_project(tmp_path, texts)
    document = open_file(documents, tmp_path / "lib.cnn")
    assert {Path(path).name for path in make_edits(document, documents, 6, "g")} == {"lib.cnn", "a.cnn"}


def test_a_file_outside_the_project_is_not_looked_into(tmp_path: Path) -> None:
    """Nor does the language read it."""
    texts = {"lib.cnn": "block f(n) { relu }\n", "net/cnnspec.toml": "", "net/a.cnn": 'use "../lib.cnn" (f)\n'}
    documents = write_project(tmp_path, texts)
    document = open_file(documents, tmp_path / "net" / "a.cnn")
    assert find_definition(document, documents, document.places.find_position(19)) is None
    assert "where it is not found" in make_edits(document, documents, 19, "g")[""]
    library = open_file(documents, tmp_path / "lib.cnn")
    assert [*make_edits(library, documents, 6, "g")] == [library.path]


def test_a_text_that_was_never_saved(tmp_path: Path) -> None:
    documents = Documents(ConfiguredFiles)
    document = documents.open("untitled:Untitled-1", "block f(n) { conv(n, 3x3) }\ninput 9x9x3\nf(n=3)\n", 1)
    for at, word in ((6, "f"), (8, "n"), (42, "n")):
        edit = rename(document, documents, document.places.find_position(at), "zz")
        assert edit.changes is not None
        changed = apply(document.source.text, plain(edit.changes[document.uri]))
        assert len(re.findall(r"\bzz\b", changed)) == len(re.findall(rf"\b{word}\b", document.source.text))


def test_an_older_text_of_a_file_has_names_of_its_own(tmp_path: Path) -> None:
    documents = write_project(tmp_path, {"lib.cnn": "block f(n) { relu }\n"})
    open_file(documents, tmp_path / "lib.cnn")
    older = documents.open(f"git:{tmp_path}/lib.cnn", "# old\nblock f(n) { f(n=n) }\n", None)
    places = list_references(older, documents, older.places.find_position(12))
    assert [(one.uri, one.range.start.line) for one in places] == [(older.uri, 1)] * 2


# ---- refusals ------------------------------------------------------------------------------------------------
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


# ---- every name ----------------------------------------------------------------------------------------------
def list_bindings(document: Document, documents: Documents) -> list[tree.Name]:
    """The names that a file binds, which can be renamed."""
    body = documents.know(document).analysis.tree.body
    texts = {name.text for name in list_names(body)}
    used = {id(name) for item in body.items if isinstance(item, tree.Use) for name in item.names}
    bound = {id(name): name for _, name in Names(body).list_meanings(texts) if id(name) not in used}
    return sorted(bound.values(), key=lambda name: name.start)


@pytest.mark.parametrize("path", TRIED if THOROUGH else FILES, ids=lambda path: path.stem)
def test_names_of_the_examples_are_renamed_and_get_their_names_again(path: Path) -> None:
    """The networks stay, which is asked before it is answered. By default one name of each file; one that a layer has too is
    not given again."""
    text = path.read_text(encoding="utf-8")
    documents, document = open_text(str(path), text)
    names = list_bindings(document, documents)
    for name in names if THOROUGH else Random(text).sample(names, min(1, len(names))):
        (changed,) = make_edits(document, documents, name.start, "renamed_name").values()
        assert changed != text
        there, opened = open_text(str(path), changed)
        again = make_edits(opened, there, changed.index("renamed_name"), name.text)
        assert again == {document.path: text} or find(name.text) is not None
