"""What is wrong with a network, collected while it is built: each mistake once, with the path that led to it."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic, Note
from cnnspec.base.recording import stop
from cnnspec.base.source import brief
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.graph import BlockCall, FunctionUse, LoopTurn, RepeatTurn, Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from cnnspec.elaborate.assumptions import Assumptions
    from cnnspec.elaborate.values import Scope
    from cnnspec.syntax import tree

MAX_MISTAKES = 100  # of one network; each takes a while to find words for, and to find what is near to a word


class TooMuch(Exception):
    """Raised where a network is too large, or has too many mistakes. The diagnostic is in the report already."""


class Report:
    """What is wrong with a network. What rests on an assumption is not reported."""

    def __init__(self, assumptions: Assumptions) -> None:
        self.assumptions = assumptions
        self.errors: list[Diagnostic] = []
        self.seen: set[tuple[str, str, int, str]] = set()  # the mistakes so far
        self.full = False  # whether there are as many mistakes as are told
        self.stops = False  # whether a full report stops what is run

    def continue_from(self, other: Report) -> None:
        """Report into one list with another."""
        self.errors, self.seen, self.full = other.errors, other.seen, other.full

    def error(
        self, code: str, node: tree.Node, scope: Scope, message: str, help: str = "",
        severity: str = ERROR, extra: tuple[Note, ...] = (), sure: bool = False,
    ) -> Any:  # fmt: skip
        """Report a mistake once, with the path that led here, and return UNKNOWN. `sure`: this is wrong whatever
        was assumed before."""
        if (self.assumptions.doubt or self.assumptions.unsure) and not sure:
            return UNKNOWN
        message = brief(message)
        key = (code, scope.source.name, node.start, message)
        if key not in self.seen and not self.full:
            self.seen.add(key)
            site = Site(scope.source, node, scope.path)
            notes = (*extra, *trail(site, turns=True))
            self.errors.append(Diagnostic(code, message, site.span, brief(help), notes, severity))
            if severity == ERROR:
                stop()
            if len(self.errors) >= MAX_MISTAKES:
                self.full = True
                more = f"{MAX_MISTAKES} mistakes so far: the rest of the network was not checked"
                self.errors.append(Diagnostic("E003", more, site.span, "mend these first"))
        if self.full and self.stops:
            raise TooMuch
        return UNKNOWN

    def include(self, found: Iterable[Diagnostic]) -> None:
        """Report what was found elsewhere."""
        self.errors += found

    def forget_from(self, number: int) -> None:
        """Keep so many errors, the first."""
        del self.errors[number:]

    def run_while_possible(self, run: Callable[[], Any]) -> bool:
        """Run a part until it is done or, with TooMuch, given up. False where it is given up."""
        around, self.stops = self.stops, True
        try:
            run()
        except TooMuch:
            return False
        finally:
            self.stops = around
        return True

    def save(self) -> tuple[int, set[tuple[str, str, int, str]], bool]:
        return len(self.errors), self.seen.copy(), self.full

    def restore(self, saved: tuple[int, set[tuple[str, str, int, str]], bool]) -> None:
        number, seen, self.full = saved
        self.forget_from(number)
        self.seen &= seen


def trail(site: Site, *others: Site, turns: bool = False) -> tuple[Note, ...]:
    """The steps that led to a site, innermost first: block calls, and uses of what is written in another block than its
    use; with `turns` those of loops and repeats too, but for the first. `others`: the sites that share the finding."""
    notes: list[Note] = []
    step, sites = site.path, (site, *others)
    while step is not None and len(notes) < 8:
        said = ""
        if isinstance(step, BlockCall):
            said = f"in {'block ' if step.site.in_spec else ''}{step.block}, called here"
        elif isinstance(step, FunctionUse) and step.away:
            said = f"{step.name} is used here" if step.name else "used here"
        elif isinstance(step, (LoopTurn, RepeatTurn)) and turns and step.number > 1:
            said = f"in {step}"
        if said:
            notes.append(Note(said, step.site.span, () if notes else sites))
        step = step.site.path
    return tuple(notes)
