"""The values of targets and the loss: a loss takes only targets that it is made for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.train.image_sets import read, refused
from tests.train.label_sets import FLAT, MAP, N, arrays


@pytest.mark.parametrize(
    ("labels", "text", "loss", "message"),
    [
        (np.arange(N) * 0.75, FLAT % 1, None, "run from 0 to 29.25, and binary_crossentropy, the loss for such an output, takes 0 to 1; write loss = mse"),
        (np.arange(N) * 0.75, FLAT % "1, sigmoid", "binary_crossentropy", "run from 0 to 29.25, and binary_crossentropy takes 0 to 1"),
        (np.arange(N) % 2 * 2.0 - 1, FLAT % "1, sigmoid", None, "run from -1 to 1, and binary_crossentropy, the loss for such an output, takes 0 to 1; write 0 in place of -1"),
        (np.eye(3)[np.arange(N) % 3] * 255, FLAT % "3, softmax", "categorical_crossentropy", "run from 0 to 255, and categorical_crossentropy takes 0 to 1; divide them by 255"),
        (np.linspace(-3, 3, N), FLAT % 1, "hinge", "run from -3 to 3, and hinge takes -1 to 1"),
        (np.linspace(-3, 3, N), FLAT % "1, softplus", "poisson", "run from -3 to 3, and poisson takes no value below 0; write loss = mse"),
        (np.linspace(-3, 3, N), FLAT % "1, relu", "mean_squared_logarithmic_error", "takes no value below 0"),
        (np.zeros((N, 4, 4, 1), np.uint8) + 255 * (np.arange(4) % 2 == 0)[:, None].astype(np.uint8), MAP % (1, ", activation=sigmoid"), None, "run from 0 to 255, and binary_crossentropy, the loss for such an output, takes 0 to 1; divide them by 255"),
        (np.full((N, 4, 4), 7) * (np.arange(4) % 2), MAP % (1, ", activation=sigmoid"), "dice", "run from 0 to 7, and dice takes 0 to 1; divide them by 7"),
    ],
)  # fmt: skip
def test_targets_that_a_loss_is_not_made_for(labels: Any, text: str, loss: str | None, message: str) -> None:
    shape = (4, 4) if "4x4" in text else (6, 6)
    error = refused(text, arrays(labels, shape), **({"loss": loss} if loss else {}))
    assert message in str(error)
    assert str(error).startswith("the targets of set.npz run from")


@pytest.mark.parametrize(
    ("labels", "loss"),
    [(np.arange(N) * 0.75, "mse"), (np.arange(N), "mse"), (-1 - np.arange(N), "mse"), (np.arange(N) % 2 * 2 - 1.0, "hinge")],
)  # fmt: skip
def test_a_loss_for_one_of_several_outputs_is_named_with_it(labels: Any, loss: str) -> None:
    """Written for all, it would be that of the others, too."""
    np.savez("two.npz", x_train=np.zeros((N, 4), np.float32), age=labels, ill=np.arange(N) % 2)
    text = "input 4\ndense(4) as t\nt -> dense(1, sigmoid) as age\nt -> dense(1, sigmoid) as ill\noutput age, ill\n"
    assert f"loss = {{age: {loss}, …}}" in refused(text, "two.npz").help


@pytest.mark.parametrize(
    ("labels", "loss", "message", "help"),
    [
        ([0, 255] * 9, "binary_crossentropy", "are 0 and 255, and one output tells 0 from 1", "divide them by 255"),
        ([0, 255] * 9, None, "are 0 and 255, and one output tells 0 from 1", "divide them by 255"),
        ([[0], [2]] * 9, None, "are 0 and 2, and one output tells 0 from 1", "divide them by 2"),
        ([1, 2] * 9, None, "are 1 and 2, and one output tells 0 from 1", "number the classes 0 and 1"),
        ([3.0, 7.0] * 9, "binary_crossentropy", "are 3 and 7, and one output tells 0 from 1", "number the classes 0 and 1"),
    ],
)  # fmt: skip
def test_two_classes_are_0_and_1(labels: Any, loss: str | None, message: str, help: str) -> None:
    error = refused(FLAT % "1, sigmoid", arrays(labels), **({"loss": loss} if loss else {}))
    assert (error.message, error.help) == (f"the labels of set.npz {message}", help)


@pytest.mark.parametrize(
    ("labels", "text", "loss"),
    [
        (np.linspace(0, 1, N), FLAT % 1, None),
        (np.linspace(0, 1, N), FLAT % "1, sigmoid", None),
        (np.arange(N) % 2, FLAT % "1, sigmoid", None),
        (np.arange(N) % 2 * 2 - 1.0, FLAT % "1, tanh", "hinge"),
        (np.arange(N) * 0.75, FLAT % 1, "mse"),
        (np.arange(N) * 0.75, FLAT % "1, softplus", "poisson"),
        (np.linspace(-3, 3, N)[:, None] * np.ones(2), FLAT % 2, None),
    ],
)  # fmt: skip
def test_targets_that_it_is(labels: Any, text: str, loss: str | None) -> None:
    data = read(text, arrays(labels), validation=0, test=0, **({"loss": loss} if loss else {}))
    assert data.train.targets.ravel().tolist() == pytest.approx(labels.ravel().tolist())
