"""Names: what they are bound to, which are missed, and what was probably meant by a word that nothing is called."""

from __future__ import annotations

from cnnspec.base.did_you_mean import find_proposals, get_only, write_question
from cnnspec.elaborate.values import UNKNOWN, describe, is_number, is_step
from cnnspec.layers import find, list_spellings
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from cnnspec.elaborate.assumptions import Result
    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.values import Scope

    Fits = Callable[[Any], bool]
    Known = Fits | tuple[str, ...]
    Place = tuple[str, int, str, Fits | str]

LAYERS = "`cnnspec layers` lists the layers"
MAX_NEAR = 40  # words of one network for which near ones are looked for


class Names:
    """Binds names in scopes, and takes away those whose meaning a mistake has made unknown."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.assumptions = report.assumptions
        self.loops = 0  # around the present place, inside its block
        self.missed: set[str] = set()  # names that would be bound in what was, perhaps wrongly, not run
        self._given: dict[int, tuple[str, ...]] = {}  # names that a part gives, by its identity

    def bind(self, name: tree.Name, value: Any, scope: Scope) -> None:
        assumed = self.assumptions.take_doubt() or self.assumptions.unsure
        before = scope.places.get(name.text)
        if before is not None and before is not name and before.start != name.start and not self.loops:
            line = scope.source.position(before.start)[0]
            self.report.error(
                "E013", name, scope, f'"{name.text}" is bound already, in line {line}', "choose another name"
            )
            return
        scope.bind(name.text, value, assumed)
        scope.places[name.text] = name

    def in_loop(self, run: Callable[[], Result]) -> Result:
        """Run the turns of a loop, each of which binds the names anew."""
        self.loops += 1
        try:
            return run()
        finally:
            self.loops -= 1

    def in_block(self, run: Callable[[], Result]) -> Result:
        """Run the body of a block, which the loops around its call do not concern."""
        around, self.loops = self.loops, 0
        try:
            return run()
        finally:
            self.loops = around

    def miss(self, *bodies: tree.Body | tree.Branch | None) -> None:
        """Remember the names that some bodies bind. They were not run, perhaps wrongly, so that these names may be missed."""
        from cnnspec.elaborate.static_checks import bindings

        for body in bodies:
            if body is not None:
                self.missed.update(bindings(tree.Body(body.start, body.end, (body,)), ()))

    def forget(self, node: tree.Node, scope: Scope) -> None:
        """Make the names unknown that a part would have given, had it been understood. No error is reported for their use."""
        names = self._given.get(id(node))
        if names is None:
            names = self._given[id(node)] = names_given(node)
        scope.unknown(names)

    def save(self) -> set[str]:
        return self.missed.copy()

    def restore(self, saved: set[str]) -> None:
        self.missed = saved


class UnknownWords:
    """Reports words that nothing is called, and goes on with what was probably meant by them."""

    def __init__(self, names: Names) -> None:
        self.report = names.report
        self.assumptions = names.assumptions
        self.names = names
        self.near: dict[Place, tuple[str, ...]] = {}  # the words near to one, by place

    def continue_from(self, other: UnknownWords) -> None:
        """Know what another has looked for."""
        self.near = other.near

    def find_near(self, node: tree.Node, name: str, scope: Scope, known: Known, about: str = "") -> tuple[str, ...]:
        """The known words near to a word, or the names near to it whose values fit. A place has the same answer each time;
        `about` tells two questions at one place apart."""
        place = scope.source.name, node.start, name, about if isinstance(known, tuple) else known
        if place not in self.near:
            few = len(self.near) < MAX_NEAR
            words = known if isinstance(known, tuple) else names_of(scope, known) if few else ()
            self.near[place] = find_proposals(name, words) if few else ()
        return self.near[place]

    def report_misspelt(
        self, code: str, node: tree.Node, scope: Scope, message: str, name: str, known: Known, otherwise: str = "",
        sure: bool = True,
    ) -> str | None:  # fmt: skip
        """Report an unknown word, and ask whether a near one was meant. Where exactly one is near, it is assumed and returned."""
        found = self.find_near(node, name, scope, known, message)
        self.report.error(code, node, scope, message, write_question(found) or otherwise, sure=sure)
        taken = get_only(found)
        return None if taken is None else self.assumptions.assume(node, scope, name, taken)

    def report_unknown(self, node: tree.Node, name: str, scope: Scope, fits: Fits, otherwise: str = LAYERS) -> Any:
        """Report a name that nothing has; `otherwise` is the help where nothing is near. Returns the value that was probably
        meant, which `fits`; else UNKNOWN."""
        from cnnspec.base.did_you_mean import PYTORCH

        if name in self.names.missed:
            return UNKNOWN
        if name in PYTORCH:
            message = f"{name} is PyTorch's, which takes other arguments"
            return self.report.error("E010", node, scope, message, PYTORCH[name], sure=True)
        from cnnspec.elaborate.likely_meaning import explain_name

        message = f'nothing is called "{name}"'
        if notation := explain_name(node, name, scope):
            return self.report.error("E010", node, scope, message, notation, sure=True)
        meant = self.report_misspelt("E010", node, scope, message, name, fits, otherwise)
        if meant is None:
            return UNKNOWN
        value = scope.find(meant)
        return Term(meant) if value is None else value

    def report_never_run(self, names: Iterable[tree.Name], scope: Scope) -> None:
        """Report unknown names in a part that is never run; no assumption is made for them."""
        made = len(self.assumptions.made)
        for name in names:
            self.report_unknown(name, name.text, scope, is_step)
        self.assumptions.forget_from(made)
        self.assumptions.take_doubt()

    def resolve_word(self, value: Any, node: tree.Node, scope: Scope, fits: Fits) -> Any:
        """The value itself; of an unknown name, the value that was probably meant, where a near one fits."""
        if type(value) is not Term or not isinstance(node, tree.Name) or node.text != value.name or find(value.name):
            return value
        if self.find_near(node, value.name, scope, fits):
            return self.report_unknown(node, value.name, scope, fits)
        return value

    def read_number(self, value: Any, node: tree.Node, scope: Scope, help: str = "") -> Any:
        """A value that must be a number. Where it is none, and no number was meant, an error is reported and it is UNKNOWN."""
        if value is UNKNOWN or is_number(value):
            return value
        if isinstance(value, Term) and find(value.name) is not None:
            return self.report.error("E012", node, scope, f"a number is needed here, not the layer {value.name}", help)
        if isinstance(value, Term):
            place, origin = value.place or (node, scope)
            return self.report_unknown(place, value.name, origin, is_number)
        return self.report.error("E012", node, scope, f"a number is needed here, not {describe(value)}", help)

    def save(self) -> int:
        return len(self.near)

    def restore(self, saved: int) -> None:
        while len(self.near) > saved:
            self.near.popitem()


def names_of(scope: Scope, fits: Fits) -> list[str]:
    """The names whose values fit, or may fit because a mistake left them unknown. The block that is run is left out."""
    names = [name for name in scope.all_names() if scope.call is None or name != scope.call.block]
    bound = [name for name in names if (value := scope.find(name)) is UNKNOWN or fits(value)]
    return [*bound, *list_spellings()] if fits(Term(list_spellings()[0])) else bound


def names_given(node: tree.Node) -> tuple[str, ...]:
    """The names that `as` gives in a part, and those that what could not be read of it would have bound."""
    found: dict[str, None] = {}
    for part in tree.walk(node):
        if isinstance(part, tree.Bad):
            found.update(dict.fromkeys(part.names))
        elif isinstance(part, tree.Naming):
            found[part.name.text] = None
    return tuple(found)
