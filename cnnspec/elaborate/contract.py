"""`expect(28x28x64)` as a step: what a tensor must be, checked where it stands."""

from __future__ import annotations

from cnnspec.elaborate.values import UNKNOWN, describe, is_number
from cnnspec.layers.argument import Term
from cnnspec.layers.base import show_shape
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.elaborate.evaluator import Evaluator
    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.values import Scope, Tensor
    from cnnspec.layers.base import Shape


def check_contract(node: tree.Contract, scope: Scope, current: Tensor, shape: Shape, evaluator: Evaluator) -> None:
    """Report where a tensor of this shape is not what a contract asks for."""
    report, assumptions = evaluator.report, evaluator.assumptions
    free = [argument for argument in node.arguments if argument.name is None]
    here = f"expect({'x'.join([str(n) if isinstance(n, int) else '?' for n in shape])})"
    if len(free) > 1 or not node.arguments:
        message = f"expect takes one shape, not {len(free)}" if free else "expect needs a shape"
        if current.assumed:
            return
        report.error("E011", node, scope, message, f"write {here}")
        return
    for argument in node.arguments:
        value = evaluator.evaluate(argument.value, scope, current)
        if current.assumed:
            assumptions.cast_doubt()
        if value is UNKNOWN:
            assumptions.take_doubt()
            continue
        if argument.name is not None:
            attribute = tree.Attribute(argument.start, argument.end, tree.Here(0, 0), argument.name)
            actual: Any = evaluator.evaluate_tensor_attribute(attribute, shape, scope)
            if actual is not UNKNOWN and actual != value:
                word = argument.name.text
                other = f"write {word}={actual}" if isinstance(actual, int) else f"drop {word}"
                report_broken(report, argument, scope, f"{word} = {show_value(value)}", show_value(actual), other)
        else:
            wanted = value if isinstance(value, tuple) else (value,)
            if not all(size is None or is_number(size) for size in wanted):
                message = f"expect takes a shape, not {describe(value)}"
                report.error("E012", argument, scope, message, other_shape(value, scope, shape, here))
            elif len(wanted) != len(shape) or any(w is not None and w != n for w, n in zip(wanted, shape, strict=True)):
                report_broken(report, argument, scope, show_shape(wanted), show_shape(shape), f"write {here}")
        assumptions.take_doubt()


def other_shape(value: Any, scope: Scope, shape: Shape, here: str) -> str:
    """What to write in place of what is no shape. nx1 is one word to the language: (n, 1) is meant where n is a number."""
    parts = value.name.split("x") if isinstance(value, Term) else []
    sizes = [int(part) if part.isdigit() else scope.find(part) for part in parts]
    if len(parts) < 2 or not all(map(is_number, sizes)):
        return f"write {here}"
    named = f"({', '.join(parts)})"
    same = tuple(sizes) == shape
    return f"write expect({named})" if same else f"names stand in parentheses, {named}; write {here}"


def report_broken(report: Report, at: tree.Node, scope: Scope, wanted: str, actual: str, other: str) -> None:
    message = f"{wanted} is expected here, the tensor is {actual}"
    report.error("E020", at, scope, message, f"mend the layers before it, or {other}")


def show_value(value: Any) -> str:
    return str(value) if is_number(value) else describe(value)
