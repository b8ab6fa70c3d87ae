"""The input sizes of a network as a table: a row for each axis and kind of sizes."""

from __future__ import annotations

from cnnspec.sizes.axis_sizes import MEANINGS
from cnnspec.sizes.axis_words import group_axes, write_heading, write_reasons
from cnnspec.sizes.input_sizes import find_asked_size
from cnnspec.sizes.text import write_kind
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.input_sizes import InputSizes, Near


def make_report(network: AnalysedNetwork, sizes: InputSizes, near: Near = None) -> Report:
    """Which sizes each axis may have, and who imposes that; `near` is the size that is asked about, None: the text's."""
    tables, lines = [make_axis_table(sizes, near)], []
    if not sizes.axes:
        lines.append("Its inputs are vectors: they have no height or width.")
    if sizes.weighted is not None:
        lines.append(
            f"{write_reasons((sizes.weighted,))} has weights for one size: once built, the model takes no other."
        )
    if sizes.rest is not None and sizes.fixed is not None:
        without = f"{write_reasons((sizes.fixed,))} fixes the size. Without it and what follows it:"
        tables.append(make_axis_table(sizes.rest, near).replace(title=without))
    for axis in sizes.axes:
        if axis.tied_by is not None:
            lines.append(
                f"{write_reasons((axis.tied_by,))} sees axes together: sizes in another proportion were not looked at."
            )
        if axis.guessed:
            lines.append(f"Every size from 1 to {axis.kinds[0].tried} was tried; larger ones are not proven.")
    if sizes.asks:
        lines.append("The text asks for sizes, and may build another network for each.")
    lines += [f"{kind}: {meaning}" for kind, meaning in MEANINGS.items()] * bool(sizes.axes)
    return Report(f'Input sizes of "{network.name}"', tables, [*dict.fromkeys(lines)])


def make_axis_table(sizes: InputSizes, near: Near) -> HtmlTable:
    """Axes with the same sizes together; each kind's sizes as words, and the layers that impose them."""
    rows = []
    for alike in group_axes(sizes, near):
        name = write_heading(alike).rstrip(":")
        for kind in alike[0].kinds:
            first, *because = write_kind(kind, find_asked_size(alike[0], near), near is not None)
            words = first.strip().removeprefix(kind.kind).strip()
            rows.append((name, kind.kind, words, "; ".join([line.strip() for line in because])))
            name = ""
    return HtmlTable(("Axis", "Sizes", "Which", "Because of"), rows)
