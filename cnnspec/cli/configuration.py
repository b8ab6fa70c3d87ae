"""The configuration file of a spec: cnnspec.toml, or [tool.cnnspec] of pyproject.toml, in the nearest folder up that has one.

Both hold the same keys; of two in one folder cnnspec.toml counts. A file's keys stand here with what they take. tomllib
is imported when there is something to read, since a check without configuration starts faster than that import.
"""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import brief, printable
from cnnspec.base.source_files import read_bytes
from cnnspec.cli.messages import UsageError
from cnnspec.lint.selection import PROFILES, TARGETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_BYTES = 2**18
DEEPEST = 100  # tables and lists in one another
FAIL_ON = ("error", "warning", "info", "never")
WORDS, FLAG, TABLE, TEXT = "a list of texts", "true or false", "a table of lists of texts", "a text"
NAMED = "a table of texts"
KEYS: dict[str, str | tuple[str, ...]] = {
    "select": WORDS,
    "ignore": WORDS,
    "extend-select": WORDS,
    "per-file-ignores": TABLE,
    "profile": PROFILES,
    "strict-stride": FLAG,
    "target": WORDS,
    "fail-on": FAIL_ON,
    "exclude": WORDS,
    "force-exclude": FLAG,
    "respect-gitignore": FLAG,
    "python": FLAG,
    "cache-dir": TEXT,
    "devices": NAMED,
}


def find(folder: str) -> tuple[str, dict[str, Any]] | None:
    """The path and the keys of the configuration that holds for a folder. UsageError for one that cannot be used."""
    while True:
        for name, inside in (("cnnspec.toml", False), ("pyproject.toml", True)):
            path = os.path.join(folder, name)
            if os.path.lexists(path):
                table = read(path, inside)
                if table is not None:
                    return path, checked(path, table)
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def read(path: str, inside: bool) -> Any:
    """The table of a file; None when it has none. `inside` a pyproject.toml it is tool.cnnspec."""
    data = read_bytes(path)
    if isinstance(data, Diagnostic):
        raise UsageError(data.message)
    if len(data) > MOST_BYTES:
        if inside and b"cnnspec" not in data:
            return None
        raise UsageError(f"{path} has more than the {MOST_BYTES:,} bytes that are read")
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UsageError(f"cannot read {path}: it is not UTF-8") from None
    if inside and not mentioned(text):
        return None
    if depth(text) > DEEPEST:
        raise UsageError(f"{path} is nested more than {DEEPEST} deep")
    import tomllib

    try:
        table: Any = tomllib.loads(text)
    except ValueError as error:  # also for a number of thousands of digits
        why = error if isinstance(error, tomllib.TOMLDecodeError) else "a number has too many digits"
        raise UsageError(f"{path} is not TOML: {why}") from None
    if not inside:
        return table
    tool = table.get("tool")
    return tool.get("cnnspec") if isinstance(tool, dict) else None


def depth(text: str) -> int:
    """How deep brackets are nested, or how many dots stand in a line, whichever is more; strings and comments aside."""
    import re

    quoted = r'"""(?:[^\\]|\\[\s\S])*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*'
    most = brackets = dots = 0
    for token in re.finditer(quoted + r"|[.\[\]{}\n]", text):
        sign = token[0]
        dots = dots + 1 if sign == "." else 0 if sign == "\n" else dots
        brackets += (sign in ("[", "{")) - (sign in ("]", "}"))
        most = max(most, dots, brackets)
    return most


def mentioned(text: str) -> bool:
    """Whether a pyproject.toml may hold [tool.cnnspec]: many only have the word in their dependencies."""
    for line in text.splitlines():
        bare = line.translate({ord(c): None for c in " \t\"'"})
        if bare.startswith(("[tool.cnnspec", "tool.cnnspec", "tool=")) or bare.split("#")[0] == "[tool]":
            return True
    return False


def checked(path: str, table: Any) -> dict[str, Any]:
    """The keys of a configuration, each as it should be, lists as tuples."""
    if not isinstance(table, dict):
        raise UsageError(f"{path}: tool.cnnspec must be a table, not {show_value(table)}")
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            known = write_suggestion(key, KEYS) or "; known are " + ", ".join(KEYS)
            raise UsageError(f'{path}: no key is called "{brief(key)}"{known}')
        if key == "target" and isinstance(value, str):
            value = [value]
        kind = KEYS[key]
        right = (
            isinstance(value, bool) if kind == FLAG
            else texts(value) if kind == WORDS
            else isinstance(value, str) if kind == TEXT
            else isinstance(value, dict) and all(texts(v) for v in value.values()) if kind == TABLE
            else isinstance(value, dict) and texts([*value.values()]) if kind == NAMED
            else value in kind
        )  # fmt: skip
        if not right:
            takes = kind if isinstance(kind, str) else "one of " + ", ".join(kind)
            raise UsageError(f"{path}: {key} takes {takes}, not {show_value(value)}")
        found[key] = tuple(value) if kind == WORDS else value
    unknown = [t for t in found.get("target", ()) if t not in TARGETS]
    if unknown:
        raise UsageError(f"{path}: target takes {', '.join(TARGETS)}, not {show_value(unknown[0])}")
    if found.get("devices"):
        from cnnspec.facts.devices import read_figures

        for name, figures in found["devices"].items():
            try:
                read_figures(figures, name)
            except ValueError as error:
                raise UsageError(f"{path}: devices.{brief(name)}: {printable(str(error))}") from None
    return found


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def show_value(value: Any) -> str:
    """A value of a TOML file, for a message."""
    from json import dumps

    try:
        return brief(printable(dumps(value, default=str, ensure_ascii=False)))
    except ValueError:  # written in hexadecimal
        return "a number of thousands of digits"
