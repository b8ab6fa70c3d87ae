"""A train section → settings that are known to be well-formed, and what is wrong with it.

This runs without Keras, so that a check can call it: `resolve(network.train)`. Whether the settings suit the network and
the data is asked elsewhere (`match`).
"""

from __future__ import annotations

import os

from cnnspec.compile.backend import BACKENDS
from cnnspec.diagnostic import Diagnostic
from cnnspec.elaborate.reporting import describe
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.layers.argument import Term, Unfit, choice, count, flag, natural, rate, text, word_of
from cnnspec.names import NAMED_DATA, suggestion
from cnnspec.record import Record
from cnnspec.source import Span
from cnnspec.syntax import tree
from cnnspec.train.devices import devices
from cnnspec.train.precision import PRECISIONS
from cnnspec.train.reading import WrongWord, learning_rate, positive, word
from cnnspec.train.words import our_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cnnspec.elaborate.graph import Setting
    from cnnspec.layers.argument import Kind


class TrainSettings(Record):
    """How to train. Words are Terms that name a Keras class (see `reading.word`); spans say where a key is set."""

    data: str | None = None  # a name in NAMED_DATA, or the path of a .npz
    folder: str = ""  # where a relative path starts
    optimizer: Term = Term("Adam", (), (), "optimizers")
    loss: Term | None = None  # None: by the network's end and the labels
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

    def span(self, key: str) -> Span | None:
        return dict(self.spans).get(key)


def data(value: Any) -> str:
    """A data set's name, or the path of a .npz file."""
    written = text(value)
    if written.lower() in NAMED_DATA or written.lower().endswith(".npz"):
        return written.lower() if written.lower() in NAMED_DATA else written
    hint = suggestion(written, NAMED_DATA)
    raise Unfit(f"{', '.join(NAMED_DATA)} or the path of a .npz file" + hint)


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
    return settings, tuple(errors)


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
        expected, _, hint = unfit.expected.partition("; ")
        errors.append(Diagnostic("E030", f"{key} must be {expected}, not {describe(value)}", at, hint))
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
