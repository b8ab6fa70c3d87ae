"""What is known about an open file, and what is said of one whose analysis takes too long."""

from __future__ import annotations

import math
from contextlib import suppress

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.base.source import Span
from cnnspec.lint.rules import prevents
from cnnspec.pipeline import Analysis, analyse
from cnnspec.server.time_limit import OutOfTime, run_within
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import Body, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read
    from cnnspec.server.kept_text import Move
    from cnnspec.server.uses import Uses


NO_PYTHON = "E001"  # what a Python source is found to be that Python cannot read


class Known:
    """What is known about an open file as its text is now. `found` are its findings, those in the files that it uses
    included; `repaired` are the same with repairs, and help that is made of them, once these were looked for. `complaint`: why
    a configuration cannot be used, "" where it can; `excluded`: whether that leaves the file out."""

    def __init__(
        self, analysis: Analysis, codes: Set[str] | None, found: tuple[Diagnostic, ...], reads: set[str],
        complaints: Sequence[str] = (), excluded: bool = False,
    ) -> None:  # fmt: skip
        self.analysis, self.codes, self.found, self.reads = analysis, codes, found, reads
        self.complaint, self.excluded = complaints[-1] if complaints else "", excluded
        self.repaired: tuple[Diagnostic, ...] | None = None
        self.shown = False  # whether the editor has the findings
        self.uses: Uses | None = None  # what its parts come to, once this was asked
        self.paths: dict[str, str] = {}  # of the texts that it was made of, by their URIs
        self.moves: dict[tuple[str, str], Move] = {}  # where the parts of older texts at these paths stand now
        self.tried: dict[object, bool] = {}  # edits that were tried on the text, and whether they do

    @property
    def mistakes(self) -> float:
        """How many mistakes keep figures from being known; of an analysis that was given up more than any, and of a text that
        Python cannot read."""
        codes = [found.code for found in self.analysis.diagnostics]
        if isinstance(self.analysis, GivenUp) or self.analysis.source.is_python and NO_PYTHON in codes:
            return math.inf
        return sum([prevents(found) for found in self.analysis.diagnostics])


class GivenUp(Analysis):
    """An analysis that took too long. It has no networks, its one finding says so."""


def analyse_within(
    seconds: float, source: Source, codes: Set[str] | None, read: Read, before: Tree | None
) -> Analysis:  # fmt: skip
    """Everything that is known about a file, of which `before` is an earlier tree; or GivenUp."""
    try:
        return run_within(seconds, lambda: analyse(source, codes=codes, read=read, before=before), apart=True)
    except OutOfTime:
        return give_up(source, seconds)


def give_up(source: Source, seconds: float) -> GivenUp:
    """What is known about a text whose analysis took too long: its tree, where that alone is soon made."""
    tree = Tree(source, Body(0, 0, ()), (), ())
    if not source.is_python:
        with suppress(OutOfTime):
            tree = run_within(seconds / 2, lambda: parse(source), apart=True)
    message = f"the analysis takes more than {seconds:g} s, for which an editor does not wait: figures are from before"
    help = "run cnnspec check, which has no such bound; the editor tries again when the text changes"
    place = Span(source, 0, len(source.line(1)))
    return GivenUp(source, tree, (), (*tree.diagnostics, Diagnostic("E003", message, place, help, (), WARNING)))
