"""Python's bodies: a loop, a branch, a function or a class, and the indented lines that belong to it."""

from __future__ import annotations

import re

from cnnspec.syntax.paste.names import Unreadable
from cnnspec.syntax.tree import Bad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.statements import Statement

HEADS = ("for", "while", "with", "try", "if", "elif", "else", "except", "finally", "def", "class", "async")
_HEAD = re.compile(rf"({'|'.join(HEADS)})\b(?:.*:$|[^{{}}]*:\s)", re.S)
_BODIES = {  # what makes layers in its body → what is said of it, and what to do
    "def": (
        "a Python function that makes layers is not read",
        "write it as a block, or paste the lines of its body alone",
    ),
    "class": (
        "a model that is written as a class is not read",
        "paste lines that apply its layers one after the other, or save the model and use `cnnspec import`",
    ),
    "for": (
        "layers that a Python loop or branch makes are not read",
        "write for f in [16, 32] { conv(f, 3x3) }, or paste the lines as they run one after the other",
    ),
}


def find_head(statement: Statement) -> str:
    """The word that heads a Python body, `for x in y:`; "" for a statement that heads none."""
    found = _HEAD.match(statement.text)
    return found[1] if found else ""


def runs_once(head: str, statement: Statement) -> bool:
    """Whether a body runs once, as if it had no head: that of a `with`, and what a file does when it is run."""
    return statement.text.endswith(":") and (head == "with" or bool(re.match(r"if\s+__name__\s*==", statement.text)))


def take_body(found: list[Statement], number: int) -> list[Statement]:
    """The head of that number and the statements of its body."""
    end = number + 1
    while found[number].text.endswith(":") and end < len(found) and found[end].indent > found[number].indent:
        end += 1
    return found[number:end]


def find_defined_name(statement: Statement) -> str:
    """The function or class that a head defines."""
    found = re.match(r"(?:async\s+)?(?:def|class)\s+(\w+)", statement.text)
    return found[1] if found else ""


def refuse_body(head: str, statement: Statement) -> Unreadable:
    """Why a body that makes layers is not read."""
    return Unreadable(Bad(statement.start, statement.end), *_BODIES.get(head, _BODIES["for"]), "E001")


def find_rebound_names(found: list[Statement]) -> set[str]:
    """The names that are given a value more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    for statement in found:
        target = re.match(r"(\w+(?:\s*,\s*\w+)*)\s*=(?!=)", statement.text[:1000])
        for name in re.findall(r"\w+", target[1]) if target else ():
            (twice if name in seen else seen).add(name)
    return twice
