"""What each word of a text is: as it is written here, and as the networks of the examples are built."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.observer import Observer
from cnnspec.elaborate.values import BlockFunction, Scope, Tensor
from cnnspec.layers import find
from cnnspec.layers.argument import Term
from cnnspec.server.tokens import KINDS, LEGEND, MODIFIERS, find_tokens, list_changes, list_tokens, list_tokens_in
from cnnspec.syntax import tree
from tests.example_files import FILES
from tests.server.opened import open_text

TEXT = """# 😀 first
use "x.cnn" (g)
block f(n, m=3) {
  (conv(n, m, padding=same, activation=relu) -> bn) * 2 as x
  add(x, gelu, in, g(n)) -> relu
}
model M(width=4) {
  input img 8x8x3
  size = img.channels * width
  shared tower = conv(size, "3x3")
  for i in 1..3 { f(i * size, m=5) -> dense(10, softmax) as y }
  expect params < 5M
  y -> keras.layers.Conv2D(8, 3)
  conv(size, ?
  f(width, n=
}
train { loss = mse; optimizer = adam(learning_rate=1e-3); metrics = {y: auc, "b": [mse, iou(2)]} }
"""
SHOWN = """«# 😀 first» comment
«use» keyword «"x.cnn"» string «g» function definition
«block» keyword «f» function definition «n» parameter declaration «m» parameter declaration «=» operator «3» number
«conv» function defaultLibrary «n» parameter «m» parameter «padding» property «=» operator «same» enumMember «activation» property «=» operator «relu» enumMember «->» operator «bn» function defaultLibrary «*» operator «2» number «as» keyword «x» variable declaration
«add» function defaultLibrary «x» variable «gelu» function defaultLibrary «in» keyword «g» function «n» parameter «->» operator «relu» function defaultLibrary

«model» keyword «M» class definition «width» parameter declaration «=» operator «4» number
«input» keyword «img» variable declaration «8x8x3» number
«size» variable declaration readonly «=» operator «img» variable «channels» property «*» operator «width» parameter
«shared» keyword «tower» function definition «=» operator «conv» function defaultLibrary «size» variable readonly «"3x3"» string
«for» keyword «i» variable declaration readonly «in» keyword «1» number «..» operator «3» number «f» function «i» variable readonly «*» operator «size» variable readonly «m» property «=» operator «5» number «->» operator «dense» function defaultLibrary «10» number «softmax» enumMember «as» keyword «y» variable declaration
«expect» keyword «params» property «<» operator «5M» number
«y» variable «->» operator «keras» namespace «layers» namespace «Conv2D» function defaultLibrary «8» number «3» number
«conv» function defaultLibrary «size» variable readonly «?» number
«f» function «width» parameter «n» property «=» operator

«train» keyword «loss» property «=» operator «mse» enumMember «optimizer» property «=» operator «adam» function defaultLibrary «learning_rate» property «=» operator «1e-3» number «metrics» property «=» operator «y» property «auc» enumMember «"b"» string «mse» enumMember «iou» function defaultLibrary «2» number
"""  # fmt: skip


def decode(data: list[int], text: str) -> list[tuple[int, str, str]]:
    """Tokens as (line, text, role), from the numbers that are sent, as an editor reads them."""
    lines = text.split("\n")
    found, line, column = [], 0, 0
    for down, right, length, kind, modifiers in zip(*[iter(data)] * 5, strict=True):
        line, column = line + down, right if down else column + right
        written = lines[line].encode("utf-16-le")[2 * column : 2 * (column + length)].decode("utf-16-le")
        said = [name for number, name in enumerate(LEGEND.token_modifiers) if modifiers >> number & 1]
        found.append((line, written, " ".join([LEGEND.token_types[kind], *said])))
    return found


def test_what_each_word_is() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    found = decode([*list_tokens(document, documents).data], TEXT)
    lines = [" ".join([f"«{text}» {role}" for at, text, role in found if at == line]) for line in range(17)]
    assert "\n".join(lines) + "\n" == SHOWN
    assert len(KINDS) == len(LEGEND.token_types) and len(MODIFIERS) == len(LEGEND.token_modifiers)


class Watcher(Observer):
    """Notes what the names of one file come to, by where they stand."""

    def __init__(self, name: str) -> None:
        self.name, self.scopes, self.values = name, list[Scope](), dict[int, Any]()

    def enter(self, node: tree.Node, scope: Scope, current: Tensor | None, value: Any = None) -> None:
        self.scopes.append(scope)

    def leave(self, result: Tensor | None) -> None:
        self.scopes.pop()

    def built(self, graph: Any) -> None:
        self.scopes.clear()

    def evaluated(self, node: tree.Node, value: Any) -> None:
        if isinstance(node, tree.Name) and self.scopes and self.scopes[-1].source.name == self.name:
            self.values[node.start] = value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_are_what_networks_are_built_of(path: Path) -> None:
    documents, document = open_text(str(path), path.read_text(encoding="utf-8"))
    watcher = Watcher(document.name)
    elaborate(documents.know(document).analysis.tree, read, observer=watcher)
    tokens = find_tokens(document, documents)
    assert all(one.end <= other.start for one, other in itertools.pairwise(tokens))
    roles = {token.start: token.role for token in tokens}
    for at, value in watcher.values.items():
        kind, said = roles[at].kind.value, {modifier.value for modifier in roles[at].modifiers}
        if isinstance(value, BlockFunction):
            assert kind == "function" and not said
        elif isinstance(value, Tensor):
            assert kind in ("variable", "parameter") and not said
        elif isinstance(value, (int, float, list, tuple)):
            assert kind == "parameter" or (kind, said) == ("variable", {"readonly"})
        elif isinstance(value, Term) and find(value.name) is None:
            assert kind in ("enumMember", "parameter", "variable")


def test_a_mistake_takes_no_colour_from_other_lines() -> None:
    path = next(path for path in FILES if path.stem == "resnet50")
    text = path.read_text(encoding="utf-8")
    documents, document = open_text(str(path), text)
    before = decode([*list_tokens(document, documents).data], text)
    number = next(n for n, line in enumerate(text.split("\n")) if "bottleneck(64 * 2^i) *" in line)
    lines = text.split("\n")
    for typed in ("    conv(64, ", "    bottleneck(64 * -> ", '    conv("', "    )"):
        broken = "\n".join([*lines[:number], typed, *lines[number + 1 :]])
        documents.edit(document.uri, [(None, broken)], 2)
        after = decode([*list_tokens(document, documents).data], broken)
        assert [one for one in after if one[0] != number] == [one for one in before if one[0] != number], typed


def test_changes_make_of_the_old_the_new() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    sent = list_tokens(document, documents)
    data, identity = [*sent.data], sent.result_id
    assert identity is not None
    for text in (TEXT, TEXT.replace("bn", "relu"), TEXT.replace("# 😀 first\n", ""), "", "relu", TEXT):
        documents.edit(document.uri, [(None, text)], 2)
        changes: Any = list_changes(document, documents, identity)
        for edit in changes.edits:
            data[edit.start : edit.start + edit.delete_count] = edit.data
        identity = changes.result_id
        full = list_tokens(document, documents)
        assert data == [*full.data]
        identity = full.result_id or ""
    assert list_changes(document, documents, "of long ago").data == full.data  # type: ignore[union-attr]
    documents.close(document.uri)
    again = documents.open(document.uri, "relu", 1)
    identity = list_tokens(again, documents).result_id or ""
    assert identity != sent.result_id
    assert list_changes(again, documents, sent.result_id).data  # type: ignore[union-attr]


def test_tokens_of_a_range_are_those_of_all_that_lie_in_it() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    whole = decode([*list_tokens(document, documents).data], TEXT)
    place = document.places.find_range(document.source.offset(4), document.source.offset(5, 3))
    assert decode([*list_tokens_in(document, documents, place).data], TEXT) == [one for one in whole if one[0] == 3]
