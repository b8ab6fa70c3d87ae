"""cnnspec server: the language server, which an editor starts and speaks with through stdin and stdout."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.settings import Lookup, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Set
    from typing import TypeVar

    Answer = TypeVar("Answer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec server": "what an editor is told to start for *.cnn",
            "cnnspec server --stdio": "the same, as some editors call it",
        },
    )
    parser.add_argument("--stdio", action="store_true", help="speak through stdin and stdout, which it always does")


def run(options: argparse.Namespace) -> int:
    try:
        from cnnspec.server.language_server import serve
    except ImportError as error:
        from cnnspec.base.installing import write_install_command

        message = f"{error.name or 'pygls'} is not installed; this command needs it: {write_install_command('lsp')}"
        raise UsageError(message) from None
    if sys.stdin.isatty():
        print_message("this waits for an editor, which starts it by itself; Ctrl-C ends it")
    return CLEAN if serve(ConfiguredFiles) else FINDINGS


class ConfiguredFiles:
    """What cnnspec.toml, or pyproject.toml, says about files, as on the command line; read once, when it is asked."""

    def __init__(self) -> None:
        self._lookup = Lookup(argparse.Namespace())

    def codes(self, path: str) -> Set[str] | None:
        """The codes of the rules that run on a file; None: the default ones."""
        return ask(lambda: self._lookup.of(path).codes(path))

    def reports(self, code: str, path: str) -> bool:
        """Whether a finding in a file that another one uses is reported."""
        return ask(lambda: self._lookup.of(path).reports(code, path))

    def excludes(self, path: str) -> bool:
        """Whether a file is left out even where it is named."""
        return ask(lambda: self._lookup.of(path).excludes(path, True))

    def find_specs(self, folder: str, most: int) -> list[str]:
        """The specs below a folder that the command line would look at, in order; so many folders are looked into. A
        configuration that cannot be used leaves nothing out."""
        from cnnspec.cli.spec_files import find_specs

        found = find_specs(folder, self._find_settings(folder).values["respect-gitignore"], most)
        return [path for path in found if isinstance(path, str) and not self._find_settings(path).excludes(path, False)]

    def _find_settings(self, path: str) -> Settings:
        """The settings of a file or a folder; the default ones where the configuration cannot be used."""
        try:
            return self._lookup.of(path)
        except UsageError:
            return Settings(self._lookup.given)


def ask(question: Callable[[], Answer]) -> Answer:
    """The answer of the configuration. Raises UnusableSettings for one that cannot be used."""
    from cnnspec.server.documents import UnusableSettings

    try:
        return question()
    except UsageError as error:
        raise UnusableSettings(str(error)) from None
