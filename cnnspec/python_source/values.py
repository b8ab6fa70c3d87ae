"""What the expressions of a Python source come to, as far as that is known without running it.

What Python itself has is itself: numbers, texts, bytes, None, tuples, lists, dicts, sets, ranges, slices; containers may
hold any value. All else is a `Value`, which answers what the interpreter asks of it; what it does not answer is unknown.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.machine import Machine

NUMBERS = (int, float, complex)
PLAIN = (bool, *NUMBERS, str, bytes, type(None), type(Ellipsis), tuple, list, dict, set, frozenset, range, slice)


class Call(Record):
    """One call: its arguments' values, and where it stands. An argument `**unknown` is in `open_keywords`, `*unknown` in
    `open_arguments`: then others may be given too."""

    machine: Machine
    node: ast.AST  # an ast.Call; of an operator, the ast.BinOp; of a decorator, that
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = {}
    open_arguments: bool = False
    open_keywords: bool = False

    @property
    def site(self) -> Site:
        return self.machine.make_site(self.node)

    def find(self, position: int | None, *names: str, default: Any = None) -> Any:
        """The argument with one of these names, or at this position (from 0); the default where it is not given, and
        an unknown where that cannot be told."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.arguments):
            return self.arguments[position]
        if self.open_keywords or self.open_arguments and position is not None:
            return self.machine.make_unknown(f"whether {names[0] if names else 'it'} is given is not known", self.node)
        return default

    def make_unknown(self, reason: str) -> Unknown:
        """An unknown that comes from this call; `reason` is a sentence's end for people: "np.load reads a file"."""
        return self.machine.make_unknown(reason, self.node)


class Value:
    """A value that is no plain Python object."""

    __slots__ = ()

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        """The value of an attribute. A method is a `Method`."""
        return machine.make_unknown(f".{name} of {self.describe()} is not known", node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        """Note an assignment to an attribute."""

    def call(self, call: Call) -> Any:
        return call.make_unknown(f"what {self.describe()} gives is not known")

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return machine.make_unknown(f"an item of {self.describe()} is not known", node)

    def set_item(self, key: Any, value: Any, machine: Machine, node: ast.AST) -> None:
        """Note an assignment to an item."""

    def forget(self, unknown: Unknown, machine: Machine) -> None:
        """Something that is not known was given it, and may have changed it."""

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        """What a loop over it meets; None: unknown."""
        return None

    def find_first_item(self) -> Any:
        """What the first turn of a loop over it meets, where not all turns are known; NOTHING: that is not known either."""
        return NOTHING

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        """len() of it; None: unknown."""
        return None

    def find_truth(self) -> bool | None:
        """bool() of it; None: unknown."""
        return True

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        """`self operator other`, or with `swapped` the other way round; a unary operator has no other (`NOTHING`).
        Operators are written as in Python: + - * / // % ** @ & | ^ << >> < <= > >= == !=, and ~ for the unary one."""
        return machine.make_unknown(f"what {operator} makes of {self.describe()} is not known", node)

    def is_instance(self, name: str) -> bool | None:
        """Whether it is an instance of a library's class of that canonical name; None: unknown."""
        return None

    def describe(self) -> str:
        """What it is, for a message: "an array", "the function build"."""
        return "a value"


NOTHING = object()


class Unknown(Value):
    """What is not known. It travels: whatever is made of it is the same unknown, so that its cause is told once.
    `is_number`: whether it is one number at least, such as the mean of an array."""

    __slots__ = ("is_number", "reason", "site")

    def __init__(self, reason: str, site: Site | None, is_number: bool = False) -> None:
        self.reason, self.site, self.is_number = reason, site, is_number

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        method = machine.libraries.unknown_methods.get(name)
        if method is None:
            return self
        return Method(name, lambda call: method(call.replace(arguments=(self, *call.arguments))))

    def call(self, call: Call) -> Any:
        return self

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return self

    def find_truth(self) -> bool | None:
        return None

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        """The other value knows what a number makes of it: an array keeps its shape."""
        if self.is_number and isinstance(other, Value) and not isinstance(other, Unknown):
            return other.compute(operator, self, not swapped, machine, node)
        return other if self.is_number and isinstance(other, Unknown) else self

    def describe(self) -> str:
        return "what is not known"

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"


class Method(Value):
    """A method of a value, which a Python function of ours computes: function(call) -> value."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Any) -> None:
        self.name, self.function = name, function

    def call(self, call: Call) -> Any:
        return self.function(call)

    def describe(self) -> str:
        return f"the method {self.name}"


class External(Value):
    """What a library has under a dotted name: a module, function, class or constant: keras.layers.Conv2D.

    Its name is the canonical one (`canonical.name_canonically`): tensorflow.keras.layers.Conv2D is keras.layers.Conv2D.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name == "__name__":
            return self.name.rpartition(".")[2]
        return machine.find_of_library(f"{self.name}.{name}", node, "AttributeError")

    def call(self, call: Call) -> Any:
        return call.machine.libraries.call(self.name, call)

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        if operator in ("==", "!=") and isinstance(other, External):
            return (self.name == other.name) == (operator == "==")
        return super().compute(operator, other, swapped, machine, node)

    def describe(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"External({self.name})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, External) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


CONTAINERS = (tuple, list, dict, set, frozenset)


def walk(value: Any) -> Iterator[Any]:
    """All values in a value that are no containers; what stands in several places, once."""
    if not isinstance(value, CONTAINERS):
        yield value
        return
    waiting: list[Any] = [value]
    seen: set[int] = set()
    while waiting:
        container = waiting.pop()
        if id(container) in seen:
            continue
        seen.add(id(container))
        parts = [*container, *container.values()] if isinstance(container, dict) else container
        inner: list[Any] = []
        for part in parts:
            if isinstance(part, CONTAINERS):
                inner.append(part)
            else:
                yield part
        waiting += inner[::-1]


def is_known(value: Any) -> bool:
    """Whether a value is plain Python and holds nothing else, however deep."""
    return all(isinstance(part, PLAIN) for part in walk(value))


def find_unknown(value: Any) -> Unknown | None:
    """The first unknown in a value, however deep."""
    return next((part for part in walk(value) if isinstance(part, Unknown)), None)


def count_values(value: Any, most: int) -> int:
    """How many values are in a value, those that stand in several places counted at each; one more than `most` at most."""
    waiting, count = [value], 0
    while waiting and count <= most:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting += value
            waiting += value.values()
        elif isinstance(value, CONTAINERS):
            waiting += value
    return count


MOST_WALKED, DEEPEST_WALKED = 20_000, 40


def can_walk(value: Any) -> bool:
    """Whether a value is small and shallow enough to be walked by a function that calls itself: one that holds itself is not."""
    layer, count = [value], 0
    for _ in range(DEEPEST_WALKED):
        inner: list[Any] = []
        for part in layer:
            if isinstance(part, (*CONTAINERS, dict)):
                count += len(part) + 1
                if count > MOST_WALKED:
                    return False
                inner += part.values() if isinstance(part, dict) else part
        if not inner:
            return True
        layer = inner
    return False
