"""Positions in words: "rows and columns 26, 27", "row 10 and columns 0, 3 to 7"."""

from __future__ import annotations

from cnnspec.layers.window import POSITION_NAMES


def listed(positions: list[list[int]]) -> str:
    """The positions of every axis; axes that have none are left out, and those that have the same put together."""
    places = []
    for found, name in zip(positions, POSITION_NAMES[len(positions)], strict=True):
        if found:
            places.append((ranges(found), name + "s" * (len(found) > 1)))
    if len({numbers for numbers, _ in places}) == 1 and len(places) > 1:
        return " and ".join(name for _, name in places) + f" {places[0][0]}"
    return " and ".join(f"{name} {numbers}" for numbers, name in places)


def ranges(positions: list[int]) -> str:
    """ "0, 26 to 27"."""
    parts: list[list[int]] = []
    for position in positions:
        if parts and position == parts[-1][-1] + 1:
            parts[-1].append(position)
        else:
            parts.append([position])
    texts = [f"{p[0]} to {p[-1]}" if len(p) > 2 else ", ".join(map(str, p)) for p in parts]
    return ", ".join(texts) if len(texts) <= 4 else f"{', '.join(texts[:2])} … {texts[-1]}"
