"""Whole files mended: one repair after another, each tried on what the ones before it left, until none is left.

Every repair takes findings away and brings none, so that this ends; and a second run finds nothing to do. What comes out
is compared with what went in once more as a whole.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.lint.finding import NONE, SHOWN, UNSAFE
from cnnspec.lint.fix.search import Search, Tried
from cnnspec.lint.fix.unchanged import always_behaves, behaves
from cnnspec.lint.rules import fix_of, prevents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cnnspec.base.diagnostic import Diagnostic, Repair
    from cnnspec.lint.fix.project import Project

    Wanted = Callable[[Diagnostic, str], bool]

MOST_REPAIRS = 1000  # in all files of one run
MOST_TRIED = 100_000  # layers, summed over all that is analysed to try repairs: some ten seconds


class Mended(Record):
    """A project with its repairs made, in order, each with the finding that it cleared; `why` is a sentence where what
    came out was not what was meant, and the project then is as it was."""

    project: Project
    done: tuple[tuple[Diagnostic, Repair], ...]
    why: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether there was more to try than one run takes on."""
        return self.project.budget.spent or len(self.done) >= MOST_REPAIRS


def mend(project: Project, unsafe: bool, wanted: Wanted | None = None) -> Mended:
    """The files with every repair made: safe ones, and the best unsafe ones where those are asked for.

    `wanted` says whether a finding, of the file at a path, is to be repaired; None: every one is.
    """
    search = Search(project)
    done: list[tuple[Diagnostic, Repair]] = []
    for path in project.sources:
        hopeless: set[Hashable] = set()  # findings without a repair, not asked again before all others have been
        fresh = True  # whether nothing was repaired since the first of them
        while len(done) < MOST_REPAIRS:
            step = find_first(search, path, unsafe, wanted, hopeless)
            if step is not None:
                found, tried = step
                search = Search(tried.project)
                done.append((found, tried.repair))
                fresh = fresh and not hopeless
            elif fresh:
                break
            else:
                hopeless, fresh = set(), True
    now = search.project
    why = explain_failure(project, now, all(repair.safe for _, repair in done))
    return Mended(project, (), why) if why else Mended(now, tuple(done))


def find_first(
    search: Search, path: str, unsafe: bool, wanted: Wanted | None, hopeless: set[Hashable]
) -> tuple[Diagnostic, Tried] | None:
    """The first finding of a file that has a repair, with the best of it; a safe one where there is any. Findings without
    one are added to the `hopeless`, which are left out."""
    for safe in (True, False) if unsafe else (True,):
        alike: dict[Hashable, int] = {}  # findings that read the same are told apart by their order
        for found in search.project.analysis(path).diagnostics:
            place = found.span.source.name if found.span else path
            if fix_of(found.code) in ((SHOWN, NONE) if not safe else (SHOWN, NONE, UNSAFE)):
                continue
            if wanted is not None and not wanted(found, place):
                continue
            look = safe, found.code, found.message, place, found.span and found.span.text
            alike[look] = alike.get(look, 0) + 1
            if (look, alike[look]) in hopeless:
                continue
            made = search.find_repairs(path, found, not safe)
            if made:
                return found, made[0]
            hopeless.add((look, alike[look]))
    return None


def explain_failure(before: Project, after: Project, safe: bool) -> str:
    """Why files must be left as they were: a sentence, "" where all is as it was meant."""
    for path in before.find_differing(after):
        old, new = before.analysis(path), after.analysis(path)
        if new.tree.diagnostics:
            return f"{old.source.name} would not be read any more"
        if sum(map(prevents, new.diagnostics)) > sum(map(prevents, old.diagnostics)):
            return f"{old.source.name} would have an error that it does not have now"
    if safe and not (behaves(before, after) and always_behaves(before, after)):
        return "the networks would not compute what they do now"
    return ""
