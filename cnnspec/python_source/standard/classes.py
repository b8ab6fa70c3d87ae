"""dataclasses and enum."""

from __future__ import annotations

from cnnspec.python_source.interpreter.definitions import ANNOTATIONS, NO_DEFAULT, Field, find_fields
from cnnspec.python_source.interpreter.instances import replace_fields
from cnnspec.python_source.interpreter.objects import ClassValue, InstanceValue
from cnnspec.python_source.standard.records import RecordValue
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


def list_fields(call: Call) -> Any:
    """dataclasses.fields"""
    value = call.find(0)
    made = value.class_value if isinstance(value, InstanceValue) else value
    if not isinstance(made, ClassValue) or made.form != "dataclass":
        return find_unknown(value) or call.make_unknown("the fields of a class are not known")
    return tuple(
        [RecordValue(describe_field(made, name, default, call)) for name, default in (made.fields or {}).items()]
    )


def describe_field(made: ClassValue, name: str, default: Any, call: Call) -> dict[str, Any]:
    """What dataclasses.Field has."""
    kind = next(one.attributes[ANNOTATIONS][name] for one in made.mro if name in one.attributes.get(ANNOTATIONS, {}))
    factory = default.factory if isinstance(default, Field) else None
    value = default.default if isinstance(default, Field) else default
    missing = External("dataclasses.MISSING")
    return {
        "name": name,
        "type": call.machine.interpreter.evaluate(kind),
        "default": missing if value is NO_DEFAULT else value,
        "default_factory": missing if factory is None else factory,
    }


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
    libraries.functions["dataclasses.fields"] = list_fields
    libraries.functions["dataclasses.asdict"] = make_dict
    libraries.functions["dataclasses.astuple"] = make_tuple
    libraries.functions["dataclasses.replace"] = replace
    libraries.functions["enum.auto"] = lambda call: External("enum.auto()")
