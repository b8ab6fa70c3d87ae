"""The input sizes of a network as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.sizes.axis_sizes import MEANINGS
from cnnspec.sizes.input_sizes import find_asked_size
from cnnspec.sizes.size_words import describe_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.axis_sizes import Reason, SizesOfKind
    from cnnspec.sizes.input_sizes import Axis, InputSizes, Near

SCHEMA_VERSION = 1


def write_data(network: AnalysedNetwork, sizes: InputSizes, near: Near = None) -> dict[str, Any]:
    """The documented fields; `near` is the size that is asked about, None: the text's.

    A set holds `early` and, from `start` on, the sizes whose remainder by `period` is in `residues`.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "text_asks_for_sizes": sizes.asks,
        **size_data(sizes, near),
        "meanings": MEANINGS,
    }


def size_data(sizes: InputSizes, near: Near) -> dict[str, Any]:
    return {
        "axes": [axis_data(axis, near) for axis in sizes.axes],
        "weights_fixed_by": sizes.weighted and reason_data(sizes.weighted),
        "size_fixed_by": sizes.fixed and reason_data(sizes.fixed),
        "without_it": sizes.rest and size_data(sizes.rest, near),
    }


def axis_data(axis: Axis, near: Near) -> dict[str, Any]:
    n = find_asked_size(axis, near)
    return {
        "inputs": [{"name": a.input, "axis": a.letter, "times": a.times, "declared": a.declared} for a in axis.axes],
        "tied_by": axis.tied_by and reason_data(axis.tied_by),
        "proven": not axis.guessed,
        "tried": axis.kinds[0].tried,
        "asked": n,
        **{kind.kind: kind_data(kind, n) for kind in axis.kinds},
    }


def kind_data(kind: SizesOfKind, n: int | None) -> dict[str, Any] | None:
    sizes = kind.sizes
    if sizes is None:
        return None
    return {
        "text": describe_set(sizes),
        "early": list(sizes.early),
        "start": sizes.start,
        "period": sizes.period,
        "residues": list(sizes.residues),
        "contains_asked": None if n is None else n in sizes,
        "below": None if n is None else sizes.below(n),
        "above": None if n is None else sizes.above(n),
        "period_by": [reason_data(r) for r in kind.period_by],
        "least_by": [reason_data(r) for r in kind.least_by],
    }


def reason_data(reason: Reason) -> dict[str, Any]:
    return {"layer": reason.layer, "line": reason.line, "rounding": reason.rounding}
