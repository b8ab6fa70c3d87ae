"""What can be written in a train section: its keys with their defaults, the words that they take, and those words' arguments."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.layers.argument import Term, show
from cnnspec.server.called import find_called, list_words
from cnnspec.server.context import BEGINNING, BEHIND
from cnnspec.server.items import list_arguments, write_word
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.server.context import Context
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

ITEM = types.CompletionItemKind
DATASETS = '"tfds:eurosat"'  # a name of those of TensorFlow, of which nobody has a list here


def list_settings(
    document: Document, documents: Documents, context: Context, body: tree.Body, at: int, constants: Sequence[str]
) -> list[types.CompletionItem]:
    """What can be written at an offset in a train section; `constants` hold there too."""
    if not context.setting:
        return [*list_keys(body, at, context)] if context.place == BEGINNING else []
    if context.place == BEHIND:
        return []
    if context.in_mapping and context.place == BEGINNING:
        names = list_outputs(document, documents, context)
        return [types.CompletionItem(f"{name}: ", kind=ITEM.Property) for name in names]
    words, modules = find_words(context.setting)
    called = find_called(context.call.word, document, documents, modules) if context.call is not None else None
    named = [types.CompletionItem(name, kind=ITEM.Constant) for name in constants]
    if context.call is not None and called is not None:
        return [*list_arguments(called, context.call), *named]
    items = [write_word(word) for word in words if not (context.in_list and word == "none")]
    if context.setting == "data":
        about = "images of TensorFlow Datasets, by their name"
        items.append(types.CompletionItem(DATASETS, kind=ITEM.Text, documentation=about))
    return [*items, *named]


def list_outputs(document: Document, documents: Documents, context: Context) -> list[str]:
    """The names of the outputs of an open file's networks, which are keys of a setting that holds by output, but for those that
    the mapping has."""
    from cnnspec.train.section_keys import BY_OUTPUT

    if context.setting not in BY_OUTPUT:
        return []
    graphs = [network.graph for network in documents.know(document).analysis.networks]
    names = [graph.nodes[output].name for graph in graphs for output in graph.outputs]
    return [name for name in dict.fromkeys(names) if name not in context.bound]


def find_words(setting: str) -> tuple[tuple[str, ...], list[str]]:
    """The words that a key takes, and the modules of Keras in which they are looked for: first its own."""
    from cnnspec.train.section_keys import ALIASES, KEYS
    from cnnspec.train.section_words import MODULES

    kind = KEYS.get(ALIASES.get(setting, setting))
    words = list_words(kind) if kind is not None else ()
    bare = [word.partition("(")[0] for word in words]
    return words, sorted(MODULES, key=lambda module: bare[: len(MODULES[module][1])] != [*MODULES[module][1]])


def list_keys(body: tree.Body, at: int, context: Context) -> Iterator[types.CompletionItem]:
    """The keys that the section at an offset has not yet, with their defaults."""
    from cnnspec.train.section_keys import ABOUT, KEYS
    from cnnspec.train.settings import TrainSettings

    sections = [item for item in body.items if isinstance(item, tree.Train) and item.start <= at]
    given = {one.name.text for section in sections[-1:] for one in section.body.items if isinstance(one, tree.Assign)}
    given |= {*context.bound}
    defaults = dict(zip(TrainSettings._fields, write_defaults(), strict=True))
    for key in KEYS:
        if key not in given:
            default = defaults.get(key, "")
            detail = f"default {default}" if default else "optional"
            yield types.CompletionItem(f"{key} = ", kind=ITEM.Property, detail=detail, documentation=ABOUT[key])


def write_defaults() -> list[str]:
    """The defaults of the fields of a training's settings as a section writes them; "" where there is none to write."""
    from cnnspec.train.section_words import spell_term
    from cnnspec.train.settings import TrainSettings

    settings = TrainSettings()
    values = [getattr(settings, field) for field in TrainSettings._fields]
    return [
        spell_term(value) if isinstance(value, Term) else "" if value in (None, ()) else show(value) for value in values
    ]
