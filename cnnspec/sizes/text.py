"""The input sizes of a network as text: congruences, with who imposes them.

legal     any from 18
            from 18 on: conv3 (line 4)
strict    4k + 14 for k >= 1: 18, 22, 26, 30, …; not 28, but 26 and 30
            period 4: maxpool1 (line 2), maxpool2 (line 3)
"""

from __future__ import annotations

import re

from cnnspec.sizes.axis_sizes import MEANINGS
from cnnspec.sizes.axis_words import describe_kind, group_axes, write_heading, write_reasons
from cnnspec.sizes.input_sizes import find_asked_size
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.axis_sizes import SizesOfKind
    from cnnspec.sizes.input_sizes import Axis, InputSizes, Near

LABEL = re.compile(r" *(\w+  +)?")  # what a line begins with


# ---- text ---------------------------------------------------------------------------------------------------------
def write_text(network: AnalysedNetwork, sizes: InputSizes, near: Near = None, width: int | None = None) -> str:
    """The whole report; `near` is the size that is asked about, None: the text's."""
    page = Page(width)
    page.add_text(f'Input sizes of "{network.name}"', hanging=4)
    add_axes(page, sizes, near)
    if sizes.weighted is not None:
        page.add_texts(
            ["", f"{write_reasons((sizes.weighted,))} has weights for one size: once built, the model takes no other."]
        )
    if sizes.rest is not None and sizes.fixed is not None:
        page.add_texts(["", f"{write_reasons((sizes.fixed,))} fixes the size. Without it and what follows it:"])
        add_axes(page, sizes.rest, near)
    kinds = [kind for axis in sizes.axes for kind in axis.kinds]
    if kinds:
        page.add_texts(["", *[f"{kind}: {meaning}" for kind, meaning in MEANINGS.items()]], hanging=4)
    return page.write()


def add_axes(page: Page, sizes: InputSizes, near: Near) -> None:
    """The lines of all axes; each goes on behind its first words, which are the kind of sizes, or an indent."""
    for line in write_axes(sizes, near):
        label = LABEL.match(line)
        page.add_text(line, hanging=(label.end() if label else 0) + 4)


def write_axes(sizes: InputSizes, near: Near) -> list[str]:
    lines: list[str] = []
    if not sizes.axes:
        lines += ["", "Its inputs are vectors: they have no height or width."]
    for alike in group_axes(sizes, near):
        lines += ["", *write_axis(alike, sizes, near)]
    return lines


def write_axis(alike: list[Axis], sizes: InputSizes, near: Near) -> list[str]:
    axis = alike[0]
    lines = [write_heading(alike)]
    for number, kind in enumerate(axis.kinds):
        before = axis.kinds[number - 1] if number else None
        if before is not None and before.sizes == kind.sizes and kind.sizes is not None:
            lines.append(f"  {kind.kind:<8}  as {before.kind}")
        else:
            lines += write_kind(kind, find_asked_size(axis, near), near is not None)
    tried = axis.kinds[0].tried
    if axis.tied_by is not None:
        lines.append(
            f"  {write_reasons((axis.tied_by,))} sees them together: sizes in another proportion were not looked at"
        )
    if sizes.asks:
        lines.append("  the text asks for sizes, and may build another network for each;")
    if axis.guessed:
        known = all(kind.sizes is not None for kind in axis.kinds if kind.tried)
        more = "larger ones should be as those before" if known else "they repeat later, if at all"
        lines.append(f"  every size from 1 to {tried} was tried, {more}")
    return lines


def write_kind(kind: SizesOfKind, n: int | None, confirm: bool) -> list[str]:
    label = f"  {kind.kind:<8}  "
    lines = [label + describe_kind(kind, n, confirm)]
    sizes, because = kind.sizes, []
    if sizes is not None and kind.period_by:
        because.append(
            f"{f'period {sizes.period}' if sizes.residues else 'because of'}: {write_reasons(kind.period_by)}"
        )
    if sizes is not None and kind.least_by:
        because.append(f"from {sizes.above(0)} on: {write_reasons(kind.least_by)}")
    return lines + [f"{' ' * len(label)}  {line}" for line in because]
