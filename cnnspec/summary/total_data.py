"""The totals of a network as data, the same in every JSON that has them."""

from __future__ import annotations

from cnnspec.tables.assumed import assumed_flag
from cnnspec.tables.data import field_data, figure_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.summary.summary import SummaryTotals


def total_data(totals: SummaryTotals) -> dict[str, Any]:
    return {
        "params": totals.params,
        "trainable_params": totals.trainable_params,
        "non_trainable_params": totals.non_trainable_params,
        "macs": figure_data(totals.macs),
        "flops": figure_data(totals.flops),
        "receptive_field": field_data(totals.receptive_field),
        **assumed_flag(totals.assumed),
    }
