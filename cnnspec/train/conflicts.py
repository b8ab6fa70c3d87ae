"""Settings that are well-formed one by one, and contradict each other: what Keras would refuse some epochs into the training."""

from __future__ import annotations

import os

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import Span
from cnnspec.layers.argument import Term
from cnnspec.train.figures import list_figures
from cnnspec.train.section_words import LOSSES, MIXING, spell_term

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from cnnspec.train.settings import TrainSettings


def find_conflicts(settings: TrainSettings, overridden: Collection[str] = ()) -> list[Diagnostic]:
    """Settings that Keras would refuse, or silently ignore, some epochs into the training. `overridden` are those which
    an option has given, that may stand in the way of what the section says."""
    found = []
    optimizer = dict(settings.optimizer.keywords)
    known = list(list_figures(settings))
    if settings.best is not None and settings.best not in known:
        hint = write_suggestion(settings.best, known).removeprefix("; ")
        message = f'best is "{settings.best}", which this training does not report'
        help = hint or f"it reports {', '.join(known)}"
        found.append(Diagnostic("E030", message, settings.span("best"), help))
    for callback in settings.callbacks:
        name, given = spell_term(callback), dict(callback.keywords)
        at = find_word_span(callback) or settings.span("callbacks")
        if name in ("reduce_lr_on_plateau", "learning_rate_scheduler") and isinstance(
            optimizer.get("learning_rate"), Term
        ):
            message = f"{name} cannot change a learning rate that follows a schedule"
            found.append(Diagnostic("E030", message, at, "give the optimizer a number, or leave the callback out"))
        if name == "swap_ema_weights" and optimizer.get("use_ema") is not True:
            message = "swap_ema_weights needs an optimizer that keeps a moving average"
            found.append(Diagnostic("E030", message, at, f"write {spell_term(settings.optimizer)}(use_ema=true)"))
        watched = _find_watched_figure(callback, given)
        if watched is not None and watched not in known:
            message = f'{name} watches "{watched}", which this training does not report'
            hint = write_suggestion(watched, known).removeprefix("; ") or f"it reports {', '.join(known)}"
            if watched.startswith("val_") and settings.validation == 0 and watched[4:] in known:
                hint = "set validation = 0.1, or watch " + watched[4:]
            found.append(Diagnostic("E030", message, _find_value_span(callback, "monitor") or at, hint))
    found += _find_path_conflicts(settings)
    found += _find_phase_conflicts(settings, overridden)
    weights = [weight for _, weight in settings.loss_weights]
    if weights and not settings.outputs:
        help = "leave them out, or change the learning rate"
        message = "loss_weights weigh the losses of several outputs, and the network has one"
        found.append(Diagnostic("E030", message, settings.span("loss_weights"), help))
    elif weights and len(weights) == len(settings.outputs) and not any(weights):
        message = "loss_weights are 0 for all outputs: nothing would be learned"
        found.append(Diagnostic("E030", message, settings.span("loss_weights"), "give one a weight above 0"))
    for key in ("columns", "group"):
        if getattr(settings, key) and settings.data is not None and not settings.data.lower().endswith(BY_NAME):
            message = f"{key} {'name' if key == 'columns' else 'names'} what a table or a .npz holds, and data is {settings.data}"
            found.append(Diagnostic("E030", message, settings.span(key), "leave it out, or list the files in a CSV"))
    found += [
        *_find_fold_conflicts(settings, overridden),
        *_find_sampling_conflicts(settings),
        *_find_resize_conflicts(settings),
        *_find_crop_conflicts(settings),
    ]
    return found + (_find_conflicts_of_several(settings) if settings.outputs else _find_soft_conflicts(settings))


