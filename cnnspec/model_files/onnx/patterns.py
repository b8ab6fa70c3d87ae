"""What exporters write as several operators and is one: x * sigmoid(x) is Swish. The steps are rewritten before they are
translated; what nothing reads any more is dropped.

A pattern is a tree of tuples: an operator's name and its inputs. Of an input, a number is a constant of that value, "x"
and the like any value (the same wherever the name stands again), and a name in capitals a constant of any size. The
operands of Add and Mul may stand in either order.
"""

from __future__ import annotations

from collections import Counter
from math import isclose, pi, prod, sqrt

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.steps import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from cnnspec.model_files.onnx.constant import Constant

    Tree: TypeAlias = "str | float | tuple[Any, ...]"

SWAPPED = ("Add", "Mul", "Max", "Min")  # the order of their two operands makes no difference
TOLERANCE = 1e-3  # of a constant: exporters round sqrt(2) to a few digits


class Match(Record):
    """What a pattern was found in: the names of its values, the constants, and the steps by their operators, the first met."""

    names: dict[str, str]
    steps: dict[str, Step]


class Pattern(Record):
    """`make`: the inputs (names of the pattern) and attributes of the one operator, None where it is not that after all."""

    operator: str
    tree: tuple[Any, ...]
    make: Callable[[Match, Mapping[str, Constant]], tuple[tuple[str, ...], dict[str, Any]] | None]
    alone: bool = False  # only where nothing else reads what stands inside


class PatternFinder:
    """Rewrites the steps of a model. `constants`: the values of the file's tensors by name."""

    def __init__(self, steps: list[Step], constants: Mapping[str, Constant], outputs: Iterable[str]) -> None:
        self.steps = steps
        self.constants = constants
        self.makers = {name: step for step in steps for name in step.node.outputs}
        self.reads = Counter([*outputs, *[name for step in steps for name in step.node.inputs]])

    def rewrite(self) -> list[Step]:
        """The steps, with one for each pattern that is found."""
        return [self._rewrite_step(step) for step in self.steps]

    def _rewrite_step(self, step: Step) -> Step:
        if len(step.node.outputs) == 1 and step.is_standard:
            for pattern in PATTERNS.get(step.node.operator, ()):
                match = Match({}, {})
                fits = self._fits(pattern.tree, step, match)
                found = pattern.make(match, self.constants) if fits and self._is_free(pattern, step, match) else None
                if found is not None:
                    names, attributes = found
                    inputs = tuple([match.names[name] for name in names])
                    return step.replace(
                        node=step.node.replace(operator=pattern.operator, inputs=inputs), attributes=attributes
                    )
        return step

    def _is_free(self, pattern: Pattern, step: Step, match: Match) -> bool:
        """Whether nothing else reads the inner steps, where the pattern asks for it."""
        inner = [found for found in match.steps.values() if found is not step]
        return not pattern.alone or all([self.reads[name] == 1 for found in inner for name in found.node.outputs])

    def _fits(self, tree: tuple[Any, ...], step: Step, match: Match) -> bool:
        """Whether a step is what a tree says; what was found is added to the match."""
        operator, *parts = tree
        inputs = step.node.inputs
        if step.node.operator != operator or not step.is_standard or len(inputs) < len(parts):
            return False
        match.steps.setdefault(operator, step)
        orders = [inputs, inputs[::-1]] if operator in SWAPPED and len(inputs) == 2 else [inputs]
        for order in orders:
            tried = Match(dict(match.names), dict(match.steps))
            if all([self._fits_value(part, name, tried) for part, name in zip(parts, order, strict=False)]):
                match.names.update(tried.names)
                match.steps.update(tried.steps)
                return True
        return False

    def _fits_value(self, part: Tree, name: str, match: Match) -> bool:
        if isinstance(part, tuple):
            maker = self.makers.get(name)
            return maker is not None and self._fits(part, maker, match)
        constant = self.constants.get(name)
        if isinstance(part, str):
            return (constant is not None) == part.isupper() and match.names.setdefault(part, name) == name
        value = constant.value if constant is not None else None
        return isinstance(value, (int, float)) and isclose(value, part, rel_tol=TOLERANCE)


# ---- the patterns ----------------------------------------------------------------------------------------------
def plain(*names: str, **attributes: Any) -> Callable[..., Any]:
    """The operator on these values."""
    return lambda match, constants: (names, attributes)


