"""The syntax tree: what was written, before anything is looked up.

Nodes know their place (`start`, `end`, offsets into the source) and compare without it.
A chain, a sum and an argument list are flat, so the tree is only as deep as the text is nested.
"""

from __future__ import annotations

from cnnspec.base.record import Record, compared_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import ClassVar

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Source


class Node(Record):
    _uncompared: ClassVar[frozenset[str]] = frozenset({"start", "end"})
    start: int
    end: int


# ---- expressions -------------------------------------------------------------------------------------------
class Name(Node):
    text: str


class Number(Node):
    """`text` is how it was written (5M), `value` what it is (5000000)."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"start", "end", "text"})
    value: int | float
    text: str


class Dims(Node):
    """A shape literal, 3x3 or ?x?x3; None stands for `?`, a word for a size that has a name (224xWx3)."""

    sizes: tuple[int | str | None, ...]


class Hole(Node):
    """`?a`: a place for a number that is to be found; `name` is "" where it has none. `values`: those that make sense."""

    name: str
    values: Values | None = None


class Text(Node):
    value: str


class Flag(Node):
    value: bool


class Here(Node):
    """`in`: the tensor that enters the step."""


class Argument(Node):
    name: Name | None
    value: Node


class Call(Node):
    function: Node
    arguments: tuple[Argument, ...]


class Contract(Node):
    """`expect(14x14x64)` as a step."""

    arguments: tuple[Argument, ...]


class Index(Node):
    value: Node
    index: Node


class Attribute(Node):
    value: Node
    name: Name


class Tuple(Node):
    items: tuple[Node, ...]


class List(Node):
    items: tuple[Node, ...]


class Entry(Node):
    """`mask: mse` in a mapping; the key without its quotes, if it has some."""

    key: Text
    value: Node


class Mapping(Node):
    """`{mask: mse, label: bce}`. An entry that could not be read is a `Bad`."""

    entries: tuple[Node, ...]


class Braces(Node):
    body: Body


class Chain(Node):
    stages: tuple[Node, ...]


class Naming(Node):
    value: Node
    name: Name


class Ternary(Node):
    then: Node
    condition: Node
    otherwise: Node


class Logic(Node):
    operator: str  # "and", "or"
    terms: tuple[Node, ...]


class Opposite(Node):
    value: Node


class Compare(Node):
    left: Node
    operator: str
    right: Node


class Range(Node):
    """`1..8`; among values also with a step, `16..128:8`, or a factor, `8..256:*2`: then `times`."""

    first: Node
    last: Node
    step: Node | None = None
    times: bool = False


class Values(Node):
    """`in 16..128:8`: the values of a parameter or a hole that make sense: one, a range, or a list of such."""

    choice: Node


class Arithmetic(Node):
    """first op term op term …, all of one precedence, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


class Power(Node):
    base: Node
    exponent: Node


class Signed(Node):
    operator: str
    value: Node


# ---- items of a body ---------------------------------------------------------------------------------------
class Body(Node):
    items: tuple[Node, ...]


class Step(Node):
    value: Node


class Input(Node):
    name: Name | None
    shape: Node | None  # a number, dims, a name, or the Tuple of a written-out (h, w, c)
    stages: tuple[Node, ...] = ()


class Output(Node):
    names: tuple[Name, ...]


class Assign(Node):
    name: Name
    value: Node


class Shared(Node):
    name: Name
    value: Node


class Loop(Node):
    targets: tuple[Name, ...]
    iterable: Node
    body: Body


class Branch(Node):
    condition: Node
    body: Body
    otherwise: Body | Branch | None = None


class Limit(Node):
    quantity: Name
    arguments: tuple[Argument, ...]
    operator: str  # "" where nothing is compared
    bound: Node | None


class Budget(Node):
    limits: tuple[Limit, ...]


class Parameter(Node):
    name: Name
    default: Node | None = None
    values: Values | None = None


class Block(Node):
    name: Name
    parameters: tuple[Parameter, ...]
    body: Body


class Model(Node):
    name: Name
    parameters: tuple[Parameter, ...]
    body: Body


class Train(Node):
    body: Body


class Use(Node):
    path: Text
    names: tuple[Name, ...]


class Bad(Node):
    """Where something could not be read; a diagnostic says why. `names` are those that it would have bound."""

    names: tuple[str, ...] = ()


class Tree(Record):
    """A parsed file. `comments` are their (start, end) places, in order; `notes` say what was read otherwise than written."""

    source: Source
    body: Body
    comments: tuple[tuple[int, int], ...]
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...] = ()


def names_in(node: Node) -> set[str]:
    """Every name that stands anywhere in a tree."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, Name):
            found.add(part.text)
    return found


def same(one: object, other: object) -> bool:
    """Whether two trees are equal; `==` says so too, but recurses deeper than Python may for the deepest texts."""
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, Node) and isinstance(right, Node):
            left, right = compared_values(left), compared_values(right)
        if isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    queue: list[object] = [node]
    while queue:
        part = queue.pop()
        if isinstance(part, Node):
            yield part
            queue += [getattr(part, name) for name in part._fields]
        elif isinstance(part, tuple):
            queue += part


def walk_outside(node: Node, closed: type[Node]) -> Iterator[Node]:
    """A node and all below it, but for what is inside nodes of a class."""
    queue: list[object] = [node]
    while queue:
        part = queue.pop()
        if isinstance(part, Node):
            yield part
            if not isinstance(part, closed):
                queue += [getattr(part, name) for name in part._fields]
        elif isinstance(part, tuple):
            queue += part


def walk_around(node: Node, first: int, last: int) -> Iterator[Node]:
    """A node and all below it whose stretches reach into one of the text, or touch it."""
    queue: list[object] = [node]
    while queue:
        part = queue.pop()
        if isinstance(part, tuple):
            queue += part
        elif isinstance(part, Node) and part.start <= last and first <= part.end:
            yield part
            queue += [getattr(part, name) for name in part._fields]