def _find_phase_conflicts(settings: TrainSettings, overridden: Collection[str]) -> list[Diagnostic]:
    """Settings of what is frozen, and of rates of their own, that say nothing or cannot be had."""
    found = []
    if settings.unfreeze_after is not None and not settings.freeze:
        message = "unfreeze_after trains what is frozen, and nothing is"
        found.append(Diagnostic("E030", message, settings.span("unfreeze_after"), "say what with freeze = [stem]"))
    elif (
        settings.unfreeze_after is not None
        and settings.unfreeze_after >= settings.epochs
        and "epochs" not in overridden
    ):
        message = f"unfreeze_after is {settings.unfreeze_after}, and there are {count_nouns(settings.epochs, 'epoch')}: what is frozen is never trained"
        help = "give it less than the epochs, or leave it out"
        found.append(Diagnostic("E030", message, settings.span("unfreeze_after"), help))
    if settings.unfreeze_rate is not None and settings.unfreeze_after is None:
        message = "unfreeze_rate is the learning rate after unfreeze_after, which is not set"
        found.append(Diagnostic("E030", message, settings.span("unfreeze_rate"), "write unfreeze_after = 5"))
    changing = {spell_term(callback): callback for callback in settings.callbacks}
    if settings.unfreeze_rate is not None and (callback := changing.get("learning_rate_scheduler")) is not None:
        message = "learning_rate_scheduler sets the learning rate of every epoch, so unfreeze_rate would say nothing"
        found.append(
            Diagnostic("E030", message, find_word_span(callback) or settings.span("callbacks"), "leave one out")
        )
    if isinstance(settings.unfreeze_rate, Term) and (callback := changing.get("reduce_lr_on_plateau")) is not None:
        message = "reduce_lr_on_plateau cannot change a learning rate that follows a schedule, as unfreeze_rate does"
        help = "give unfreeze_rate a number, or leave the callback out"
        found.append(Diagnostic("E030", message, find_word_span(callback) or settings.span("callbacks"), help))
    inner = dict(settings.optimizer.keywords).get("inner_optimizer", settings.optimizer)
    if settings.learning_rates and inner.name == "Nadam":
        message = "learning_rates need an optimizer that treats weights apart, and nadam has a product for all of them"
        found.append(Diagnostic("E030", message, settings.span("learning_rates"), "use adam or adamw"))
    return found


def _find_fold_conflicts(settings: TrainSettings, overridden: Collection[str]) -> list[Diagnostic]:
    found = []
    folds, fold = settings.folds, settings.fold
    if fold is not None and (folds is None or fold > folds):
        message = f"fold is {fold}, and there are {'no' if folds is None else folds} folds"
        help = "write folds = 5 beside it" if folds is None else f"give one from 1 to {folds}"
        found.append(Diagnostic("E030", message, settings.span("fold"), help))
    written = settings.span("folds") is not None and settings.span("test") is not None
    if folds is not None and (written or "test" in overridden):  # the option folds takes the place of a share
        message = f"test is a share of the data, and each of {folds} folds is tested on in its turn"
        found.append(Diagnostic("E030", message, settings.span("test"), "leave one out"))
    return found


def _find_resize_conflicts(settings: TrainSettings) -> list[Diagnostic]:
    if settings.resize is None or settings.data is None or not settings.data.lower().endswith(".npz"):
        return []
    message = f"resize is for images, and the arrays of {settings.data} are taken in the size that they have"
    return [Diagnostic("E030", message, settings.span("resize"), "leave it out")]


def _find_crop_conflicts(settings: TrainSettings) -> list[Diagnostic]:
    if settings.crop is None:
        if settings.windows is None:
            return []
        message = "windows says how many crop cuts out of each image, and crop is not set"
        return [Diagnostic("E030", message, settings.span("windows"), "write crop = 256x256, or leave it out")]
    if settings.resize is not None:
        message = "crop cuts windows out of images at their own scale, and resize changes it"
        return [Diagnostic("E030", message, settings.span("resize") or settings.span("crop"), "leave one out")]
    if settings.pairing:
        message = f"crop cuts windows out of images one by one, and data are {settings.pairing} of them"
        return [Diagnostic("E030", message, settings.span("crop"), "leave it out, or cut the images up before")]
    return []


def _find_sampling_conflicts(settings: TrainSettings) -> list[Diagnostic]:
    if settings.sampling is None:
        return []
    if settings.class_weights is not None:
        message = "sampling = balanced shows each class equally often, and class_weights would count them once more"
        return [Diagnostic("E030", message, settings.span("class_weights"), "leave one out")]
    if not settings.shuffle:
        message = "sampling = balanced draws other examples in each epoch, and shuffle = false keeps their order"
        return [Diagnostic("E030", message, settings.span("shuffle"), "leave one out")]
    return []


BY_NAME = (".csv", ".tsv", ".npz")  # data whose columns or arrays have names
OWN_FILES = ("spec", "run.json", "metrics.csv", "metrics.jsonl", "curves.png", "best.keras", "last.keras", "state")


