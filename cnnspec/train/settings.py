"""A train section → settings that are known to be well-formed, and what is wrong with it.

This runs without Keras, so that a check can call it: `resolve(network.train)`. Whether the settings suit the network and
the data is asked elsewhere (`match`).
"""

from __future__ import annotations

import os
import re
from contextlib import suppress

from cnnspec.compile.backend import BACKENDS
from cnnspec.diagnostic import Diagnostic
from cnnspec.elaborate.reporting import describe
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.layers.argument import Term, Unfit, choice, count, flag, from_zero, natural, rate, text, word_of
from cnnspec.names import NAMED_DATA, suggestion
from cnnspec.record import Record
from cnnspec.source import Span, brief
from cnnspec.syntax import tree
from cnnspec.train.devices import devices
from cnnspec.train.precision import PRECISIONS
from cnnspec.train.reading import WrongWord, learning_rate, positive, word
from cnnspec.train.words import LOSSES, MIXING, our_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cnnspec.elaborate.graph import Setting
    from cnnspec.layers.argument import Kind


class TrainSettings(Record):
    """How to train. Words are Terms that name a Keras class (see `reading.word`); spans say where a key is set."""

    data: str | None = None  # a name in NAMED_DATA, tfds:NAME, or the path of a folder, a .csv or a .npz
    folder: str = ""  # where a relative path starts
    optimizer: Term = Term("Adam", (), (), "optimizers")
    loss: Term | None = None  # None: by the network's end and the labels
    label_smoothing: float = 0.0
    class_weights: str | tuple[Any, ...] | None = None  # "balanced", a weight a class, or (name, weight) pairs
    augment: tuple[Term, ...] = ()
    metrics: tuple[Term, ...] | None = None  # None: accuracy, where labels are classes
    callbacks: tuple[Term, ...] = ()
    epochs: int = 10
    batch: int = 32
    seed: int = 0
    validation: float = 0.1  # share of the training data
    test: float = 0.2  # share held back of data that comes without a test set
    shuffle: bool = True
    backend: str | None = None  # None: what Keras's settings and the installation say
    precision: str = "float32"
    devices: str = "1"  # as `devices.wish` reads it
    xla: bool | str = "auto"  # Keras's jit_compile
    memory: int | None = None  # bytes that the device has; a check alone asks for it
    best: str | None = None  # the figure by which the best epoch's model is kept; None: val_loss, else loss
    save_every: float = 10  # minutes after which the state is kept within an epoch, too
    spans: tuple[tuple[str, Span], ...] = ()

    @property
    def soft(self) -> bool:
        """Whether a target is a share of every class, not one class."""
        return self.label_smoothing > 0 or any(layer.name in MIXING for layer in self.augment)

    def span(self, key: str) -> Span | None:
        return dict(self.spans).get(key)


def data(value: Any) -> str:
    """A data set's name, or the path of a folder, a .csv or a .npz file."""
    written: str = text(value)
    if written.lower() in NAMED_DATA:
        return written.lower()
    if "\0" not in written:
        if written.startswith("tfds:"):
            if re.fullmatch(r"tfds:[a-z]\w*(/[\w.-]+)?(:\d+\.\d+\.\d+)?", written):
                return written
            raise Unfit('tfds: and a name of TensorFlow Datasets, such as "tfds:eurosat"')
        if written.lower().endswith((".npz", ".csv")) or written in (".", "..") or "/" in written or os.sep in written:
            return written
    hint = suggestion(written, NAMED_DATA).removeprefix("; ")
    if not hint and written.isidentifier():
        hint = f'a folder is written with a slash: "{written}/"'
    raise Unfit(f'{", ".join(NAMED_DATA)}, "tfds:NAME", or the path of a folder ("images/"), a .csv or a .npz', hint)


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
    raise Unfit("balanced, a number from 0 a class ([1, 2.5]), or names with numbers ([(cat, 2), (dog, 1)])")


