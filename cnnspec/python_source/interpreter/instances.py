"""Instances of the source's classes: made, asked for attributes, called, computed with."""

from __future__ import annotations

from cnnspec.python_source.interpreter.definitions import NO_DEFAULT, Field
from cnnspec.python_source.interpreter.named_tuples import OF_TUPLES
from cnnspec.python_source.interpreter.objects import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    InstanceValue,
    SuperValue,
    Wrapped,
)
from cnnspec.python_source.interpreter.operators import METHODS, MIRRORED
from cnnspec.python_source.values import NOTHING, Call, Method, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter


PROPERTIES = ("property", "cached_property")
UNARY_METHODS = {"-": "neg", "+": "pos", "~": "invert"}


# ---- made ---------------------------------------------------------------------------------------------------------
def make_instance(it: Interpreter, made: ClassValue, call: Call) -> Any:
    """What a call of a class gives."""
    it.called.add(id(made.node))
    if made.form == "enum":
        return find_member(it, made, call)
    unknown = find_unknown_base(made)
    if unknown is not None or made.find_method("__new__") is not None:
        return unknown or call.make_unknown(f"what {made.name}.__new__ gives is not known")
    if made.find_library_base():
        found = it.machine.libraries.make_instance(made, call)
        if found is not NotImplemented:
            return found
    instance = InstanceValue(made)
    start = made.find_method("__init__")
    if start is not None:
        it.call_value(start, call.replace(arguments=(instance, *call.arguments)))
    elif made.form:
        return fill_fields(it, instance, call)
    return instance


def find_unknown_base(made: ClassValue) -> Unknown | None:
    return next((base for one in made.mro for base in one.bases if isinstance(base, Unknown)), None)


def find_member(it: Interpreter, made: ClassValue, call: Call) -> Any:
    """The member of an Enum with a value."""
    for member in made.members:
        if it.find_truth(it.compute("==", member.attributes["value"], call.find(0), call.node)):
            return member
    return call.make_unknown(f"which {made.name} it is is not known")


def fill_fields(it: Interpreter, instance: InstanceValue, call: Call) -> Any:
    """Give a dataclass or NamedTuple the values of its fields."""
    made = instance.class_value
    fields = made.fields or {}
    names = [name for name, default in fields.items() if takes_value(default)]
    keywords = dict(call.keywords)
    if len(call.arguments) > len(names):
        return it.fail("TypeError", f"{made.name} takes {len(names)} arguments", call.node)
    given = dict(zip(names, call.arguments, strict=False))
    for name, default in fields.items():
        if name in given:
            value = given[name]
        elif name in keywords and name in names:
            value = keywords.pop(name)
        elif call.open_keywords or call.open_arguments:
            value = call.make_unknown(f"whether {name} is given is not known")
        elif default is NO_DEFAULT:
            return it.fail("TypeError", f"{name} of {made.name} is not given", call.node)
        else:
            value = find_default(it, default, call)
        instance.attributes[name] = value
    if keywords:
        return it.fail("TypeError", f"{made.name} has no field {next(iter(keywords))}", call.node)
    if made.find_method("__post_init__") is not None:
        ask(it, instance, "__post_init__", (), call.node)
    return instance


def takes_value(default: Any) -> bool:
    return default.given if isinstance(default, Field) else True


def find_default(it: Interpreter, default: Any, call: Call) -> Any:
    if not isinstance(default, Field):
        return default
    if default.factory is not None:
        return it.machine.call(default.factory, (), {}, call.node)
    if default.default is NO_DEFAULT:
        return it.fail("TypeError", "a field is not given", call.node)
    return default.default


# ---- attributes -----------------------------------------------------------------------------------------------------
def get_attribute(it: Interpreter, instance: InstanceValue, name: str, node: ast.AST) -> Any:
    made = instance.class_value
    found = made.find_method(name)
    if isinstance(found, Wrapped) and found.kind == "property":
        return it.machine.call(found.function, (instance,), {}, node)
    if name in instance.attributes:
        return it.see(instance.attributes[name], node)
    if isinstance(found, Wrapped) and found.kind == "cached_property":
        value = it.machine.call(found.function, (instance,), {}, node)
        it.journal.note(instance.attributes)
        instance.attributes[name] = value
        return value
    if found is not None:
        return it.see(bind(found, instance, made), node)
    if name == "__dict__":
        return instance.attributes
    if name == "__class__":
        return made
    if instance.native is not None:
        return instance.native.get_attribute(name, it.machine, node)
    if made.form in ("dataclass", "tuple") and name == "_replace":
        return Method(name, lambda call: replace_fields(it, instance, call))
    if made.form == "tuple" and name in ("_fields", "_field_defaults", "_make"):
        return OF_TUPLES[name](made)
    if made.form == "tuple" and name == "_asdict":
        return Method(name, lambda call: dict(instance.attributes))
    if made.find_method("__getattr__") is not None:
        return ask(it, instance, "__getattr__", (name,), node)
    unknown = find_unknown_base(made)
    if unknown is not None or made.find_library_base():
        return unknown or it.machine.make_unknown(f".{name} of {instance.describe()} is not known", node)
    return it.fail("AttributeError", f"{instance.describe()} has no {name}", node)


