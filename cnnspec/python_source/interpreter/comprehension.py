"""Comprehension of lists, sets and dicts, and generator expressions."""

from __future__ import annotations

from cnnspec.python_source.interpreter import items
from cnnspec.python_source.interpreter.budget import MOST_ITEMS, TooLarge
from cnnspec.python_source.interpreter.scopes import Scope
from cnnspec.python_source.interpreter.sequences import IteratorValue
from cnnspec.python_source.interpreter.targets import assign
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter


class Unclear(Exception):
    """What is looped over, or a condition, is not known."""

    def __init__(self, cause: Unknown) -> None:
        self.cause = cause


def gather(it: Interpreter, generators: list[ast.comprehension], add: Callable[[], None]) -> Unknown | None:
    """Call `add` for every turn; an unknown where it is not known which turns there are."""
    first = it.evaluate(generators[0].iter)
    before = it.scope
    it.scope = Scope(before.module, before.closure)
    it.scope.comprehends = True
    try:
        turn(it, generators, first, add)
    except Unclear as unclear:
        return unclear.cause
    finally:
        it.scope = before
    return None


def turn(it: Interpreter, generators: list[ast.comprehension], value: Any, add: Callable[[], None]) -> None:
    generator = generators[0]
    found = it.list_items(value, generator.iter)
    if found is None:
        unknown = isinstance(value, Unknown)
        raise Unclear(value if unknown else it.machine.make_unknown("its items are not known", generator.iter))
    for item in found:
        it.budget.take()
        assign(it, generator.target, item)
        for condition in generator.ifs:
            truth, cause = it.decide(it.evaluate(condition), condition)
            if truth is None:
                raise Unclear(cause)
            if not truth:
                break
        else:
            if len(generators) == 1:
                add()
            else:
                turn(it, generators[1:], it.evaluate(generators[1].iter), add)


def check_room(made: list[Any] | dict[Any, Any]) -> None:
    if len(made) >= MOST_ITEMS:
        raise TooLarge


def evaluate_list(it: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Any:
    found: list[Any] = []

    def add() -> None:
        check_room(found)
        found.append(it.evaluate(node.elt))

    unknown = gather(it, node.generators, add)
    return found if unknown is None else unknown


def evaluate_set(it: Interpreter, node: ast.SetComp) -> Any:
    found = evaluate_list(it, node)
    return found if isinstance(found, Unknown) else items.make_set(it, found, node)


def evaluate_generator(it: Interpreter, node: ast.GeneratorExp) -> Any:
    found = evaluate_list(it, node)
    return found if isinstance(found, Unknown) else IteratorValue(found)


def evaluate_dict(it: Interpreter, node: ast.DictComp) -> Any:
    made: dict[Any, Any] = {}

    def add() -> None:
        check_room(made)
        key = it.evaluate(node.key)
        it.set_item(made, key, it.evaluate(node.value), node)

    unknown = gather(it, node.generators, add)
    return made if unknown is None else unknown


EXPRESSIONS: dict[str, Callable[[Any, Any], Any]] = {
    "ListComp": evaluate_list,
    "SetComp": evaluate_set,
    "GeneratorExp": evaluate_generator,
    "DictComp": evaluate_dict,
}
