"""Layers left out of a Python text, where each is a statement, an element of a list, or the use of one."""

from __future__ import annotations

import ast

from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.python_source.editing.arguments import find_line_start, is_literal, is_rest_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.editing.arguments import Change
    from cnnspec.python_source.editing.parsed import ParsedText

PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)  # what needs no parentheses anywhere
BODIES = ("body", "orelse", "finalbody")


def drop_layer(parsed: ParsedText, call: ast.Call) -> list[Change]:
    """The text without the layer that a call makes: `model.add(Dropout(0))` and `x = Dropout(0)(x)` go, `Dropout(0)(x)` is x,
    and a list has one element less. Its arguments must be written out: another value would be no layer to drop."""
    if not all(is_literal(a) for a in call.args) or not all(
        k.arg == "name" or is_literal(k.value) for k in call.keywords
    ):
        raise Inexpressible
    holder = parsed.around[call]
    if isinstance(holder, ast.Call) and holder.func is call:
        return drop_use(parsed, holder)
    if isinstance(holder, ast.Call) and len(holder.args) == 1 and not holder.keywords:
        statement = parsed.around[holder]
        if isinstance(holder.func, ast.Attribute) and holder.func.attr == "add" and isinstance(statement, ast.Expr):
            return drop_statement(parsed, statement)
    if isinstance(holder, ast.List):
        return drop_element(parsed, holder, call)
    raise Inexpressible


def drop_use(parsed: ParsedText, use: ast.Call) -> list[Change]:
    """What a layer is called on, in the place of that call."""
    if len(use.args) != 1 or isinstance(use.args[0], ast.Starred) or any(k.arg != "training" for k in use.keywords):
        raise Inexpressible
    (given,) = use.args
    statement = parsed.around[use]
    if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [
        ast.unparse(given)
    ]:
        return drop_statement(parsed, statement)
    (start, end), (first, last) = parsed.find_stretch(use), parsed.find_stretch(given)
    if "#" in parsed.text[start:first] + parsed.text[last:end]:
        raise Inexpressible  # a comment would go
    around = ("", "") if isinstance(given, PLAIN) else ("(", ")")
    return [(start, first, around[0]), (last, end, around[1])]


def drop_statement(parsed: ParsedText, statement: ast.stmt) -> list[Change]:
    """The text without the lines of a statement; `pass` in its place where it is all that a body has."""
    text, holder = parsed.text, parsed.around[statement]
    start, end = parsed.find_stretch(statement)
    line, stop = find_line_start(text, start), text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    if text[line:start].strip() or not is_rest_comment(text, end, stop):
        raise Inexpressible  # others stand beside it
    if any(getattr(holder, name, None) == [statement] for name in BODIES) and not isinstance(holder, ast.Module):
        return [(start, end, "pass")]
    if stop == len(text) and line:
        return [(line - 1, stop, "")]
    return [(line, min(stop + 1, len(text)), "")]


def drop_element(parsed: ParsedText, listed: ast.List, call: ast.Call) -> list[Change]:
    """A list without one of its elements, and without the lines that this has to itself."""
    number, text = listed.elts.index(call), parsed.text
    (start, end), (_, close) = parsed.find_stretch(call), parsed.find_stretch(listed)
    comma = find_comma(text, end, close)
    line, stop = find_line_start(text, start), text.find("\n", end if comma is None else comma)
    if comma is not None and stop >= 0 and not text[line:start].strip() and is_rest_comment(text, comma + 1, stop):
        return [(line, stop + 1, "")]
    if len(listed.elts) == 1:
        raise Inexpressible
    if number:
        start = parsed.find_stretch(listed.elts[number - 1])[1]
    else:
        end = parsed.find_stretch(listed.elts[1])[0]
    if text[start:end].replace(text[slice(*parsed.find_stretch(call))], "").strip() != ",":
        raise Inexpressible  # a comment would go, or a parenthesis
    return [(start, end, "")]


def find_comma(text: str, at: int, stop: int) -> int | None:
    """The comma behind a place, if nothing but spaces stands before it."""
    while at < stop and text[at].isspace():
        at += 1
    return at if text[at : at + 1] == "," else None
