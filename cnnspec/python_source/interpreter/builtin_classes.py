"""Python's own functions that ask what values are and have: isinstance, type, getattr, super, vars, …"""

from __future__ import annotations

from cnnspec.python_source.interpreter.objects import BoundMethod, ClassValue, FunctionValue, InstanceValue, SuperValue
from cnnspec.python_source.interpreter.sequences import GeneratorValue, IteratorValue, ViewValue
from cnnspec.python_source.interpreter.signals import Raised
from cnnspec.python_source.values import External, Method, Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.values import Call

TYPES = {
    "int": int, "float": float, "str": str, "bool": bool, "list": list, "tuple": tuple, "dict": dict, "set": set,
    "frozenset": frozenset, "bytes": bytes, "complex": complex, "range": range, "slice": slice, "object": object, "NoneType": type(None),
}  # fmt: skip


def is_instance(call: Call) -> Any:
    value, kinds = call.find(0), call.find(1)
    found = find_instance(value, kinds)
    if found is None:
        return find_unknown((value, kinds)) or call.make_unknown("of which class it is is not known")
    return found


def find_instance(value: Any, kinds: Any) -> bool | None:
    """Whether a value is of a class, or of one of several; None: unknown."""
    if isinstance(kinds, tuple):
        answers = [find_instance(value, kind) for kind in kinds]
        return True if True in answers else None if None in answers else False
    if isinstance(value, Unknown):
        return None
    if isinstance(kinds, ClassValue):
        if isinstance(value, InstanceValue):
            return kinds in value.class_value.mro or (None if value.class_value.has_unknown_base else False)
        return False if not isinstance(value, Value) or isinstance(value, (FunctionValue, ClassValue)) else None
    name = kinds.name.removeprefix("builtins.") if isinstance(kinds, External) else ""
    if isinstance(value, Value) and "." in name:
        return value.is_instance(name)
    if isinstance(value, Value):
        return True if name == "object" else is_of_type(value, name) if name in TYPES else None
    if name in TYPES:
        return isinstance(value, TYPES[name])
    return find_abstract(value, name)


ABSTRACT = {
    "Iterable": (str, bytes, list, tuple, dict, set, frozenset, range), "Sequence": (str, bytes, list, tuple, range),
    "Mapping": (dict,), "Number": (int, float, complex), "Integral": (int,), "Real": (int, float), "type": (),
    "Callable": (), "MutableMapping": (dict,), "MutableSequence": (list,),
}  # fmt: skip


def find_abstract(value: Any, name: str) -> bool | None:
    """Whether a plain value is of one of the standard library's abstract classes; of another library's class it is not."""
    module, _, last = name.rpartition(".")
    if last in ABSTRACT and module in ("", "collections.abc", "collections", "typing", "numbers"):
        return isinstance(value, ABSTRACT[last])
    return False if module.split(".")[0] in ("keras", "tensorflow", "torch", "PIL", "pathlib") else None


def is_of_type(value: Value, name: str) -> bool | None:
    """Whether a value that is no plain one is of one of Python's types: a list, an int."""
    if isinstance(value, InstanceValue):
        made = value.class_value
        if made.form == "tuple":
            return name == "tuple"
        return None if made.find_library_base() or made.has_unknown_base else False
    if isinstance(value, (FunctionValue, ClassValue, BoundMethod, Method, IteratorValue, GeneratorValue, ViewValue)):
        return False
    return value.is_instance(f"builtins.{name}")


def find_type(call: Call) -> Any:
    value = call.find(0)
    if len(call.arguments) != 1:
        return call.make_unknown("a class that type() makes is not read")
    if isinstance(value, InstanceValue):
        return value.class_value
    if isinstance(value, Value):
        return find_unknown(value) or call.make_unknown("of which class it is is not known")
    return call.machine.libraries.find(f"builtins.{type(value).__name__}")


