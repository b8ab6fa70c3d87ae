"""cnnspec rule CODE: a rule's page."""

from __future__ import annotations

import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN, UsageError
from cnnspec.cli.streams import find_width

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


FIXES = {
    "safe": "Fix: with --fix, where it leaves the network computing what it does.",
    "shown": "Fix: shown with --unsafe-fixes, and never made: what is found may be meant so.",
    "unsafe": "Fix: with --fix --unsafe-fixes, where one clears it.",
    "none": "Fix: none.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec rule W201": "the page of a code that check has printed",
            "cnnspec rule illegal-stride": "the same page, by its name",
        },
    )
    parser.add_argument("code", metavar="RULE", help="a code or a name: W201, illegal-stride")


def run(options: argparse.Namespace) -> int:
    from cnnspec.base.wrapping import wrap_paragraphs
    from cnnspec.lint.pages import find

    try:
        page = find(options.code)
    except ValueError as error:
        raise UsageError(str(error)) from None
    title = f"{page.code} {page.name}"
    about = f"{page.title}.\n\nSeverity: {page.severity}. Runs: {page.runs}. {FIXES[page.fix]}"
    if page.text.rstrip(".") != page.title:
        about += f"\n\n{page.text}"
    print("\n".join([title, "=" * len(title), "", *wrap_paragraphs(about, find_width(sys.stdout))]))
    return CLEAN
