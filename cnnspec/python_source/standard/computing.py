"""math and operator."""

from __future__ import annotations

import math
from functools import partial

from cnnspec.python_source.interpreter.builtins import make_computed
from cnnspec.python_source.values import NOTHING, Method, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

COMPUTED = (
    math.ceil, math.floor, math.trunc, math.sqrt, math.isqrt, math.exp, math.expm1, math.log, math.log2, math.log10,
    math.log1p, math.pow, math.sin, math.cos, math.tan, math.asin, math.acos, math.atan, math.atan2, math.sinh,
    math.cosh, math.tanh, math.hypot, math.fabs, math.fmod, math.gcd, math.lcm, math.copysign, math.degrees,
    math.radians, math.isnan, math.isinf, math.isfinite, math.isclose, math.modf, math.dist, math.erf,
)  # fmt: skip
GROWING: tuple[Any, ...] = (math.factorial, math.comb, math.perm)
MOST_GROWN = 300  # numbers of which such a function is computed
OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "eq": "==", "ne": "!=",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "and_": "&", "or_": "|", "xor": "^", "matmul": "@",
}  # fmt: skip


def compute_grown(function: Any, call: Call) -> Any:
    if any(not isinstance(number, int) or number > MOST_GROWN for number in call.arguments):
        return find_unknown(call.arguments) or call.make_unknown("it is larger than is kept")
    return make_computed(function)(call)


def multiply(call: Call) -> Any:
    """math.prod"""
    machine, total = call.machine, call.find(1, "start", default=1)
    found = machine.list_items(call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    for item in found:
        total = machine.compute("*", total, item, call.node)
    return total


def operate(operator: str, call: Call) -> Any:
    return call.machine.compute(operator, call.find(0), call.find(1), call.node)


def negate(call: Call) -> Any:
    return call.machine.compute("-", call.find(0), NOTHING, call.node)


def make_getter(call: Call) -> Any:
    """operator.itemgetter"""
    keys = call.arguments

    def get(inner: Call) -> Any:
        found = tuple([inner.machine.get_item(inner.find(0), key, inner.node) for key in keys])
        return found[0] if len(keys) == 1 else found

    return Method("itemgetter", get)


def make_attribute_getter(call: Call) -> Any:
    """operator.attrgetter"""
    names = call.arguments
    if len(names) != 1 or not isinstance(names[0], str):
        return call.make_unknown("which attribute is meant is not known")

    def get(inner: Call) -> Any:
        value = inner.find(0)
        for name in names[0].split("."):
            value = inner.machine.get_attribute(value, name, inner.node)
        return value

    return Method("attrgetter", get)


def register(libraries: Libraries) -> None:
    for function in COMPUTED:
        libraries.functions[f"math.{function.__name__}"] = make_computed(function)
    for growing in GROWING:
        libraries.functions[f"math.{growing.__name__}"] = partial(compute_grown, growing)
    libraries.functions["math.prod"] = multiply
    libraries.constants.update({f"math.{name}": vars(math)[name] for name in ("pi", "e", "tau", "inf", "nan")})
    for name, operator in OPERATORS.items():
        libraries.functions[f"operator.{name}"] = partial(operate, operator)
    libraries.functions["operator.neg"] = negate
    libraries.functions["operator.itemgetter"] = make_getter
    libraries.functions["operator.attrgetter"] = make_attribute_getter
