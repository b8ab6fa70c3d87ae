"""How a node's values are brought into another arrangement: which layers that takes, none where it is the node's own."""

from __future__ import annotations

from itertools import pairwise

from cnnspec.layers.base import Layer
from cnnspec.model_files.layer_words import make_layer
from cnnspec.model_files.views.atoms import find_telling, multiply_sizes
from cnnspec.model_files.views.tensor import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.model_files.views.atoms import Atom, Axis


def is_same(own: Sequence[Axis], wanted: Sequence[Axis]) -> bool:
    """Whether two arrangements are one, axis by axis."""
    return [multiply_sizes(axis) for axis in own] == [multiply_sizes(axis) for axis in wanted] and all(
        [find_telling(a) == find_telling(b) for a, b in zip(own, wanted, strict=True)]
    )


def find_layers(own: Sequence[Axis], wanted: Sequence[Axis]) -> list[Layer]:
    """The layers that bring the axes of a node into the wanted ones, applied in turn. Raises Inexpressible."""
    have = [atom for axis in own for atom in find_telling(axis)]
    want = [atom for axis in wanted for atom in find_telling(axis)]
    if any(atom.is_batch for atom in want):
        raise Inexpressible("it mixes the examples of a batch with other axes")
    if {*map(id, have)} != {*map(id, want)} or len(have) != len(want):
        raise Inexpressible("it rearranges what is not all of its input")
    shape = tuple([multiply_sizes(axis) for axis in wanted])
    if not shape:
        raise Inexpressible("its result is one value for each example, without an axis")
    if have == want:
        return [give_shape(shape)]
    if groups := find_shuffle(own, wanted):
        return [make_layer("channel_shuffle", groups)]
    runs = find_runs(have, want)
    sizes = tuple([multiply_sizes(run) for run in runs])
    starts = {id(run[0]): place for place, run in enumerate(runs, 1)}
    order = tuple([starts[id(atom)] for atom in want if id(atom) in starts])
    made: list[Layer] = []
    if sizes != tuple([multiply_sizes(axis) for axis in own]):
        made.append(make_layer("reshape", sizes))
    made.append(make_layer("permute", order))
    if tuple([sizes[place - 1] for place in order]) != shape:
        made.append(give_shape(shape))
    return made


def give_shape(shape: tuple[int, ...]) -> Layer:
    return make_layer("flatten") if len(shape) == 1 else make_layer("reshape", shape)


def find_runs(have: list[Atom], want: list[Atom]) -> list[list[Atom]]:
    """The atoms that a node has, those together that are wanted together too: each run is one axis to permute."""
    behind = {id(first): second for first, second in pairwise(want)}
    runs = [[have[0]]]
    for before, atom in pairwise(have):
        if behind.get(id(before)) is atom:
            runs[-1].append(atom)
        else:
            runs.append([atom])
    return runs


def find_shuffle(own: Sequence[Axis], wanted: Sequence[Axis]) -> int:
    """The groups of the channel shuffle that leads from the one to the other; 0 where none does."""
    if len(own) != len(wanted) or not is_same(own[:-1], wanted[:-1]):
        return 0
    have, want = find_telling(own[-1]), find_telling(wanted[-1])
    runs = find_runs(have, want) if {*have} == {*want} else []
    return multiply_sizes(runs[0]) if len(runs) == 2 else 0


def find_order(own: Sequence[Axis], seen: Sequence[Axis]) -> tuple[int, ...] | None:
    """For each axis of a view, without the batch, which axis of the node it is; None where one is none."""
    if len(own) != len(seen):
        return None
    order: list[int] = []
    for axis in seen:
        size, atoms = multiply_sizes(axis), find_telling(axis)
        fits = [
            place
            for place, mine in enumerate(own)
            if place not in order and multiply_sizes(mine) == size and find_telling(mine) == atoms
        ]
        if not fits:
            return None
        order.append(fits[0])
    return tuple(order)


def is_order(own: Sequence[Axis], seen: Sequence[Axis], order: Sequence[int]) -> bool:
    """Whether the axes of a view are those of the node in this order."""
    return len(own) == len(order) and is_same([own[place] for place in order], seen)


def find_values_order(own: Sequence[Axis], seen: Sequence[Axis]) -> tuple[tuple[int, ...], ...]:
    """What two tensors agree in whose values stand in the same order: the shape of the node, the sizes of its atoms, and
    which of them each axis of the view holds."""
    atoms = [atom for axis in own for atom in find_telling(axis)]
    place = {id(atom): index for index, atom in enumerate(atoms)}
    held = [tuple([place.get(id(atom), -1) for atom in find_telling(axis)]) for axis in seen]
    return tuple([multiply_sizes(axis) for axis in own]), tuple([atom.size for atom in atoms]), *held
