"""What an editor asks about an open file, and who answers: each request's method, the answer, and what is announced of it."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.server.actions import KINDS, list_actions
from cnnspec.server.completion import list_completions
from cnnspec.server.formatting import format_document, format_range
from cnnspec.server.hints import list_hints
from cnnspec.server.hover import find_hover
from cnnspec.server.lenses import list_lenses
from cnnspec.server.links import list_links
from cnnspec.server.outline import list_folds, list_symbols
from cnnspec.server.protocol import refuse
from cnnspec.server.references import find_definition, list_highlights, list_references
from cnnspec.server.renaming import NotRenamed, prepare_rename, rename
from cnnspec.server.selection import list_selections
from cnnspec.server.signature import find_signature
from cnnspec.server.tokens import LEGEND, list_changes, list_tokens, list_tokens_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

    Answered = TypeVar("Answered")
    Answer = Callable[[Document, Documents, Any], Any]


def answer_actions(document: Document, documents: Documents, params: types.CodeActionParams) -> list[types.CodeAction]:
    only = params.context.only
    kinds = None if only is None else [kind.value if isinstance(kind, types.CodeActionKind) else kind for kind in only]
    return list_actions(document, documents, params.range, kinds)


def answer_references(document: Document, documents: Documents, params: types.ReferenceParams) -> list[types.Location]:
    return list_references(document, documents, params.position, params.context.include_declaration)


def answer_prepare_rename(
    document: Document, documents: Documents, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder:
    return refuse_aloud(lambda: prepare_rename(document, documents, params.position))


def answer_rename(document: Document, documents: Documents, params: types.RenameParams) -> types.WorkspaceEdit:
    return refuse_aloud(lambda: rename(document, documents, params.position, params.new_name))


def refuse_aloud(answer: Callable[[], Answered]) -> Answered:
    """An answer about renaming; where a name is not renamed, an error that says why."""
    try:
        return answer()
    except NotRenamed as error:
        raise refuse(str(error)) from None


FOR_PYTHON = (
    types.TEXT_DOCUMENT_CODE_ACTION, types.TEXT_DOCUMENT_CODE_LENS, types.TEXT_DOCUMENT_HOVER, types.TEXT_DOCUMENT_INLAY_HINT,
)  # fmt: skip
# what is answered about a Python source; for the rest its editor has tools of its own
REQUESTS: dict[str, tuple[Answer, Any]] = {
    types.TEXT_DOCUMENT_CODE_ACTION: (answer_actions, types.CodeActionOptions([*KINDS])),
    types.TEXT_DOCUMENT_FORMATTING: (lambda document, documents, _: format_document(document, documents), None),
    types.TEXT_DOCUMENT_RANGE_FORMATTING: (
        lambda document, documents, p: format_range(document, documents, p.range),
        None,
    ),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (lambda document, documents, _: list_symbols(document, documents), None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (lambda document, documents, _: list_folds(document, documents), None),
    types.TEXT_DOCUMENT_SELECTION_RANGE: (
        lambda document, documents, p: list_selections(document, documents, p.positions),
        None,
    ),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (lambda document, documents, _: list_tokens(document, documents), LEGEND),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA: (
        lambda document, documents, p: list_changes(document, documents, p.previous_result_id),
        LEGEND,
    ),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: (
        lambda document, documents, p: list_tokens_in(document, documents, p.range),
        LEGEND,
    ),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: (lambda document, documents, _: list_links(document, documents), None),
    types.TEXT_DOCUMENT_CODE_LENS: (lambda document, documents, _: list_lenses(document, documents), None),
    types.TEXT_DOCUMENT_HOVER: (lambda document, documents, p: find_hover(document, documents, p.position), None),
    types.TEXT_DOCUMENT_INLAY_HINT: (lambda document, documents, p: list_hints(document, documents, p.range), None),
    types.TEXT_DOCUMENT_COMPLETION: (
        lambda document, documents, p: list_completions(document, documents, p.position),
        types.CompletionOptions(["(", ",", "=", ".", '"', "/"]),
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
