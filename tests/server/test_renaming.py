"""Names across files: where else one is meant, and renaming; «» stand around the places, and === before each file."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.layers import find
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.names import Names, list_names
from cnnspec.server.references import find_definition, list_references
from cnnspec.server.renaming import prepare_rename, rename
from cnnspec.server.uris import find_path, write_uri
from cnnspec.syntax import tree
from tests.example_files import FILES, TRIED
from tests.server.client import apply
from tests.server.opened import open_text, plain
from tests.server.renamed import find_marks, make_edits, mark, open_file, split, write_project
from tests.support import THOROUGH

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
