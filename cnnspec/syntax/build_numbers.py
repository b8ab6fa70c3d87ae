"""Numbers and shapes, as they are written → their nodes."""

from __future__ import annotations

import re

from cnnspec.syntax.lexer import plain_number, sizes_in
from cnnspec.syntax.tree import Bad, Dims, Node, Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.syntax.build import Refusals

MAX_DIGITS = 18
UNITS = {"": 1} | {
    prefix + binary + "B" * byte: (1024 if binary else 1000) ** power
    for power, prefix in enumerate("kMGT", 1)
    for binary in ("", "i")
    for byte in (0, 1)
}
UNITS |= {"B": 1, "KiB": 1024, "KB": 1000}


def build_number(refusals: Refusals, start: int, end: int, children: list[Any]) -> Node:
    text: str = children[0]
    if text.isdigit() and len(text) <= MAX_DIGITS:
        return Number(start, end, int(text), text)
    text = plain_number(text)
    found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)", text)
    digits, unit = found.groups() if found else (text, "?")
    if unit not in UNITS:
        known = ", ".join(u for u in UNITS if u)
        refusals.refuse("E001", start, end, f'"{unit}" is not a unit', f"known are {known}")
        return Bad(start, end)
    value = float(digits) if len(digits) <= 2 * MAX_DIGITS else float("inf")
    if value * UNITS[unit] >= 10**MAX_DIGITS:
        refusals.refuse("E003", start, end, f"this number has more than {MAX_DIGITS} digits", "write a smaller one")
        return Bad(start, end)
    exact = int(digits) if digits.isdigit() else value
    scaled = exact * UNITS[unit]
    if unit and isinstance(scaled, float) and round(scaled, 6).is_integer():
        scaled = round(scaled)  # 4.2G is a whole number
    return Number(start, end, scaled, text)


def build_dims(refusals: Refusals, start: int, end: int, children: list[Any]) -> Node:
    parts = sizes_in(children[0])
    if max(map(len, parts)) > MAX_DIGITS:
        refusals.refuse("E003", start, end, f"this size has more than {MAX_DIGITS} digits", "write a smaller one")
        return Bad(start, end)
    return Dims(start, end, tuple([None if p == "?" else int(p) if p.isdigit() else p for p in parts]))
