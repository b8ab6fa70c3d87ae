"""argparse in this program's voice: a wrong command line is one sentence on stderr, not a page of usage. Exit status 2."""

from __future__ import annotations

import argparse
import os
import re
import sys

from cnnspec.cli.streams import NARROWEST, WIDEST, find_width, tell, tell_sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class Help(argparse.HelpFormatter):
    """argparse's own, which makes one for every option, and imports shutil and all archive formats for its width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=(find_width(sys.stdout) or 80) - 2)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """An option's help, wrapped at spaces alone: argparse would break --unsafe-fixes at its hyphen."""
        from cnnspec.base.wrapping import wrap_text

        return wrap_text(" ".join(text.split()), width)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """How an option is given; of many names the form that stands for all."""
        return getattr(action, "invocation", None) or super()._format_action_invocation(action)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """A description."""
        return "\n".join([indent + line for line in self._split_lines(text, width - len(indent))])

    def _format_usage(self, *arguments: Any) -> str:
        """The call, in which an option and its opposite may stand in two lines. argparse asks for one at every start."""
        usage = super()._format_usage(*arguments)
        if max(map(len, usage.split("\n"))) <= self._width:
            return usage
        from cnnspec.base.wrapping import wrap_text

        lines = [wrap_text(line, self._width, count_indent(line) + 1) for line in usage.split("\n")]
        return "\n".join([part for parts in lines for part in parts])


def count_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


WORDS = {  # argparse's, and this program's; what it words otherwise one day is shown as it is
    ": must be": " must be",
    ": expected one argument": " takes a value",
    "the following arguments are required:": "what is missing:",
}


MANY_NAMES = re.compile(r"^(--[a-z]+-)[a-z-]+(/\1[a-z-]+)+")  # of one option, all of which argparse would list
NEGATIVE = re.compile(r"-[0-9.]")  # how values begin that are no options: -1,0 and -5 3 2


class Parser(argparse.ArgumentParser):
    """A parser whose errors say what is wrong and what to do. Nothing is imported for it before there is one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._negative_number_matcher = NEGATIVE  # argparse's own takes -1 for a value, and -1,0 for an option

    def format_help(self) -> str:
        """As argparse, and the examples, whose lines are never broken: they are there to be copied."""
        examples, self.epilog = self.epilog, None
        try:
            return super().format_help() + (f"\n{examples}" if examples else "")
        finally:
            self.epilog = examples

    def error(self, message: str) -> NoReturn:
        from cnnspec.base.source import printable

        message = MANY_NAMES.sub(r"\1QUANTITY", message.removeprefix("argument "))
        for theirs, ours in WORDS.items():
            message = message.replace(theirs, ours, 1)
        help = "" if "; " in message else f"; {self.prog} --help shows how it is called"
        tell_sentence(f"cnnspec: {printable(message)}{help}")
        self.exit(2)

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse, which would keep it to itself when help cannot be written."""
        if file is sys.stdout:
            file.write(message)
        else:
            tell(message.removesuffix("\n"))

    def list_options(self) -> list[str]:
        """Every option by its long name."""
        return [name for action in self._actions for name in action.option_strings if name.startswith("--")]

    def refuse(self, unknown: list[str]) -> NoReturn:
        """The error for arguments that nothing has taken."""
        from cnnspec.base.did_you_mean import write_question, write_suggestion

        first = unknown[0].partition("=")[0]
        if not first.startswith("-"):
            self.error(f'"{first}" is one argument too many')
        options = self.list_options()
        suggestion = write_suggestion(first, options)
        if not suggestion and first.startswith(
            "--"
        ):  # --format is another command's --output-format, and the other way round
            alike = [name for name in options if name.endswith(first[1:]) or first.endswith(name[1:])]
            suggestion = f"; {write_question(tuple(alike))}" if alike else ""
        self.error(f"{self.prog} has no option {first}{suggestion}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        from cnnspec.base.did_you_mean import write_suggestion

        known = [str(choice) for choice in action.choices]
        if action.dest == "verb":
            self.error(f'there is no command "{value}"{write_suggestion(str(value), known)}')
        listed = " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        raise argparse.ArgumentError(action, f'must be {listed}, not "{value}"{write_suggestion(str(value), known)}')


def add_width(parser: argparse.ArgumentParser) -> None:
    """The option that every verb has."""
    parser.add_argument(
        "--width",
        type=read_width,
        action=SetWidth,
        metavar="N",
        help="lay texts and tables out for N columns (the terminal's, or COLUMNS)",
    )


def set_early_width(arguments: list[str]) -> None:
    """Let --width count for what is printed before it is read: help, and what is refused."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if argument == "--":
            return
        said = argument if before == "--width" else argument[8:] if argument.startswith("--width=") else ""
        if is_width(said):
            os.environ["COLUMNS"] = said


def is_width(text: str) -> bool:
    return text.isdecimal() and len(text) < 9 and NARROWEST <= int(text) <= WIDEST


class SetWidth(argparse.Action):
    """The width counts from here on, an abbreviated one (--wid 80) too."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        os.environ["COLUMNS"] = str(values)


def read_width(text: str) -> int:
    """A width for argparse."""
    if is_width(text):
        return int(text)
    from cnnspec.base.source import printable

    raise argparse.ArgumentTypeError(f'must be a whole number from {NARROWEST} to {WIDEST:,}, not "{printable(text)}"')


def add_examples(parser: argparse.ArgumentParser, examples: dict[str, str]) -> None:
    """Show commands at the end of a verb's help, each below what it is for. Every line fits 60 columns."""
    lines = [f"  # {what}\n  {command}\n" for command, what in examples.items()]
    parser.epilog = "examples:\n" + "".join(lines)
