"""Printed modules run in PyTorch: parameters as counted, outputs as Keras's with the weights carried over, and back.

Where a layer's outputs cannot be Keras's, `UNLIKE` says why.
"""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.torch_source import print_module
from cnnspec.compile.torch_source.names import MODULE_NAMES
from cnnspec.facts.facts import find_keras_problems
from cnnspec.network import AnalysedNetwork
from tests.compile.torch.harness import EXAMPLE_FILES, SPECS, network, read_example
from tests.support import THOROUGH

WHY = "PyTorch runs in the thorough profile, where it is installed: pip install cnnspec[torch]"


def runs_torch() -> bool:
    return THOROUGH and importlib.util.find_spec("torch") is not None


pytestmark = pytest.mark.skipif(not runs_torch(), reason=WHY)
UNLIKE = {
    "conv 5": "spectral_norm keeps another state in PyTorch",
    "depthwise_conv 3": "spectral_norm keeps another state in PyTorch",
    "conv_transpose 4": "TensorFlow has no kernel for a dilated transposed convolution",
    "conv_transpose 5": "spectral_norm keeps another state in PyTorch",
    "dense 2": "spectral_norm keeps another state in PyTorch",
    "activation 24": "Keras 3.15 computes sparsemax wrong where several values stay",
}
OPEN = 24  # what an unknown size is
TOLERANCE = 1e-5


def agrees(made: AnalysedNetwork, double: bool = False) -> None:
    """The module computes what the Keras model computes, and gives its weights back."""
    import keras
    import numpy as np
    import torch

    from cnnspec.compile.keras_model import to_keras
    from cnnspec.compile.torch_model import take_torch_weights, to_torch

    precision = "float64" if double else "float32"
    keras.backend.clear_session()
    keras.backend.set_floatx(precision)
    try:
        model = to_keras(made.graph)
        random = np.random.default_rng(1)
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(draw_weight(weight, random))
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()
        module = to_torch(made, model).to(getattr(torch, precision))
        has_counted_state(made, module)
        given = draw_inputs(made, random, precision)
        expected = model(given[0] if len(given) == 1 else given, training=False)
        with torch.no_grad():
            found = module(
                *[torch.tensor(np.ascontiguousarray(put_first(a))) for a in draw_inputs_for_torch(made, given)]
            )
        expected, found = ([ends] if not isinstance(ends, (list, tuple)) else ends for ends in (expected, found))
        for one, other in zip(expected, found, strict=True):
            wanted = put_first(np.asarray(one))
            assert wanted.shape == tuple(other.shape)
            assert np.abs(wanted - other.numpy()).max() <= TOLERANCE * np.abs(wanted).max()
        before = [np.asarray(weight) for weight in model.weights]
        for weight in model.weights:
            weight.assign(np.zeros(weight.shape))
        take_torch_weights(made, model, module)
        assert all((np.asarray(weight) == old).all() for weight, old in zip(model.weights, before, strict=True))
    finally:
        keras.backend.set_floatx("float32")


def draw_weight(weight: Any, random: Any) -> Any:
    """Values that neither grow nor shrink what goes through; variances above 0."""
    entering = math.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 1
    values = random.normal(size=tuple(weight.shape)) * 0.5 / max(1, entering / 3) ** 0.5
    if "variance" in weight.name:
        return abs(values) + 0.5
    return values + 1 if "gamma" in weight.name else values


def draw_inputs(made: AnalysedNetwork, random: Any, precision: str) -> list[Any]:
    """Random inputs as Keras takes them; numbers of words where words are read."""
    found = []
    for index in made.graph.inputs:
        node = made.graph.nodes[index]
        shape = (2, *[n if isinstance(n, int) else OPEN for n in node.shape or ()])
        indexed = [n.layer for n in made.graph.nodes if index in n.inputs and n.layer is not None and n.layer.indexes]
        values = (
            random.integers(0, indexed[0].argument_values()["words"], size=shape)
            if indexed
            else random.normal(size=shape)
        )
        found.append(values.astype(precision))
    return found


def draw_inputs_for_torch(made: AnalysedNetwork, given: list[Any]) -> list[Any]:
    """The same inputs, words as whole numbers."""
    reads = [[n.layer for n in made.graph.nodes if i in n.inputs and n.layer is not None] for i in made.graph.inputs]
    return [a.astype("int64") if any(layer.indexes for layer in r) else a for a, r in zip(given, reads, strict=True)]


def put_first(array: Any) -> Any:
    """The channels behind the batch."""
    import numpy as np

    return np.moveaxis(array, -1, 1) if array.ndim > 2 else array


def has_counted_state(made: AnalysedNetwork, module: Any) -> None:
    """Its parameters and buffers are those that are counted, trained and frozen."""
    state = {
        name: value.numel() for name, value in module.state_dict().items() if not name.endswith("num_batches_tracked")
    }
    trained = sum(p.numel() for p in module.parameters() if p.requires_grad)
    total = made.facts.total
    assert (sum(state.values()), trained) == (total.parameters, total.trainable)
    assert set(state) == {place.name for place in print_module(made).places}


@pytest.mark.parametrize("name", [name for name in SPECS if name not in UNLIKE])
def test_a_module_computes_what_keras_computes(name: str) -> None:
    made = network(SPECS[name])
    if any(find_keras_problems(made.facts)):  # Keras computes nothing of the kind
        has_counted_state(made, gives_its_shape(made))
    else:
        agrees(made)


@pytest.mark.parametrize("name", EXAMPLE_FILES)
def test_the_module_of_an_example_computes_what_keras_computes(name: str) -> None:
    for made in read_example(Path(EXAMPLE_FILES[name])):
        agrees(made, double=True)


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_unlike_runs_all_the_same(name: str) -> None:
    gives_its_shape(network(SPECS[name]))


def gives_its_shape(made: AnalysedNetwork) -> Any:
    """The module of a network of one input, which makes an output of the right shape."""
    import torch

    from cnnspec.compile.torch_model import to_torch

    (index,) = made.graph.inputs
    module = to_torch(made).eval()
    found = module(torch.zeros(2, *put_first_shape(made.graph.nodes[index].shape or ())))
    assert tuple(found.shape[1:]) == put_first_shape(made.graph.nodes[made.graph.outputs[0]].shape or ())
    return module


def put_first_shape(shape: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*shape[-1:], *shape[:-1])


def test_every_method_of_a_module_is_a_name_that_is_kept_free() -> None:
    from torch import nn

    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= MODULE_NAMES


def test_training_changes_what_it_may() -> None:
    """A module trains: its parameters move, those that are frozen stay."""
    import torch

    from cnnspec.compile.torch_model import to_torch

    module = to_torch(
        network(
            "input 6x6x3\nconv(4, 3x3, trainable=false) as still -> bn(trainable=false) as fixed -> bn -> relu -> dropout(0.5) -> gap -> dense(2) as head"
        )
    )
    before = {name: value.clone() for name, value in module.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
    module.train()(torch.randn(8, 3, 6, 6)).square().sum().backward()
    optimizer.step()
    moved = {name for name, value in module.state_dict().items() if not torch.equal(value, before[name])}
    assert moved >= {"head.weight", "head.bias", "bn1.weight", "bn1.running_mean"}
    assert not [name for name in moved if name.startswith(("still.", "fixed."))]
