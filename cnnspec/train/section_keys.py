"""The settings that a train section may have: the kind of each one's value, and what it is for.

Nothing here needs Keras.
"""

from __future__ import annotations

from contextlib import suppress

from cnnspec.compile.backend import BACKENDS
from cnnspec.layers.argument import Term, Unfit, choice, count, flag, from_zero, natural, rate, text, word_of
from cnnspec.train.data.framing import WAYS
from cnnspec.train.data.given_names import read_columns
from cnnspec.train.data_words import data_or_pairs
from cnnspec.train.devices.precision import PRECISIONS
from cnnspec.train.devices.request import read_devices
from cnnspec.train.section_values import learning_rate, positive, read_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.layers.argument import Kind


def class_weights(value: Any) -> str | tuple[Any, ...]:
    """balanced, a number a class, or pairs of a class's name and a number."""
    if word_of(value) == "balanced":
        return "balanced"
    if isinstance(value, (list, tuple)) and value:
        with suppress(Unfit):
            return tuple([from_zero(v) for v in value])
        pairs = [v for v in value if isinstance(v, (list, tuple)) and len(v) == 2 and word_of(v[0]) is not None]
        if len(pairs) == len(value):
            with suppress(Unfit):
                return tuple([(word_of(name), from_zero(weight)) for name, weight in pairs])
    expected = "balanced, a number from 0 a class ([1, 2.5]), or names with numbers ([(cat, 2), (dog, 1)])"
    raise Unfit(expected, word=word_of(value), words=("balanced",))


def seed(value: Any) -> int:
    """A whole number from 0 to 2^32 - 1."""
    if natural(value) >= 2**32:
        raise Unfit("a whole number from 0 to 4294967295")
    return natural(value)


def folds(value: Any) -> int:
    """A whole number from 2."""
    with suppress(Unfit):
        if natural(value) >= 2:
            return natural(value)
    raise Unfit("a whole number from 2")


def window(value: Any) -> tuple[int, int]:
    """A size such as 256x256, or one number for a square."""
    with suppress(Unfit):
        sides = [count(side) for side in (value if isinstance(value, (list, tuple)) else (value, value))]
        if len(sides) == 2:
            return sides[0], sides[1]
    raise Unfit("a size such as 256x256, or one number for a square")


def size_in_bytes(value: Any) -> int:
    """A size such as 8GiB."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value < 2**63:
        raise Unfit("a size such as 8GiB")
    return int(value)


def xla(value: Any) -> bool | str:
    """true, false or auto."""
    if word_of(value) == "auto":
        return "auto"
    try:
        return flag(value)
    except Unfit:
        raise Unfit("true, false or auto", word=word_of(value), words=("auto",)) from None


def words(module: str) -> Kind:
    def read(value: Any) -> tuple[Term, ...]:
        if word_of(value) in ("none", "None"):
            return ()
        return tuple([read_word(module, v) for v in (value if isinstance(value, (list, tuple)) else (value,))])

    return read


class UnfitEntry(Unfit):
    """A value of a mapping that a kind cannot take, and its key."""

    def __init__(self, name: str, value: Any, unfit: Unfit) -> None:
        super().__init__(unfit.expected, unfit.otherwise, unfit.word, unfit.words)
        self.name, self.value = name, value


def read_entries(kind: Kind, named: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each key."""
    found = {}
    for name, value in named.items():
        try:
            found[name] = kind(value)
        except Unfit as unfit:
            raise UnfitEntry(name, value, unfit) from None
    return found


def by_output(kind: Kind) -> Kind:
    """One value, or one for each of several outputs: {mask: binary_crossentropy, label: mse}."""
    return lambda value: read_entries(kind, value) if isinstance(value, dict) else kind(value)


def loss_weights(value: Any) -> dict[str, int | float]:
    """How much the loss of each output counts: {mask: 1, label: 0.5}."""
    if not isinstance(value, dict) or not value:
        raise Unfit("a number from 0 for each output: {mask: 1, label: 0.5}")
    return read_entries(from_zero, value)


def start(value: Any) -> str:
    """imagenet, or a path."""
    written = text(value)
    return "imagenet" if written.lower() == "imagenet" else written


def names(value: Any) -> tuple[str, ...]:
    """A name, or several in brackets."""
    found = [word_of(one) for one in (value if isinstance(value, (list, tuple)) else (value,))]
    if not found or None in found:
        raise Unfit("one or more names of layers, blocks or layer functions: [stem, conv1]")
    return tuple(dict.fromkeys([name for name in found if name is not None]))


def rate_factors(value: Any) -> dict[str, int | float]:
    """By how much the learning rate of named layers is multiplied: {stem: 0.1}."""
    if not isinstance(value, dict) or not value:
        raise Unfit("a number above 0 for each name: {stem: 0.1, head: 1}")
    return read_entries(positive, value)