def seed(value: Any) -> int:
    """A whole number from 0 to 2^32 - 1."""
    if natural(value) >= 2**32:
        raise Unfit("a whole number from 0 to 4294967295")
    return natural(value)


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
        raise Unfit("true, false or auto") from None


def words(module: str) -> Kind:
    def read(value: Any) -> tuple[Term, ...]:
        if word_of(value) in ("none", "None"):
            return ()
        return tuple([word(module, v) for v in (value if isinstance(value, (list, tuple)) else (value,))])

    return read


KEYS: dict[str, Kind] = {
    "data": data,
    "optimizer": lambda value: word("optimizers", value),
    "learning_rate": learning_rate,
    "loss": lambda value: word("losses", value),
    "label_smoothing": rate,
    "class_weights": class_weights,
    "augment": words("layers"),
    "metrics": words("metrics"),
    "callbacks": words("callbacks"),
    "epochs": count,
    "batch": count,
    "seed": seed,
    "validation": rate,
    "test": rate,
    "shuffle": flag,
    "backend": choice(*BACKENDS),
    "precision": choice(*PRECISIONS),
    "devices": devices,
    "xla": xla,
    "memory": size_in_bytes,
    "best": text,
    "save_every": positive,
}
ALIASES = {"batch_size": "batch", "lr": "learning_rate", "validation_split": "validation", "val": "validation"}


def resolve(
    train: Mapping[str, Setting], overrides: Mapping[str, Any] | None = None
) -> tuple[TrainSettings, tuple[Diagnostic, ...]]:
    """The settings of a train section, with `overrides` (of the keys above) in place of what it says.

    A key that could not be read keeps its default. Diagnostics are E030; for an override they have no span.
    """
    overrides = dict(overrides or {})
    read: dict[str, Any] = {}
    spans: dict[str, Span] = {}
    errors: list[Diagnostic] = []
    for written, setting in train.items():
        item = setting.site.node
        assert isinstance(item, tree.Assign)
        key = ALIASES.get(written, written)
        at = Span(setting.site.source, item.name.start, item.name.end)
        if key not in KEYS:
            hint = suggestion(key, KEYS).removeprefix("; ") or f"it has {', '.join(KEYS)}"
            errors.append(Diagnostic("E030", f'a train section has no setting "{written}"', at, hint))
        elif key in spans:
            errors.append(Diagnostic("E030", f"{key} is set already", at, "keep one"))
        elif setting.value is not UNKNOWN:
            spans[key] = Span(setting.site.source, item.value.start, item.value.end)
            value = _read(key, setting.value, spans[key], item, errors)
            if value is not None and key not in overrides:
                read[key] = value
                if key == "data":
                    read["folder"] = os.path.dirname(setting.site.source.name)
    for key, override in overrides.items():
        value = _read(key, override, None, None, errors)
        if value is not None:
            read[key] = value
    rate_given = read.pop("learning_rate", None)
    settings = TrainSettings(**read, spans=tuple(spans.items()))
    if rate_given is not None:
        if "learning_rate" not in overrides and "learning_rate" in dict(settings.optimizer.keywords):
            help = "write it in the optimizer alone"
            errors.append(Diagnostic("E030", "the learning rate is set twice", spans["learning_rate"], help))
        settings = settings.replace(optimizer=with_learning_rate(settings.optimizer, rate_given))
    errors += _conflicts(settings)
    errors += _softness(settings)
    if settings.soft and settings.loss is not None:
        settings = settings.replace(loss=softened(settings.loss, settings.label_smoothing))
    return settings, tuple(errors)


def softened(loss: Term, smoothing: float) -> Term:
    """A loss of classes for targets that are shares of every class: smoothed, and in the form that takes vectors."""
    given = dict(loss.keywords) | ({"label_smoothing": smoothing} if smoothing else {})
    given.pop("ignore_class", None)
    name = "CategoricalCrossentropy" if loss.name == "SparseCategoricalCrossentropy" else loss.name
    return loss.replace(name=name, keywords=tuple(given.items()))