def bind(found: Any, owner: Any, made: ClassValue) -> Any:
    """What an attribute of a class is for one of its instances."""
    if isinstance(found, FunctionValue):
        return BoundMethod(found, owner)
    if isinstance(found, Wrapped) and found.kind not in PROPERTIES:
        return found.function if found.kind == "staticmethod" else BoundMethod(found.function, made)
    return found


def set_attribute(it: Interpreter, instance: InstanceValue, name: str, value: Any, node: ast.AST) -> None:
    found = instance.class_value.find_method(name)
    if isinstance(found, Wrapped) and found.kind == "property":
        if found.setter is not None:
            it.machine.call(found.setter, (instance, value), {}, node)
        return
    if instance.class_value.find_method("__setattr__") is not None and not is_within(it, "__setattr__"):
        ask(it, instance, "__setattr__", (name, value), node)
        return
    it.journal.note(instance.attributes)
    instance.attributes[name] = value
    if instance.native is not None:
        instance.native.set_attribute(name, value, it.machine, node)


def is_within(it: Interpreter, method: str) -> bool:
    scope = it.scope.find_function()
    return scope is not None and scope.function is not None and scope.function.name.endswith(f".{method}")


def replace_fields(it: Interpreter, instance: InstanceValue, call: Call) -> InstanceValue:
    """dataclasses.replace, and _replace of a NamedTuple."""
    made = InstanceValue(instance.class_value)
    made.attributes.update({**instance.attributes, **call.keywords})
    return made


def get_class_attribute(it: Interpreter, made: ClassValue, name: str, node: ast.AST) -> Any:
    """name of a class itself."""
    found = made.find_method(name)
    if found is not None:
        if isinstance(found, Wrapped) and found.kind not in PROPERTIES:
            return found.function if found.kind == "staticmethod" else BoundMethod(found.function, made)
        return it.see(found, node)
    if name in ("__name__", "__qualname__"):
        return made.name
    if made.form == "tuple" and name in OF_TUPLES:
        return OF_TUPLES[name](made)
    if name == "mro":
        return Method(name, lambda call: list(made.mro))
    if name == "__members__":
        return {member.attributes["name"]: member for member in made.members}
    base = made.find_library_base()
    if base:
        return it.machine.libraries.find(f"{base}.{name}")
    return find_unknown_base(made) or it.fail("AttributeError", f"{made.describe()} has no {name}", node)


def get_super_attribute(it: Interpreter, value: SuperValue, name: str, node: ast.AST) -> Any:
    """super().name"""
    owner = value.owner
    made = owner.class_value if isinstance(owner, InstanceValue) else owner
    order = made.mro[made.mro.index(value.after) + 1 :] if value.after in made.mro else []
    for one in order:
        if name in one.attributes:
            found = one.attributes[name]
            if isinstance(found, Wrapped) and found.kind in PROPERTIES:
                return it.machine.call(found.function, (owner,), {}, node)
            return bind(found, owner, made)
    if name == "__setattr__":
        return Method(name, lambda call: owner.attributes.__setitem__(call.find(0), call.find(1)))
    return Method(name, lambda call: call_library_super(it, owner, name, call))


def call_library_super(it: Interpreter, owner: Any, name: str, call: Call) -> Any:
    """super().method(…) of a library's class."""
    found = it.machine.libraries.call_super(owner, name, call)
    if found is not NotImplemented:
        return found
    plain = name in ("__init__", "__init_subclass__", "build", "__post_init__", "setUp")
    return None if plain else call.make_unknown(f"what super().{name} gives is not known")


