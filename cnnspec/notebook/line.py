"""%cnnspec VERB: a command of the command line about a network of the notebook, or a file. What it answers is shown rich.

The command's own parser reads the line. A command that makes or changes files, and one that is asked for another form than a
text, runs as in a terminal, and shows what it prints.
"""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper

from cnnspec.api.errors import SpecError
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

    from cnnspec.notebook.shell import Shell

ANEW = ("set", "model", "input", "block", "select", "extend_select", "ignore", "profile", "strict_stride", "target")
OTHER_FORMS = (
    "columns", "output", "ask", "solutions", "decimals", "fix", "diff", "unsafe_fixes", "statistics", "watch", "quiet",
    "show_settings", "baseline", "write_baseline",
)  # fmt: skip
ABSENT = ("server", "completion")  # which are for a terminal


def run_line(shell: Shell, words: Sequence[str]) -> Any:
    """Run a command; the answer that it returns is shown by IPython."""
    from cnnspec.cli.streams import KeptWidth

    with KeptWidth():
        options = take_apart(lambda: parse_command([*words] or ["help"])[0])
        if options is None or options.verb is None:
            return None
        if options.verb in ABSENT:
            refuse(f"%cnnspec {options.verb} has no use in a notebook: call it in a terminal")
        evaluate_sets(options, shell.user_ns)
        try:
            return answer(options, shell)
        except Refused:  # the file's mistakes have been shown
            return None
        except SpecError as error:  # why stands above already
            refuse(str(error).partition("\n")[0])
        except (UsageError, MissingExtra, ValueError, LookupError) as error:
            if isinstance(error, (KeyError, IndexError)):
                raise
            refuse(str(error))


def answer(options: argparse.Namespace, shell: Shell) -> Any:
    """What a command answers, or, where it has run as in a terminal, nothing."""
    names = shell.user_ns
    for word in list_words(options):
        if find_network(word, names) is not None and (asked := find_question(options)):
            refuse(f"{word} is a network already: give {asked} to its %%cnnspec cell, or name a file")
    if options.verb in ANSWERS and is_plain(options):
        made = ANSWERS[options.verb](options, names)
        if getattr(options, "format", "text") != "json":
            return made
        print(made.to_json(), end="")
        return None
    run_command(options, names)
    return None


def list_words(options: argparse.Namespace) -> list[str]:
    """The words of a line that are a network's name, or a file's."""
    words = [getattr(options, name, None) for name in ("file", "a", "b")]
    return [word for word in [*words, *getattr(options, "paths", ())] if isinstance(word, str)]


def find_question(options: argparse.Namespace) -> str:
    """The option that asks for another analysis of a text; "" where none is given."""
    given = [name for name in ANEW if getattr(options, name, None)]
    return f"--{given[0].replace('_', '-')}" if given else ""


def is_plain(options: argparse.Namespace) -> bool:
    """Whether a command is asked for nothing but its answer."""
    form = (
        getattr(options, "format", "text") in ("text", "json") and getattr(options, "output_format", "full") == "full"
    )
    return (
        form
        and len(getattr(options, "paths", "1")) == 1
        and not any([getattr(options, name, None) for name in OTHER_FORMS])
    )


def run_command(options: argparse.Namespace, names: Mapping[str, Any]) -> None:
    """Run a command as in a terminal; a network of the notebook is what stdin brings."""
    word = next((word for word in list_words(options) if find_network(word, names) is not None), None)
    if word is None:
        run_verb(options)
        return
    network = find_network(word, names)
    assert network is not None
    if list_words(options) != [word]:
        refuse(f"{options.verb} takes {word} alone, or files")
    if hasattr(options, "paths"):
        options.paths = ["-"]
    else:
        options.file, item = "-", network.analysed.item
        options.set = list_given(network)
        options.model = None if item is None else item.name.text
    before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(network.text.encode()), encoding="utf-8")
    try:
        run_verb(options)
    finally:
        sys.stdin = before
