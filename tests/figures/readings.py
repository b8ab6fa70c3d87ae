"""A figure as one place has it, and what is wrong where two places differ."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cnnspec.base.size import Size

UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
SIZES = (211, 307)  # that an unknown size is given, so that two expressions can be compared


class Shown(NamedTuple):
    """A figure as a person reads it, with what the short names of sizes in it stand for."""

    text: str
    names: Mapping[str, str] = {}


class Sized(tuple[Any, ...]):
    """What an expression comes to, once for each of SIZES."""


class Reading(NamedTuple):
    """`figure` is its name, `of` the layer or input that it belongs to, "" for the network; `where` is for the reader."""

    figure: str
    of: str
    value: Any
    where: str


def disagreements(readings: Iterable[Reading]) -> list[str]:
    """A line for every figure that two places have differently."""
    groups: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.figure, reading.of].append(reading)
    found = []
    for (figure, of), group in groups.items():
        exact = [r for r in group if not isinstance(r.value, Shown)]
        shown = [r for r in group if isinstance(r.value, Shown)]
        if exact:
            first, *others = exact
            value = plain(first.value)
            wrong = [r for r in others if not same(plain(r.value), value)] + [
                r for r in shown if not says(r.value, value)
            ]
            found += [f"{figure} of {of!r}: {r.value} in {r.where}, {first.value} in {first.where}" for r in wrong[:2]]
        texts = {kind_of(r.value.text): r for r in reversed(shown)}
        found += [
            f"{figure} of {of!r}: {r.value.text} in {r.where}, {texts[kind].value.text} in {texts[kind].where}"
            for r in shown
            if (kind := kind_of(r.value.text)) and r.value.text != texts[kind].value.text
        ]
    return found


# ---- exact ---------------------------------------------------------------------------------------------------------
def plain(value: Any) -> Any:
    """A figure as numbers: tuples for lists, expressions with their unknown sizes replaced."""
    if isinstance(value, (list, tuple)):
        return tuple([v if type(v) is int else plain(v) for v in value])
    if isinstance(value, Mapping):
        return tuple([plain(v) for v in value.values()])
    return evaluated(str(value)) if isinstance(value, (str, Size)) else value


def evaluated(text: str, names: Mapping[str, str] = {}) -> Any:
    """An expression's value; a text that is none as it is."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if not re.fullmatch(r"[\w+\-*/%().,? ]+", text) or text == "?":
        return text

    def value(name: str) -> Any:
        return evaluated(names[name], names) if name in names else Sized([n + sum(map(ord, name)) for n in SIZES])

    words = set(re.findall(r"[A-Za-z_]\w*", text)) - {"max"}
    values = {word: value(word) for word in words}
    if any(not isinstance(v, tuple) for v in values.values()):
        return text
    try:
        made = [eval(text, {"max": max}, {w: v[i] for w, v in values.items()}) for i in range(len(SIZES))]
    except (SyntaxError, TypeError):
        return text
    return Sized(made) if words else made[0]


def same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) or isinstance(b, float):
        return None not in (a, b) and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return bool(a == b)


# ---- for people ----------------------------------------------------------------------------------------------------
def kind_of(text: str) -> str:
    """The unit of a number; of one that a person reads in two places the text is to be the same."""
    unit = text.rpartition(" ")[2]
    return unit if unit == "%" or unit in UNITS and re.match(r"[\d.,]+ ", text) else ""


def says(shown: Shown, value: Any) -> bool:
    """Whether a text for people says a figure, to the digits that it has."""
    text = shown.text.strip()
    if isinstance(value, int) and text == f"{value:,}":
        return True
    if value is None or text == "?":
        return text in ("?", "-", "") and (value is None or value in ((None,), (None, None), (None, None, None)))
    if text == "-":
        return value in ((), None, 0)
    if text.startswith("about "):
        parts = text.removeprefix("about ").split("x")
        return len(parts) == len(value) and all(abs(int(p) - v) <= 0.5 for p, v in zip(parts, value, strict=True))
    if text.endswith("%"):
        return says_share(text.removesuffix(" %"), value)
    if (unit := re.fullmatch(r"(.+) (bytes|[KMGT]iB)", text)) is not None:
        number = evaluated(unit[1], shown.names)
        return near(number, value, unit[1], UNITS[unit[2]]) if isinstance(number, (int, float)) else number == value
    if (unit := re.fullmatch(r"([\d.,]+) (ns|µs|ms|s)", text)) is not None:
        seconds = float(unit[1].replace(",", "")) * {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}[unit[2]]
        return math.isclose(seconds, value, rel_tol=5.1e-3)
    if isinstance(value, tuple) and not isinstance(value, Sized):
        return same_parts(text, value, shown.names)
    number = evaluated(text, shown.names)
    return near(number, value, text, 1) if isinstance(number, float) else same(number, value)


def same_parts(text: str, value: tuple[Any, ...], names: Mapping[str, str]) -> bool:
    """26x26x32, "1, 2", or one number for all axes."""
    parts = text.split(", ") if "(" not in text and ", " in text else factors(text)
    parts = parts * len(value) if len(parts) == 1 else parts
    return len(parts) == len(value) and all(says(Shown(p, names), v) for p, v in zip(parts, value, strict=True))


def factors(text: str) -> list[str]:
    """What stands between the x of a shape; an x inside parentheses is part of a word there."""
    parts, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "x" and not depth and parts[-1]:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def says_share(digits: str, value: float) -> bool:
    if digits[0] in "<>":
        return 0 < value < 1e-4 if digits[0] == "<" else 0.9999 < value < 1
    return near(float(digits.replace(",", "").replace("+", "")), 100 * value, digits, 1, exact="." not in digits)


def near(number: float, value: Any, digits: str, unit: int, exact: bool = False) -> bool:
    """Whether a rounded number is the nearest with its digits."""
    places = len(digits.partition(".")[2])
    if isinstance(value, tuple) or isinstance(number, tuple):
        return same(number, value)
    slack = 1e-5 if exact else (0.5000001 if places else 0) * 10.0**-places
    return abs(number - value / unit) <= slack
