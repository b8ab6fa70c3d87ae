"""The settings of a training as plain data.

`section.resolve` makes them, so every value is well-formed. Nothing here needs Keras.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.argument import Term
from cnnspec.train.data.framing import STRETCH, WINDOW
from cnnspec.train.section_words import MIXING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.source import Span


class TrainSettings(Record):
    """The settings of a training. Words are Terms that name a Keras class (see `section_values.read_word`); spans say where a key is set."""

    data: str | None = None  # a name in NAMED_DATA, tfds:NAME, or the path of a folder, a .csv, .tsv or .npz
    pairing: str = ""  # "pairs" or "triplets" of its examples
    each: int = 1  # partners of a kind that an example gets in these
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of a table (or arrays) for inputs and outputs by name
    resize: str | None = None  # how images come to the input's size: "stretch" (None), "pad" or "crop"
    crop: tuple[int, int] | None = None  # of windows (H, W) that are cut out of images at their own scale
    windows: int | None = None  # that an epoch cuts out of each image; None: one
    group: str | None = None  # the column (or array) whose equal values stay in one part
    folder: str = ""  # where a relative path starts
    start: str | None = None  # "imagenet", or the path of a .keras file or a run folder whose weights are taken
    start_folder: str = ""  # where that path starts
    freeze: tuple[str, ...] = ()  # names of layers, blocks and layer functions that are not trained
    unfreeze_after: int | None = None  # epochs
    unfreeze_rate: Any = (
        None  # the learning rate from there on: a number, or a Term for a schedule; None: the optimizer's
    )
    learning_rates: tuple[tuple[str, float], ...] = ()  # factors of layers by such names
    optimizer: Term = Term("Adam", (), (), "optimizers")
    loss: Term | None = None  # None: by the network's end and the labels
    losses: tuple[tuple[str, Term | None], ...] = ()  # of outputs by name, None as for `loss`; others are not trained
    loss_weights: tuple[tuple[str, float], ...] = ()  # of outputs by name; 1 for others
    label_smoothing: float = 0.0
    class_weights: str | tuple[Any, ...] | None = None  # "balanced", a weight a class, or (name, weight) pairs
    sampling: str | None = None  # "balanced": each class equally often in an epoch
    augment: tuple[Term, ...] = ()
    metrics: tuple[Term, ...] | None = None  # None: accuracy, where labels are classes
    metrics_by_output: tuple[tuple[str, tuple[Term, ...]], ...] = ()  # of outputs by name
    callbacks: tuple[Term, ...] = ()
    epochs: int = 10
    batch: int = 32
    seed: int = 0
    validation: float = 0.1  # share of the training data
    test: float = 0.2  # share held back of data that comes without a test set
    folds: int | None = None  # parts of the data, each of which a run of its own is tested on
    fold: int | None = None  # the part that this run is tested on, from 1
    shuffle: bool = True
    backend: str | None = None  # None: what Keras's settings and the installation say
    precision: str = "float32"
    devices: str = "1"  # as `request.read_request` reads it
    xla: bool | str = "auto"  # Keras's jit_compile
    memory: int | None = None  # bytes that the device has; a check alone asks for it
    best: str | None = None  # the figure by which the best epoch's model is kept; None: val_loss, else loss
    save_every: float = 10  # minutes after which the state is kept within an epoch, too
    outputs: tuple[str, ...] = ()  # the names of the network's outputs, where there are several
    spans: tuple[tuple[str, Span], ...] = ()

    @property
    def soft(self) -> bool:
        """Whether a target is a share of every class, not one class."""
        return self.label_smoothing > 0 or any(layer.name in MIXING for layer in self.augment)

    @property
    def way(self) -> str:
        """The way of `framing` in which images come to the input's size."""
        return WINDOW if self.crop is not None else self.resize or STRETCH

    def span(self, key: str) -> Span | None:
        return dict(self.spans).get(key)

    def trains(self, output: str) -> bool:
        """Whether an output has a loss: each has, unless the losses are named and its own is not."""
        return not self.losses or output in dict(self.losses)

    def for_output(self, name: str, data: str) -> TrainSettings:
        """The settings for an output as if it were the network's only one; `data` is what a sentence calls its data. Its name stays
        in `outputs` where there are several."""
        return self.replace(
            data=data, loss=dict(self.losses).get(name, self.loss), losses=(), loss_weights=(),
            outputs=(name,) if self.outputs else (), metrics=dict(self.metrics_by_output).get(name, self.metrics), metrics_by_output=(),
        )  # fmt: skip

    def spell_loss(self, word: str) -> str:
        """How this loss is written in a section; of settings for one of several outputs (`for_output`) beside those of the others."""
        return f"loss = {{{self.outputs[0]}: {word}, …}}" if self.outputs else f"loss = {word}"
