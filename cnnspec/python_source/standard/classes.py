"""dataclasses and enum."""

from __future__ import annotations

from cnnspec.python_source.interpreter.definitions import NO_DEFAULT, Field, find_fields
from cnnspec.python_source.interpreter.instances import replace_fields
from cnnspec.python_source.interpreter.objects import ClassValue, InstanceValue
from cnnspec.python_source.values import External, Method, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call


def make_dataclass(call: Call) -> Any:
    """@dataclass, with arguments or without"""
    made = call.find(0)
    if isinstance(made, ClassValue):
        made.form, made.fields = "dataclass", find_fields(made)
        return made
    return Method("dataclass", make_dataclass)


def make_field(call: Call) -> Any:
    factory = call.keywords.get("default_factory")
    return Field(call.keywords.get("default", NO_DEFAULT), factory, call.keywords.get("init", True) is not False)


def make_dict(call: Call) -> Any:
    """dataclasses.asdict"""
    return write(call.find(0), call)


def write(value: Any, call: Call) -> Any:
    if isinstance(value, InstanceValue) and value.class_value.form == "dataclass":
        return {name: write(value.attributes[name], call) for name in value.class_value.fields or ()}
    if isinstance(value, (list, tuple)):
        return type(value)([write(item, call) for item in value])
    if isinstance(value, dict):
        return {key: write(item, call) for key, item in value.items()}
    return value


def make_tuple(call: Call) -> Any:
    """dataclasses.astuple"""
    found = make_dict(call)
    return tuple(found.values()) if isinstance(found, dict) else found


def replace(call: Call) -> Any:
    value = call.find(0)
    if not isinstance(value, InstanceValue) or call.open_keywords:
        return find_unknown(value) or call.make_unknown("what is replaced is not known")
    return replace_fields(call.machine.interpreter, value, call)


def register(libraries: Libraries) -> None:
    libraries.functions["dataclasses.dataclass"] = make_dataclass
    libraries.functions["flax.struct.dataclass"] = make_dataclass
    libraries.functions["dataclasses.field"] = make_field
    libraries.functions["dataclasses.asdict"] = make_dict
    libraries.functions["dataclasses.astuple"] = make_tuple
    libraries.functions["dataclasses.replace"] = replace
    libraries.functions["enum.auto"] = lambda call: External("enum.auto()")
