"""cnnspec quiz FILE: questions about a network, with the usual slips as wrong answers, to print, to load, or to be asked."""

from __future__ import annotations

import sys

from cnnspec.base.diagnostic import ERROR
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed
from cnnspec.cli.messages import CLEAN, USAGE, Refused, UsageError, print_diagnostic
from cnnspec.cli.option_values import read_positive, read_seed, split_names
from cnnspec.cli.streams import find_width
from cnnspec.quiz import find_quiz
from cnnspec.quiz.formats import FORMATS, write_quiz

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.quiz.question import Quiz


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec quiz net.cnn --solutions": "ten questions, and how they are solved",
            "cnnspec quiz net.cnn --ask": "be asked in the terminal",
            "cnnspec quiz net.cnn --variant --seed 7 --format gift": "other numbers for each seed, for Moodle",
        },
    )
    add_file_argument(parser)
    parser.add_argument("--count", type=read_positive, metavar="N", help="how many questions (10)")
    parser.add_argument(
        "--kinds",
        type=split_names,
        metavar="KINDS",
        default=[],
        help="what is asked: size, parameters, macs, field, stride, values, with commas between; all, if left out",
    )
    parser.add_argument(
        "--seed", type=read_seed, default=1, metavar="N", help="the same seed draws the same questions (1)"
    )
    parser.add_argument(
        "--variant",
        action="store_true",
        help="ask about a variant that the seed makes: other kernels, strides, paddings, filters and input sizes",
    )
    parser.add_argument("--format", choices=(*FORMATS, "json"), default="text", help="how it is printed")
    parser.add_argument(
        "--solutions", action="store_true", help="print the solutions, too; gift and json have them always"
    )
    parser.add_argument("--ask", action="store_true", help="ask in the terminal, and say what is wrong with an answer")
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    if options.ask:
        refuse_asking(options)
    quiz = load_quiz(options)
    if quiz is None:
        return USAGE
    if options.ask:
        from cnnspec.cli.quiz_asking import ask_quiz

        return ask_quiz(quiz)
    if options.format == "json":
        from cnnspec.quiz.json import write_data
        from cnnspec.tables.escape import json

        print(json(write_data(quiz)))
    else:
        print(write_quiz(quiz, options.format, options.solutions, find_width(sys.stdout)), end="")
    return CLEAN


def refuse_asking(options: argparse.Namespace) -> None:
    """UsageError where a quiz cannot be asked, or is asked for in two ways."""
    if options.file == "-":
        raise UsageError("--ask reads the answers from stdin: give the network as a file")
    if options.format != "text":
        raise UsageError(f"--ask asks in the terminal: leave --format {options.format} out")
    if options.solutions:
        raise UsageError("--ask shows the solution of what was answered wrong: leave --solutions out")


def load_quiz(options: argparse.Namespace) -> Quiz | None:
    """The quiz about the network of the file; None where that has mistakes, which have been shown."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.quiz.question import NoQuiz

    try:
        network, found = load_analysed(options)
    except Refused:
        return None
    if network.broken:
        for diagnostic in found:
            if diagnostic.severity == ERROR:
                print_diagnostic(diagnostic)
    try:
        return find_quiz(network, options.kinds, options.count, options.seed, options.variant)
    except (NoQuiz, MissingExtra) as error:
        raise UsageError(str(error)) from None
