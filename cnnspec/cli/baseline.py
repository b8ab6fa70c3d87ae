"""A baseline: how many findings of each rule each file had on the day that checking began.

So many are not reported. When a file has more of one rule, all of that rule there are: which of them is new, a count
does not say. What the language itself refuses is never part of it. The file is JSON, to be kept with the specs: paths
are relative to its own folder, with slashes.
"""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source_files import read_bytes
from cnnspec.cli.messages import UsageError
from cnnspec.cli.write_file import write_whole
from cnnspec.lint.rules import optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.findings.locations import Finding

SCHEMA_VERSION = 1
Counts = dict[str, dict[str, int]]  # path → code → how many


def count_by_place(found: Iterable[Finding], path: str) -> Counts:
    """The findings of each file by rule, with paths as a baseline at `path` writes them."""
    counts: Counts = {}
    for place, diagnostic in found:
        if optional(diagnostic.code):
            codes = counts.setdefault(relative(place, path), {})
            codes[diagnostic.code] = codes.get(diagnostic.code, 0) + 1
    return counts


def relative(place: str, baseline: str) -> str:
    try:
        found = os.path.relpath(place, os.path.dirname(os.path.abspath(baseline)))
    except ValueError:  # another drive
        found = os.path.abspath(place)
    return found.replace(os.sep, "/")


def write(path: str, found: Iterable[Finding]) -> Counts:
    """Write the baseline of some findings and return it. UsageError when it cannot be written."""
    from json import dumps

    counts = {place: dict(sorted(codes.items())) for place, codes in sorted(count_by_place(found, path).items())}
    write_whole(path, dumps({"schema_version": SCHEMA_VERSION, "files": counts}, indent=2, ensure_ascii=False) + "\n")
    return counts


def read(path: str) -> Counts:
    """The counts in a baseline. UsageError for a file that is none."""
    from json import loads

    text = read_bytes(path, streams=True)
    if isinstance(text, Diagnostic):
        raise UsageError(text.message.replace("cannot read ", "cannot read the baseline ", 1))
    try:
        data = loads(text) if len(text) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        data = None
    if not (isinstance(data, dict) and data.get("schema_version") == SCHEMA_VERSION and is_valid(data.get("files"))):
        raise UsageError(f"{path} is no baseline: write one with --write-baseline {path}")
    counts: Counts = data["files"]
    return counts


def is_valid(files: object) -> bool:
    """Whether this is what `Counts` says."""
    return isinstance(files, dict) and all(
        isinstance(codes, dict) and all(type(n) is int and n > 0 for n in codes.values()) for codes in files.values()
    )


def drop_known(
    found: list[Finding], baseline: Counts, path: str, looked_at: Iterable[str]
) -> tuple[list[Finding], int]:
    """The findings that a baseline does not cover, and how many it counts that are gone from the files looked at."""
    counts = count_by_place(found, path)
    covered = {
        (place, code)
        for place, codes in counts.items()
        for code, n in codes.items()
        if n <= baseline.get(place, {}).get(code, 0)
    }
    gone = sum(
        max(0, n - counts.get(place, {}).get(code, 0))
        for place in {relative(name, path) for name in looked_at}
        for code, n in baseline.get(place, {}).items()
    )
    return [(place, d) for place, d in found if (relative(place, path), d.code) not in covered], gone
