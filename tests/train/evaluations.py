"""Evaluations for tests, in this process."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.data.prepare import prepare
from cnnspec.train.data.sources import load
from cnnspec.train.plan import make_plan
from cnnspec.train.settings import TrainSettings
from tests.support import network

keras = pytest.importorskip("keras")


TEXT = "input 8x8x1\nconv(4, 3x3, activation=relu) -> flatten -> dense(10, softmax)\n"


def command(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main([str(word) for word in words])
    done = capsys.readouterr()
    assert "Traceback" not in done.err and "internal error" not in done.err
    return status, done.out, done.err


def evaluated(capsys: pytest.CaptureFixture[str], *words: Any) -> dict[str, Any]:
    status, out, err = command(capsys, "evaluate", *words, "--format", "json", "-q")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def digits(seed: int) -> Any:
    """The digits as a training with this seed splits them."""
    settings = TrainSettings(data="digits", seed=seed)
    graph = network(TEXT).graph
    return prepare(load(settings, graph), make_plan(graph, settings))


RNG = np.random.default_rng(0)


X = RNG.normal(size=(120, 6, 6)).astype(np.float32)


def built(*layers: Any, shape: tuple[int | None, ...] = (6, 6), **options: Any) -> Any:
    model = keras.Sequential([keras.Input(shape), *layers])
    if options:
        model.compile(**options)
    return model
