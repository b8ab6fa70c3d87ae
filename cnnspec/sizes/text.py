"""The input sizes of a network for people, as congruences with who imposes them, and as JSON.

legal     any from 18
            from 18 on: conv3 (line 4)
strict    4k + 14 for k >= 1: 18, 22, 26, 30, …; not 28, but 26 and 30
            period 4: maxpool1 (line 2), maxpool2 (line 3)
"""

from __future__ import annotations

from itertools import groupby

from cnnspec.base.limits import MAX_WORK
from cnnspec.base.source import printable
from cnnspec.sizes import size_set
from cnnspec.sizes.axis_sizes import LEGAL, LOSSLESS, STRICT
from cnnspec.sizes.size_words import SHOWN, listed, phrase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.axis_sizes import Reason, Sizes
    from cnnspec.sizes.input_sizes import Axis, InputAxis, InputSizes
    from cnnspec.sizes.size_set import SizeSet

    Near = tuple[int, ...] | None  # the size that is asked about: one for every axis, or one for each

SCHEMA_VERSION = 1
MEANINGS = {
    LEGAL: "no layer and no merge refuses the size",
    LOSSLESS: "legal, and no stride leaves rows or columns with data unread (no W201)",
    STRICT: "legal, and every stride fits: (N + 2P - F)/S has no remainder",
}
WORDS = {"L": "length", "D": "depth", "H": "height", "W": "width"}


def word_of(axis: InputAxis) -> str:
    return WORDS.get(axis.letter, axis.letter)


# ---- a set in words -----------------------------------------------------------------------------------------------
def standing(sizes: SizeSet, n: int | None, said: bool) -> str:
    """Whether a size is in a set, and which are nearest: "not 28, but 26 and 30". That it is only if that is to be `said`."""
    if n is None or n in sizes:
        return f"; {n} is one" if n is not None and said else ""
    near = [str(m) for m in (sizes.below(n), sizes.above(n)) if m is not None]
    return f"; not {n}" + (f", but {listed(near, 'and')}" if near else "")


def layers(reasons: tuple[Reason, ...]) -> str:
    """Who imposes something: "concat1 where maxpool4 rounds down, concat2 (line 12)"."""
    shown = sorted(reasons, key=lambda r: (r.line, len(r.layer), r.layer))[: 2 * SHOWN]
    texts = []
    for line, group in groupby(shown, lambda r: r.line):
        names = [r.layer + (f" where {r.rounding} rounds down" if r.rounding else "") for r in group]
        texts.append(f"{', '.join(names)} (line {line})")
    more = len(reasons) - len(shown)
    return ", ".join(texts) + (f" and {more} more" if more else "")


# ---- text ---------------------------------------------------------------------------------------------------------
def text(network: AnalysedNetwork, found: InputSizes, near: Near = None) -> str:
    """All of it, for a terminal."""
    lines = [f'Input sizes of "{network.name}"', *body(found, near)]
    if found.weighted is not None:
        lines += ["", f"{layers((found.weighted,))} has weights for one size: once built, the model takes no other."]
    if found.rest is not None and found.fixed is not None:
        lines += [
            "",
            f"{layers((found.fixed,))} fixes the size. Without it and what follows it:",
            *body(found.rest, near),
        ]
    kinds = [kind for axis in found.axes for kind in axis.kinds]
    if kinds:
        lines += ["", *[f"{kind}: {meaning}" for kind, meaning in MEANINGS.items()]]
    return "\n".join(printable(line) for line in lines) + "\n"


def body(found: InputSizes, near: Near) -> list[str]:
    lines: list[str] = []
    if not found.axes:
        lines += ["", "Its inputs are vectors: they have no height or width."]
    for alike in grouped(found, near):
        lines += ["", *axis_lines(alike, found, near)]
    return lines


def grouped(found: InputSizes, near: Near) -> list[list[Axis]]:
    """Axes of one input with the same sizes, together."""
    groups: list[list[Axis]] = []
    for axis in found.axes:
        last = groups[-1][0] if groups else None
        if (
            last is not None
            and len(axis.axes) == len(last.axes) == 1
            and axis.axes[0].input == last.axes[0].input
            and axis.kinds == last.kinds
            and asked(axis, near) == asked(last, near)
        ):
            groups[-1].append(axis)
        else:
            groups.append([axis])
    return groups


def asked(axis: Axis, near: Near) -> int | None:
    """The size that is asked about: `near`, else the text's."""
    if near is None:
        return axis.declared
    first = axis.axes[0]
    place = {"L": 0, "D": 0, "H": len(near) - 2, "W": len(near) - 1}[first.letter] if len(near) > 1 else 0
    return near[place] // first.times if near[place] % first.times == 0 else None


