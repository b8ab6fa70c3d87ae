"""A search as text: the trials, the best first, and what no other beats in the objective and a cost."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.layers.argument import show
from cnnspec.search.trials import FAILED, FINISHED, GIVEN_UP, REPEATED, RUNNING, UNFIT
from cnnspec.sweep.table import show_quantity
from cnnspec.tables.page import Page, Table
from cnnspec.train.progress import format_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.search.trials import Found, Trial

SHOWN = 20  # trials
NOTHING = "-"  # where a trial has no such figure


def write_text(found: Found, width: int | None = None) -> str:
    """What a search found."""
    page = Page(width)
    page.add_texts([write_head(found), ""])
    shown = list_trials(found)
    if shown:
        page.add_table(Table(write_headings(found), write_rows(found, shown[:SHOWN]), find_right(found)))
    if len(shown) > SHOWN:
        page.add_texts([f"and {count_nouns(len(shown) - SHOWN, 'trial')} more, which --format json has"])
    if len(found.front) > 1:
        page.add_texts(["", write_front_title(found)])
        page.add_table(Table(write_headings(found), write_rows(found, found.front), find_right(found)))
    notes = write_notes(found)
    page.add_texts([""] * bool(notes) + notes)
    return page.write(also="as does --format json")


def write_head(found: Found) -> str:
    """What was searched, and how many trials came to what."""
    counts = [(state, len(found.of(state))) for state in (FINISHED, GIVEN_UP, FAILED, RUNNING)]
    said = ", ".join([f"{count:,} {state}" for state, count in counts if count]) or "none trained"
    if found.fitting is None:
        space = f"{found.space:,} candidates"
    else:
        space = f"{count_nouns(found.fitting, 'candidate')} that fit, of {found.space:,}"
    return f'Search of "{found.name}" for the {"least" if found.lower else "largest"} {found.objective}, among {space}: {said}'


def write_front_title(found: Found) -> str:
    return f"Beaten by no other in {found.objective} and {found.cost}: {len(found.front)}"


def list_trials(found: Found) -> list[Trial]:
    """The trials that were trained, the best first, those given up behind those that were not."""
    known = [trial for trial in found.of(FINISHED, GIVEN_UP, FAILED, RUNNING) if trial.run]
    states = (FINISHED, RUNNING, GIVEN_UP, FAILED)
    return sorted(known, key=lambda trial: (states.index(trial.state), *found.order(trial)))


def write_headings(found: Found) -> list[str]:
    return ["Trial", *found.axes, *name_figures(found), found.objective, "Epochs", "State"]


def find_right(found: Found) -> set[int]:
    """The columns of numbers."""
    return set(range(len(write_headings(found)) - 1))


def name_figures(found: Found) -> list[str]:
    """The figures of candidates that are shown."""
    return list(dict.fromkeys([name for trial in found.trials for name in trial.figures]))


def write_rows(found: Found, trials: Sequence[Trial]) -> list[list[str]]:
    """A row for each trial."""
    return [
        [
            str(trial.number), *[find_option(trial, axis) for axis in found.axes],
            *[show_cost(name, trial.figures.get(name)) for name in name_figures(found)], show_value(trial.value),
            str(trial.epochs), trial.state,
        ]
        for trial in trials
    ]  # fmt: skip


def find_option(trial: Trial, axis: str) -> str:
    """The option of a trial on an axis: of w[1] that element of the list."""
    name, _, place = axis.partition("[")
    value = trial.parameters.get(name, NOTHING)
    if not place:
        return value
    return show(evaluate_text(value, axis)[int(place[:-1])])


def show_cost(name: str, value: Any) -> str:
    """A figure of a candidate: of "peak_memory(dtype=int8)" as that quantity is written."""
    return NOTHING if value is None else show_quantity(name.partition("(")[0], value)


def show_value(value: float | None) -> str:
    """What a candidate was trained for."""
    return NOTHING if value is None else format_figure(value)


def write_notes(found: Found) -> list[str]:
    """The best trial, why the search ended, and what was not trained."""
    notes = []
    best = found.best
    if best is not None:
        options = ", ".join([f"{axis}={find_option(best, axis)}" for axis in found.axes])
        notes.append(f"the best: trial {best.number} with {options}, in {best.run}")
    if found.ended:
        notes.append(f"ended: {found.ended}")
    for state, what in ((UNFIT, "of candidates that do not fit"), (REPEATED, "of candidates that were tried before")):
        if count := len(found.of(state)):
            notes.append(f"not trained: {count_nouns(count, 'proposal')} {what}")
    if running := found.of(RUNNING):
        numbers = join_words([str(trial.number) for trial in running])
        notes.append(f"not at its end: trial {numbers}; the same command goes on with what no other process trains")
    for trial in found.of(FAILED):
        notes.append(f"trial {trial.number} failed: {trial.why}")
    return notes
