"""def and class: functions and classes are made, and decorated."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter.functions import make_function
from cnnspec.python_source.interpreter.objects import ClassValue, InstanceValue, Wrapped
from cnnspec.python_source.interpreter.scopes import Names, Scope
from cnnspec.python_source.interpreter.targets import bind_name
from cnnspec.python_source.values import Call, External, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter

ANNOTATIONS = "__annotations__"
SUBCLASS = "__init_subclass__"
ENUMS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")
TUPLES = ("typing.NamedTuple",)
CACHED_PROPERTIES = (
    "functools.cached_property",
    "django.utils.functional.cached_property",
    "werkzeug.utils.cached_property",
)


def run_function(it: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    decorators = [it.evaluate(decorator) for decorator in node.decorator_list]
    made = decorate(it, make_function(it, node), decorators, node)
    bind_name(it, it.scope.find_home(node.name), node.name, made)


def decorate(
    it: Interpreter, made: Any, decorators: list[Any], node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
) -> Any:
    """What decorators make of a function or class. One of which nothing is known leaves it as it is, as nearly all do."""
    for decorator, written in zip(decorators[::-1], node.decorator_list[::-1], strict=True):
        name = decorator.name if isinstance(decorator, External) else ""
        if name in ("builtins.property", "builtins.staticmethod", "builtins.classmethod"):
            made = Wrapped(name.removeprefix("builtins."), made)
        elif name == "abc.abstractproperty":
            made = Wrapped("property", made)
        elif name in CACHED_PROPERTIES:
            made = Wrapped("cached_property", made)
        elif not isinstance(decorator, External) or name in it.machine.libraries.functions:
            given = it.call_value(decorator, Call(it.machine, written, (made,)))
            made = made if isinstance(given, Unknown) else given
    return made


# ---- classes ------------------------------------------------------------------------------------------------------
def run_class(it: Interpreter, node: ast.ClassDef) -> None:
    decorators = [it.evaluate(decorator) for decorator in node.decorator_list]
    bases = [find_base(it, base) for base in node.bases]
    given = {keyword.arg: it.evaluate(keyword.value) for keyword in node.keywords if keyword.arg != "metaclass"}
    scope = Scope(it.scope.module, it.scope.closure, Names(attributes=True))
    scope.cell = []
    outer = it.scope.names.get("__qualname__", "") if it.scope.cell is not None else ""
    scope.names["__qualname__"] = f"{outer}.{node.name}" if outer else node.name
    before = it.scope
    it.scope = scope
    try:
        it.run(node.body)
    finally:
        it.scope = before
    made = ClassValue(node.name, node, bases, scope.names, it.machine.written)
    scope.cell.append(made)
    shape_class(made)
    tell_bases(it, made, given, node)
    bind_name(it, it.scope.find_home(node.name), node.name, decorate(it, made, decorators, node))


def tell_bases(it: Interpreter, made: ClassValue, given: dict[str | None, Any], node: ast.ClassDef) -> None:
    """Run __init_subclass__ of the classes that a class stands on, with what stands beside them in its head."""
    found = next((one.attributes[SUBCLASS] for one in made.mro[1:] if SUBCLASS in one.attributes), None)
    function = found.function if isinstance(found, Wrapped) else found
    if function is not None:
        keywords = {name: value for name, value in given.items() if name is not None}
        it.call_value(function, Call(it.machine, node, (made,), keywords, open_keywords=None in given))


def find_base(it: Interpreter, node: ast.expr) -> Any:
    """A class that another stands on: Generic[T] is Generic."""

    if not isinstance(node, ast.Subscript):
        return it.evaluate(node)
    found = it.evaluate(node.value)
    return found if isinstance(found, (External, ClassValue)) else it.get_item(found, it.evaluate(node.slice), node)


def note_annotation(it: Interpreter, name: str, node: ast.expr) -> None:
    """A class's field: dataclasses and NamedTuples have them in this order."""
    names = it.scope.names
    names.setdefault(ANNOTATIONS, {})[name] = node


def is_class_variable(node: ast.expr) -> bool:

    return "ClassVar" in ast.unparse(node)


def shape_class(made: ClassValue) -> None:
    """What its bases make of a class: an Enum, a NamedTuple; it has the fields of the dataclasses that it stands on."""
    bases = {base.name for one in made.mro for base in one.bases if isinstance(base, External)}
    if not bases.isdisjoint(TUPLES):
        made.form = "tuple"
        made.fields = {name: made.attributes.get(name, NO_DEFAULT) for name in made.attributes.get(ANNOTATIONS, {})}
        for name in made.fields:
            made.attributes.pop(name, None)
    elif not bases.isdisjoint(ENUMS):
        made.form = "enum"
        for name, value in list(made.attributes.items()):
            if not name.startswith("_") and not hasattr(value, "function") and not hasattr(value, "scope"):
                made.attributes[name] = make_member(made, name, value)
    else:
        for other in made.mro[1:]:
            if other.form:
                made.form, made.fields = other.form, other.fields
                break


def make_member(made: ClassValue, name: str, value: Any) -> InstanceValue:
    member = InstanceValue(made)
    if isinstance(value, External) and value.name == "enum.auto()":
        value = len(made.members) + 1
    member.attributes.update(name=name, value=value)
    made.members.append(member)
    return member


def find_fields(made: ClassValue) -> dict[str, Any]:
    """The fields of a dataclass, those of its bases first, with their defaults."""
    found: dict[str, Any] = {}
    for other in reversed(made.mro):
        for name, kind in other.attributes.get(ANNOTATIONS, {}).items():
            if not is_class_variable(kind):
                found[name] = other.attributes.get(name, NO_DEFAULT)
    return found


class Field(Value):
    """dataclasses.field(…): `given`: whether a call gives it."""

    __slots__ = ("default", "factory", "given")

    def __init__(self, default: Any, factory: Any, given: bool) -> None:
        self.default, self.factory, self.given = default, factory, given


class NoDefault:
    def __repr__(self) -> str:
        return "no default"


NO_DEFAULT = NoDefault()
STATEMENTS: dict[str, Callable[[Any, Any], None]] = {
    "FunctionDef": run_function,
    "AsyncFunctionDef": run_function,
    "ClassDef": run_class,
}
