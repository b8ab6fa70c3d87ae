"""Python's own functions and types."""

from __future__ import annotations

from functools import partial

from cnnspec.python_source.interpreter import formatting, items, ordering
from cnnspec.python_source.interpreter.calls import EXCEPTIONS
from cnnspec.python_source.interpreter.objects import BoundMethod, ClassValue, FunctionValue, InstanceValue, SuperValue
from cnnspec.python_source.interpreter.sequences import EndlessValue, GeneratorValue, IteratorValue
from cnnspec.python_source.interpreter.signals import Raised
from cnnspec.python_source.values import External, Method, Unknown, Value, find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

TYPES = {
    "int": int, "float": float, "str": str, "bool": bool, "list": list, "tuple": tuple, "dict": dict, "set": set,
    "frozenset": frozenset, "bytes": bytes, "complex": complex, "range": range, "slice": slice, "object": object,
}  # fmt: skip
COMPUTED = (abs, round, divmod, pow, chr, ord, bin, hex, oct, int, float, bool, complex, range, slice, ascii)


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
        if name == "pow":
            return compute_power(it, given, call)
        if name == "int" and isinstance(given[0] if given else 0, str) and len(given[0]) > 1_000:
            return call.make_unknown("it is larger than is kept")
        try:
            found = function(*call.arguments, **call.keywords)
        except Exception as error:
            return it.fail(type(error).__name__, str(error), call.node)
        return (
            call.make_unknown("it is larger than is kept")
            if isinstance(found, int) and found.bit_length() > 4_096
            else found
        )

    return computed


def compute_power(it: Interpreter, given: list[Any], call: Call) -> Any:
    if len(given) == 3 and all(isinstance(number, int) for number in given) and given[2]:
        return call.make_unknown("what pow() gives is not known") if given[1] < 0 else pow(*given)
    return it.compute("**", *given[:2], call.node)


def convert_instance(it: Interpreter, instance: InstanceValue, name: str, call: Call) -> Any:
    if name == "bool":
        for method in ("__bool__", "__len__"):
            if instance.class_value.find_method(method) is not None:
                found = it.ask_instance(instance, method, (), call.node)
                return found if isinstance(found, Unknown) else bool(found)
        truth = it.find_truth(instance)
        return call.make_unknown("whether it is true is not known") if truth is None else truth
    return it.ask_instance(instance, f"__{name}__", (), call.node)


# ---- containers -----------------------------------------------------------------------------------------------------
def count(call: Call) -> Any:
    return items.count_items(interpreter_of(call), call.find(0), call.node)


def make_list(call: Call) -> Any:
    return gather(call, list)


def make_tuple(call: Call) -> Any:
    return gather(call, tuple)


def gather(call: Call, kind: Any) -> Any:
    if not call.arguments:
        return kind()
    given = call.arguments[0]
    found = interpreter_of(call).list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    return kind(found)


def make_set(call: Call) -> Any:
    it = interpreter_of(call)
    if not call.arguments:
        return set()
    found = items.list_unordered(it, call.arguments[0], call.node)
    if found is None:
        return find_unknown(call.arguments[0]) or call.make_unknown("its items are not known")
    return items.make_set(it, found, call.node)


def make_frozenset(call: Call) -> Any:
    made = make_set(call)
    return frozenset(made) if isinstance(made, set) else made


def make_dict(call: Call) -> Any:
    made: dict[Any, Any] = {}
    machine = call.machine
    if call.arguments:
        machine.call(machine.get_attribute(made, "update", call.node), call.arguments, {}, call.node)
    made.update(call.keywords)
    return call.make_unknown("not all of the arguments are known") if call.open_keywords else made


def list_rows(call: Call, given: tuple[Any, ...]) -> list[list[Any]] | None:
    """The items of several values, as many of each as the shortest has."""
    it = interpreter_of(call)
    rows: list[Any] = [one if isinstance(one, EndlessValue) else it.list_items(one, call.node) for one in given]
    lengths = [len(row) for row in rows if isinstance(row, list)]
    if None in rows or not lengths:
        return None
    shortest = min(lengths)
    return [row.list_first(shortest) if isinstance(row, EndlessValue) else row[:shortest] for row in rows]


