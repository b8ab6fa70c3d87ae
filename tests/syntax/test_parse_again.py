"""A tree that is made of an earlier one is the tree that is read from the whole text, its places and comments included."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.syntax.lalr import Parser
from cnnspec.syntax.parse import parse
from cnnspec.syntax.parse_again import parse_again
from cnnspec.syntax.tree import Node, Tree
from tests.example_files import FILES
from tests.fuzz.words import PASTED, TOKENS

TEXTS = [path.read_text(encoding="utf-8") for path in FILES if path.stat().st_size < 4000]
PIECES = [
    *TOKENS,
    "\n",
    ";",
    "# a",
    '"',
    "\n\n",
    "-> relu",
    "else { relu }",
    "conv(8, 3x3)\n",
    "x = 3\n",
    " ",
    "{",
    "}",
    "(",
]
TEXT = "# head\nx = 3; y = 4\nblock b(n) { conv(n, 3x3) }  # of b\ninput 28x28x1\nb(x) -> relu # r\n\nbn# n\ngap -> dense(10)\ntrain { loss = {mask: mse,\n  label: mae} }\n# end"

SCRIPT = (
    "import keras\nx = 3\nmodel = keras.Sequential([keras.Input((28, 28, 1))])\nmodel.add(keras.layers.Conv2D(x, 3))\n"
)
EDITS = [  # each leaves a text without mistakes
    ("dense(10)", "dense(20)"),
    ("x = 3", "x = 13"),
    ("b(x)", "b(y)"),
    ("y = 4", "y = 4; z = 5"),
    ("x = 3; ", ""),
    ("# r\n\n", "# "),  # the comment takes the next statement
    ("\n\nbn", "\n\n-> bn"),  # which goes on with the one above
    ("\n\nbn", "\n\n# bn"),
    ("# end", "relu  # end"),
    ("# head\n", ""),
    ("mask: mse,", "mask: dice"),
    ("label: mae", '"label": {a: [1]}  # all\n'),
    ("{mask: mse,\n  label: mae}", "mse"),
    ("conv(n, 3x3)", "conv(n, 3x3)\n  relu\n"),
    (TEXT, "# nothing"),
    ("", ""),
]


def write(part: Any) -> Any:
    """All that is in a tree, the places too."""
    if isinstance(part, Node):
        return type(part).__name__, *[write(getattr(part, name)) for name in part._fields]
    return tuple(map(write, part)) if isinstance(part, tuple) else part


def agree(again: Tree, text: str) -> None:
    whole = parse(Source("a.cnn", text))
    assert not whole.diagnostics
    assert write(again.body) == write(whole.body)
    assert again.comments == whole.comments
    assert again.source == whole.source


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_edits(old: str, new: str) -> None:
    text = TEXT.replace(old, new, 1)
    again = parse_again(Source("a.cnn", text), parse(Source("a.cnn", TEXT)))
    assert again is not None
    agree(again, text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "\nconv(",
        TEXT.replace("{", ""),
        TEXT.replace("}", "} }"),
        TEXT + "\nx = ",
        TEXT.replace("3x3", "3km"),
        TEXT.replace("10", "1" * 20),
    ],
)
def test_mistakes_are_left_to_the_whole(text: str) -> None:
    before = parse(Source("a.cnn", TEXT))
    assert parse_again(Source("a.cnn", text), before) is None
    assert parse_again(Source("a.cnn", TEXT), parse(Source("a.cnn", text))) is None


@pytest.mark.parametrize("text", [SCRIPT, *PASTED])
def test_pasted_python_is_read_as_a_whole(text: str) -> None:
    """Each line of it says how the others are read."""
    before, lines = parse(Source("a.cnn", text)), text.split("\n")
    for number in range(len(lines)):
        for rest in (lines[number + 1 :], []):
            source = Source("a.cnn", "\n".join([*lines[:number], *rest, "x = 3"]))
            again, whole = parse(source, before), parse(source)
            assert write(again.body) == write(whole.body)
            assert (again.comments, again.diagnostics, again.notes) == (whole.comments, whole.diagnostics, whole.notes)


@given(st.integers(0, 2**32))
def test_random_edits(seed: int) -> None:
    random = Random(seed)
    text = random.choice(TEXTS)
    before = parse(Source("a.cnn", text))
    for _ in range(12):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.choice((0, 0, 1, 3, 30)))
        text = text[:at] + random.choice((*PIECES, "")) + text[end:]
        again = parse_again(Source("a.cnn", text), before)
        if again is not None:
            agree(again, text)
            before = again


def test_only_what_changed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement that changed, the one before it, which may go on, and the line behind it."""
    read = []

    class Watched(Parser):
        def run(self, at: int = 0) -> Tree:
            read.append(self.source.text[at:].splitlines())
            return super().run(at)

    monkeypatch.setattr("cnnspec.syntax.parse_again.Parser", Watched)
    lines = ["input 64x64x3", *[f"conv({n}, 3x3, padding=1)" for n in range(1, 101)]]
    changed = [*lines[:50], "conv(8, 5x5) -> relu", *lines[51:]]
    before = parse(Source("a.cnn", "\n".join(lines)))
    again = parse_again(Source("a.cnn", "\n".join(changed)), before)
    assert again is not None
    assert read == [changed[49:51]]
