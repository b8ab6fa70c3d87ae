"""What can be written at the cursor: layers, arguments with their defaults, words, and the names that hold there."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.record import Record
from cnnspec.layers import CATALOGUE, find, first_line
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.argument import REQUIRED, Term, Unfit
from cnnspec.server.context import find_context
from cnnspec.server.names import list_named
from cnnspec.syntax import tree
from cnnspec.syntax.grammar import KEYWORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.layers.argument import Argument
    from cnnspec.server.documents import Document, Documents

ITEM = types.CompletionItemKind
NO_WORD = Term("?")  # which no argument takes
PYTHONS = ("False", "True")  # as which what is pasted writes false and true


# ---- completion ----------------------------------------------------------------------------------------------
def list_completions(document: Document, documents: Documents, position: types.Position) -> list[types.CompletionItem]:
    """What can be written at a position of an open file; nothing in a comment or a text."""
    at = document.places.find_offset(position)
    context = find_context(document.source.text, at)
    if context.quiet:
        return []
    body = documents.know(document).analysis.tree.body
    names = [types.CompletionItem(name, kind=kind) for name, kind in list_names(body, at).items()]
    call = context.call
    taken = find_taken(call.word, document, body) if call is not None else ()
    if call is not None and call.current:
        words = [word for one in taken if one.name == call.current for word in one.words]
        return [*[types.CompletionItem(word, kind=ITEM.EnumMember) for word in words], *names]
    if call is not None and taken:
        behind = taken[0 if is_merge(call.word) else call.commas - len(call.names) :]  # those before are given by place
        return [*[write_argument(one) for one in behind if one.name not in call.names], *names]
    return [*names, *list_layers(), *[types.CompletionItem(w, kind=ITEM.Keyword) for w in KEYWORDS if w not in PYTHONS]]


def write_argument(argument: Taken) -> types.CompletionItem:
    """An argument with its default and what it is."""
    default = f"default {argument.default}" if argument.default else "required"
    return types.CompletionItem(
        f"{argument.name}=", kind=ITEM.Field, detail=default, documentation=argument.about or None
    )


def list_layers() -> Iterator[types.CompletionItem]:
    """Every layer by its first name, and every activation."""
    for layer in CATALOGUE:
        yield types.CompletionItem(layer.names[0], kind=ITEM.Function, documentation=first_line(layer))
    named = {layer.names[0] for layer in CATALOGUE}
    for word, formula in FUNCTIONS.items():
        if word not in named:
            yield types.CompletionItem(word, kind=ITEM.Function, documentation=f"{word}(x) = {formula}")


def list_names(body: tree.Body, at: int) -> dict[str, types.CompletionItemKind]:
    """The names that the bodies around an offset bind, and the parameters and loops' names that hold there; of a loop or
    a condition elsewhere its tensors."""
    found: dict[str, types.CompletionItemKind] = {}
    for item in body.items:
        inside = item.start <= at <= item.end
        if isinstance(item, (tree.Block, tree.Model)):
            if isinstance(item, tree.Block):
                found[item.name.text] = ITEM.Function
            if inside:
                found |= {parameter.name.text: ITEM.Variable for parameter in item.parameters}
                found |= list_names(item.body, at)
        elif isinstance(item, (tree.Loop, tree.Branch)) and not inside:
            found |= {name.text: ITEM.Variable for name in list_named(item)}
        elif isinstance(item, tree.Loop):
            found |= {name.text: ITEM.Variable for name in item.targets}
            found |= list_names(item.body, at)
        elif isinstance(item, tree.Branch):
            for side in (item.body, item.otherwise):
                if isinstance(side, tree.Body):
                    found |= list_names(side, at)
        elif isinstance(item, tree.Use):
            found |= {name.text: ITEM.Function for name in item.names}
        elif isinstance(item, (tree.Assign, tree.Shared)):
            found[item.name.text] = ITEM.Constant if isinstance(item, tree.Assign) else ITEM.Function
        elif isinstance(item, tree.Bad):
            found |= dict.fromkeys(item.names, ITEM.Variable)
        else:
            named = [part.name for part in tree.walk(item) if isinstance(part, (tree.Naming, tree.Input)) and part.name]
            found |= {name.text: ITEM.Variable for name in named}
    return found


# ---- arguments -----------------------------------------------------------------------------------------------
class Taken(Record):
    """An argument that a call takes: its name, its default, "" where it must be given, what it is, and the words that it takes."""

    name: str
    default: str
    about: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}={self.default}" if self.default else self.name


def find_taken(word: str, document: Document, body: tree.Body) -> tuple[Taken, ...]:
    """The arguments of a block of an open file, or of a layer; none for another word."""
    for item in body.items:
        if isinstance(item, tree.Block) and item.name.text == word:
            text = document.source.text
            defaults = [text[p.default.start : p.default.end] if p.default else "" for p in item.parameters]
            return tuple([Taken(p.name.text, d, "", ()) for p, d in zip(item.parameters, defaults, strict=True)])
    layer = find(word)
    if layer is None:
        return ()
    return tuple(
        [
            Taken(
                name,
                "" if argument.record_default is REQUIRED else argument.write(argument.record_default),
                argument.about,
                list_words(argument),
            )
            for name, argument in layer.arguments.items()
        ]
    )


def is_merge(word: str) -> bool:
    """Whether a word is a layer that takes tensors by place."""
    layer = find(word)
    return layer is not None and layer.merges


def list_words(argument: Argument) -> tuple[str, ...]:
    """The words that an argument takes, as far as it takes words: valid, same, causal."""
    try:
        argument.kind(NO_WORD)
    except Unfit as unfit:
        return tuple(unfit.words)
    return ()


def find_signature(document: Document, documents: Documents, position: types.Position) -> types.SignatureHelp | None:
    """The arguments of the call that is open at a position, and which of them is being written."""
    context = find_context(document.source.text, document.places.find_offset(position))
    call = context.call
    taken = find_taken(call.word, document, documents.know(document).analysis.tree.body) if call is not None else ()
    if call is None or not taken:
        return None
    names = [one.name for one in taken]
    by_place = not call.names and not is_merge(call.word)
    active = names.index(call.current) if call.current in names else call.commas if by_place else None
    shown = [types.ParameterInformation(str(one), one.about or None) for one in taken]
    tensors = ["in, …"] * is_merge(call.word)
    label = f"{call.word}({', '.join([*tensors, *map(str, taken)])})"
    return types.SignatureHelp([types.SignatureInformation(label, parameters=shown)], 0, active)
