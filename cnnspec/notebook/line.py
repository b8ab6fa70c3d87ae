"""%cnnspec VERB: a command of the command line about a network of the notebook, or a file. What it answers is shown rich.

The command's own parser reads the line. A command that makes or changes files, and one that is asked for another form than a
text, runs as in a terminal, and shows what it prints.
"""

from __future__ import annotations

import os
import sys
from io import BytesIO, TextIOWrapper

from cnnspec.api.errors import SpecError
from cnnspec.base.source import NamedText
from cnnspec.cli import parse_command, run_verb
from cnnspec.cli.messages import Refused, UsageError
from cnnspec.compile.backend import MissingExtra
from cnnspec.notebook.answers import ANSWERS
from cnnspec.notebook.arguments import take_apart
from cnnspec.notebook.names import evaluate_sets, find_network, list_given
from cnnspec.notebook.shell import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.api.network import Network
    from cnnspec.notebook.shell import Shell

ANEW = ("set", "model", "input", "block", "select", "extend_select", "ignore", "profile", "strict_stride", "target")
OTHER_FORMS = (
    "columns", "output", "ask", "solutions", "decimals", "fix", "diff", "unsafe_fixes", "statistics", "watch", "quiet",
    "show_settings", "baseline", "write_baseline",
)  # fmt: skip
ABSENT = ("server", "play", "completion")  # which are for a terminal
TELLING = ("check", "diff", "fix", "format", *ANSWERS)  # whose exit status tells what they found


def run_line(shell: Shell, words: Sequence[str]) -> Any:
    """Run a command; the answer that it returns is shown by IPython."""
    from cnnspec.cli.streams import KeptWidth

    with KeptWidth():
        options = take_apart(lambda: parse_command([*words] or ["help"])[0])
        if options is None:
            return None
        if options.verb is None:  # an option alone, which is that of the version
            from cnnspec import __version__

            print(f"cnnspec {__version__}")
            return None
        if options.verb in ABSENT:
            refuse(f"%cnnspec {options.verb} has no use in a notebook: call it in a terminal")
        evaluate_sets(options, shell.user_ns)
        try:
            return answer(options, shell.user_ns)
        except Refused:  # the file's mistakes have been shown
            return None
        except UsageError as error:
            refuse(str(error))


def answer(options: argparse.Namespace, names: Mapping[str, Any]) -> Any:
    """What a command answers, or, where it has run as in a terminal, nothing."""
    for word in list_words(options):
        if find_network(word, names) is not None and (asked := find_question(options)):
            raise UsageError(f"{word} is a network already: give {asked} to its %%cnnspec cell, or name a file")
    if options.verb not in ANSWERS or not is_plain(options, names):
        run_command(options, names)
        return None
    try:
        made = ANSWERS[options.verb](options, names)
    except SpecError as error:  # why stands above already
        raise UsageError(str(error).partition("\n")[0]) from None
    except (MissingExtra, ValueError, LookupError) as error:  # as the API says it
        if isinstance(error, (KeyError, IndexError)):
            raise
        raise UsageError(str(error)) from None
    if getattr(options, "format", "text") != "json":
        return made
    print(made.to_json(), end="")
    return None


def list_words(options: argparse.Namespace) -> list[str]:
    """The words of a line that are a network's name, or a file's."""
    words = [getattr(options, name, None) for name in ("file", "a", "b")]
    named = [*words, *getattr(options, "paths", ()), *getattr(options, "networks", ())]
    return [word for word in named if isinstance(word, str)]


def find_question(options: argparse.Namespace) -> str:
    """The option that asks for another analysis of a text; "" where none is given."""
    given = [name for name in ANEW if getattr(options, name, None)]
    return f"--{given[0].replace('_', '-')}" if given else ""


def is_plain(options: argparse.Namespace, names: Mapping[str, Any]) -> bool:
    """Whether a command is asked for nothing but its answer, `check` about one network or file."""
    if (getattr(options, "format", None) or "text") not in ("text", "json") or getattr(
        options, "output_format", "full"
    ) != "full":
        return False
    paths = getattr(options, "paths", None)
    if paths is not None and (len(paths) > 1 or find_network(paths[0], names) is None and os.path.isdir(paths[0])):
        return False
    return not any([getattr(options, name, None) for name in OTHER_FORMS])


def run_command(options: argparse.Namespace, names: Mapping[str, Any]) -> None:
    """Run a command as in a terminal, about a file or a network of the notebook. One that ends without having done what it is
    for stops the notebook."""
    word = next((word for word in list_words(options) if find_network(word, names) is not None), None)
    if word is None:
        status = run_verb(options)
    elif list_words(options) != [word]:
        raise UsageError(f"{options.verb} takes {word} alone, or files")
    else:
        status = run_about(options, names[word])
    if status and options.verb not in TELLING:
        raise UsageError(f"{options.verb} has not done it; why stands above")


def run_about(options: argparse.Namespace, network: Network) -> int:
    """Run a command about a network: its text is the source, or, where a command takes many, what stdin brings."""
    if not hasattr(options, "paths"):
        source, item = network.analysed.source, network.analysed.item
        options.source = source if network.analysed.in_spec else NamedText(network.name, network.text)
        options.file, options.set = "-", list_given(network)
        options.model = None if item is None else item.name.text
        return run_verb(options)
    options.paths = ["-"]
    text = BytesIO(network.text.encode("utf-8", "surrogatepass"))
    before, sys.stdin = sys.stdin, TextIOWrapper(text, encoding="utf-8")
    try:
        return run_verb(options)
    finally:
        sys.stdin = before
