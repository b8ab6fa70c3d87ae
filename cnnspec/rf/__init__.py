"""Receptive fields: which input positions does each layer see, and where do they lie?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.fields import NetworkFields
    from cnnspec.rf.picture import Picture
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


def find_picture(network: AnalysedNetwork, names: Iterable[str] = (), at: tuple[int, ...] | None = None) -> Picture:
    """The fields of some layers as boxes on the input; see `picture.compose_picture`."""
    from cnnspec.rf.picture import compose_picture

    return compose_picture(network, names, at)
