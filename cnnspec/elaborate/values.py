"""What an expression can be, besides numbers, texts, tuples and lists: tensors and functions on them."""

from __future__ import annotations

from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.elaborate.graph import Site
    from cnnspec.source import Source
    from cnnspec.syntax import tree


class _Unknown:
    """A value that a mistake took away; whatever is computed from it is unknown too, and silent."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Any = _Unknown()


class Scope:
    """Names bound in one body; looks outward for the rest. `source` is the file that the body stands in.

    `assumed` are the names whose value rests on an assumption, apart from tensors, which know that themselves.
    """

    __slots__ = ("assumed", "block", "caller", "names", "parent", "places", "source")

    def __init__(self, parent: Scope | None, source: Source, caller: Site | None = None, block: str = "") -> None:
        self.parent = parent
        self.source = source
        self.caller = caller  # the call that opened the block this scope is in
        self.block = block
        self.names: dict[str, Any] = {}
        self.places: dict[str, tree.Node] = {}
        self.assumed: tuple[str, ...] = ()

    def find(self, name: str) -> Any:
        """The value bound to a name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def bind(self, name: str, value: Any, assumed: bool) -> None:
        """Bind a name to a value, which may rest on an assumption."""
        self.assumed = tuple([other for other in self.assumed if other != name]) if self.assumed else ()
        if assumed and isinstance(value, Tensor):
            value = value.replace(assumed=True)
        elif assumed:
            self.assumed += (name,)
        self.names[name] = value

    def assumes(self, name: str) -> bool:
        """Whether what a name is bound to rests on an assumption."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope is not None and name in scope.assumed

    def inner(self) -> Scope:
        return Scope(self, self.source, self.caller, self.block)

    def all_names(self) -> list[str]:
        scope: Scope | None = self
        found: list[str] = []
        while scope is not None:
            found += scope.names
            scope = scope.parent
        return found


class Tensor(Record):
    """The output of a node. As a function it yields that tensor, whatever the current one is.

    `assumed`: which tensor it is, or what is known of it, rests on an assumption.
    """

    _uncompared: ClassVar[frozenset[str]] = frozenset({"assumed"})
    index: int
    assumed: bool = False


class Function:
    """A function from the current tensor to a tensor."""

    __slots__ = ()


class Closure(Function):
    """An expression that names layers, with the scope that its names are looked up in."""

    __slots__ = ("applied", "expression", "scope")

    def __init__(self, expression: tree.Node, scope: Scope) -> None:
        self.expression = expression
        self.scope = scope
        self.applied = False


class BlockFunction(Function):
    """A block, as a file defines it."""

    __slots__ = ("block", "called", "recursive", "scope")

    def __init__(self, block: tree.Block, scope: Scope) -> None:
        self.block = block
        self.scope = scope
        self.recursive = False
        self.called = False


class SharedFunction(Function):
    """A function whose every use has the same weights: the layers of its first use serve all the others."""

    __slots__ = ("expression", "name", "nodes", "scope")

    def __init__(self, expression: tree.Node, scope: Scope, name: str) -> None:
        self.expression = expression
        self.scope = scope
        self.name = name
        self.nodes: list[int] | None = None  # of the first use
