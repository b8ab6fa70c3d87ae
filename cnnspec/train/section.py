"""A train section → well-formed settings, and what is wrong with the section.

Nothing here needs Keras, so a check can call `resolve(network.train)`. Whether the settings suit the network and the data
is a question of its own (`match`).
"""

from __future__ import annotations

import os
from contextlib import suppress

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import Span, brief
from cnnspec.compile.backend import BACKENDS
from cnnspec.elaborate.values import UNKNOWN, describe
from cnnspec.layers.argument import Term, Unfit, choice, count, flag, from_zero, natural, rate, text, word_of
from cnnspec.syntax import tree
from cnnspec.train.conflicts import find_conflicts
from cnnspec.train.data.given_names import read_columns
from cnnspec.train.data_words import data_or_pairs
from cnnspec.train.devices.precision import PRECISIONS
from cnnspec.train.devices.request import read_devices
from cnnspec.train.section_values import WrongWord, learning_rate, positive, read_word
from cnnspec.train.settings import TrainSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cnnspec.base.source import Source
    from cnnspec.graph import Setting
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


KEYS: dict[str, Kind] = {
    "data": data_or_pairs,
    "columns": read_columns,
    "group": text,
    "optimizer": lambda value: read_word("optimizers", value),
    "learning_rate": learning_rate,
    "loss": by_output(lambda value: read_word("losses", value)),
    "loss_weights": loss_weights,
    "label_smoothing": rate,
    "class_weights": class_weights,
    "augment": words("layers"),
    "metrics": by_output(words("metrics")),
    "callbacks": words("callbacks"),
    "epochs": count,
    "batch": count,
    "seed": seed,
    "validation": rate,
    "test": rate,
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
    "group": "the column or array whose equal values, such as a patient's images, stay in one part",
    "optimizer": "how the weights are changed",
    "learning_rate": "that of the optimizer: a number, or a schedule",
    "loss": "what is made small, or that of each output: {mask: binary_crossentropy, label: mse}; if nothing is said, by the network's end and the labels",
    "loss_weights": "how much the loss of each output counts: {mask: 1, label: 0.5}",
    "label_smoothing": "the share of each target that is spread over all classes",
    "class_weights": "how much each class counts",
    "augment": "random changes to images while it is trained, in their order",
    "metrics": "what is measured after each epoch, or of each output: {mask: [binary_iou]}; if nothing is said, accuracy where the labels are classes",
    "callbacks": "what happens between epochs",
    "epochs": "how often all examples are seen",
    "batch": "how many examples each step takes",
    "seed": "where all random numbers come from",
    "validation": "the share of the training data that is held back to watch the training",
    "test": "the share of the data that is held back for the end, where they come without test data",
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


def resolve(
    train: Mapping[str, Setting], overrides: Mapping[str, Any] | None = None, outputs: Sequence[str] = ()
) -> tuple[TrainSettings, tuple[Diagnostic, ...]]:
    """The settings of a train section, with `overrides` (of the keys above) in place of what it says, for a network with
    these outputs (none: where they are not known).

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
            hint = write_suggestion(key, KEYS).removeprefix("; ") or f"it has {', '.join(KEYS)}"
            errors.append(Diagnostic("E030", f'a train section has no setting "{written}"', at, hint))
        elif key in spans:
            errors.append(Diagnostic("E030", f"{key} is set already", at, "keep one"))
        elif setting.value is not UNKNOWN:
            spans[key] = Span(setting.site.source, item.value.start, item.value.end)
            value = _read(key, setting.value, spans[key], item, errors)
            if isinstance(setting.value, dict):
                places = _find_entries(item.value, setting.site.source)
                spans |= {f"{key}.{name}": place for name, place in places.items()}
                errors += _find_unknown_outputs(key, setting.value, outputs, places) if key in BY_OUTPUT else []
            if key == "data" and isinstance(value, dict):  # pairs of other data, too, where an option names them
                read |= value
                value = read.pop("data")
            if value is not None and key not in overrides:
                read[key] = value
                if key == "data":
                    read["folder"] = os.path.dirname(setting.site.source.name)
    for key, override in overrides.items():
        if key not in KEYS:  # of a run folder from elsewhere
            errors.append(Diagnostic("E030", f'there is no setting "{brief(key)}"', None))
            continue
        value = _read(key, override, None, None, errors)
        if isinstance(value, dict):
            errors += _find_unknown_outputs(key, value, outputs, {})
        if value is not None:
            read[key] = value
    rate_given = read.pop("learning_rate", None)
    settings = TrainSettings(
        **_sort_by_output(read, outputs), outputs=tuple(outputs) if len(outputs) > 1 else (), spans=tuple(spans.items())
    )
    if rate_given is not None:
        if "learning_rate" not in overrides and "learning_rate" in dict(settings.optimizer.keywords):
            help = "write it in the optimizer alone"
            errors.append(Diagnostic("E030", "the learning rate is set twice", spans["learning_rate"], help))
        settings = settings.replace(optimizer=set_learning_rate(settings.optimizer, rate_given))
    errors += find_conflicts(settings)
    if settings.soft and settings.loss is not None:
        settings = settings.replace(loss=soften_loss(settings.loss, settings.label_smoothing))
    return settings, tuple(errors)


BY_OUTPUT = {"loss": "losses", "metrics": "metrics_by_output", "loss_weights": "loss_weights"}


def _sort_by_output(read: Mapping[str, Any], outputs: Sequence[str]) -> dict[str, Any]:
    """Values as the settings have them: a mapping of outputs is a field of its own; of the only output it is its value."""
    found = dict(read)
    for key, field in BY_OUTPUT.items():
        if isinstance(named := found.get(key), dict):
            del found[key]
            if len(outputs) > 1 or key == "loss_weights":
                found[field] = tuple(named.items())
            elif named:
                found[key] = next(iter(named.values()))
    return found


def _find_unknown_outputs(
    key: str, named: Mapping[str, Any], outputs: Sequence[str], places: Mapping[str, Span]
) -> list[Diagnostic]:
    """E030 for each name in a setting that is no output of the network."""
    found = []
    for name in named:
        if outputs and name not in outputs:
            hint = write_suggestion(name, outputs).removeprefix("; ") or f"its outputs are {', '.join(outputs)}"
            found.append(
                Diagnostic("E030", f'{key} names "{name}", which is no output of the network', places.get(name), hint)
            )
    return found


def soften_loss(loss: Term, smoothing: float) -> Term:
    """A loss of classes for targets that are shares of every class: smoothed, and in the form that takes vectors."""
    given = dict(loss.keywords) | ({"label_smoothing": smoothing} if smoothing else {})
    given.pop("ignore_class", None)
    name = "CategoricalCrossentropy" if loss.name == "SparseCategoricalCrossentropy" else loss.name
    return loss.replace(name=name, keywords=tuple(given.items()))


def set_learning_rate(optimizer: Term, value: Any) -> Term:
    """The optimizer with another learning rate."""
    keywords = dict(optimizer.keywords)
    if "inner_optimizer" in keywords:
        keywords["inner_optimizer"] = set_learning_rate(keywords["inner_optimizer"], value)
    else:
        keywords["learning_rate"] = value
    return optimizer.replace(keywords=tuple(keywords.items()))


def _read(key: str, value: Any, at: Span | None, item: tree.Assign | None, errors: list[Diagnostic]) -> Any:
    try:
        return KEYS[key](value)
    except UnfitEntry as unfit:
        place = (
            _find_entries(item.value, at.source).get(unfit.name, at) if item is not None and at is not None else None
        )
        message = f"{key} of {unfit.name} must be {unfit.expected}, not {describe(unfit.value)}"
        errors.append(Diagnostic("E030", message, place, unfit.hint))
    except Unfit as unfit:
        shown = f'"{brief(value)}"' if at is None and isinstance(value, str) else describe(value)
        errors.append(Diagnostic("E030", f"{key} must be {unfit.expected}, not {shown}", at, unfit.hint))
    except WrongWord as wrong:
        errors.append(Diagnostic("E030", wrong.message, at and _find_place(wrong, item, at), wrong.help))
    return None


def _find_entries(node: tree.Node, source: Source) -> dict[str, Span]:
    """Where each entry of a mapping stands, by its key."""
    entries = (
        [entry for entry in node.entries if isinstance(entry, tree.Entry)] if isinstance(node, tree.Mapping) else []
    )
    return {entry.key.value: Span(source, entry.start, entry.end) for entry in entries}


# ---- where something stands --------------------------------------------------------------------------------
def _find_place(wrong: WrongWord, item: tree.Assign | None, otherwise: Span) -> Span:
    """The argument, or the part of it, at fault where its call is written in this setting, else the word, else the setting."""
    if wrong.term.place is None:
        return otherwise
    function, scope = wrong.term.place
    for call in _find_calls(item):
        if call.function is function and wrong.argument != "":
            for number, argument in enumerate(call.arguments):
                named = argument.name.text if argument.name else number
                if named == wrong.argument:
                    part = {"name": argument.name, "value": argument.value}.get(wrong.fault) or argument
                    return Span(scope.source, part.start, part.end)
    return Span(scope.source, function.start, function.end)


def _find_calls(item: tree.Node | None) -> Iterator[tree.Call]:
    waiting = [item]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Call):
            yield node
        for field in node._fields if isinstance(node, tree.Node) else ():
            value = getattr(node, field)
            waiting += value if isinstance(value, tuple) else (value,)