def zip_items(call: Call) -> Any:
    if not call.arguments and not call.open_arguments:
        return IteratorValue([])
    rows = None if call.open_arguments else list_rows(call, call.arguments)
    if rows is None:
        return find_unknown(call.arguments) or call.make_unknown("its items are not known")
    return IteratorValue(list(zip(*rows, strict=True)))


def enumerate_items(call: Call) -> Any:
    found = interpreter_of(call).list_items(call.find(0, "iterable"), call.node)
    start = call.find(1, "start", default=0)
    if found is None or not isinstance(start, int):
        return find_unknown((call.find(0), start)) or call.make_unknown("its items are not known")
    return IteratorValue(list(enumerate(found, start)))


def map_items(call: Call) -> Any:
    rows = list_rows(call, call.arguments[1:])
    if rows is None:
        return find_unknown(call.arguments[1:]) or call.make_unknown("its items are not known")
    function = call.arguments[0]
    return IteratorValue([call.machine.call(function, row, {}, call.node) for row in zip(*rows, strict=True)])


def filter_items(call: Call) -> Any:
    it = interpreter_of(call)
    function, given = call.find(0), call.find(1)
    found = it.list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    kept: list[Any] = []
    for item in found:
        truth = it.find_truth(item if function is None else it.machine.call(function, (item,), {}, call.node))
        if truth is None:
            return find_unknown(item) or call.make_unknown("which items stay is not known")
        if truth:
            kept.append(item)
    return IteratorValue(kept)


