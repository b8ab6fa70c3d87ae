"""What is said of runs: dry runs, lists, comparisons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.cli import main
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import folder
from cnnspec.train.runs.spec import gather_spec
from tests.support import unwrap
from tests.train.runs import SMALL, account, trained


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = trained(capsys, "", "--dry-run", "--batch", "100")
    assert status == 0
    said = dict(line.split("  ", 1) for line in out.splitlines())
    said = {name: value.strip() for name, value in said.items()}
    assert said["data"] == "digits: 1,295 examples to train, 143 to validate, 359 to test"
    assert said["epochs"] == "2, of 13 batches of 100: 26 steps"
    assert said["parameters"] == "2,410, all of them trained"
    assert said["an example"] == "8x8x1, its target the number of its class"
    assert said["run folder"] == "runs/net-1"
    assert os.listdir() == ["net.cnn"]
    assert trained(capsys, "", "--dry-run", "-o", "net.h5")[::2] == (
        2,
        "cnnspec: net.h5 is no name for a model; end it in .keras\n",
    )
    assert trained(capsys, "", "--dry-run", net=SMALL.replace("10", "9"))[0] == 1
    assert os.listdir() == ["net.cnn"]


def test_memory_is_that_of_the_precision(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 6.67 MiB in float32, 3.73 in half precision; a rehearsal refuses what the training would, as the options say."""
    net = "input 8x8x1\nconv(64, 3x3, padding=same, activation=relu) -> flatten -> dense(10, softmax)\n"
    section = "memory = 5MiB"
    for options in ((), ("--dry-run",)):
        status, _, err = trained(capsys, section, *options, net=net, batch=128)
        assert (status, "training needs at least" in err) == (1, True)
    assert main(["check", "net.cnn", "--select", "P505"]) == 1
    capsys.readouterr()
    for options in (("--precision", "mixed_float16"), ("--batch", "64")):
        status, _, err = trained(capsys, section, "--dry-run", *options, net=net, batch=128)
        assert (status, err.count("training needs")) == (0, 0)
    assert trained(capsys, section, "--dry-run", "--batch", "120", net=net)[0] == 1
    trained(capsys, f"{section}; precision = mixed_float16", "--dry-run", net=net, batch=128)
    assert main(["check", "net.cnn", "--select", "P505"]) == 0


def test_what_is_frozen_to_the_end_needs_no_memory_of_gradients(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 6.09 MiB while all is trained, 87 KiB with the first layer frozen."""
    net = "input 8x8x1\nconv(64, 3x3, padding=same, activation=relu) as stem\ngap -> dense(10, softmax)\n"
    for more, sound in (("", False), ("; freeze = stem", True), ("; freeze = stem; unfreeze_after = 1", False)):
        section = f"memory = 4MiB{more}"
        status, _, err = trained(capsys, section, "--dry-run", net=net, batch=128)
        assert (status == 0, "training needs at least" not in err) == (sound, sound)
        assert (main(["check", "net.cnn", "--select", "P505"]) == 0) == sound
        capsys.readouterr()


@pytest.mark.usefixtures("eager")
def test_runs_are_listed_and_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 2
    assert "there is no folder runs here" in capsys.readouterr().err
    trained(capsys, "", "-q")
    trained(capsys, "", "-q", "--learning-rate", "0.01", "--epochs", "1")
    assert main(["runs"]) == 0
    head, one, two = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["run", "status", "epochs"]
    assert one.split()[:3] == ["runs/net-1", "finished", "2/2"]
    assert two.split()[:3] == ["runs/net-2", "finished", "1/1"]
    assert main(["runs", "runs/net-1", "runs/net-2", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["settings"] == {"optimizer": ["adam", "adam(learning_rate=0.01)"], "epochs": [2, 1]}
    accounts = [account(f"runs/net-{n}") for n in (1, 2)]
    assert said["figures"]["test_accuracy"] == [a["test"]["accuracy"] for a in accounts]
    assert main(["runs", "runs/net-1", "runs/net-2"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["optimizer"].split()[1:] == ["adam", "adam(learning_rate=0.01)"]
    assert f"{accounts[0]['test']['loss']:.4f}" in lines["test_loss"]


@pytest.mark.usefixtures("eager")
def test_a_damaged_run_is_named_and_a_killed_one_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    trained(capsys, "", "-q", "--epochs", "1")
    Path("runs/net-1/run.json").write_text(json.dumps(account() | {"status": "running"}))
    Path("runs/half/state").mkdir(parents=True)
    Path("runs/pictures").mkdir()
    Path("runs/torn").mkdir()
    Path("runs/torn/run.json").write_text(json.dumps({**account(), "best": 3}))
    Path("runs/.writing-7-run").mkdir()
    assert main(["runs"]) == 2
    said = capsys.readouterr()
    states = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[1:]}
    assert states == {"runs/half": "damaged", "runs/net-1": "killed", "runs/torn": "damaged"}
    assert "runs/half is no run folder: it has no run.json" in said.err
    assert "runs/torn/run.json is damaged" in said.err
    with folder.open_run("runs/net-1"):
        assert main(["runs", "runs"]) == 2
    assert "runs/net-1  running" in capsys.readouterr().out


def test_listing_needs_neither_keras_nor_numpy() -> None:
    code = "import sys\nfrom cnnspec.cli import main\nmain(['runs', '.'])\nprint({'keras', 'numpy', 'rich'} & set(sys.modules))"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": root}
    )
    assert done.stdout.endswith("set()\n")


def test_a_bad_figure_for_the_best_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = trained(capsys, "best = val_acuracy")
    assert status == 1
    assert 'best is "val_acuracy", which this training does not report' in unwrap(err)
    with pytest.raises(TrainingFailed, match="cannot be written"):
        folder.create_run("net.cnn/run", gather_spec("net.cnn", SMALL, {}), {})
