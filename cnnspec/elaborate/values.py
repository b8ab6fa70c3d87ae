"""What an expression can be, besides numbers, texts, tuples and lists: tensors and functions on them."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.base.source import brief
from cnnspec.layers import find
from cnnspec.layers.argument import Term, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from cnnspec.base.source import Source
    from cnnspec.graph import BlockCall, PathStep, Site
    from cnnspec.syntax import tree


class _Unknown:
    """A value that a mistake took away; whatever is computed from it is unknown too, and silent."""

    def __repr__(self) -> str:
        return "unknown"

    def __reduce__(self) -> str:
        return "UNKNOWN"  # there is one, and a copy is the same


UNKNOWN: Any = _Unknown()


class Scope:
    """Names bound in one body; looks outward for the rest. `source` is the file that the body stands in.

    `assumed` are the names whose value rests on an assumption, apart from tensors, which know that themselves.
    """

    __slots__ = ("assumed", "body", "call", "names", "parent", "path", "places", "source")

    def __init__(
        self, parent: Scope | None, source: Source, path: PathStep | None = None, call: BlockCall | None = None
    ) -> None:  # fmt: skip
        self.parent = parent
        self.source = source
        self.path = path  # the innermost of the steps that led here
        self.call = call  # the block call that this scope is in
        self.body: tree.Body | None = None  # whose items are run in it
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

    def unknown(self, names: Iterable[str]) -> None:
        """Names that a mistake took away, unless they are bound already."""
        for name in names:
            self.names.setdefault(name, UNKNOWN)

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
        return Scope(self, self.source, self.path, self.call)

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

    def __str__(self) -> str:
        return "a tensor"


class Function:
    """A function from the current tensor to a tensor."""

    __slots__ = ()

    def __str__(self) -> str:
        return "a layer function"


class Closure(Function):
    """An expression that names layers, with the scope that its names are looked up in.

    `uses` are those in the block call that it was bound in: the tensor that it was applied to, its first layer, and the
    first that is none of its.
    """

    __slots__ = ("applied", "expression", "scope", "uses")

    def __init__(self, expression: tree.Node, scope: Scope) -> None:
        self.expression = expression
        self.scope = scope
        self.applied = False
        self.uses: list[tuple[int, int, int]] = []


class BlockFunction(Function):
    """A block, as a file defines it."""

    __slots__ = ("block", "called", "recursive", "scope")

    def __init__(self, block: tree.Block, scope: Scope) -> None:
        self.block = block
        self.scope = scope
        self.recursive = False
        self.called = False

    def __str__(self) -> str:
        return f"the block {self.block.name.text}"


class SharedFunction(Function):
    """A function whose every use has the same weights: the layers of its first use serve all the others."""

    __slots__ = ("expression", "name", "nodes", "scope")

    def __init__(self, expression: tree.Node, scope: Scope, name: str) -> None:
        self.expression = expression
        self.scope = scope
        self.name = name
        self.nodes: list[int] | None = None  # of the first use


class Binding:
    """A name that the text gives to a layer function, or to a list of some: where, in which body, and the value."""

    __slots__ = ("body", "site", "value")

    def __init__(self, site: Site, body: tree.Body | None, value: Any) -> None:
        self.site = site
        self.body = body
        self.value = value

    @property
    def name(self) -> str:
        return str(self.site.node.name.text)  # type: ignore[attr-defined]  # a statement that binds

    @property
    def applied(self) -> bool:
        """Whether it was applied to a tensor, as far as that is known without a look at the text."""
        if isinstance(self.value, SharedFunction):
            return self.value.nodes is not None
        return isinstance(self.value, Closure) and self.value.applied

    @property
    def uses(self) -> list[tuple[int, int, int]]:
        return self.value.uses if isinstance(self.value, Closure) else []


def read_parameter(value: Any) -> Any:
    """A parameter's value from Python, as the language has it: None becomes the word none, a whole number of NumPy an int."""
    if value is None:
        return Term("none")
    if isinstance(value, (list, tuple)):
        return type(value)([read_parameter(v) for v in value]) if type(value) in (list, tuple) else value
    try:
        return value if isinstance(value, int) else value.__index__()
    except (AttributeError, TypeError):
        return value


# ---- kinds of values ---------------------------------------------------------------------------------------
def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Size)) and not isinstance(value, bool)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def is_step(value: Any) -> bool:
    """Whether a value can be applied to a tensor."""
    return isinstance(value, (Function, Tensor)) or (isinstance(value, Term) and find(value.name) is not None)


def is_step_or_number(value: Any) -> bool:
    return is_step(value) or is_number(value)


def is_number_or_list(value: Any) -> bool:
    return is_number(value) or is_list(value)


def describe(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, (Tensor, Function)):
        return str(value)
    if isinstance(value, str):
        return f'the text "{brief(value)}"'
    if isinstance(value, Term):
        return f'"{brief(str(value)) if plain(value) else f"{value.name}(…)"}"'
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple) and not plain(value):
        return "a tuple"
    return brief(show(value))


def plain(value: Any) -> bool:
    """Whether a value is a number, a text or a word, or a tuple of nothing else, as the arguments of a word may be."""
    if isinstance(value, Term):
        return plain((*value.positional, *[given for _, given in value.keywords]))
    return all(map(plain, value)) if isinstance(value, tuple) else not isinstance(value, (Tensor, Function, list))
