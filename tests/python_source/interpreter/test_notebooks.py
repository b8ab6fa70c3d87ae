"""A notebook's cells of code are texts of their own; what only a notebook reads is left out, and all else stays in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.python_source.parts import blank_magics, read_parts
from tests.python_source.interpreter.following import follow, follow_names


def write_notebook(*cells: Any) -> str:
    made = [cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, "metadata": {}})


def test_cells_share_their_names() -> None:
    text = write_notebook(
        "a = 1\n",
        {"cell_type": "markdown", "source": "a = 9"},
        ["b = a +", " 1\n"],
        "def f():\n  return b\n",
        "c = f()",
    )
    names = follow_names(follow(text, "book.ipynb"))
    assert (names["a"], names["b"], names["c"]) == (1, 2, 2)


def test_a_place_is_in_its_cell() -> None:
    machine = follow(write_notebook("import os", "x = 1\nu = os.getcwd()"), "book.ipynb")
    (unknown,) = machine.unknowns.values()
    assert unknown.site is not None and unknown.site.origin == "book.ipynb:cell 2:2:5"


MAGICS = {
    "%matplotlib inline\na = 1": "pass              \na = 1",
    "!pip install keras\na = 1": "pass              \na = 1",
    "if x:\n    !ls\n    a = 1": "if x:\n    pass\n    a = 1",
    "files = !ls *.png\na = 1": "files = ...       \na = 1",
    "n = %time f()": "n = ...       ",
    "?len\na = 1": "pass\na = 1",
    "len?\na = 1": "pass\na = 1",
    "!a \\\n  b\nc = 1": "pass\npass\nc = 1",
    "s = '''\n%no magic\n'''": "s = '''\n%no magic\n'''",
    "!ls\nb = (a\n  != 2)": "pass\nb = (a\n  != 2)",
    "a = (7\n  % 4)": "a = (7\n  % 4)",
    "a = 1  # why?": "a = 1  # why?",
}


@pytest.mark.parametrize("text", MAGICS)
def test_magics_are_blanked(text: str) -> None:
    found = blank_magics(text)
    assert [line.rstrip() for line in found.split("\n")] == [line.rstrip() for line in MAGICS[text].split("\n")]
    for before, after in zip(text.split("\n"), found.split("\n"), strict=True):
        assert len(after) >= len(before)


def test_cells_of_other_languages_are_left_out() -> None:
    names = follow_names(follow(write_notebook("%%bash\nls -l", "%%time\na = 1", "b = 2"), "book.ipynb"))
    assert (names["a"], names["b"]) == (1, 2)


def test_a_cell_that_raises_does_not_end_the_notebook() -> None:
    assert follow_names(follow(write_notebook("raise ValueError", "a = 1"), "book.ipynb"))["a"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"cells": 5}',
        '{"cells": [1, {"cell_type": "code"}]}',
        '{"worksheets": [{"cells": []}]}',
        "[" * 9000,
    ],
)
def test_what_is_no_notebook(text: str) -> None:
    found = read_parts(Source("book.ipynb", text))
    assert isinstance(found, Diagnostic) and found.code == "E002" or isinstance(found, list) and len(found) < 2


def test_a_mistake_in_a_cell_has_its_place() -> None:
    (found,) = follow(write_notebook("a = 1", "b = ("), "book.ipynb").found
    assert str(found).startswith("book.ipynb:cell 2:1:5: error[E001] this is no Python: '(' was never closed")
