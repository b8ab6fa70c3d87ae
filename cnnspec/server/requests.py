"""What an editor asks about an open file, and who answers: each request's method, the answer, and what is announced of it."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cnnspec.server.actions import KINDS, list_actions, replace_text
from cnnspec.server.completion import find_signature, list_completions
from cnnspec.server.hints import list_hints
from cnnspec.server.hover import find_hover
from cnnspec.server.outline import list_folds, list_symbols
from cnnspec.server.references import find_definition, list_highlights, list_references
from cnnspec.server.renaming import NotRenamed, prepare_rename, rename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from cnnspec.server.documents import Document, Documents

    Answered = TypeVar("Answered")
    Answer = Callable[[Document, Documents, Any], Any]


def answer_actions(document: Document, documents: Documents, params: types.CodeActionParams) -> list[types.CodeAction]:
    only = params.context.only
    kinds = None if only is None else [kind.value if isinstance(kind, types.CodeActionKind) else kind for kind in only]
    return list_actions(document, documents, params.range, kinds)


def answer_formatting(
    document: Document, documents: Documents, params: types.DocumentFormattingParams
) -> list[types.TextEdit]:
    """The edit that brings a file into the canonical form; none where it has mistakes, or would change its meaning."""
    from cnnspec.format import format_source
    from cnnspec.lint.fix.same_meaning import keeps

    source = document.source
    text = None if document.refusal or documents.know(document).excluded else format_source(source)[0]
    if text is None or text == source.text:
        return []
    kept = keeps(source, source.replace(text=text), documents.reader(document.path))
    return [replace_text(document, text)] if kept else []


def answer_references(document: Document, documents: Documents, params: types.ReferenceParams) -> list[types.Location]:
    return list_references(document, documents, params.position, params.context.include_declaration)


def answer_prepare_rename(
    document: Document, documents: Documents, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder:
    return refuse_aloud(lambda: prepare_rename(document, documents, params.position))


def answer_rename(document: Document, documents: Documents, params: types.RenameParams) -> types.WorkspaceEdit:
    return refuse_aloud(lambda: rename(document, documents, params.position, params.new_name))


def refuse_aloud(answer: Callable[[], Answered]) -> Answered:
    """An answer about renaming; a name that keeps its name is an error, which editors show."""
    try:
        return answer()
    except NotRenamed as error:
        raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed.value) from None


REQUESTS: dict[str, tuple[Answer, Any]] = {
    types.TEXT_DOCUMENT_CODE_ACTION: (answer_actions, types.CodeActionOptions([*KINDS])),
    types.TEXT_DOCUMENT_FORMATTING: (answer_formatting, None),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (lambda document, documents, _: list_symbols(document, documents), None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (lambda document, documents, _: list_folds(document, documents), None),
    types.TEXT_DOCUMENT_HOVER: (lambda document, documents, p: find_hover(document, documents, p.position), None),
    types.TEXT_DOCUMENT_INLAY_HINT: (lambda document, documents, p: list_hints(document, documents, p.range), None),
    types.TEXT_DOCUMENT_COMPLETION: (
        lambda document, documents, p: list_completions(document, documents, p.position),
        types.CompletionOptions(["(", ",", "="]),
    ),
    types.TEXT_DOCUMENT_SIGNATURE_HELP: (
        lambda document, documents, p: find_signature(document, documents, p.position),
        types.SignatureHelpOptions(["(", ","]),
    ),
    types.TEXT_DOCUMENT_DEFINITION: (
        lambda document, documents, p: find_definition(document, documents, p.position),
        None,
    ),
    types.TEXT_DOCUMENT_REFERENCES: (answer_references, None),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: (
        lambda document, documents, p: list_highlights(document, documents, p.position),
        None,
    ),
    types.TEXT_DOCUMENT_RENAME: (answer_rename, None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (answer_prepare_rename, None),
}
