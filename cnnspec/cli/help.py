"""cnnspec help [VERB]: what `cnnspec VERB --help` prints, for those who ask the other way round."""

from __future__ import annotations

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec help": "all commands, a line each",
            "cnnspec help check": "what check takes, with examples",
        },
    )
    parser.add_argument("command", metavar="VERB", nargs="?", help="a command; all, if left out")


def run(options: argparse.Namespace) -> int:
    from cnnspec.cli import VERBS, main

    asked = options.command
    if asked is not None and asked not in VERBS and (page := find_page(asked)):
        raise UsageError(f'there is no command "{asked}"; its page is shown by: {page}')
    return main(["--help"] if asked is None else [asked, "--help"])


def find_page(word: str) -> str:
    """The command that shows the page of a rule or a layer; "" where there is none."""
    from cnnspec.layers import find as find_layer
    from cnnspec.lint.pages import find as find_rule

    if find_layer(word) is not None:
        return f"cnnspec layers {word}"
    try:
        find_rule(word)
    except ValueError:
        return ""
    return f"cnnspec rule {word}"
