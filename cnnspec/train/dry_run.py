"""What a training would do: settings, data, network and model are real, and nothing is trained or written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.facts.precision import in_bytes
from cnnspec.layers.base import show_shape
from cnnspec.train.figures import find_best_figure
from cnnspec.train.folds import check_folds, plan_fold
from cnnspec.train.memory import find_need
from cnnspec.train.run import check_plan, prepare_training
from cnnspec.train.runs.folder import find_next_free
from cnnspec.train.runs.run_record import begin_record
from cnnspec.train.starting.compiled_phase import describe_phase

if TYPE_CHECKING:
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines
    from cnnspec.train.run import Prepared


TARGETS = {  # `data_fit.Fit.targets` in words
    "classes": "the number of its class",
    "one-hot": "a share of every class",
    "column": "a number",
    "given": "as it is in the data",
    None: "not trained",
}


def describe_training(plan: TrainingPlan, shown: Lines) -> list[tuple[str, str]]:
    """Names and words that say what would be trained. Raises the errors that `train` would raise before its first batch."""
    folds = plan.settings.folds
    if folds is not None and plan.settings.fold is None:
        check_folds(plan)
        plan = plan_fold(plan, 1)
    check_plan(plan)
    prepared, settings, spec = prepare_training(plan, shown), plan.settings, plan.spec
    assert spec is not None
    steps = prepared.runtime.make_training_batches(prepared.data.train).whole
    prepared.runtime.leave()
    record = begin_record(prepared.plan, prepared.data, prepared.model, prepared.loss, prepared.runtime)
    data, backend = record["data"], record["backend"]
    need = find_need(plan).bytes(settings.batch)
    total, trained = record["params"]["total"], record["params"]["trainable"]
    figure, lower = find_best_figure(settings)
    return [
        ("data", f"{data['given']}: {count_nouns(data['train'], 'example')} to train, {data['validation']:,} to validate, {data['test']:,} to test"),
        *([("fold", f"{settings.fold} of {folds}")] if folds is not None else []),
        *_describe_example(data, prepared),
        ("epochs", f"{settings.epochs}, of {steps:,} batch{'es' * (steps != 1)} of {settings.batch}: {count_nouns(settings.epochs * steps, 'step')}"),
        *([("start", str(prepared.plan.start))] if prepared.plan.start is not None else []),
        *([("frozen", describe_phase(prepared.model, settings, prepared.phase))] if settings.freeze else []),
        ("parameters", f"{total:,}, {'all' if trained == total else f'{trained:,}'} of them trained"),
        ("loss", record["loss"]),
        ("optimizer", _show(record["settings"]["optimizer"])),
        *_describe_rates(record["settings"]),
        ("metrics", _show_metrics(record["settings"])),
        ("callbacks", _show(record["settings"]["callbacks"])),
        ("best epoch", f"the {'lowest' if lower else 'highest'} {figure}"),
        ("seed", str(settings.seed)),
        ("device", f"{', '.join(record['devices'])}, {record['precision']}, {backend} {record['versions'][backend]}"),
        ("memory", f"at least {in_bytes(need)}" if isinstance(need, int) else "?"),
        ("run folder", plan.run_dir or find_next_free(spec.name)),
    ]  # fmt: skip


def _describe_example(data: dict[str, Any], prepared: Prepared) -> list[tuple[str, str]]:
    """The shape and the target of an example; a row for each of several inputs and outputs."""
    shapes = [tuple(targets.shape[1:]) for targets in prepared.data.train.outputs]
    if "inputs" not in data:
        return [
            ("an example", f"{show_shape(data['shape'])}, its target {_describe_target(data['targets'], shapes[0])}")
        ]
    inputs = [(f"input {name}", show_shape(given["shape"])) for name, given in data["inputs"].items()]
    return inputs + [
        (f"output {name}", _describe_target(given["targets"], shape))
        for (name, given), shape in zip(data["outputs"].items(), shapes, strict=True)
    ]


def _describe_target(form: str | None, shape: tuple[int, ...]) -> str:
    """A target of a form and a shape, in words."""
    places = shape if form == "classes" else shape[:-1] if form in ("one-hot", "column") else ()
    return TARGETS[form] + (f" at each of {show_shape(places)} places" if places else "")


def _describe_rates(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """What layers have in place of the optimizer's learning rate, and all from an epoch on."""
    factors = [f"{factor:g} times for {name}" for name, factor in settings.get("learning_rates", {}).items()]
    later = (
        [f"{settings['unfreeze_rate']} after epoch {settings['unfreeze_after']}"] if "unfreeze_rate" in settings else []
    )
    return [("learning rate", ", ".join(factors + later))] if factors or later else []


def _show_metrics(settings: dict[str, Any]) -> str:
    by_output = {name: _show(own) for name, own in settings.get("metrics_by_output", {}).items()}
    return "; ".join(f"{name}: {own}" for name, own in by_output.items()) or _show(settings["metrics"])


def _show(value: object) -> str:
    if value is None:
        return "by the labels"
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
