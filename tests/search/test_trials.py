"""A search whose trainings are made up: which trials there are, how it ends, and what an interruption changes, which is nothing."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.search import make_space
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.progress import Lines, format_figure
from cnnspec.train.run import Outcome
from tests.search.specs import DIGITS

pytest.importorskip("optuna", reason="Optuna comes with the extra search")
from cnnspec.search import search as searching
from cnnspec.search.asked import Asked, BadSearch, read_budget
from cnnspec.search.html import write_page
from cnnspec.search.text import name_figures, write_headings, write_rows
from cnnspec.search.trials import Found

SPACE = make_space(DIGITS, {"f": "2..12:2", "k": [1, 3]}, where="params < 200")
EPOCHS = 9


class Trainings:
    """What stands for trainings: the accuracy grows with the parameters and the epochs; `fail` says which fail, `stop` which is
    interrupted, of those that come so far."""

    def __init__(self, fail: Callable[[int], bool] = lambda number: False, stop: int | None = None) -> None:
        self.fail, self.stop, self.reached = fail, stop, 0
        self.trained: list[tuple[int, dict[str, Any]]] = []

    def __call__(self, asked: Asked, trial: Any, judged: Any, read: Any, judge: Any) -> Outcome:
        self.trained.append((trial.number, judged.parameters))
        if self.fail(trial.number):
            raise TrainingFailed("there is not enough memory", "give a smaller batch", 2)
        path = Path(asked.folder, trial.user_attrs["run"])
        path.mkdir(exist_ok=True)
        kept = path / "metrics.jsonl"
        done = len(kept.read_text().splitlines()) if kept.exists() else 0
        best: dict[str, Any] = {}
        for epoch in range(1, EPOCHS + 1):
            row = {"epoch": epoch, "val_accuracy": judged.figures["params"] / 200 * epoch / EPOCHS}
            best = {"by": "val_accuracy", **row}
            if epoch <= done:
                continue
            with open(kept, "a") as file:
                file.write(json.dumps(row) + "\n")
            self.reached += epoch == 4
            if epoch == 4 and self.stop == self.reached:
                raise KeyboardInterrupt
            if why := judge(row):
                return Outcome(str(path), stopped=why, best=best)
        return Outcome(str(path), best=best)


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Found]:
    """A search with such trainings."""

    def run(trainings: Trainings, trials: int = 6, folder: str = "runs", **more: Any) -> Found:
        monkeypatch.setattr(searching, "train_candidate", trainings)
        at = str(tmp_path / folder)
        space = more.pop("space", SPACE)
        study = os.path.join(at, "study.db")
        asked = Asked(space, {}, "val_accuracy", False, trials, at, more.pop("study", study), EPOCHS, **more)
        return searching.Search(asked, Lines(open(os.devnull, "w"), quiet=True)).run()

    return run


def show(found: Found) -> list[Any]:
    return [(one.number, one.state, one.parameters, one.value, one.curve, one.why) for one in found.trials]


def test_an_interruption_changes_nothing(search: Callable[..., Found]) -> None:
    whole = search(Trainings(), trials=4, folder="whole", pruner="none")
    stopped = Trainings(stop=2)
    with pytest.raises(KeyboardInterrupt):
        search(stopped, trials=4, pruner="none")
    assert len(stopped.trained) == 2
    rest = Trainings()
    found = search(rest, trials=4, pruner="none")
    assert rest.trained[0] == stopped.trained[-1], "what was interrupted goes on"
    assert show(found) == show(whole)
    assert show(search(Trainings(), trials=4, seed=1, folder="other", pruner="none")) != show(whole)


def test_the_page_shows_trials_of_one_epoch_and_has_the_numbers_of_the_table(search: Callable[..., Found]) -> None:
    found = search(Trainings(), trials=12)
    trials = [
        one.replace(figures={**one.figures, "params": one.figures["params"] * 1234567})
        for one in found.trials
        if one.curve
    ]
    page = write_page(found.replace(trials=trials))
    lengths = [len(trial.curve) for trial in trials]
    assert page.count('r="3"') == lengths.count(1) > 0
    assert page.count("<polyline") == len(lengths) - lengths.count(1) > 0
    done = [one.figures["params"] for one in trials if one.state == "finished"]
    ends = (min(done), max(done)) if len(done) > 1 else (done[0] - 1, done[0] + 1)
    assert all(f">{end:,}</text>" in page for end in ends)
    assert page.count("<h1>Search of ") == 1 == page.count("Search of ") - page.count("<title>Search of ")


def test_a_figure_is_written_as_sweep_and_solve_write_it(search: Callable[..., Found]) -> None:
    where = "params < 200 and coverage < 9 and peak_memory(dtype=int8) <= 4KiB"
    found = search(Trainings(), space=make_space(DIGITS, {"f": "2..12:2", "k": [1, 3]}, where=where), pruner="none")
    best = found.best
    assert best is not None
    cells = dict(zip(write_headings(found), write_rows(found, [best])[0], strict=True))
    assert cells["peak_memory(dtype=int8)"].endswith(" bytes")
    assert cells["coverage"].endswith(" %")
    assert cells["val_accuracy"] == format_figure(best.value)
    page = write_page(found.replace(cost="peak_memory(dtype=int8)"))
    assert len(re.findall(r">[\d,]+ bytes</text>", page)) == 2, "the ends of the axis"
    over = {"f": [int(best.parameters["f"])], "k": [int(best.parameters["k"])]}
    swept = str(cnnspec.sweep(DIGITS, over, where=where)).splitlines()
    row = next(line for line, above in zip(swept[2:], swept, strict=False) if above.split()[:1] == ["Number"])
    solved = str(cnnspec.solve(DIGITS, over, maximize="macs", subject=where.replace(" and ", ", ")))
    for name in name_figures(found):
        assert cells[name] in row
        assert f"{cells[name]} " in solved or f"{cells[name]}\n" in solved


def test_two_folders_share_a_study(search: Callable[..., Found], tmp_path: Path) -> None:
    """What is left in one is not gone on with in the other, which counts it, and says where it lies."""
    shared = {"study": str(tmp_path / "study.db"), "pruner": "none"}
    with pytest.raises(KeyboardInterrupt):
        search(Trainings(stop=2), trials=4, folder="one", **shared)
    other = Trainings()
    found = search(other, trials=4, folder="two", **shared)
    assert len(other.trained) == 2
    assert [one.state for one in found.trials if one.run] == ["finished", "running", "finished", "finished"]
    places = [one.run for one in found.trials if one.run]
    assert places[0].endswith(f":{tmp_path}/one/trial-0")
    assert places[2] == f"{tmp_path}/two/{Path(places[2]).name}"
    assert [one.state for one in search(Trainings(), trials=4, folder="one", **shared).trials if one.run] == [
        "finished"
    ] * 4


def test_no_candidate_is_trained_twice_until_all_were(search: Callable[..., Found]) -> None:
    trainings = Trainings()
    found = search(trainings, trials=100)
    assert found.ended == f"all {len(SPACE.fitting)} candidates that fit were tried"
    tried = [json.dumps(parameters) for _, parameters in trainings.trained]
    assert len(tried) == len(set(tried)) == len(SPACE.fitting)
    assert {one.state for one in found.trials} >= {"finished", "given up", "repeated"}
    best = max(SPACE.judge(digits).figures["params"] for digits in SPACE.fitting)
    assert found.best is not None
    assert found.best.figures["params"] == best
    assert all(one.figures["params"] < 200 for one in found.trials)


def test_what_is_given_up_was_worse_where_it_was(search: Callable[..., Found]) -> None:
    found = search(Trainings(), trials=7)
    given_up = found.of("given up")
    assert given_up
    for one in given_up:
        epoch, value = one.curve[-1]
        assert epoch < EPOCHS
        assert [other for other in found.trials if dict(other.curve).get(epoch, 0) > value]
    assert all(one.epochs == EPOCHS for one in found.of("finished"))
    none = search(Trainings(), trials=7, pruner="none", folder="none")
    assert not none.of("given up")
    assert search(Trainings(), trials=7, pruner="hyperband", folder="hyperband").of("given up")


def test_one_that_fails_is_told_and_the_others_go_on(search: Callable[..., Found]) -> None:
    found = search(Trainings(fail=lambda number: number in (2, 4)))
    failed = found.of("failed")
    assert [one.number for one in failed] == [2, 4]
    assert failed[0].why == "there is not enough memory; give a smaller batch"
    assert len(found.of("finished", "given up")) == 6, "what failed does not count"


def test_the_first_that_fails_ends_a_search(search: Callable[..., Found]) -> None:
    trainings = Trainings(fail=lambda number: True)
    with pytest.raises(TrainingFailed, match="not enough memory"):
        search(trainings)
    assert len(trainings.trained) == 1
    later = Trainings(fail=lambda number: number > 3)
    with pytest.raises(TrainingFailed, match="not enough memory"):
        search(later, trials=20)
    assert len(later.trained) < 8, "three in a row are enough"


def test_a_budget_of_epochs_leaves_a_trial_that_goes_on(search: Callable[..., Found]) -> None:
    found = search(Trainings(), epochs=12, pruner="none")
    assert found.ended == "its budget of 12 epochs is spent"
    assert [(one.state, one.epochs) for one in found.trials] == [("finished", 9), ("running", 3)]
    found = search(Trainings(), epochs=20, pruner="none")
    assert [one.epochs for one in found.trials if one.run] == [9, 9, 2]
    assert search(Trainings(), seconds=0.0).ended == "the time of its budget is over"


def test_an_objective_that_is_not_reported(search: Callable[..., Found]) -> None:
    def train(asked: Asked, trial: Any, judged: Any, read: Any, judge: Any) -> Outcome:
        judge({"epoch": 1, "loss": 0.5})
        raise AssertionError("it goes on")

    with pytest.raises(TrainingFailed, match="does not report val_accuracy; it has loss"):
        search(train)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", (90, None)),
        ("30m", (1800, None)),
        ("1.5 h", (5400, None)),
        ("1 epoch", (None, 1)),
        ("500 epochs", (None, 500)),
    ],
)
def test_budgets(text: str, expected: Any) -> None:
    assert read_budget(text) == expected


@pytest.mark.parametrize("text", ["", "0s", "-1h", "1.5 epochs", "0 epochs", "5", "h", "1e3s", "2 days", "nan s"])
def test_what_is_no_budget(text: str) -> None:
    with pytest.raises(BadSearch, match="--budget is a time or a number of epochs"):
        read_budget(text)
