"""Saying what is wrong while a network is built: each mistake once, with the block calls that led to it."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic, Note
from cnnspec.base.names import proposed, question, the_one
from cnnspec.base.size import Size
from cnnspec.base.source import Span, brief
from cnnspec.elaborate.values import UNKNOWN, BlockFunction, Function, Scope, Tensor
from cnnspec.graph import Assumption, Graph, Site
from cnnspec.layers import find, spellings
from cnnspec.layers.argument import Term, show
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Fits = Callable[[Any], bool]
    Known = Fits | tuple[str, ...]

MAX_MISTAKES = 100  # of one network; each takes a while to find words for, and to find what is near to a word
MAX_NEAR = 40  # words of one network for which near ones are looked for


class TooMuch(Exception):
    """The network is larger, or has more mistakes, than is allowed; the diagnostic is noted already."""


class Reporting:
    """Collects `errors`. Its subclasses evaluate expressions and build the graph.

    A word that nothing is called, with one known word near to it, is taken for that one, and the building goes on: what
    comes of it is *assumed*, and no error that rests on it is reported. `doubt` is raised by whatever reads something
    assumed, and taken down by `settled`, when the value is done; `unsure` stands while something runs by assumption.
    """

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        self.building = False  # whether TooMuch is caught
        self.full = False  # whether there are as many mistakes as are told
        self._seen: set[tuple[str, str, int, str]] = set()
        self._given: dict[int, tuple[str, ...]] = {}  # names that a part gives, by its identity
        self._near: dict[tuple[str, int, str, Fits | str], tuple[str, ...]] = {}  # the words near to one, by its place
        self.graph = Graph("")
        self.doubt = False  # whether the value that is worked out rests on an assumption
        self.unsure = False  # whether what is run does
        self.missed: set[str] = set()  # names that would be bound in what was, perhaps wrongly, not run

    def continue_from(self, other: Reporting) -> None:
        """Report into one list with another."""
        self.errors, self._seen, self.full, self._near = other.errors, other._seen, other.full, other._near

    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        """The value of an expression; UNKNOWN, and an error noted, where it has none."""
        raise NotImplementedError

    def error(
        self, code: str, node: tree.Node, scope: Scope, message: str, help: str | Callable[[], str] = "",
        severity: str = ERROR, extra: tuple[Note, ...] = (), sure: bool = False,
    ) -> Any:  # fmt: skip
        """Report once, with the block calls that led here, and return UNKNOWN. Help that takes a while to find is a
        function, asked where it is needed. `sure`: it is wrong whatever was assumed on the way to it."""
        if (self.doubt or self.unsure) and not sure:
            return UNKNOWN
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

    # ---- assumptions ---------------------------------------------------------------------------------------
    def settled(self) -> bool:
        """Whether what was just worked out rests on an assumption."""
        doubt, self.doubt = self.doubt, False
        return doubt

    def near(self, node: tree.Node, name: str, scope: Scope, known: Known, about: str = "") -> tuple[str, ...]:
        """The known words, or names of values that fit, that are near to a word; the same whenever its place is met.
        `about` tells apart what is asked there."""
        place = scope.source.name, node.start, name, about if isinstance(known, tuple) else known
        if place not in self._near:
            few = len(self._near) < MAX_NEAR
            words = known if isinstance(known, tuple) else names_of(scope, known) if few else ()
            self._near[place] = proposed(name, words) if few else ()
        return self._near[place]

    def misspelt(
        self, code: str, node: tree.Node, scope: Scope, message: str, name: str, known: Known, otherwise: str = "",
        sure: bool = True,
    ) -> str | None:  # fmt: skip
        """Report a word that is unknown, with what was perhaps meant; where one word alone is near, it is assumed."""
        found = self.near(node, name, scope, known, message)
        self.error(code, node, scope, message, question(found) or otherwise, sure=sure)
        taken = the_one(found)
        return None if taken is None else self.assume(node, scope, name, taken)

    def assume(self, node: tree.Node, scope: Scope, written: str, taken: str) -> str:
        """Go on with another word than the one that is written."""
        made = Assumption(Span(scope.source, node.start, node.end), brief(written), brief(taken))
        if made not in self.graph.assumptions:
            self.graph.assumptions.append(made)
        self.doubt = True
        return taken

    def unknown_name(self, node: tree.Node, name: str, scope: Scope, fits: Fits) -> Any:
        """Report a name that nothing is called. The value that was meant by it, which `fits`, else UNKNOWN."""
        from cnnspec.base.names import PYTORCH

        if name in self.missed:
            return UNKNOWN
        if name in PYTORCH:
            message = f"{name} is PyTorch's, which takes other arguments"
            return self.error("E010", node, scope, message, PYTORCH[name], sure=True)
        from cnnspec.elaborate.meant import by_name

        message, otherwise = f'nothing is called "{name}"', "`cnnspec layers` lists the layers"
        if notation := by_name(node, name, scope):
            return self.error("E010", node, scope, message, notation, sure=True)
        meant = self.misspelt("E010", node, scope, message, name, fits, otherwise)
        if meant is None:
            return UNKNOWN
        value = scope.find(meant)
        return Term(meant) if value is None else value

    def bound(self, value: Any, node: tree.Node, scope: Scope, fits: Fits) -> Any:
        """A value; of a name that nothing is called, what was meant by it, where something is near that fits."""
        if type(value) is not Term or not isinstance(node, tree.Name) or node.text != value.name or find(value.name):
            return value
        if self.near(node, value.name, scope, fits):
            return self.unknown_name(node, value.name, scope, fits)
        return value

    def as_number(self, value: Any, node: tree.Node, scope: Scope, help: str = "") -> Any:
        """A value that must be a number; UNKNOWN, and an error noted, where it is none and no number was meant."""
        if value is UNKNOWN or is_number(value):
            return value
        if isinstance(value, Term) and find(value.name) is not None:
            return self.error("E012", node, scope, f"a number is needed here, not the layer {value.name}", help)
        if isinstance(value, Term):
            place, origin = value.place or (node, scope)
            return self.unknown_name(place, value.name, origin, is_number)
        return self.error("E012", node, scope, f"a number is needed here, not {describe(value)}", help)


def names_of(scope: Scope, fits: Fits) -> list[str]:
    """The names of all that fits, or may: of what a mistake took away that is not known. A block is not its own part."""
    names = [name for name in scope.all_names() if name != scope.block]
    bound = [name for name in names if (value := scope.find(name)) is UNKNOWN or fits(value)]
    return [*bound, *spellings()] if fits(Term(spellings()[0])) else bound


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
