"""Operators on constants, worked out: the arithmetic of shapes that exporters write, and what becomes of weights' shapes.

Where the values of an input are not known (a weight's are not read), only the shape of the result is.
"""

from __future__ import annotations

import math
from operator import add, eq, ge, gt, le, lt, mod, mul, sub

from cnnspec.base.limits import MAX_NUMBER
from cnnspec.model_files.onnx import arrangements
from cnnspec.model_files.onnx.arrays import (
    MAX_AXES,
    check_axis,
    find_common_shape,
    find_strides,
    find_weight_name,
    spread,
    walk,
)
from cnnspec.model_files.onnx.call import Call, Computed
from cnnspec.model_files.onnx.constant import Constant, make_constant
from cnnspec.model_files.onnx.messages import BOOL, FLOAT, FLOATS, INT64, MAX_VALUES, OnnxTensor
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from cnnspec.base.limits import Work

    Fold: TypeAlias = "Callable[[Call], Constant | list[Constant]]"


def fold_constants(call: Call, work: Work) -> list[Constant] | None:
    """The outputs of an operator all of whose inputs are constants; None for an operator that is not worked out here.

    Raises Computed where not even the shape of the result is known, and ModelRefused for what cannot be.
    """
    fold = FOLDS.get(call.node.operator)
    if fold is None:
        return None
    try:
        found = fold(call)
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
        raise ModelRefused(f"{call.where}: its inputs, which are constants, do not go with each other") from None
    outputs = found if isinstance(found, list) else [found]
    for constant in outputs:
        if len(constant.shape) > MAX_AXES or any(n < 0 for n in constant.shape) or constant.count > MAX_NUMBER:
            raise ModelRefused(f"{call.where}: its output has a shape that no tensor can have")
        work.take(1 + min(constant.count, MAX_VALUES))
    return outputs


# ---- element by element -----------------------------------------------------------------------------------------
def each(function: Callable[..., Any], element: int | None = None) -> Fold:
    """An operator that takes its inputs element by element."""

    def fold(call: Call) -> Constant:
        inputs = [given for given in call.inputs if given is not None]
        shape = find_common_shape(*[given.shape for given in inputs])
        name, kind = find_weight_name(inputs), inputs[-1].element if element is None else element
        if math.prod(shape) > MAX_VALUES or any([given.values is None for given in inputs]):
            return Constant(shape, None, kind, name)
        rows: list[Any] = [spread(given, shape).values for given in inputs]
        return Constant(shape, clamp([function(*row) for row in zip(*rows, strict=True)]), kind, name)

    return fold


def clamp(values: list[Any]) -> list[Any]:
    """Numbers without any that is longer than those that are worked with: "to the end" may be the largest of 64 bits."""
    if any([type(value) is int and abs(value) > MAX_NUMBER for value in values]):
        return [max(-MAX_NUMBER, min(MAX_NUMBER, value)) for value in values]
    return values


def divide(a: Any, b: Any) -> Any:
    """A quotient; of integers towards zero."""
    if isinstance(a, float) or isinstance(b, float):
        return a / b
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def power(a: Any, b: Any) -> Any:
    if abs(b) > 64 or isinstance(a, int) and isinstance(b, float) and a < 0:
        raise ValueError
    return type(a)(a**b)


def fold_mod(call: Call) -> Constant | list[Constant]:
    return each(math.fmod if call.integer("fmod") else mod)(call)


def fold_affine(call: Call) -> Constant | list[Constant]:
    """x * scale + offset; of Standardize (x + sign * offset) * scale, as `patterns` has made them."""
    if call.node.operator == "Affine":
        return each(lambda x, scale, offset: x * scale + offset)(call)
    sign = call.integer("sign")
    return each(lambda x, offset, scale: (x + (offset if sign > 0 else -offset)) * scale)(call)


def round_half_even(value: Any) -> Any:
    return float(round(value)) if math.isfinite(value) else value


