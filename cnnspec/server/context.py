"""Where the cursor is in a text that may be unfinished: in which call, behind which of its commas, behind which name.

The text before the cursor is read word by word; no tree is needed, which half a call has none of.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.syntax.grammar import TERMINALS

TOKEN = re.compile(
    rf"(?P<comment>{TERMINALS['COMMENT']})|(?P<text>{TERMINALS['STRING']}|\"[^\"\n]*)|(?P<word>[A-Za-z_]\w*)|(?P<sign>[^\s\w])|\w+"
)
OPENING, CLOSING = "([{", ")]}"
FURTHEST = 20_000  # characters before the cursor that are read


class OpenCall(Record):
    """A call that is open at the cursor: the `word` before its bracket, how many commas stand behind that, the `names` of
    arguments that are given, and the one whose value is being written, "" where it has no name."""

    word: str
    commas: int
    names: tuple[str, ...]
    current: str


class Context(Record):
    """What surrounds the cursor. `quiet`: it is in a comment or a text, where nothing is proposed; `call`: the innermost open
    bracket, where it is a call's."""

    quiet: bool
    call: OpenCall | None


def find_context(text: str, at: int) -> Context:
    """What surrounds an offset of a text."""
    start = text.rfind("\n", 0, max(0, at - FURTHEST)) + 1
    open_calls: list[OpenCall | None] = []
    last = ""
    for token in TOKEN.finditer(text, start, at):
        now = token[0]
        if token["comment"] or token["text"]:
            ended = token["text"] and len(now) > 1 and now.endswith('"')
            if token.end() == at and not ended:
                return Context(True, None)
        elif now in OPENING and token["sign"]:
            called = now == "(" and re.fullmatch(r"[A-Za-z_]\w*", last)
            open_calls.append(OpenCall(last, 0, (), "") if called else None)
        elif now in CLOSING and token["sign"]:
            del open_calls[-1:]
        elif open_calls and (call := open_calls[-1]) is not None and token["sign"]:
            if now == ",":
                open_calls[-1] = call.replace(commas=call.commas + 1, current="")
            elif now == "=" and last not in ("=", "<", ">", "!") and re.fullmatch(r"[A-Za-z_]\w*", last):
                open_calls[-1] = call.replace(names=(*call.names, last), current=last)
        last = now
    return Context(False, open_calls[-1] if open_calls else None)
