"""What is different between two networks, as values: layer by layer, and in total.

A layer is `changed` when it is another in itself: its kind, an argument, what it reads, with whom it shares weights. One
whose figures alone differ, because of a change before it, is `reshaped` (shape, parameters or MACs) or `field` (only
what it sees of the input).
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.base import Shape
    from cnnspec.tables.rows import LayerFigures, ReceptiveField

ADDED, REMOVED, CHANGED, RESHAPED, FIELD, SAME = "added", "removed", "changed", "reshaped", "field", "same"
UNREAD = "unread"  # of a network: it has mistakes now
KEPT, BROKEN, UNKNOWN, SKIPPED = "kept", "broken", "unknown", "skipped"  # what comes of a limit


class ArgumentChange(Record):
    """One argument of a layer and its values, `old` in the first network, `new` in the second."""

    name: str
    old: Any
    new: Any

    def __str__(self) -> str:
        from cnnspec.diff.layer_call import write_change

        return f"{self.name} {write_change(self.name, self.old, self.new)}"


class LayerDifference(Record):
    """One layer of either network, or of both, and how it differs.

    `a` and `b` are its figures in the first and the second network, None where it is missing; `call_a` and `call_b` how
    the language writes it. `replaced`: it is of another kind; `rewired`: it reads other layers, apart from what was put
    in between or taken out. `shared`: the names of those with which it shares its weights in either network, where they
    are not the same layers.
    """

    status: str
    a: LayerFigures | None
    b: LayerFigures | None
    call_a: str
    call_b: str
    replaced: bool = False
    arguments: tuple[ArgumentChange, ...] = ()
    rewired: bool = False
    shared: tuple[tuple[str, ...], tuple[str, ...]] | None = None


class TotalDifference(Record):
    """One figure of both networks; None is unknown."""

    a: Dim | None
    b: Dim | None

    @property
    def difference(self) -> Dim | None:
        """b - a."""
        return None if self.a is None or self.b is None else self.b - self.a


class NetworkSide(Record):
    """One of the two networks in total. Layers are those that an output depends on, inputs included.

    `parameters` are the model's, as the language writes them, apart from functions.
    """

    name: str
    file: str
    parameters: tuple[tuple[str, str], ...]
    layers: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    output_shapes: tuple[Shape | None, ...]
    receptive_field: ReceptiveField | None


class NetworkDifference(Record):
    """Two networks compared. `layers` holds every layer, those that are the same included, in the order of the text. A
    pad layer that the language also writes as the padding of the convolution behind it is one with that convolution.

    `same`: they are one network, whatever its layers are called and in whichever order the text has them. Layers that no
    output depends on are no part of a network.
    """

    same: bool
    a: NetworkSide
    b: NetworkSide
    layers: tuple[LayerDifference, ...]
    inputs_differ: bool
    outputs_differ: bool
    trainable_params: TotalDifference
    non_trainable_params: TotalDifference
    params: TotalDifference
    macs: TotalDifference

    def of(self, status: str) -> tuple[LayerDifference, ...]:
        """The layers of one status."""
        return tuple([layer for layer in self.layers if layer.status == status])

    @property
    def added(self) -> tuple[LayerDifference, ...]:
        """Layers that only the second network has."""
        return self.of(ADDED)

    @property
    def removed(self) -> tuple[LayerDifference, ...]:
        """Layers that only the first network has."""
        return self.of(REMOVED)

    @property
    def changed(self) -> tuple[LayerDifference, ...]:
        """Layers that are others in themselves, not by their figures alone."""
        return self.of(CHANGED)

    def __repr__(self) -> str:
        counts = [f"{len(self.of(status))} {status}" for status in (ADDED, REMOVED, CHANGED)]
        return f"<cnnspec.Difference {self.a.name}, {self.b.name}: {'the same' if self.same else ', '.join(counts)}>"


def gain_of_params(layer: LayerDifference) -> int | None:
    """How many parameters more a layer has in the second network than in the first; None where unknown."""
    old, new = (0 if side is None else side.params for side in (layer.a, layer.b))
    return None if old is None or new is None else new - old


def gain_of_macs(layer: LayerDifference) -> Dim | None:
    """How many MACs more a layer has in the second network than in the first; None where unknown."""
    old, new = (0 if side is None else side.macs for side in (layer.a, layer.b))
    return None if old is None or new is None else new - old
