"""The forms of a difference, of two networks or of all networks of files: one file writes each, and is imported when its form is
asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.diff.changes import FileChanges
    from cnnspec.diff.difference import NetworkDifference
    from cnnspec.diff.verdict import Verdict

FORMATS = ("text", "markdown", "json")


def write_report(
    difference: NetworkDifference,
    verdicts: Sequence[Verdict],
    format: str,
    width: int | None = None,
    color: bool = False,
) -> str:
    """Two networks in one of FORMATS, with what came of a budget. `width` and `color` are the text's. ValueError for another
    format."""
    check_format(format)
    if format == "json":
        from cnnspec.diff.json import write_data
        from cnnspec.tables.escape import json

        return json(write_data(difference, verdicts)) + "\n"
    if format == "markdown":
        from cnnspec.diff.markdown import write_markdown

        return write_markdown(difference, verdicts)
    from cnnspec.diff.text import write_text

    return write_text(difference, width, color, verdicts)


def write_changes(changes: FileChanges, format: str, width: int | None = None, color: bool = False) -> str:
    """All networks of files in one of FORMATS, as `write_report`."""
    check_format(format)
    if format == "json":
        from cnnspec.diff.json import write_changes as write_data
        from cnnspec.tables.escape import json

        return json(write_data(changes)) + "\n"
    if format == "markdown":
        from cnnspec.diff.markdown import write_changes as write_markdown

        return write_markdown(changes)
    from cnnspec.diff.text import write_changes as write_text

    return write_text(changes, width, color)


def check_format(format: str) -> None:
    """ValueError for what is none of FORMATS."""
    if format not in FORMATS:
        raise ValueError(f'a difference is written as {", ".join(FORMATS[:-1])} or {FORMATS[-1]}, not "{format}"')
