"""Notebooks as an editor sends them: asked for while Python is to be checked, opened, changed cell by cell, and closed."""

from __future__ import annotations

from functools import partial

from lsprotocol import types
from pygls.capabilities import get_capability

from cnnspec.server.document import read_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.language_server import Session
    from cnnspec.server.notebook import Notebook

SYNC, KIND = "notebookDocument/sync", "jupyter-notebook"


class NotebookSync:
    """The notebooks of a session. The editor sends them where it can be asked to; all their cells, since those of other
    languages count too."""

    def __init__(self, session: Session) -> None:
        self.session, self.server, self.documents = session, session.server, session.documents
        self._asked = False
        for feature, handler in (
            (types.NOTEBOOK_DOCUMENT_DID_OPEN, self.open),
            (types.NOTEBOOK_DOCUMENT_DID_CHANGE, self.change),
            (types.NOTEBOOK_DOCUMENT_DID_CLOSE, self.close),
        ):
            self.server.feature(feature)(partial(handler))

    def ask(self) -> None:
        """Ask the editor for notebooks, or for no more of them, as the settings say now."""
        dynamic = "notebook_document.synchronization.dynamic_registration"
        wanted = self.documents.checks_python and bool(get_capability(self.server.client_capabilities, dynamic))
        if wanted == self._asked:
            return
        self._asked = wanted
        if wanted:
            selector = [types.NotebookDocumentFilterWithNotebook(KIND)]
            options = types.NotebookDocumentSyncRegistrationOptions(selector)
            asked = types.Registration(SYNC, SYNC, options)
            self.server.client_register_capability(types.RegistrationParams([asked]))
        else:
            taken_back = types.Unregistration(SYNC, SYNC)
            self.server.client_unregister_capability(types.UnregistrationParams([taken_back]))
            for uri in self.documents.list_notebooks():
                self._forget(uri)

    # ---- what is sent --------------------------------------------------------------------------------------
    def open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        if not self._asked:
            return
        sent = params.notebook_document
        notebook = self.documents.open_notebook(sent.uri, sent.version)
        for text in params.cell_text_documents:
            notebook.open_text(text)
        notebook.arrange(0, 0, sent.cells)
        notebook.settle()
        self.session.watching.add_python()
        self.session.show_later()
        self.session.refresh()  # what was asked about its cells before it came had no answer

    def change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        notebook, cells = self.documents.find_notebook(params.notebook_document.uri), params.change.cells
        if notebook is not None and cells is not None:
            notebook.version = params.notebook_document.version
            take_changes(notebook, cells)
            notebook.settle()
            self.session.show_later()

    def close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        self._forget(params.notebook_document.uri)
        self.session.show_later()

    def _forget(self, uri: str) -> None:
        self.documents.close_notebook(uri)
        self.session.withdraw(uri)


def take_changes(notebook: Notebook, cells: types.NotebookDocumentCellChanges) -> None:
    """Make changes of a notebook: which cells there are, then what each is, then their texts."""
    if cells.structure is not None:
        for closed in cells.structure.did_close or ():
            notebook.close_text(closed.uri)
        for opened in cells.structure.did_open or ():
            notebook.open_text(opened)
        array = cells.structure.array
        notebook.arrange(array.start, array.delete_count, array.cells or ())
    for described in cells.data or ():
        notebook.describe(described)
    for changed in cells.text_content or ():
        notebook.edit_text(changed.document.uri, read_changes(changed.changes), changed.document.version)
