"""Random syntax trees, such as the parser could build them: every node type, nested a little."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.syntax import tree as t
from cnnspec.syntax.build_values import read_any_size
from cnnspec.syntax.lexer import KIND, Lexer

NUMBERS = {
    "0": 0,
    "3": 3,
    "12": 12,
    "0.5": 0.5,
    "1e-3": 0.001,
    "5M": 5_000_000,
    "256KiB": 262_144,
    "4.2G": 4_200_000_000,
}
WORDS = (
    "x", "filters", "relu", "Conv2D", "BN", "add", "Sequential", "e1", "a_very_long_name_of_a_block_that_somebody_wrote",
    "kernel_size", "strides", "name", "input_shape", "activation", "Activation", "tf", "None", "data_format", "Dense",
)  # fmt: skip

words = st.sampled_from(WORDS)
names = st.builds(lambda text: t.Name(0, 0, text), words)
numbers = st.sampled_from(sorted(NUMBERS)).map(lambda text: t.Number(0, 0, NUMBERS[text], text))
sizes = st.none() | st.integers(0, 300)
dims = st.lists(sizes, min_size=2, max_size=4).map(tuple).map(lambda s: t.Dims(0, 0, s))
any_size = st.just(t.Dims(0, 0, (None,)))
holes = st.sampled_from(["", "", "a", "x_2"]).map(lambda name: t.Hole(0, 0, name))
characters = st.characters(codec="utf-8", exclude_characters="\n")
contents = st.sampled_from(["relu", "same", "channels_last", "stem"]) | st.text(characters, max_size=6).map(
    lambda s: s.replace("'", "") if '"' in s else s
)
texts = contents.map(lambda s: t.Text(0, 0, s))
atoms = st.one_of(
    names, names, numbers, numbers, dims, holes, texts, st.booleans().map(lambda b: t.Flag(0, 0, b)), st.just(t.Here(0, 0))
)  # fmt: skip


def some(elements: Any, least: int = 0, most: int = 3) -> Any:
    return st.lists(elements, min_size=least, max_size=most).map(tuple)


def node(cls: type[t.Node], *fields: Any) -> Any:
    return st.builds(lambda *values: cls(0, 0, *values), *fields)


def ternary(then: t.Node, condition: t.Node, otherwise: t.Node) -> t.Ternary:
    """As the parser builds it: a name at the very end is the whole's, so it never stands in `otherwise`."""
    while True:
        if isinstance(otherwise, t.Naming):
            otherwise = otherwise.value
        elif isinstance(otherwise, t.Chain) and isinstance(otherwise.stages[-1], t.Naming):
            otherwise = otherwise.replace(stages=(*otherwise.stages[:-1], otherwise.stages[-1].value))
        else:
            return t.Ternary(0, 0, then, condition, otherwise)


def arguments(values: Any, of_contract: bool = False) -> Any:
    """Arguments, in whose shapes of inputs and contracts ? is no hole."""
    return some(
        node(t.Argument, st.none() | names, values).map(
            lambda a: (
                a.replace(value=read_any_size(a.value))
                if (a.name.text == "input_shape" if a.name else of_contract)
                else a
            )
        )
    )


def stepped(inner: Any) -> Any:
    """Ranges with a step, which stand in lists and among values."""
    return node(t.Range, inner, inner, inner, st.booleans())


def values(inner: Any) -> Any:
    return node(t.Values, st.one_of(inner, stepped(inner), node(t.List, some(stepped(inner) | inner))))


def larger(inner: Any) -> Any:
    """Expressions made of `inner` ones."""
    operators = st.sampled_from(["+-", "*/%"])
    arithmetic = operators.flatmap(
        lambda signs: node(t.Arithmetic, inner, some(st.tuples(st.sampled_from(signs), inner), 1))
    )
    tables = st.integers(1, 4).flatmap(lambda n: some(some(atoms, n, n).map(lambda row: t.Tuple(0, 0, row)), 2, 4))
    return st.one_of(
        node(t.Call, inner, arguments(inner)),
        node(t.Call, names, arguments(inner)),
        node(t.Chain, some(inner, 2, 6)),
        node(t.Contract, arguments(inner, of_contract=True)),
        node(t.Hole, st.sampled_from(["", "b"]), values(inner)),
        node(t.List, some(stepped(inner))),
        node(t.Index, inner, inner),
        node(t.Attribute, inner, names),
        node(t.Tuple, some(inner)),
        node(t.List, some(inner)),
        node(t.List, tables),
        node(
            t.List,
            some(
                node(
                    t.Input,
                    st.none() | contents.map(lambda s: t.Name(0, 0, s)),
                    st.none() | inner.map(read_any_size).filter(lambda s: not holes_in(s)),
                ),
                1,
            ),
        ),
        node(t.Mapping, some(node(t.Entry, texts, inner), 1)),
        node(t.Braces, node(t.Body, some(node(t.Step, inner)))),
        node(t.Naming, inner, names),
        st.builds(ternary, inner, inner, inner),
        node(t.Logic, st.sampled_from(["and", "or"]), some(inner, 2)),
        node(t.Opposite, inner),
        node(t.Compare, inner, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner),
        node(t.Range, inner, inner),
        arithmetic,
        node(t.Power, inner, inner),
        node(t.Signed, st.sampled_from("+-"), inner),
    )


