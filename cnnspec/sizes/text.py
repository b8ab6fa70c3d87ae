"""The input sizes of a network as text: congruences, with who imposes them.

legal     any from 18
            from 18 on: conv3 (line 4)
strict    4k + 14 for k >= 1: 18, 22, 26, 30, …; not 28, but 26 and 30
            period 4: maxpool1 (line 2), maxpool2 (line 3)
"""

from __future__ import annotations

import re
from itertools import groupby

from cnnspec.base.join_words import join_words
from cnnspec.base.limits import MAX_WORK
from cnnspec.sizes import size_set
from cnnspec.sizes.axis_sizes import MEANINGS
from cnnspec.sizes.input_sizes import find_asked_size
from cnnspec.sizes.size_words import SHOWN, describe_set
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.axis_sizes import Reason, SizesOfKind
    from cnnspec.sizes.input_sizes import Axis, InputAxis, InputSizes, Near
    from cnnspec.sizes.size_set import SizeSet

LABEL = re.compile(r" *(\w+  +)?")  # what a line begins with
WORDS = {"L": "length", "D": "depth", "H": "height", "W": "width"}


def name_axis(axis: InputAxis) -> str:
    return WORDS.get(axis.letter, axis.letter)


# ---- a set in words -----------------------------------------------------------------------------------------------
def write_membership(sizes: SizeSet, n: int | None, confirm: bool) -> str:
    """That a size is not in a set, and which are nearest: "not 28, but 26 and 30"; that it is, with `confirm`."""
    if n is None or n in sizes:
        return f"; {n} is one" if n is not None and confirm else ""
    near = [str(m) for m in (sizes.below(n), sizes.above(n)) if m is not None]
    return f"; not {n}" + (f", but {join_words(near)}" if near else "")


def write_reasons(reasons: tuple[Reason, ...]) -> str:
    """Who imposes something: "concat1 where maxpool4 rounds down, concat2 (line 12)"; no line in a model, which has none."""
    shown = sorted(reasons, key=lambda r: (r.line, len(r.layer), r.layer))[: 2 * SHOWN]
    texts = []
    for line, group in groupby(shown, lambda r: r.line):
        names = [r.layer + (f" where {r.rounding} rounds down" if r.rounding else "") for r in group]
        texts.append(", ".join(names) + (f" (line {line})" if line else ""))
    more = len(reasons) - len(shown)
    return ", ".join(texts) + (f" and {more} more" if more else "")


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


def group_axes(sizes: InputSizes, near: Near) -> list[list[Axis]]:
    """Axes of one input with the same sizes, together."""
    groups: list[list[Axis]] = []
    for axis in sizes.axes:
        last = groups[-1][0] if groups else None
        if (
            last is not None
            and len(axis.axes) == len(last.axes) == 1
            and axis.axes[0].input == last.axes[0].input
            and axis.kinds == last.kinds
            and find_asked_size(axis, near) == find_asked_size(last, near)
        ):
            groups[-1].append(axis)
        else:
            groups.append([axis])
    return groups


def write_heading(alike: list[Axis]) -> str:
    axes = alike[0].axes
    if len(axes) == 1:
        words = [name_axis(axis.axes[0]) for axis in alike]
        return f"{axes[0].input}, {join_words(words)}{', each on its own' if len(words) > 1 else ''}:"
    one_input = len({a.input for a in axes}) == 1
    names = [name_axis(a) if one_input else f"{a.input}'s {name_axis(a)}" for a in axes]
    if len({a.times for a in axes}) > 1:
        names = [name + (f" = {a.times}n" if a.times > 1 else " = n") for name, a in zip(names, axes, strict=True)]
        return (f"{axes[0].input}, " if one_input else "") + f"{', '.join(names)}; n is:"
    return (f"{axes[0].input}, " if one_input else "") + " = ".join(names) + ":"


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
    sizes = kind.sizes
    if sizes is None and not kind.tried:
        return [f"{label}not worked out: it would take more than {MAX_WORK:,} steps"]
    if sizes is None:
        members = size_set.list_members(kind.members)
        some = join_words([str(m) for m in members[: 2 * SHOWN]]) or "none"
        return [f"{label}of those tried: {some}" + (", …" if len(members) > 2 * SHOWN else "")]
    lines = [label + describe_set(sizes) + write_membership(sizes, n, confirm)]
    because = []
    if kind.period_by:
        because.append(
            f"{f'period {sizes.period}' if sizes.residues else 'because of'}: {write_reasons(kind.period_by)}"
        )
    if kind.least_by:
        because.append(f"from {sizes.above(0)} on: {write_reasons(kind.least_by)}")
    return lines + [f"{' ' * len(label)}  {line}" for line in because]
