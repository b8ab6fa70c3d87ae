"""Limits of a change: `expect`'s own, whose bound may also be a change from the first network, +5%, -10%, +200k."""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.lint.budget import BOUNDED, SHARES
from cnnspec.lint.limit_text import read_limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import BudgetLimit

SHARE, ADDED = "%", "+"  # how a bound is counted from the first network's figure
COMPARED = re.compile(
    r"(?P<quantity>.*?)(?P<operator>[<>]=?|[=!]=)\s*(?P<sign>[+-]?)\s*(?P<number>[0-9][0-9._]*\w*)\s*(?P<share>%?)",
    re.DOTALL,
)
THOUSANDS = re.compile(r"(?<=[0-9])K$")  # as many write what the language calls k


class ChangeLimit(Record):
    """One limit. `change`: "" where its bound is a figure; SHARE where it is that many percent of the first network's figure
    more, ADDED where it is so much more. `text`: as a person writes it."""

    text: str
    limit: BudgetLimit
    change: str = ""


def read_change_limits(text: str) -> list[ChangeLimit]:
    """The limits of a text: "params <= +5%, macs <= 2G, lossless". ValueError for what is none."""
    return [read_change_limit(part) for part in split_limits(text)]


def read_change_limit(text: str) -> ChangeLimit:
    """One limit. ValueError for what is none, or is several."""
    found = COMPARED.fullmatch(text.strip())
    plain, change = text.strip(), ""
    if found is not None:
        start, number = f"{found['quantity'].rstrip()} {found['operator']}", THOUSANDS.sub("k", found["number"])
        change = SHARE if found["share"] else ADDED if found["sign"] else ""
        plain = f"{start} {number}"
    limits = read_limits(plain)
    if len(limits) != 1:
        raise ValueError(f'"{text.strip()}" is {len(limits)} limits: give one')
    (limit,) = limits
    if found is None or not change:
        return ChangeLimit(plain, limit)
    name = limit.quantity
    if name not in BOUNDED:
        raise ValueError(f"{name} is no number that changes by so much")
    if change == SHARE and limit.in_bytes:
        raise ValueError(f'"{text.strip()}" is a share and a number of bytes: give one of the two')
    if change == SHARE and not found["sign"] and name in SHARES:
        share = f"{limit.bound / 100:g}"
        raise ValueError(f"{name} is a share: write {share} for {number} %, or +{number}% for a change by so much")
    if change == SHARE and limit.operator in ("==", "!="):
        raise ValueError(f"a change in percent is compared with <, <=, > or >=, not {limit.operator}")
    shown = f"{start} {found['sign'] or '+'}{number}{found['share']}"
    return ChangeLimit(shown, limit.replace(bound=-limit.bound) if found["sign"] == "-" else limit, change)


def split_limits(text: str) -> list[str]:
    """The parts of a text between the commas that stand in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
