"""Work against what others say: TensorFlow's profiler, and the figures that tools publish."""

from __future__ import annotations

from typing import Any

import pytest

import cnnspec
from cnnspec.cost.flop_conventions import CONVENTIONS
from cnnspec.layers import CATALOGUE
from tests.cost.networks import MIXED, counted, facts, network


@pytest.mark.parametrize("layer", CATALOGUE, ids=lambda layer: layer.names[0])
def test_operations_add_up_to_the_layer(layer: Any) -> None:
    """Their MACs are the layer's, their values its shapes', their weights its trainable ones."""
    for example in (layer.example, *layer.more_examples):
        found = facts("\n" + example)
        for node, operations in zip(found.graph.nodes, found.operations, strict=True):
            if node.layer is None or operations is None:
                continue
            shapes = found.inputs_of(node.index)
            assert sum(work.macs for work in operations) == node.layer.macs(shapes)
            if all(isinstance(n, int) for shape in (*shapes, node.shape) for n in shape):
                sizes = [cnnspec.layers.base.product(shape) for shape in (*shapes, node.shape)]
                assert (operations[0].inputs, operations[-1].outputs) == (sum(sizes[:-1]), sizes[-1])
            learned = sum(cnnspec.layers.base.product(w.shape) for w in node.layer.own_weights(shapes) if w.trainable)
            assert sum(work.weights for work in operations) == learned


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "mobilenet_v2", MIXED], ids=lambda name: name.split()[-1])
def test_flops_are_those_of_tensorflow_s_profiler(name: str) -> None:
    import tensorflow as tf
    from tensorflow.python.profiler.option_builder import ProfileOptionBuilder

    net = network(name)
    model = net.to_keras()
    run = tf.function(lambda x: model(x, training=False))
    graph = run.get_concrete_function(tf.TensorSpec((1, *net.inputs[0]), "float32")).graph
    options = ProfileOptionBuilder.float_operation() | {"output": "none"}
    assert tf.compat.v1.profiler.profile(graph, options=options).total_float_ops == counted("tensorflow", name)


def test_flops_of_one_convolution() -> None:
    text = "\ninput 8x8x4\nconv(16, 3x3, padding=same)"
    assert (counted("torch", text), counted("tensorflow", text), counted("fvcore", text)) == (73_728, 74_752, 36_864)
    grouped = text.replace("same", "same, groups=2")
    assert (counted("torch", grouped), counted("tensorflow", grouped)) == (36_864, 1_024)


@pytest.mark.parametrize(
    ("tool", "name", "published"),
    [  # the tools' own manuals: ptflops 0.7.6 (backend pytorch), in G
        ("ptflops", "resnet18", 1.83), ("ptflops", "resnet50", 4.13), ("ptflops", "vgg16", 15.52),
        ("ptflops", "densenet121", 2.90), ("ptflops", "mobilenet_v2", 0.32),
    ],
)  # fmt: skip
def test_flops_are_those_that_tools_publish(tool: str, name: str, published: float) -> None:
    assert round(counted(tool, name) / 1e9, 2) == published


def test_transposed_convolutions_by_tool() -> None:
    text = "\ninput 7x7x8\nconv_transpose(4, 2x2, stride=2, bias=false)"
    macs = 7 * 7 * 8 * 4 * 4
    expected = {
        "fvcore": macs,
        "ptflops": macs,
        "thop": 4 * macs,
        "torchinfo": 4 * macs,
        "torch": 2 * macs,
        "tensorflow": 2 * macs,
    }
    assert {tool: counted(tool, text) for tool in CONVENTIONS} == expected