def holes_in(shape: t.Node) -> bool:
    """Whether a shape has a hole, which that of an input has not."""
    sizes = shape.items if isinstance(shape, (t.Tuple, t.List)) else (shape,)
    return any(isinstance(size, t.Hole) for size in sizes)


expressions = st.recursive(atoms, larger, max_leaves=12)
shapes = st.one_of(
    names, numbers, dims, any_size, node(t.Tuple, some(expressions, 0)).map(read_any_size), expressions
).filter(lambda shape: not holes_in(shape))  # fmt: skip
inputs = st.one_of(
    node(t.Input, st.none() | names, shapes, some(expressions)),
    node(t.Input, st.just(None), st.just(None), some(expressions)),
    node(t.Input, contents.map(lambda s: t.Name(0, 0, s)), st.none() | shapes, some(expressions)),
)
limits = node(t.Limit, names, arguments(expressions), st.sampled_from(["<", ">=", "=="]), expressions)
assignments = node(t.Assign, names, expressions)
leaves = st.one_of(
    node(t.Step, expressions),
    node(t.Step, expressions),
    inputs,
    node(t.Output, some(names, 1)),
    assignments,
    node(t.Shared, names, expressions),
    node(t.Budget, some(limits, 1)),
    node(t.Train, node(t.Body, some(assignments, 0, 4))),
    node(t.Use, texts, some(names, 1)),
)


def nesting(items: Any) -> Any:
    """Items with a body of `items`."""
    body = node(t.Body, some(items))
    parameters = some(node(t.Parameter, names, st.none() | expressions))
    defaults = st.none() | expressions.filter(lambda default: not isinstance(default, t.Hole))
    ranged = some(node(t.Parameter, names, defaults, st.none() | values(expressions)))
    branch = node(t.Branch, expressions, body, st.none() | body)
    return st.one_of(
        node(t.Loop, some(names, 1), expressions, body),
        branch,
        node(t.Branch, expressions, body, branch),
        node(t.Block, names, parameters, body),
        node(t.Model, names, ranged, body),
    )


items = st.recursive(leaves, nesting, max_leaves=4)


def trees() -> Any:
    """Whole files."""
    return some(items, 0, 4).map(lambda found: t.Tree(Source("", ""), t.Body(0, 0, found), (), ()))


@st.composite
def untidy(draw: Any, text: str) -> tuple[str, list[str]]:
    """A text with blanks, line ends and comments put wherever the language lets them stand, and those comments."""
    comments: list[str] = []

    def gap(breakable: bool) -> str:
        kind = (
            draw(st.sampled_from(["", "", "", "\\\n", "\n", "\n\n\n", "#", "\n#", "#\n#", "\n\n#"]))
            if breakable
            else ""
        )
        out = " "
        for character in kind:
            if character == "#":
                comments.append(f"# {len(comments)} {{'" + draw(st.sampled_from(["", "(", '"'])))
                out += f" {comments[-1]} \n"
            else:
                out += character
        return out

    out = gap(True)
    brackets = [KIND["LBRACE"]]
    loose = {KIND[name] for name in ("_ARROW", "ELSE", "LBRACE", "RBRACE", "_NEWLINE", "END")}
    before = KIND["_NEWLINE"]
    for kind, start, end in Lexer(text).tokens():
        inside = brackets[-1] != KIND["LBRACE"]
        after = before == KIND["COLON"] or before in loose and before not in (KIND["ELSE"], KIND["RBRACE"])
        pasted = before == KIND["PASTED_INPUT"]  # known by the bracket right behind it
        out += gap(not pasted and (inside or after or (kind in loose and kind != KIND["LBRACE"])))
        if kind in (KIND["LPAR"], KIND["LSQB"], KIND["LBRACE"]):
            brackets.append(kind)
        elif kind in (KIND["RPAR"], KIND["RSQB"], KIND["RBRACE"]):
            brackets.pop()
        out += draw(st.sampled_from(["\n", ";", "\n;\n\n"])) if kind == KIND["_NEWLINE"] else text[start:end]
        before = kind
    return out, comments
