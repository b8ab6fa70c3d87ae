"""A train section → well-formed settings, and what is wrong with the section.

Nothing here needs Keras, so a check can call `resolve(network.train)`. Whether the settings suit the network and the data
is a question of its own (`match`).
"""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import Span, brief
from cnnspec.elaborate.values import UNKNOWN, describe
from cnnspec.layers.argument import Term, Unfit
from cnnspec.syntax import tree
from cnnspec.train.conflicts import find_conflicts
from cnnspec.train.section_keys import ALIASES, BY_OUTPUT, KEYS, WRITTEN, UnfitEntry
from cnnspec.train.section_values import WrongWord
from cnnspec.train.settings import TrainSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cnnspec.base.source import Source
    from cnnspec.graph import Setting


FOLDERS = {"data": "folder", "start": "start_folder"}  # of settings that are paths: where one in a spec starts


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
            value = _read(key, _keep_names(key, setting.value, item.value), spans[key], item, errors)
            places = _find_entries(item.value, setting.site.source)
            spans |= {f"{key}.{name}": place for name, place in places.items()}
            if isinstance(setting.value, dict):
                errors += _find_unknown_outputs(key, setting.value, outputs, places) if key in BY_OUTPUT else []
            if key == "data" and isinstance(value, dict):  # pairs of other data, too, where an option names them
                read |= value
                value = read.pop("data")
            if value is not None and key not in overrides:
                read[key] = value
                if key in FOLDERS:
                    read[FOLDERS[key]] = os.path.dirname(setting.site.source.name)
    for key, override in overrides.items():
        if key not in KEYS:  # of a run folder from elsewhere
            hint = write_suggestion(key, KEYS).removeprefix("; ")
            errors.append(Diagnostic("E030", f'there is no setting "{brief(key)}"', None, hint))
            continue
        value = _read_override(key, override, errors)
        if isinstance(value, dict) and key in BY_OUTPUT:
            errors += _find_unknown_outputs(key, value, outputs, {})
        if value is not None:
            read[key] = value
    rate_given = read.pop("learning_rate", None)
    if "learning_rates" in read:
        read["learning_rates"] = tuple(read["learning_rates"].items())
    settings = TrainSettings(
        **_sort_by_output(read, outputs), outputs=tuple(outputs) if len(outputs) > 1 else (), spans=tuple(spans.items())
    )
    if rate_given is not None:
        if "learning_rate" not in overrides and "learning_rate" in dict(settings.optimizer.keywords):
            help = "write it in the optimizer alone"
            errors.append(Diagnostic("E030", "the learning rate is set twice", spans["learning_rate"], help))
        settings = settings.replace(optimizer=set_learning_rate(settings.optimizer, rate_given))
    errors += find_conflicts(settings, overrides)
    if settings.soft and settings.loss is not None:
        settings = settings.replace(loss=soften_loss(settings.loss, settings.label_smoothing))
    return settings, tuple(errors)


def _keep_names(key: str, value: Any, node: tree.Node) -> Any:
    """The value of a setting that holds names of the network, which stand for layers and functions there: the names."""
    if key != "freeze":
        return value
    if isinstance(node, tree.List) and isinstance(value, (list, tuple)) and len(value) == len(node.items):
        return [_keep_names(key, one, item) for one, item in zip(value, node.items, strict=True)]
    return node.text if isinstance(node, tree.Name) else value


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


def _read_override(key: str, value: Any, errors: list[Diagnostic]) -> Any:
    if key in WRITTEN and isinstance(value, str):
        from cnnspec.elaborate.value_text import evaluate_text

        try:
            value = evaluate_text(value, key, setting=True)
        except ValueError as error:
            errors.append(Diagnostic("E030", f"{key}: {error}", None))
            return None
    return _read(key, value, None, None, errors)


def _find_entries(node: tree.Node, source: Source) -> dict[str, Span]:
    """Where each entry of a mapping stands, by its key, and each name in a list."""
    if isinstance(node, tree.List):
        return {item.text: Span(source, item.start, item.end) for item in node.items if isinstance(item, tree.Name)}
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