def heading(alike: list[Axis]) -> str:
    axes = alike[0].axes
    if len(axes) == 1:
        words = [word_of(axis.axes[0]) for axis in alike]
        return f"{axes[0].input}, {listed(words, 'and')}{', each on its own' if len(words) > 1 else ''}:"
    one_input = len({a.input for a in axes}) == 1
    names = [word_of(a) if one_input else f"{a.input}'s {word_of(a)}" for a in axes]
    if len({a.times for a in axes}) > 1:
        names = [name + (f" = {a.times}n" if a.times > 1 else " = n") for name, a in zip(names, axes, strict=True)]
        return (f"{axes[0].input}, " if one_input else "") + f"{', '.join(names)}; n is:"
    return (f"{axes[0].input}, " if one_input else "") + " = ".join(names) + ":"


def axis_lines(alike: list[Axis], found: InputSizes, near: Near) -> list[str]:
    axis = alike[0]
    lines = [heading(alike)]
    for number, kind in enumerate(axis.kinds):
        before = axis.kinds[number - 1] if number else None
        if before is not None and before.sizes == kind.sizes and kind.sizes is not None:
            lines.append(f"  {kind.kind:<8}  as {before.kind}")
        else:
            lines += kind_lines(kind, asked(axis, near), near is not None)
    tried = axis.kinds[0].tried
    if axis.tied_by is not None:
        lines.append(f"  {layers((axis.tied_by,))} sees them together: sizes in another proportion were not looked at")
    if found.asks:
        lines.append("  the text asks for sizes, and may build another network for each;")
    if axis.guessed:
        known = all(kind.sizes is not None for kind in axis.kinds if kind.tried)
        more = "larger ones should be as those before" if known else "they repeat later, if at all"
        lines.append(f"  every size from 1 to {tried} was tried, {more}")
    return lines


def kind_lines(kind: Sizes, n: int | None, said: bool) -> list[str]:
    label = f"  {kind.kind:<8}  "
    sizes = kind.sizes
    if sizes is None and not kind.tried:
        return [f"{label}not worked out: it would take more than {MAX_WORK:,} steps"]
    if sizes is None:
        members = size_set.members_of(kind.members)
        some = listed([str(m) for m in members[: 2 * SHOWN]], "and") or "none"
        return [f"{label}of those tried: {some}" + (", …" if len(members) > 2 * SHOWN else "")]
    lines = [label + phrase(sizes) + standing(sizes, n, said)]
    because = []
    if kind.period_by:
        because.append(f"{f'period {sizes.period}' if sizes.residues else 'because of'}: {layers(kind.period_by)}")
    if kind.least_by:
        because.append(f"from {sizes.above(0)} on: {layers(kind.least_by)}")
    return lines + [f"{' ' * len(label)}  {line}" for line in because]


# ---- JSON ---------------------------------------------------------------------------------------------------------
def json(network: AnalysedNetwork, found: InputSizes, near: Near = None) -> dict[str, Any]:
    """The sizes as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    A set holds `early` and, from `start` on, the sizes whose remainder by `period` is in `residues`.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "text_asks_for_sizes": found.asks,
        **data(found, near),
        "meanings": MEANINGS,
    }


def data(found: InputSizes, near: Near) -> dict[str, Any]:
    return {
        "axes": [_axis(axis, near) for axis in found.axes],
        "weights_fixed_by": found.weighted and _reason(found.weighted),
        "size_fixed_by": found.fixed and _reason(found.fixed),
        "without_it": found.rest and data(found.rest, near),
    }


def _axis(axis: Axis, near: Near) -> dict[str, Any]:
    n = asked(axis, near)
    return {
        "inputs": [{"name": a.input, "axis": a.letter, "times": a.times, "declared": a.declared} for a in axis.axes],
        "tied_by": axis.tied_by and _reason(axis.tied_by),
        "proven": not axis.guessed,
        "tried": axis.kinds[0].tried,
        "asked": n,
        **{kind.kind: _sizes(kind, n) for kind in axis.kinds},
    }


def _sizes(kind: Sizes, n: int | None) -> dict[str, Any] | None:
    sizes = kind.sizes
    if sizes is None:
        return None
    return {
        "text": phrase(sizes),
        "early": list(sizes.early),
        "start": sizes.start,
        "period": sizes.period,
        "residues": list(sizes.residues),
        "contains_asked": None if n is None else n in sizes,
        "below": None if n is None else sizes.below(n),
        "above": None if n is None else sizes.above(n),
        "period_by": [_reason(r) for r in kind.period_by],
        "least_by": [_reason(r) for r in kind.least_by],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"layer": reason.layer, "line": reason.line, "rounding": reason.rounding}
