"""The arguments of the call that is open at the cursor, and which of them is being written."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.server.called import find_called
from cnnspec.server.context import find_context
from cnnspec.server.items import write_head
from cnnspec.server.train_section import find_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents


def find_signature(document: Document, documents: Documents, position: types.Position) -> types.SignatureHelp | None:
    """What the call takes that is open at a position of an open file; None outside of any, or where nothing is known of it."""
    context = find_context(document.source.text, document.places.find_offset(position))
    call, modules = context.call, find_words(context.setting)[1] if context.in_train else ()
    called = find_called(call.word, document, documents, modules) if call is not None else None
    if call is None or called is None or not called.taken and not called.merges:
        return None
    names = [one.name for one in called.taken]
    by_place = not call.names and not called.merges
    active = names.index(call.current) if call.current in names else call.commas if by_place else None
    shown = [types.ParameterInformation(str(one), one.about or None) for one in called.taken]
    signature = types.SignatureInformation(write_head(call.word, called), called.about or None, shown)
    return types.SignatureHelp([signature], 0, active)
