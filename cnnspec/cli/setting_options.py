"""The options of commands that a configuration file may say too: which rules run, which files are looked at."""

from __future__ import annotations

import os
from argparse import BooleanOptionalAction

from cnnspec.lint.selection import PROFILES, TARGETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that a configuration file may hold too."""
    add_rule_arguments(parser)
    add_file_arguments(parser)


def add_rule_arguments(parser: argparse.ArgumentParser) -> None:
    """Those that say which rules run."""
    rule = "codes (W201), beginnings of codes (W), names (illegal-stride), or ALL; separated by commas"
    words: dict[str, Any] = {"action": "append", "metavar": "RULES"}
    flag = BooleanOptionalAction  # so that the command line can also undo what the file says
    group = parser.add_argument_group("which rules", f"RULES are {rule}.")
    group.add_argument("--select", help="run these rules, instead of those on by default", **words)
    group.add_argument("--extend-select", help="run these rules too", **words)
    group.add_argument("--ignore", help="do not run these rules", **words)
    group.add_argument(
        "--per-file-ignores", action="append", metavar="GLOB:RULES", help="do not run these rules on these files"
    )
    group.add_argument("--profile", choices=PROFILES, help="run the lectures' rules of thumb too")
    group.add_argument(
        "--strict-stride", action=flag, default=None, help="every remainder of a stride is an error (E113)"
    )
    group.add_argument(
        "--target", action="append", metavar="TARGET", help=f"run the rules for {', '.join(TARGETS)}; may stand twice"
    )


def add_paths(parser: argparse.ArgumentParser, streams: str, models: str = "") -> None:
    """Add the paths of a command that takes many; `streams`: what - stands for; `models`: those that it takes."""
    parser.add_argument(
        "paths",
        nargs="*",
        default=[os.curdir],
        metavar="PATH",
        help=f"a spec, {models}a folder of specs, or - for {streams} (the working folder)",
    )


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which files are looked at."""
    flag = BooleanOptionalAction
    group = parser.add_argument_group("which files")
    group.add_argument("--exclude", action="append", metavar="GLOB", help="leave out files or folders")
    group.add_argument(
        "--force-exclude", action=flag, default=None, help="leave them out also where they are named as PATH"
    )
    group.add_argument(
        "--respect-gitignore", action=flag, default=None, help="leave out what git ignores in a folder (yes)"
    )
    group.add_argument(
        "--stdin-filename",
        metavar="NAME",
        help="the file whose text stdin brings: its name, settings and `use` paths hold",
    )


def add_python_argument(parser: argparse.ArgumentParser) -> None:
    """Add the option of a command that looks for Python sources in folders."""
    parser.add_argument(
        "--python",
        action=BooleanOptionalAction,
        default=None,
        help="of a folder, take the Python files and notebooks too that mention Keras (no)",
    )
