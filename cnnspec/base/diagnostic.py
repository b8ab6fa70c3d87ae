"""What is found wrong: a value that travels, never an exception that escapes.

A diagnostic says what is wrong with its numbers (`message`), where (`span`, the smallest that shows it),
what led there (`notes`) and what to do (`help`). Prose about it is made elsewhere, in `findings`.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.source import Span

ERROR, WARNING, INFO = SEVERITIES = ("error", "warning", "info")  # the worst first


class Note(Record):
    """A second place that explains the first. The first of the calls that led somewhere has the `sites` (elaborate) of
    all layers that the finding speaks of: a comment at the calls of all of them ignores it."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"sites"})
    message: str
    span: Span | None = None
    sites: tuple[Any, ...] = ()


class Edit(Record):
    """A change of the text: what stands in `span` (nothing, where that is empty) becomes `text`."""

    span: Span
    text: str


class Repair(Record):
    """Edits after which a finding is gone and no other has come, which has been tried.

    `safe`: the network computes what it did. `cost` says what they change: "-64 parameters, MACs and receptive field
    unchanged"."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool
    cost: str


class Diagnostic(Record):
    """One finding. `code` is one of `lint/index.py`. `nodes` are the layers that it is about, as indices
    into the network's graph, where a rule tells them; `repairs`, the best first, are there where they were looked for."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"nodes", "repairs"})
    code: str
    message: str
    span: Span | None
    help: str = ""
    notes: tuple[Note, ...] = ()
    severity: str = ERROR
    nodes: tuple[int, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def name(self) -> str:
        """The kebab-case name of the code."""
        from cnnspec.lint.index import NAMES

        return NAMES[self.code]

    @property
    def position(self) -> tuple[int, int] | None:
        """Line and column, from 1; None when it has no place, or one in a model, which has no text."""
        return self.span.first if self.span else None

    def __str__(self) -> str:
        place = f"{self.span.origin}: " if self.span else ""
        return f"{place}{self.severity}[{self.code}] {self.message}" + (f" ({self.help})" if self.help else "")


class Remedy(Record):
    """A change of a layer's call with which it takes its inputs: other `values` of arguments, a layer put `behind` it (of
    a merge, behind the branch at fault), other layers `instead` of it."""

    values: tuple[tuple[str, Any], ...] = ()
    behind: str = ""
    instead: str = ""


class Problem(Record):
    """A diagnostic before it has a place: `argument` names the argument at fault ("" for the whole call, "#2" for the
    second tensor of a merge); `help` says the `remedies` in words, or what to do in general where there are none;
    `channels`: how many that tensor should have, where this alone would do."""

    code: str
    message: str
    argument: str = ""
    help: str = ""
    channels: int | None = None
    remedies: tuple[Remedy, ...] = ()


def sort_diagnostics(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each diagnostic once, by file and place."""
    unique = list(dict.fromkeys(found))
    return tuple(sorted(unique, key=lambda d: d.span.order if d.span else ("", 0, -1)))
