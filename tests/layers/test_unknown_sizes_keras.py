"""Layers on inputs of unknown size: built for None, Keras agrees; an expression at a size is what that size gives."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.size import value
from cnnspec.compile.keras_model import import_keras, to_keras
from tests.layers.keras_cases import FAMILIES, Case
from tests.layers.keras_compare import parameters
from tests.support import agree, cases, network, refusals, weights

pytestmark = [pytest.mark.kernels, pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")]

# What a size that nobody knows forbids: weights, windows or a split that depend on it. And a sum of windows that may
# or may not count a cell (avgpool with ceil=true), which Keras could only compute, not state as a layer.
NEEDS_SIZES = "E017", "E107", "E110", "E116"


class Opened(Case):
    """A case some of whose spatial axes are of unknown size: ? here, None in Keras."""

    def __init__(self, case: Case, opened: list[set[int]]) -> None:
        shapes = [
            tuple(None if axis in axes else n for axis, n in enumerate(shape))
            for shape, axes in zip(case.shapes, opened, strict=True)
        ]
        super().__init__(shapes, case.text, case.build, case.words)  # type: ignore[arg-type]

    @property
    def spec(self) -> str:
        sizes = ["x".join("?" if n is None else str(n) for n in shape) for shape in self.shapes]
        return "\n".join([*[f"input x{i} {size}" for i, size in enumerate(sizes)], self.text, ""])


@pytest.mark.parametrize("family", [f for f in FAMILIES if f != "ceil pool"])  # whose Keras side asks for its sizes
def test_unknown_sizes_agree_with_keras(family: str) -> None:
    """Built for None, Keras has our verdict, our parameters, and None where we have an expression."""

    @cases(0.3)
    @given(FAMILIES[family], st.data())
    def agrees(case: Case, data: st.DataObject) -> None:
        chosen = [set(data.draw(st.lists(st.integers(0, max(0, len(s) - 2)), max_size=3))) for s in case.shapes]
        opened = Opened(case, [axes if len(s) > 1 else set() for s, axes in zip(case.shapes, chosen, strict=True)])
        here, there = network(opened.spec), network(case.spec)
        keras = import_keras()
        entering = [keras.Input(shape) for shape in opened.shapes]
        try:
            theirs = keras.Model(entering, case.build(keras, entering))
        except Exception:
            theirs = None
        if found := refusals(here):
            (error,) = found
            assert refusals(there) or error.code in NEEDS_SIZES or "noise_shape" in error.message, error.message
            return
        assert theirs is not None
        node = here.graph.nodes[here.graph.outputs[0]]
        assert node.shape is not None
        ours = weights(here.graph, node)
        trainable, frozen = (sum(math.prod(w.shape) for w in ours if w.trainable is which) for which in (True, False))
        assert (trainable, frozen) == parameters(theirs)
        model = to_keras(here.graph)
        if family in ("merge", "stack"):  # of a size and an unknown one Keras forgets the size
            assert all(k is None or k == n for n, k in zip(node.shape, model.output.shape[1:], strict=True))
        else:
            agree(model, here.graph)
        if not there.errors:
            entered = [n for i in here.graph.inputs for n in here.graph.nodes[i].shape or ()]
            sizes = [n for shape in case.shapes for n in shape]
            at = {str(n): size for n, size in zip(entered, sizes, strict=True) if not isinstance(n, int)}
            assert tuple(value(n, at) for n in node.shape) == there.graph.nodes[there.graph.outputs[0]].shape

    agrees()


@st.composite
def chains(draw: Any) -> tuple[int, str]:
    """A rank, and a chain of layers that applies to any large enough input of that rank; channels stay even."""
    rank = draw(st.integers(1, 3))
    number = lambda least, most: draw(st.integers(least, most))  # noqa: E731
    steps = []
    for _ in range(number(1, 5)):
        amount = draw(st.sampled_from(["valid", "same", "1", "2"]))
        kernel, stride = number(1, 4), number(1, 3)
        sided = "x".join(str(number(1, 3)) for _ in range(rank))
        steps.append(draw(st.sampled_from([
            f"conv({2 * number(1, 3)}, {kernel}, stride={stride}, padding={amount})",
            f"conv(4, {sided}, dilation={number(1, 3)}, padding={amount})",
            f"maxpool({kernel + 2}, stride={stride}, padding={amount})",
            f"avgpool({kernel + 2}, stride={stride}, padding={amount})",
            f"maxpool({kernel}, stride={stride}, ceil=true)", f"maxpool({kernel + 2}, stride={stride}, padding=1, ceil=true)",
            "avgpool(2, ceil=true)", "layer_scale -> stochastic_depth(0.1)", "concat(slice(1), slice(0, 1))",
            f"conv_transpose(4, {kernel}, stride={stride}, padding={amount})",
            f"conv_transpose(2, {kernel}, stride={stride + 1}, output_padding=1)",
            f"upsample({sided})", f"pad({sided})", f"crop({number(0, 2)})",
            "add(in, relu)", f"concat(in, conv(2, {kernel}, padding=same))", "bn", "dense(4)", "dropout(0.5)",
            "add(maxpool(3, stride=2, padding=same), conv(1, 3, stride=2, padding=1))",
            "multiply(in, gap(keepdims=true))", "permute((2, 1, 3)) -> permute((2, 1, 3))" if rank == 2 else "identity",
            "glu -> concat(in, in)",
        ])))  # fmt: skip
    ending = draw(st.sampled_from(["", "", "gap", "gmp -> dense(3)", "reshape((-1, 2))"]))
    return rank, "\n".join([*steps, ending])


@cases(1)
@given(chains(), st.data())
def test_an_expression_at_a_size_is_what_that_size_gives(chain: tuple[int, str], data: st.DataObject) -> None:
    """And Keras, built for unknown sizes, gives it when it is run at that size."""
    import numpy as np

    rank, text = chain
    open_text = f"input {'x'.join('?' * rank)}x2\n{text}"
    open_net = network(open_text)
    sizes = tuple(data.draw(st.integers(1, {1: 40, 2: 24, 3: 12}[rank])) for _ in range(rank))
    closed = network(f"input {'x'.join(map(str, sizes))}x2\n{text}")
    assert not open_net.errors, (open_text, open_net.errors)
    if closed.errors:  # too small an input
        return
    letters = {1: "L", 2: "HW", 3: "DHW"}[rank]
    known = dict(zip(letters, sizes, strict=True))
    for here, there in zip(open_net.graph.nodes, closed.graph.nodes, strict=True):
        assert here.shape is not None and tuple(value(n, known) for n in here.shape) == there.shape, (here, there)
        assert weights(open_net.graph, here) == weights(closed.graph, there)
        for own, fixed in [(open_net.graph.input_shapes(here), closed.graph.input_shapes(there))]:
            if here.layer is not None:
                assert value(here.layer.macs(own), known) == there.layer.macs(fixed), here  # type: ignore[arg-type, union-attr]
    if data.draw(st.integers(0, 2)) == 0:
        model = to_keras(open_net.graph)
        agree(model, open_net.graph)
        output = np.asarray(model(np.zeros((1, *sizes, 2), "float32")))
        assert output.shape[1:] == closed.graph.nodes[closed.graph.outputs[0]].shape
