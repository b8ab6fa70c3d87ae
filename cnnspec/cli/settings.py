"""What holds for a file: the command line over its configuration file over the defaults, key by key."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import ERROR, INFO, WARNING, Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import brief, printable
from cnnspec.base.source_files import is_inside
from cnnspec.cli import configuration
from cnnspec.cli.configuration import KEYS
from cnnspec.cli.inputs import STDIN, Inputs, find_foreign_targets
from cnnspec.cli.messages import UsageError, print_message
from cnnspec.lint.rules import default_codes, optional
from cnnspec.lint.selection import TARGETS, Selection, codes_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.findings.locations import Finding

DEFAULTS: dict[str, Any] = {
    "select": None,
    "ignore": (),
    "extend-select": (),
    "per-file-ignores": {},
    "profile": None,
    "strict-stride": False,
    "target": (),
    "fail-on": "warning",
    "exclude": (),
    "force-exclude": False,
    "respect-gitignore": True,
    "python": False,
    "cache-dir": None,
    "devices": {},
}
WEIGHT = {ERROR: 3, WARNING: 2, INFO: 1}
FAILING = {"error": 3, "warning": 2, "info": 1, "never": 4}


class Settings:
    """The values of all keys for the files of one folder, and where each comes from."""

    def __init__(
        self, given: dict[str, Any], path: str | None = None, configured: dict[str, Any] | None = None
    ) -> None:
        here = os.getcwd()
        folder = os.path.dirname(path) if path else here
        layers = [(DEFAULTS, "default", here), (configured or {}, path or "", folder), (given, "command line", here)]
        self.path = path
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.roots: dict[str, str] = {}  # the folder that a key's patterns are relative to
        for values, origin, root in layers:
            for key, value in values.items():
                self.values[key], self.origins[key], self.roots[key] = value, origin, root
        self.selection = Selection(**{f: self.values[f.replace("_", "-")] for f in Selection._fields})
        self.rules: frozenset[str] | None = self._codes("", self.selection.codes)
        self.rules_without: dict[tuple[str, ...], frozenset[str] | None] = {(): self.rules}  # targets → the other rules

    def _codes(self, key: str, made: Any, *arguments: Any, **named: Any) -> Any:
        """What `made` returns; its ValueError as a usage error that says where the rule was named."""
        try:
            return made(*arguments, **named)
        except ValueError as error:
            keys = [key] if key else ["select", "ignore", "extend-select"]
            origins = {self.origins[k] for k in keys} - {"default", "command line"}
            where = f"{self.path}: " if origins else ""
            raise UsageError(f"{where}{error}") from None

    def codes(self, path: str) -> frozenset[str] | None:
        """The codes of the rules that run on a file; None: the default ones, which need not be looked up."""
        without = find_foreign_targets(path)
        if without not in self.rules_without:
            self.rules_without[without] = self._codes("", self.selection.codes, without)
        rules = self.rules_without[without]
        ignored: set[str] = set()
        for pattern, words in self.values["per-file-ignores"].items():
            if matches(path, pattern, self.roots["per-file-ignores"]):
                ignored |= self._codes("per-file-ignores", codes_named, words, ignoring=True).keys()
        if not ignored:
            return rules
        return (default_codes() if rules is None else rules) - ignored

    def reports(self, code: str, path: str) -> bool:
        """Whether a finding in a file that another one uses is reported: what the language refuses always is."""
        codes = self.codes(path)
        return codes is None or not optional(code) or code in codes

    def folder(self, key: str) -> str:
        """The folder that a key names. UsageError where a file names one outside of its own: it could be anybody's."""
        named = self.values[key]
        given = self.origins[key] == "command line"
        folder = os.path.join(self.roots[key], os.path.expanduser(named) if given else named)
        if not given and not is_inside(folder, self.roots[key]):
            raise UsageError(f'{self.path}: {key} "{brief(named)}" lies outside of the project: give it with --{key}')
        return folder

    def excludes(self, path: str, named: bool) -> bool:
        """Whether a file is left out; one that was named itself only by force."""
        if path == STDIN or (named and not self.values["force-exclude"]):
            return False
        return any(matches(path, pattern, self.roots["exclude"]) for pattern in self.values["exclude"])

    def fails(self, severity: str) -> bool:
        """Whether a finding makes the exit status 1."""
        return WEIGHT[severity] >= FAILING[self.values["fail-on"]]

    def show(self) -> str:
        """Every key, its value, and where that comes from."""
        lines = []
        for key in KEYS:
            value = self.values[key]
            text = (
                "-" if value is None else configuration.show_value(list(value) if isinstance(value, tuple) else value)
            )
            lines.append(f"{key:18}{text}  ({printable(self.origins[key])})")
        codes = default_codes() if self.rules is None else self.rules
        return "\n".join([*lines, f"{'rules that run':18}{', '.join(sorted(codes)) or 'none'}"])


