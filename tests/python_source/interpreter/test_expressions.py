"""Expressions of all kinds: the interpreter's answer is Python's, or unknown; never another, and never a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.python_source.values import Unknown, Value, is_known
from tests.python_source.interpreter.following import follow, follow_names

NUMBERS = st.one_of(
    st.integers(-20, 20).map(str),
    st.sampled_from(["0.5", "1e3", "2.0", "-0.0", "10**20", "True", "2j", "float('inf')"]),
)
TEXTS = st.sampled_from(["''", "'ab'", "'a,b'", "'12'", "'%d'", "'{}'", "' x '", "b'a'", "'ABC'"])
NAMES = st.sampled_from(["n", "s", "xs", "d", "t", "u", "f", "None", "..."])
BINARY = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>"]
COMPARED = ["<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"]
FUNCTIONS = [
    "len", "sum", "min", "max", "sorted", "list", "tuple", "set", "str", "int", "float", "bool", "abs", "round", "any", "all",
    "repr", "dict", "list(reversed(", "list(enumerate(", "type", "f", "range", "next(iter(", "divmod(7,", "pow(2,", "ascii",
    "isinstance(n,", "isinstance(xs,", "complex", "chr", "ord", "bin", "sorted(xs, key=", "list(map(str,", "list(zip(xs,",
    "list(filter(None,", "frozenset", "bytes", "hash", "callable", "slice(1,", "hasattr(s,", "getattr(s,",
]  # fmt: skip
METHODS = [
    "upper()", "split(',')", "join(['a', 'b'])", "replace('a', 'b')", "strip()", "format(1, 'x')", "startswith('a')", "zfill(5)",
    "index(1)", "count(2)", "copy()", "get('k', 0)", "keys()", "items()", "pop()", "append(1)", "sort()", "real", "is_integer()",
    "union([1])", "issubset({1, 2})", "find('b')", "isdigit()", "center(7, '*')", "encode()", "foo", "__class__", "bit_length()",
]  # fmt: skip


def combine(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(BINARY), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(COMPARED), inner),
        st.builds("({} {} {} {} {})".format, inner, st.sampled_from(COMPARED), inner, st.sampled_from(COMPARED), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({}{})".format, st.sampled_from(["-", "~", "+", "not "]), inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("{{{}, {}}}".format, inner, inner),
        st.builds("[*{}, {}]".format, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}[{}:{}]".format, inner, inner, inner),
        st.builds("{}.{}".format, inner, st.sampled_from(METHODS)),
        st.builds(
            lambda name, value: f"{name}{'' if name[-1] in ',=' else '('}{value}", st.sampled_from(FUNCTIONS), inner
        ).map(close),
        st.builds("[{} for x in {}]".format, inner, inner),
        st.builds("[x for x in {} if {}]".format, inner, inner),
        st.builds("(lambda q: {})({})".format, inner, inner),
        st.builds("f'{{{}}}'".format, inner.filter(lambda text: not set(text) & set("'\"\\{}!"))),
        st.builds("'%s' % ({},)".format, inner),
    )


def close(text: str) -> str:
    """A call with all its brackets closed."""
    return text + ")" * (text.count("(") - text.count(")"))


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, TEXTS, NAMES), combine, max_leaves=8)
START = "n = 3\ns = 'abc'\nxs = [1, 2, 3]\nd = {'k': 1, 2: 'v'}\nt = (1, 'a')\nu = {1, 2}\ndef f(x, y=2):\n    return [x, y]\n"


def run(text: str) -> Any:
    """What Python makes of an expression; Unknown where it raises, or comes to what is too large."""
    names: dict[str, Any] = {}
    exec(START, names)
    try:
        return eval(text, names)
    except Exception:
        return Unknown


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@given(EXPRESSIONS)
def test_an_expression_is_what_python_makes_of_it_or_unknown(text: str) -> None:
    try:
        compile(text, "", "eval")
    except (SyntaxError, ValueError):
        return
    if "**" in text and text.count("**") > 1 or "<<" in text and "10**20" in text:
        return  # Python itself would take too long
    machine = follow(f"{START}r = {text}\n")
    found = follow_names(machine)["r"]
    if isinstance(found, Value) or not is_known(found):
        return
    truth = run(text)
    if truth is Unknown:  # what raises is dropped on the way
        assert machine.unknowns, f"{text} raises, and is taken for {found!r}"
        return
    assert type(found) is type(truth) and (found == truth or repr(found) == repr(truth)), (text, found, truth)
