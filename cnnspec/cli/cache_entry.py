"""What an entry of the cache says: what was found, the files that were used and their stamps, and how their names were understood."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source, find_used_file, name_file, read_bytes
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.results import Outcome, as_data, from_data

try:
    from _blake2 import blake2b  # which hashlib would hand on, having loaded all of OpenSSL
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.cli.results import Examined

CLEAN = "[]"  # the body of a file that uses no other and has no mistake: it needs no JSON to be written or read


def write_body(examined: Examined) -> str:
    """What was found, the files that were used, and how their names were understood."""
    found = examined.outcome
    if found == Outcome(found.name):
        return CLEAN
    from json import dumps

    files = [[path, stamp(data)] for path, data in examined.reading.contents.items()]
    names = [[by, text, *find_used_file(by, text)] for by, text in list_uses(examined)]
    sources = examined.sources
    told = as_data(found.replace(reads=()), "Outcome", sources)
    return dumps([told, files, names], separators=(",", ":"))


def stamp(data: bytes | Diagnostic) -> str:
    """What tells a file's content from others; "" for a file that is not there."""
    return "" if isinstance(data, Diagnostic) else hash_data(data)


def list_uses(examined: Examined) -> list[tuple[str, str]]:
    """Every `use`, followed or refused: the name of the source that it stands in, and its text."""
    if examined.analysis is None or examined.analysis.source.is_python:
        return []
    from cnnspec.syntax.parse import parse
    from cnnspec.syntax.tree import Use

    trees = [examined.analysis.tree, *map(parse, examined.reading.sources.values())]
    return [(t.source.name, item.path.value) for t in trees for item in t.body.items if isinstance(item, Use)]


def read_outcome(body: str, name: str, data: bytes) -> Outcome | None:
    """What an entry says, if the files that it came from are as they were."""
    from json import loads

    found, files, names = loads(body)
    if not (texts(files, 2) and texts(names, 4)):
        return None
    sources: list[Source | Diagnostic] = [*read_own_texts(name, data)]
    for path, mark in files:
        now = read_bytes(path)
        if stamp(now) != mark or not mark and os.path.lexists(path):
            return None
        if isinstance(now, bytes):
            sources.append(decode_source(now, name_file(path)))
    if any(find_used_file(by, text) != (root, path) for by, text, root, path in names):
        return None
    known = [source for source in sources if isinstance(source, Source)]
    if len(known) < len(sources):
        return None
    outcome: Outcome = from_data(found, "Outcome", known)
    return (
        None if outcome.name != name or outcome.refused else outcome.replace(reads=tuple([path for path, _ in files]))
    )


def read_own_texts(name: str, data: bytes) -> list[Source | Diagnostic]:
    """The texts that a file is: none of a model, of a notebook its cells and what holds them."""
    source = Source(name, "") if leads_to_model(name) else decode_source(data, name)
    if isinstance(source, Source) and name.endswith(".ipynb"):
        from cnnspec.python_source.parts import read_parts

        parts = read_parts(source)
        if not isinstance(parts, Diagnostic):
            return [*[part.source for part in parts], source]
    return [source]


def texts(data: Any, many: int) -> bool:
    """Whether data are a list of lists of so many texts."""
    return isinstance(data, list) and all(
        isinstance(row, list) and len(row) == many and all(type(text) is str for text in row) for row in data
    )


def hash_data(data: bytes) -> str:
    made: str = blake2b(data, digest_size=16).hexdigest()
    return made
