"""One Python statement → nodes of the language, by the language's own grammar.

Python's names may be the language's keywords (model, input), its powers are written `**` and its numbers `1.`; all else
that an expression naming layers needs is written alike.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.syntax.build import Refusals, build_pasted_input
from cnnspec.syntax.lalr import Parser
from cnnspec.syntax.lexer import KIND, UNREADABLE, Lexer
from cnnspec.syntax.paste.changing import changed
from cnnspec.syntax.tree import Argument, Attribute, Bad, Call, Input, Mapping, Name, Node, Number, Step, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.syntax.lalr import Recover
    from cnnspec.syntax.paste.statements import Statement

    Token = tuple[int, int, int]

_NAME, _DOT, _NUMBER, _TIMES, _POWER = (KIND[k] for k in ("NAME", "DOT", "NUMBER", "TIMES", "CIRCUMFLEX"))
_RANGE = KIND["__ANON_0"]  # "..", which Python does not have
_OPENING, _CLOSING = {KIND["LPAR"], KIND["LSQB"]}, {KIND["RPAR"], KIND["RSQB"]}
_KEPT = {"if", "else", "for", "in", "not", "and", "or", "True", "False", "true", "false"}  # keywords here too


class Parsed(Record):
    """`a = b = value` or a bare `value`; each target is a dotted name, or several for `a, b = value`."""

    targets: tuple[tuple[str, ...], ...]
    value: Node


def parse_statement(source: Source, statement: Statement, loosely: bool = False) -> Parsed | None:
    """What a statement says; None where it is not one of the expressions that the language has, too.

    `loosely`: of a call, an argument that the language has no words for is left out.
    """
    tokens = list(_tokens(source.text, statement))
    equals = [-1, *_at_top(tokens, KIND["EQUAL"])]
    targets = [_target(source.text, tokens[a + 1 : b]) for a, b in pairwise(equals)]
    if not all(targets):
        return None
    rest = tokens[equals[-1] + 1 :]
    value = _value(source, rest)
    if value is None and loosely:
        value = _call(source, rest)
    return None if value is None else Parsed(tuple(targets), value)


def _at_top(tokens: list[Token], wanted: int) -> list[int]:
    """Where tokens of a kind stand outside all brackets."""
    found, depth = [], 0
    for number, (kind, _, _) in enumerate(tokens):
        depth += (kind in _OPENING) - (kind in _CLOSING)
        if kind == wanted and not depth:
            found.append(number)
    return found


def _call(source: Source, tokens: list[Token]) -> Node | None:
    """f(a, b=1) with those arguments that can be read."""
    opening = next((n for n, token in enumerate(tokens) if token[0] == KIND["LPAR"]), 0)
    function = _value(source, tokens[:opening])
    if function is None or tokens[-1][0] != KIND["RPAR"]:
        return None
    inside = tokens[opening + 1 : -1]
    commas = [-1, *_at_top(inside, KIND["COMMA"]), len(inside)]
    arguments = []
    for before, behind in pairwise(commas):
        part = inside[before + 1 : behind]
        named = len(part) > 2 and part[0][0] == _NAME and part[1][0] == KIND["EQUAL"]
        name = Name(part[0][1], part[0][2], source.text[part[0][1] : part[0][2]]) if named else None
        value = _value(source, part[2:] if named else part)
        if part:
            arguments.append(Argument(part[0][1], part[-1][2], name, value or Bad(part[0][1], part[-1][2])))
    return Call(tokens[0][1], tokens[-1][2], function, tuple(arguments))


def _target(text: str, tokens: list[Token]) -> tuple[str, ...]:
    """The names that are given a value, () where it is anything but names."""
    if not all(kind in (_NAME, _DOT, KIND["COMMA"], *_OPENING, *_CLOSING) for kind, _, _ in tokens):
        return ()
    if any(kind == KIND["LSQB"] for kind, _, _ in tokens):
        return ()
    written = "".join([text[start:end] for kind, start, end in tokens if kind in (_NAME, _DOT, KIND["COMMA"])])
    names = tuple(written.rstrip(",").split(","))
    return names if all(re.fullmatch(r"\w+(?:\.\w+)*", name) for name in names) else ()


def _tokens(text: str, statement: Statement) -> Iterator[Token]:
    """The tokens of a statement, as Python has them."""
    held: Token | None = None  # a number, a dot or a `*`, to which what follows at once may belong
    for kind, start, end in Lexer(text).tokens(statement.start):
        if start >= statement.end:
            break
        if held is not None:
            if held[2] == start and (held[0], kind) in ((_NUMBER, _DOT), (_DOT, _NUMBER), (_TIMES, _TIMES)):
                yield _POWER if kind == _TIMES else _NUMBER, held[1], end
                held = None
                continue
            yield held
            held = None
        if kind == KIND["PASTED_INPUT"]:
            for part in re.finditer(r"\w+|\.", text[start:end]):
                yield (_DOT if part[0] == "." else _NAME), start + part.start(), start + part.end()
        elif kind in (_NUMBER, _TIMES, _DOT):
            held = kind, start, end
        elif kind in (UNREADABLE, _RANGE):
            yield UNREADABLE, start, end
            if start == end:  # a brace that ends more than it began: the lexer would go on so for ever
                return
        elif text[start:end].isidentifier() and text[start:end] not in _KEPT:
            yield _NAME, start, end
        else:
            yield kind, start, end
    if held is not None:
        yield held


class _Tokens(Lexer):
    """Tokens that are there already, in place of a lexer's."""

    def __init__(self, text: str, tokens: Iterable[Token]) -> None:
        super().__init__(text)
        self.given = tokens

    def tokens(self, at: int = 0, *, separated: bool = False) -> Iterator[Token]:
        return iter(self.given)