def fold_cast(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    like = call.given(1)  # of CastLike; a tensor that is computed is one of floats
    element = (
        call.integer("to") if call.node.operator == "Cast" else like.element if isinstance(like, Constant) else FLOAT
    )
    view = given.view if element in FLOATS and given.element in FLOATS else None
    if given.values is None:
        return Constant(given.shape, None, element, given.name, view=view)
    kind: type = bool if element == BOOL else float if element in FLOATS else int
    return Constant(given.shape, clamp([kind(value) for value in given.values]), element, given.name, view=view)


# ---- made of nothing, or of shapes ------------------------------------------------------------
def fold_constant(call: Call) -> Constant:
    name = call.node.outputs[0] if call.node.outputs else ""
    for key, value in call.attributes.items():
        if isinstance(value, OnnxTensor):
            return make_constant(value, name if value.count > 1 else "")
        if key in ("value_int", "value_float"):
            return Constant((), [value], INT64 if key == "value_int" else FLOAT)
        if key in ("value_ints", "value_floats"):
            return Constant((len(value),), value, INT64 if key == "value_ints" else FLOAT)
    raise Computed("it is no tensor of numbers")


def fold_filled(call: Call) -> Constant:
    shape = call.integers_at("shape", 0)
    if shape is None or len(shape) > MAX_AXES:
        raise ValueError
    tensor = call.attributes.get("value")
    values = tensor.read_values() if isinstance(tensor, OnnxTensor) else (0.0,)
    count = math.prod(shape)
    element = tensor.type if isinstance(tensor, OnnxTensor) else FLOAT
    return Constant(shape, values * count if values and 0 <= count <= MAX_VALUES else None, element)


def fold_range(call: Call) -> Constant:
    start, limit, step = [given.value for given in call.inputs]
    if None in (start, limit, step):
        raise Computed("its ends are not in the file")
    count = max(0, math.ceil((limit - start) / step))
    return Constant(
        (count,), [start + i * step for i in range(count)] if count <= MAX_VALUES else None, call.inputs[0].element
    )


def fold_shape(call: Call) -> Constant:
    return read_shape(call, call.inputs[0].shape)


def read_shape(call: Call, shape: Sequence[int]) -> Constant:
    """What a Shape yields for a shape."""
    end = call.integer("end") if "end" in call.attributes else None
    sizes = shape[call.integer("start") : end]
    return Constant((len(sizes),), sizes)


def fold_size(call: Call) -> Constant:
    return Constant((), [call.inputs[0].count])


def fold_nonzero(call: Call) -> Constant:
    given: Constant = call.inputs[0]
    if given.values is None:
        raise Computed("its input is not in the file")
    met = [i for i, value in enumerate(given.values) if value]
    strides = find_strides(given.shape)
    places = [[at // stride % n for at in met] for stride, n in zip(strides, given.shape, strict=True)]
    return Constant((len(given.shape), len(met)), [i for row in places for i in row])


def reduce(function: Callable[[Sequence[Any]], Any]) -> Fold:
    """An operator that makes one value of those along some axes."""

    def fold(call: Call) -> Constant:
        given: Constant = call.inputs[0]
        rank = len(given.shape)
        axes = call.integers_at("axes", 1)
        if not axes:
            gone = set() if call.integer("noop_with_empty_axes") else set(range(rank))
        else:
            gone = {check_axis(axis, rank) for axis in axes}
        full = [1 if i in gone else n for i, n in enumerate(given.shape)]
        shape = full if call.integer("keepdims") else [n for i, n in enumerate(given.shape) if i not in gone]
        strides = find_strides(given.shape)
        heads = walk([(strides[i], range(full[i])) for i in range(rank)])
        inner = walk([(strides[i], range(given.shape[i])) for i in sorted(gone)])
        if given.values is None or heads is None or inner is None:
            return Constant(shape, None, given.element, given.name)
        values = [function([(given.values or ())[at + i] for i in inner]) for at in heads]
        return Constant(shape, clamp(values), given.element, given.name)

    return fold


def fold_matmul(call: Call) -> Constant:
    """The shape of a product of constants; its values are not worked out."""
    left, right = call.inputs[0].shape, call.inputs[1].shape
    if len(left) < 2 or len(right) < 2 or left[-1] != right[-2]:
        raise ValueError
    shape = (*find_common_shape(left[:-2], right[:-2]), left[-2], right[-1])
    return Constant(shape, None, call.inputs[0].element, find_weight_name(call.inputs))


def fold_clip(call: Call) -> Constant | list[Constant]:
    low, high = call.number_at("min", 1), call.number_at("max", 2)
    return each(lambda a: min(max(a, a if low is None else low), a if high is None else high))(call.only(1))


def keep_shape(call: Call) -> Constant:
    """An operator whose output has its input's shape, and whose values are not worked out."""
    given: Constant = call.inputs[0]
    return Constant(given.shape, None, given.element, given.name)


# Of these only the shape of the result is worked out: the weights that they may be applied to are not read.
KEEPING_SHAPE = (
    "BatchNormalization", "Celu", "CumSum", "Gelu", "GroupNormalization", "HardSigmoid", "InstanceNormalization", "LRN",
    "LayerNormalization", "LogSoftmax", "LpNormalization", "PRelu", "RMSNormalization", "Relu", "Shrink", "Softmax", "Swish",
    "ThresholdedRelu",
)  # fmt: skip

FOLDS: dict[str, Fold] = {
    **dict.fromkeys(KEEPING_SHAPE, keep_shape),
    "Abs": each(abs),
    "Add": each(add),
    "Affine": fold_affine,
    "And": each(lambda a, b: bool(a and b), BOOL),
    "Cast": fold_cast,
    "CastLike": fold_cast,
    "Ceil": each(lambda a: float(math.ceil(a))),
    "Clip": fold_clip,
    "Concat": arrangements.fold_concat,
    "Constant": fold_constant,
    "ConstantOfShape": fold_filled,
    "Cos": each(math.cos),
    "Div": each(divide),
    "Equal": each(eq, BOOL),
    "Erf": each(math.erf),
    "Exp": each(math.exp),
    "Expand": arrangements.fold_expand,
    "Flatten": arrangements.fold_flatten,
    "Floor": each(lambda a: float(math.floor(a))),
    "Gather": arrangements.fold_gather,
    "Greater": each(gt, BOOL),
    "GreaterOrEqual": each(ge, BOOL),
    "Identity": arrangements.fold_identity,
    "Less": each(lt, BOOL),
    "LessOrEqual": each(le, BOOL),
    "Log": each(math.log),
    "MatMul": fold_matmul,
    "Max": each(max),
    "Min": each(min),
    "Mod": fold_mod,
    "Mul": each(mul),
    "Neg": each(lambda a: -a),
    "NonZero": fold_nonzero,
    "Not": each(lambda a: not a, BOOL),
    "Or": each(lambda a, b: bool(a or b), BOOL),
    "Pow": each(power),
    "Range": fold_range,
    "Reciprocal": each(lambda a: 1 / a),
    "ReduceMax": reduce(max),
    "ReduceMean": reduce(lambda values: sum(values) / len(values)),
    "ReduceMin": reduce(min),
    "ReduceProd": reduce(math.prod),
    "ReduceSum": reduce(sum),
    "Reshape": arrangements.fold_reshape,
    "Round": each(round_half_even),
    "Shape": fold_shape,
    "Sigmoid": each(lambda a: 1 / (1 + math.exp(-a))),
    "Sin": each(math.sin),
    "Sign": each(lambda a: (a > 0) - (a < 0)),
    "Size": fold_size,
    "Slice": arrangements.fold_slice,
    "Softplus": each(lambda a: math.log1p(math.exp(a))),
    "Split": arrangements.fold_split,
    "Sqrt": each(math.sqrt),
    "Squeeze": arrangements.fold_squeeze,
    "Standardize": fold_affine,
    "Sub": each(sub),
    "Tanh": each(math.tanh),
    "Tile": arrangements.fold_tile,
    "Transpose": arrangements.fold_transpose,
    "Unsqueeze": arrangements.fold_unsqueeze,
    "Where": each(lambda condition, a, b: a if condition else b),
}
