"""Results of commands for editors that do not show these themselves: as a file where the editor can open one, else as a message."""

from __future__ import annotations

import os
import re
import shlex
from tempfile import TemporaryDirectory

from lsprotocol import types
from pygls.capabilities import get_capability

from cnnspec.server.uris import write_uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pygls.lsp.server import LanguageServer

LONGEST_NAME = 100  # characters


class Results:
    """Shows what commands come to. Its files go when the server ends."""

    def __init__(self, server: LanguageServer) -> None:
        self.server = server
        self._folder: TemporaryDirectory[str] | None = None

    def show(self, result: dict[str, Any]) -> None:
        """Show a title with a text, or with a command line."""
        title, text = result["title"], result.get("text") or f"{shlex.join(result['command'])}\n"
        shows_files = get_capability(self.server.client_capabilities, "window.show_document.support", False)
        uri = self._write(title, text) if shows_files else None
        if uri is not None:
            self.server.window_show_document(types.ShowDocumentParams(uri, take_focus=True))
        else:
            self.server.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"{title}\n\n{text}"))

    def _write(self, title: str, text: str) -> str | None:
        """The URI of a file with a text; None where none can be written."""
        try:
            self._folder = self._folder or TemporaryDirectory(prefix="cnnspec-", ignore_cleanup_errors=True)
            path = os.path.join(self._folder.name, re.sub(r"[^\w.-]+", "-", title)[:LONGEST_NAME] + ".txt")
            with open(path, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
        except OSError:
            return None
        return write_uri(path)
