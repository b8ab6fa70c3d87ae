"""collections: dicts that make what they lack, and named tuples."""

from __future__ import annotations

from cnnspec.python_source.interpreter.builtin_containers import make_dict
from cnnspec.python_source.interpreter.definitions import NO_DEFAULT
from cnnspec.python_source.interpreter.items import Defaults, list_unordered
from cnnspec.python_source.interpreter.objects import ClassValue
from cnnspec.python_source.interpreter.scopes import Names
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call


def make_default_dict(call: Call) -> Any:
    made = Defaults(call.find(0))
    filled = make_dict(call.replace(arguments=call.arguments[1:]))
    if not isinstance(filled, dict):
        return filled
    made.update(filled)
    return made


def make_counter(call: Call) -> Any:
    made = Defaults(None, 0)
    given = call.find(0, default=())
    if isinstance(given, dict):
        made.update(given)
    else:
        found = list_unordered(call.machine.interpreter, given, call.node)
        if found is None or find_unknown(found) is not None:
            return find_unknown((given, found)) or call.make_unknown("its items are not known")
        for item in found:
            made[item] = made.get(item, 0) + 1
    made.update(call.keywords)
    return made


def make_named_tuple(call: Call) -> Any:
    """namedtuple("Block", "filters stride")"""
    name, fields = call.find(0, "typename"), call.find(1, "field_names")
    names = fields.replace(",", " ").split() if isinstance(fields, str) else fields
    if (
        not isinstance(names, (list, tuple))
        or not all(isinstance(one, str) for one in names)
        or not isinstance(name, str)
    ):
        return find_unknown((name, fields)) or call.make_unknown("the fields of a named tuple are not known")
    defaults = call.keywords.get("defaults") or ()
    if not isinstance(defaults, (list, tuple)):
        return call.make_unknown("the defaults of a named tuple are not known")
    made = ClassValue(name, call.node, [], Names(attributes=True), call.machine.written)
    made.form = "tuple"
    values = [*[NO_DEFAULT] * (len(names) - len(defaults)), *defaults]
    made.fields = dict(zip(names, values, strict=False))
    return made


def register(libraries: Libraries) -> None:
    libraries.functions["collections.OrderedDict"] = make_dict
    libraries.functions["collections.defaultdict"] = make_default_dict
    libraries.functions["collections.Counter"] = make_counter
    libraries.functions["collections.namedtuple"] = make_named_tuple
