"""What is known of libraries: functions, classes and constants by their canonical dotted names.

Each room has a table of its own: name → what is called with a `Call`, or a constant. A name that none of them has is an
`External` of which nothing is known but its name.
"""

from __future__ import annotations

from cnnspec.python_source.arrays.numpy_int import to_python
from cnnspec.python_source.values import External

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

# How a library's parts are called elsewhere; the longest that fits counts.
CANONICAL = {
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tensorflow.compat.v1.keras": "keras",
    "tensorflow.compat.v2.keras": "keras",
    "tf_keras": "keras",
    "keras.src": "keras",
    "keras.api": "keras",
    "keras.api._v2.keras": "keras",
    "jax.numpy": "numpy",
    "tensorflow.experimental.numpy": "numpy",
}


def name_canonically(name: str) -> str:
    """The one name of what a library has under several."""
    for old in sorted(CANONICAL, key=len, reverse=True):
        if name == old or name.startswith(f"{old}."):
            return name_canonically(CANONICAL[old] + name[len(old) :])
    return name


class Libraries:
    """All tables. `functions`: name → function(call); `constants`: name → value; `fallbacks`: (beginning of a name,
    function(name, call) → a value). A function gives NotImplemented where it does not know the name, or is not for such
    arguments (one of tensors that is called on arrays): the next is asked."""

    def __init__(self) -> None:
        self.functions: dict[str, Callable[[Call], Any]] = {}
        self.constants: dict[str, Any] = {}
        self.fallbacks: list[tuple[str, Callable[[str, Call], Any]]] = []
        self.unknown_methods: dict[str, Callable[[Call], Any]] = {}  # what an unknown's methods give: its reshape
        self.tensor_operations: Any = None  # the module whose compute and get_item are those of tensors
        self.instance_makers: list[Callable[[Any, Call], Any]] = []  # (class of the source, call) → its instance
        # (name, machine, node, what Python raises) → whether the library lacks it, which is reported
        self.lacking: list[Callable[[str, Machine, ast.AST, str], bool]] = []
        self.super_callers: list[
            Callable[[Any, str, Call], Any]
        ] = []  # (instance, base's method, call) → what it gives

    def find(self, name: str) -> Any:
        """The value of a dotted name."""
        name = name_canonically(name)
        return self.constants[name] if name in self.constants else External(name)

    def has(self, name: str) -> bool:
        """Whether a dotted name is in a table."""
        name = name_canonically(name)
        return name in self.constants or name in self.functions

    def lacks(self, name: str, machine: Machine, node: ast.AST, raises: str) -> bool:
        """Whether a library surely has nothing of that name, which is reported."""
        return not self.has(name) and any([lacks(name, machine, node, raises) for lacks in self.lacking])

    def call(self, name: str, call: Call) -> Any:
        """What a call of a library's function or class gives."""
        if name.startswith(("keras.", "tensorflow.")) and not name.startswith(
            "keras.layers."
        ):  # layers tell them apart
            call = call.replace(arguments=to_python(call.arguments), keywords=to_python(call.keywords))
        function = self.functions.get(name)
        found = NotImplemented if function is None else function(call)
        if found is not NotImplemented:
            return found
        for beginning, answer in self.fallbacks:
            if name.startswith(beginning):
                found = answer(name, call)
                if found is not NotImplemented:
                    return found
        return call.make_unknown(f"what {name.removeprefix('builtins.')}() gives is not known")

    def make_instance(self, made_of: Any, call: Call) -> Any:
        """The instance of a class of the source that stands on a library's; NotImplemented for an ordinary one."""
        return self._ask(self.instance_makers, made_of, call)

    def call_super(self, instance: Any, method: str, call: Call) -> Any:
        """What a method gives that an instance has from a library's class, such as keras.Model's `__init__`;
        NotImplemented where nobody knows."""
        return self._ask(self.super_callers, instance, method, call)

    def _ask(self, answers: list[Any], *question: Any) -> Any:
        for answer in answers:
            found = answer(*question)
            if found is not NotImplemented:
                return found
        return NotImplemented


def load_libraries() -> Libraries:
    """The tables of all rooms."""
    from cnnspec.python_source import arrays, keras, standard

    made = Libraries()
    for room in (standard, arrays, keras):
        room.register(made)
    return made
