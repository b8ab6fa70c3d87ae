"""What is in a container: items by their keys, what a loop meets, what is equal to what."""

from __future__ import annotations

from cnnspec.python_source.interpreter.budget import MOST_ITEMS, TooLarge
from cnnspec.python_source.interpreter.operators import UNARY, guard, is_equal
from cnnspec.python_source.interpreter.scopes import Names
from cnnspec.python_source.values import Unknown, Value, count_values, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter

MOST_PRINTED = 2_000  # values in a text
MOST_HASHED = 10_000  # values in a key
SEQUENCES = (list, tuple, str, bytes, range)


class Defaults(dict["Any", "Any"]):
    """A dict that makes what it lacks: defaultdict, Counter. `factory` is a value; None makes `missing`, which is not kept."""

    __slots__ = ("factory", "missing")

    def __init__(self, factory: Any, missing: Any = None) -> None:
        super().__init__()
        self.factory, self.missing = factory, missing

    def copy(self) -> Defaults:
        made = Defaults(self.factory, self.missing)
        made.update(self)
        return made


# ---- one item ---------------------------------------------------------------------------------------------------
def get_item(it: Interpreter, value: Any, key: Any, node: ast.AST) -> Any:
    """value[key]."""
    if isinstance(value, Value):
        return value.get_item(key, it.machine, node)
    unknown = find_key_unknown(key)
    if unknown is not None:
        return unknown
    if isinstance(value, dict):
        return get_of_dict(it, value, key, node)
    if isinstance(value, SEQUENCES):
        if not isinstance(key, (int, slice)):
            return it.fail("TypeError", "an index is a whole number", node)
        try:
            return it.see(value[key], node)
        except (IndexError, ValueError, TypeError) as error:
            return it.fail(type(error).__name__, str(error), node)
    return it.fail("TypeError", "it has no items", node)


def find_key_unknown(key: Any) -> Unknown | None:
    """The unknown in a key or slice; a tuple that is very large is too dear to look up."""
    if isinstance(key, slice):
        return find_unknown((key.start, key.stop, key.step))
    check_key(key)
    return find_unknown(key)


def check_key(key: Any) -> None:
    if isinstance(key, (tuple, frozenset)) and count_values(key, MOST_HASHED) > MOST_HASHED:
        raise TooLarge


def get_of_dict(it: Interpreter, value: dict[Any, Any], key: Any, node: ast.AST) -> Any:
    try:
        if key in value:
            return it.see(value[key], node)
    except TypeError:
        return it.fail("TypeError", "a key must be hashable", node)
    if isinstance(value, Defaults):
        if value.factory is None:
            return value.missing
        made = it.machine.call(value.factory, (), {}, node)
        it.journal.note(value)
        value[key] = made
        return made
    return it.fail("KeyError", f"there is no {key!r}" if is_known(key) else "there is no such key", node)


def begin_change(it: Interpreter, value: list[Any] | dict[Any, Any], key: Any) -> bool:
    """Note that an item is changed; False where it is not known which, so that nothing of the container is."""
    unknown = find_key_unknown(key)
    if unknown is None:
        it.journal.note(value)
    else:
        it.journal.taint(value, unknown)
    return unknown is None


def set_item(it: Interpreter, value: Any, key: Any, new: Any, node: ast.AST) -> None:
    """value[key] = new."""
    if isinstance(value, Value):
        value.set_item(key, new, it.machine, node)
        return
    if not isinstance(value, (list, dict)):
        it.fail("TypeError", "its items cannot be set", node)
        return
    if not begin_change(it, value, key):
        return
    try:
        if isinstance(key, slice) and isinstance(value, list):
            items = it.list_items(new, node)
            if items is None:
                it.journal.taint(value, it.machine.make_unknown("its items are not known", node))
            else:
                it.budget.take_items(len(value) + len(items))
                value[key] = items
        else:
            value[key] = new
    except (IndexError, TypeError, ValueError) as error:
        it.fail(type(error).__name__, str(error), node)


def delete_item(it: Interpreter, value: Any, key: Any, node: ast.AST) -> None:
    """del value[key]."""
    if not isinstance(value, (list, dict)) or not begin_change(it, value, key):
        return
    try:
        del value[key]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        it.fail(type(error).__name__, str(error), node)


