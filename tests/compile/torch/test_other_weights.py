"""Weights that are not those of the network are one sentence; a state is plain arrays, for which torch is not needed."""

from __future__ import annotations

from typing import Any

import pytest

import cnnspec

pytestmark = pytest.mark.kernels
NETWORK = "input 5x5x2\nconv(4, 3x3) -> bn -> dense(3)"


def make_state() -> dict[str, Any]:
    numpy = pytest.importorskip("numpy")
    shapes = {
        "conv1.weight": (4, 2, 3, 3), "conv1.bias": (4,), "bn1.weight": (4,), "bn1.bias": (4,),
        "bn1.running_mean": (4,), "bn1.running_var": (4,), "bn1.num_batches_tracked": (),
    }  # fmt: skip
    last = {"dense1.weight": (3, 4, 1, 1), "dense1.bias": (3,)}
    return {name: numpy.full(shape, 0.5) for name, shape in {**shapes, **last}.items()}


def test_the_state_of_a_module_is_taken_whole() -> None:
    model = cnnspec.loads(NETWORK).to_keras(weights=make_state())
    assert all((weight == 0.5).all() for weight in model.get_weights())


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        (lambda state: 5, TypeError, "weights must be a PyTorch module, the state_dict of that of to_torch, or a file, not int"),
        (lambda state: [*state.values()], TypeError, "weights must be a PyTorch module, the state_dict of that of to_torch, or a file, not list"),
        (lambda state: {}, ValueError, "the module has no conv1.weight"),
        (lambda state: {**state, "conv1.weight": state["conv1.weight"].transpose(1, 0, 2, 3)}, ValueError,
         "the module's conv1.weight is 2x4x3x3, not 4x2x3x3"),
        (lambda state: {**state, "bn1.bias": 5}, ValueError, "the module's bn1.bias is one number, not 4"),
        (lambda state: {**state, "more.weight": state["bn1.bias"]}, ValueError, "the network has no more.weight"),
    ],
)  # fmt: skip
def test_others_are_refused(change: Any, kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind) as refused:
        cnnspec.loads(NETWORK).to_keras(weights=change(make_state()))
    assert str(refused.value) == sentence
