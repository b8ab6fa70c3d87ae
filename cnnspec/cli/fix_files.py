"""Repairs on the command line: the files of a command mended together, shown as a difference, or written."""

from __future__ import annotations

import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.load import analyse_as_asked, place_in_file
from cnnspec.cli.messages import CLEAN, FINDINGS, USAGE, UsageError, print_message
from cnnspec.cli.write_file import rewrite_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cnnspec.cli.settings import Lookup
    from cnnspec.elaborate.files import Read
    from cnnspec.lint.fix.mending import Mended
    from cnnspec.lint.fix.project import Analyse
    from cnnspec.pipeline import Analysis, Watch


def add_arguments(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--unsafe-fixes", action="store_true", help="repairs too that change what the network computes")
    parser.add_argument(
        "--diff", action="store_true", help="write nothing; show what would change, exit 1 if something"
    )


def make_analyse(options: argparse.Namespace, lookup: Lookup) -> Analyse:
    """How the files of a command are analysed; the lookup is told which are, and which they use."""

    def analyse(source: Source, read: Read, watch: Watch | None = None) -> Analysis:
        def noted(path: str) -> Source | Diagnostic:
            lookup.looked_at.add(path)
            return read(path)

        lookup.looked_at.add(source.name)
        return analyse_as_asked(source, options, lookup.of(source.name).codes(source.name), noted, watch)

    return analyse


def read_sources(options: argparse.Namespace, lookup: Lookup, told: bool = True) -> tuple[list[Source], int]:
    """The files that a command names, each once; USAGE when one cannot be read or is a model, which is told."""
    from cnnspec.lint.fix.project import resolve_path

    found, status, seen = [], CLEAN, set[str]()
    for path in lookup.files(options.paths):
        if isinstance(path, str):
            file = resolve_path(lookup.inputs.name_source(path))
            if file in seen:  # by another name
                continue
            seen.add(file)
            if leads_to_model(path):
                from cnnspec.cli.models import refuse_text

                print_message(refuse_text(path))
                status = USAGE
                continue
        source = path if isinstance(path, Diagnostic) else lookup.inputs.read_source(path)
        if isinstance(source, Diagnostic):
            if told:
                print_message(f"{source.message}: {source.help}")
            status = USAGE
        else:
            found.append(source)
    return found, status


def apply_repairs(sources: Sequence[Source], options: argparse.Namespace, lookup: Lookup) -> Mended:
    """The files with their repairs."""
    from cnnspec.lint.fix.mending import MOST_TRIED, mend
    from cnnspec.lint.fix.project import Budget, Project

    def wanted(found: Diagnostic, place: str) -> bool:
        return lookup.of(place).reports(found.code, place)

    for source in sources if options.set else ():
        analysis = analyse_as_asked(source, options)
        place_in_file(analysis.diagnostics, analysis.tree, options)  # refused before anything is written
    result = mend(Project(sources, make_analyse(options, lookup), Budget(MOST_TRIED)), options.unsafe_fixes, wanted)
    if result.why:
        print_message(f"nothing was fixed: {result.why}; please report this, it shows a defect of cnnspec")
    if result.unfinished and not result.why:
        print_message("not every repair was tried, there are too many: run it again, or on fewer rules with --select")
    return result


def print_repairs(result: Mended, quiet: bool) -> None:
    """A line for each repair."""
    for found, repair in result.done if not quiet else ():
        place = found.span.source.name if found.span else ""
        line = f":{found.position[0]}" if found.position else ""
        unsafe = "" if repair.safe else " (unsafe)"
        print_message(f"{place}{line}: {found.code} {found.name}{unsafe}: {repair.message}; {repair.cost}")


def write_text(old: Source, text: str, options: argparse.Namespace, lookup: Lookup, what: str) -> int:
    """Write a changed text, or show the difference; the exit status that this asks for. The text of stdin always goes
    out, changed or not."""
    from cnnspec.cli.format import difference

    if options.diff:
        if text != old.text:
            sys.stdout.write(difference(old.text, text, old.name, what))
        return FINDINGS if text != old.text else CLEAN
    if lookup.inputs.is_stdin(old):
        sys.stdout.write(text)
    elif text != old.text:
        try:
            rewrite_source(old, text)
        except UsageError as error:
            print_message(str(error))
            return USAGE
    return CLEAN


# ---- what a check says of repairs without being asked to make them -------------------------------------------
def describe_fixable(found: Sequence[Diagnostic]) -> str:
    """ "3 findings can be fixed with --fix (1 more with --unsafe-fixes)"; "" where there is nothing to say."""
    from cnnspec.lint.finding import SHOWN
    from cnnspec.lint.rules import fix_of

    safe = sum([any(repair.safe for repair in diagnostic.repairs) for diagnostic in found])
    unsafe = sum([bool(diagnostic.repairs) and fix_of(diagnostic.code) != SHOWN for diagnostic in found]) - safe
    if safe:
        also = f" ({unsafe} more with --unsafe-fixes)" if unsafe else ""
        return f"{counted(safe)} can be fixed with --fix{also}"
    return f"{counted(unsafe)} can be fixed with --fix --unsafe-fixes" if unsafe else ""


def counted(number: int) -> str:
    return f"{number} finding{'s' * (number != 1)}"
