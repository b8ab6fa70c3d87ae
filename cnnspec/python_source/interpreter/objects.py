"""What a source defines: functions, classes and their instances."""

from __future__ import annotations

from cnnspec.python_source.interpreter.scopes import Names
from cnnspec.python_source.values import External, Method, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.interpreter.results import Results
    from cnnspec.python_source.interpreter.scopes import Scope
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call
    from cnnspec.python_source.written import Written


class FunctionValue(Value):
    """A function or lambda of the source. `name` has its class before it, "ResNet.block"; `defaults` are the values by the
    parameters' names; `written` is the text that it stands in; `results`: those that functools.cache keeps."""

    __slots__ = ("attributes", "cell", "defaults", "generates", "name", "node", "results", "scope", "written")

    def __init__(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope, written: Written
    ) -> None:
        self.node, self.scope, self.written = node, scope, written
        self.name = ""
        self.defaults: dict[str, Any] = {}
        self.cell: list[Any] | None = scope.cell  # whose only item is the class that it is a method of
        self.generates = False
        self.attributes = Names(attributes=True)
        self.results: Results | None = None

    def call(self, call: Call) -> Any:
        return call.machine.interpreter.call_function(self, call)

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in self.attributes:
            return self.attributes[name]
        if name == "__name__":
            return self.name.rpartition(".")[2]
        if name == "cache_clear" and self.results is not None:
            return Method(name, self.results.clear)
        return super().get_attribute(name, machine, node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.note_change(self.attributes)
        self.attributes[name] = value

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        if operator in ("==", "!=") and not isinstance(other, (Unknown, InstanceValue)):
            return (self is other) == (operator == "==")
        return super().compute(operator, other, swapped, machine, node)

    def describe(self) -> str:
        return f"the function {self.name}"


class BoundMethod(Value):
    """A function with its first argument."""

    __slots__ = ("function", "owner")

    def __init__(self, function: Any, owner: Any) -> None:
        self.function, self.owner = function, owner

    def call(self, call: Call) -> Any:
        arguments = (self.owner, *call.arguments)
        return call.machine.interpreter.call_value(self.function, call.replace(arguments=arguments))

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        return self.owner if name == "__self__" else machine.get_attribute(self.function, name, node)

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        if operator in ("==", "!=") and isinstance(other, BoundMethod):
            return (self.function is other.function and self.owner is other.owner) == (operator == "==")
        return super().compute(operator, other, swapped, machine, node)

    def describe(self) -> str:
        return str(self.function.describe()).replace("function", "method", 1)


class Wrapped(Value):
    """A function in a class as `kind` says: property, cached_property, staticmethod, classmethod. `setter`: of a property."""

    __slots__ = ("function", "kind", "setter")

    def __init__(self, kind: str, function: Any, setter: Any = None) -> None:
        self.kind, self.function, self.setter = kind, function, setter

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if self.kind == "property" and name in ("setter", "getter", "deleter"):
            return Method(name, lambda call: self._change(name, call.find(0)))
        return machine.get_attribute(self.function, name, node)

    def _change(self, how: str, function: Any) -> Wrapped:
        if how == "setter":
            return Wrapped("property", self.function, function)
        return Wrapped("property", function, self.setter) if how == "getter" else self

    def call(self, call: Call) -> Any:
        return call.machine.interpreter.call_value(self.function, call)


NEUTRAL = ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol")  # bases that say nothing of a class
PLAIN_ENUMS = ("enum.IntEnum", "enum.IntFlag", "enum.StrEnum", "builtins.str", "builtins.int", "builtins.float")


class ClassValue(Value):
    """A class of the source. `bases` are values; `mro` the classes of the source in the order in which a name is looked up,
    itself first. `fields` are those of a dataclass or NamedTuple, with their defaults."""

    __slots__ = ("attributes", "bases", "fields", "form", "members", "mro", "name", "node", "written")

    def __init__(self, name: str, node: ast.AST, bases: list[Any], attributes: Names, written: Written) -> None:
        self.name, self.node, self.bases, self.attributes, self.written = name, node, bases, attributes, written
        self.mro: list[ClassValue] = find_order(self)
        self.fields: dict[str, Any] | None = None
        self.form = ""  # "dataclass", "tuple" or "enum"
        self.members: list[InstanceValue] = []  # of an Enum

    def find_method(self, name: str) -> Any:
        """What the class or one that it stands on has under a name; None where none of the source has it."""
        for made in self.mro:
            if name in made.attributes:
                return made.attributes[name]
        return None

    def find_library_base(self) -> str:
        """The first of a library's classes that it stands on, by its canonical name; "" where it stands on none."""
        for made in self.mro:
            for base in made.bases:
                if isinstance(base, External) and base.name not in NEUTRAL:
                    return base.name
        return ""

    @property
    def is_plain(self) -> bool:
        """Whether the members of an Enum are numbers or texts."""
        return any(isinstance(base, External) and base.name in PLAIN_ENUMS for made in self.mro for base in made.bases)

    @property
    def has_unknown_base(self) -> bool:
        return any(isinstance(base, Unknown) for made in self.mro for base in made.bases)

    def call(self, call: Call) -> Any:
        return call.machine.interpreter.make_instance(self, call)

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        return machine.interpreter.get_class_attribute(self, name, node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.note_change(self.attributes)
        self.attributes[name] = value

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        found = [member for member in self.members if member.attributes["name"] == key]
        return found[0] if found else self  # Generic[T]

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        return list(self.members) if self.form == "enum" else None

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        return len(self.members) if self.form == "enum" else None

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        if operator in ("==", "!=") and not isinstance(other, (Unknown, InstanceValue)):
            return (self is other) == (operator == "==")
        return super().compute(operator, other, swapped, machine, node)

    def describe(self) -> str:
        return f"the class {self.name}"


def find_order(made: ClassValue) -> list[ClassValue]:
    """The order in which a class and those that it stands on are asked (C3); in that of the text where there is none."""
    bases = [base for base in made.bases if isinstance(base, ClassValue)]
    rows = [*[list(base.mro) for base in bases], list(bases)]
    order = [made]
    while rows := [row for row in rows if row]:
        heads = [row[0] for row in rows if not any(row[0] in other[1:] for other in rows)]
        head = heads[0] if heads else rows[0][0]
        order.append(head)
        rows = [[item for item in row if item is not head] for row in rows]
    return order


class InstanceValue(Value):
    """An instance of a class of the source. `native`: what a library's class makes of it, where the class stands on one: it
    is asked for calls, items and attributes that the source's classes do not have, and told of attributes that are set.
    `items`: of a NamedTuple."""

    __slots__ = ("attributes", "class_value", "native")

    def __init__(self, class_value: ClassValue) -> None:
        self.class_value = class_value
        self.attributes = Names(attributes=True)
        self.native: Value | None = None

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        return machine.interpreter.get_instance_attribute(self, name, node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.interpreter.set_instance_attribute(self, name, value, node)

    def call(self, call: Call) -> Any:
        return call.machine.interpreter.call_instance(self, call)

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return machine.interpreter.ask_instance(self, "__getitem__", (key,), node)

    def set_item(self, key: Any, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.interpreter.ask_instance(self, "__setitem__", (key, value), node)

    def forget(self, unknown: Unknown, machine: Machine) -> None:
        """So may what it holds."""
        for value in (self.native, *self.attributes.values()):
            base = value.native if isinstance(value, InstanceValue) else value
            if isinstance(base, Value):
                base.forget(unknown, machine)

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        found: list[Any] | None = machine.interpreter.list_instance_items(self, node)
        return found

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        if self.class_value.form == "tuple":
            return len(self.class_value.fields or ())
        found = machine.interpreter.ask_instance(self, "__len__", (), node)
        return found if isinstance(found, int) else None

    def find_truth(self) -> bool | None:
        find = self.class_value.find_method
        unsure = find("__bool__") or find("__len__") or self.class_value.find_library_base()
        return (
            None
            if unsure or self.class_value.has_unknown_base
            else self.class_value.form != "tuple" or bool(self.class_value.fields)
        )

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        return machine.interpreter.compute_on_instance(self, operator, other, swapped, node)

    def describe(self) -> str:
        return f"an instance of {self.class_value.name}"

    def is_instance(self, name: str) -> bool | None:
        return (
            True
            if name == self.class_value.find_library_base()
            else None
            if self.native is None
            else self.native.is_instance(name)
        )


class SuperValue(Value):
    """super(): what comes behind `after` among the classes of an instance, or of a class."""

    __slots__ = ("after", "owner")

    def __init__(self, owner: Any, after: ClassValue) -> None:
        self.owner, self.after = owner, after

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        return machine.interpreter.get_super_attribute(self, name, node)
