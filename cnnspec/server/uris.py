"""The URIs of an editor's texts, and the paths of files that they mean."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote, urlsplit

UNTITLED = "untitled"


def find_path(uri: str) -> str:
    """The path of a file's URI; of a text that is no file its name, as one of the working folder; "untitled" of what can be
    no path."""
    try:
        parts = urlsplit(uri)
        host = f"//{parts.netloc}" if parts.netloc not in ("", "localhost") else ""
        path = read_file_path(host + parts.path) if is_file(uri) else os.path.basename(unquote(parts.path))
        os.path.realpath(path)
    except ValueError:  # a NUL, half a surrogate pair, a host that is none
        return UNTITLED
    return path or UNTITLED


def read_file_path(path: str) -> str:
    """The path that the one of a URI means."""
    from urllib.request import url2pathname

    return url2pathname(path)


def is_file(uri: str) -> bool:
    """Whether a URI is that of a file, not of a text that was never saved, or of an older one that is only shown."""
    return uri[:5].lower() == "file:"


def is_cell(uri: str) -> bool:
    """Whether a URI is that of a notebook's cell, as VS Code writes it."""
    return uri.startswith("vscode-notebook-cell")


def write_uri(path: str) -> str:
    """The URI of a file."""
    full = os.path.abspath(path)
    if os.name == "nt":
        from urllib.request import pathname2url  # which is dear

        return f"file:{pathname2url(full)}"
    return f"file://{quote(os.fsencode(full), safe='/')}"
