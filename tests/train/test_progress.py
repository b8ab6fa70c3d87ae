"""The progress of a training as a person sees it."""

from __future__ import annotations

import io

import numpy as np

from cnnspec.train import run
from cnnspec.train.plan import make_plan
from cnnspec.train.progress import Lines, format_figure, format_figures
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from tests.support import network
from tests.train.trainings import SECTION, SMALL


def test_figures_are_short_and_in_order() -> None:
    logs = {"accuracy": 0.98765, "learning_rate": 0.00001, "loss": 12345.678, "val_accuracy": 0.5, "val_loss": 0.0}
    assert (
        format_figures(logs)
        == "loss 1.23e+04  accuracy 0.9877  val_loss 0.0000  val_accuracy 0.5000  learning_rate 1e-05"
    )
    assert format_figure(np.array([0.5, 1])) == "[0.5000, 1.0000]"
    assert format_figure(float("nan")) == "nan"


def test_a_terminal_gets_a_bar() -> None:
    from cnnspec.cli.streams import fit_sentence
    from cnnspec.train.progress import Bar, choose_display

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    shown = choose_display(stream, False, fit_sentence)
    assert isinstance(shown, Bar)
    net = network(SMALL + SECTION)
    run.train(make_plan(net.graph, resolve(net.train)[0], gather_spec("net.cnn", SMALL + SECTION, {})), shown)
    assert "epoch 2/2  loss " in stream.getvalue()
    assert "/21" in stream.getvalue()
    assert type(choose_display(stream, True, fit_sentence)) is Lines
