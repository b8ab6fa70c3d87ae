"""Trainings of small networks for tests, in this process."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train import run
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.progress import Lines
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from tests.support import network

SMALL = "input 8x8x1\nflatten -> dense(32, relu) -> dense(10, softmax)\n"


SECTION = "train { data = digits; loss = sparse_categorical_crossentropy; epochs = 2; batch = 64 }\n"


def trained(text: str, output: str = "model.keras", **overrides: Any) -> tuple[run.Outcome, str]:
    """A training, and what was shown meanwhile."""
    net = network(text)
    assert not net.errors
    settings, found = resolve(net.train, overrides, name_outputs(net.graph))
    assert not found
    stream = io.StringIO()
    whole = gather_spec("net.cnn", text, {}, overrides=overrides)
    return run.train(make_plan(net.graph, settings, whole, output=output), Lines(stream)), stream.getvalue()


def refused(text: str, **overrides: Any) -> TrainingFailed:
    with pytest.raises(TrainingFailed) as caught:
        trained(text, **overrides)
    assert not [name for name in os.listdir() if name.endswith(".keras") or name == "runs"]
    return caught.value


def command(capsys: pytest.CaptureFixture[str], text: str, *options: str) -> tuple[int, str, str]:
    Path("net.cnn").write_text(text)
    status = main(["train", "net.cnn", *options])
    done = capsys.readouterr()
    assert "Traceback" not in done.err
    return status, done.out, done.err
