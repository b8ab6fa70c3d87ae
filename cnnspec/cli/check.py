"""cnnspec check PATHS…: every mistake, with its place and what to do."""

from __future__ import annotations

import sys

from cnnspec.base.record import Record
from cnnspec.base.source import Source, printable
from cnnspec.base.source_files import name_file
from cnnspec.cli import setting_options, settings
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.blocks import add_block_options
from cnnspec.cli.check_files import PROSE, add_run_options, check_paths
from cnnspec.cli.configuration import FAIL_ON
from cnnspec.cli.load import add_model_options
from cnnspec.cli.messages import CLEAN, FINDINGS, USAGE, UsageError, print_message, print_refusal, wants_color
from cnnspec.cli.streams import find_width, fit_sentence
from cnnspec.findings.text import show_diagnostic, show_in_a_line, write_totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic, Note
    from cnnspec.cli.results import Outcome
    from cnnspec.findings.locations import Finding

FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "junit", "gitlab")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec check": "all specs in the working folder and below",
            "cnnspec check net.cnn --fix": "mend what can be mended without changing the network",
            "cnnspec check train.py": "the Keras models that a Python file builds",
            "cnnspec check --output-format github": "as annotations in continuous integration",
        },
    )
    setting_options.add_paths(
        parser, "stdin", "a Python file that uses Keras, a model file such as net.pt2, net.onnx or net.keras, "
    )
    setting_options.add_arguments(parser)
    setting_options.add_python_argument(parser)
    group = parser.add_argument_group("what is mended")
    group.add_argument(
        "--fix", action="store_true", help="make the repairs that leave the network computing what it does"
    )
    group.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix the others too; without it they are shown"
    )
    group.add_argument(
        "--diff", action="store_true", help="write nothing; show what --fix would change, exit 1 if it would"
    )
    group = parser.add_argument_group("what is said")
    group.add_argument(
        "--output-format",
        choices=FORMATS,
        default="full",
        metavar="FORM",
        help=f"how findings are printed: {', '.join(FORMATS)} (full)",
    )
    group.add_argument(
        "--explain-unknown", action="store_true", help="of Python sources, list what could not be known, and where"
    )
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    group.add_argument("-q", "--quiet", action="store_true", help="print findings alone: no totals, no remarks")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="auto: on terminals")
    group.add_argument("--show-settings", action="store_true", help="print what holds for the first PATH, and stop")
    group = parser.add_argument_group("what is a failure")
    group.add_argument("--fail-on", choices=FAIL_ON, help="the least severity that makes the exit status 1 (warning)")
    group.add_argument("--exit-zero", action="store_true", help="exit 0 whatever is found")
    group.add_argument("--baseline", metavar="FILE", help="leave out what FILE counts")
    group.add_argument("--write-baseline", metavar="FILE", help="count all findings into FILE, and report none")
    add_model_options(parser)
    add_block_options(parser)
    add_run_options(parser)


def run(options: argparse.Namespace) -> int:
    if options.explain_unknown and options.output_format not in (*PROSE, "json", "jsonl"):
        raise UsageError(f"--explain-unknown has no form for --output-format {options.output_format}: full or json")
    if options.statistics and options.output_format not in ("full", "concise", "json"):
        raise UsageError(f"--statistics has no form for --output-format {options.output_format}: full or json")
    if options.baseline and options.write_baseline:
        raise UsageError("--baseline and --write-baseline together: give one of them")
    if options.input and (options.fix or options.diff):
        raise UsageError("--fix and --diff mend networks: leave --input out")
    lookup = settings.Lookup(options)
    if options.show_settings:
        for line in lookup.of(options.paths[0]).show().split("\n"):
            print(fit_sentence(line, sys.stdout))
        return CLEAN
    if options.watch:
        from cnnspec.cli.watch import watch

        return watch(options, check_once)
    return check_once(options, lookup)


def check_once(options: argparse.Namespace, lookup: settings.Lookup) -> int:
    """Check everything, mending it first where that is asked for, and say what is found: the exit status."""
    return mend(options, lookup) if options.diff or options.fix else report(options, lookup)


