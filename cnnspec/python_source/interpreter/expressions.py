"""Expressions → values."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter import comprehension, formatting, items
from cnnspec.python_source.interpreter.functions import make_function
from cnnspec.python_source.interpreter.items import contains
from cnnspec.python_source.interpreter.operators import NAMES
from cnnspec.python_source.interpreter.signals import Return
from cnnspec.python_source.interpreter.targets import bind_name
from cnnspec.python_source.values import NOTHING, Call, External, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter

MOST_HELD = 100  # values in a container that is looked into


# ---- names and constants ----------------------------------------------------------------------------------------
def evaluate_constant(it: Interpreter, node: ast.Constant) -> Any:
    return node.value


def evaluate_name(it: Interpreter, node: ast.Name) -> Any:
    return it.modules.find_name(it.scope, node.id, node)


def evaluate_attribute(it: Interpreter, node: ast.Attribute) -> Any:
    return it.get_attribute(it.evaluate(node.value), node.attr, node)


def evaluate_subscript(it: Interpreter, node: ast.Subscript) -> Any:
    return it.get_item(it.evaluate(node.value), it.evaluate(node.slice), node)


def evaluate_slice(it: Interpreter, node: ast.Slice) -> Any:
    return slice(*[None if part is None else it.evaluate(part) for part in (node.lower, node.upper, node.step)])


def evaluate_named(it: Interpreter, node: ast.NamedExpr) -> Any:
    value = it.evaluate(node.value)
    scope = it.scope
    while scope.comprehends and scope.outer is not None:
        scope = scope.outer
    if scope.comprehends:
        bind_name(it, scope.module.names, node.target.id, value)
    else:
        bind_name(it, scope.find_home(node.target.id), node.target.id, value)
    return value


# ---- containers -------------------------------------------------------------------------------------------------
def list_elements(it: Interpreter, nodes: list[ast.expr]) -> list[Any] | Unknown:
    """The values of what stands in a tuple, list or set."""

    found: list[Any] = []
    for node in nodes:
        if not isinstance(node, ast.Starred):
            found.append(it.evaluate(node))
            continue
        value = it.evaluate(node.value)
        more = it.list_items(value, node)
        if more is None:
            return value if isinstance(value, Unknown) else it.machine.make_unknown("its items are not known", node)
        found += more
    it.budget.take_items(len(found))
    return found


def evaluate_list(it: Interpreter, node: ast.List) -> Any:
    return list_elements(it, node.elts)


def evaluate_tuple(it: Interpreter, node: ast.Tuple) -> Any:
    found = list_elements(it, node.elts)
    return found if isinstance(found, Unknown) else tuple(found)


def evaluate_set(it: Interpreter, node: ast.Set) -> Any:
    found = list_elements(it, node.elts)
    return found if isinstance(found, Unknown) else items.make_set(it, found, node)


def evaluate_dict(it: Interpreter, node: ast.Dict) -> Any:
    made: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            name = it.evaluate(key)
            it.set_item(made, name, it.evaluate(value), node)
            continue
        other = it.evaluate(value)
        if not isinstance(other, dict):
            return other if isinstance(other, Unknown) else it.machine.make_unknown("its items are not known", value)
        made.update(other)
    it.budget.take_items(len(made))
    return made


# ---- operators ----------------------------------------------------------------------------------------------------
def evaluate_binary(it: Interpreter, node: ast.BinOp) -> Any:
    left = it.evaluate(node.left)
    return it.compute(NAMES[type(node.op).__name__], left, it.evaluate(node.right), node)


def evaluate_unary(it: Interpreter, node: ast.UnaryOp) -> Any:
    name = type(node.op).__name__
    if name != "Not":
        return it.compute(NAMES[name], it.evaluate(node.operand), NOTHING, node)
    truth, cause = find_condition(it, node.operand)
    return cause if truth is None else not truth


def evaluate_boolean(it: Interpreter, node: ast.BoolOp) -> Any:
    return evaluate_values(it, node, node.values)


def evaluate_values(it: Interpreter, node: ast.BoolOp, values: list[ast.expr]) -> Any:
    """The value of `a and b …` or of `a or b …`."""
    value = it.evaluate(values[0])
    if len(values) == 1:
        return value
    truth, cause = it.decide(value, values[0])
    if truth is None:
        return it.doubts.fork(cause, node, lambda: value, lambda: evaluate_values(it, node, values[1:]))
    return evaluate_values(it, node, values[1:]) if truth == (type(node.op).__name__ == "And") else value


def find_condition(it: Interpreter, node: ast.expr) -> tuple[bool | None, Unknown]:
    """Whether a condition holds, None where it is not known; and what it hangs on then."""

    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        truth, cause = find_condition(it, node.operand)
        return None if truth is None else not truth, cause
    if not isinstance(node, ast.BoolOp):
        return it.decide(it.evaluate(node), node)
    return decide_values(it, node, node.values)


def decide_values(it: Interpreter, node: ast.BoolOp, values: list[ast.expr]) -> tuple[bool | None, Unknown]:
    ends = type(node.op).__name__ == "Or"  # the truth that decides the whole
    truth, cause = find_condition(it, values[0])
    if truth is ends or len(values) == 1:
        return truth, cause
    if truth is not None:
        return decide_values(it, node, values[1:])
    rest = [False]

    def follow_rest() -> None:
        rest[0] = decide_values(it, node, values[1:])[0] is ends

    it.doubts.fork(cause, node, lambda: None, follow_rest)
    return (ends if rest[0] else None), cause


def evaluate_comparison(it: Interpreter, node: ast.Compare) -> Any:
    left = it.evaluate(node.left)
    result: Any = True
    for number, (operator, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = it.evaluate(right_node)
        found = compare(it, type(operator).__name__, left, right, node)
        if len(node.ops) == 1:
            return found
        truth, cause = it.decide(found, node)
        if truth is False:
            return found
        if truth is None or number == len(node.ops) - 1:
            result = cause if truth is None else result if isinstance(result, Unknown) else found
        left = right
    return result


def compare(it: Interpreter, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    if name in ("In", "NotIn"):
        found, negated = contains(it, right, left, node), name == "NotIn"
    elif name in ("Is", "IsNot"):
        found, negated = is_identical(left, right), name == "IsNot"
    else:
        return it.compute(NAMES[name], left, right, node)
    if found is None:
        cause = next((side for side in (left, right) if isinstance(side, Unknown)), None)
        return cause or it.machine.make_unknown("the comparison is not known", node)
    return found != negated


def is_identical(left: Any, right: Any) -> bool | None:
    """Whether two values are one; None where that is not known."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if left is right:
        return True
    if isinstance(left, External) and isinstance(right, External):
        return left == right
    if isinstance(left, (str, bytes, int, float, complex, tuple)) and type(left) is type(right) is not bool:
        return None if left == right else False
    return False


