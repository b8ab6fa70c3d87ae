"""The Pygments lexer: it keeps every character, and gives each stretch the type that the parsed tree says it has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.highlight import words
from cnnspec.highlight.lexer import CnnspecLexer
from cnnspec.layers import find
from cnnspec.syntax import tree
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.parse import parse
from tests.example_files import EXAMPLES, TRIED, relative
from tests.support import cases

# ---- against the tree ----------------------------------------------------------------------------------------
OF_NODES = {
    tree.Number: Number, tree.Dims: Number, tree.Text: String, tree.Flag: Keyword.Constant, tree.Here: Name.Builtin.Pseudo,
}  # fmt: skip
OF_NAMES = {  # of the names that a node has
    tree.Argument: Name.Attribute, tree.Attribute: Name.Property, tree.Block: Name.Function, tree.Model: Name.Class,
    tree.Naming: Name, tree.Shared: Name.Function,
}  # fmt: skip
DECLARED = {
    tree.Block,
    tree.Model,
    tree.Shared,
    tree.Train,
    tree.Input,
    tree.Output,
    tree.Budget,
    tree.Contract,
    tree.Use,
}


def expected(part: tree.Node) -> Iterator[tuple[int, Any]]:
    """(place, type) of what is at a node, as far as the tree says it."""
    if type(part) in OF_NODES:
        yield part.start, OF_NODES[type(part)]
    if type(part) in DECLARED:
        yield part.start, Keyword.Declaration
    if type(part) in OF_NAMES and part.name:
        yield part.name.start, OF_NAMES[type(part)]
    if isinstance(part, tree.Assign):
        yield part.name.start, Name.Constant
    if isinstance(part, (tree.Loop, tree.Branch)):
        yield part.start, Keyword
    if isinstance(part, tree.Use):
        yield from [(name.start, Name.Function) for name in part.names]
    if isinstance(part, tree.Budget):
        yield from [(limit.quantity.start, Name.Property) for limit in part.limits]
    if isinstance(part, tree.Call) and isinstance(part.function, tree.Name):
        known = find(part.function.text) or part.function.text in words.FUNCTIONS
        yield part.function.start, Name.Builtin if known else Name.Function


def expected_of(parsed: tree.Tree) -> dict[int, Any]:
    found = {place: of for part in tree.walk(parsed.body) for place, of in expected(part)}
    for part in tree.walk(parsed.body):
        if isinstance(part, tree.Train):
            found |= {item.name.start: Name.Attribute for item in part.body.items if isinstance(item, tree.Assign)}
        elif isinstance(part, tree.Entry) and part.key.end - part.key.start == len(part.key.value):  # without quotes
            found[part.key.start] = Name.Attribute
    return found | {start: Comment.Single for start, _ in parsed.comments}


def types_of(text: str) -> dict[int, Any]:
    """The type of each stretch by its place; they are the whole text."""
    found = list(CnnspecLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in found) == text
    assert all(text.startswith(value, place) for place, _, value in found)
    return {place: of for place, of, _ in found}


@pytest.mark.parametrize("path", TRIED, ids=relative)
def test_each_stretch_is_what_the_tree_says(path: Path) -> None:
    source = read(str(path))
    assert isinstance(source, Source)
    types = types_of(source.text)
    assert Error not in types.values()
    for place, of in expected_of(parse(source)).items():
        assert types.get(place) == of, (source.text[place : place + 40], types.get(place), of)


FORMS = """\
use "blocks.cnn" (cbr, bottleneck)  # cnnspec: ignore[W201]
channels = 3; norm = bn(momentum=.9); depth = relu
shared tower = conv(8, 3 x 3) => pool(2)
block gate(channels, act=relu) { gap → dense(max(channels, 4)) -> act }
model Net(sizes=[3, 4]) {
  input image 224x224x3
  for n, s in [(1, 2)] { if s == 1 { cbr(n) } else { tower * 2 } }
  add(in, Conv2D(4 * in.channels, (3, 3), padding='same') if not true else in) as out
  expect(14x14x64) -> depth
  conv(4, 1x1) as edge -> add(in, edge)
  expect params < 5M, output == 10, training_memory(batch=32) <= 8GiB, lossless
  output out
}
train { loss = mse; optimizer = adam(learning_rate=1e-3); data = digits; metrics = {mask: mse, "b": [iou, auc(name='x')]} }
"""


def test_each_form_is_what_the_tree_says() -> None:
    parsed = parse(Source("forms.cnn", FORMS))
    assert not parsed.diagnostics
    types, found = types_of(FORMS), expected_of(parsed)
    assert {place: types.get(place) for place in found} == found
    for text, of in {
        "channels, act": Name, "act }": Name, "relu)": Name.Builtin, "as out": Keyword, "in [(": Keyword, "mse": Name.Constant, "mse, \"b": Name.Constant, ": mse": Punctuation, "'same'": String,
        "depth\n": Name, "edge)": Name, "not true": Operator.Word, "→": Operator, "digits": Name, "channels, 4": Name, "channels, (3": Name.Property, "*": Operator,
    }.items():  # fmt: skip
        assert types[FORMS.index(text)] == of, text


# ---- any text --------------------------------------------------------------------------------------------------
@given(st.text(st.sampled_from(" \n;#\"'(){}[],.=->x3?éin\r\\")) | st.text())
@cases(0.5)
def test_any_text_is_kept(text: str) -> None:
    types_of(text)


@given(st.integers(0, len(FORMS)), st.integers(0, 40))
@cases(0.5)
def test_what_stands_before_a_mistake_keeps_its_type(place: int, length: int) -> None:
    text = FORMS[:place] + FORMS[place + length :]
    now, before = types_of(text), types_of(FORMS)
    line = text.rfind("\n", 0, place) + 1
    assert {at: of for at, of in now.items() if at < line} == {at: of for at, of in before.items() if at < line}


def test_a_brace_closes_what_is_open_inside_it() -> None:
    text = "block f(n) { conv(n, ( }\nwidth = 3\n"
    assert types_of(text)[text.index("width")] == Name.Constant


def test_pygments_finds_it_where_cnnspec_is_installed() -> None:
    declared = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "entry-points"
    ]
    assert declared["pygments.lexers"] == {"cnnspec": f"{CnnspecLexer.__module__}:{CnnspecLexer.__name__}"}


def test_a_spec_is_guessed() -> None:
    assert CnnspecLexer.analyse_text(FORMS) > 0.5
    assert CnnspecLexer.analyse_text("def f(x) -> int:\n    return input(x)\n") == 0


# ---- the vocabulary --------------------------------------------------------------------------------------------
def test_each_keyword_has_one_place() -> None:
    places = (words.STATEMENTS, words.CONTROL, words.WORD_OPERATORS, words.CURRENT, words.CONSTANTS)
    assert sorted(word for place in places for word in place) == sorted(KEYWORDS)
    assert set(words.DEFINITIONS) < set(words.STATEMENTS)


def test_each_word_is_one_thing() -> None:
    for layer in words.LAYERS:
        assert find(layer.upper()) and layer not in (*words.OPTIONS, *words.FUNCTIONS, *KEYWORDS)
    assert not [word for word in words.NO_LAYERS if find(word)]
    assert {"same", "bilinear", "he_normal", "mse", "adam", "none"} <= set(words.OPTIONS)
