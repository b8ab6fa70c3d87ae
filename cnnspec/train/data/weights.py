"""The weight of each class in the loss: class_weights = balanced, [1, 2.5] or [(cat, 2), (dog, 1)].

Balanced is scikit-learn's: n / (k · n_c) for a class with n_c of the n examples to train on, of k classes that have
any; so every class has the same share of the loss and the mean weight is 1. As with Keras's `fit(class_weight=…)`,
weights change the training loss alone, no metric and nothing that is held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import printable
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


def weigh_labels(
    labels: Array | None, places: Array, outputs: int, names: tuple[str, ...] | None, settings: TrainSettings
) -> Array:
    """The weight of every label (class numbers of any shape), float32; `places` are those to train on.

    Raises TrainingFailed where weights do not go with the data.
    """
    import numpy as np

    span, given = settings.span("class_weights"), settings.class_weights
    if labels is None:
        raise TrainingFailed(
            f"{settings.data} has no classes, so that class_weights mean nothing", "leave them out", span=span
        )
    classes = max(outputs, 2, int(labels.max()) + 1)
    if given == "balanced":
        counts = np.bincount(labels[places].ravel(), minlength=classes)
        table = counts.sum() / ((counts > 0).sum() * np.maximum(counts, 1))
    elif isinstance(given, tuple) and isinstance(given[0], tuple):
        table = np.ones(classes)
        for name, weight in given:
            if name not in (names or ()):
                hint = (
                    write_suggestion(name, names).removeprefix("; ")
                    if names
                    else "write a list of numbers, one a class"
                )
                message = f'{settings.data} has no class "{printable(name)}"'
                raise TrainingFailed(message, hint or f"it has {', '.join(map(printable, names or ()))}", span=span)
            table[(names or ()).index(name)] = weight
    else:
        table = np.asarray(given, float)
        if len(table) != classes:
            message = (
                f"class_weights has {len(table)} number{'s' * (len(table) != 1)}, {settings.data} has {classes} classes"
            )
            raise TrainingFailed(message, "write one a class", span=span)
    weights: Array = table[labels].astype(np.float32)
    return weights
