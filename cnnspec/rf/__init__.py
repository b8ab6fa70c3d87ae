"""Receptive fields: which positions of the input, and of the layers before, does each layer see, and where do they lie?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.effective import EffectiveField
    from cnnspec.rf.fields import NetworkFields
    from cnnspec.rf.picture import Picture
    from cnnspec.rf.seen_layers import SeenLayers
    from cnnspec.rf.unit_field import UnitField


def find_fields(
    network: AnalysedNetwork, names: Iterable[str] = (), at: tuple[int, ...] | None = None
) -> NetworkFields:
    """The field of every layer, and everything about one position of each layer in `names`.

    Raises LookupError and ValueError, as `find_unit_field` does.
    """
    from cnnspec.rf.fields import work_out_fields

    return work_out_fields(network, names, at)


def find_unit_field(network: AnalysedNetwork, name: str, at: tuple[int, ...] | None = None) -> UnitField:
    """Everything about the field of one output position of a layer; of the middle one where none is given.

    Raises LookupError for a layer that is not there, ValueError for a position that it does not have.
    """
    return find_fields(network, (name,), at).units[0]


def find_seen_layers(
    network: AnalysedNetwork, name: str, at: tuple[int, ...] | None = None, shown: Sequence[str] = ()
) -> SeenLayers:
    """What one output position of a layer sees of each layer before it, or of those in `shown`.

    Raises LookupError and ValueError, as `find_unit_field` does, and for a layer in `shown` that it does not see.
    """
    from cnnspec.rf.seen_layers import work_out_seen_layers

    return work_out_seen_layers(network, name, at, shown)


def find_effective_field(network: AnalysedNetwork, name: str, at: tuple[int, ...] | None = None) -> EffectiveField:
    """How much each position of the inputs has to do with one output position of a layer, the middle one where none is given.

    Raises LookupError and ValueError, as `find_unit_field` does, and ValueError where it cannot be told.
    """
    from cnnspec.rf.effective import work_out_effective_field

    return work_out_effective_field(network, name, at)


def find_picture(network: AnalysedNetwork, names: Iterable[str] = (), at: tuple[int, ...] | None = None) -> Picture:
    """The fields of some layers as boxes on the input; see `picture.compose_picture`."""
    from cnnspec.rf.picture import compose_picture

    return compose_picture(network, names, at)
