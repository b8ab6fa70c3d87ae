"""Runs as tables: one a line, or side by side with what they have apart."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.tables.page import Page, Table
from cnnspec.train.progress import format_figure, order_figures
from cnnspec.train.runs.folds import gather_folds
from cnnspec.train.runs.json import compare_figures
from cnnspec.train.runs.listing import compare_settings, read_seconds
from cnnspec.train.throughput import choose_noun, describe_rate, show_wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.runs.folds import Folds, Spread
    from cnnspec.train.runs.listing import Run

HEADINGS = ("run", "status", "epochs", "best", "test", "parameters", "time", "spec")
SPARE = ("spec", "parameters", "time", "epochs", "test", "best")  # of the list, what a narrow terminal leaves out first


def write_text(found: Sequence[Run], compared: bool, width: int | None = None) -> str:
    """The table of runs, or of what they have apart; nothing where there are none."""
    if not found:
        return ""
    head, rows = (write_headings(found), write_differences(found)) if compared else (HEADINGS, write_rows(found))
    page = Page(width)
    page.add_table(Table(head, rows, spare=SPARE, ruled=False, indent=""))
    if lines := write_folds(gather_folds(found)):
        page.add_text()
        page.add_texts(lines, hanging=2)
    return page.write(also="as does --format json")


def write_folds(found: Sequence[Folds]) -> list[str]:
    """A sentence for each cross-validation: how far it is, mean and spread of the figures of its tests."""
    return [f"{folds.path}: {write_spreads(folds)}" for folds in found]


def write_spreads(folds: Folds) -> str:
    """The figures of the tests, as 5 folds, test accuracy 0.9554 ± 0.0061, loss 0.1575 ± 0.0102."""
    tested = {name.removeprefix("test_"): one for name, one in folds.figures.items() if name.startswith("test_")}
    order = sorted(order_figures(tested), key=lambda name: name != "accuracy")
    shown = [f"{name} {show_spread(tested[name])}" for name in order]
    count = len(folds.finished)
    done = f"{count} of {count_nouns(folds.count, 'fold')}" if count < folds.count else count_nouns(count, "fold")
    meant = " (mean ± standard deviation, n - 1)" if count > 1 else ""
    return f"{done}, test {', '.join(shown)}{meant}" if shown else f"{done} finished"


def show_spread(spread: Spread) -> str:
    return format_figure(spread.mean) + ("" if spread.deviation is None else f" ± {format_figure(spread.deviation)}")


def write_rows(found: Sequence[Run]) -> list[list[str]]:
    """The cells of each run."""
    return [write_row(run) for run in found]


def write_row(run: Run) -> list[str]:
    if run.wrong:
        return [run.path, run.state, *[""] * 6]
    said, best, test = run.record, run.record["best"], run.record["test"] or {}
    shown = f"{best['by']} {show_figure(best[best['by']])} (epoch {best['epoch']})" if best else ""
    name = "accuracy" if "accuracy" in test else "loss"
    tested = f"{name} {show_figure(test[name])}" if name in test else ""
    return [
        run.path, run.state, f"{said['epochs']}/{said['settings']['epochs']}", shown, tested,
        f"{said['params']['total']:,}", show_time(read_seconds(said)), said["spec"].removeprefix("spec/"),
    ]  # fmt: skip


def write_headings(found: Sequence[Run]) -> list[str]:
    """The headings of a comparison: the runs that are whole."""
    return ["", *[run.path for run in found if not run.wrong]]


def write_differences(found: Sequence[Run]) -> list[list[str]]:
    """The rows of a comparison: how far each run came, its figures, and the settings that are not the same."""
    whole = [run for run in found if not run.wrong]
    rows = [["status", *[run.state for run in whole]]]
    rows.append(["epochs", *[f"{run.record['epochs']}/{run.record['settings']['epochs']}" for run in whole]])
    rows.append(["best epoch", *[str((run.record["best"] or {}).get("epoch", "")) for run in whole]])
    for name, values in compare_figures(whole).items():
        has = [name in run.figures for run in whole]
        rows.append([name, *[show_figure(v) if there else "" for v, there in zip(values, has, strict=True)]])
    rows.append(["time", *[show_time(read_seconds(run.record)) for run in whole]])
    if any("examples_per_second" in run.record for run in whole):
        rows.append(["speed", *[show_rate(run.record) for run in whole]])
        rows.append(["waiting for data", *[show_share(run.record) for run in whole]])
    differing = compare_settings([run.record for run in whole])
    rows += [[name, *map(show_value, values)] for name, values in differing.items() if name != "epochs"]
    return rows


def show_rate(record: dict[str, Any]) -> str:
    """How many examples a second a run has trained on; nothing where that was not measured."""
    rate = record.get("examples_per_second")
    return "" if rate is None else describe_rate(rate, find_noun(record))


def show_share(record: dict[str, Any]) -> str:
    """The share of the time in which it waited for data."""
    wait = record.get("data_wait")
    return "" if wait is None else show_wait(wait)


def find_noun(record: dict[str, Any]) -> str:
    """What the examples of a run are called."""
    data = record["data"]
    return choose_noun([one["shape"] for one in data["inputs"].values()] if "inputs" in data else [data["shape"]])


def show_value(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(map(show_value, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{k}={v}" for k, v in value.items()) or "none"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def show_figure(value: Any) -> str:
    """A figure, or one for every class."""
    if isinstance(value, list):
        return f"[{', '.join(map(show_figure, value))}]"
    return "?" if value is None else format_figure(value)


def show_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
