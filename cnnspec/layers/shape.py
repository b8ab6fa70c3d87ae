"""Shapes: how they are written, and what keeps a layer from taking one.

A shape is a tuple of sizes without the batch, channels last; a size is an int or, where it is not known, a `Size`.
"""

from __future__ import annotations

from math import gcd

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.base.recording import for_words
from cnnspec.layers.argument import same_on_every_axis, show
from cnnspec.layers.window import AXIS_NAMES, fits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeGuard, TypeVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.argument import Argument

    Shape = tuple[Dim, ...]
    T = TypeVar("T")
else:
    Shape = tuple

MAX_GROUPS_TRIED = 4096  # numbers of groups from 1
RANK_NAMES = {1: "LxC", 2: "HxWxC", 3: "DxHxWxC"}


def all_known(shapes: tuple[T | None, ...]) -> TypeGuard[tuple[T, ...]]:
    """Whether none of several shapes (or sizes, or other figures) is unknown."""
    return None not in shapes


def show_shape(shape: tuple[Any, ...] | None) -> str:
    """A shape as the language writes it: 28x28x1; ? for what is not known."""
    if shape is None:
        return "?"
    parts = ["?" if n is None else str(n) for n in shape]
    plain = "x".join(parts)
    if len(parts) < 2 or plain.isalnum():
        return plain
    return "x".join([f"({p})" if not p.isalnum() and p != "?" else p for p in parts])


def product(sizes: tuple[Dim, ...]) -> Dim:
    """How many values a tensor of these sizes has."""
    total: Dim = 1
    for size in sizes:
        total = total * size
    return total


@for_words
def write_remedies(remedies: Sequence[Remedy], arguments: Mapping[str, Argument] | None = None) -> str:
    """ "write padding=same or kernel=3x3"; "" for none. `arguments`: those of the layer, where one of them names axes."""
    words = [write_remedy(remedy, "", arguments or {}) for remedy in remedies]
    simple = not any([remedy.behind for remedy in remedies])
    return f"write {(' or ' if simple else '; ').join(words)}" if words else ""


def write_remedy(remedy: Remedy, whom: str, arguments: Mapping[str, Argument]) -> str:
    """ "kernel=3x3, dilation=1"; "stride=1, and maxpool(2) behind conv1"; "conv(8, 3) in the place of conv1". `whom`: the
    layer's name, "" where it is plain which is meant."""
    texts = {n: arguments[n].write(value) if n in arguments else show(value) for n, value in remedy.values}
    values = ", ".join([f"{name}={text}" for name, text in texts.items()])
    behind = remedy.behind and f"{remedy.behind} behind {whom or 'it'}"
    if remedy.instead:
        return f"{remedy.instead} in {f'the place of {whom}' if whom else 'its place'}"
    return ", and ".join(filter(None, [values, behind]))


def needs_space(inputs: tuple[Shape, ...], layer: str, ranks: tuple[int, ...] = (1, 2, 3)) -> Problem | None:
    """The problem of an input that has no spatial axes (or not as many as the layer takes)."""
    rank = len(inputs[0]) - 1
    if rank in ranks:
        return None
    wanted = " or ".join(RANK_NAMES[r] for r in ranks)
    got = f"{'a vector of ' * (rank == 0)}{show_shape(inputs[0])}"
    help = "put it before what makes a vector (flatten, gap), or reshape first" if rank == 0 else "reshape first"
    return Problem("E106", f"{layer} needs {wanted}, got {got}", help=help)


def axis_problem(given: int | tuple[int, ...], shape: Shape) -> Problem | None:
    """The problem of an axis (or several) that the shape does not have; axes count the batch as 0, as in Keras."""
    rank = len(shape)
    chosen = given if isinstance(given, tuple) else (given,)
    for axis in chosen:
        if not (1 <= axis <= rank or -rank <= axis <= -1):
            message = f"axis {axis} does not exist: {show_shape(shape)} has axes 1 to {rank}"
            return Problem("E011", message, "axis", "-1 is the channels")
    places = [axis % (rank + 1) for axis in chosen]
    twice = [place for place in places if places.count(place) > 1]
    if twice:
        return Problem("E011", f"axis {twice[0]} is named twice", "axis", "name it once")
    return None