def reverse_items(call: Call) -> Any:
    found = interpreter_of(call).list_items(call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return IteratorValue(found[::-1])


def sort_items(call: Call) -> Any:
    it = interpreter_of(call)
    found = items.list_unordered(it, call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    return ordering.sort_items(it, found, call)


def find_extreme(function: Any, call: Call) -> Any:
    it = interpreter_of(call)
    given = call.arguments[0] if len(call.arguments) == 1 else call.arguments
    found = None if call.open_arguments else items.list_unordered(it, given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown(f"what {function.__name__}() gives is not known")
    return ordering.find_extreme(it, found, call, function)


def add_up(call: Call) -> Any:
    it = interpreter_of(call)
    given, total = call.find(0), call.find(1, "start", default=0)
    found = items.list_unordered(it, given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("what sum() gives is not known")
    for item in found:
        it.budget.take()
        total = it.compute("+", total, item, call.node)
    return total


def ask_all(ends: bool, call: Call) -> Any:
    """any() and all(): `ends` is the truth that ends it."""
    it = interpreter_of(call)
    found = items.list_unordered(it, call.find(0), call.node)
    if found is None:
        return find_unknown(call.find(0)) or call.make_unknown("its items are not known")
    truths = [it.find_truth(item) for item in found]
    if ends in truths:
        return ends
    return find_unknown(found) or call.make_unknown("its items are not known") if None in truths else not ends


def start_iterator(call: Call) -> Any:
    given = call.find(0)
    if isinstance(given, (IteratorValue, GeneratorValue)):
        return given
    found = interpreter_of(call).list_items(given, call.node)
    if found is None:
        return find_unknown(given) or call.make_unknown("its items are not known")
    return IteratorValue(found)


def take_next(call: Call) -> Any:
    it = interpreter_of(call)
    given = call.find(0)
    if isinstance(given, InstanceValue):
        return it.ask_instance(given, "__next__", (), call.node)
    if not isinstance(given, (IteratorValue, GeneratorValue)):
        return find_unknown(given) or call.make_unknown("what comes next is not known")
    found = given.take_next(call.machine, call.node)
    if found is None:
        return call.make_unknown("what comes next is not known")
    if found:
        return found[0]
    return call.arguments[1] if len(call.arguments) > 1 else it.fail("StopIteration", "nothing is left", call.node)


# ---- texts ------------------------------------------------------------------------------------------------------------
def write(how: str, call: Call) -> Any:
    if not call.arguments:
        return ""
    return formatting.write(interpreter_of(call), call.arguments[0], how, call.node)


def format_value(call: Call) -> Any:
    return formatting.format_value(interpreter_of(call), call.find(0), call.find(1, default=""), "", call.node)


# ---- what values are ---------------------------------------------------------------------------------------------------
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
    if isinstance(value, Value):
        own = find_class_name(value)
        return True if name == "object" else (None if own is None else own == name if name in TYPES else None)
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


def find_class_name(value: Value) -> str | None:
    """What no value that is none of Python's plain ones is: "" where it is surely none of them."""
    return "" if isinstance(value, (FunctionValue, ClassValue, InstanceValue, BoundMethod, Method)) else None


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
    it = interpreter_of(call)
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
    return interpreter_of(call).fail("AttributeError", "there is no such attribute", call.node)


def set_attribute(call: Call) -> Any:
    value, name = call.find(0), call.find(1)
    if isinstance(name, str):
        call.machine.set_attribute(value, name, call.find(2), call.node)
    elif isinstance(value, InstanceValue):
        unknown = find_unknown(name) or call.make_unknown("the name of an attribute is not known")
        interpreter_of(call).journal.taint(value.attributes, unknown)
    return None


# ---- scopes -----------------------------------------------------------------------------------------------------------
def find_super(call: Call) -> Any:
    """super(), and super(Class, self)."""
    if len(call.arguments) == 2 and isinstance(call.arguments[0], ClassValue):
        return SuperValue(call.arguments[1], call.arguments[0])
    scope = interpreter_of(call).scope.find_function()
    function = None if scope is None else scope.function
    while scope is not None and function is not None and not function.cell:
        scope = None if scope.outer is None else scope.outer.find_function()
        function = None if scope is None else scope.function
    if scope is None or function is None or not function.cell:
        return call.make_unknown("what super() stands for is not known")
    parameters = [*function.node.args.posonlyargs, *function.node.args.args]
    owner = scope.names.get(parameters[0].arg) if parameters else None
    if not isinstance(owner, (InstanceValue, ClassValue)):
        return find_unknown(owner) or call.make_unknown("what super() stands for is not known")
    return SuperValue(owner, function.cell[0])


def list_locals(call: Call) -> Any:
    return dict(interpreter_of(call).scope.names)


def list_globals(call: Call) -> Any:
    return interpreter_of(call).scope.module.names


def list_variables(call: Call) -> Any:
    value = call.find(0)
    if isinstance(value, InstanceValue):
        return value.attributes
    if isinstance(value, Value):
        return call.machine.get_attribute(value, "__dict__", call.node)
    return list_locals(call)


def do_nothing(call: Call) -> None:
    """What a source does for people alone: print."""


def leave(call: Call) -> Any:
    raise Raised(("SystemExit", "BaseException"))


def make_exception(name: str, call: Call) -> Any:
    return External(f"builtins.{name}")


FUNCTIONS: dict[str, Any] = {
    **{function.__name__: make_computed(function) for function in COMPUTED},
    **{name: partial(make_exception, name) for name in EXCEPTIONS},
    "len": count, "list": make_list, "tuple": make_tuple, "set": make_set, "frozenset": make_frozenset,
    "dict": make_dict, "zip": zip_items, "enumerate": enumerate_items, "map": map_items, "filter": filter_items,
    "reversed": reverse_items, "sorted": sort_items, "min": partial(find_extreme, min), "max": partial(find_extreme, max),
    "sum": add_up, "any": partial(ask_all, True), "all": partial(ask_all, False), "iter": start_iterator,
    "next": take_next, "str": partial(write, "s"), "repr": partial(write, "r"), "format": format_value,
    "isinstance": is_instance, "type": find_type, "issubclass": is_subclass, "callable": is_callable,
    "hasattr": has_attribute, "getattr": get_attribute, "setattr": set_attribute, "super": find_super,
    "locals": list_locals, "globals": list_globals, "vars": list_variables, "print": do_nothing, "exit": leave,
    "quit": leave,
}  # fmt: skip


def register(libraries: Libraries) -> None:
    """Enter Python's own functions as builtins.NAME."""
    for name, function in FUNCTIONS.items():
        libraries.functions[f"builtins.{name}"] = function
    libraries.constants["builtins.NotImplemented"] = NotImplemented
    libraries.constants["builtins.__debug__"] = True
    libraries.constants["builtins.Ellipsis"] = ...
