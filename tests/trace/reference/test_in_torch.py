"""What PyTorch can run is computed as it does, forward and back: the modules that layers are printed as, in double precision.

Keras cannot run all of these: dilated pools, grouped transposed convolutions, aligned corners, uneven strides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.compile.torch_source.weight_layout import lay_out_for_keras, lay_out_for_torch
from cnnspec.trace.values import compute_network_gradients, compute_values
from tests.compile.torch.harness import SPECS, network
from tests.compile.torch.test_torch_runs import WHY, put_first, runs_torch
from tests.trace.reference.drawing import BACKWARD, FORWARD, differ, draw_inputs
from tests.trace.test_values import draw_weights

pytestmark = pytest.mark.skipif(not runs_torch(), reason=WHY)

REFUSED_BY_KERAS = {  # of the layers that Keras cannot run; those of the catalogue's examples are among SPECS
    text.split("\n")[1]: text
    for text in (
        "input 11x11x3\nconv(2, 3x3, stride=2, dilation=2)", "input 4x4x3\nconv_transpose(2, 3x3, stride=2, dilation=2)",
        "input 9x8x3\ndepthwise_conv(3x3, stride=2x1)", "input 5x4x6x2\ndepthwise_conv(3, multiplier=2)",
        "input 5x4x6x2\nseparable_conv(3, 3, bias=false)", "input 12x4\nupsample(2, interpolation=bilinear)",
        "input 3x4x2x2\nupsample(2, interpolation=bilinear)", "input 8x8x4\nadaptive_avgpool(1x4)",
        "input 8x8x4\nadaptive_maxpool(1x3)", "input 5x7x3\nrms_norm(axis=1)", "input 9x8x3\nmaxpool(3x2, stride=2, dilation=2x3)",
        "input 9x8x3\nresize(4, 12, interpolation=bicubic, align_corners=true)", "input 9x8x3\nresize(1, 15, align_corners=true)",
        "input 6x5x2\npad(((1, 2), (3, 0)), mode=circular)", "input 6x5x2\npad(2, mode=edge)",
        "input 7x9x8\nconv_transpose(6, 3x4, stride=2x3, groups=2)",
        "input 9x8x3\navgpool(3x4, stride=3, padding=1, ceil=true, count_padding=false)",
    )
}  # fmt: skip
# power iterations keep another state there; PyTorch's group norm has no gradient where it has an offset and no factor
UNLIKE = {name for name, text in SPECS.items() if "spectral_norm" in text} | {"group_norm 1"}


@pytest.mark.parametrize("name", [name for name in (*SPECS, *REFUSED_BY_KERAS) if name not in UNLIKE])
def test_a_module_computes_the_same(name: str) -> None:
    import torch

    from cnnspec.compile.torch_model import print_module, run_module

    made = network({**SPECS, **REFUSED_BY_KERAS}[name])
    graph, random, printed = made.graph, np.random.default_rng(4), print_module(made)
    weights = draw_weights(graph, random)
    module = run_module(printed, made.name).double().eval()
    state = module.state_dict()
    for place in printed.places:
        array = weights[graph.nodes[place.node].name][place.weight.keras]
        state[place.name] = torch.tensor(lay_out_for_torch(array, place.weight, printed.layers[place.node].entering))
    module.load_state_dict(state)
    sizes: Any = [tuple([n if isinstance(n, int) else 24 for n in graph.nodes[i].shape or ()]) for i in graph.inputs]
    readers = [[n.layer for n in graph.nodes if i in n.inputs and n.layer is not None] for i in graph.inputs]
    inputs = [draw_inputs(layers[0], (shape,), random)[0] for layers, shape in zip(readers, sizes, strict=True)]
    inputs = [x[:2] for x in inputs]
    words = [any([layer.indexes for layer in layers]) for layers in readers]
    given = [
        torch.tensor(np.ascontiguousarray(put_first(x)))
        .to(torch.int64 if word else torch.float64)
        .requires_grad_(not word)
        for x, word in zip(inputs, words, strict=True)
    ]
    ends = module(*given)
    ends = ends if isinstance(ends, (tuple, list)) else [ends]
    values = compute_values(graph, inputs, weights)
    total, gradients = 0, {}
    for index, y in zip(graph.outputs, ends, strict=True):
        found: Any = values[index]
        assert not differ(put_first(found), y.detach().numpy(), FORWARD)
        gradients[index] = random.normal(size=found.shape)
        total = total + (y * torch.tensor(np.ascontiguousarray(put_first(gradients[index])))).sum()
    total.backward()  # type: ignore[attr-defined]
    back = compute_network_gradients(graph, values, weights, gradients)
    for index, x, word in zip(graph.inputs, given, words, strict=True):
        if not word:
            assert not differ(put_first(back.values[index]), x.grad.numpy(), BACKWARD)
    parameters = dict(module.named_parameters())
    for place in printed.places:
        node = graph.nodes[place.node]
        here: Any = back.weights.get(node.name, {}).get(place.weight.keras)
        if place.name in parameters and parameters[place.name].grad is not None and here is not None:
            there = parameters[place.name].grad.numpy()
            entering = printed.layers[place.node].entering
            assert not differ(here, lay_out_for_keras(there, place.weight, entering, here.shape), BACKWARD), place.name
