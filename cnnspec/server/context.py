"""Where the cursor is in a text that may be unfinished: in which call, behind which of its commas, behind which name.

The text before the cursor is read word by word; no tree is needed, which half a call has none of.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.syntax.grammar import KEYWORDS, TERMINALS

TOKEN = re.compile(
    rf"(?P<comment>{TERMINALS['COMMENT']})|(?P<text>{TERMINALS['STRING']}|[\"'][^\"'\n]*)|(?P<end>{TERMINALS['_NEWLINE']})"
    rf"|(?P<word>[A-Za-z_]\w*)|(?P<arrow>{TERMINALS['_ARROW']})|(?P<compare>{TERMINALS['COMPARE']})|(?P<sign>[^\s\w])|\w+"
)
WORD = re.compile(r"[A-Za-z_]\w*")
ARROW = re.compile(TERMINALS["_ARROW"])
OPERATOR = re.compile("|".join([TERMINALS[name] for name in ("COMPARE", "SIGN", "TIMES", "CIRCUMFLEX")]))
OPENING, CLOSING, QUOTES = "([{", ")]}", "\"'“”„‘’‚"
FURTHEST = 20_000  # characters before the cursor that are read
BEGINNING, STEP, VALUE, TERM, BEHIND, ATTRIBUTE, NEW_NAME = PLACES = (
    "beginning", "step", "value", "term", "behind", "attribute", "new name",
)  # fmt: skip
VALUES_FOLLOW = ("else", "expect", "output")  # keywords before a value
TERMS_FOLLOW = ("if", "and", "or", "not")  # keywords before a part of a condition
NAMES_FOLLOW = (
    "block",
    "model",
    "shared",
    "as",
    "for",
    "use",
    "train",
    "input",
    "INPUT",
)  # before what nothing is proposed for


class OpenCall(Record):
    """A call that is open at the cursor: the `word` before its bracket, how many commas stand behind that, the `names` of
    arguments that are given, and the one whose value is being written, "" where it has no name."""

    word: str
    commas: int
    names: tuple[str, ...]
    current: str


class Context(Record):
    """What surrounds the cursor.

    `quiet`: it is in a comment or a text, where nothing is proposed but the rest of a text that has begun with `begun`.
    `call`: the innermost open bracket, where it is a call's; `in_list`: that is a list's; `in_head`: that is of a block's or a
    model's head; `braces`: how many of these are open. `place`: which of PLACES it is. `statement`: the words of the statement
    so far; `bound`: the names that are given a value before, in the same body, mapping or head.
    `used`: the path of the `use` whose brackets are open. `in_train`: it is in a train section; `setting`: the key there whose
    value is written; `in_mapping`: the innermost brackets are those of a mapping, where an entry is at its beginning with its key.
    """

    quiet: bool = False
    begun: str | None = None
    call: OpenCall | None = None
    place: str = BEGINNING
    statement: tuple[str, ...] = ()
    used: str | None = None
    in_list: bool = False
    in_train: bool = False
    setting: str = ""
    in_mapping: bool = False
    in_head: bool = False
    bound: tuple[str, ...] = ()
    braces: int = 0


class Level:
    """An open bracket, or the file around all: the call that it begins, and the statement that is being written in it."""

    def __init__(self, bracket: str, before: Level | None = None, last: str = "") -> None:
        self.bracket = bracket
        head = before.statement if before is not None else []
        called = bracket == "(" and WORD.fullmatch(last) and last not in KEYWORDS
        self.is_head = bracket == "(" and head[:1] in (["block"], ["model"]) and len(head) == 2
        self.call = OpenCall(last, 0, (), "") if called and not self.is_head else None
        self.statement: list[str] = []
        self.bound: list[str] = []
        self.braces: int = (before.braces if before is not None else 0) + (bracket == "{")
        self.used = head[1][1:-1] if bracket == "(" and len(head) == 2 and head[0] == "use" else None
        self.in_train: bool = before is not None and (before.in_train or bracket == "{" and head[:1] == ["train"])
        self.setting = before.find_setting() if before is not None else ""
        self.is_mapping: bool = bracket == "{" and self.setting != ""

    def find_setting(self) -> str:
        """The key of a train section whose value is being written."""
        own = self.in_train and self.bracket == "{" and self.statement[1:2] == ["="]
        return self.statement[0] if own else self.setting

    def take(self, token: str, last: str) -> None:
        """Read on, behind the token `last`."""
        call = self.call
        if call is not None and token == ",":
            self.call = call.replace(commas=call.commas + 1, current="")
        elif call is not None and token == "=" and WORD.fullmatch(last):
            self.call = call.replace(names=(*call.names, last), current=last)
        if self.is_mapping and token == ",":
            self.statement.clear()
            return
        self.statement.append(token)
        if self.is_mapping and token == ":":
            self.bound.append(last.strip(QUOTES))
        elif self.is_body and self.statement[1:] == ["="] or self.is_head and self.statement[-2:-1] in ([], [","]):
            self.bound.append(self.statement[-1 - self.is_body])

    def close(self, sign: str) -> None:
        """Read on behind a bracket that was open in this."""
        if sign == "}" and not self.find_setting():
            self.statement.clear()
        else:
            self.statement.append(sign)

    def describe(self, last: str) -> Context:
        """What surrounds a cursor behind the token `last`."""
        place = find_place(self, last)
        return Context(
            call=self.call, place=place, statement=tuple(self.statement), used=self.used, in_list=self.bracket == "[",
            in_train=self.in_train, setting=self.find_setting(), in_mapping=self.is_mapping, in_head=self.is_head, bound=tuple(self.bound), braces=self.braces,
        )  # fmt: skip

    @property
    def is_body(self) -> bool:
        """Whether a line is a statement."""
        return self.bracket in ("", "{")


def find_context(text: str, at: int) -> Context:
    """What surrounds an offset of a text; a word that ends there is being written."""
    start = text.rfind("\n", 0, max(0, at - FURTHEST)) + 1
    levels = [Level("")]
    last = ""
    for token in TOKEN.finditer(text, start, at):
        now = token[0]
        ends_here = token.end() == at
        if token["comment"] and ends_here:
            return Context(quiet=True)
        if token["text"] and ends_here and not (len(now) > 1 and now[-1] in QUOTES):
            return levels[-1].describe(last).replace(quiet=True, begun=now[1:])
        if token["comment"] or token["word"] and ends_here:
            continue
        if token["end"]:
            if levels[-1].is_body and not is_unfinished(last):
                levels[-1].statement.clear()
                last = ""
            continue
        if token["sign"] and now in OPENING:
            levels.append(Level(now, levels[-1], last))
        elif token["sign"] and now in CLOSING:
            levels = levels[:-1] or levels
            levels[-1].close(now)
        else:
            levels[-1].take(now, last)
        last = now
    return levels[-1].describe(last)


def is_unfinished(last: str) -> bool:
    """Whether a line that ends so goes on in the next."""
    return ARROW.fullmatch(last) is not None or last == ":"


def find_place(level: Level, last: str) -> str:
    """What may stand behind a token."""
    if level.is_body and not level.statement:
        return BEGINNING
    if last == ".":
        return ATTRIBUTE
    if level.is_head and last in "(,":
        return NEW_NAME
    looping = level.statement[:1] == ["for"]
    if last in NAMES_FOLLOW or looping and "in" not in level.statement:
        return NEW_NAME if last in NAMES_FOLLOW or last == "," else BEHIND
    if looping and last == "in" or last in TERMS_FOLLOW or OPERATOR.fullmatch(last):
        return TERM
    if ARROW.fullmatch(last):
        return STEP
    if last in VALUES_FOLLOW or not re.match(r"[\w\"'“”‘’)\]}?]", last):
        return VALUE
    return BEHIND
