"""Objects that hold settings under names: SimpleNamespace, and the dicts with attributes of small libraries."""

from __future__ import annotations

from cnnspec.python_source.interpreter.scopes import Names
from cnnspec.python_source.interpreter.sequences import ViewValue
from cnnspec.python_source.values import Method, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

DICTS = (
    "easydict.EasyDict", "ml_collections.ConfigDict", "ml_collections.config_dict.ConfigDict", "munch.Munch",
    "addict.Dict", "omegaconf.OmegaConf.create", "box.Box", "attrdict.AttrDict", "ml_collections.FrozenConfigDict",
)  # fmt: skip


class RecordValue(Value):
    """Values under names, as attributes; with `items` as items too."""

    __slots__ = ("attributes", "items")

    def __init__(self, values: dict[str, Any], items: bool = False) -> None:
        self.attributes = Names(attributes=True)
        self.attributes.update(values)
        self.items = items

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in self.attributes:
            return machine.interpreter.see(self.attributes[name], node)
        if name == "__dict__":
            return self.attributes
        if self.items and name in ("keys", "values", "items"):
            return Method(name, lambda call: ViewValue(self.attributes, name))
        if self.items and name in ("get", "update", "pop", "setdefault", "copy"):
            return machine.get_attribute(self.attributes, name, node)
        if self.items:
            return machine.make_unknown(f"no value of {name} is known", node)
        return machine.interpreter.fail("AttributeError", f"it has no {name}", node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.note_change(self.attributes)
        self.attributes[name] = value

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return machine.get_item(self.attributes, key, node) if self.items else super().get_item(key, machine, node)

    def set_item(self, key: Any, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.interpreter.set_item(self.attributes, key, value, node)

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        return list(self.attributes) if self.items else None

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        return len(self.attributes) if self.items else None

    def describe(self) -> str:
        return "an object with settings"


def make_record(call: Call) -> Any:
    """types.SimpleNamespace"""
    if call.open_keywords or call.arguments:
        return call.make_unknown("not all of the settings are known")
    return RecordValue(call.keywords)


def make_dict_record(call: Call) -> Any:
    given = call.find(0, default={})
    if call.open_keywords or not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        return find_unknown(given) or call.make_unknown("not all of the settings are known")
    return make_inside({**given, **call.keywords})


def make_inside(value: Any) -> Any:
    """A dict, and those in it, as records."""
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return RecordValue({name: make_inside(item) for name, item in value.items()}, items=True)
    return value


def merge(call: Call) -> Any:
    """OmegaConf.merge: settings with those of others over them, however deep."""
    made: Any = {}
    for part in call.arguments:
        if not isinstance(part, (dict, RecordValue)) or call.open_arguments:
            return find_unknown(part) or call.make_unknown("not all of the settings are known")
        made = merge_inside(made, part)
    return make_inside(made)


def merge_inside(old: Any, new: Any) -> Any:
    """A plain dict of what `old` has with what `new` has over it; `new` where it is no dict or record."""
    if not isinstance(new, (dict, RecordValue)):
        return new
    made = dict(list_values(old)) if isinstance(old, (dict, RecordValue)) else {}
    for name, value in list_values(new).items():
        made[name] = merge_inside(made.get(name), value)
    return made


def list_values(settings: dict[str, Any] | RecordValue) -> dict[str, Any]:
    return settings.attributes if isinstance(settings, RecordValue) else settings


def register(libraries: Libraries) -> None:
    libraries.functions["types.SimpleNamespace"] = make_record
    libraries.functions["argparse.Namespace"] = make_record
    libraries.functions["omegaconf.OmegaConf.merge"] = merge
    for name in DICTS:
        libraries.functions[name] = make_dict_record
