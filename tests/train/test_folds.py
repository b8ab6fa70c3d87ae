"""The folds of a cross-validation: what is dealt to which, and their runs, one after the other, stopped and resumed."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

import cnnspec
from cnnspec.cli import main
from cnnspec.train import folds as fold_runs
from cnnspec.train import run as training
from cnnspec.train.data.folds import deal_examples, deal_groups
from cnnspec.train.plan import make_plan
from cnnspec.train.progress import Lines, format_figure
from cnnspec.train.run import Outcome
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from tests.support import network, run_eagerly, unwrap
from tests.train.image_sets import flowers, read, refused
from tests.train.resuming import differences
from tests.train.table_sets import PAIR

NET = """input 8x8x1
flatten -> dropout(0.2) -> dense(10, softmax)
train { data = digits; epochs = 2; batch = 512; folds = 2; sampling = balanced }
"""


# ---- what is dealt to which ----------------------------------------------------------------------------------
@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(2, 7), st.integers(0, 9))
def test_folds_are_as_even_as_those_of_scikit_learn(labels: list[int], folds: int, seed: int) -> None:
    """Of every class, and of all, folds have as many examples, but for one."""
    classes = np.array(labels)
    number = deal_examples(classes, folds, np.random.default_rng(seed))
    for which in [classes == c for c in set(labels)] + [classes >= 0]:
        counts = np.bincount(number[which], minlength=folds)
        assert counts.sum() == which.sum()
        assert np.ptp(counts) <= 1
    if np.bincount(classes).max() >= folds and min(np.unique(classes, return_counts=True)[1]) >= folds:
        theirs = [np.bincount(classes[held]) for _, held in StratifiedKFold(folds).split(classes, classes)]
        assert sorted([sum(one) for one in theirs]) == sorted(np.bincount(number, minlength=folds))


def spread_of(number: Any, classes: Any, folds: int) -> float:
    """How far the shares of the classes in the folds are from even."""
    counts = np.zeros((folds, classes.max() + 1))
    np.add.at(counts, (number, classes), 1)
    return float((counts / counts.sum(axis=0)).std(axis=0).mean())


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), min_size=8, max_size=80), st.integers(2, 5), st.integers(0, 9))  # fmt: skip
def test_no_group_stands_in_two_folds(pairs: list[tuple[int, int]], folds: int, seed: int) -> None:
    groups, classes = np.array(pairs).T
    number = deal_groups(groups, classes, folds, np.random.default_rng(seed))
    assert all(len(set(number[groups == group])) == 1 for group in set(groups.tolist()))
    if len(set(groups.tolist())) >= folds:
        assert set(number.tolist()) == set(range(folds))


def test_groups_are_dealt_as_evenly_as_scikit_learn_deals_them() -> None:
    ours, theirs = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = rng.integers(0, 40, 400)
        classes = (rng.integers(0, 3, 40)[groups] + (rng.random(400) < 0.2)) % 3
        ours.append(spread_of(deal_groups(groups, classes, 5, rng), classes, 5))
        held = np.empty(400, int)
        split = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(groups, classes, groups)
        for fold, (_, places) in enumerate(split):
            held[places] = fold
        theirs.append(spread_of(held, classes, 5))
    assert np.mean(ours) <= np.mean(theirs)


def places(data: Any) -> list[int]:
    return [int(place) for place in data.test.places]


def test_every_example_is_tested_once() -> None:
    net = "input 8x8x3\nflatten -> dense(3, softmax)\n"
    parts = [read(net, flowers(count=7), folds=3, fold=fold, validation=0.3) for fold in (1, 2, 3)]
    assert sorted([place for data in parts for place in places(data)]) == list(range(21))
    for data in parts:
        assert data.validation is not None
        rest = {*data.train.places.tolist(), *data.validation.places.tolist()}
        assert rest | {*places(data)} == {*range(21)}
        assert not rest & {*places(data)}
    assert places(read(net, "flowers/", folds=3, fold=1, validation=0.3)) == places(parts[0])
    assert places(read(net, "flowers/", folds=3, fold=1, seed=1)) != places(parts[0])


def test_what_the_folds_leave_out_or_cannot_have_is_said(tmp_path: Path) -> None:
    net, seen = "input 4\ndense(2, softmax)\n", {"folds": 4, "fold": 2, "validation": 0}
    x, y = np.arange(24, dtype=np.float32).reshape(6, 4), np.array([0, 0, 0, 0, 1, 1])
    np.savez("own.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    data = read(net, "own.npz", **seen)
    assert data.notes == (
        "1 class has too few examples for 4 folds, some of which test none: 1 (2)",
        "the test part of own.npz, 6 examples, is in no fold: train without folds to be tested on it",
    )
    assert data.test is not None and data.test.inputs is data.train.inputs
    assert str(refused(net, "own.npz", folds=7, fold=1)) == (
        "own.npz has 6 examples to train on, too few for 7 folds; take fewer folds"
    )
    np.savez("groups.npz", x_train=x, y_train=y, who=np.array(["a", "a", "b", "b", "c", "c"]))
    assert places(read(net, "groups.npz", group="who", folds=3, fold=1)) in ([0, 1], [2, 3], [4, 5])
    assert str(refused(net, "groups.npz", group="who", **seen)) == (
        "groups.npz has 3 groups of who, too few for 4 folds; take fewer folds"
    )


def test_pairs_are_drawn_in_folds() -> None:
    pairs = PAIR + "train { data = pairs('x/') }"
    tested = []
    for fold in (1, 2):
        data = read(pairs, flowers(count=4), folds=2, fold=fold, validation=0)
        assert data.test is not None and len(data.train) == len(data.test) == 12
        images = np.concatenate(data.test.take(slice(None))[0])
        tested.append({image.tobytes() for image in images})
    assert not tested[0] & tested[1]
    assert len(tested[0] | tested[1]) == 12


# ---- their runs ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with net.cnn and the folds of a training that nothing stopped, whole/."""
    folder = tmp_path_factory.mktemp("folds")
    (folder / "net.cnn").write_text(NET)
    with run_eagerly():
        assert main(["train", str(folder / "net.cnn"), "-q", "--run-dir", str(folder / "whole")]) == 0
        yield folder


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(list(words))
    found = capsys.readouterr()
    assert "Traceback" not in found.err
    return status, found.out, unwrap(found.err)