def is_subclass(call: Call) -> Any:
    made, kind = call.find(0), call.find(1)
    if isinstance(made, ClassValue) and isinstance(kind, ClassValue) and not made.has_unknown_base:
        return kind in made.mro
    return find_unknown((made, kind)) or call.make_unknown("whether it is a subclass is not known")


def is_callable(call: Call) -> Any:
    value = call.find(0)
    if isinstance(value, (FunctionValue, ClassValue, BoundMethod, Method)):
        return True
    if isinstance(value, InstanceValue) and not value.class_value.find_library_base():
        return value.class_value.find_method("__call__") is not None
    if isinstance(value, Value):
        return find_unknown(value) or call.make_unknown("whether it can be called is not known")
    return False


def has_attribute(call: Call) -> Any:
    value, name = call.find(0), call.find(1)
    found = find_attribute(call, value, name)
    if found is NotImplemented:
        return False
    return found if isinstance(found, Unknown) else True


def find_attribute(call: Call, value: Any, name: Any) -> Any:
    """An attribute by a name that is a value; NotImplemented where there is none."""
    it = call.machine.interpreter
    if not isinstance(name, str):
        return find_unknown(name) or call.make_unknown("the name of an attribute is not known")
    it.handled.append(("AttributeError",))
    try:
        return call.machine.get_attribute(value, name, call.node)
    except Raised as raised:
        if "AttributeError" not in raised.kinds:
            raise
        return NotImplemented
    finally:
        it.handled.pop()


def get_attribute(call: Call) -> Any:
    found = find_attribute(call, call.find(0), call.find(1))
    if found is not NotImplemented:
        return found
    if len(call.arguments) > 2:
        return call.arguments[2]
    return call.machine.interpreter.fail("AttributeError", "there is no such attribute", call.node)


def set_attribute(call: Call) -> Any:
    value, name = call.find(0), call.find(1)
    if isinstance(name, str):
        call.machine.set_attribute(value, name, call.find(2), call.node)
    elif isinstance(value, InstanceValue):
        unknown = find_unknown(name) or call.make_unknown("the name of an attribute is not known")
        call.machine.interpreter.journal.taint(value.attributes, unknown)
    return None


# ---- scopes -----------------------------------------------------------------------------------------------------------
def find_super(call: Call) -> Any:
    """super(), and super(Class, self)."""
    if len(call.arguments) == 2 and isinstance(call.arguments[0], ClassValue):
        return make_super(call.arguments[1], call.arguments[0], call)
    scope = call.machine.interpreter.scope.find_function()
    function = None if scope is None else scope.function
    while scope is not None and function is not None and not function.cell:
        scope = None if scope.outer is None else scope.outer.find_function()
        function = None if scope is None else scope.function
    if scope is None or function is None or not function.cell:
        return call.make_unknown("what super() stands for is not known")
    parameters = [*function.node.args.posonlyargs, *function.node.args.args]
    owner = scope.names.get(parameters[0].arg) if parameters else None
    return make_super(owner, function.cell[0], call)


def make_super(owner: Any, after: Any, call: Call) -> Any:
    if not isinstance(owner, (InstanceValue, ClassValue)):
        return find_unknown(owner) or call.make_unknown("what super() stands for is not known")
    return SuperValue(owner, after)


def list_locals(call: Call) -> Any:
    return dict(call.machine.interpreter.scope.names)


def list_globals(call: Call) -> Any:
    return call.machine.interpreter.scope.module.names


def list_variables(call: Call) -> Any:
    value = call.find(0)
    if isinstance(value, InstanceValue):
        return value.attributes
    if isinstance(value, Value):
        return call.machine.get_attribute(value, "__dict__", call.node)
    return list_locals(call)


FUNCTIONS: dict[str, Any] = {
    "isinstance": is_instance, "type": find_type, "issubclass": is_subclass, "callable": is_callable,
    "hasattr": has_attribute, "getattr": get_attribute, "setattr": set_attribute, "super": find_super,
    "locals": list_locals, "globals": list_globals, "vars": list_variables,
}  # fmt: skip
