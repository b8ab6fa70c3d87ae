"""What is too deep, too long or without end is unknown, soon and without a traceback."""

from __future__ import annotations

import sys

import pytest

from cnnspec.python_source.interpreter.budget import MOST_STEPS
from cnnspec.python_source.values import Unknown
from tests.python_source.interpreter.following import follow, follow_names

LARGE = {  # expressions whose value would be larger than is kept
    "powers": "10**10**10",
    "a shift": "1 << 10**9",
    "a text": "'a' * 10**12",
    "a list": "[0] * 10**10",
    "a tuple": "10**10 * (1,)",
    "all of a range": "list(range(10**9))",
    "a range": "range(0, 10**30, 7)",
    "a range that falls": "range(3, -(10**30), -1)",
    "a comprehension": "[x for x in range(10**9)]",
    "a width": "f'{1:1000000000}'",
    "an old width": "'%1000000000d' % 1",
    "a width that is given": "'{0:{1}}'.format(1, 10**9)",
    "spaces": "'a'.ljust(10**10)",
    "replaced": "('a' * 100000).replace('a', 'b' * 100000)",
    "joined": "('a' * 100000).join('b' * 100000)",
    "a factorial": "__import__('math') and pow(2, 10**9)",
    "digits": "int('9' * 100000)",
}
ENDLESS = {  # programs that do not end, or not soon
    "a loop": "n = 0\nwhile True: n += 1",
    "loops in a loop": "n = 0\nfor i in range(10**4):\n  for j in range(10**4):\n    n += 1",
    "a function that calls itself": "def f(n): return f(n + 1)\na = f(0)",
    "a function that calls itself twice": "def f(n): return f(n + 1) + f(n + 2)\na = f(0)",
    "doubts in doubts": "import os\ndef f(n):\n  for x in os.listdir():\n    for y in os.listdir():\n      f(n + 1)\nf(0)",
    "a generator": "def f():\n  while True: yield 1\na = list(f())\nb = sum(f())",
    "an instance in itself": "class A:\n  def __init__(self): self.x = A()\na = A()",
    "a property of itself": "class A:\n  @property\n  def x(self): return self.x\na = A().x",
    "equality": "class A:\n  def __eq__(self, other): return self == other\na = A() == A()",
    "a list that grows in its loop": "l = [1]\nfor x in l: l.append(x)",
}
DEEP = {  # values that hold themselves, or very many
    "a list in itself": "l = []\nl.append(l)\na = str(l), l == [l], f'{l}'",
    "a dict in itself": "d = {}\nd['d'] = d\na = str(d), d == {'d': d}",
    "lists of lists": "l = [1]\nfor i in range(60): l = [l, l]\na = str(l)\nb = l == l\nc = [l] == [[1]]\nd = sorted([l, l])",
    "tuples as keys": "t = (1,)\nfor i in range(60): t = (t, t)\nd = {t: 1}\na = t in d\ns = {t}",
    "copies": "import copy\nl = []\nl.append(l)\na = copy.deepcopy(l)[0][0] is l",
    "brackets": "a = " + "[" * 150 + "]" * 150,
    "calls": "def f(x): return x\na = " + "f(" * 150 + "1" + ")" * 150,
}
UNREAD = {  # what Python itself does not parse
    "brackets": "a = " + "(" * 10_000 + "1" + ")" * 10_000,
    "a sum": "a = " + " + ".join(["x"] * 50_000),
    "not": "a = " + "not " * 5_000 + "1",
    "a letter": "a = 1\nb = $",
    "Python 2": 'print "x"',
    "an indent": "def f():\nreturn 1",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_what_is_too_large_is_unknown(text: str) -> None:
    machine = follow(f"a = {text}\nb = 1")
    names = follow_names(machine)
    assert isinstance(names["a"], Unknown) and names["b"] == 1
    assert machine.interpreter.budget.left > MOST_STEPS // 2


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_what_does_not_end_is_left(text: str) -> None:
    limit = sys.getrecursionlimit()
    machine = follow(text)
    assert not machine.doubt and not machine.interpreter.journal.layers and machine.unknowns
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_is_deep_is_followed_or_unknown(text: str) -> None:
    assert "__name__" in follow_names(follow(text))


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_what_python_does_not_parse_is_one_finding(text: str) -> None:
    (found,) = follow(text).found
    assert found.code == "E001" and (found.span is None or found.span.text)


def test_python_2_is_told_apart() -> None:
    (found,) = follow('x = 1\nprint "x"').found
    assert str(found) == (
        "program.py:2:1: error[E001] this is no Python: Missing parentheses in call to 'print'. Did you mean print(...)? "
        "(it is Python 2: 2to3 or python-modernize rewrite it for Python 3)"
    )


def test_the_end_of_the_budget_makes_what_is_in_doubt_unknown() -> None:
    text = "import os\na = 1\nif os.getcwd():\n  a = 2\n  def f(n): return f(n) + f(n)\n  f(0)\n"
    names = follow_names(follow(text))
    assert isinstance(names["a"], Unknown)