def evaluate_choice(it: Interpreter, node: ast.IfExp) -> Any:
    truth, cause = find_condition(it, node.test)
    if truth is None:
        return it.doubts.fork(cause, node, lambda: it.evaluate(node.body), lambda: it.evaluate(node.orelse))
    return it.evaluate(node.body if truth else node.orelse)


# ---- calls --------------------------------------------------------------------------------------------------------
def evaluate_call(it: Interpreter, node: ast.Call) -> Any:

    function = it.evaluate(node.func)
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    open_arguments = open_keywords = False
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            value = it.evaluate(argument)
            if not open_arguments:  # which one it is is not known
                arguments.append(value)
            continue
        more = it.list_items(it.evaluate(argument.value), argument)
        open_arguments = open_arguments or more is None
        arguments += more or ()
    for keyword in node.keywords:
        value = it.evaluate(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, dict) and all(isinstance(name, str) for name in value):
            keywords.update(value)
        else:
            open_keywords = True
    call = Call(it.machine, node, tuple(arguments), keywords, open_arguments, open_keywords)
    found = it.call_value(function, call)
    given = [*arguments, *keywords.values()]
    if isinstance(function, Unknown):
        forget_changeable(it, given, function)
    if isinstance(found, Unknown) and isinstance(function, (Unknown, External)):
        for value in list_held(given):
            value.forget(found, it.machine)
    return found


def forget_changeable(it: Interpreter, values: list[Any], cause: Unknown) -> None:
    """An unknown function may change the lists and dicts that it is given."""
    for value in values:
        if isinstance(value, (list, dict, set)):
            it.journal.taint(value, cause)


def list_held(values: list[Any]) -> list[Value]:
    """The values of libraries and classes among some values, and in the short lists and dicts among them."""
    held: list[Any] = []
    for value in values:
        if isinstance(value, (list, tuple, dict)) and len(value) <= MOST_HELD:
            held += value.values() if isinstance(value, dict) else value
        held.append(value)
    return [value for value in held if isinstance(value, Value)]


def evaluate_lambda(it: Interpreter, node: ast.Lambda) -> Any:
    return make_function(it, node)


def evaluate_await(it: Interpreter, node: ast.Await) -> Any:
    return it.evaluate(node.value)


def evaluate_yield(it: Interpreter, node: ast.Yield) -> Any:
    give(it, [None if node.value is None else it.evaluate(node.value)])
    return it.machine.make_unknown("what is sent to a generator is not known", node)


def evaluate_yield_from(it: Interpreter, node: ast.YieldFrom) -> Any:
    given = it.list_items(it.evaluate(node.value), node)
    give(it, given)
    return it.machine.make_unknown("what is sent to a generator is not known", node)


def give(it: Interpreter, values: list[Any] | None) -> None:
    """Yield values."""
    scope = it.scope.find_function()
    found = None if scope is None else scope.yielded
    if found is None:
        return
    found.unsure = found.unsure or values is None or len(it.doubts.open) > found.doubts
    found.values += values or ()
    if len(found.values) >= found.most:
        del found.values[found.most :]
        raise Return(None)


def evaluate_unknown(it: Interpreter, node: ast.AST) -> Any:
    return it.machine.make_unknown("it is not read", node)


EXPRESSIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Constant": evaluate_constant,
    "Name": evaluate_name,
    "Attribute": evaluate_attribute,
    "Subscript": evaluate_subscript,
    "Slice": evaluate_slice,
    "NamedExpr": evaluate_named,
    "List": evaluate_list,
    "Tuple": evaluate_tuple,
    "Set": evaluate_set,
    "Dict": evaluate_dict,
    "BinOp": evaluate_binary,
    "UnaryOp": evaluate_unary,
    "BoolOp": evaluate_boolean,
    "Compare": evaluate_comparison,
    "IfExp": evaluate_choice,
    "Call": evaluate_call,
    "Lambda": evaluate_lambda,
    "Await": evaluate_await,
    "Yield": evaluate_yield,
    "YieldFrom": evaluate_yield_from,
    "Starred": evaluate_unknown,
    "TemplateStr": evaluate_unknown,
    "Interpolation": evaluate_unknown,
    **formatting.EXPRESSIONS,
    **comprehension.EXPRESSIONS,
}
