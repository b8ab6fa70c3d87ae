"""What is wrong with a network, collected while it is built: each mistake once, with the path that led to it."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic, Note
from cnnspec.base.did_you_mean import find_proposals, get_only, write_question
from cnnspec.base.source import Span, brief
from cnnspec.elaborate.values import UNKNOWN, Scope, Tensor, describe, is_number, is_step
from cnnspec.graph import Assumption, BlockCall, FunctionUse, LoopTurn, RepeatTurn, Site
from cnnspec.layers import find, list_spellings
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Fits = Callable[[Any], bool]
    Known = Fits | tuple[str, ...]

MAX_MISTAKES = 100  # of one network; each takes a while to find words for, and to find what is near to a word
MAX_NEAR = 40  # words of one network for which near ones are looked for


class TooMuch(Exception):
    """Raised where a network is too large, or has too many mistakes. The diagnostic is in the report already."""


class Report:
    """What is wrong with a network, and what was assumed while it was built.

    A word that nothing is called, with one known word near to it, is taken for that one, and the building goes on: what
    comes of it is *assumed*, and no error that rests on it is reported. `doubt` is raised by whatever reads something
    assumed, and taken down by `settled`, when the value is done; `unsure` stands while something runs by assumption.
    """

    state = ("errors", "seen", "near_words", "full", "building", "doubt", "unsure", "missed")  # see attempt.py

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        self.assumptions: list[Assumption] = []
        self.building = False  # whether TooMuch is caught
        self.full = False  # whether there are as many mistakes as are told
        self.seen: set[tuple[str, str, int, str]] = set()  # the mistakes so far
        self.near_words: dict[tuple[str, int, str, Fits | str], tuple[str, ...]] = {}  # the words near to one, by place
        self.doubt = False  # whether the value that is worked out rests on an assumption
        self.unsure = False  # whether what is run does
        self.missed: set[str] = set()  # names that would be bound in what was, perhaps wrongly, not run
        self._given: dict[int, tuple[str, ...]] = {}  # names that a part gives, by its identity

    def continue_from(self, other: Report) -> None:
        """Report into one list with another."""
        self.errors, self.seen, self.full, self.near_words = other.errors, other.seen, other.full, other.near_words

    def error(
        self, code: str, node: tree.Node, scope: Scope, message: str, help: str | Callable[[], str] = "",
        severity: str = ERROR, extra: tuple[Note, ...] = (), sure: bool = False,
    ) -> Any:  # fmt: skip
        """Report a mistake once, with the path that led here, and return UNKNOWN. `help` may be a function, asked only where
        it is needed. `sure`: this is wrong whatever was assumed before."""
        if (self.doubt or self.unsure) and not sure:
            return UNKNOWN
        message = brief(message)
        key = (code, scope.source.name, node.start, message)
        if key not in self.seen and not self.full:
            self.seen.add(key)
            site = Site(scope.source, node, scope.path)
            what_to_do = brief(help if isinstance(help, str) else help())
            self.errors.append(
                Diagnostic(code, message, site.span, what_to_do, (*extra, *trail(site, turns=True)), severity)
            )
            if len(self.errors) >= MAX_MISTAKES:
                self.full = True
                more = f"{MAX_MISTAKES} mistakes so far: the rest of the network was not checked"
                self.errors.append(Diagnostic("E003", more, site.span, "mend these first"))
        if self.full and self.building:
            raise TooMuch
        return UNKNOWN

    def forget_names(self, node: tree.Node, scope: Scope) -> None:
        """Make the names unknown that a part would have given, had it been understood. No error is reported for their use."""
        names = self._given.get(id(node))
        if names is None:
            names = self._given[id(node)] = names_given(node)
        scope.unknown(names)

    # ---- assumptions ---------------------------------------------------------------------------------------
    def take_doubt(self) -> bool:
        """Whether the value just worked out rests on an assumption. The next one starts without doubt."""
        doubt, self.doubt = self.doubt, False
        return doubt

    def suppose(self, run: Callable[[], Tensor]) -> Tensor:
        """Run a step that rests on an assumption: all that it makes is assumed, and so is its result."""
        around, self.unsure = self.unsure, True
        result = run()
        self.unsure = around
        return result.replace(assumed=True)

    def suppose_items(self, run: Callable[[], Tensor | None]) -> Tensor | None:
        """Run statements that rest on an assumption, as `suppose` does; they may have no result."""
        around, self.unsure = self.unsure, True
        result = run()
        self.unsure = around
        return None if result is None else result.replace(assumed=True)

    def miss(self, *bodies: tree.Body | tree.Branch | None) -> None:
        """Remember the names that some bodies bind. They were not run, perhaps wrongly, so that these names may be missed."""
        from cnnspec.elaborate.static_checks import bindings

        for body in bodies:
            if body is not None:
                self.missed.update(bindings(tree.Body(body.start, body.end, (body,)), ()))

    def find_near(self, node: tree.Node, name: str, scope: Scope, known: Known, about: str = "") -> tuple[str, ...]:
        """The known words near to a word, or the names near to it whose values fit. A place has the same answer each time;
        `about` tells two questions at one place apart."""
        place = scope.source.name, node.start, name, about if isinstance(known, tuple) else known
        if place not in self.near_words:
            few = len(self.near_words) < MAX_NEAR
            words = known if isinstance(known, tuple) else names_of(scope, known) if few else ()
            self.near_words[place] = find_proposals(name, words) if few else ()
        return self.near_words[place]

    def report_misspelt(
        self, code: str, node: tree.Node, scope: Scope, message: str, name: str, known: Known, otherwise: str = "",
        sure: bool = True,
    ) -> str | None:  # fmt: skip
        """Report an unknown word, and ask whether a near one was meant. Where exactly one is near, it is assumed and returned."""
        found = self.find_near(node, name, scope, known, message)
        self.error(code, node, scope, message, write_question(found) or otherwise, sure=sure)
        taken = get_only(found)
        return None if taken is None else self.assume(node, scope, name, taken)

    def assume(self, node: tree.Node, scope: Scope, written: str, taken: str) -> str:
        """Go on with another word than the one that is written."""
        made = Assumption(Span(scope.source, node.start, node.end), brief(written), brief(taken))
        if made not in self.assumptions:
            self.assumptions.append(made)
        self.doubt = True
        return taken

    def report_unknown(self, node: tree.Node, name: str, scope: Scope, fits: Fits) -> Any:
        """Report a name that nothing has. Returns the value that was probably meant, which `fits`; else UNKNOWN."""
        from cnnspec.base.did_you_mean import PYTORCH

        if name in self.missed:
            return UNKNOWN
        if name in PYTORCH:
            message = f"{name} is PyTorch's, which takes other arguments"
            return self.error("E010", node, scope, message, PYTORCH[name], sure=True)
        from cnnspec.elaborate.likely_meaning import explain_name

        message, otherwise = f'nothing is called "{name}"', "`cnnspec layers` lists the layers"
        if notation := explain_name(node, name, scope):
            return self.error("E010", node, scope, message, notation, sure=True)
        meant = self.report_misspelt("E010", node, scope, message, name, fits, otherwise)
        if meant is None:
            return UNKNOWN
        value = scope.find(meant)
        return Term(meant) if value is None else value

    def report_never_run(self, names: Iterable[tree.Name], scope: Scope) -> None:
        """Report unknown names in a part that is never run; no assumption is made for them."""
        made = len(self.assumptions)
        for name in names:
            self.report_unknown(name, name.text, scope, is_step)
        del self.assumptions[made:]
        self.doubt = False

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
            return self.error("E012", node, scope, f"a number is needed here, not the layer {value.name}", help)
        if isinstance(value, Term):
            place, origin = value.place or (node, scope)
            return self.report_unknown(place, value.name, origin, is_number)
        return self.error("E012", node, scope, f"a number is needed here, not {describe(value)}", help)


def names_of(scope: Scope, fits: Fits) -> list[str]:
    """The names whose values fit, or may fit because a mistake left them unknown. The block that is run is left out."""
    names = [name for name in scope.all_names() if scope.call is None or name != scope.call.block]
    bound = [name for name in names if (value := scope.find(name)) is UNKNOWN or fits(value)]
    return [*bound, *list_spellings()] if fits(Term(list_spellings()[0])) else bound


def trail(site: Site, *others: Site, turns: bool = False) -> tuple[Note, ...]:
    """The steps that led to a site, innermost first: block calls, and uses of what is written in another block than its
    use; with `turns` those of loops and repeats too, but for the first. `others`: the sites that share the finding."""
    notes: list[Note] = []
    step, sites = site.path, (site, *others)
    while step is not None and len(notes) < 8:
        said = ""
        if isinstance(step, BlockCall):
            said = f"in block {step.block}, called here"
        elif isinstance(step, FunctionUse) and step.away:
            said = f"{step.name} is used here" if step.name else "used here"
        elif isinstance(step, (LoopTurn, RepeatTurn)) and turns and step.number > 1:
            said = f"in {step}"
        if said:
            notes.append(Note(said, step.site.span, () if notes else sites))
        step = step.site.path
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