def per_axis_problem(given: Mapping[str, Any], shape: Shape) -> Problem | None:
    """The problem of arguments with more or fewer values than a shape has spatial axes, reported at the first of them."""
    rank = len(shape) - 1
    misfits = {name: value for name, value in given.items() if not fits(value, rank)}
    if not misfits:
        return None
    name, value = next(iter(misfits.items()))
    message = f"{name} has {len(value)} ax{'i' if len(value) == 1 else 'e'}s, the input {show_shape(shape)} has {rank}"
    alike = {name: same_on_every_axis(value) for name, value in misfits.items()}
    if any([isinstance(value, tuple) for value in alike.values()]):
        help = "give one number" if rank == 1 else f"give one number, or one for each of the {rank} axes"
    else:
        remedies = (Remedy(tuple(alike.items())),)
        return Problem("E106", message, name, write_remedies(remedies), None, remedies)
    return Problem("E106", message, name, help)


def groups_problem(groups: int, *amounts: tuple[object, str]) -> Problem | None:
    """The problem of channels, each amount with its words, that cannot be split into so many groups. What is not known
    is left out."""
    known = [(amount, words) for amount, words in amounts if isinstance(amount, int)]
    for amount, words in known:
        if amount % groups:
            message = f"{words.format(amount)} cannot be split into {groups} groups"
            remedies = other_groups(groups, *[amount for amount, _ in known])
            return Problem("E103", message, "groups", write_remedies(remedies), None, remedies)
    return None


@for_words
def other_groups(groups: int, *amounts: int) -> tuple[Remedy, ...]:
    """The nearest smaller and larger number of groups that divides some amounts of channels."""
    channels = gcd(*amounts)
    small = [g for g in range(1, min(channels, MAX_GROUPS_TRIED) + 1) if channels % g == 0]
    divisors = sorted({*small, *[channels // g for g in small]})
    near = [max([g for g in divisors if g < groups], default=0), min([g for g in divisors if g > groups], default=0)]
    return tuple([Remedy((("groups", g),)) for g in near if g])


@for_words
def difference(problem: Problem, a: Shape, b: Shape) -> Problem:
    """The problem of two shapes that cannot be merged, with what to do about the second of them."""
    if len(a) != len(b):
        return problem.replace(help="bring both to the same number of axes")
    wanted, ones = a[-1], "x".join(["1"] * (len(a) - 1))
    layer = f"conv({wanted}, {ones})" if ones else f"dense({wanted})"
    if a[:-1] == b[:-1]:
        channels, remedies = (wanted, (Remedy(behind=layer),)) if isinstance(wanted, int) else (None, ())
        return problem.replace(help=f"put {layer} behind it", channels=channels, remedies=remedies)
    sizes = same_sizes(len(a) - 1)
    return problem.replace(help=sizes if wanted == b[-1] else f"{sizes}; then put {layer} behind it")


def same_sizes(rank: int) -> str:
    """What to do about maps of different sizes."""
    *others, last = AXIS_NAMES[rank]
    axes = f"{', '.join(others)} and {last}" if others else last
    return f"bring both to the same {axes}: the same strides and paddings, or crop the larger"


# ---- axes as Keras counts them: the batch is 0, -1 the last -------------------------------------------------
def from_the_end(axis: int | tuple[int, ...], rank: int) -> int | tuple[int, ...]:
    """Axes counted from the last one, -1, in order; one alone is no tuple."""
    if not isinstance(axis, tuple):
        return axis - rank - 1 if axis > 0 else axis
    found = sorted({a - rank - 1 if a > 0 else a for a in axis})
    return found[0] if len(found) == 1 else tuple(found)


def find_places(axis: int | tuple[int, ...], shape: Shape) -> list[int]:
    """Where axes stand in a shape, which has no batch, in order."""
    return sorted([a % (len(shape) + 1) - 1 for a in (axis if isinstance(axis, tuple) else (axis,))])


def together(axis: int | tuple[int, ...], shape: Shape) -> tuple[Dim, ...]:
    """The `statistics` of a layer that takes them over these axes."""
    places = find_places(axis, shape)
    return tuple([n if place in places else 1 for place, n in enumerate(shape[:-1])])