def make_layer_norm(match: Match, constants: Mapping[str, Constant]) -> Any:
    """LayerNormalization over the last axes, which are those of its scale."""
    mean = match.steps["ReduceMean"]
    axes = mean.attributes.get("axes")
    if axes is None and len(mean.node.inputs) > 1 and mean.node.inputs[1] in constants:
        axes = constants[mean.node.inputs[1]].values
    epsilon = constants[match.names["E"]].value
    if not axes or epsilon is None or not mean.attributes.get("keepdims", 1):
        return None
    scale = constants[match.names["S"]].shape
    axes = tuple(axes)
    if axes != tuple(range(-len(axes), 0)) and not (len(axes) == 1 and len(scale) == 1 and axes[0] > 0):
        return None
    names = ("x", "S", "B") if "B" in match.names else ("x", "S")
    return names, {"axis": axes[0], "epsilon": float(epsilon)}


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
        behind = len(weight.shape) - 2
        full = (1,) * (behind + 1 - len(bias.shape)) + bias.shape
        groups = step.attributes.get("group", 1)
        channels = weight.shape[0] if operator == "Conv" else weight.shape[1] * groups
        fits = full[len(full) - behind - 1] == channels
    return (("x", "W", "B"), step.attributes) if fits and bias.count == max(bias.shape, default=0) else None


def make_affine(match: Match, constants: Mapping[str, Constant]) -> Any:
    """A factor and an offset for each channel."""
    scale, offset = constants[match.names["S"]], constants[match.names["B"]]
    fits = scale.count == offset.count > 1 == prod(scale.shape) // max(scale.shape) and scale.shape == offset.shape
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
_SIX = [
    ("Clip", ("Add", "x", 3.0), 0.0, 6.0),
    ("Min", ("Relu", ("Add", "x", 3.0)), 6.0),
    ("Min", ("Max", ("Add", "x", 3.0), 0.0), 6.0),
]
_GROUPED = ("Reshape", ("InstanceNormalization", ("Reshape", "x", "G"), "ONES", "ZEROS"))

LIST: tuple[Pattern, ...] = (
    Pattern("Swish", ("Mul", "x", ("Sigmoid", "x")), plain("x")),
    Pattern("HardSwish", ("Mul", "x", ("HardSigmoid", "x")), lambda match, _: is_sixth(match) and (("x",), {})),
    *[Pattern("HardSwish", tree, plain("x")) for six in _SIX for tree in (("Mul", "x", ("Div", six, 6.0)), ("Mul", "x", ("Mul", six, 1 / 6)), ("Div", ("Mul", "x", six), 6.0), ("Mul", ("Mul", "x", six), 1 / 6))],
    *[Pattern("HardSigmoid", tree, plain("x", alpha=1 / 6, beta=0.5)) for six in _SIX for tree in (("Div", six, 6.0), ("Mul", six, 1 / 6))],
    Pattern("Mish", ("Mul", "x", ("Tanh", ("Softplus", "x"))), plain("x")),
    *[Pattern("Gelu", tree, plain("x")) for erf in _ERF for tree in halves(erf)],
    *[Pattern("Gelu", tree, plain("x", approximate="tanh")) for tanh in _TANH for tree in halves(tanh)],
    *[Pattern("LayerNormalization", ("Add", ("Mul", tree, "S"), "B"), make_layer_norm) for tree in _NORMALISED],
    Pattern("GroupNormalization", ("Add", ("Mul", _GROUPED, "S"), "B"), make_group_norm),
    *[Pattern(operator, ("Add", (operator, "x", "W"), "B"), make_bias, alone=True) for operator in ("Conv", "ConvTranspose", "MatMul")],
    Pattern("Affine", ("Add", ("Mul", "x", "S"), "B"), make_affine, alone=True),
    Pattern("Clip", ("Min", ("Relu", "x"), 6.0), plain("x", min=0.0, max=6.0)),
)  # fmt: skip


def is_sixth(match: Match) -> Any:
    """Whether the HardSigmoid is torch's and Keras's: x / 6 + 1 / 2."""
    attributes = match.steps["HardSigmoid"].attributes
    return (
        isclose(attributes.get("alpha", 0.2), 1 / 6, rel_tol=TOLERANCE) and attributes.get("beta", 0.5) == 0.5 or None
    )


PATTERNS: dict[str, list[Pattern]] = {}
for _pattern in LIST:
    PATTERNS.setdefault(_pattern.tree[0], []).append(_pattern)