class Lookup:
    """The settings and the content of every file that one command looks at; a folder's configuration is read once."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.given = from_command_line(options)
        named = getattr(options, "paths", None) or [getattr(options, "file", "")]
        stdin_name = getattr(options, "stdin_filename", None)
        if stdin_name is not None:
            check_stdin_name(stdin_name, named)
        self.inputs = Inputs(named, stdin_name)
        self.takes_python = hasattr(options, "python")
        self.looked_at: set[str] = set()  # the files that were checked, and those that they use
        self._folders: dict[str, Settings] = {}
        self._files: dict[str | None, Settings] = {}

    def of(self, path: str) -> Settings:
        """The settings of a file or a folder; of the working folder for stdin and pipes. UsageError for settings that
        cannot be."""
        path = self.inputs.name_source(path)
        folder = os.getcwd() if path == STDIN or self.inputs.is_read_once(path) else os.path.abspath(path)
        if not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        if folder not in self._folders:
            found = configuration.find(folder)
            file = found[0] if found else None
            if file not in self._files:
                self._files[file] = Settings(self.given, *(found or ()))
            self._folders[folder] = self._files[file]
        return self._folders[folder]

    def find_files(self, paths: list[str]) -> Iterator[str | Diagnostic]:
        """The paths, with the specs below a folder in its place."""
        for path in paths:
            if path == "-" or not os.path.isdir(path):
                yield path
            else:
                from cnnspec.cli.spec_files import find_specs

                values = self.of(path).values
                python = values["python"] if self.takes_python else None
                yield from find_specs(path, values["respect-gitignore"], python=python)

    def files(self, paths: list[str]) -> Iterator[str | Diagnostic]:
        """The files that paths and folders name, without those that are excluded; remarks when nothing is left."""
        excluded = left = 0
        for path in self.find_files(paths):
            name = self.inputs.name_source(path) if isinstance(path, str) else ""
            if isinstance(path, str) and self.of(path).excludes(name, path in paths):
                excluded += 1
                continue
            left += 1
            yield path
        if excluded and not left:
            print_message(f"nothing to do: {excluded} file{'s are' if excluded > 1 else ' is'} excluded")

    def fails(self, finding: Finding) -> bool:
        """Whether a finding makes the exit status 1."""
        place, found = finding
        return self.of(place).fails(found.severity)


def check_stdin_name(name: str, paths: Sequence[str]) -> None:
    """UsageError for a name that stdin's text cannot have. With other paths it could be a second file of the same name."""
    if [*paths] != ["-"]:
        raise UsageError("--stdin-filename says what stdin brings: give - as the one PATH")
    if not name or os.path.isdir(name):
        raise UsageError(f'--stdin-filename takes the name of a file, not "{brief(printable(name))}"')


def from_command_line(options: argparse.Namespace) -> dict[str, Any]:
    """The keys that the command line gives."""
    given: dict[str, Any] = {}
    for key in KEYS:
        value = getattr(options, key.replace("-", "_"), None)
        if value is None or key == "devices":  # those of a file have no option; train's --devices are others
            continue
        if key == "per-file-ignores":
            table: dict[str, tuple[str, ...]] = {}
            for text in value:
                pattern, colon, words = text.rpartition(":")
                if not colon or not pattern or not words:
                    raise UsageError(f'--per-file-ignores takes GLOB:RULES, for example "old/*.cnn:W201", not "{text}"')
                table[pattern] = (*table.get(pattern, ()), *split([words]))
            given[key] = table
        else:
            given[key] = split(value) if isinstance(value, list) else value
    for target in given.get("target", ()):
        if target not in TARGETS:
            raise UsageError(f'--target takes {", ".join(TARGETS)}, not "{target}"{write_suggestion(target, TARGETS)}')
    return given


def split(texts: Sequence[str]) -> tuple[str, ...]:
    """Words separated by commas, in options that may stand several times."""
    return tuple([word.strip() for text in texts for word in text.split(",") if word.strip()])


def matches(path: str, pattern: str, root: str) -> bool:
    """Whether a glob names a file, or a folder that it lies in: by its path from `root`, or by its name alone.

    `*` also matches a slash, as in most linters.
    """
    from fnmatch import fnmatchcase

    path = os.path.abspath(path)
    try:
        relative = os.path.relpath(path, root)
    except ValueError:  # another drive
        relative = path
    parts = relative.replace(os.sep, "/").split("/")
    pattern = os.path.relpath(pattern, root) if os.path.isabs(pattern) else pattern
    pattern = pattern.replace(os.sep, "/").removeprefix("./").rstrip("/")
    paths = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    return any(fnmatchcase(tried, pattern) for tried in [*parts, *paths])
