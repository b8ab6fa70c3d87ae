"""The words of input sizes that every writer needs: of axes, of what is in a set, of who imposes it."""

from __future__ import annotations

from itertools import groupby

from cnnspec.base.join_words import join_words
from cnnspec.base.limits import MAX_WORK
from cnnspec.sizes import size_set
from cnnspec.sizes.input_sizes import find_asked_size
from cnnspec.sizes.size_words import SHOWN, describe_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.sizes.axis_sizes import Reason, SizesOfKind
    from cnnspec.sizes.input_sizes import Axis, InputAxis, InputSizes, Near
    from cnnspec.sizes.size_set import SizeSet

WORDS = {"L": "length", "D": "depth", "H": "height", "W": "width"}


def name_axis(axis: InputAxis) -> str:
    return WORDS.get(axis.letter, axis.letter)


def write_membership(sizes: SizeSet, n: int | None, confirm: bool) -> str:
    """That a size is not in a set, and which are nearest: "not 28, but 26 and 30"; that it is, with `confirm`."""
    if n is None or n in sizes:
        return f"; {n} is one" if n is not None and confirm else ""
    near = [str(m) for m in (sizes.below(n), sizes.above(n)) if m is not None]
    return f"; not {n}" + (f", but {join_words(near)}" if near else "")


def describe_kind(kind: SizesOfKind, n: int | None, confirm: bool) -> str:
    """The sizes of a kind in words, and whether a size is one of them; what is known of them, where no rule is."""
    if kind.sizes is None and not kind.tried:
        return f"not worked out: it would take more than {MAX_WORK:,} steps"
    if kind.sizes is None:
        members = size_set.list_members(kind.members)
        some = join_words([str(m) for m in members[: 2 * SHOWN]]) or "none"
        return f"of those tried: {some}" + (", …" if len(members) > 2 * SHOWN else "")
    return describe_set(kind.sizes) + write_membership(kind.sizes, n, confirm)


def write_reasons(reasons: tuple[Reason, ...]) -> str:
    """Who imposes something: "concat1 where maxpool4 rounds down, concat2 (line 12)"; no line in a model, which has none."""
    shown = sorted(reasons, key=lambda r: (r.line, len(r.layer), r.layer))[: 2 * SHOWN]
    texts = []
    for line, group in groupby(shown, lambda r: r.line):
        names = [r.layer + (f" where {r.rounding} rounds down" if r.rounding else "") for r in group]
        texts.append(", ".join(names) + (f" (line {line})" if line else ""))
    more = len(reasons) - len(shown)
    return ", ".join(texts) + (f" and {more} more" if more else "")


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
