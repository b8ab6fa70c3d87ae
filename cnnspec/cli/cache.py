"""What was found in files that have not changed since: one small JSON file each in the folder .cnnspec_cache.

An entry is called by what is asked (file, rules, options) and holds a stamp of what the answer came from: the content
of the file and cnnspec itself, taken as Python takes byte code, by the size and time of its files. So an edited file
replaces its own entry. The files that it uses are listed with their own stamps and with what `use` made of their names.
An answer is kept only where all of them could be read. Whatever is wrong with an entry or with the folder, then it is as
if it were not there.

The folder stands where linters put theirs: beside the configuration, else in the project's root; for files outside of
any project in the user's own cache.
"""

from __future__ import annotations

import os
import sys

import cnnspec
from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source_files import find_project_root, is_inside, read_bytes
from cnnspec.cli.cache_entry import CLEAN, read_outcome, write_body
from cnnspec.cli.cache_entry import hash_data as hash_data
from cnnspec.cli.results import Outcome, Untold, choose_repair_detail
from cnnspec.syntax import find_grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Set
    from typing import Any

    from cnnspec.cli.results import Examined
    from cnnspec.cli.settings import Lookup

NAME = ".cnnspec_cache"
VARIABLE = "CNNSPEC_CACHE_DIR"
MAX_ENTRY = 2**20  # characters: who finds more in one file has other worries than time
MAX_ENTRIES, MAX_DAYS = 20_000, 30
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache, made by cnnspec. It can be deleted.\n"


class Cache:
    """The entries of all files that one command looks at. Its methods never raise: a cache is not worth a failure."""

    def __init__(self, options: argparse.Namespace) -> None:
        blocks = tuple(options.input), options.block
        repairs = choose_repair_detail(options)
        asked = (
            tuple(options.set),
            options.model,
            options.call,
            options.read_installed,
            options.max_layers,
            repairs,
            blocks,
        )
        self.asked = repr(asked)
        self.folders: dict[str, str | None] = {}  # folder of specs → its cache
        self.tool = "" if options.no_cache else name_tool()

    def folder(self, path: str, lookup: Lookup) -> str | None:
        """Where the answers for a file are kept; None: nowhere. UsageError for a configured folder that may not be."""
        if not self.tool or lookup.inputs.is_read_once(path):
            return None
        here = os.path.dirname(os.path.abspath(path))
        if here not in self.folders:
            settings = lookup.of(path)
            root = os.path.dirname(settings.path) if settings.path else find_project_root(here)
            if settings.values["cache-dir"] is not None:
                self.folders[here] = settings.folder("cache-dir")
            elif root is None:
                self.folders[here] = find_user_cache()
            else:
                folder = os.path.join(root, NAME)
                self.folders[here] = folder if is_inside(folder, root) else None
        return self.folders[here]

    def entry(self, folder: str, name: str, codes: Set[str] | None) -> str:
        """The path of the entry that answers what is asked of a file."""
        rules = "default" if codes is None else ",".join(sorted(codes))
        key = hash_data("\0".join([repr(name), repr(os.path.abspath(name)), self.asked, rules]).encode())
        return os.path.join(folder, f"{key}.json")

    def find(self, folder: str | None, name: str, data: bytes | Diagnostic, codes: Set[str] | None) -> Outcome | None:
        """What was found in this very content; None when that is not known."""
        if folder is None or isinstance(data, Diagnostic):
            return None
        try:
            text = read_entry_text(self.entry(folder, name, codes))
            mark = hash_data(self.tool.encode() + data)
            if text == write_entry_text(mark, CLEAN):
                return Outcome(name)
            found = cut_out_body(text)
            return read_outcome(found, name, data) if text == write_entry_text(mark, found) else None
        except (OSError, ValueError, TypeError, RecursionError, Untold):
            return None

    def keep(
        self, folder: str | None, name: str, data: bytes | Diagnostic, codes: Set[str] | None, examined: Examined
    ) -> None:
        """Write down what was found, if that can be trusted later on."""
        if folder is None or isinstance(data, Diagnostic) or examined.outcome.refused or not examined.reading.steady:
            return
        try:
            text = write_entry_text(hash_data(self.tool.encode() + data), write_body(examined))
        except (Untold, RecursionError):
            return
        if len(text) <= MAX_ENTRY:
            write_entry(self.entry(folder, name, codes), text)


