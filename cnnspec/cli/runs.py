"""cnnspec runs: the trainings in a folder, or what some of them have apart, with their figures side by side."""

from __future__ import annotations

import os
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN, USAGE, UsageError, print_message
from cnnspec.cli.streams import find_width
from cnnspec.tables import escape
from cnnspec.tables.page import Page, Table
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.progress import format_figure
from cnnspec.train.runs import listing as runs
from cnnspec.train.runs.folder import RUNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from cnnspec.train.runs.listing import Run

SCHEMA_VERSION = 1
SPARE = ("spec", "parameters", "time", "epochs", "test", "best")  # of the list, what a narrow terminal leaves out first


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec runs": "the trainings in the folder runs",
            "cnnspec runs runs/net-1 runs/net-2": "what two of them have apart",
            "cnnspec runs --format json": "for scripts",
        },
    )
    parser.add_argument(
        "runs", metavar="RUN", nargs="*", help="a folder of runs to list (runs), or two or more runs to compare"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how they are printed")


def run(options: argparse.Namespace) -> int:
    paths = [os.path.normpath(path) for path in options.runs]
    try:
        if len(paths) > 1:
            return _print_comparison([runs.read_run(path) for path in paths], options.format)
        path = paths[0] if paths else RUNS
        if not paths and not os.path.isdir(path):
            raise UsageError("there is no folder runs here; cnnspec train makes one, or name another")
        found = [runs.read_run(path)] if os.path.lexists(os.path.join(path, "run.json")) else runs.list_runs(path)
    except TrainingFailed as error:
        raise UsageError(str(error)) from None
    if options.format == "json":
        print(escape.json({"schema_version": SCHEMA_VERSION, "runs": [_write_data(r) for r in found]}))
    elif not found:
        print_message(f"there are no runs in {path}")
    else:
        _print_table(
            ["run", "status", "epochs", "best", "test", "parameters", "time", "spec"], [_write_row(r) for r in found]
        )
    return _name_damaged(found)


def _name_damaged(found: list[Run]) -> int:
    damaged = [r for r in found if r.wrong]
    for one in damaged:
        print_message(one.wrong)
    return USAGE if damaged else CLEAN


def _write_data(one: Run) -> dict[str, Any]:
    return {"path": one.path, "state": one.status, **({"wrong": one.wrong} if one.wrong else one.record)}


def _write_row(one: Run) -> list[str]:
    if one.wrong:
        return [one.path, one.status, *[""] * 6]
    said, best, test = one.record, one.record["best"], one.record["test"] or {}
    shown = f"{best['by']} {_show_figure(best[best['by']])} (epoch {best['epoch']})" if best else ""
    name = "accuracy" if "accuracy" in test else "loss"
    tested = f"{name} {_show_figure(test[name])}" if name in test else ""
    return [
        one.path, one.status, f"{said['epochs']}/{said['settings']['epochs']}", shown, tested,
        f"{said['params']['total']:,}", _show_time(runs.read_seconds(said)), said["spec"].removeprefix("spec/"),
    ]  # fmt: skip


def _print_comparison(found: list[Run], form: str) -> int:
    whole = [r for r in found if not r.wrong]
    differing = runs.compare_settings([r.record for r in whole])
    figures = [runs.collect_figures(r.record) for r in whole]
    names = list(dict.fromkeys(name for one in figures for name in one))
    if form == "json":
        said = {"schema_version": SCHEMA_VERSION, "runs": [_write_data(r) for r in found], "settings": differing}
        print(escape.json(said | {"figures": {name: [f.get(name) for f in figures] for name in names}}))
        return _name_damaged(found)
    rows = [["status", *[r.status for r in whole]]]
    rows.append(["epochs", *[f"{r.record['epochs']}/{r.record['settings']['epochs']}" for r in whole]])
    rows.append(["best epoch", *[str((r.record["best"] or {}).get("epoch", "")) for r in whole]])
    rows += [[name, *[_show_figure(f[name]) if name in f else "" for f in figures]] for name in names]
    rows.append(["time", *[_show_time(runs.read_seconds(r.record)) for r in whole]])
    rows += [[name, *map(_show_value, values)] for name, values in differing.items() if name != "epochs"]
    _print_table(["", *[r.path for r in whole]], rows)
    return _name_damaged(found)


def _show_value(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(map(_show_value, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{k}={v}" for k, v in value.items()) or "none"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _show_figure(value: Any) -> str:
    """A figure, or one for every class."""
    if isinstance(value, list):
        return f"[{', '.join(map(_show_figure, value))}]"
    return "?" if value is None else format_figure(value)


def _show_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    page = Page(find_width(sys.stdout))
    page.add_table(Table(head, rows, spare=SPARE, ruled=False, indent=""))
    print(page.write(also="as does --format json"), end="")
