"""Files opened in this process, without an editor: what the server knows of them, as the data that it would send."""

from __future__ import annotations

from typing import Any

from lsprotocol.converters import get_converter

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.uris import write_uri

CONVERTER = get_converter()


def plain(value: Any) -> Any:
    """A value of the protocol as JSON's."""
    return CONVERTER.unstructure(value)


def open_text(path: str, text: str) -> tuple[Documents, Document]:
    """A file opened alone."""
    documents = Documents(ConfiguredFiles)
    return documents, documents.open(write_uri(path), text, 1)
