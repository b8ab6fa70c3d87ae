"""Gradients are written as the lectures write them; and what is written is the gradient, name by name, for every layer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.trace.backward import Start, trace_back
from cnnspec.trace.backward_board import draw_backward, write_way
from cnnspec.trace.formula import SumStep, write_steps, write_symbols
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.compute import compute
from cnnspec.trace.trace import Trace, trace_network
from cnnspec.trace.way_back import Way, go_through
from cnnspec.trace.weights import WeightsFound
from tests.example_files import EXAMPLES
from tests.trace.reference.drawing import draw_inputs, draw_weights, list_cases

IMAGE, FILTER, BACK = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [2, -1]], [[1, 2], [3, "1/2"]]


def trace(text: str, inputs: list[Any], weights: dict[str, Any]) -> Trace:
    """The trace of a spec, of exact numbers."""
    (network,) = analyse(Source("net.cnn", text)).networks
    nodes = network.graph.nodes
    xs = [make_exact(x).reshape(1, *nodes[i].shape) for i, x in zip(network.graph.inputs, inputs, strict=True)]  # type: ignore[misc]
    return trace_network(network, xs, WeightsFound(weights, {}), range(len(nodes)), whole=True)


def write_lines(text: str, inputs: list[Any], weights: dict[str, Any], gradient: Any, step: Any = None) -> list[str]:
    """The lines of the way back from the gradient of the output."""
    found = trace(text, inputs, weights)
    (last,) = found.network.graph.outputs
    given = make_exact(gradient).reshape(found.values[last].shape)  # type: ignore[union-attr]
    back = trace_back(found, Start({last: given}), step)
    return [
        line for section in draw_backward(found, back) for formula in section.formulas for line in list_lines(formula)
    ]


def list_lines(formula: Any) -> Iterator[str]:
    (step,) = formula.steps
    names = f"{write_symbols(step)} = " if step.symbols else ""
    yield f"{formula.name} = {names}{write_steps(formula.steps)}"


def exact(values: Any, *shape: int) -> Any:
    return make_exact(values).reshape(shape)


# ---- the lecture's page --------------------------------------------------------------------------------------
# Lecture 0, "Training CNN (3/4)" and "(4/4)", where each dh/dW is written as the X that it is.
PAGE = """
dE/dW11 = dE/dh11*X11 + dE/dh12*X12 + dE/dh21*X21 + dE/dh22*X22 = 1*1 + 2*2 + 3*4 + (1/2)*5 = 39/2
dE/dW12 = dE/dh11*X12 + dE/dh12*X13 + dE/dh21*X22 + dE/dh22*X23 = 1*2 + 2*3 + 3*5 + (1/2)*6 = 26
dE/dW21 = dE/dh11*X21 + dE/dh12*X22 + dE/dh21*X31 + dE/dh22*X32 = 1*4 + 2*5 + 3*7 + (1/2)*8 = 39
dE/dW22 = dE/dh11*X22 + dE/dh12*X23 + dE/dh21*X32 + dE/dh22*X33 = 1*5 + 2*6 + 3*8 + (1/2)*9 = 91/2
dE/dX11 = dE/dh11*W11 = 1*1 = 1
dE/dX12 = dE/dh11*W12 + dE/dh12*W11 = 1*0 + 2*1 = 2
dE/dX13 = dE/dh12*W12 = 2*0 = 0
dE/dX21 = dE/dh11*W21 + dE/dh21*W11 = 1*2 + 3*1 = 5
dE/dX22 = dE/dh11*W22 + dE/dh12*W21 + dE/dh21*W12 + dE/dh22*W11 = 1*(-1) + 2*2 + 3*0 + (1/2)*1 = 7/2
dE/dX23 = dE/dh12*W22 + dE/dh22*W12 = 2*(-1) + (1/2)*0 = -2
dE/dX31 = dE/dh21*W21 = 3*2 = 6
dE/dX32 = dE/dh21*W22 + dE/dh22*W21 = 3*(-1) + (1/2)*2 = -2
dE/dX33 = dE/dh22*W22 = (1/2)*(-1) = -1/2
next W11 = W11 - eta*dE/dW11 = 1 - (1/10)*(39/2) = -19/20
next W12 = W12 - eta*dE/dW12 = 0 - (1/10)*26 = -13/5
next W21 = W21 - eta*dE/dW21 = 2 - (1/10)*39 = -19/10
next W22 = W22 - eta*dE/dW22 = -1 - (1/10)*(91/2) = -111/20
"""


def test_the_lectures_page() -> None:
    weights = {"conv1": {"kernel": exact(FILTER, 2, 2, 1, 1)}}
    text = (EXAMPLES / "lectures" / "lecture0_backpropagation.cnn").read_text()
    lines = write_lines(text, [IMAGE], weights, BACK, Fraction("0.1"))
    assert lines == PAGE.strip().splitlines()


# ---- other layers --------------------------------------------------------------------------------------------
# A spec, its inputs and weights, the gradient of the output, some of the lines of the way back.
LINES: list[tuple[str, list[Any], dict[str, Any], Any, list[str]]] = [
    ("input 3\ndense(2, relu)", [[1, 2, 3]], {"dense1": {"kernel": exact([1, -1, 0, 1, 2, -3], 3, 2), "bias": exact([1, 2], 2)}}, [5, 7], [
        "dE/dh1 = dE/da1*relu'(h1) = 5*1 = 5", "dE/dh2 = dE/da2*relu'(h2) = 7*0 = 0",
        "dE/dW11 = dE/dh1*X1 = 5*1 = 5", "dE/dW12 = dE/dh1*X2 = 5*2 = 10", "dE/dW21 = dE/dh2*X1 = 0*1 = 0", "dE/dW23 = dE/dh2*X3 = 0*3 = 0",
        "dE/db1 = dE/dh1 = 5", "dE/dX2 = dE/dh1*W12 + dE/dh2*W22 = 5*0 + 0*1 = 0",
    ]),
    ("input 4x1\nconv(1, 2, dilation=2)", [[1, 2, 3, 4]], {"conv1": {"kernel": exact([5, 6], 2, 1, 1), "bias": exact([0], 1)}}, [1, -1], [
        "dE/dW1 = dE/dh1*X1 + dE/dh2*X2 = 1*1 + (-1)*2 = -1", "dE/dW2 = dE/dh1*X3 + dE/dh2*X4 = 1*3 + (-1)*4 = -1",
        "dE/db = dE/dh1 + dE/dh2 = 1 + (-1) = 0", "dE/dX2 = dE/dh2*W1 = -1*5 = -5", "dE/dX3 = dE/dh1*W2 = 1*6 = 6",
    ]),
    ("input 2x2x1\nconv_transpose(1, 2x2, bias=false)", [[1, 2, 3, 4]], {"conv_transpose1": {"kernel": exact([1, 2, 3, 4], 2, 2, 1, 1)}}, range(9), [
        "dE/dW12 = dE/dh12*X11 + dE/dh13*X12 + dE/dh22*X21 + dE/dh23*X22 = 1*1 + 2*2 + 4*3 + 5*4 = 37",
        "dE/dX22 = dE/dh22*W11 + dE/dh23*W12 + dE/dh32*W21 + dE/dh33*W22 = 4*1 + 5*2 + 7*3 + 8*4 = 67",
    ]),
    ("input 1x2x2\ndepthwise_conv(1x2, bias=false)", [[1, 2, 3, 4]], {"depthwise_conv1": {"kernel": exact([1, 2, 3, 4], 1, 2, 2, 1)}}, [5, 7], [
        "dE/dW[0,0,1] = dE/dh[0,0,0]*X[0,1,0] = 5*3 = 15", "dE/dW[1,0,1] = dE/dh[0,0,1]*X[0,1,1] = 7*4 = 28",
        "dE/dX[0,1,1] = dE/dh[0,0,1]*W[1,0,1] = 7*4 = 28",
    ]),
    ("input 1x1x2\nseparable_conv(1, 1x1, bias=false)", [[3, 4]], {"separable_conv1": {"depthwise_kernel": exact([5, 6], 1, 1, 2, 1), "pointwise_kernel": exact([7, 8], 1, 1, 2, 1)}}, [2], [
        "dE/dD[1,0,0] = dE/dh[0,0]*X[0,0,1]*P[1,0,0] = 2*4*8 = 64", "dE/dP[0,0,0] = dE/dh[0,0]*X[0,0,0]*D[0,0,0] = 2*3*5 = 30",
        "dE/dX[0,0,1] = dE/dh[0,0]*D[1,0,0]*P[1,0,0] = 2*6*8 = 96",
    ]),
    ("input 2x2x1\nmaxpool(2)", [[1, 4, 3, 2]], {}, [5], ["dE/dX12 = dE/dh11 = 5"]),
    ("input 3x1\nmaxpool(2, stride=1)", [[1, 4, 3]], {}, [5, 6], ["dE/dX2 = dE/dh1 + dE/dh2 = 5 + 6 = 11"]),
    ("input 3x1\nmaxpool(2, stride=1)", [[1, 4, 5]], {}, [5, 6], ["dE/dX2 = dE/dh1 = 5", "dE/dX3 = dE/dh2 = 6"]),
    ("input 2x2x1\navgpool(2)", [[1, 4, 3, 2]], {}, [6], ["dE/dX12 = dE/dh11*(1/4) = 6*(1/4) = 3/2"]),
    ("input 1x3x1\ngap", [[1, 4, 3]], {}, [6], ["dE/dX12 = dE/dh*(1/3) = 6*(1/3) = 2"]),
    ("input 1x3x1\nrescaling(1/3) -> sigmoid -> gap", [[0, 0, 0]], {}, [6], ["dE/dX12 = dE/dh*(1/3) = 6*0.333333 = 2"]),
    ("input 1x3x1\ngmp", [[1, 4, 3]], {}, [6], ["dE/dX12 = dE/dh = 6"]),
    ("input 2x2x1\nflatten", [[1, 4, 3, 2]], {}, [5, 6, 7, 8], ["dE/dX21 = dE/dh3 = 7"]),
    ("input 3\nrelu", [[1, 0, -3]], {}, [5, 6, 7], [
        "dE/dX1 = dE/da1*relu'(X1) = 5*1 = 5", "dE/dX2 = dE/da2*relu'(X2) = 6*0 = 0", "dE/dX3 = dE/da3*relu'(X3) = 7*0 = 0",
    ]),
    ("input a 2\ninput b 2\nadd(a, b)", [[1, 2], [3, 4]], {}, [5, 6], ["dE/dX2 = dE/dh2 = 6", "dE/dY2 = dE/dh2 = 6"]),
    ("input a 2\ninput b 2\nsubtract(a, b)", [[1, 2], [3, 4]], {}, [5, 6], ["dE/dX2 = dE/dh2 = 6", "dE/dY2 = -dE/dh2 = -6"]),
    ("input a 2\ninput b 2\nmultiply(a, b)", [[1, 2], [3, 4]], {}, [5, 6], ["dE/dX2 = dE/dh2*Y2 = 6*4 = 24", "dE/dY1 = dE/dh1*X1 = 5*1 = 5"]),
    ("input a 2\ninput b 1\nconcat(a, b)", [[1, 2], [3]], {}, [5, 6, 7], ["dE/dX2 = dE/dh2 = 6", "dE/dY = dE/dh3 = 7"]),
    ("input a 2\ninput b 2\naverage(a, b)", [[1, 2], [3, 4]], {}, [5, 6], ["dE/dX2 = dE/dh2*(1/2) = 6*(1/2) = 3"]),
    ("input 2\nrescaling(1/255, offset=-1)", [[1, 2]], {}, [5, 6], ["dE/dX2 = dE/dh2*(1/255) = 6*(1/255) = 2/85"]),
    ("input 2x2x1\nbn(epsilon=0)", [[1, 2, 3, 4]], {"bn1": {"gamma": exact([3], 1), "beta": exact([1], 1), "moving_mean": exact([2], 1), "moving_variance": exact([4], 1)}}, [5, 6, 7, 8], [
        "dE/dgamma = dE/dh11*dh11/dgamma + dE/dh21*dh21/dgamma + dE/dh22*dh22/dgamma = 5*(-0.5) + 7*0.5 + 8*1 = 9",
        "dE/dbeta = dE/dh11 + dE/dh12 + dE/dh21 + dE/dh22 = 5 + 6 + 7 + 8 = 26", "dE/dX12 = dE/dh12*gamma*(1/2) = 6*3*0.5 = 9",
    ]),
    ("input 2x1\nprelu", [[-2, 3]], {"prelu1": {"alpha": exact([5, 7], 2, 1)}}, [1, 2], [
        "dE/dalpha1 = dE/dh1*dh1/dalpha1 = 1*(-2) = -2", "dE/dX1 = dE/dh1*dh1/dX1 = 1*5 = 5",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "inputs", "weights", "gradient", "wanted"), LINES)
def test_the_lines_of_a_layer(text: str, inputs: Any, weights: Any, gradient: Any, wanted: list[str]) -> None:
    lines = write_lines(text, inputs, weights, list(gradient))
    assert [line for line in lines if line in wanted] == wanted, "\n".join(lines)


# ---- every layer ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", list_cases())
def test_what_is_written_is_the_gradient(word: str) -> None:
    """The terms of every line add up to its gradient, and each name in it is that of the number below it."""
    random, lines = np.random.default_rng(5), 0
    smallest = sorted(list_cases()[word], key=lambda case: np.prod((case[1].input_shapes(case[2]) or ((),))[0]))
    for text, graph, node in smallest[:2]:
        layer: Any = node.layer
        shapes: Any = graph.input_shapes(node)
        inputs = [x[:1] for x in draw_inputs(layer, shapes, random)]
        gradient = random.normal(size=(1, *(node.shape or ())))
        way = find_way_of(layer, inputs, draw_weights(layer, shapes, random), gradient)
        known = name_numbers(way)
        for formula in write_way(way, None):
            (step,) = formula.steps
            assert isinstance(step, SumStep)
            lines += 1
            total = sum([prod(term) * (-1 if n in step.minus else 1) for n, term in enumerate(step.terms)])
            assert abs(total - step.value) <= 1e-9 * max(1, abs(step.value)), (text, formula.name)
            assert known[formula.name] == pytest.approx(step.value, abs=1e-12), (text, formula.name)
            for term, names in zip(step.terms, step.symbols, strict=False):
                for number, name in zip(term, names, strict=True):
                    assert known.get(name, number) == pytest.approx(number, abs=1e-12), (text, formula.name, name)
    assert lines


def find_way_of(layer: Any, inputs: list[Any], weights: dict[str, Any], gradient: Any) -> Way:
    """The way back through a layer by itself."""
    return go_through(layer, inputs, compute(layer, inputs, weights), weights, gradient)


def name_numbers(way: Way) -> dict[str, Any]:
    """Every number of a layer and every gradient by its name, which none shares with another."""
    arrays = {key: array for key, array in way.part.arrays.items() if isinstance(key, int) or key in way.made.weights}
    named = [
        (way.names.name(key, place), array[place]) for key, array in arrays.items() for place in np.ndindex(array.shape)
    ]
    given = {**dict(enumerate(way.made.inputs)), **way.made.weights}
    for key, array in given.items():
        named += (
            []
            if array is None
            else [(f"dE/d{way.names.name(key, place)}", array[place]) for place in np.ndindex(array.shape)]
        )
    named += [(f"dE/d{way.names.name_output(place)}", way.gradient[place]) for place in np.ndindex(way.gradient.shape)]
    if way.names.sums != way.names.output:
        named += [(f"dE/d{way.names.name_sum(place)}", way.inner[place]) for place in np.ndindex(way.inner.shape)]
    assert len(dict(named)) == len(named)
    return dict(named)
