"""Where a name is bound, and where else it is meant; «» stand around the places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source_files import read
from cnnspec.cli.server import ConfiguredFiles
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.observer import Observer
from cnnspec.elaborate.values import BlockFunction
from cnnspec.server.documents import Documents
from cnnspec.server.names import Names
from cnnspec.server.references import find_definition, list_highlights, list_references
from cnnspec.server.renaming import rename
from cnnspec.server.uris import find_path, write_uri
from cnnspec.syntax import tree
from tests.example_files import OF_EACH_KIND
from tests.server.client import apply
from tests.server.opened import open_text, plain

TEXT = """block f(n, m=3) { conv(n, m, padding=same) as a
add(a, in) }
input img 28x28x4
width = 4
shared s = conv(width, 3x3, padding=same)
f(width, m=5) * 2
for i in 1..2 { conv(4*i, 3x3) -> relu as a
conv(i, 1x1) -> add(in, in) }
s -> s as y
if width == 4 { relu as z } else { gelu as z }
add(z, y) -> dense(width)
"""


@pytest.mark.parametrize(
    ("line", "column", "marked"),
    [
        (0, 23, [(0, 8), (0, 23)]),  # n
        (0, 46, [(0, 46), (1, 4)]),  # a of the block
        (6, 43, [(6, 42)]),  # a of the loop
        (5, 9, [(0, 11), (0, 26), (5, 9)]),  # m, as a parameter's name in a call
        (5, 0, [(0, 6), (5, 0)]),  # f
        (10, 20, [(3, 0), (4, 16), (5, 2), (9, 3), (10, 19)]),  # width
        (7, 5, [(6, 4), (6, 23), (7, 5)]),  # i
        (8, 0, [(4, 7), (8, 0), (8, 5)]),  # s
        (10, 4, [(9, 24), (9, 43), (10, 4)]),  # z, which either side names
        (0, 19, []),  # conv
        (4, 30, []),  # padding
    ],
)
def test_where_a_name_is_meant(line: int, column: int, marked: list[tuple[int, int]]) -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    position = document.places.find_position(document.source.offset(line + 1, column + 1))
    found = [place.range for place in list_references(document, documents, position)]
    assert [(place.start.line, place.start.character) for place in found] == marked
    assert [one.range for one in list_highlights(document, documents, position)] == found
    definition = find_definition(document, documents, position)
    assert (definition is None) == (not marked)
    if definition is not None:
        assert definition.range in found


@pytest.mark.parametrize(
    "text",
    [
        "«n» = 2\ninput 8x8x3\nfor n in [«n», 4] { conv(n, 3x3) }\ndense(«n»)\n",
        "n = 2\ninput 8x8x3\nfor «n» in [n, 4] { conv(«n», 3x3) }\ndense(n)\n",
        "«n» = 2\nblock f(n=«n») { conv(n, 3x3) }\ninput 8x8x3\nf()\ndense(«n»)\n",
        "n = 2\nblock f(«n»=n) { conv(«n», 3x3) }\ninput 8x8x3\nf(«n»=3)\ndense(n)\n",
        "block f(«a», b=«a») { conv(«a», b) }\ninput 8x8x3\nf(3)\n",
        "block «f»(f) { conv(f, 3x3) }\ninput 8x8x3\n«f»(f=3)\n",
        "block f(«f») { conv(«f», 3x3) }\ninput 8x8x3\nf(«f»=3)\n",
        "input 8x8x3\nfor i in 1..3 { conv(i, 1x1) as «last» }\nrelu\nadd(«last», in)\n",
        "input 8x8x3\nconv(3, 1x1) as «a»\nfor i in 1..3 { add(«a», in) as «a» }\nrelu\nadd(«a», in)\n",
        "input 8x8x3\nfor i in 1..2 {\nfor j in 1..2 { conv(3, 1x1) as «a» }\nif i == 2 { relu as b }\nadd(«a», in)\n}\nadd(«a», b)\n",
        "«k» = 3\ninput 8x8x3\nfor i in 1..2 { k = i\nconv(k, 1x1) }\nconv(«k», 1x1)\n",
        "k = 3\ninput 8x8x3\nfor i in 1..2 { «k» = i\nconv(«k», 1x1) }\nconv(k, 1x1)\n",
        "model «conv» { input 8x8x3\nconv(2, 3x3) }\n",
        "model «M»(M=3) { input 8x8x3\nconv(M, 3x3) }\n",
        "model M(«M»=3) { input 8x8x3\nconv(«M», 3x3) }\n",
    ],
)
def test_names_that_hold_in_a_part_of_a_statement_alone(text: str) -> None:
    """Where the first place stands, all of them are meant, and the name can be another."""
    documents, document = open_text("/nowhere/a.cnn", text.replace("«", "").replace("»", ""))
    position = document.places.find_position(text.index("«"))
    edits = (rename(document, documents, position, "zz").changes or {})[document.uri]
    parts = [part.split("»") for part in text.split("«")]
    assert apply(document.source.text, plain(edits)) == "".join(["zz" * (len(part) - 1) + part[-1] for part in parts])


class Watcher(Observer):
    """Notes, for every name of one file that is evaluated, where it is bound."""

    def __init__(self, name: str) -> None:
        self.name, self.scopes, self.bound = name, list[Any](), dict[tuple[str, int], int]()

    def enter(self, node: tree.Node, scope: Any, current: Any, value: Any = None) -> None:
        self.scopes.append(scope)

    def leave(self, result: Any) -> None:
        self.scopes.pop()

    def built(self, graph: Any) -> None:
        self.scopes.clear()

    def evaluated(self, node: tree.Node, value: Any) -> None:
        scope = self.scopes[-1] if self.scopes else None
        if not isinstance(node, tree.Name) or scope is None or scope.source.name != self.name:
            return
        if scope.source.text[node.start : node.end] != node.text:
            return
        while scope is not None and node.text not in scope.names:
            scope = scope.parent
        if isinstance(value, BlockFunction) and value.scope.source.name == self.name:
            self.bound[node.text, node.start] = value.block.name.start
        elif scope is not None and node.text in scope.places and scope.source.name == self.name:
            self.bound[node.text, node.start] = scope.places[node.text].start


@pytest.mark.parametrize("path", OF_EACH_KIND, ids=lambda path: path.stem)
def test_names_are_looked_up_as_networks_are_built(path: Path) -> None:
    documents, document = open_text(str(path), path.read_text(encoding="utf-8"))
    parsed = documents.know(document).analysis.tree
    watcher = Watcher(document.name)
    elaborate(parsed, read, observer=watcher)
    names = Names(parsed.body)
    for (name, at), place in watcher.bound.items():
        bound = names.look_up(name, at)
        assert bound is not None
        assert bound.start == place, (name, document.source.position(at))


def test_a_block_of_another_file(tmp_path: Path) -> None:
    used, user = tmp_path / "used.cnn", tmp_path / "user.cnn"
    used.write_text("# 😀\nblock f(n) { relu }\n")
    documents = Documents(ConfiguredFiles)
    document = documents.open(write_uri(str(user)), 'use "used.cnn" (f)\ninput 9x9x3\nf(4)\n', 1)
    for at, line in ((6, 0), (16, 1), (31, 1)):
        found = find_definition(document, documents, document.places.find_position(at))
        assert found is not None
        assert (find_path(found.uri), found.range.start.line) == (str(used), line)
    opened = documents.open(write_uri(str(used)), "\n\nblock f(n) { relu }\n", 1)
    found = find_definition(document, documents, document.places.find_position(31))
    assert found is not None
    assert (found.uri, found.range.start.line) == (opened.uri, 2)
    documents.edit(opened.uri, [(None, "")], 2)
    assert find_definition(document, documents, document.places.find_position(31)) is None
    documents.close(opened.uri)
    used.unlink()
    assert find_definition(document, documents, document.places.find_position(6)) is None


@pytest.mark.parametrize("text", ["", "f(", "block f(", "x = x", "a = b\nb = a", "relu as"])
def test_a_text_that_is_not_finished(text: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    for at in range(len(text) + 1):
        position = document.places.find_position(at)
        find_definition(document, documents, position)
        list_references(document, documents, position)
