"""Findings as the API returns them: a tuple of diagnostics that shows itself."""

from __future__ import annotations

from functools import cached_property

from cnnspec.api.answer import Answer, flatten_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Self

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.tables.report import Report

    AddHelp = Callable[[tuple[Diagnostic, ...]], tuple[Diagnostic, ...]]


class Findings(Answer, tuple["Diagnostic", ...]):
    """What is found wrong, a `Diagnostic` for each, in the order of the text; empty, and false, where nothing is.

    `print` shows them as `cnnspec check` does. `file` is the file that was checked.
    """

    file: str

    def __new__(cls, found: Iterable[Diagnostic], file: str) -> Self:
        made = super().__new__(cls, found)
        made.file = file
        return made

    def __getnewargs__(self) -> tuple[tuple[Diagnostic, ...], str]:
        return tuple(self), self.file  # what a copy is made of

    def _write_text(self) -> str:
        """What `cnnspec check` prints of one file."""
        from cnnspec.findings.text import show_diagnostic, write_totals

        return "\n\n".join([*map(show_diagnostic, self), write_totals(self, 1)]) + "\n"

    def _make_report(self) -> Report:
        """A row for each finding."""
        from cnnspec.api.html.findings import make_report

        return make_report(self)

    def to_html(self) -> str:
        """Every finding with its line, as `check` prints it."""
        from cnnspec.api.html.findings import write_html

        return write_html(self)

    def to_data(self) -> list[dict[str, Any]]:
        """What `cnnspec check --output-format json` prints of one file."""
        from cnnspec.findings.json import write_data

        return [write_data(diagnostic, self.file) for diagnostic in self]

    def to_rows(self) -> list[dict[str, Any]]:
        """A flat dictionary for each finding, all with the same keys."""
        return flatten_rows(self.to_data())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What IPython shows in a terminal: without this, what it shows of any tuple."""
        super()._repr_pretty_(printer, cycle)

    def __repr__(self) -> str:
        return f"({', '.join(map(repr, self))}{',' * (len(self) == 1)})"


class LaterFindings:
    """The findings of a network, whose help is looked for when they are first asked for."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], file: str, add_help: AddHelp) -> None:
        self._diagnostics, self._file, self._add_help = diagnostics, file, add_help

    @cached_property
    def found(self) -> Findings:
        return Findings(self._add_help(self._diagnostics), self._file)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has the help that is found here and now: elsewhere the files that a text uses may be others."""
        return type(self), (tuple(self.found), self._file, tuple)
