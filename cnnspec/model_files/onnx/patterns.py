"""What exporters write as several operators and is one: x * sigmoid(x) is Swish. The steps are rewritten before they are
translated; what nothing reads any more is dropped.
"""

from __future__ import annotations

from math import isclose, pi, sqrt

from cnnspec.model_files.onnx.messages import FLOATS
from cnnspec.model_files.onnx.pattern_finder import TOLERANCE, Match, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from cnnspec.model_files.onnx.constant import Constant
    from cnnspec.model_files.onnx.pattern_finder import Tree


def plain(*names: str, **attributes: Any) -> Callable[..., Any]:
    """The operator on these values."""
    return lambda match, constants: (names, attributes)


def make_layer_norm(match: Match, constants: Mapping[str, Constant]) -> Any:
    """LayerNormalization over the last axes, which are those of its scale."""
    mean, axes = match.steps["ReduceMean"], find_axes(match, constants)
    epsilon = constants[match.names["E"]].value
    if not axes or epsilon is None or not mean.attributes.get("keepdims", 1):
        return None
    scale = constants[match.names["S"]].shape
    if axes != tuple(range(-len(axes), 0)) and not (len(axes) == 1 and len(scale) == 1 and axes[0] > 0):
        return None
    names = ("x", "S", "B") if "B" in match.names else ("x", "S")
    return names, {"axis": axes[0], "epsilon": float(epsilon)}


