"""The language server: requests and notifications of an editor, and what is told it unasked.

All is done by one thread; another one only reads what comes. Findings are shown a moment after the last edit, and a moment later once more, with the repairs
and the help that is made of these; whatever comes meanwhile goes first. A request is answered for the text as it is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import redirect_stdout
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from cnnspec.lint.fix.project import resolve_path
from cnnspec.server.commands import COMMANDS, run_command
from cnnspec.server.document import PYTHON_ENDING, read_changes
from cnnspec.server.documents import Documents
from cnnspec.server.hints import KINDS as HINTS
from cnnspec.server.notebook_sync import NotebookSync
from cnnspec.server.places import Columns
from cnnspec.server.protocol import Server, refuse, shorten
from cnnspec.server.published import Published
from cnnspec.server.requests import FOR_PYTHON, REQUESTS
from cnnspec.server.results import Results
from cnnspec.server.streams import Inbox
from cnnspec.server.time_limit import OutOfTime, run_within
from cnnspec.server.uris import find_path, is_file
from cnnspec.server.watching import Watching
from cnnspec.server.workspace_symbols import WorkspaceSymbols

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.server.commands import Command
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Settings
    from cnnspec.server.known import Known
    from cnnspec.server.requests import Answer

PAUSE, REST = 0.05, 0.25  # seconds after an edit until findings are shown, and from there until repairs are looked for
log = logging.getLogger(__name__)


class Interrupted(Exception):
    """Something has come that goes before the search for repairs."""


class Session:
    """What an editor asks, from its first message to its last."""

    def __init__(self, server: Server, new_settings: Callable[[], Settings]) -> None:
        self.server, self.inbox = server, server.inbox
        self.documents = Documents(new_settings)
        self.published = Published(self.documents, server.text_document_publish_diagnostics)
        self.symbols = WorkspaceSymbols(self.documents)
        self.notebooks = NotebookSync(self)
        self.watching = Watching(server)
        self.results = Results(server)
        self.ended = False  # whether the editor has said that it will go
        self._timer: asyncio.TimerHandle | None = None
        self._complaints: dict[str, str] = {}  # of each file that is shown, what was said of its configuration
        for feature, handler in (
            (types.INITIALIZE, self.begin),
            (types.INITIALIZED, self.ask),
            (types.SHUTDOWN, self.end),
            (types.TEXT_DOCUMENT_DID_OPEN, self.open),
            (types.TEXT_DOCUMENT_DID_CHANGE, self.change),
            (types.TEXT_DOCUMENT_DID_CLOSE, self.close),
            (types.TEXT_DOCUMENT_DID_SAVE, self.look_again),
            (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self.note_changes),
            (types.WORKSPACE_DID_CHANGE_CONFIGURATION, self.configure),
            (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self.take_folders),
        ):
            server.feature(feature)(partial(handler))  # on which pygls sets attributes
        for feature, (answer, options) in REQUESTS.items():
            server.feature(feature, options)(partial(self.answer, answer, feature in FOR_PYTHON))
        server.feature(types.WORKSPACE_SYMBOL)(partial(self.find_symbols))
        for name, command in COMMANDS.items():
            server.command(name)(self.offer(command))

    # ---- begin and end -------------------------------------------------------------------------------------
    def begin(self, params: types.InitializeParams) -> None:
        agreed = types.PositionEncodingKind(self.server.workspace.position_encoding or types.PositionEncodingKind.Utf16)
        self.documents.columns = Columns(agreed.value)
        client = params.capabilities.workspace
        self.documents.numbers_edits = bool(client and client.workspace_edit and client.workspace_edit.document_changes)
        nested = "text_document.document_symbol.hierarchical_document_symbol_support"
        self.documents.nests_symbols = bool(get_capability(params.capabilities, nested))
        self.take_folders(params)
        self.take_options(params.initialization_options)

    def take_folders(self, params: object) -> None:
        """Take over which folders the workspace has: pygls keeps them; an older editor has one."""
        known = self.server.workspace
        uris = [folder.uri for folder in known.folders.values()] or [known.root_uri] * bool(known.root_uri)
        self.documents.folders = [find_path(uri) for uri in uris if is_file(uri)]

    def configure(self, params: types.DidChangeConfigurationParams) -> None:
        """Take over the editor's settings: {"cnnspec": {"inlayHints": "shapes", "codeLens": true}}."""
        settings = params.settings
        self.take_options(settings.get("cnnspec", settings) if isinstance(settings, dict) else None)
        self.notebooks.ask()
        self.refresh()

    def take_options(self, options: Any) -> None:
        """Take over what options say of hints, lenses, Python and results; what they cannot mean is left out."""
        options = options if isinstance(options, dict) else {}
        if options.get("inlayHints") in HINTS:
            self.documents.hints = options["inlayHints"]
        if isinstance(options.get("codeLens"), bool):
            self.documents.lenses = options["codeLens"]
        if isinstance(options.get("checkPython"), bool):
            self.documents.checks_python = options["checkPython"]
        if isinstance(options.get("showsResults"), bool):
            self.documents.shows_results = options["showsResults"]

    def ask(self, params: types.InitializedParams) -> None:
        """Ask for what an editor tells only where it is asked."""
        self.watching.begin()
        self.notebooks.ask()

    def end(self, params: None) -> None:
        self.ended = True

    # ---- texts ---------------------------------------------------------------------------------------------
    def open(self, params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        document = self.documents.open(opened.uri, opened.text, opened.version, str(opened.language_id))
        if document.is_python:
            self.watching.add_python()
        self.show_later()

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        changes = read_changes(params.content_changes)
        self.documents.edit(params.text_document.uri, changes, params.text_document.version)
        self.show_later()

    def close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.documents.close(params.text_document.uri)
        self.withdraw(params.text_document.uri)
        self.show_later()

    def withdraw(self, uri: str) -> None:
        """Take back what was shown of a file that was closed."""
        self.published.withdraw(uri)
        self._complaints.pop(uri, None)

    def note_changes(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Files have changed on the disk. Of Python files there may be many, of which few are read."""
        python = [change.uri for change in params.changes if change.uri.endswith(PYTHON_ENDING)]
        if not python or len(python) < len(params.changes):
            self.look_again(params)
        elif any([self.documents.forget_readers(resolve_path(find_path(uri))) for uri in python]):
            self.show_later()
            self.refresh()

    def look_again(self, params: object) -> None:
        """Files have changed on the disk: which were read, is not asked."""
        self.documents.forget_all()
        self.symbols.forget_files()
        self.show_later()
        self.refresh()

    # ---- what is told unasked ------------------------------------------------------------------------------
    def show_later(self) -> None:
        self._after(PAUSE, self._show)

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, what)

    def _show(self) -> None:
        """Show the findings of the open files that have changed, once all of these are known."""
        changed: list[tuple[Document, Known]] = []
        for document in self.documents:
            if self.inbox.arrived:
                return self.show_later()
            try:
                known = self.documents.know(document)
                if not known.shown:
                    changed.append((document, known))
            except Exception:
                log.exception("%s could not be analysed", document.uri)
        try:
            self.published.show([(document, known.found) for document, known in changed])
        except Exception:
            log.exception("the findings could not be shown")
        for document, known in changed:
            known.shown = True
            self._complain(document.uri, known.complaint)
        if sum([len(document.texts) for document, _ in changed]) > 1:
            self.refresh()  # an editor asks by itself about the text alone that was edited
        return self._after(REST, self._show_repaired)

    def _show_repaired(self) -> None:
        """Show the findings again whose help is made of their repairs."""
        for document in self.documents:
            try:
                if self.documents.know(document).repaired is None:
                    repaired = self.documents.repair(document, self._interrupt)
                    if repaired != self.documents.know(document).found:
                        self.published.show([(document, repaired)])
            except Interrupted:
                return self.show_later()
            except Exception:
                log.exception("the repairs of %s could not be shown", document.uri)
        return None

    def refresh(self) -> None:
        """Have the editor ask for hints and lenses again, where it can."""
        client = self.server.client_capabilities
        if get_capability(client, "workspace.inlay_hint.refresh_support"):
            self.server.workspace_inlay_hint_refresh(None)
        if get_capability(client, "workspace.code_lens.refresh_support"):
            self.server.workspace_code_lens_refresh(None)

    def _interrupt(self) -> None:
        if self.inbox.arrived:
            raise Interrupted

    def _complain(self, uri: str, complaint: str) -> None:
        """Say, once for all files, that a configuration cannot be used."""
        if complaint and complaint not in self._complaints.values():
            params = types.ShowMessageParams(types.MessageType.Warning, f"cnnspec: {complaint}")
            self.server.window_show_message(params)
        self._complaints[uri] = complaint

    # ---- requests ------------------------------------------------------------------------------------------
    def answer(self, answer: Answer, for_python: bool, params: Any) -> Any:
        """The answer to what is asked about a file; nothing where it is not open, or is asked of a Python source in vain."""
        document = self.documents.get(params.text_document.uri)
        if document is None or document.is_python and not for_python:
            return None
        self.documents.know(document)
        return self._within_limit(lambda: answer(document, self.documents, params))

    def _within_limit(self, run: Callable[[], Any]) -> Any:
        try:
            return run_within(self.documents.patience, run)
        except OutOfTime:
            limit = f"{self.documents.patience:g} s"
            raise refuse(f"the answer takes more than {limit} to compute, for which an editor does not wait") from None

    def find_symbols(self, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        found: list[types.SymbolInformation] = self._within_limit(lambda: self.symbols.find(params.query))
        return found

    def offer(self, command: Command) -> Callable[..., Any]:
        """A command as the editor calls it: with its arguments one by one, of which pygls asks how many there are."""

        def run(*arguments: Any) -> Any:
            result = self._within_limit(lambda: run_command(command, self.documents, arguments))
            if not self.documents.shows_results:
                self.results.show(result)
            return result

        return run


def serve(new_settings: Callable[[], Settings]) -> bool:
    """Serve the editor at stdin and stdout until it goes; whether it has said so before."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="cnnspec: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(shorten)
    stream = os.fdopen(os.dup(sys.stdin.fileno()), "rb")  # which Python does not close while the thread reads it
    server = Server(Inbox(stream))
    session = Session(server, new_settings)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out, redirect_stdout(sys.stderr):
        server.start_io(server.inbox, out)  # type: ignore[arg-type]
    return session.ended
