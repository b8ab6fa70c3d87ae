"""What is proposed, as an editor shows it: arguments, words, and what is called."""

from __future__ import annotations

from lsprotocol import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.called import Called, Taken
    from cnnspec.server.context import OpenCall

ITEM = types.CompletionItemKind


def list_arguments(called: Called, call: OpenCall) -> list[types.CompletionItem]:
    """The arguments of a call that are not given yet, and the words that the one takes which is being written."""
    behind = called.taken[0 if called.merges else max(0, call.commas - len(call.names)) :]  # before: given by place
    written = [one for one in called.taken if one.name == call.current] if call.current else behind[: not call.names]
    words = [write_word(word) for one in written for word in one.words]
    return words if call.current else [*words, *[write_argument(one) for one in behind if one.name not in call.names]]


def write_argument(argument: Taken) -> types.CompletionItem:
    """An argument with its default and what it is."""
    return types.CompletionItem(
        f"{argument.name}=", kind=ITEM.Field, detail=argument.detail, documentation=argument.about or None
    )


def write_word(word: str) -> types.CompletionItem:
    """A word; what must be given to it is put in with it."""
    label = word.partition("(")[0]
    return types.CompletionItem(label, kind=ITEM.EnumMember, insert_text=word if label != word else None)


def write_called(name: str, called: Called) -> types.CompletionItem:
    """A block, with its arguments and what is said of it."""
    return types.CompletionItem(
        name, kind=ITEM.Function, detail=write_head(name, called), documentation=called.about or None
    )


def write_head(name: str, called: Called) -> str:
    """A call with all arguments: f(n, depth=3)."""
    return f"{name}({', '.join([*['in, …'] * called.merges, *map(str, called.taken)])})"
