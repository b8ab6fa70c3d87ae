"""Random layers, legal and not: our verdict, output shape and parameters are those of Keras, built and run.

Where Keras builds what it cannot run, or runs what hardly anybody means, cnnspec takes the safe side and refuses:
`safe_side.py` lists the classes, and docs/layers/index.md shows them.

Some classes, refused or legal, depend on the machine; `test_kernel_trials.py` is about the legal ones.

That a random search meets every class is not certain in a short run; each has an exhibit.
"""

from __future__ import annotations

import collections
import re

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.window import UNTRACED, Reach
from tests.layer_examples import COMPILED
from tests.layers.argument_values import REFUSED, VALUES
from tests.layers.keras_cases import FAMILIES, Case
from tests.layers.keras_compare import Run, compare
from tests.layers.keras_drawing import padded
from tests.layers.safe_side import REFUSALS, RUNS, Refusal, one
from tests.support import cases, legal, network, outputs, refusals, through_xla

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
    (error,) = refusals(network(case.spec))
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
        if refusals(made) or re.search(r"lanczos|bicubic|\bactivation=", case.text):
            return  # with weights of 0 and below, or a function that may hide what moves
        graph = made.graph
        node = graph.nodes[graph.outputs[0]]
        shapes = graph.input_shapes(node)
        assert node.layer is not None and shapes is not None
        reaches = node.layer.reach(shapes)
        if re.search("aspect_ratio|mode=(?!constant)", case.text):
            assert reaches is UNTRACED or node.layer.idle(shapes)
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


# ---- what is drawn ------------------------------------------------------------------------------------------
PARTS, PART = 40, 10  # a family is drawn from so often at most, and so many cases each time


def draw_part(family: str, part: int) -> collections.Counter[tuple[str, str]]:
    """How often a part of a run draws each layer (under "") and each argument with another value than its default.

    Counts the values of `activation` and `function` too, each as an argument of the layer "".
    """
    count: collections.Counter[tuple[str, str]] = collections.Counter()

    @seed(part)
    @settings(max_examples=PART, database=None)
    @given(FAMILIES[family])
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
    """A family is drawn from anew while something is missing of the layers that it draws."""
    wanted = [
        (layer.__name__, name)
        for layer in dict.fromkeys(layer for layer, _ in COMPILED)
        for name in ("", *layer.arguments)
        if not name or VALUES[layer.__name__][1][name][1] is not REFUSED
        if not name.endswith("_values")  # which need the shape of a weight: test_values.py
    ]
    wanted += [
        ("", function) for function in FUNCTIONS if function not in ("relu6", "leaky_relu", "elu", "softmax", "linear")
    ]
    count = {family: draw_part(family, 0) for family in FAMILIES}
    for part in range(1, PARTS):
        missing = {pair for pair in wanted if not any(found[pair] for found in count.values())}
        layers = {layer for layer, _ in missing}
        unseen = layers - {layer for found in count.values() for layer, _ in found}  # of whichever family
        for family, found in count.items():
            if unseen or layers & {layer for layer, _ in found}:
                found.update(draw_part(family, part))
    assert [pair for pair in wanted if not any(found[pair] for found in count.values())] == []


@pytest.mark.parametrize("family", ["conv", "conv_transpose", "pool", "norm", "merge"])
def test_cases_are_not_all_of_one_kind(family: str) -> None:
    """The search proves something only if a good share of what it draws is legal, and another is refused."""
    verdicts: list[bool] = []

    @settings(cases(1), max_examples=200, derandomize=True, database=None)
    @given(FAMILIES[family])
    def collect(case: Case) -> None:
        verdicts.append(not refusals(network(case.spec)))

    collect()
    assert 0.2 < sum(verdicts) / len(verdicts) < 0.97


def test_the_comparison_can_fail() -> None:
    wrong = one("conv(4, 3x3)", padded("Conv", 2, "same", filters=4, kernel_size=3), (8, 8, 2))
    with pytest.raises(AssertionError):
        compare("conv", wrong)
    assert legal(wrong.spec).nodes[-1].shape == (6, 6, 4)
