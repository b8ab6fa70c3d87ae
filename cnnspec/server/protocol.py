"""How messages are taken and answered: by pygls, but for its store of texts, and with an answer to each that cannot be served."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from cnnspec import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.streams import Inbox

TOO_EARLY = types.ResponseError(types.ErrorCodes.ServerNotInitialized.value, "the first request must be initialize")
OUT_OF_TURN = types.ResponseError(
    types.ErrorCodes.InvalidRequest.value, "the request comes out of turn: the session has begun already, or ends"
)
TAKEN_BACK = types.ResponseError(types.LSPErrorCodes.RequestCancelled.value, "the editor has taken the request back")
log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """The protocol of pygls. Its store of texts is left out, which takes more characters for line ends than an editor does,
    and so are its generators, for each of which it keeps a future. A request that cannot be read, that comes before the
    session begins or after it ends, or that was taken back while it waited, is answered with an error that says so."""

    _begun = False

    def structure_message(self, data: dict[str, Any]) -> Any:
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if isinstance(data.get("id"), (int, str)) and "method" in data:
                self._send_response(data["id"], None, error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Do what a message says; what is asked before the session begins, after its end, or to begin it again, is refused."""
        method = getattr(message, "method", None)
        cancelled = self._server.inbox.cancelled  # type: ignore[attr-defined]
        if method == types.CANCEL_REQUEST:
            if isinstance(message.params.id, (int, str)):
                cancelled.discard(message.params.id)  # what it takes back has been answered
        elif method is not None and hasattr(message, "id") and message.id in cancelled:
            self._send_response(message.id, None, TAKEN_BACK)
        elif method in (None, types.EXIT) or not self._shutdown and (method == types.INITIALIZE) != self._begun:
            self._begun = self._begun or method == types.INITIALIZE
            super().handle_message(message)
        elif hasattr(message, "id"):
            self._send_response(message.id, None, OUT_OF_TURN if self._begun else TOO_EARLY)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CLOSE](params)


class Server(LanguageServer):
    """pygls's server; what goes wrong in it is logged, and not put before the user's eyes."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__("cnnspec", __version__, types.TextDocumentSyncKind.Incremental, protocol_cls=Protocol)

    def report_server_error(self, error: Exception, source: Any) -> None:
        log.error("%s: %s", type(error).__name__, error)


def refuse(why: str) -> JsonRpcException:
    """The answer to what is not done: an error, whose sentence editors show."""
    return JsonRpcException(why, types.LSPErrorCodes.RequestFailed.value)


def shorten(record: logging.LogRecord) -> bool:
    """Whether something is logged; of what the editor did wrong, or is refused, no traceback."""
    if record.exc_info and isinstance(record.exc_info[1], JsonRpcException):
        record.exc_info = None
    return not record.getMessage().startswith("Unable to deserialize")