def make_moments(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A normalisation by the moments of some axes, which may be those of a map."""
    axes, epsilon = find_axes(match, constants), constants[match.names["E"]].value
    if not axes or epsilon is None or not match.steps["ReduceMean"].attributes.get("keepdims", 1):
        return None
    return ("x", "S", "B"), {"axes": axes, "epsilon": float(epsilon)}


def find_axes(match: Match, constants: Mapping[str, Constant]) -> tuple[int, ...] | None:
    """The axes of a mean, an attribute or an input."""
    mean = match.steps["ReduceMean"]
    axes = mean.attributes.get("axes")
    if axes is None and len(mean.node.inputs) > 1 and mean.node.inputs[1] in constants:
        axes = constants[mean.node.inputs[1]].values
    return tuple(axes) if axes else None


def make_repeat(match: Match, constants: Mapping[str, Constant]) -> Any:
    """Keras's repeat: each position of an axis, several times."""
    found = []
    for number in range(1, len(match.names)):
        if f"T{number}" in match.names:
            axes, times = [constants[match.names[f"{letter}{number}"]].values or () for letter in "UT"]
            more = [axis for axis, n in enumerate(times) if n != 1]
            if len(axes) != 1 or more != [axes[0]] or axes[0] < 1:
                return None
            found.append((more[0] - 1, times[more[0]]))
    shape = max([name for name in match.names if name.startswith("_")])  # of the last reshape
    return ("x", shape), {"repeats": tuple(found)}


def repeat(inner: Tree, number: int) -> tuple[Any, ...]:
    return ("Reshape", ("Tile", ("Unsqueeze", inner, f"U{number}"), f"T{number}"), f"_{number}")


def make_rows(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A dense layer over the last axis, which Keras writes as a product of all rows of all examples."""
    weight, bias = constants[match.names["W"]], constants[match.names["B"]] if "B" in match.names else None
    if len(weight.shape) != 2:
        return None
    if bias is not None and not (bias.count,) == bias.shape[-1:] == weight.shape[1:]:
        return None
    names = ("x", "_shape", "W", "_rows")
    return names if bias is None else (*names, "B"), {}


def make_scaled_rows(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A factor for each row, which tf2onnx writes for an einsum: a product with matrices of one number each."""
    weight, rows = constants[match.names["W"]], constants[match.names["R"]].values
    fits = len(weight.shape) == 3 and weight.shape[1:] == (1, 1) and rows == (weight.shape[0], -1, 1)
    return (("x", "_shape", "W"), {}) if fits else None


def make_group_norm(match: Match, constants: Mapping[str, Constant]) -> Any:
    """GroupNormalization, which torch writes as a normalisation of each group taken for a channel."""
    grouped, scale, bias = [constants[match.names[name]] for name in ("G", "S", "B")]
    shape = grouped.values
    if shape is None or len(shape) != 3 or shape[0] not in (0, 1) and shape[2] != -1 or scale.count != bias.count:
        return None
    inner = [constants[match.names[name]].values for name in ("ONES", "ZEROS")]
    if inner != [(1.0,) * shape[1], (0.0,) * shape[1]]:
        return None
    epsilon = match.steps["InstanceNormalization"].attributes.get("epsilon", 1e-5)
    return ("x", "S", "B"), {"num_groups": shape[1], "epsilon": epsilon}


def make_bias(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A convolution or product whose bias is added behind it; the axis with the channels is 1 for the one, the last for the other."""
    operator = next(name for name in ("Conv", "ConvTranspose", "MatMul") if name in match.steps)
    step = match.steps[operator]
    bias, weight = constants[match.names["B"]], constants[match.names["W"]]
    if len([name for name in step.node.inputs if name]) != 2 or not weight.shape:
        return None
    if operator == "MatMul":
        fits = bias.shape[-1:] == weight.shape[-1:]
    else:
        behind = len(weight.shape) - 2 - ("Squeeze" in match.steps)  # axes of the map behind the channels
        full = (1,) * (behind + 1 - len(bias.shape)) + bias.shape
        groups = step.attributes.get("group", 1)
        channels = weight.shape[0] if operator == "Conv" else weight.shape[1] * groups
        fits = full[len(full) - behind - 1] == channels
    return (("x", "W", "B"), step.attributes) if fits and bias.count == max(bias.shape, default=0) else None


def make_standard(match: Match, constants: Mapping[str, Constant]) -> Any:
    """Known figures of each channel, subtracted and divided by: Keras's Normalization."""
    offset, scale = constants[match.names["B"]], constants[match.names["S"]]
    fits = 1 < offset.count == scale.count < 64 and offset.shape == scale.shape and offset.count in offset.shape
    known = fits and offset.values is not None and min(scale.values or (0,)) > 0
    return (("x", "B", "S"), {"sign": -1 if "Sub" in match.steps else 1}) if known else None


def make_regular_view(match: Match, constants: Mapping[str, Constant]) -> Any:
    """torch's as_strided of a tensor whose values stand in their order: all of them, gathered one behind another."""
    if "I" in match.names:  # the batch is fixed
        index = constants[match.names["I"]]
        return (("x",), {"shape": index.shape}) if index.values == (*range(index.count),) else None
    inner, step = constants[match.names["A"]], constants[match.names["S"]].value
    regular = inner.values == (*range(inner.count),) and step == inner.count and inner.shape[:1] == (1,)
    return (("x",), {"shape": (-1, *inner.shape[1:])}) if regular else None


def add_zeros(tree: Tree, most: int) -> list[Tree]:
    """A tree, and it with up to some zeros added."""
    return [tree, *[("Add", less, 0.0) for less in (add_zeros(tree, most - 1) if most else [])]]


def make_affine(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A factor and an offset for each channel."""
    scale, offset = constants[match.names["S"]], constants[match.names["B"]]
    fits = scale.count == offset.count == max(scale.shape, default=0) > 1 and scale.shape == offset.shape
    fits = fits and scale.element in FLOATS  # not of shapes
    return (("x", "S", "B"), {}) if fits else None


def halves(inner: Tree) -> tuple[tuple[Any, ...], ...]:
    """x * inner / 2, in the orders of multiplication in which it is written."""
    return ("Mul", ("Mul", "x", inner), 0.5), ("Mul", ("Mul", "x", 0.5), inner), ("Mul", ("Mul", inner, 0.5), "x")


def centre(mean: Tree = ("ReduceMean", "x")) -> tuple[Any, ...]:
    return ("Sub", "x", mean)


_ERF = [
    ("Add", ("Erf", ("Div", "x", sqrt(2))), 1.0),
    ("Add", ("Erf", ("Mul", "x", sqrt(0.5))), 1.0),
    ("Sub", 1.0, ("Erf", ("Mul", ("Neg", "x"), sqrt(0.5)))),
    ("Sub", 1.0, ("Erf", ("Mul", "x", -sqrt(0.5)))),
]
_CUBE = [("Pow", "x", 3.0), ("Mul", ("Mul", "x", "x"), "x")]
_TANH = [
    ("Add", ("Tanh", ("Mul", inner, sqrt(2 / pi))), 1.0)
    for cube in _CUBE
    for inner in [("Add", "x", ("Mul", cube, 0.044715))]
]
_SQUARES = [("Pow", centre(), 2.0), ("Mul", centre(), centre())]
_NORMALISED = [
    ("Div", centre(), ("Sqrt", ("Add", ("ReduceMean", square), "E")))
    for square in _SQUARES
]  # fmt: skip
_DIFFERENCE = ("Sub", "x", "n")  # to the mean, in another arrangement
_SPREAD = ("Mul", ("Reciprocal", ("Sqrt", ("Add", ("ReduceMean", ("Mul", _DIFFERENCE, _DIFFERENCE)), "E"))), "S")
_MOMENTS = ("Add", ("Mul", "x", _SPREAD), ("Add", ("Mul", ("Neg", ("ReduceMean", "x")), _SPREAD), "B"))
_ROWS = ("Reshape", ("MatMul", ("Reshape", "x", "_rows"), "W"), "_shape")
_SIX = [
    ("Clip", ("Add", "x", 3.0)),
    ("Min", ("Relu", ("Add", "x", 3.0)), 6.0),
    ("Min", ("Max", ("Add", "x", 3.0), 0.0), 6.0),
]
_RANGE = ("Add", ("Unsqueeze", ("Mul", ("Range", 0.0, "n", 1.0), "S"), "U"), "A")
_GROUPED = ("Reshape", ("InstanceNormalization", ("Reshape", "x", "G"), "ONES", "ZEROS"))


def clipped(*names: str, **attributes: Any) -> Callable[..., Any]:
    """The operator on these values, where a Clip in the pattern has its bounds at 0 and 6."""

    def make(match: Match, constants: Mapping[str, Constant]) -> Any:
        clip = match.steps.get("Clip")
        if clip is None:
            return names, attributes
        bounds = [clip.attributes.get(name) for name in ("min", "max")]
        if clip.opset >= 11:
            bounds = [constants[name].value if name in constants else None for name in clip.node.inputs[1:]]
        return (names, attributes) if bounds == [0, 6] else None

    return make


def make_clip(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A Max and a Min with numbers, or one of them."""
    given = [
        (name, constants[match.names[letter]]) for letter, name in (("L", "min"), ("H", "max")) if letter in match.names
    ]
    floats = all([constant.element in FLOATS and constant.value is not None for _, constant in given])  # not of shapes
    return (("x",), {name: constant.value for name, constant in given}) if floats else None


def is_sixth(match: Match) -> Any:
    """Whether the HardSigmoid is torch's and Keras's: x / 6 + 1 / 2."""
    attributes = match.steps["HardSigmoid"].attributes
    return (
        isclose(attributes.get("alpha", 0.2), 1 / 6, rel_tol=TOLERANCE) and attributes.get("beta", 0.5) == 0.5 or None
    )


WEIGHTED = ("Conv", "ConvTranspose", "Gemm", "MatMul")
PATTERNS: tuple[Pattern, ...] = (
    Pattern("Swish", ("Mul", "x", ("Sigmoid", "x")), plain("x")),
    Pattern("HardSwish", ("Mul", "x", ("HardSigmoid", "x")), lambda match, _: is_sixth(match) and (("x",), {})),
    *[Pattern("HardSwish", tree, clipped("x")) for six in _SIX for tree in (("Mul", "x", ("Div", six, 6.0)), ("Mul", "x", ("Mul", six, 1 / 6)), ("Div", ("Mul", "x", six), 6.0), ("Mul", ("Mul", "x", six), 1 / 6))],
    *[Pattern("HardSigmoid", tree, clipped("x", alpha=1 / 6, beta=0.5)) for six in _SIX for tree in (("Div", six, 6.0), ("Mul", six, 1 / 6))],
    Pattern("Mish", ("Mul", "x", ("Tanh", ("Softplus", "x"))), plain("x")),
    *[Pattern("Gelu", tree, plain("x")) for erf in _ERF for tree in halves(erf)],
    *[Pattern("Gelu", tree, plain("x", approximate="tanh")) for tanh in _TANH for tree in halves(tanh)],
    *[Pattern("LayerNormalization", ("Add", ("Mul", tree, "S"), "B"), make_layer_norm) for tree in _NORMALISED],
    Pattern("Moments", _MOMENTS, make_moments),
    *[Pattern("Repeat", tree, make_repeat) for tree in (repeat(repeat(repeat("x", 1), 2), 3), repeat(repeat("x", 1), 2), repeat("x", 1))],
    Pattern("ScaledRows", ("Reshape", ("MatMul", ("Reshape", "x", "R"), "W"), "_shape"), make_scaled_rows),
    Pattern("Rows", ("Add", _ROWS, "B"), make_rows, alone=True),
    Pattern("Rows", _ROWS, make_rows, alone=True),
    Pattern("Conv", ("Add", ("Squeeze", ("Conv", "x", "W")), "B"), make_bias, alone=True, behind="Squeeze"),
    Pattern("GroupNormalization", ("Add", ("Mul", _GROUPED, "S"), "B"), make_group_norm),
    *[Pattern(operator, ("Add", (operator, "x", "W"), "B"), make_bias, alone=True) for operator in ("Conv", "ConvTranspose", "MatMul")],
    Pattern("Standardize", ("Mul", ("Add", "x", "B"), "S"), make_standard, alone=True, never_of=WEIGHTED),
    Pattern("Standardize", ("Mul", ("Sub", "x", "B"), "S"), make_standard, alone=True, never_of=WEIGHTED),
    *[Pattern("Reshape", ("Gather", ("Reshape", "x", -1.0), index), make_regular_view) for index in ("I", *add_zeros(_RANGE, 3))],
    *[Pattern(operator, (operator, "x", ("Expand", "y")), plain("x", "y")) for operator in ("Add", "Mul")],
    Pattern("Affine", ("Add", ("Mul", "x", "S"), "B"), make_affine, alone=True),
    Pattern("Clip", ("Min", ("Relu", "x"), 6.0), plain("x", min=0.0, max=6.0)),
    *[Pattern("Clip", tree, make_clip) for tree in (("Max", ("Min", "x", "H"), "L"), ("Min", ("Max", "x", "L"), "H"), ("Max", "x", "L"), ("Min", "x", "H"))],
)  # fmt: skip
