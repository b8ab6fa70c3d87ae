"""Saying what is wrong while a network is built: each mistake once, with the block calls that led to it."""

from __future__ import annotations

from cnnspec.diagnostic import ERROR, Diagnostic, Note
from cnnspec.elaborate.graph import Graph, Site
from cnnspec.elaborate.values import UNKNOWN, BlockFunction, Function, Scope, Tensor
from cnnspec.layers import find
from cnnspec.layers.argument import Term, show
from cnnspec.names import suggestion
from cnnspec.size import Size
from cnnspec.source import brief
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


MAX_MISTAKES = 100  # of one network; each takes a while to find words for


class TooMuch(Exception):
    """The network is larger, or has more mistakes, than is allowed; the diagnostic is noted already."""


class Reporting:
    """Collects `errors`. Its subclasses evaluate expressions and build the graph."""

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        self.building = False  # whether TooMuch is caught
        self.full = False  # whether there are as many mistakes as are told
        self._seen: set[tuple[str, str, int, str]] = set()
        self._given: dict[int, tuple[str, ...]] = {}  # names that a part gives, by its identity
        self.graph = Graph("")

    def continue_from(self, other: Reporting) -> None:
        """Report into one list with another."""
        self.errors, self._seen, self.full = other.errors, other._seen, other.full

    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """The value of an expression; UNKNOWN, and an error noted, where it has none."""
        raise NotImplementedError

    def error(
        self, code: str, node: tree.Node, scope: Scope, message: str, help: str | Callable[[], str] = "",
        severity: str = ERROR, extra: tuple[Note, ...] = (),
    ) -> Any:  # fmt: skip
        """Report once, with the block calls that led here, and return UNKNOWN. Help that takes a while to find is a
        function, asked where it is needed."""
        message = brief(message)
        key = (code, scope.source.name, node.start, message)
        if key not in self._seen and not self.full:
            self._seen.add(key)
            site = Site(scope.source, node, scope.caller, scope.block)
            what_to_do = brief(help if isinstance(help, str) else help())
            self.errors.append(Diagnostic(code, message, site.span, what_to_do, (*extra, *trail(site)), severity))
            if len(self.errors) >= MAX_MISTAKES:
                self.full = True
                more = f"{MAX_MISTAKES} mistakes so far: the rest of the network was not checked"
                self.errors.append(Diagnostic("E003", more, site.span, "mend these first"))
        if self.full and self.building:
            raise TooMuch
        return UNKNOWN

    def unknown_from_here(self, node: tree.Node, scope: Scope) -> None:
        """Names that a part would have given, had it been read or run, are unknown: what refers to them is silent."""
        names = self._given.get(id(node))
        if names is None:
            names = self._given[id(node)] = names_given(node)
        scope.unknown(names)

    def not_a_number(self, node: tree.Node, value: Any, scope: Scope, help: str = "") -> Any:
        if isinstance(value, Term) and find(value.name) is not None:
            return self.error("E012", node, scope, f"a number is needed here, not the layer {value.name}", help)
        if isinstance(value, Term):
            return self.unknown_name(value.place[0] if value.place else node, value.name, scope)
        return self.error("E012", node, scope, f"a number is needed here, not {describe(value)}", help)

    def unknown_name(self, node: tree.Node, name: str, scope: Scope) -> Any:
        from cnnspec.layers import spellings
        from cnnspec.names import PYTORCH

        if name in PYTORCH:
            return self.error("E010", node, scope, f"{name} is PyTorch's, which takes other arguments", PYTORCH[name])

        def hint() -> str:
            from cnnspec.elaborate.meant import by_name

            if meant := by_name(node, name, scope):
                return meant
            found = suggestion(name, [*scope.all_names(), *spellings()]).removeprefix("; ")
            return found or "`cnnspec layers` lists the layers"

        return self.error("E010", node, scope, f'nothing is called "{name}"', hint)


def trail(site: Site, *others: Site) -> tuple[Note, ...]:
    """The block calls that led to a site, innermost first; `others` are those of layers that share the finding."""
    notes: list[Note] = []
    sites = (site, *others)
    while site.caller is not None and len(notes) < 8:
        notes.append(Note(f"in block {site.block}, called here", site.caller.span, () if notes else sites))
        site = site.caller
    return tuple(notes)


def names_given(node: tree.Node) -> tuple[str, ...]:
    """The names that `as` gives in a part, and those that what could not be read of it would have bound."""
    found: dict[str, None] = {}
    for part in tree.walk(node):
        if isinstance(part, tree.Bad):
            found.update(dict.fromkeys(part.names))
        elif isinstance(part, tree.Naming):
            found[part.name.text] = None
    return tuple(found)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Size)) and not isinstance(value, bool)


def describe(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Tensor):
        return "a tensor"
    if isinstance(value, BlockFunction):
        return f"the block {value.block.name.text}"
    if isinstance(value, Function):
        return "a layer function"
    if isinstance(value, str):
        return f'the text "{brief(value)}"'
    if isinstance(value, Term):
        return f'"{brief(str(value)) if plain(value) else f"{value.name}(…)"}"'
    if isinstance(value, list):
        return "a list"
    if isinstance(value, tuple) and not plain(value):
        return "a tuple"
    return brief(show(value))


def plain(value: Any) -> bool:
    """Whether a value is a number, a text or a word, or a tuple of nothing else, as the arguments of a word may be."""
    if isinstance(value, Term):
        return plain((*value.positional, *[given for _, given in value.keywords]))
    return all(map(plain, value)) if isinstance(value, tuple) else not isinstance(value, (Tensor, Function, list))
