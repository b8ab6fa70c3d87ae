"""cnnspec explain FILE [LAYER]: where a layer's figures come from, with the numbers put in."""

from __future__ import annotations

from cnnspec.cli.common import FINDINGS, Refused, UsageError, add_model_options, load_analysed, status_of
from cnnspec.explain import find_explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.explain.explanation import Explanation
    from cnnspec.network import AnalysedNetwork

FORMATS = ("text", "markdown", "latex", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "layer", metavar="LAYER", nargs="?", help="a layer's name in the summary: conv2; all, if left out"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how it is printed")
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    try:
        explanation = find_explanation(network, options.layer)
    except LookupError as error:
        raise UsageError(str(error)) from None
    print(write_explanation(network, explanation, options.format), end="")
    return status_of(found)


def write_explanation(network: AnalysedNetwork, explanation: Explanation, format: str) -> str:
    """The explanation in one of the formats."""
    if format == "json":
        from cnnspec.explain.json import write_data
        from cnnspec.tables.escape import json

        return json(write_data(network, explanation)) + "\n"
    if format == "markdown":
        from cnnspec.explain.markdown import write_markdown

        return write_markdown(network, explanation)
    if format == "latex":
        from cnnspec.explain.latex import write_latex

        return write_latex(network, explanation)
    from cnnspec.explain.text import write_text

    return write_text(network, explanation)
