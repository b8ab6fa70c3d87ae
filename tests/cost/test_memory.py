"""Memory against what others say: TensorFlow's gradients, Keras's optimizers, published figures, brute force."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.size import Size, value
from cnnspec.cost import memory as cost
from cnnspec.facts.activation_memory import peak_values
from cnnspec.facts.optimizer_slots import MORE, SLOTS, count_slots
from cnnspec.facts.precision import find_precision
from cnnspec.facts.symbolic_max import find_largest
from tests.cost.networks import MIXED, facts, network
from tests.support import THOROUGH

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import memory


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("lenet5", 0.001),
        ("resnet18", 0.001),
        (MIXED, 0.05),  # in which small statistics weigh
        *([("mobilenet_v2", 0.001)] if THOROUGH else []),
    ],
    ids=["lenet5", "resnet18", "mixed", *(["mobilenet_v2"] if THOROUGH else [])],
)
def test_training_keeps_what_tensorflow_keeps(name: str, error: float) -> None:
    net = network(name)
    assert memory.kept(net.to_keras(), net.inputs, 32) / memory.stated(net, 32) == pytest.approx(1, abs=error)


FROZEN = """model Frozen {
input 16x16x3
conv(8, 3x3, padding=1) as first -> bn as norm -> relu
conv(12, 3x3, padding=1) as second -> bn as scaled -> relu
depthwise_conv(3x3, padding=same) as third -> prelu as bent -> conv(8, 1x1) as fourth -> silu
flatten -> dense(10, softmax) as head
}"""


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("first", "norm"),
        ("first", "norm", "second", "scaled"),
        ("second", "scaled", "bent", "fourth"),
        ("first", "norm", "second", "scaled", "third", "bent", "fourth"),
        ("norm", "third", "head"),
    ],
    ids=" ".join,
)
def test_what_is_frozen_keeps_less(names: tuple[str, ...]) -> None:
    net = network(FROZEN)
    model, nodes = net.to_keras(), {node.name: node.index for node in net.analysed.graph.nodes}
    for name in names:
        model.get_layer(name).trainable = False
    frozen = [nodes[name] for name in names]
    ours = memory.stated(net, 32, frozen)
    # TensorFlow keeps mean and variance of each channel, too
    assert memory.kept(model, net.inputs, 32) / ours == pytest.approx(1, abs=0.01)
    facts = net.analysed.facts
    trained = sum(weight.numpy().size for weight in model.trainable_weights)
    terms = {term.name: term.values for term in cost.training(facts, find_precision("float32"), 2, frozen).terms}
    assert (terms["gradients"], terms["optimizer"]) == (trained, 2 * trained)


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("vgg16", 6.42),
        ("resnet50", 2.41),
        ("inception_v3", 2.07),
        ("unet", 41.8),
        ("\ninput 112x112x96\nrelu6 -> pad(((0, 1), (0, 1))) -> depthwise_conv(3x3, stride=2)", 2.43),
    ],  # of MobileNetV2 in Keras
)
def test_inference_peaks(name: str, millions: float) -> None:
    peak = peak_values(facts(name))
    assert peak is not None
    assert peak[0] / 1e6 == pytest.approx(millions, abs=0.01 if millions < 10 else 0.1)


@pytest.mark.parametrize("name", ["densenet121", "mobilenet_v2", "inception_v3", "resnet50", MIXED])
def test_the_peak_is_that_of_every_moment(name: str) -> None:
    """Brute force: at each layer all tensors that are still to be read, and its own, in place of the one it takes over."""
    found = facts(name)
    graph = found.graph
    needs = []
    for node in graph.nodes:
        later = graph.nodes[node.index + 1 :]
        wanted = set(graph.outputs).union(*[other.inputs for other in later])
        before = {i for i in range(node.index) if i in wanted or i in node.inputs}
        takes = node.layer is not None and node.layer.in_place
        taken = [i for i in node.inputs if takes and i not in wanted and _size(found, i) == _size(found, node.index)]
        needs.append(sum(_size(found, i) for i in before - set(taken[:1])) + _size(found, node.index))
    assert peak_values(found)[0] == max(needs)


def _size(found: Any, index: int) -> int:
    total = 1
    for n in found.shapes[index]:
        total *= n
    return total


def test_the_largest_of_expressions_is_so_for_every_size() -> None:
    h, w = Size.unknown("H"), Size.unknown("W")
    numbers = [h * w * 64, (h // 2) * (w // 2) * 256, ((h + 1) // 2) * w * 64, (h // 4) * w * 7 + 12]
    found = find_largest(numbers)
    assert found is not None
    for a in range(1, 40):
        for b in range(1, 40):
            given = {"H": a, "W": b}
            assert value(found[0], given) == max(value(n, given) for n in numbers)


def test_memory_terms_and_the_largest_batch() -> None:
    found = facts("lenet5")
    memory = cost.training(found, find_precision("mixed_float16"), 2)
    params = found.total.parameters
    assert memory.bytes(0) == params * (4 + 2 + 4 + 8)
    for limit in (2**20, 2**24, 2**27):
        most = memory.largest_batch(limit)
        assert memory.bytes(most + 1) > limit and (most == 0 or memory.bytes(most) <= limit)
    with pytest.raises(ValueError, match="int8 has no gradients"):
        cost.training(found, find_precision("int8"), 2)


def test_slots_are_those_of_keras() -> None:
    import keras

    classes = {cls.lower(): getattr(keras.optimizers, cls) for cls in dir(keras.optimizers)}
    asked: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in SLOTS]
    asked += [("sgd", {"momentum": 0.9}), ("adam", {"amsgrad": True}), ("rmsprop", {"centered": True, "momentum": 0.9})]
    asked += [("adam", {"use_ema": True})]
    assert {argument for _, given in asked for argument in given} == set(MORE)
    for name, given in asked:
        optimizer = classes[name](**given)
        optimizer.build([keras.Variable(keras.ops.ones((7, 11)))])
        assert sum(v.shape == (7, 11) for v in optimizer.variables) == count_slots(name, given), name
