"""Optuna on the candidates of a spec: what it is suggested, what it is told, and its studies in files."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from cnnspec.search.space import make_space
from tests.search.specs import CHAIN, DEEP

optuna = pytest.importorskip("optuna", reason="Optuna comes with the extra search")
from cnnspec.search.optuna import BadStudy, Unfit, make_study, suggest  # noqa: E402

OVER: dict[str, Any] = {"n": "1..24", "f": "8..256:8", "act": "relu, swish"}
KINDS: dict[str, Any] = {"size": "24..36:3", "k": "2, 5, 3", "p": "1..3", "w[*]": "4..64:*2", "scale": "0.25..1.0:0.25"}
optuna.logging.set_verbosity(optuna.logging.ERROR)


@pytest.mark.parametrize(("text", "over"), [(DEEP, OVER), (CHAIN, KINDS)])
@pytest.mark.parametrize("sampler", ["RandomSampler", "TPESampler", "NSGAIISampler", "QMCSampler"])
def test_all_that_is_suggested_fits(text: str, over: dict[str, Any], sampler: str) -> None:
    space = make_space(text, over, where="params < 20k and macs > 10k")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study = make_study(space, sampler=getattr(optuna.samplers, sampler)(seed=1))

    def measure(trial: Any) -> float:
        parameters = suggest(trial, space)
        assert suggest(trial, space) == parameters, "asked again, a trial says the same"
        network = space.load(parameters)
        assert not [one for one in network.diagnostics if one.severity == "error"]
        assert network.params < 20_000
        assert trial.user_attrs["params"] == network.params
        assert trial.user_attrs["macs"] == network.macs
        return float(network.macs)

    study.optimize(measure, n_trials=12)
    assert all(trial.state.name == "COMPLETE" for trial in study.trials)
    assert all(set(trial.constraints.values()) == {0.0} for trial in study.trials)
    assert len({json.dumps(trial.user_attrs["parameters"]) for trial in study.trials}) > 5


def test_of_a_large_space_what_does_not_fit_violates_constraints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnspec.search.space.MOST", 100)
    space = make_space(CHAIN, KINDS, where="params < 2k")
    study = make_study(space, sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(lambda trial: suggest(trial, space)["size"], n_trials=60)
    states = {trial.state.name for trial in study.trials}
    assert states == {"COMPLETE", "PRUNED"}
    for trial in study.trials:
        fits = trial.state.name == "COMPLETE"
        assert fits == (sum(trial.constraints.values()) == 0)
        assert fits == ("reason" not in trial.user_attrs)
    reasons = {trial.user_attrs.get("reason", "")[:20] for trial in study.trials}
    assert "it does not meet par" in reasons
    assert any("does not fit" in trial.user_attrs.get("reason", "") for trial in study.trials)
    assert set(study.best_trial.constraints.values()) == {0.0}
    study.enqueue_trial({"size": 36, "k (place)": 0, "p": 1, "w[0] (place)": 4, "w[1] (place)": 4, "scale": 1.0})
    with pytest.raises(Unfit):  # by hand, too
        suggest(study.ask(), space)


def test_a_spec_can_be_named_at_once() -> None:
    study = optuna.create_study(direction="minimize", sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(lambda trial: suggest(trial, DEEP, {"n": "1..3"}, where="params < 20k", f=8)["n"], n_trials=12)
    assert study.best_value == 1


WORKER = """
import sys
import optuna
from cnnspec.search.optuna import make_study, suggest
from cnnspec.search.space import make_space
from tests.search.specs import DEEP
space = make_space(DEEP, {"n": "1..24", "f": "8..256:8"}, where="params < 100k")
study = make_study(space, sys.argv[1], sampler=optuna.samplers.RandomSampler())
study.optimize(lambda trial: suggest(trial, space)["n"], n_trials=8)
"""


@pytest.mark.parametrize("file", ["study.db", "study.log"])
def test_several_processes_work_on_one_study(file: str, tmp_path: Path) -> None:
    place = tmp_path / file
    started = [subprocess.Popen([sys.executable, "-c", WORKER, str(place)], stderr=subprocess.PIPE) for _ in range(2)]
    for process in started:
        assert process.communicate(timeout=100)[1].decode().count("Traceback") == 0
    study = make_study(make_space(DEEP, {"n": "1..24", "f": "8..256:8"}, where="params < 100k"), place)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 16
    with pytest.raises(BadStudy, match="has a study of another search, with other values for the conditions: go on"):
        make_study(make_space(DEEP, {"n": "1..24", "f": "8..256:8"}, where="params < 10k"), place)
    with pytest.raises(BadStudy, match="other values for the options: go on"):
        make_study(make_space(DEEP, {"n": "1..24", "f": "8..128:8"}, where="params < 100k"), place)
    with pytest.raises(BadStudy, match="other values for the text of the spec, direction"):
        make_study(
            make_space(DEEP + "\n", {"n": "1..24", "f": "8..256:8"}, where="params < 100k"), place, direction="minimize"
        )
    assert len(study.trials) == 16, "nothing is overwritten"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("study.db", b"no database, by far", "is no study: it is not an SQLite file"),
        ("study.db", b"SQLite format 3\0 and then nothing", "cannot be used as a study"),
        ("study.log", b"no journal\n", "is no study: it is not a journal of Optuna's"),
        ("study.log", b"7\n", "is no study: it is not a journal of Optuna's"),
        ("none/study.db", None, "its folder does not exist"),
        ("", None, "is a folder: name a file"),
    ],
)
def test_what_is_no_study(name: str, content: bytes | None, said: str, tmp_path: Path) -> None:
    place = tmp_path / name
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(BadStudy, match=said) as found:
        make_study(make_space(DEEP, {"n": "1..3"}), place)
    assert "\n" not in str(found.value)
    assert content is None or place.read_bytes() == content, "nothing is overwritten"


def test_a_study_of_somebody_else(tmp_path: Path) -> None:
    place = tmp_path / "study.db"
    study = optuna.create_study(storage=f"sqlite:///{place}", study_name="cnnspec")
    study.optimize(lambda trial: trial.suggest_int("n", 1, 3), n_trials=2)
    with pytest.raises(BadStudy, match="that cnnspec did not make"):
        make_study(make_space(DEEP, {"n": "1..3"}), place, direction="minimize")


def test_a_locked_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    monkeypatch.setattr("cnnspec.search.optuna.TIMEOUT", 0.1)
    place = tmp_path / "study.db"
    make_study(make_space(DEEP, {"n": "1..3"}), place)
    held = sqlite3.connect(place)
    held.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BadStudy, match="is locked by another program: wait for its end"):
        make_study(make_space(DEEP, {"n": "1..3"}), place)
    held.close()
    make_study(make_space(DEEP, {"n": "1..3"}), place)


def test_no_shrinking() -> None:
    """The best nets are deep and thin, most deep ones are too large: proposals that are pruned for their size make TPE leave them."""
    space = make_space(DEEP, {"n": "1..24", "f": "8..256:8"}, where="params < 100k")

    def accuracy(n: int, f: int) -> float:
        return (1 - 2.0 ** (-n / 5)) * (1 - 2.0 ** (-f / 5))

    def plainly(trial: Any) -> float:
        n, f = trial.suggest_int("n", 1, 24), trial.suggest_int("f", 8, 256, step=8)
        if not space.judge((n - 1, f // 8 - 1)).fits:
            raise optuna.TrialPruned
        return accuracy(n, f)

    def ours(trial: Any) -> float:
        found = suggest(trial, space)
        return accuracy(found["n"], found["f"])

    def search(measure: Any, seed: int) -> Any:
        study = make_study(space, sampler=optuna.samplers.TPESampler(seed=seed))
        study.optimize(measure, n_trials=40)
        return study

    best = max(accuracy(n + 1, 8 * f + 8) for n, f in space.fitting)
    found = [[best - search(measure, seed).best_value for seed in range(4)] for measure in (plainly, ours)]
    assert sum(found[1]) < sum(found[0]) / 3, found