# ---- entries -----------------------------------------------------------------------------------------------
def write_entry_text(mark: str, body: str) -> str:
    """The text of an entry: a list of the stamp, a sum over it all, and the body."""
    return f'["{mark}","{hash_data(f"{mark} {body}".encode())}",{body}]'


def read_entry_text(path: str) -> str:
    """The text of an entry, which may be anything."""
    data = read_bytes(path, most=MAX_ENTRY)
    return "" if isinstance(data, Diagnostic) else data.decode("ascii")


def cut_out_body(text: str) -> str:
    """The body of an entry, if it is one."""
    return text[text.index(",[") + 1 : -1]


def name_tool() -> str:
    """What stands for this cnnspec and this Python; "" where its files cannot be listed, as in an archive."""
    parts: list[Any] = [cnnspec.__version__, sys.implementation.cache_tag, sys.version_info[:3]]
    open_ = [os.path.dirname(os.path.abspath(cnnspec.__file__))]
    try:
        for folder in open_:
            with os.scandir(folder) as files:
                for file in sorted(files, key=lambda f: f.name):
                    if file.name.endswith(".py"):
                        state = file.stat()
                        parts.append((file.path, state.st_size, state.st_mtime_ns))
                    elif "." not in file.name and file.name != "__pycache__" and file.is_dir():
                        open_.append(file.path)
        grammar = find_grammar()
        if grammar is not None:
            state = os.stat(grammar)
            parts.append((grammar, state.st_size, state.st_mtime_ns))
    except OSError:
        return ""
    return hash_data(repr(parts).encode())


# ---- the folder --------------------------------------------------------------------------------------------
def find_user_cache() -> str | None:
    """The user's own cache; None for a user without a home."""
    base = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    if not base or not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "cnnspec") if os.path.isabs(base) else None


def write_entry(path: str, text: str) -> None:
    """Write an entry whole or not at all; of two processes the later wins."""
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        try:
            file = open(beside, "x", encoding="ascii")  # noqa: SIM115
        except FileNotFoundError:
            make(os.path.dirname(path))
            file = open(beside, "x", encoding="ascii")  # noqa: SIM115
        try:
            with file:
                file.write(text)
            os.replace(beside, path)
        except OSError:
            os.unlink(beside)
        if os.path.basename(path).startswith("00"):  # every 256th entry, about
            prune(os.path.dirname(path))
    except (OSError, ValueError):  # the latter for a NUL in the path
        pass


def make(folder: str) -> None:
    """Make the folder, and say that it is a cache: to git and to backups. One that was there is left as it is."""
    os.makedirs(folder, exist_ok=True)  # another process may make it at this moment
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", TAG)):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)


def prune(folder: str) -> None:
    """Delete the entries that are too old or too many, the oldest first, and nothing else."""
    from time import time

    entries = []
    with os.scandir(folder) as files:
        for file in files:
            if has_entry_name(file.name) and file.is_file(follow_symlinks=False):
                entries.append((file.stat().st_mtime, file.path))
    entries.sort(reverse=True)
    oldest = time() - MAX_DAYS * 86_400
    for number, (written_at, path) in enumerate(entries):
        if (number >= MAX_ENTRIES or written_at < oldest) and is_own_file(path):
            os.unlink(path)


def has_entry_name(name: str) -> bool:
    """Whether a file has the name of an entry, or of one that is being written: 0a….json, 0a….json.123.tmp."""
    key, _, rest = name.partition(".")
    process = rest.removeprefix("json").removeprefix(".").removesuffix(".tmp")
    ending = rest == "json" or (rest == f"json.{process}.tmp" and process.isdecimal())
    return len(key) == 32 and ending and not set(key) - set("0123456789abcdef")


def is_own_file(path: str) -> bool:
    """Whether the cache has made a file: its sum is right, or it was left behind before that could be."""
    try:
        text = read_entry_text(path)
        if path.endswith(".tmp"):
            return not text or text.startswith('["') and text[2:34].isalnum()
        mark = text[2:34]
        return text == write_entry_text(mark, cut_out_body(text))
    except ValueError:
        return False