def with_learning_rate(optimizer: Term, value: Any) -> Term:
    """The optimizer with another learning rate."""
    keywords = dict(optimizer.keywords)
    if "inner_optimizer" in keywords:
        keywords["inner_optimizer"] = with_learning_rate(keywords["inner_optimizer"], value)
    else:
        keywords["learning_rate"] = value
    return optimizer.replace(keywords=tuple(keywords.items()))


def _read(key: str, value: Any, at: Span | None, item: tree.Assign | None, errors: list[Diagnostic]) -> Any:
    try:
        return KEYS[key](value)
    except Unfit as unfit:
        shown = f'"{brief(value)}"' if at is None and isinstance(value, str) else describe(value)
        errors.append(Diagnostic("E030", f"{key} must be {unfit.expected}, not {shown}", at, unfit.hint))
    except WrongWord as wrong:
        errors.append(Diagnostic("E030", wrong.message, at and _place(wrong, item, at), wrong.help))
    return None


# ---- where something stands --------------------------------------------------------------------------------
def _place(wrong: WrongWord, item: tree.Assign | None, otherwise: Span) -> Span:
    """The argument at fault where its call is written in this setting, else the word, else the setting."""
    if wrong.term.place is None:
        return otherwise
    function, scope = wrong.term.place
    for call in _calls(item):
        if call.function is function and wrong.argument != "":
            for number, argument in enumerate(call.arguments):
                named = argument.name.text if argument.name else number
                if named == wrong.argument:
                    return Span(scope.source, argument.start, argument.end)
    return Span(scope.source, function.start, function.end)


def _calls(item: tree.Node | None) -> Iterator[tree.Call]:
    waiting = [item]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Call):
            yield node
        for field in node._fields if isinstance(node, tree.Node) else ():
            value = getattr(node, field)
            waiting += value if isinstance(value, tuple) else (value,)


# ---- settings that contradict each other -------------------------------------------------------------------
def _conflicts(settings: TrainSettings) -> list[Diagnostic]:
    """What Keras would refuse, or silently never do, some epochs into the training."""
    found = []
    optimizer = dict(settings.optimizer.keywords)
    if settings.best is not None and settings.best not in _figures(settings):
        hint = suggestion(settings.best, _figures(settings)).removeprefix("; ")
        message = f'best is "{settings.best}", which this training does not report'
        help = hint or f"it reports {', '.join(_figures(settings))}"
        found.append(Diagnostic("E030", message, settings.span("best"), help))
    for callback in settings.callbacks:
        name, given = our_word(callback), dict(callback.keywords)
        at = _word_span(callback) or settings.span("callbacks")
        if name in ("reduce_lr_on_plateau", "learning_rate_scheduler") and isinstance(
            optimizer.get("learning_rate"), Term
        ):
            message = f"{name} cannot change a learning rate that follows a schedule"
            found.append(Diagnostic("E030", message, at, "give the optimizer a number, or leave the callback out"))
        if name == "swap_ema_weights" and optimizer.get("use_ema") is not True:
            message = "swap_ema_weights needs an optimizer that keeps a moving average"
            found.append(Diagnostic("E030", message, at, f"write {our_word(settings.optimizer)}(use_ema=true)"))
        watched = _watched(callback, given)
        known = _figures(settings)
        if watched is not None and watched not in known:
            message = f'{name} watches "{watched}", which this training does not report'
            hint = suggestion(watched, known).removeprefix("; ") or f"it reports {', '.join(known)}"
            if watched.startswith("val_") and settings.validation == 0 and watched[4:] in known:
                hint = "set validation = 0.1, or watch " + watched[4:]
            found.append(Diagnostic("E030", message, at, hint))
    return found + _written_twice(settings)