def mend(options: argparse.Namespace, lookup: settings.Lookup) -> int:
    """Mend the files, then report what is left; or show the difference. The text of stdin goes to stdout."""
    from contextlib import redirect_stdout

    from cnnspec.cli import fix_files
    from cnnspec.lint.fix.project import resolve_path

    sources, unread = fix_files.read_sources(options, lookup, told=options.diff)  # else the report tells it
    status = unread if options.diff else CLEAN
    result = fix_files.apply_repairs(sources, options, lookup)
    fix_files.print_repairs(result, options.quiet)
    for old in sources:
        text = result.project.sources[resolve_path(old.name)].text
        status = max(status, fix_files.write_text(old, text, options, lookup, "fixed"))
    if options.diff:
        return CLEAN if options.exit_zero and status != USAGE else status
    piped = any(map(lookup.inputs.is_stdin, sources))
    if piped:
        lookup.inputs.replace_text("-", result.project.sources[resolve_path(lookup.inputs.stdin_name)].text)
    with redirect_stdout(sys.stderr if piped else sys.stdout):
        return max(status, report(options, lookup))


def report(options: argparse.Namespace, lookup: settings.Lookup) -> int:
    """Find and write."""
    collected = collect_findings(options, lookup)
    found, files, status, unshaped = collected.found, collected.files, collected.status, collected.unshaped
    if options.baseline or options.write_baseline:
        found = against_baseline(options, found, files)
    if options.statistics:
        print_statistics(found, options)
    else:
        write(found, files, options, lookup, collected.unknowns if options.explain_unknown else ())
        if unshaped and unshaped == files and options.output_format in PROSE and not options.quiet:
            print(fit_sentence(describe_unshaped(unshaped), sys.stdout))
    if options.explain_unknown and options.output_format in PROSE:
        from cnnspec.cli.python_files import print_unknowns

        print_unknowns(collected.unknowns)
    if options.exit_zero or status != CLEAN:
        return status
    return FINDINGS if any(lookup.fails(finding) for finding in found) else CLEAN


class Collected(Record):
    """What is found in which files, in order; the files; USAGE for an unreadable one; the files whose blocks were called on no
    input; what of Python sources could not be known."""

    found: list[Finding]
    files: list[str]
    status: int
    unshaped: list[str]
    unknowns: list[Note]


def collect_findings(options: argparse.Namespace, lookup: settings.Lookup) -> Collected:
    """What is found, each mistake once since two files may use the same third, whose blocks they call at places of their own."""
    found: dict[Finding, None] = {}
    known: set[tuple[object, ...]] = set()  # the mistakes of the files before
    files: list[str] = []
    unshaped: list[str] = []
    unknowns: dict[Note, None] = {}
    named = {lookup.inputs.name_source(path) for path in options.paths}
    status = CLEAN
    for outcome in check_paths(options, lookup):
        apart = Source(outcome.name, "").is_python and outcome.name not in named
        if outcome.refused and not apart:
            print_refusal(outcome.refused)
            status = USAGE
            continue
        files.append(outcome.name)
        if outcome.opaque and not options.quiet:
            print_message(f"{outcome.name}: no rule looks into {outcome.opaque}, of which nothing is known")
        listed = options.explain_unknown and outcome.unknowns
        if outcome.remark and outcome.name in named and not (options.quiet or listed):
            print_message(outcome.remark)
        unshaped += [outcome.name] * outcome.unshaped
        unknowns |= dict.fromkeys(outcome.unknowns)
        own: list[tuple[object, ...]] = []
        for diagnostic in leave_out_unread(outcome) if apart else outcome.diagnostics:
            place = diagnostic.span.source.file if diagnostic.span else outcome.name
            at = (diagnostic.span.source.cell, diagnostic.span.mark) if diagnostic.span else None
            mistake = name_file(place), diagnostic.code, at, diagnostic.message
            if mistake not in known and (place == outcome.name or lookup.of(place).reports(diagnostic.code, place)):
                found[place, diagnostic] = None
                own.append(mistake)
        known.update(own)
    return Collected(list(found), files, status, unshaped, list(unknowns))


