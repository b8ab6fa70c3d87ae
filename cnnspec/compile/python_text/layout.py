"""Logical lines → the lines of a file, broken as `ruff format` breaks them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 88
OPENING, CLOSING = "([{", ")]}"


def lay_out(lines: list[tuple[int, str]]) -> str:
    """The text of a file from lines and their depth. An empty line stands where one is asked for, or needed."""
    made: list[str] = []
    previous = (0, "")
    for depth, text in lines:
        if text.startswith("def ") and depth and previous[1] and not previous[1].startswith("def "):
            made.append("")
        if not text:
            if previous[1] or depth == 0:
                made.append("")
        else:
            if (
                not previous[1]
                and depth < previous[0]
                and made
                and made[-1] == ""
                and text.startswith(("else:", "elif "))
            ):
                made.pop()
            made += wrap_line(text, depth)
        previous = (depth, text)
    text = "\n".join(made)
    return re.sub(r"\n{4,}", "\n\n\n", text).rstrip("\n") + "\n"


def wrap_line(text: str, depth: int, tail: str = "") -> list[str]:
    """One logical line, broken at its brackets where it is too long or a list asks for a line an element."""
    indent = "    " * depth
    one = indent + text + tail
    if text.startswith("#") or len(one) <= WIDTH and not is_exploded(text):
        return [one]
    pair = find_split(text, WIDTH - len(indent))
    if (
        pair is None
        or not is_exploded(text)
        and len(split_at_operators(re.sub(r"^(\w+ = |return |if |elif |for \w.* in )|:$", "", text))) > 1
    ):
        broken = add_parentheses(text, depth, tail)
        if broken is not None or pair is None:
            return broken or [one]
    start, end = pair
    head, inside, rest = text[: start + 1], text[start + 1 : end], text[end:]
    items = split_at_commas(inside)
    listing = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "_)]")
    inner = indent + "    "
    comprehension = len(items) == 1 and (" for " in inside or not listing)
    if (
        not inside.endswith(",")
        and (not listing or comprehension)
        and len(inner + inside) <= WIDTH
        and not is_exploded(inside)
    ):
        middle = [inner + inside]
    elif comprehension:
        middle = wrap_line(inside, depth + 1, "" if " for " in inside else ",")
    else:
        middle = [line for item in items for line in wrap_line(item, depth + 1, ",")]
    return [indent + head, *middle, indent + rest + tail]


def is_exploded(text: str) -> bool:
    """Whether a list in it ends with a comma: one element a line is asked for."""
    return re.search(r",\]", text) is not None


def scan_code(text: str) -> Iterator[tuple[int, str, int]]:
    """Every character outside of quotes, with its place and the number of brackets open before it."""
    depth, quote, at = 0, "", 0
    while at < len(text):
        character = text[at]
        if quote:
            if character == "\\":
                at += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        else:
            depth -= character in CLOSING
            yield at, character, depth
            depth += character in OPENING
        at += 1


def find_brackets(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of brackets."""
    outer = [
        (at, character) for at, character, depth in scan_code(text) if depth == 0 and character in OPENING + CLOSING
    ]
    return [(one[0], two[0]) for one, two in zip(outer[::2], outer[1::2], strict=True)]


def find_split(text: str, width: int) -> tuple[int, int] | None:
    """The pair of brackets to break at: the last, unless it follows another and what stands before it is too wide."""
    found = [pair for pair in find_brackets(text) if pair[1] - pair[0] > 1]
    if not found:
        return None
    asked = [pair for pair in found if is_exploded(text[pair[0] : pair[1] + 1])]
    if asked:
        return asked[-1]
    last = found[-1]
    if len(found) > 1 and found[-2][1] == last[0] - 1 and last[0] >= width:
        return found[-2]
    return last


def split_at_commas(text: str) -> list[str]:
    """What stands between the commas."""
    cuts = [-1, *[at for at, character, depth in scan_code(text) if character == "," and depth == 0], len(text)]
    found = [text[one + 1 : two].strip() for one, two in pairwise(cuts)]
    return [part for part in found if part]


def add_parentheses(text: str, depth: int, tail: str) -> list[str] | None:
    """A long condition or sum, broken at the operators that bind least; in parentheses where it is not an argument."""
    if tail:
        inside, head, end, indent = text, None, tail, "    " * depth
    else:
        found = re.fullmatch(r"((?:\w+ = )|return |if |elif )(.*?)(:?)", text)
        if found is None:
            return None
        head, inside, end = found.groups()
        indent = "    " * (depth + 1)
    broken = split_at_operators(inside)
    if len(broken) == 1 and tail:
        return None
    lines = [indent + part for part in broken]
    if head is None:
        return [*lines[:-1], lines[-1] + end]
    return ["    " * depth + head + "(", *lines, "    " * depth + ")" + end]


OPERATORS = (
    r" (?=(?:if|else) )",
    r" (?=or )",
    r" (?=and )",
    r" (?=(?:==|!=|<|<=|>|>=) )",
    r" (?=[+-] )",
    r" (?=(?:\*|/|//|%) )",
)


def split_at_operators(text: str) -> list[str]:
    """The text, broken at those of its operators outside of brackets that bind least."""
    inner = find_brackets(text)
    for pattern in OPERATORS:
        cuts = [
            m.start() for m in re.finditer(pattern, text) if not any(start < m.start() < end for start, end in inner)
        ]
        if cuts:
            return [text[one:two].strip() for one, two in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [text]


def keep_printable(text: str) -> str:
    """A text with a space for every character that cannot be printed."""
    return "".join(c if c.isprintable() else " " for c in text)
