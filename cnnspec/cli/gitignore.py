"""The patterns of a .gitignore file, as git reads them.

Source: gitignore(5), and wildmatch.c of git for what stands in brackets. A slash always separates two names here, also in
brackets and behind a backslash, where git reads it otherwise: such a pattern ignores nothing.

Each star takes the least that lets the text behind it match, and is not tried again, so that no pattern takes longer than
its length times that of a name.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

ANY = None  # the part `**`: folders, as many as there are
CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z",
    "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r" \t\n\r\f\v", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Pattern:
    """One line. `parts`: what the names on the path from the file's folder match, one by one."""

    def __init__(self, parts: Sequence[re.Pattern[str] | None], ignores: bool, folders_alone: bool) -> None:
        self.parts = parts
        self.ignores = ignores  # or brings back
        self.folders_alone = folders_alone

    def matches(self, names: Sequence[str], is_folder: bool) -> bool:
        """Whether this is about the file or folder itself, whose path has these names."""
        if self.folders_alone and not is_folder:
            return False
        if len(self.parts) == 2 and self.parts[0] is ANY and self.parts[1] is not ANY:  # most are
            return self.parts[1].match(names[-1]) is not None
        reached = {0}  # how many names the parts so far can stand for
        for part in self.parts:
            if part is ANY:
                reached = set(range(min(reached), len(names)))  # at least one name is left
            else:
                reached = {at + 1 for at in reached if at < len(names) and part.match(names[at])}
            if not reached:
                return False
        return len(names) in reached or self.parts[-1] is ANY


def read_patterns(data: bytes) -> list[Pattern]:
    """The patterns of a file, the last first, since that decides. A line that git cannot use is left out."""
    lines = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").split("\n")
    return [pattern for line in reversed(lines) if (pattern := read_pattern(line.removesuffix("\r"))) is not None]


def read_pattern(line: str) -> Pattern | None:
    """The pattern in a line; None for a comment, a blank, and what matches nothing."""
    text = re.sub(r"(?<!\\)((?:\\\\)*) +$", r"\1", line)  # a space behind a backslash stays
    if not text or text.startswith("#"):
        return None
    ignores = not text.startswith("!")
    text = text.removeprefix("!")
    folders_alone = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    words = text.removeprefix("/").split("/")
    parts: list[re.Pattern[str] | None] = [] if anchored else [ANY]
    for word in words:
        if word == "**" and anchored:
            parts.append(ANY)
        else:
            found = translate(word)
            if found is None:
                return None
            parts.append(re.compile(found, re.DOTALL))
    return Pattern(parts, ignores, folders_alone)


def translate(word: str) -> str | None:
    """A regular expression for one name; None where nothing matches."""
    pieces, at = [""], 0  # between the stars
    while at < len(word):
        sign = word[at]
        at += 1
        if sign == "*":
            pieces.append("")
        elif sign == "?":
            pieces[-1] += "."
        elif sign == "[":
            found = translate_brackets(word, at)
            if found is None:
                return None
            piece, at = found
            pieces[-1] += piece
        elif sign == "\\" and at == len(word):
            return None
        else:
            pieces[-1] += re.escape(word[at] if sign == "\\" else sign)
            at += sign == "\\"
    if not word:
        return None
    first, *middle = pieces
    if not middle:
        return rf"{first}\Z"
    return first + "".join([f"(?>.*?{piece})" for piece in middle[:-1]]) + rf".*{middle[-1]}\Z"


def translate_brackets(word: str, at: int) -> tuple[str, int] | None:
    """What stands in brackets that were opened before a place, and the place behind them; None where they stay open."""
    negated = word[at : at + 1] in ("!", "^")
    at += negated
    begin, members = at, ""
    low = ""  # the sign before, with which a range may begin
    while at < len(word):
        sign = word[at]
        if sign == "]" and at > begin:
            return (f"[^{members}]" if negated else f"[{members}]") if members else ("." if negated else "(?!)"), at + 1
        named = re.compile(r"\[:(\w*):\]").match(word, at)
        if named is not None:
            if named[1] not in CLASSES:
                return None
            members, low, at = members + CLASSES[named[1]], "", named.end()
            continue
        at += 1
        if sign == "-" and low and word[at : at + 1] not in ("", "]"):
            high, at = read_member(word, at)
            if low <= high:
                members += f"{re.escape(low)}-{re.escape(high)}"
            low = ""
            continue
        if sign == "\\":
            sign, at = read_member(word, at - 1)
        members, low = members + re.escape(sign), sign
    return None


def read_member(word: str, at: int) -> tuple[str, int]:
    """One sign in brackets, which a backslash may stand before, and the place behind it."""
    at += word[at] == "\\" and at + 1 < len(word)
    return word[at], at + 1
