"""What to say of a token that does not fit: a known mistake, a notation from elsewhere, or what could stand here."""

from __future__ import annotations

import re

from cnnspec.base.source import Source, printable
from cnnspec.syntax.after_mistakes import find_keyword
from cnnspec.syntax.grammar import ACTIONS, KEYWORDS, KINDS, MADE_AHEAD
from cnnspec.syntax.lexer import KIND, STRAY, UNREADABLE
from cnnspec.syntax.mistakes import MISTAKES, NEVER_OPENED
from cnnspec.syntax.notations import PATTERN, explain_notation, pattern_end

if MADE_AHEAD:
    from cnnspec.syntax.mistake_table import MISTAKE_STATES
else:
    from cnnspec.syntax.mistake_states import find_mistake_states

    MISTAKE_STATES = find_mistake_states()

SAY = {
    "NAME": "a name", "NUMBER": "a number", "SHAPE": "a shape", "STRING": "a text", "_ARROW": 'an arrow "->"',
    "_NEWLINE": "the end of the line", "END": "the end of the file", "COMPARE": "a comparison", "SIGN": '"+" or "-"',
    "TIMES": '"*" or "/"', "LPAR": '"("', "RPAR": '")"', "LSQB": '"["', "RSQB": '"]"', "LBRACE": '"{"', "RBRACE": '"}"',
    "EQUAL": '"="', "COLON": '":"', "COMMA": '","', "DOT": '"."', "POWER": '"^"', "__RANGE": '".."',
}  # fmt: skip

_PYTHON = re.compile(
    r"""\s*(?:(?:import|from|def|return|class|with|while|try|lambda|assert)\b
        |print\s*\(|\w+\.(?:summary|compile|fit|evaluate|predict|save|build|load_data)\s*\()""",
    re.X,
)
_CHARACTERS = {
    ":": 'a body stands between "{" and "}", as a mapping does, and a value is given with "="',
    "“": "quote with \" or '",
    "”": "quote with \" or '",
    "‘": "quote with \" or '",
    "’": "quote with \" or '",
    "×": 'write 3x3 with the letter x, a product and a repeat with "*"',
    "²": "write 3x3 for a size, ^2 for a power",
    "½": "write 1/2",
    "?": "a hole is ?, or has a name, ?a; its values stand behind `in`: ?a in 8..64:8",
    "@": "write filters and kernel apart: conv(64, 5x5)",
    "!": 'write "not", or "!=" between two numbers',
    "&": 'write "and"',
    "|": 'write "or" between conditions, "->" between layers',
    **dict.fromkeys("$\\", "drop the LaTeX; an arrow is -> or =>"),
}


def say_what_is_wrong(source: Source, state: int, context: str, kind: int, start: int, end: int) -> tuple[str, str]:
    """(message, help) for a token of `kind` that the parser cannot take in `state`, in what began as a `context`."""
    text = source.text
    if pattern_end(text, start) is not None:
        return PATTERN
    if kind == STRAY:
        return NEVER_OPENED
    line = text[text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0]
    if line.lstrip().startswith(("//", "/*", "--", "%")):
        return 'a comment begins with "#"', "write # instead"
    word = re.match(r"\s*([a-z]+)\b", line)
    if word and word[1] not in KEYWORDS and find_keyword(word[1]) and context == "item":
        return f'nothing is called "{word[1]}"', f'did you mean "{find_keyword(word[1])}"?'
    if context != "entry" and find_python_end(text, start) is not None:
        return "this is Python, not a network", "keep the layers, one a line; drop the rest"
    said = explain_notation(text, start)
    if said is not None:
        return said
    if kind == UNREADABLE:
        return _unreadable(text, start)
    for known in (state, -1) if KIND["_ARROW"] in ACTIONS[state] else (state,):
        number = MISTAKE_STATES.get((known, context, kind))
        if number is not None:
            return MISTAKES[number][:2]
    if kind == KIND["COLON"]:
        return _unreadable(text, start)
    found = SAY.get(KINDS[kind]) or f'"{printable(text[start:end])}"'
    expected = [SAY.get(KINDS[k], f'"{KINDS[k].lower()}"') for k in sorted(ACTIONS[state])]
    if 0 < len(expected) <= 4:
        return f"{found} cannot stand here", "expected " + " or ".join(expected)
    return f"{found} cannot stand here", "check what comes before it"


def find_python_end(text: str, at: int) -> int | None:
    """Where the Python statement ends whose first line holds `at`; None when that line is no Python."""
    begin = text.rfind("\n", 0, at) + 1
    if not _PYTHON.match(text, begin):
        return None
    depth, position = 0, begin
    while position < len(text) and (depth > 0 or text[position] != "\n"):
        depth += (text[position] in "([{") - (text[position] in ")]}")
        position += 1
    return position


def _unreadable(text: str, at: int) -> tuple[str, str]:
    character = text[at]
    if character in "\"'":
        return "this text is never closed", f"end it with {character} on the same line"
    if character.isdigit():
        run = text[at:].split(None, 1)[0].split(",")[0].split(")")[0][:40]
        return (
            f'"{printable(run)}" is neither a number nor a shape',
            "a name begins with a letter; a shape is written 3x3 without spaces",
        )
    shown = f'"{character}"' if character.isprintable() else f"the character U+{ord(character):04X}"
    return f"{shown} has no meaning here", _CHARACTERS.get(character, "remove it")
