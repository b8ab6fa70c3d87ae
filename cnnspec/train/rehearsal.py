"""What a training would do, everything but the training: settings, data, network and model are real, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.cost.memory import training
from cnnspec.facts.optimizer_slots import count_known_slots
from cnnspec.facts.precision import in_bytes, precision
from cnnspec.train.run import prepared, refuse
from cnnspec.train.runs import folder
from cnnspec.train.runs import run_record as account
from cnnspec.train.runs.run_callback import best_of

if TYPE_CHECKING:
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Graph
    from cnnspec.train.progress import Lines
    from cnnspec.train.runs.spec import Spec
    from cnnspec.train.settings import TrainSettings


TARGETS = {  # of match.Fit, as a reader may want to know them
    "classes": "its target the number of its class",
    "one-hot": "its target a share of every class",
    "column": "its target a number",
    "given": "its target as it is in the data",
}


def rehearse(
    graph: Graph, settings: TrainSettings, spec: Spec, facts: Facts, shown: Lines, run_dir: str | None = None,
    output: str | None = None,
) -> list[str]:  # fmt: skip
    """The lines that say what would be trained. Raises what `train` would raise before its first batch."""
    refuse(graph, settings, None, run_dir, output)
    ready = prepared(graph, settings, shown)
    steps = ready.spot.training(ready.data.train).whole
    ready.spot.leave()
    said = account.account(spec, settings, ready.data, ready.model, ready.spot, output)
    data = said["data"]
    need = training(facts, precision(said["precision"]), count_known_slots(settings.optimizer)).bytes(settings.batch)
    total, trained = said["params"]["total"], said["params"]["trainable"]
    figure, lower = best_of(settings)
    shape = "x".join(map(str, data["shape"]))
    rows = [
        ("data", f"{data['given']}: {data['train']:,} examples to train, {data['validation']:,} to validate, {data['test']:,} to test"),
        ("an example", f"{shape}, {TARGETS[data['targets']]}"),
        ("epochs", f"{settings.epochs}, of {steps:,} batches of {settings.batch}: {settings.epochs * steps:,} steps"),
        ("parameters", f"{total:,}, {'all' if trained == total else f'{trained:,}'} of them trained"),
        ("loss", said["loss"]),
        *((name, _text(said["settings"][name])) for name in ("optimizer", "metrics", "callbacks")),
        ("best epoch", f"the {'lowest' if lower else 'highest'} {figure}"),
        ("seed", str(settings.seed)),
        ("device", f"{', '.join(said['devices'])}, {said['precision']}, {said['backend']} {said['versions'][said['backend']]}"),
        ("memory", f"at least {in_bytes(need)}" if isinstance(need, int) else "?"),
        ("run folder", run_dir or folder.next_free(spec.name)),
    ]  # fmt: skip
    width = max(len(name) for name, _ in rows)
    return [f"{name:{width}}  {value}" for name, value in rows]


def _text(value: object) -> str:
    if value is None:
        return "by the labels"
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
