"""What a training would do: settings, data, network and model are real, and nothing is trained or written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.facts.precision import in_bytes
from cnnspec.layers.base import show_shape
from cnnspec.train.figures import find_best_figure
from cnnspec.train.memory import find_need
from cnnspec.train.run import check_plan, prepare_training
from cnnspec.train.runs.folder import find_next_free
from cnnspec.train.runs.run_record import begin_record
from cnnspec.train.starting.compiled_phase import describe_phase

if TYPE_CHECKING:
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines


TARGETS = {  # `data_fit.Fit.targets` in words
    "classes": "its target the number of its class",
    "one-hot": "its target a share of every class",
    "column": "its target a number",
    "given": "its target as it is in the data",
    None: "not trained",
}


def describe_training(plan: TrainingPlan, shown: Lines) -> list[tuple[str, str]]:
    """Names and words that say what would be trained. Raises the errors that `train` would raise before its first batch."""
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
        ("data", f"{data['given']}: {data['train']:,} example{'s' * (data['train'] != 1)} to train, {data['validation']:,} to validate, {data['test']:,} to test"),
        *_describe_example(data),
        ("epochs", f"{settings.epochs}, of {steps:,} batch{'es' * (steps != 1)} of {settings.batch}: {settings.epochs * steps:,} step{'s' * (settings.epochs * steps != 1)}"),
        *([("start", str(prepared.plan.start))] if prepared.plan.start is not None else []),
        *([("frozen", describe_phase(prepared.model, settings, prepared.phase))] if settings.freeze else []),
        ("parameters", f"{total:,}, {'all' if trained == total else f'{trained:,}'} of them trained"),
        ("loss", record["loss"]),
        ("optimizer", _show(record["settings"]["optimizer"])),
        ("metrics", _show_metrics(record["settings"])),
        ("callbacks", _show(record["settings"]["callbacks"])),
        ("best epoch", f"the {'lowest' if lower else 'highest'} {figure}"),
        ("seed", str(settings.seed)),
        ("device", f"{', '.join(record['devices'])}, {record['precision']}, {backend} {record['versions'][backend]}"),
        ("memory", f"at least {in_bytes(need)}" if isinstance(need, int) else "?"),
        ("run folder", plan.run_dir or find_next_free(spec.name)),
    ]  # fmt: skip


def _describe_example(data: dict[str, Any]) -> list[tuple[str, str]]:
    """The shape and the target of an example; a row for each of several inputs and outputs."""
    if "inputs" not in data:
        return [("an example", f"{show_shape(data['shape'])}, {TARGETS[data['targets']]}")]
    inputs = [(f"input {name}", show_shape(given["shape"])) for name, given in data["inputs"].items()]
    return inputs + [
        (f"output {name}", TARGETS[given["targets"]].removeprefix("its target "))
        for name, given in data["outputs"].items()
    ]


def _show_metrics(settings: dict[str, Any]) -> str:
    by_output = {name: _show(own) for name, own in settings.get("metrics_by_output", {}).items()}
    return "; ".join(f"{name}: {own}" for name, own in by_output.items()) or _show(settings["metrics"])


def _show(value: object) -> str:
    if value is None:
        return "by the labels"
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