def leave_out_unread(outcome: Outcome) -> list[Diagnostic]:
    """The findings of a Python file that a folder holds: that Python could not read one is for others to say."""
    return [found for found in outcome.diagnostics if found.code not in ("E001", "E002")]


def against_baseline(options: argparse.Namespace, found: list[Finding], files: list[str]) -> list[Finding]:
    """The findings that are left to report when a baseline is written or read."""
    from cnnspec.cli import baseline
    from cnnspec.lint.rules import optional

    if options.write_baseline:
        counts = baseline.write(options.write_baseline, found)
        total = sum(n for codes in counts.values() for n in codes.values())
        if not options.quiet:
            files_of = f"{len(counts)} file{'s' * (len(counts) != 1)}"
            print_message(f"{options.write_baseline} counts {total} finding{'s' * (total != 1)} in {files_of}")
        return [(place, d) for place, d in found if not optional(d.code)]
    path = options.baseline
    left, gone = baseline.drop_known(found, baseline.read(path), path, files)
    if gone and not options.quiet:
        what = f"{gone} findings that are" if gone > 1 else "a finding that is"
        print_message(f"{path} counts {what} gone: write it again with --write-baseline {path}")
    return left


# ---- writing -----------------------------------------------------------------------------------------------
def write(
    found: Sequence[Finding], files: Sequence[str], options: argparse.Namespace, lookup: settings.Lookup,
    unknowns: Sequence[Note] = (),
) -> None:  # fmt: skip
    """Print what is found, in JSON with what could not be known."""
    kind = options.output_format
    if kind in ("full", "concise"):
        color = options.color == "always" or (options.color == "auto" and wants_color(sys.stdout))
        width = find_width(sys.stdout)
        for place, diagnostic in found:
            if kind == "full":
                print(show_diagnostic(diagnostic, color, options.unsafe_fixes, width), end="\n\n")
            else:
                print(show_in_a_line(place, diagnostic))
        if files and not options.quiet:
            diagnostics = [diagnostic for _, diagnostic in found]
            print(fit_sentence(write_totals(diagnostics, len(files)), sys.stdout))
            if any(diagnostic.repairs for diagnostic in diagnostics):
                from cnnspec.cli.fix_files import describe_fixable

                print(fit_sentence(describe_fixable(diagnostics), sys.stdout))
    elif kind in ("json", "jsonl"):
        from cnnspec.findings.json import write_data, write_unknown
        from cnnspec.tables import escape

        data = [write_data(diagnostic, name) for name, diagnostic in found]
        data += [write_unknown(unknown) for unknown in unknowns]
        lines = [escape.json(data)] if kind == "json" else [escape.json(row, None) for row in data]
        print("\n".join(lines), end="\n" if lines else "")
    elif kind == "sarif":
        from cnnspec.findings.sarif import write_sarif

        print(write_sarif(found, files))
    elif kind == "gitlab":
        from cnnspec.findings.gitlab import write_gitlab

        print(write_gitlab(found, files))
    elif kind == "junit":
        from cnnspec.findings.junit import write_junit

        print(write_junit(found, files, lookup.fails))
    else:
        from cnnspec.findings.github import write_github

        text = write_github(found, files)
        print(text, end="\n" if text else "")


def describe_unshaped(files: Sequence[str]) -> str:
    """That the shapes in files of blocks were not checked, and how they are."""
    what = f"{printable(files[0])} holds" if len(files) == 1 else f"{len(files)} files hold"
    return f"{what} blocks and no network: --input 56x56x64 checks their shapes too"


def print_statistics(found: Sequence[Finding], options: argparse.Namespace) -> None:
    """How often each rule was found, the most frequent first."""
    counts: dict[tuple[str, str, str], int] = {}
    for _, d in found:
        counts[d.code, d.name, d.severity] = counts.get((d.code, d.name, d.severity), 0) + 1
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    if options.output_format == "json":
        from cnnspec.tables import escape

        print(escape.json([{"code": c, "name": n, "severity": s, "count": count} for (c, n, s), count in rows]))
        return
    width = max((len(str(count)) for _, count in rows), default=0)
    for (code, name, severity), count in rows:
        print(f"{count:{width}}  {code}  {severity:7}  {name}")
