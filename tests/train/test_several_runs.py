"""Runs of several inputs and outputs: what their records may say, that they go on to the same end, and what is said of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.train.evaluation.exported import describe
from cnnspec.train.evaluation.trained import open_trained
from cnnspec.train.figures import group_figures
from cnnspec.train.keras_objects import build_callbacks
from cnnspec.train.runs import folder
from cnnspec.train.runs.curves import choose_figures
from cnnspec.train.section import resolve
from tests.support import network
from tests.train.hostile import WRONG, changed, fields, refusal, without, written
from tests.train.resuming import differences, terminate_after_batch

pytest.importorskip("keras")
pytestmark = pytest.mark.usefixtures("eager")
MAY = {"notes", "values", "train", "validation", "test", "losses", "loss_weights", "metrics_by_output"}  # be missing


def test_every_field_of_ends_is_checked(several: Path) -> None:
    shutil.copytree(several / "run", "run")
    whole = json.loads(Path("run/run.json").read_text())
    paths = [("data", *path) for path in fields(whole["data"])]
    paths += [("settings", *path) for path in fields(whole["settings"]) if path[0] in MAY]
    assert ("data", "outputs", "second", "targets") in paths and ("settings", "losses", "apart") in paths
    taken = set()
    for path in paths:
        for value in (*WRONG, "absent"):
            text = written(without(whole, path) if value == "absent" else changed(whole, path, value))
            Path("run/run.json").write_text(text)
            wrong = refusal(lambda: folder.read_record("run"))
            assert wrong is None or "damaged: " in wrong, wrong
            if wrong is None:
                taken.add((path, repr(value)))
    unknown = {path for path, value in taken if value == "'absent'" and path[-1] not in MAY and "settings" not in path}
    ends = {("data", side, name) for side in ("inputs", "outputs") for name in whole["data"][side]}
    assert unknown == ends  # one less is another network, whose model has other ends
    assert not [one for one in taken if one[0][-1] in ("inputs", "outputs", "shape", "losses") and one[1] != "'absent'"]
    assert len(taken) < len(paths) * len(WRONG) / 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"outputs": {"same": {"classes": None, "targets": None}}}, "data.outputs is not a table with an output that is trained"),
        ({"inputs": {}}, "data.inputs is not a table with something in it"),
        ({"inputs": {"left": {"shape": []}}}, "data.inputs.left.shape is not a list with something in it"),
        ({"outputs": {"same": {"classes": None}}}, "it has no data.outputs.same.targets"),
        ({"outputs": {"same": {"classes": [1], "targets": "classes"}}}, "data.outputs.same.classes[0] is not a text"),
    ],
)  # fmt: skip
def test_ends_that_cannot_be(several: Path, data: dict[str, Any], message: str) -> None:
    Path("run").mkdir()
    whole = json.loads((several / "run/run.json").read_text())
    Path("run/run.json").write_text(json.dumps(whole | {"data": whole["data"] | data}))
    assert message in str(refusal(lambda: folder.read_record("run")))


def test_a_stopped_run_comes_to_the_same_end(several: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(several)
    terminate_after_batch(monkeypatch, 1, 1)
    assert main(["train", "pairs.cnn", "-q", "--run-dir", "stopped"]) == 143
    monkeypatch.undo()
    monkeypatch.chdir(several)
    assert main(["resume", "stopped", "-q"]) == 0
    assert differences(several / "run", several / "stopped") == []


def test_a_dry_run_has_a_row_for_each_input_and_output(
    several: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(several)
    assert main(["train", "pairs.cnn", "--dry-run", "--run-dir", "none"]) == 0
    rows = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines() if not line.startswith(" "))
    assert {name: row.strip() for name, row in rows.items() if name.startswith(("input", "output", "metrics"))} == {
        "input left": "8x8x1", "input right": "8x8x1", "output same": "a number", "output first": "the number of its class",
        "output apart": "a number", "output idle": "not trained", "output second": "the number of its class",
        "metrics": "same: accuracy, auc",
    }  # fmt: skip
    assert not Path("none").exists()


def test_curves_show_the_loss_and_something_of_each_output() -> None:
    row: dict[str, Any] = {"epoch": 1, "loss": 1.0, "val_loss": 1.0, "seconds": 1.0, "matrix": [1.0]}
    assert choose_figures(row | dict.fromkeys("abcdef", 0.5)) == ["loss", *"abcd"]
    two = dict.fromkeys(["a_accuracy", "a_b_accuracy", "a_b_loss", "a_loss", "val_a_loss"], 0.5)
    assert sorted(choose_figures(row | two, ["a", "a_b"])) == sorted(["loss", *list(two)[:4]])
    outputs = [f"o{number}" for number in range(6)]
    many = dict.fromkeys([f"{output}_{figure}" for output in outputs for figure in ("accuracy", "loss")], 0.5)
    assert choose_figures(row | many, outputs) == ["loss", *[f"{output}_accuracy" for output in outputs]]
    hundred = {f"o{number}_loss": 0.5 for number in range(100)}
    assert len(choose_figures(row | hundred, [f"o{number}" for number in range(100)])) == 9


def test_a_figure_is_of_the_output_with_the_longest_name() -> None:
    found = group_figures(["a_b_loss", "a_loss", "loss"], ["a", "a_b"])
    assert found == {"a_b": ["a_b_loss"], "a": ["a_loss"], "": ["loss"]}


def test_what_an_export_says_of_each_end(several: Path) -> None:
    said = describe(open_trained(str(several / "run"), None)[0])
    data = json.loads((several / "run/run.json").read_text())["data"]
    assert {name for name in said if name.endswith("_input_range")} == {
        f"{name}_input_range" for name in data["inputs"]
    }


@pytest.mark.parametrize(
    ("watched", "mode"),
    [("val_digit_accuracy", "max"), ("val_same_loss", "min"), ("val_loss", "min"), ("val_digit_auc", "max")],
)
def test_callbacks_know_which_way_a_figure_of_an_output_is_better(watched: str, mode: str) -> None:
    import keras

    text = "input 4\ndense(3, softmax) as digit\ninput1 -> dense(1, sigmoid) as same\noutput digit, same\n"
    words = {"callbacks": f'early_stopping(monitor="{watched}")', "metrics": "{digit: [accuracy, auc]}"}
    section = "; ".join([f"{key} = {value}" for key, value in words.items()])
    net = network(f"{text}train {{ {section} }}\n")
    settings, found = resolve(net.train, outputs=("digit", "same"))
    assert not found
    (made,) = build_callbacks(settings, keras, ".")
    assert made.mode == mode
