"""The forms in which a command prints a table: the option that chooses one, and an answer in it."""

from __future__ import annotations

from cnnspec.tables.report import TABLE_FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.api.answer import Answer


def add_format_option(parser: argparse.ArgumentParser, help: str = "how it is printed") -> None:
    parser.add_argument("--format", choices=TABLE_FORMATS, default="text", help=help)


def print_form(answer: Answer, format: str) -> None:
    """An answer in another form than text, which has no width."""
    print(answer.to_text(format), end="")
