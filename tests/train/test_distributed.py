"""Trainings on two devices of TensorFlow, and on PyTorch; what cannot be had is one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnspec.cli import main
from tests.support import THOROUGH
from tests.train.distributed import SPEC, ended, figures, needs, process


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
def test_two_devices_of_tensorflow_train_as_one(folder: Path) -> None:
    needs("tensorflow")
    two, one = ["--devices", "cpu:2"], ["--devices", "1"]
    (folder / "bn.cnn").write_text(SPEC.replace("-> flatten", "-> bn -> flatten"))
    runs = ["net.cnn", *two], ["net.cnn", *one], ["bn.cnn", "--epochs", "1", *two]
    ((_, err),) = ended(process(folder, "tensorflow", "tf", *runs))
    assert err.count("as 2 devices with TensorFlow") == 2
    assert figures(folder / "tf0") == pytest.approx(figures(folder / "tf1"), rel=1e-5)
    assert "leaves out" not in err
    assert err.count("batch normalisation (bn1) takes its statistics from each device's share of a batch") == 1


def test_torch_trains_without_the_others(folder: Path) -> None:
    needs("torch")
    run = ["net.cnn", "--precision", "mixed_bfloat16", "--devices", "cpu", "--epochs", "4"]
    ((_, err),) = ended(process(folder, "torch", "torch", run))
    assert "with PyTorch" in err and ", mixed_bfloat16\n" in err
    said = json.loads((folder / "torch0" / "run.json").read_text())
    assert (said["backend"], said["precision"]) == ("torch", "mixed_bfloat16")
    losses = figures(folder / "torch0")
    assert losses[-3] < losses[0]


def test_what_is_asked_for_and_not_there_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("keras")
    for options, said in (
        (["--devices", "64"], "64 devices are asked for, and "),
        (["--devices", "gpu"], "finds no GPU here, the CPU alone; "),
        (["--devices", "gpus"], "--devices must be a count, all, cpu or gpu, or both, such as gpu:2"),
        (["--precision", "float16"], "--precision must be float32, mixed_float16 or mixed_bfloat16"),
        (["--backend", "theano"], "--backend must be tensorflow, jax or torch"),
        (["--devices", "5"], "a batch of 16 cannot be shared alike by 5 devices; take 15 or 20"),
        (["--process", "1"], "--process and --coordinator need --processes"),
    ):
        options = [*options, "--batch", "64"] if options[1] == "64" else options
        assert main(["train", "net.cnn", *options]) == 2
        out, err = capsys.readouterr()
        assert said in err and not out and "Traceback" not in err
    assert sorted(p.name for p in folder.iterdir()) == ["d.npz", "net.cnn"]