# ---- methods that operators and functions call -------------------------------------------------------------------------
def ask(it: Interpreter, instance: InstanceValue, method: str, arguments: tuple[Any, ...], node: ast.AST) -> Any:
    """Call a method by its name: __len__, __getitem__, …"""
    found = instance.class_value.find_method(method)
    if found is not None:
        return it.call_value(bind(found, instance, instance.class_value), Call(it.machine, node, arguments))
    made = instance.class_value
    if made.form == "tuple" and method == "__getitem__":
        return it.get_item(tuple(instance.attributes.values()), arguments[0], node)
    if instance.native is not None and method == "__getitem__":
        return instance.native.get_item(arguments[0], it.machine, node)
    return it.machine.make_unknown(f"what {method} of {instance.describe()} gives is not known", node)


def find_truth(it: Interpreter, instance: InstanceValue) -> bool | None:
    """bool() of an instance."""
    made = instance.class_value
    for method in ("__bool__", "__len__"):
        if made.find_method(method) is not None:
            found = ask(it, instance, method, (), made.node)
            return None if isinstance(found, Value) else bool(found)
    return instance.find_truth()


def call_instance(it: Interpreter, instance: InstanceValue, call: Call) -> Any:
    found = instance.class_value.find_method("__call__")
    if found is not None:
        return it.call_value(bind(found, instance, instance.class_value), call)
    if instance.native is not None:
        return instance.native.call(call)
    return call.make_unknown(f"what {instance.describe()} gives is not known")


def list_items(it: Interpreter, instance: InstanceValue, node: ast.AST) -> list[Any] | None:
    made = instance.class_value
    if made.form == "tuple":
        return list(instance.attributes.values())
    if made.find_method("__iter__") is not None:
        found = ask(it, instance, "__iter__", (), node)
        return None if found is instance else it.list_items(found, node)
    if made.find_method("__getitem__") is not None and made.find_method("__len__") is not None:
        count = ask(it, instance, "__len__", (), node)
        if isinstance(count, int) and 0 <= count < 1_000:
            return [ask(it, instance, "__getitem__", (number,), node) for number in range(count)]
    return None if instance.native is None else instance.native.list_items(it.machine, node)


def compute(
    it: Interpreter, instance: InstanceValue, operator: str, other: Any, swapped: bool, node: ast.AST
) -> Any:  # fmt: skip
    """An operator with an instance on one side."""
    if other is NOTHING:
        name = f"__{UNARY_METHODS[operator]}__"
        return ask(it, instance, name, (), node)
    made = instance.class_value
    if made.form == "enum" and made.is_plain:  # IntEnum: a member is its value
        sides = (other, instance.attributes["value"]) if swapped else (instance.attributes["value"], other)
        return it.compute(operator, *sides, node)
    method = METHODS[operator]
    name = f"__{'r' * swapped}{method}__"
    if swapped and operator in MIRRORED:
        name = f"__{METHODS[MIRRORED[operator]]}__"
    if has_method(instance, name):
        return ask(it, instance, name, (other,), node)
    if operator in ("==", "!="):
        return compare(it, instance, operator, other, node)
    if isinstance(other, InstanceValue) and not swapped:
        return (
            compute(it, other, operator, instance, True, node)
            if has_method(other, f"__r{method}__")
            else unclear(it, instance, operator, node)
        )
    return unclear(it, instance, operator, node)


def has_method(instance: InstanceValue, name: str) -> bool:
    return instance.class_value.find_method(name) is not None


def unclear(it: Interpreter, instance: InstanceValue, operator: str, node: ast.AST) -> Unknown:
    return it.machine.make_unknown(f"what {operator} makes of {instance.describe()} is not known", node)


def compare(it: Interpreter, instance: InstanceValue, operator: str, other: Any, node: ast.AST) -> Any:
    """== and != of instances whose classes do not say what is equal."""
    if operator == "!=" and has_method(instance, "__eq__"):
        truth = it.find_truth(ask(it, instance, "__eq__", (other,), node))
        return it.machine.make_unknown("the comparison is not known", node) if truth is None else not truth
    if instance is other:
        return operator == "=="
    made = instance.class_value
    if isinstance(other, Unknown):
        return other
    if made.form in ("dataclass", "tuple"):
        mine, its = list(instance.attributes.values()), other
        if isinstance(other, InstanceValue) and (other.class_value is made or made.form == "tuple"):
            its = list(other.attributes.values())
        elif made.form == "tuple" and isinstance(other, tuple):
            its = list(other)
        else:
            return operator == "!="
        return it.compute(operator, mine, its, node)
    if isinstance(other, InstanceValue) and has_method(other, "__eq__"):
        return it.compute(operator, other, instance, node)
    if made.find_library_base() and made.form != "enum":
        return unclear(it, instance, operator, node)
    return operator == "!="
