"""The command line: `cnnspec VERB …`. A verb's file is imported when it is called.

Results go to stdout, the rest to stderr. Exit status: 0 clean, 1 findings, 2 usage, input or output.
"""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.base.source import printable
from cnnspec.cli.argument_parser import Help, Parser, add_width, set_early_width
from cnnspec.cli.streams import KeptWidth, guarded, tell, tell_sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

VERBS = {
    "check": "find mistakes in specs and saved models",
    "summary": "show every layer's shape, parameters, MACs and receptive field",
    "draw": "draw a network: a picture, an interactive page, or a text for Graphviz or Mermaid",
    "explain": "derive every figure of a layer, with the numbers put in",
    "rf": "show receptive fields: a table, one unit, or a picture",
    "lost": "show which positions and taps are never read",
    "cost": "show what a network takes: work, memory for inference and training, time on a device",
    "sizes": "show which input sizes are legal, lose nothing, or fit exactly",
    "compare": "show the figures of several networks side by side",
    "diff": "compare two networks, layer by layer and in total",
    "sweep": "go over many candidates of a spec: which are legal, which fit, which are the best",
    "search": "train candidates of a spec that fit, and find the best",
    "solve": "fill parameters: the best candidate under conditions, with its proof",
    "trace": "show the numbers of a network on one input, and how each comes about",
    "quiz": "ask about a network: exercises with the usual slips, and their solutions",
    "import": "write a saved model as a spec",
    "fix": "mend what can be mended without changing a network, and format",
    "format": "bring specs into the one canonical form",
    "compile": "make a model: source for Keras or PyTorch, .keras, SavedModel, ONNX, LiteRT",
    "train": "train a network as its train section says",
    "resume": "go on with a training that was stopped",
    "runs": "list trainings, or compare some",
    "evaluate": "measure a trained model, class by class",
    "predict": "say what a trained model sees in images",
    "look": "draw what a trained network has learned: kernels, responses, what speaks for a class",
    "export": "write a trained model as SavedModel, ONNX or LiteRT",
    "rules": "list what check looks for",
    "rule": "show a rule's page",
    "layers": "list the layers, or show one's page",
    "server": "be the language server of an editor: findings, repairs and figures while a spec is written",
    "play": "open the playground, a page that checks a spec while it is written",
    "help": "show how a command is called, with examples",
    "completion": "print a script with which the shell completes commands",
}
TOLD_ONCE = (
    "summary",
    "draw",
    "explain",
    "rf",
    "lost",
    "cost",
    "sizes",
    "compare",
    "diff",
    "trace",
    "quiz",
)  # one network's figures, kept to the end
PLACED = ("compare",)  # some of whose options belong to the word before them
MODULES = {"import": "import_model"}  # where a verb cannot be a module's name


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return guarded(lambda: _run(arguments))
    except KeyboardInterrupt:
        tell("cnnspec: interrupted")
        return 130
    except Exception as error:  # the last net: a user is never shown a traceback unless asked for
        if os.environ.get("CNNSPEC_DEBUG"):
            raise
        what = printable(f"{type(error).__name__}: {error}")
        tell_sentence(f"cnnspec: internal error: {what}; run again with CNNSPEC_DEBUG=1 and report what it shows")
        return 2


def _run(arguments: list[str]) -> int:
    try:
        with KeptWidth():
            set_early_width(arguments)
            return _called(arguments)
    except SystemExit as stop:  # argparse: --help, or a usage error
        return stop.code if isinstance(stop.code, int) else 2


def _called(arguments: list[str]) -> int:
    options, parser = parse_command(arguments)
    if options.version:
        from cnnspec import __version__

        print(f"cnnspec {__version__}")
        return 0
    if options.verb is None:
        parser.print_help(sys.stderr)
        return 2
    from cnnspec.cli.messages import UsageError, print_refusal

    try:
        return run_verb(options)
    except UsageError as error:
        print_refusal(error.lines)
        return 2


def parse_command(arguments: list[str]) -> tuple[argparse.Namespace, Parser]:
    """The options of a command line, its verb among them, and the parser that took them. SystemExit where it refuses, or has
    shown help."""
    first = arguments[0] if arguments else ""
    chosen = next((a for a in arguments if not a.startswith("-")), "")
    parser, verbs = make_parser([first] if first in VERBS else VERBS, [chosen])  # the others are for help: 2 ms
    if chosen in PLACED:
        from cnnspec.cli.placed_words import place_words

        arguments = place_words(arguments)
    options, unknown = parser.parse_known_args(arguments)
    if (
        unknown and options.verb and not unknown[0].startswith("-")
    ):  # a word behind options that argparse had given up on
        verb, words = verbs.choices[options.verb], arguments[arguments.index(options.verb) + 1 :]
        options, unknown = verb.parse_known_intermixed_args(
            words, argparse.Namespace(verb=options.verb, version=options.version)
        )
    if unknown:
        (verbs.choices[options.verb] if options.verb else parser).refuse(unknown)
    return options, parser


def run_verb(options: argparse.Namespace) -> int:
    """Do what a command line says: its exit status. UsageError for what cannot be done."""
    from importlib import import_module

    from cnnspec.base.gc_pause import Uncollected

    if hasattr(options, "model") and any([":" in path for path in list_paths(options)]):
        from cnnspec.cli.python_files import choose_in_path

        choose_in_path(options)
    module = import_module(f"cnnspec.cli.{MODULES.get(options.verb, options.verb)}")
    with Uncollected(options.verb in TOLD_ONCE):
        status: int = module.run(options)
    return status


def list_paths(options: argparse.Namespace) -> list[str]:
    """The files that a command line names."""
    named = getattr(options, "paths", None) or [getattr(options, "file", None)]
    return [path for path in named if path is not None]


def make_parser(names: Iterable[str], whole: Collection[str]) -> tuple[Parser, Any]:
    """The parser of a command line, and its verbs: those with these names, of which some are made with their options."""
    from importlib import import_module

    about = "Convolutional networks: check, tabulate, compare, format, compile and train specs."
    parser = Parser(prog="cnnspec", description=about, formatter_class=Help)
    parser.add_argument("--version", action="store_true", help="show the version")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for name in names:
        about = VERBS[name]
        verb = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", formatter_class=Help)
        if name in whole:
            import_module(f"cnnspec.cli.{MODULES.get(name, name)}").add_arguments(verb)
            add_width(verb)
    return parser, verbs