KEYS: dict[str, Kind] = {
    "data": data_or_pairs,
    "columns": read_columns,
    "resize": choice(*WAYS),
    "crop": window,
    "windows": count,
    "group": text,
    "start": start,
    "freeze": names,
    "unfreeze_after": count,
    "unfreeze_rate": learning_rate,
    "learning_rates": rate_factors,
    "optimizer": lambda value: read_word("optimizers", value),
    "learning_rate": learning_rate,
    "loss": by_output(lambda value: read_word("losses", value)),
    "loss_weights": loss_weights,
    "label_smoothing": rate,
    "class_weights": class_weights,
    "sampling": choice("balanced"),
    "augment": words("layers"),
    "metrics": by_output(words("metrics")),
    "callbacks": words("callbacks"),
    "epochs": count,
    "batch": count,
    "seed": seed,
    "validation": rate,
    "test": rate,
    "folds": folds,
    "fold": count,
    "shuffle": flag,
    "backend": choice(*BACKENDS),
    "precision": choice(*PRECISIONS),
    "devices": read_devices,
    "xla": xla,
    "memory": size_in_bytes,
    "best": text,
    "save_every": positive,
}
ABOUT = {  # for people, of each key
    "data": "what it is trained on",
    "columns": "what the columns of a table, or the arrays of a .npz, are called: {image: photo_path, label: [cat, dog], split: fold}",
    "resize": "how images come to the size of the input: stretch (if nothing is said), pad with black around, or crop the middle",
    "crop": "the size of the windows that are cut out of images, such as 256x256: others in each epoch, those in the middle to validate and test",
    "windows": "how many of these an epoch cuts out of each image; if nothing is said, one",
    "group": "the column or array whose equal values, such as a patient's images, stay in one part",
    "start": "whose weights it begins with: a .keras file, a run folder, or imagenet",
    "freeze": "the layers that are not trained, by the names of layers, blocks and layer functions; start: all that have the weights of the start",
    "unfreeze_after": "epochs after which what is frozen is trained, too",
    "unfreeze_rate": "the learning rate from then on; if nothing is said, that of the optimizer",
    "learning_rates": "factors of the learning rate by the names of layers, blocks and layer functions: {stem: 0.1}",
    "optimizer": "how the weights are changed",
    "learning_rate": "that of the optimizer: a number, or a schedule",
    "loss": "what is made small, or that of each output: {mask: binary_crossentropy, label: mse}; if nothing is said, by the network's end and the labels",
    "loss_weights": "how much the loss of each output counts: {mask: 1, label: 0.5}",
    "label_smoothing": "the share of each target that is spread over all classes",
    "class_weights": "how much each class counts",
    "sampling": "which examples an epoch draws: balanced, each class equally often; if nothing is said, every example once",
    "augment": "random changes to images while it is trained, in their order",
    "metrics": "what is measured after each epoch, or of each output: {mask: [binary_iou]}; if nothing is said, accuracy where the labels are classes",
    "callbacks": "what happens between epochs",
    "epochs": "how often all examples are seen",
    "batch": "how many examples each step takes",
    "seed": "where all random numbers come from",
    "validation": "the share of the training data that is held back to watch the training",
    "test": "the share of the data that is held back for the end, where they come without test data",
    "folds": "parts of the data, each of which is held back for the end of a training of its own: k-fold cross-validation",
    "fold": "the one of the folds that is held back, from 1; if nothing is said, each in turn",
    "shuffle": "whether examples come in another order in each epoch",
    "backend": "what computes; if nothing is said, what Keras is set to",
    "precision": "the numbers that layers compute in",
    "devices": 'a count, all, cpu, gpu, or such as "gpu:2"',
    "xla": "whether Keras compiles the steps (jit_compile)",
    "memory": "the bytes that the device has, such as 8GiB: what does not fit is found before",
    "best": "the figure by which the best epoch is chosen, such as val_accuracy",
    "save_every": "minutes after which the state is kept within an epoch, too",
}
ALIASES = {"batch_size": "batch", "lr": "learning_rate", "validation_split": "validation", "val": "validation"}
BY_OUTPUT = {
    "loss": "losses",
    "metrics": "metrics_by_output",
    "loss_weights": "loss_weights",
}  # and the fields of the settings
# whose values may be given as texts of the language, beside the section: "adam(0.001)", "{mask: binary_crossentropy}"
WRITTEN = (
    "optimizer", "learning_rate", "loss", "loss_weights", "metrics", "callbacks", "augment", "class_weights", "columns",
    "freeze", "unfreeze_rate", "learning_rates", "crop",
)  # fmt: skip
