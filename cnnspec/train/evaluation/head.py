"""The meaning of a trained model's outputs (classes, labels or quantities), and how they become probabilities.

The loss that the model was trained with says so, else the last activation. Keras objects are asked; the rest needs NumPy
alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.layers.argument import Term
from cnnspec.train.data_fit import REGRESSION
from cnnspec.train.section_words import LOSSES, find_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

# Keras's losses for outputs that exclude each other, and for outputs that do not; MARGINS yield no probabilities
EXCLUSIVE = {
    "SparseCategoricalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy", "CategoricalHinge", "KLDivergence",
}  # fmt: skip
INDEPENDENT = {"BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge", "Dice", "Tversky"}
MARGINS = {"CategoricalHinge", "Hinge", "SquaredHinge"}
OTHER = {"CTC", "Circle", "CosineSimilarity"}  # whose outputs are neither classes nor quantities


class Head(Record):
    """`kind` is "classes" (a value for each, the highest counts), "binary" (one value for two classes), "labels" (a
    value for each, several may hold), "quantities" or "other".

    `turn` makes probabilities of the outputs: "softmax", "sigmoid", "" where they are some, None where there are none.
    `assumed`: nothing in the model says that its outputs are logits of classes.
    """

    kind: str
    turn: str | None = ""
    assumed: bool = False

    @property
    def threshold(self) -> float:
        """The value above which an output of kind "binary" or "labels" says yes."""
        return 0.5 if self.turn == "" else 0.0

    def probabilities(self, outputs: Array) -> Array:
        """The outputs (…, units) as probabilities, or as they are where there are none; float64."""
        import numpy as np

        values = outputs.astype(np.float64)
        if self.turn == "softmax":
            powers = np.exp(values - values.max(axis=-1, keepdims=True))
            values = powers / powers.sum(axis=-1, keepdims=True)
        elif self.turn == "sigmoid":
            values = np.exp(-np.logaddexp(0, -values))
        return values


def find_head(output: Any, loss: Term | None, targets: str | None = None) -> Head:
    """The head at an output of a Keras model, its symbolic tensor, that was trained with this loss.

    `targets` is the form (`data_fit.match_targets`) of those that it is to be compared with, where there are some.
    """
    return find_head_behind(find_last_activation(output), output.shape[-1], loss, targets)


def find_head_behind(last: str, units: int | None, loss: Term | None, targets: str | None = None) -> Head:
    """The same of an output of so many units that has passed through a function last."""
    kind = _find_kind(None if loss is None else loss.name, targets, last, units)
    if kind in ("quantities", "other"):
        return Head(kind, None)
    turn = "softmax" if kind == "classes" else "sigmoid"
    if last in ("softmax", "sigmoid"):
        return Head(kind)
    if loss is None:
        return Head(kind, turn, True)
    if dict(loss.keywords).get("from_logits"):
        return Head(kind, turn)
    return Head(kind, None if loss.name in MARGINS | REGRESSION else "")


def _find_kind(loss: str | None, targets: str | None, last: str, units: int | None) -> str:
    if targets in ("classes", "one-hot"):
        return "classes"
    if targets == "column":
        return "quantities" if loss in REGRESSION else "binary"
    if loss in OTHER:
        return "other"
    if last == "softmax" or loss in EXCLUSIVE:
        return "classes"
    if loss in INDEPENDENT or (last == "sigmoid" and loss is None):
        return "binary" if units == 1 else "labels"
    return "quantities" if loss is not None or units == 1 else "classes"


def find_last_activation(output: Any) -> str:
    """The function that an output of a Keras model has passed through last: "softmax"; "linear" where it is none."""
    while True:
        layer, use, number = output._keras_history
        inner = getattr(layer, "outputs", None)
        name = str(getattr(getattr(layer, "activation", None), "__name__", type(layer).__name__)).lower()
        if inner:  # a model as a layer
            output = inner[number]
        elif type(layer).__name__ in ("Reshape", "Flatten", "Identity") or (
            type(layer).__name__ == "Activation" and name == "linear"
        ):
            output = layer._inbound_nodes[use].input_tensors[0]
        else:
            return name


def find_losses(model: Any, outputs: Sequence[str]) -> tuple[Term | None, ...]:
    """The loss that each output of a model was compiled with, as the settings have it; None where there is none, or none of
    Keras's. `outputs` are the names by which a dictionary has them."""
    given = getattr(model, "loss", None) if model.compiled else None
    if isinstance(given, dict):
        return tuple([_read_loss(given.get(name)) for name in outputs])
    if isinstance(given, (list, tuple)):
        return tuple([_read_loss(loss) for loss in given]) if len(given) == len(outputs) else (None,) * len(outputs)
    return (_read_loss(given),) * len(outputs)


def _read_loss(loss: Any) -> Term | None:
    if isinstance(loss, str):
        word = find_word(loss, LOSSES)
        return None if word is None else Term(LOSSES[word][0], (), (), "losses")
    if loss is None or type(loss).__name__ not in {name for name, _ in LOSSES.values()}:
        return None
    return Term(type(loss).__name__, (), tuple(loss.get_config().items()), "losses")
