"""A report of trainings as one page, which loads nothing and runs nothing: how they compare, and of each its curves, scores, what it
gets worst, its settings and epochs. Models are measured on what was held back in their trainings."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

from cnnspec.api.html.evaluation import make_report as make_evaluation_report
from cnnspec.api.html.training_runs import make_epochs_report
from cnnspec.api.html.training_runs import make_report as make_runs_report
from cnnspec.base.confined_folder import ConfinedFolder
from cnnspec.base.count_nouns import count_nouns
from cnnspec.compile.backend import MissingExtra
from cnnspec.tables.escape import xml
from cnnspec.tables.html import HtmlTable, write_details, write_frame, write_html, write_lines, write_table
from cnnspec.train.runs.text import find_noun, show_time, show_value
from cnnspec.train.throughput import describe_speed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.train.runs.listing import Run

MOST_BYTES = 2**25  # of a picture in a run folder
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.45 Helvetica,Arial,'Liberation Sans',sans-serif;max-width:72em;margin:0 auto;padding:1em}"
    "section{margin:2.5em 0}h2{border-top:2px solid #8886;padding-top:.6em}img{max-width:100%;background:white;margin:.5em 0}"
)


def write_report(found: Sequence[Run], compared: bool, note: Callable[[str], None] = lambda text: None) -> str:
    """The page; `note` is called with the run that is measured."""
    parts = [write_html(make_runs_report(found, compared))]
    for run in found:
        if not run.wrong:
            note(f"measuring {run.path}")
            parts.append(f"<section>{write_run(run)}</section>")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>Trainings</title><style>{STYLE}</style>'
    )
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def write_run(run: Run) -> str:
    """The part of one run, which is whole."""
    record = run.record
    data, settings = record["data"], record["settings"]
    lines = [
        f"{run.state}, {record['epochs']} of {count_nouns(settings['epochs'], 'epoch')} in {show_time(record['seconds'])}",
        f"{record['params']['total']:,} parameters, {record['params']['trainable']:,} of them trained; loss {record['loss']}",
        f"data {data['given']}: {data['train']:,} examples to train, {data['validation']:,} to validate, {data['test']:,} to test",
        *data["notes"],
    ]
    if (rate := record.get("examples_per_second")) is not None:
        lines.insert(1, describe_speed(rate, record.get("data_wait"), find_noun(record)))
    rows = [[name, show_value(value)] for name, value in settings.items()]
    epochs = [{name: row[name] for name in row if name != "seconds"} for row in run.read_epochs()]
    return "".join(
        [
            f"<h2>{xml(run.path)}</h2>",
            write_lines(lines),
            write_curves(run),
            write_measured(run),
            write_details("settings", write_frame("", write_table(HtmlTable(("", ""), rows)))),
            write_details("epochs", write_html(make_epochs_report("", epochs, ""))) if epochs else "",
        ]
    )


def write_curves(run: Run) -> str:
    """The curves that the training drew; nothing where there are none."""
    try:
        with ConfinedFolder(run.path).open("curves.png", most=MOST_BYTES) as file:
            return write_picture(file.read(), f"loss and metrics of {run.path}, epoch by epoch")
    except OSError:
        return ""


def write_picture(png: bytes, what: str) -> str:
    """A PNG in the page itself."""
    return f'<p><img alt="{xml(what)}" src="data:image/png;base64,{b64encode(png).decode()}"></p>'


def write_measured(run: Run) -> str:
    """The scores on what was held back, and what is worst; why there are none where it cannot be measured."""
    from cnnspec.api.trained_models import measure
    from cnnspec.train.evaluation.worst import WorstExamples

    data, worst = run.record["data"], WorstExamples()
    part = next((part for part in ("test", "validation") if data[part]), None)
    if part is None:
        return write_lines(["nothing was held back to measure on"])
    try:
        found = measure(run.path, part, worst)
    except (OSError, ValueError, MissingExtra, MemoryError) as error:
        return write_lines(
            [f"not measured: {error.strerror if isinstance(error, OSError) and error.strerror else error}"]
        )
    scores = write_html(make_evaluation_report(found, found.notes))
    if worst.missing:
        return scores
    drawn = BytesIO()
    try:
        worst.draw("what it gets worst" + (f" of {worst.output}" if len(found.outputs) > 1 else ""), drawn, ".png")
    except ImportError:
        return scores
    return scores + write_picture(drawn.getvalue(), f"the examples that {run.path} gets worst")