# ---- all items --------------------------------------------------------------------------------------------------
def list_items(it: Interpreter, value: Any, node: ast.AST) -> list[Any] | None:
    """What a loop over a value meets, in order; None: unknown."""
    if isinstance(value, Value):
        return value.list_items(it.machine, node)
    if isinstance(value, (set, frozenset)):
        known = len(value) < 2 or all(isinstance(item, (int, float)) for item in value)
        return list(value) if known and not find_unknown(value) else None  # Python itself orders texts by chance
    if isinstance(value, (*SEQUENCES, dict)):
        if len(value) > MOST_ITEMS:
            return None
        it.budget.take_items(len(value))
        if id(value) in it.journal.tainted:
            return None
        return [it.see(item, node) for item in value] if it.journal.tainted else list(value)
    it.fail("TypeError", "it cannot be looped over", node)
    return None


def list_unordered(it: Interpreter, value: Any, node: ast.AST) -> list[Any] | None:
    """The items of a value, whose order does not matter."""
    if isinstance(value, (set, frozenset)):
        return None if find_unknown(value) else list(value)
    return list_items(it, value, node)


def make_set(it: Interpreter, found: list[Any], node: ast.AST) -> Any:
    unknown = find_unknown(found)
    if unknown is not None:
        return unknown
    for item in found:
        check_key(item)
    try:
        return set(found)
    except TypeError as error:
        return it.fail("TypeError", str(error), node)


def count_items(it: Interpreter, value: Any, node: ast.AST) -> Any:
    """len() of a value."""
    if isinstance(value, Value):
        found = value.count_items(it.machine, node)
        if found is not None:
            return found
        return value if isinstance(value, Unknown) else it.machine.make_unknown("its length is not known", node)
    if not isinstance(value, (*SEQUENCES, dict, set, frozenset)):
        return it.fail("TypeError", "it has no length", node)
    return len(value)


def contains(it: Interpreter, container: Any, item: Any, node: ast.AST) -> bool | None:
    """item in container; None: unknown."""
    if isinstance(container, Unknown) or isinstance(item, Unknown):
        return None
    asked = getattr(container, "class_value", None)
    if asked is not None and asked.find_method("__contains__") is not None:
        return it.find_truth(it.ask_instance(container, "__contains__", (item,), node))
    if isinstance(container, str):
        if isinstance(item, str):
            return item in container
        it.fail("TypeError", "only a text can be in a text", node)
        return None
    check_key(item)
    if isinstance(container, range) and is_known(item):
        return isinstance(item, (int, float)) and item in container
    found = list_unordered(it, container, node)
    if found is None:
        return None
    if is_known(item) and isinstance(container, (dict, set, frozenset)):
        try:
            return item in container
        except TypeError:
            return None
    answers = [it.find_truth(it.compute("==", one, item, node)) if one is not item else True for one in found]
    return True if True in answers else None if None in answers else False


# ---- operators on what holds anything ------------------------------------------------------------------------------
def compare_equal(it: Interpreter, operator: str, left: Any, right: Any, node: ast.AST) -> Any:
    found = is_equal(left, right)
    if found is None:
        cause = find_unknown(left) or find_unknown(right)
        return cause or it.machine.make_unknown("the comparison is not known", node)
    return found == (operator == "==")


def compute_unary(it: Interpreter, operator: str, value: Any, node: ast.AST) -> Any:
    try:
        function: Any = UNARY[operator]
        return guard(function(value))
    except TypeError as error:
        return it.fail("TypeError", str(error), node)


def fill_text(it: Interpreter, text: Any, values: Any, node: ast.AST) -> Any:
    """text % values."""
    from re import findall

    known = find_unknown(values)
    if known is not None:
        return known
    if not is_known(values) or count_values(values, MOST_PRINTED) > MOST_PRINTED:
        return it.machine.make_unknown("a value in the text is not known", node)
    if isinstance(text, bytes) or "*" in text or any(len(digits) > 3 for digits in findall(r"\d+", text)):
        raise TooLarge
    try:
        return text % (values if not isinstance(values, Names) else dict(values))
    except Exception as error:
        return it.fail(type(error).__name__, str(error), node)