def _value(source: Source, tokens: list[Token]) -> Node | None:
    """The one expression that tokens spell; None where they do not follow the grammar."""
    if not tokens:
        return None
    begin, end = tokens[0][1], tokens[-1][2]
    wrapped = [(KIND["LPAR"], begin, begin), *tokens, (KIND["RPAR"], end, end), (KIND["END"], end, end)]
    failed: list[Parser] = []

    def begin_recovery(parser: Parser) -> Recover:
        failed.append(parser)
        return lambda kind, start, end: None

    parser = Parser(source, begin_recovery, _Tokens(source.text, wrapped))
    items = parser.run().body.items
    if failed or parser.refusals.diagnostics or len(items) != 1 or not isinstance(items[0], Step):
        return None
    if any([isinstance(part, Mapping) for part in walk(items[0])]):  # a dict of Python's: no value of a network
        return None
    return changed(items[0].value, _number)


def _number(node: Node) -> Node | None:
    """1. and .5 as the language writes them."""
    if not isinstance(node, Number) or not (node.text.startswith(".") or node.text.endswith(".")):
        return None
    return node.replace(text="0" * node.text.startswith(".") + node.text + "0" * node.text.endswith("."))


# ---- questions about expressions ---------------------------------------------------------------------------
def write_path(node: Node) -> str:
    """`a.b.c` of a dotted name, "" of anything else."""
    parts: list[str] = []
    while isinstance(node, Attribute):
        parts.append(node.name.text)
        node = node.value
    return ".".join([node.text, *reversed(parts)]) if isinstance(node, Name) else ""


def find_callee(node: Node) -> str:
    """The dotted name that is called, "" where it is anything else."""
    return write_path(node.function) if isinstance(node, Call) else ""


def last_word(dotted: str) -> str:
    return dotted.rpartition(".")[2]


def find_argument(call: Call, *names: str) -> Node | None:
    """The value of the argument that has one of these names."""
    for argument in call.arguments:
        if argument.name is not None and argument.name.text in names:
            return argument.value
    return None


def input_of(source: Source, call: Call) -> tuple[Input, Refusals]:
    """The input that Input(shape=…) makes, and what is wrong with it."""
    refusals = Refusals(source)
    return build_pasted_input(refusals, call.start, call.end, [None, call.arguments]), refusals
