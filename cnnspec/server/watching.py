"""Files on the disk of which an editor tells when they change: specs and configuration, and Python files once these are read."""

from __future__ import annotations

from lsprotocol import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pygls.lsp.server import LanguageServer

WATCHED = ("**/*.cnn", "**/cnnspec.toml", "**/pyproject.toml")
WATCHED_FOR_PYTHON = ("**/*.py",)  # once a Python source is open


class Watching:
    """Asks an editor, where it can be asked, to tell of changes."""

    def __init__(self, server: LanguageServer) -> None:
        self.server = server
        self._for_python = False

    def begin(self) -> None:
        """Have specs that are used watched, and configuration."""
        self._ask("watched", WATCHED)

    def add_python(self) -> None:
        """Have modules watched that Python sources import, too."""
        if not self._for_python:
            self._for_python = True
            self._ask("watched_python", WATCHED_FOR_PYTHON)

    def _ask(self, name: str, patterns: Sequence[str]) -> None:
        workspace = self.server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching is not None and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            asked = types.Registration(name, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self.server.client_register_capability(types.RegistrationParams([asked]))