def _find_path_conflicts(settings: TrainSettings) -> list[Diagnostic]:
    """Paths of callbacks that the run itself, or the clearing of a backup, would destroy: they lie in the run folder."""
    found = []
    paths: list[tuple[Term, str]] = []
    for callback in settings.callbacks:
        given = dict(callback.keywords)
        named = [str(given[name]) for name in ("filename", "filepath", "backup_dir", "log_dir") if name in given]
        paths += [(callback, os.path.normpath(path.replace("\\", "/"))) for path in named]
    for callback, path in paths:
        at = find_word_span(callback) or settings.span("callbacks")
        first = path.split(os.sep)[0]
        if first in OWN_FILES:
            message = f"{spell_term(callback)} writes {path}, which the run folder keeps by itself"
            found.append(Diagnostic("E030", message, at, "give it another name, or leave the callback out"))
        inside = [other for c, other in paths if c is not callback and (other + os.sep).startswith(path + os.sep)]
        if callback.name == "BackupAndRestore" and inside:
            message = f"{spell_term(callback)} deletes {path} after the training, and {inside[0]} lies in it"
            found.append(Diagnostic("E030", message, at, "give it a folder of its own"))
    return found


def _find_soft_conflicts(settings: TrainSettings) -> list[Diagnostic]:
    """Settings that contradict soft targets: shares of every class, because labels are smoothed or images mixed."""
    found = []
    key = "label_smoothing" if settings.label_smoothing else "augment"
    at, what = settings.span(key), "label_smoothing" if settings.label_smoothing else "a mixture of images"
    if settings.soft and settings.loss is not None:
        word, given = spell_term(settings.loss), dict(settings.loss.keywords)
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
        if settings.soft and spell_term(metric).startswith("sparse_"):
            message = f"{spell_term(metric)} takes class numbers, and with {what} a target is a share of every class"
            help = f"write {spell_term(metric).removeprefix('sparse_')}"
            found.append(Diagnostic("E030", message, find_word_span(metric) or at, help))
    mixing = [spell_term(layer) for layer in settings.augment if layer.name in MIXING]
    if mixing and settings.class_weights is not None:
        message = f"{mixing[0]} makes examples of two classes, which have no weight of one"
        found.append(Diagnostic("E030", message, settings.span("class_weights"), "leave one out"))
    return found


def _find_conflicts_of_several(settings: TrainSettings) -> list[Diagnostic]:
    """Settings that are for a network of one output, and losses, weights and metrics of outputs that have none."""
    found = []
    if settings.label_smoothing:
        help = "write it in a loss: loss = {label: categorical_crossentropy(label_smoothing=0.1)}"
        found.append(_refuse_several("label_smoothing", settings, help))
    if settings.class_weights is not None:
        found.append(_refuse_several("class_weights", settings, "leave them out"))
    if settings.sampling is not None:
        found.append(_refuse_several("sampling", settings, "leave it out"))
    if mixing := [spell_term(layer) for layer in settings.augment if layer.name in MIXING]:
        found.append(_refuse_several("augment", settings, f"leave {mixing[0]} out", mixing[0]))
    for key, named in (("loss_weights", settings.loss_weights), ("metrics", settings.metrics_by_output)):
        for name, _ in named:
            if name in settings.outputs and not settings.trains(name):
                message = f"{key} names the output {name}, which has no loss"
                found.append(Diagnostic("E030", message, settings.span(f"{key}.{name}"), "give it one in loss, too"))
    return found


def _refuse_several(key: str, settings: TrainSettings, help: str, what: str = "") -> Diagnostic:
    message = f"{what or key} is for a network of one output, this one has {len(settings.outputs)}"
    return Diagnostic("E030", message, settings.span(key), help)


def _find_watched_figure(callback: Term, given: dict[str, Any]) -> str | None:
    if callback.name in ("EarlyStopping", "ReduceLROnPlateau") or given.get("save_best_only") is True:
        return str(given.get("monitor", "val_loss"))
    return None


def _find_value_span(term: Term, name: str) -> Span | None:
    """Where an argument that is given by its name has its value; None where it is not."""
    for argument in term.call.arguments if term.call is not None and term.place is not None else ():
        if argument.name is not None and argument.name.text == name:
            return Span(term.place[1].source, argument.value.start, argument.value.end)
    return None


def find_word_span(term: Term) -> Span | None:
    """Where a word is written; None for one that no text says."""
    if term.place is None:
        return None
    node, scope = term.place
    return Span(scope.source, node.start, node.end)
