"""Positions in words: "rows and columns 26, 27", "row 10 and columns 0, 3 to 7"."""

from __future__ import annotations

from itertools import islice

from cnnspec.facts.positions import Positions
from cnnspec.layers.window import POSITION_NAMES

LISTED = 4  # runs; of more the first two and the last are


def list_positions(positions: list[Positions]) -> str:
    """The positions of every axis that has any: "row 10 and columns 0, 3 to 7". Axes with the same positions share them."""
    places = []
    for found, name in zip(positions, POSITION_NAMES[len(positions)], strict=True):
        if found:
            places.append((list_runs(found), name + "s" * (found.size > 1)))
    if len({numbers for numbers, _ in places}) == 1 and len(places) > 1:
        return " and ".join(name for _, name in places) + f" {places[0][0]}"
    return " and ".join(f"{name} {numbers}" for numbers, name in places)


def list_runs(positions: Positions) -> str:
    """The runs of a set of positions: "0, 26 to 27"; of many the first two and the last."""
    runs = list(islice(positions.runs(), LISTED + 1))
    if len(runs) <= LISTED:
        return ", ".join(map(write_run, runs))
    gaps = Positions.run(positions.first, positions.last) - positions
    return f"{write_run(runs[0])}, {write_run(runs[1])} … {write_run((gaps.last + 1, positions.last + 1))}"


def write_run(run: tuple[int, int]) -> str:
    """One run: "3 to 7", or each of its positions where they are few."""
    first, end = run
    return f"{first} to {end - 1}" if end - first > 2 else ", ".join(map(str, range(first, end)))