OWN = ("spec", "run.json", "metrics.csv", "metrics.jsonl", "curves.png", "best.keras", "last.keras", "state")


def _written_twice(settings: TrainSettings) -> list[Diagnostic]:
    """Paths of callbacks, which lie in the run folder, where the run itself or a backup's clearing would destroy them."""
    found = []
    paths: list[tuple[Term, str]] = []
    for callback in settings.callbacks:
        given = dict(callback.keywords)
        named = [str(given[name]) for name in ("filename", "filepath", "backup_dir", "log_dir") if name in given]
        paths += [(callback, os.path.normpath(path.replace("\\", "/"))) for path in named]
    for callback, path in paths:
        at = _word_span(callback) or settings.span("callbacks")
        first = path.split(os.sep)[0]
        if first in OWN:
            message = f"{our_word(callback)} writes {path}, which the run folder keeps by itself"
            found.append(Diagnostic("E030", message, at, "give it another name, or leave the callback out"))
        inside = [other for c, other in paths if c is not callback and (other + os.sep).startswith(path + os.sep)]
        if callback.name == "BackupAndRestore" and inside:
            message = f"{our_word(callback)} deletes {path} after the training, and {inside[0]} lies in it"
            found.append(Diagnostic("E030", message, at, "give it a folder of its own"))
    return found


def _softness(settings: TrainSettings) -> list[Diagnostic]:
    """What does not go with targets that are shares of every class, smoothed or mixed."""
    found = []
    key = "label_smoothing" if settings.label_smoothing else "augment"
    at, what = settings.span(key), "label_smoothing" if settings.label_smoothing else "a mixture of images"
    if settings.soft and settings.loss is not None:
        word, given = our_word(settings.loss), dict(settings.loss.keywords)
        takes = LOSSES[word][1].split()
        if "label_smoothing" in given and settings.label_smoothing:
            help = "write it once"
            found.append(Diagnostic("E030", f"label_smoothing is set in {word} too", at, help))
        elif given.get("ignore_class") is not None:
            help = "leave one out"
            found.append(Diagnostic("E030", f"{what} does not go with the ignore_class of {word}", at, help))
        elif settings.label_smoothing and "label_smoothing" not in takes and not word.startswith("sparse_"):
            help = "use categorical_crossentropy, or leave it out"
            found.append(Diagnostic("E030", f"{word} has no label smoothing", at, help))
    for metric in settings.metrics or ():
        if settings.soft and our_word(metric).startswith("sparse_"):
            message = f"{our_word(metric)} takes class numbers, and with {what} a target is a share of every class"
            help = f"write {our_word(metric).removeprefix('sparse_')}"
            found.append(Diagnostic("E030", message, _word_span(metric) or at, help))
    mixing = [our_word(layer) for layer in settings.augment if layer.name in MIXING]
    if mixing and settings.class_weights is not None:
        message = f"{mixing[0]} makes examples of two classes, which have no weight of one"
        found.append(Diagnostic("E030", message, settings.span("class_weights"), "leave one out"))
    return found


def _watched(callback: Term, given: dict[str, Any]) -> str | None:
    if callback.name in ("EarlyStopping", "ReduceLROnPlateau") or given.get("save_best_only") is True:
        return str(given.get("monitor", "val_loss"))
    return None


def _figures(settings: TrainSettings) -> list[str]:
    """The names under which Keras reports the figures of an epoch."""
    metrics = ["accuracy"] if settings.metrics is None else [metric_name(m) for m in settings.metrics]
    figures = ["loss", *metrics]
    return figures + [f"val_{f}" for f in figures if settings.validation]


def metric_name(metric: Term) -> str:
    """A metric's name in logs and callbacks: the one it is given, else its word."""
    return str(dict(metric.keywords).get("name") or our_word(metric))


def _word_span(term: Term) -> Span | None:
    if term.place is None:
        return None
    node, scope = term.place
    return Span(scope.source, node.start, node.end)
