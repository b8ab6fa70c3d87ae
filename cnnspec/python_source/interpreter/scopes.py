"""Where names are bound and found."""

from __future__ import annotations

from cnnspec.python_source.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.interpreter.objects import FunctionValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.parts import Part


class Names(dict[str, "Any"]):
    """The names of a scope, or the attributes of a class or an instance."""

    __slots__ = ("attributes",)

    def __init__(self, attributes: bool = False) -> None:
        super().__init__()
        self.attributes = attributes  # so that a name that is not here may be found elsewhere


class ModuleValue(Value):
    """A module of the project. `stars`: the libraries of which it imports all names; `cause`: the unknown that any other of
    its names is, where its file cannot be read to its end."""

    __slots__ = ("cause", "file", "name", "names", "parts", "stars")

    def __init__(self, name: str, file: str) -> None:
        self.name, self.file = name, file
        self.names = Names()
        self.stars: list[str] = []
        self.cause: Any = None
        self.parts: list[Part] = []  # of the main module

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in self.names:
            return self.names[name]
        if name == "__dict__":
            return self.names
        found = machine.interpreter.modules.find_submodule(self, name)
        if found is not None:
            return found
        for star in reversed(self.stars):
            return machine.libraries.find(f"{star}.{name}")
        if self.cause is not None:
            return self.cause
        return machine.interpreter.fail("AttributeError", f"{self.describe()} has no {name}", node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.note_change(self.names)
        self.names[name] = value

    def describe(self) -> str:
        return f"the module {self.name}"


class Scope:
    """The names of one call of a function, of a class's body, of a comprehension or of a module. `outer`: where names are
    looked up next, before the module; `function`: the one that is called; `cell`: the class that is being made."""

    __slots__ = ("cell", "comprehends", "elsewhere", "function", "module", "names", "outer", "yielded")

    def __init__(self, module: ModuleValue, outer: Scope | None = None, names: Names | None = None) -> None:
        self.module, self.outer = module, outer
        self.names = Names() if names is None else names
        self.elsewhere: dict[str, Names] = {}  # names that `global` and `nonlocal` place
        self.function: FunctionValue | None = None
        self.cell: list[Any] | None = None
        self.yielded: Yielded | None = None
        self.comprehends = False  # it is that of a comprehension

    def find_home(self, name: str) -> Names:
        """Where a name is bound by an assignment."""
        return self.elsewhere.get(name, self.names)

    def find(self, name: str) -> Names | None:
        """The names, of this scope, those around it or the module, that have a name."""
        if name in self.elsewhere:
            home = self.elsewhere[name]
            return home if name in home else None
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            if name in scope.elsewhere and name in scope.elsewhere[name]:
                return scope.elsewhere[name]
            scope = scope.outer
        return self.module.names if name in self.module.names else None

    @property
    def closure(self) -> Scope | None:
        """Where a function that is defined here looks names up: not in a class's body."""
        return self.outer if self.cell is not None else self

    def find_function(self) -> Scope | None:
        """The scope of the innermost function that has this one in it."""
        scope: Scope | None = self
        while scope is not None and scope.function is None:
            scope = scope.outer
        return scope


class Yielded:
    """What a generator has yielded so far. `most`: after which it is left; `doubts`: how many there were when it began."""

    def __init__(self, most: int, doubts: int) -> None:
        self.values: list[Any] = []
        self.unsure = False  # one is only perhaps yielded
        self.most, self.doubts = most, doubts