def terminate_in_fold(monkeypatch: pytest.MonkeyPatch, fold: int) -> None:
    """Let this process get SIGTERM at a batch of the second epoch of a fold."""

    class Terminated(training.RunCallback):
        def end_batch(self, number: int, logs: Any = None) -> None:
            if (self._settings.fold, self.epoch, number) == (fold, 1, 0):
                os.kill(os.getpid(), signal.SIGTERM)
            super().end_batch(number, logs)

    monkeypatch.setattr(training, "RunCallback", Terminated)


def test_mean_and_spread_are_told(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [json.loads((finished / f"whole/fold-{n}/run.json").read_text()) for n in (1, 2)]
    assert sum(record["data"]["test"] for record in records) == 1797
    assert [record["settings"]["fold"] for record in records] == [1, 2]
    tested = [record["test"]["accuracy"] for record in records]
    status, out, _ = said(capsys, "runs", str(finished / "whole"), "--format", "json")
    (folds,) = json.loads(out)["folds"]
    assert (status, folds["folds"], len(folds["finished"])) == (0, 2, 2)
    found = folds["figures"]["test_accuracy"]
    assert found["values"] == tested
    assert found["mean"] == pytest.approx(statistics.fmean(tested), rel=1e-12)
    assert found["deviation"] == pytest.approx(statistics.stdev(tested), rel=1e-12)
    own = cnnspec.runs(finished / "whole").folds[0]
    assert own.figures["test_accuracy"].mean == found["mean"]
    shown = f"2 folds, test accuracy {format_figure(found['mean'])} ± {format_figure(found['deviation'])}, loss"
    assert shown in unwrap(said(capsys, "runs", str(finished))[1])
    assert shown in cnnspec.runs(finished).to_html()
    assert len(cnnspec.runs(finished / "whole", finished / "whole/fold-1").runs) == 3


def test_folds_of_different_networks_have_no_mean(finished: Path, tmp_path: Path) -> None:
    """Trained one by one, in a folder with those of another network; the order of settings in a record says nothing."""
    for name, fold, spec in (("a-1", 1, "a"), ("a-2", 2, "a"), ("b-1", 1, "b"), ("b-2", 3, "c")):
        shutil.copytree(finished / "whole/fold-1", tmp_path / name)
        path = tmp_path / name / "run.json"
        record = json.loads(path.read_text())
        settings = {**record["settings"], "fold": fold, "folds": 3, "epochs": 2 + fold, "devices": fold}
        record["settings"] = dict(sorted(settings.items(), reverse=fold == 2))
        path.write_text(json.dumps(record | {"files": {"net.cnn": spec * 64}}))
    (folds,) = cnnspec.runs(tmp_path).folds
    assert [os.path.basename(run.path) for run in folds.runs] == ["a-1", "a-2"]
    assert (folds.path, folds.count) == (str(tmp_path), 3)


def test_folds_that_are_stopped_come_to_the_same_end(
    finished: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped within the second epoch of the second."""
    at = str(finished / "stopped")
    with monkeypatch.context() as patch:
        terminate_in_fold(patch, 2)
        status, _, err = said(capsys, "train", str(finished / "net.cnn"), "--run-dir", at)
    assert status == 128 + signal.SIGTERM
    assert err.endswith(f"go on with: cnnspec resume {at}")
    assert err.count("trains on") == err.count("808 examples to train") == 1
    assert sorted(path.name for path in Path(at).iterdir()) == ["fold-1", "fold-2"]
    assert "1 of 2 folds, test accuracy" in unwrap(said(capsys, "runs", at)[1])
    status, out, err = said(capsys, "resume", at)
    assert (status, out.count("saved"), "2 folds, test accuracy" in out) == (0, 1, True)
    assert "fold 1/2" not in err
    for number in (1, 2):
        assert differences(finished / f"whole/fold-{number}", Path(at, f"fold-{number}")) == []
    status, _, err = said(capsys, "resume", at)
    assert (status, err) == (2, f"cnnspec: {at} is finished, with 2 folds; to go on, give more: cnnspec resume {at} --epochs 4")  # fmt: skip


def test_a_fold_that_was_stopped_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(NET)
    plan = make_plan(net.graph, resolve(net.train)[0], gather_spec("net.cnn", NET, {}))
    monkeypatch.setattr(
        fold_runs, "train", lambda own, shown, read: Outcome(own.run_dir, stopped="epoch 1/2", signal=2)
    )
    (outcome,) = fold_runs.train_folds(plan, Lines(io.StringIO()))
    assert (outcome.stopped, outcome.folds) == ("epoch 1/2", None)


def test_a_fold_that_a_callback_ended_is_done() -> None:
    for status, epochs, whole, wanted, done in (
        ("finished", 2, 2, 2, True), ("finished", 2, 2, 3, False), ("finished", 1, 2, 3, True), ("stopped", 2, 2, 2, False),
    ):  # fmt: skip
        assert fold_runs.is_done({"status": status, "epochs": epochs, "settings": {"epochs": whole}}, wanted) is done


def test_what_changed_between_folds_is_refused(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second is not begun; more epochs go on with all."""
    at = finished / "changed"
    shutil.copytree(finished / "whole", at)
    shutil.rmtree(at / "fold-2")
    record = at / "fold-1/run.json"
    was = json.loads(record.read_text())
    other = {**was, "data": {**was["data"], "fingerprint": "0" * 64}}
    record.write_text(json.dumps(other))
    assert "have changed since it began; bring them back" in said(capsys, "resume", str(at))[2]
    for wrong, sentence in (({"fold": 2}, "is not fold 1 of those"), ({"folds": 4}, "folds is 2, it was 4")):
        record.write_text(json.dumps({**was, "settings": {**was["settings"], **wrong}}))
        assert sentence in said(capsys, "resume", str(at))[2]
    record.write_text("{")
    assert said(capsys, "resume", str(at))[::2] == (2, f"cnnspec: {at}/fold-1/run.json is damaged: it is no JSON")
    record.write_text(json.dumps(was))
    assert f"{at} holds 1 fold, a run of its own; give one of them, such as {at}/fold-1" in said(capsys, "evaluate", str(at))[2]  # fmt: skip
    assert f"{at} holds 1 fold, a run of its own" in said(capsys, "export", str(at), "-o", str(at / "net.onnx"))[2]
    whose = said(capsys, "train", str(finished / "net.cnn"), "--start", str(at))[2]
    assert f"{at} holds 1 fold, a run of its own; give one of them, such as {at}/fold-1" in whose
    few = said(capsys, "resume", str(at), "--epochs", "1")[2]
    assert few == f"cnnspec: {at} has trained 2 epochs already, more than 1; give more --epochs"
    assert "leave -o out" in said(capsys, "resume", str(at), "-o", "net.keras")[2]
    status, out, _ = said(capsys, "resume", str(at), "--epochs", "3")
    assert (status, out.count("saved")) == (0, 2)
    made = [json.loads((at / f"fold-{n}/run.json").read_text()) for n in (1, 2)]
    assert [one["epochs"] for one in made] == [3, 3]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--folds", "1"), "a whole number from 2"),
        (("--fold", "4"), "fold is 4, and there are 2 folds"),
        (
            ("-o", "net.keras"),
            "net.keras would be the model of one of the folds; leave -o out; each fold keeps its own",
        ),
        (("--folds", "2000"), "digits has 1,797 examples to train on, too few for 2000 folds; take fewer folds"),
    ],
)
def test_what_folds_cannot_be_leaves_nothing(
    options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("net.cnn").write_text(NET)
    status, _, err = said(capsys, "train", "net.cnn", *options)
    assert (status, os.listdir()) == (2, ["net.cnn"])
    assert sentence in err


def test_sections_that_contradict_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    for settings, message in (
        ("folds = 3; test = 0.2", "test is a share of the data, and each of 3 folds is tested on in its turn"),
        ("fold = 3", "fold is 3, and there are no folds"),
        ("folds = 1", "folds must be a whole number from 2, not 1"),
    ):
        Path("net.cnn").write_text(NET.replace("folds = 2", settings))
        assert message in unwrap(said(capsys, "check", "net.cnn")[1])
    Path("net.cnn").write_text(NET)
    status, out, _ = said(capsys, "train", "net.cnn", "--dry-run")
    assert (status, "fold 1 of 2" in " ".join(out.split()), os.listdir()) == (0, True, ["net.cnn"])
