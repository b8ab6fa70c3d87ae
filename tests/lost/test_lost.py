"""What is lost against built models and against what lectures and papers say."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.api import load
from cnnspec.facts.facts import Facts
from cnnspec.facts.positions import Positions
from cnnspec.lost.lost import Lost, find_losses
from tests.example_files import EXAMPLES
from tests.rf.webs import compared, drawn_web
from tests.support import IN_THOROUGH, cases, legal

MNIST = EXAMPLES / "lectures" / "lecture4_mnist.cnn"
LECTURE_4 = "input 28x28x1\nconv(1, 3x3) -> maxpool(2x2)\nconv(1, 3x3) -> maxpool(2x2)\nconv(1, 3x3)"


def by_name(text_or_path: Any) -> tuple[Lost, dict[str, Any]]:
    network = load(text_or_path).analysed
    found = find_losses(network.facts)
    return found, {network.graph.nodes[loss.node].name: loss for loss in found.losses}


def test_lecture_4_loses_two_rows_and_columns() -> None:
    _, losses = by_name(MNIST)
    loss = losses["input1"]
    assert [(axis.rows, axis.first, axis.last, axis.inside) for axis in loss.axes] == [
        (Positions.run(26, 28), 0, 2, 0)
    ] * 2
    assert (loss.unread, loss.positions, f"{loss.share:.1%}") == (108, 784, "13.8%")
    assert compared(legal(LECTURE_4), 5)


def test_resnet_50_computes_three_quarters_of_three_stages_for_nothing() -> None:
    found, losses = by_name(EXAMPLES / "resnet50_keras.cnn")
    assert [losses[name].share for name in ("relu10", "relu22", "relu40")] == [0.75] * 3
    assert [(axis.first, axis.last, axis.inside) for axis in losses["relu10"].axes] == [(0, 0, 28)] * 2
    assert sum(loss.macs or 0 for loss in found.losses) == 375_717_888  # 9.74 %
    assert "input1" not in losses and not found.taps


@IN_THOROUGH
def test_nasnet_mobile_never_reads_row_and_column_223() -> None:
    from cnnspec.model_files.keras.application import build_application, convert_model

    model = build_application("NASNetMobile")
    (loss,) = [loss for loss in find_losses(Facts(convert_model(model))).losses if loss.node == 0]
    assert [axis.rows for axis in loss.axes] == [Positions.run(223, 224)] * 2
    image = np.random.default_rng(7).normal(size=(1, 224, 224, 3)).astype("float32")
    other = image.copy()
    other[0, 223], other[0, :, 223] = 5, -5
    inner = image.copy()
    inner[0, 222] = 5
    answers = np.asarray(model(np.concatenate([image, other, inner]), training=False))
    assert np.allclose(answers[0], answers[1], rtol=1e-5, atol=0) and not np.allclose(
        answers[0], answers[2], rtol=1e-5, atol=0
    )


@given(
    st.integers(1, 9), st.integers(2, 4), st.integers(1, 6), st.sampled_from(["valid", "same", "1", "3", "((0, 4),)"])
)
@cases(0.5)
def test_dead_taps_are_those_that_no_output_depends_on(n: int, k: int, d: int, padding: str) -> None:
    text = f"input {n}x1\nconv(1, {k}, padding={padding}, bias=false, {'stride=3' if d == 1 else f'dilation={d}'})"
    graph = drawn_web(text)
    if graph is None:
        return
    from cnnspec.compile.keras_model import to_keras

    model, seeing = to_keras(graph), 0
    for tap in range(k):
        model.weights[0].assign(np.eye(k)[tap].reshape(k, 1, 1))
        seeing += bool(np.asarray(model(np.ones((1, n, 1), dtype="float32"))).any())
    found = find_losses(Facts(graph)).taps
    assert [(t.seeing, t.taps, t.weights) for t in found] == ([] if seeing == k else [((seeing,), (k,), k - seeing)])
