"""Random layers, legal and not: our verdict, output shape and parameters are those of Keras, built and run.

Where Keras builds what it cannot run, or runs what hardly anybody means, cnnspec takes the safe side and refuses:
`safe_side.py` lists the classes, and docs/layers/index.md shows them.

Some classes, refused or legal, depend on the machine; `test_kernels.py` is about the legal ones.

That a random search meets every class is not certain in a short run; each has an exhibit.
"""

from __future__ import annotations

import collections
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnspec.base.size import value
from cnnspec.compile.live import import_keras, to_keras
from cnnspec.layers import CATALOGUE
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.window import UNTRACED, Reach
from tests.layers import keras_cases
from tests.layers.keras_cases import FAMILIES, Case
from tests.layers.keras_compare import Run, compare, parameters
from tests.layers.safe_side import REFUSALS, RUNS, Refusal, one
from tests.support import agree, cases, legal, network, outputs, through_xla, weights

pytestmark = [pytest.mark.kernels, pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")]
SHARE = {
    "conv": 1.5,
    "conv_transpose": 1.5,
    "pool": 1.5,
    "depthwise_conv": 1,
    "separable_conv": 1,
    "norm": 2,
    "activation": 2,
    "merge": 1,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_agrees_with_keras(family: str) -> None:
    @cases(SHARE.get(family, 0.5))
    @given(FAMILIES[family])
    def agrees(case: Case) -> None:
        compare(family, case)

    agrees()


EXHIBITS = [(refusal, outcomes, case) for refusal in REFUSALS for outcomes, case in refusal.exhibits]


@pytest.mark.parametrize(
    ("refusal", "outcomes", "case"), EXHIBITS, ids=[f"{e[0].family}: {e[2].text}" for e in EXHIBITS]
)
def test_safe_side(refusal: Refusal, outcomes: set[str], case: Case) -> None:
    (error,) = network(case.spec).errors
    assert re.search(refusal.part, error.message)
    assert compare(refusal.family, case) in outcomes


# ---- which inputs an output reads ---------------------------------------------------------------------------
READERS = [
    "conv",
    "depthwise_conv",
    "separable_conv",
    "conv_transpose",
    "pool",
    "ceil pool",
    "upsample",
    "pad and crop",
    "resize",
    "adaptive pool",
]


def read_by_running(case: Case, axis: int) -> list[set[int]]:
    """For each output position along an axis the input positions that move it.

    All weights are positive and the input is 0 but for one slice of 1s at a time, so that a read input shows.
    Convolutions in float64, because TensorFlow's oneDNN kernels (float32) leave out inputs at some edges: a 2x1x1 input, a 2x2
    kernel, strides of 1x2 and padding=same give the second row nothing in a batch of 2, and its due in a batch of 1.
    3D pools through XLA, because TensorFlow's kernels without oneDNN begin some of them at the wrong position.
    """
    import numpy as np

    run = Run(case, "float64" if "conv" in case.text else "float32")
    assert run.outcome == RUNS
    (shape,) = case.shapes
    compute = (
        through_xla if "pool" in case.text and len(shape) == 4 else lambda model, inputs: outputs(model, inputs)[0]
    )
    slices = np.zeros((shape[axis], *shape))
    for position in range(shape[axis]):
        slices[(position, *[slice(None)] * axis, position)] = 1
    base = np.asarray(compute(run.model, [np.zeros((1, *shape))]))
    moved = np.abs(np.asarray(compute(run.model, [slices])) - base) > 1e-6
    others = tuple(a for a in range(1, moved.ndim) if a != axis + 1)
    table = moved.any(axis=others)
    return [set(np.flatnonzero(table[:, i]).tolist()) for i in range(table.shape[1])]


def read_as_stated(reach: Reach, outputs: int, length: int) -> list[set[int]]:
    """The same by the layer's reach, for one axis."""
    assert reach.low is not None
    ends = [
        ((reach.step * i + reach.low) // reach.over, (reach.step * i + reach.high) // reach.over)
        for i in range(outputs)
    ]
    return [{p for p in range(first, last + 1, reach.gap) if 0 <= p < length} for first, last in ends]


@pytest.mark.parametrize("family", READERS)
def test_reach_is_what_is_read(family: str) -> None:
    @cases(0.3)
    @given(FAMILIES[family], st.data())
    def reads(case: Case, data: st.DataObject) -> None:
        made = network(case.spec)
        if made.errors or re.search(r"lanczos|bicubic|\bactivation=", case.text):
            return  # with weights of 0 and below, or a function that may hide what moves
        graph = made.graph
        node = graph.nodes[graph.outputs[0]]
        shapes = graph.input_shapes(node)
        assert node.layer is not None and shapes is not None
        reaches = node.layer.reach(shapes)
        if "aspect_ratio" in case.text:
            assert reaches is UNTRACED
            return
        assert reaches is not None and len(reaches) == len(shapes[0]) - 1
        assert node.shape is not None
        stated = [read_as_stated(r, *sizes) for r, *sizes in zip(reaches, node.shape, case.shapes[0], strict=False)]
        axis = data.draw(st.integers(0, len(reaches) - 1))
        if not all(any(rows) for other, rows in enumerate(stated) if other != axis):
            return  # along another axis every window holds padding alone, so that nothing is read at all
        found = read_by_running(case, axis)
        if "bilinear" in case.text:  # reads fewer at the edges, and at places where a weight is 0
            assert all(read <= more for read, more in zip(found, stated[axis], strict=True))
        else:
            assert found == stated[axis], reaches[axis]

    reads()


# ---- unknown sizes ------------------------------------------------------------------------------------------
# What a size that nobody knows forbids: weights, windows or a split that depend on it. And a sum of windows that may
# or may not count a cell (avgpool with ceil=true), which Keras could only compute, not state as a layer.
NEEDS_SIZES = "E017", "E107", "E110"


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
        if here.errors:
            (error,) = here.errors
            assert there.errors or error.code in NEEDS_SIZES or "noise_shape" in error.message, error.message
            return
        assert theirs is not None
        node = here.graph.nodes[here.graph.outputs[0]]
        assert node.shape is not None
        ours = weights(here.graph, node)
        trainable, frozen = (sum(math.prod(w.shape) for w in ours if w.trainable is which) for which in (True, False))
        assert (trainable, frozen) == parameters(theirs)
        model = to_keras(here.graph)
        if family == "merge":  # of a size and an unknown one Keras forgets the size
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


# ---- what is drawn ------------------------------------------------------------------------------------------
def drawn(examples: int = 250) -> collections.Counter[tuple[str, str]]:
    """How often a run draws each layer (under "") and each argument with another value than its default.

    Counts the values of `activation` and `function` too, each as an argument of the layer "".
    """
    count: collections.Counter[tuple[str, str]] = collections.Counter()
    for family, strategy in FAMILIES.items():

        @settings(max_examples=round(examples * max(1, SHARE.get(family, 1))), derandomize=True, database=None)
        @given(strategy)
        def collect(case: Case) -> None:
            for layer in [node.layer for node in network(case.spec).graph.nodes if node.layer is not None]:
                changed = {
                    n: getattr(layer, n) for n, a in layer.arguments.items() if getattr(layer, n) != a.record_default
                }
                count.update((type(layer).__name__, name) for name in ("", *changed))
                count.update(("", changed[name]) for name in ("activation", "function") if name in changed)

        collect()
    return count


def test_every_layer_and_every_option_is_drawn() -> None:
    count = drawn()
    wanted = [(layer.__name__, name) for layer in CATALOGUE for name in ("", *layer.arguments)]
    wanted += [
        ("", function) for function in FUNCTIONS if function not in ("relu6", "leaky_relu", "elu", "softmax", "linear")
    ]
    assert [pair for pair in wanted if not count[pair]] == []


@pytest.mark.parametrize("family", ["conv", "conv_transpose", "pool", "norm", "merge"])
def test_cases_are_not_all_of_one_kind(family: str) -> None:
    """The search proves something only if a good share of what it draws is legal, and another is refused."""
    verdicts: list[bool] = []

    @settings(cases(1), max_examples=200, derandomize=True, database=None)
    @given(FAMILIES[family])
    def collect(case: Case) -> None:
        verdicts.append(not network(case.spec).errors)

    collect()
    assert 0.2 < sum(verdicts) / len(verdicts) < 0.97


def test_the_comparison_can_fail() -> None:
    wrong = one("conv(4, 3x3)", keras_cases.padded("Conv", 2, "same", filters=4, kernel_size=3), (8, 8, 2))
    with pytest.raises(AssertionError):
        compare("conv", wrong)
    assert legal(wrong.spec).nodes[-1].shape == (6, 6, 4)


if __name__ == "__main__":  # what a run draws
    for (layer, argument), times in sorted(drawn().items()):
        print(f"{times:6}  {layer} {argument}")
