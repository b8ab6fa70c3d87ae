"""What can be written at the cursor: layers, arguments with their defaults, words, paths, and the names that hold there."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.source_files import find_used_file, is_inside
from cnnspec.elaborate.evaluator import ATTRIBUTES
from cnnspec.layers import CATALOGUE, first_line
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.server.called import describe_block, find_block, find_called
from cnnspec.server.choices import list_choices, list_holes
from cnnspec.server.context import ATTRIBUTE, BEGINNING, BEHIND, NEW_NAME, STEP, TERM, find_context
from cnnspec.server.items import list_arguments, write_called
from cnnspec.server.names import list_bodies, list_named
from cnnspec.server.paths import DATA, SPECS, list_paths
from cnnspec.server.specs import Specs
from cnnspec.server.train_section import list_outputs, list_settings
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.server.context import Context
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

ITEM = types.CompletionItemKind
WITH_BODY = (tree.Block, tree.Model, tree.Loop, tree.Branch)
# Keywords: with which a statement begins, at the top of a file and in any body; behind an arrow; in a condition or a
# calculation; of any value; and behind one.
AT_TOP, STATEMENTS = ("use", "block", "model", "train"), ("input", "output", "shared", "for", "if", "expect", "in")
STEPS, TERMS = ("in", "expect"), ("in", "not", "true", "false")
VALUES, OPERATORS = (*TERMS, "expect"), ("as", "if", "else", "and", "or")


def list_completions(document: Document, documents: Documents, position: types.Position) -> list[types.CompletionItem]:
    """What can be written at a position of an open file; in a text only paths, and nothing in a comment."""
    at = document.places.find_offset(position)
    context = find_context(document.source.text, at)
    if context.begun is not None:
        return list_begun(document, documents, context, context.begun, at)
    if context.quiet or context.place == NEW_NAME or document.refusal is not None:
        return []
    if (holes := list_holes(document.source.text, at)) is not None:
        return holes
    if context.place == ATTRIBUTE:
        return [types.CompletionItem(word, kind=ITEM.Property) for word in ATTRIBUTES]
    if context.used is not None:
        return list_used(document, documents, context, context.used)
    body = documents.know(document).analysis.tree.body
    if context.in_train:
        constants = [item.name.text for item in body.items if isinstance(item, tree.Assign)]
        return list_settings(document, documents, context, body, at, constants)
    if context.place == BEHIND:
        if context.in_head:
            return list_keywords((*OPERATORS, "in"))
        return list_keywords(("in",) if context.statement[:1] == ("for",) else OPERATORS)
    return list_values(document, documents, context, body, at)


def list_values(
    document: Document, documents: Documents, context: Context, body: tree.Body, at: int
) -> list[types.CompletionItem]:
    """What a statement or a value can be."""
    if context.in_head and context.statement[-1:] == ("=",) and (values := list_choices(document.source.text, at)):
        return values
    names = list_known(document, documents, context, body, at)
    if context.place == TERM:
        return [*names, *list_keywords(TERMS)]
    called = find_called(context.call.word, document, documents) if context.call is not None else None
    if context.call is not None and called is not None:
        free = [*list_layers(), *list_keywords(VALUES)] if called.free else list_keywords(("in",))
        return list_once([*list_arguments(called, context.call), *names, *free])
    if context.statement[:1] == ("output",):
        return [name for name in names if name.kind == ITEM.Variable]
    if context.statement[:1] == ("expect",) and context.call is None and context.statement[-1] in ("expect", ","):
        from cnnspec.lint.budget import QUANTITIES

        return [types.CompletionItem(word, kind=ITEM.Property) for word in QUANTITIES]
    words: tuple[str, ...] = STEPS if context.place == STEP else VALUES
    if context.place == BEGINNING:
        words = STATEMENTS if context.braces else (*AT_TOP, *STATEMENTS)
    return list_once([*names, *list_layers(), *list_keywords(words)])


def list_once(items: list[types.CompletionItem]) -> list[types.CompletionItem]:
    """The first of the items of each label: a word of an argument before a name, and this before a layer that it hides."""
    return [*{item.label: item for item in reversed(items)}.values()][::-1]


def list_keywords(words: tuple[str, ...]) -> list[types.CompletionItem]:
    return [types.CompletionItem(word, kind=ITEM.Keyword) for word in words]


def list_layers() -> Iterator[types.CompletionItem]:
    """Every layer by its first name, and every activation."""
    for layer in CATALOGUE:
        yield types.CompletionItem(layer.names[0], kind=ITEM.Function, documentation=first_line(layer))
    named = {layer.names[0] for layer in CATALOGUE}
    for word, formula in FUNCTIONS.items():
        if word not in named:
            yield types.CompletionItem(word, kind=ITEM.Function, documentation=f"{word}(x) = {formula}")


# ---- names ---------------------------------------------------------------------------------------------------
def list_known(
    document: Document, documents: Documents, context: Context, body: tree.Body, at: int
) -> list[types.CompletionItem]:
    """The names that hold at an offset; a block with its arguments and the comment above it."""
    specs = Specs(documents)
    spec, items = specs.of(document), list[types.CompletionItem]()
    written = dict.fromkeys(context.bound[:-1] if context.in_head else (), ITEM.Variable)
    coming = context.bound[-1:] if context.in_head else find_defined(context.statement)
    for name, kind in (list_holding(body, at, context.braces) | written).items():
        if name in coming and kind == ITEM.Variable:  # of what could not be read
            continue
        found = find_block(name, spec, specs) if kind == ITEM.Function else None
        items.append(write_called(name, describe_block(*found)) if found else types.CompletionItem(name, kind=kind))
    return items


def find_defined(statement: tuple[str, ...]) -> tuple[str, ...]:
    """The names that a statement binds whose first words these are."""
    if statement[:1] == ("for",):
        return statement[1 : statement.index("in") if "in" in statement else None]
    return statement[:1] if statement[1:2] == ("=",) else statement[1:2] if statement[:1] == ("shared",) else ()


def list_holding(body: tree.Body, at: int, braces: int) -> dict[str, types.CompletionItemKind]:
    """The names that the bodies around an offset bind, and the parameters and loops' names that hold there; of a loop or
    a condition elsewhere its tensors. What the statement at the offset binds itself holds behind it. `braces`: how many are
    open there, which the tree need not know of the last statement."""
    found: dict[str, types.CompletionItemKind] = {}
    last = next((item for item in reversed(body.items) if item.start <= at), None)
    for item in body.items:
        inside = item.start <= at <= item.end or braces > 0 and item is last and isinstance(item, WITH_BODY)
        if isinstance(item, (tree.Block, tree.Model)):
            if isinstance(item, tree.Block):
                found[item.name.text] = ITEM.Function
            if inside:
                found |= {one.name.text: ITEM.Variable for one in item.parameters if one.end < at}
                found |= list_holding(item.body, at, braces - 1)
        elif isinstance(item, (tree.Loop, tree.Branch)) and not inside:
            found |= {name.text: ITEM.Variable for name in list_named(item)}
        elif isinstance(item, tree.Loop):
            if at > item.iterable.end:
                found |= {name.text: ITEM.Variable for name in item.targets}
            found |= list_holding(item.body, at, braces - 1)
        elif isinstance(item, tree.Branch):
            for side in list_bodies(item):
                found |= list_holding(side, at, braces - 1)
        elif isinstance(item, tree.Use):
            found |= {name.text: ITEM.Function for name in item.names}
        elif isinstance(item, (tree.Assign, tree.Shared)):
            if not inside:
                found[item.name.text] = ITEM.Constant if isinstance(item, tree.Assign) else ITEM.Function
        elif isinstance(item, tree.Bad):
            found |= dict.fromkeys(item.names, ITEM.Variable)
        else:
            named = [part.name for part in tree.walk(item) if isinstance(part, (tree.Naming, tree.Input)) and part.name]
            found |= {name.text: ITEM.Variable for name in named if name.end < at or not inside}
    return found


# ---- other files ---------------------------------------------------------------------------------------------
def list_begun(
    document: Document, documents: Documents, context: Context, begun: str, at: int
) -> list[types.CompletionItem]:
    """With what a text can go on: the paths behind `use`, and of data; the words of an argument or a key, which may be quoted."""
    if context.statement == ("use",):
        return list_paths(document, begun, at, SPECS)
    if context.setting == "data" and context.call is None:
        return list_paths(document, begun, at, DATA)
    if context.in_mapping and context.place == BEGINNING:
        return [types.CompletionItem(name, kind=ITEM.Property) for name in list_outputs(document, documents, context)]
    found: list[types.CompletionItem] = []
    if context.setting:
        found = list_settings(document, documents, context, documents.know(document).analysis.tree.body, at, ())
    elif context.call is not None and (called := find_called(context.call.word, document, documents)) is not None:
        found = list_arguments(called, context.call)
    return [item for item in found if item.kind == ITEM.EnumMember and item.insert_text is None]


def list_used(document: Document, documents: Documents, context: Context, path: str) -> list[types.CompletionItem]:
    """The blocks of a file that can be used, but for those that are named already."""
    root, real = find_used_file(document.name, path)
    specs = Specs(documents)
    used = specs.find(real) if is_inside(real, root) and real != document.path else None
    found = {name: find_block(name, used, specs) for name in used.list_offered()} if used is not None else {}
    return [
        write_called(name, describe_block(*block))
        for name, block in found.items()
        if block is not None and name not in context.statement
    ]
