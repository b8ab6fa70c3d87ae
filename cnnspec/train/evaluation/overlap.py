"""The intersection over union in a training: what Keras's metrics are told of a network's end, where the settings do not say it.

So they count what `scores` counts: the likeliest class of each position, or what lies above the end's own threshold.
"""

from __future__ import annotations

from cnnspec.layers.argument import Term
from cnnspec.train.data.targets import find_ignored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.train.evaluation.head import Head

OVERLAPS = ("IoU", "MeanIoU", "BinaryIoU", "OneHotIoU", "OneHotMeanIoU")
BOTH = (0, 1)  # the classes that one output tells apart


def complete_overlap(metric: Term, head: Head, units: int | None, targets: str, loss: Term) -> Term:
    """The metric with the arguments that follow from the end of an output, which has so many units; others as they are."""
    if metric.name not in OVERLAPS or units is None:
        return metric
    given = dict(metric.keywords)
    if metric.name == "BinaryIoU" or head.kind == "binary":
        kept = {name: given[name] for name in ("name", "dtype", "target_class_ids", "threshold") if name in given}
        more: dict[str, Any] = {"threshold": head.threshold, "target_class_ids": BOTH}
        return metric.replace(name="BinaryIoU", keywords=tuple((more | kept).items()))
    more = {"num_classes": units}
    ignored = find_ignored(loss, units)
    if ignored is not None:
        more["ignore_class"] = ignored
    if not metric.name.startswith("OneHot") and head.kind == "classes":
        more |= {"sparse_y_pred": False, "sparse_y_true": targets == "classes"}
    return metric.replace(keywords=tuple((more | given).items()))
