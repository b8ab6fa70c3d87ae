"""Positions in words: "rows and columns 26, 27", "row 10 and columns 0, 3 to 7"."""

from __future__ import annotations

from itertools import islice

from cnnspec.facts.positions import Positions
from cnnspec.layers.window import POSITION_NAMES

LISTED = 4  # runs; of more the first two and the last are


def listed(positions: list[Positions]) -> str:
    """The positions of every axis; axes that have none are left out, and those that have the same put together."""
    places = []
    for found, name in zip(positions, POSITION_NAMES[len(positions)], strict=True):
        if found:
            places.append((ranges(found), name + "s" * (found.size > 1)))
    if len({numbers for numbers, _ in places}) == 1 and len(places) > 1:
        return " and ".join(name for _, name in places) + f" {places[0][0]}"
    return " and ".join(f"{name} {numbers}" for numbers, name in places)


def ranges(positions: Positions) -> str:
    """ "0, 26 to 27"."""
    runs = list(islice(positions.runs(), LISTED + 1))
    if len(runs) <= LISTED:
        return ", ".join(map(span, runs))
    gaps = Positions.run(positions.first, positions.last) - positions
    return f"{span(runs[0])}, {span(runs[1])} … {span((gaps.last + 1, positions.last + 1))}"


def span(run: tuple[int, int]) -> str:
    first, end = run
    return f"{first} to {end - 1}" if end - first > 2 else ", ".join(map(str, range(first, end)))
