"""Python's own functions and types."""

from __future__ import annotations

import sys
from functools import partial

from cnnspec.python_source.interpreter import builtin_classes, builtin_containers, formatting
from cnnspec.python_source.interpreter.builtin_classes import TYPES
from cnnspec.python_source.interpreter.calls import EXCEPTIONS
from cnnspec.python_source.interpreter.objects import InstanceValue
from cnnspec.python_source.interpreter.signals import Raised
from cnnspec.python_source.values import External, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

COMPUTED = (abs, round, divmod, pow, chr, ord, bin, hex, oct, int, float, bool, complex, range, slice)


def interpreter_of(call: Call) -> Interpreter:
    return call.machine.interpreter


def make_computed(function: Any) -> Any:
    """A function that Python itself computes where all that it is given is known."""
    name = function.__name__

    def computed(call: Call) -> Any:
        it = interpreter_of(call)
        given = [*call.arguments, *call.keywords.values()]
        unknown = find_unknown(given)
        if unknown is not None:
            return unknown
        if name == "abs" and given and isinstance(given[0], InstanceValue):
            return it.ask_instance(given[0], "__abs__", (), call.node)
        if name in ("int", "float", "bool") and given and isinstance(given[0], InstanceValue):
            return convert_instance(it, given[0], name, call)
        if name == "bool" and len(given) == 1:
            truth = it.find_truth(given[0])
            return call.make_unknown("whether it is true is not known") if truth is None else truth
        if not is_known(given) or call.open_arguments or call.open_keywords:
            return call.make_unknown(f"what {name}() gives is not known")
        if function is pow:
            return compute_power(it, given, call)
        if name == "int" and isinstance(given[0] if given else 0, str) and len(given[0]) > 1_000:
            return call.make_unknown("it is larger than is kept")
        try:
            found = function(*call.arguments, **call.keywords)
        except Exception as error:
            return it.fail(type(error).__name__, str(error), call.node)
        return call.make_unknown("it is larger than is kept") if is_large(found) else found

    return computed


def is_large(found: Any) -> bool:
    """Whether a number has too many digits to be kept, or a range more items than Python counts."""
    if isinstance(found, range):
        return bool(found) and abs(found[-1] - found[0]) // abs(found.step) >= sys.maxsize
    return isinstance(found, int) and found.bit_length() > 4_096


def compute_power(it: Interpreter, given: list[Any], call: Call) -> Any:
    if len(given) == 3 and all(isinstance(number, int) for number in given) and given[2]:
        return call.make_unknown("what pow() gives is not known") if given[1] < 0 else pow(*given)
    return it.compute("**", given[0], given[1], call.node)


def convert_instance(it: Interpreter, instance: InstanceValue, name: str, call: Call) -> Any:
    if instance.class_value.form == "enum" and instance.class_value.is_plain:  # IntEnum: a member is its value
        return call.machine.libraries.call(f"builtins.{name}", call.replace(arguments=(instance.attributes["value"],)))
    if name == "bool":
        truth = it.find_truth(instance)
        return call.make_unknown("whether it is true is not known") if truth is None else truth
    return it.ask_instance(instance, f"__{name}__", (), call.node)


# ---- texts ------------------------------------------------------------------------------------------------------------
def write(how: str, call: Call) -> Any:
    if not call.arguments:
        return ""
    return formatting.write(interpreter_of(call), call.arguments[0], how, call.node)


def format_value(call: Call) -> Any:
    return formatting.format_value(interpreter_of(call), call.find(0), call.find(1, default=""), "", call.node)


def execute(call: Call) -> Any:
    """exec(): what it does is not known, so that no name is."""
    it, unknown = interpreter_of(call), call.make_unknown("what exec() does is not known")
    it.journal.taint(it.scope.names, unknown)
    return unknown


def do_nothing(call: Call) -> None:
    """What a source does for people alone: print."""


def leave(call: Call) -> Any:
    raise Raised(("SystemExit", "BaseException"))


def make_exception(name: str, call: Call) -> Any:
    return External(f"builtins.{name}")


FUNCTIONS: dict[str, Any] = {
    **{function.__name__: make_computed(function) for function in COMPUTED},
    **{name: partial(make_exception, name) for name in EXCEPTIONS},
    **builtin_containers.FUNCTIONS,
    **builtin_classes.FUNCTIONS,
    "str": partial(write, "s"),
    "repr": partial(write, "r"),
    "ascii": partial(write, "a"),
    "format": format_value,
    "print": do_nothing,
    "exit": leave,
    "quit": leave,
    "exec": execute,
}


def call_unbound(name: str, call: Call) -> Any:
    """A method that is called by its class: str.lower(text), dict.fromkeys(keys)."""
    _, made, method = name.split(".", 2) if name.count(".") == 2 else ("", "", "")
    if made not in TYPES:
        return NotImplemented
    if (made, method) == ("dict", "fromkeys"):
        return call.machine.call(call.machine.get_attribute({}, method, call.node), call.arguments, {}, call.node)
    if not call.arguments or type(call.arguments[0]) is not TYPES[made]:
        return NotImplemented
    function = call.machine.get_attribute(call.arguments[0], method, call.node)
    return interpreter_of(call).call_value(function, call.replace(arguments=call.arguments[1:]))


def register(libraries: Libraries) -> None:
    """Enter Python's own functions as builtins.NAME."""
    for name, function in FUNCTIONS.items():
        libraries.functions[f"builtins.{name}"] = function
    libraries.fallbacks.append(("builtins.", call_unbound))
    libraries.constants["builtins.NotImplemented"] = NotImplemented
    libraries.constants["builtins.__debug__"] = True
    libraries.constants["builtins.Ellipsis"] = ...
