"""What the editor shows: for each file, the findings of all open files that lie in it, each once."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.server.diagnostics import place_findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents


class Published:
    """The findings that were sent, by the URIs of the open files that brought them and of the files that they lie in."""

    def __init__(self, documents: Documents, send: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        self.documents, self._send = documents, send
        self._placed: dict[str, dict[str, list[types.Diagnostic]]] = {}

    def show(self, changed: Iterable[tuple[Document, Iterable[Diagnostic]]]) -> None:
        """Have the findings of open files stand for those that they had. A file in which several of these have findings is
        shown once, when all are there: what is older lies in another text."""
        uris: dict[str, None] = {}
        for document, found in changed:
            before = self._placed.get(document.uri, {})
            self._placed[document.uri] = placed = place_findings(found, document, self.documents)
            uris.update(dict.fromkeys([*placed, *before]))
        self._send_all(uris)

    def withdraw(self, uri: str) -> None:
        """Forget the findings of a file that was closed."""
        self._send_all([*self._placed.pop(uri, ())])

    def _send_all(self, uris: Iterable[str]) -> None:
        for uri in uris:
            document = self.documents.get(uri)
            version = document.version if document else None
            self._send(types.PublishDiagnosticsParams(uri, self._join(uri), version))

    def _join(self, uri: str) -> list[types.Diagnostic]:
        """The findings in a file; two open files that use it may have found the same."""
        joined: dict[tuple[object, ...], types.Diagnostic] = {}
        for placed in self._placed.values():
            for found in placed.get(uri, ()):
                start, end = found.range.start, found.range.end
                joined.setdefault(
                    (found.code, found.message, start.line, start.character, end.line, end.character), found
                )
        return [*joined.values()]
