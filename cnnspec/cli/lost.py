"""cnnspec lost FILE: which positions carry data and are never read, and which kernel taps see padding alone."""

from __future__ import annotations

from cnnspec.cli.common import FINDINGS, Refused, add_model_options, load_analysed, status_of
from cnnspec.lost import text as lost
from cnnspec.tables import escape as media

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed")
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    if options.format == "json":
        print(media.json(lost.json(network)))
    else:
        print(lost.text(network), end="")
    return status_of(found)
