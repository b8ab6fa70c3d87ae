"""The values that make sense for a parameter or a hole, as an editor shows and offers them: width=64 in 16..128:8."""

from __future__ import annotations

import re
from itertools import islice

from lsprotocol import types

from cnnspec.elaborate.choice_text import read_choices
from cnnspec.elaborate.holes import Holes
from cnnspec.layers.argument import show
from cnnspec.syntax import tree
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.elaborate.choices import Choices
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

MOST_OFFERED = 100
SHOWN = 6  # values that are told, the first and the last
BEHIND = re.compile(r"\w*[ \t]*\bin\b")  # what stands between a default that is being written and its values
HOLE, NAMED = re.compile(r"\?\w*\Z"), re.compile(r"\?([A-Za-z_]\w*)")
LONGEST = 100  # characters of a hole's name


def describe_choices(document: Document, documents: Documents, at: int) -> tuple[str, int, int] | None:
    """What is said of the parameter or the hole at an offset that has values, and where it stands; None elsewhere."""
    analysis = documents.know(document).analysis
    names = Holes(analysis.tree, {}).names
    for node in tree.walk_around(analysis.tree.body, at, at):
        if isinstance(node, tree.Hole) and node.start in names:
            name, start, end = names[node.start], node.start, node.end
        elif isinstance(node, tree.Parameter) and node.values is not None and is_named(node, at):
            name, start, end = node.name.text, node.start, node.end
        else:
            continue
        found = [network.graph.choices[name] for network in analysis.networks if name in network.graph.choices]
        said = write_choices(found[0]) if found else "its values are not known"
        if isinstance(node, tree.Hole):
            values = f", one of {said}" if found else ": say which numbers it may be, as ?8..64:8"
            return f"{escape.code(name)}: a hole{values}", start, end
        return f"{escape.code(name)}: one of {said}", start, end
    return None


def is_named(parameter: tree.Parameter, at: int) -> bool:
    """Whether an offset is on a parameter's name, or on its values."""
    values = parameter.values
    return at <= parameter.name.end or values is not None and values.start <= at


def write_choices(choices: Choices) -> str:
    """Values in a row, some left out where they are many: `16`, `24`, `32`, …, `128` (15 values)."""
    count = len(choices)
    if count <= SHOWN:
        return ", ".join([escape.code(show(value)) for value in choices])
    first = [escape.code(show(value)) for value in islice(choices, SHOWN // 2)]
    return f"{', '.join(first)}, …, {escape.code(show(find_last(choices)))} ({count:,} values)"


def find_last(choices: Choices) -> Any:
    """The value that stands last."""
    part = choices.parts[-1]
    return part[-1] if isinstance(part, tuple) else part.find(part.count - 1)


def list_choices(text: str, at: int) -> list[types.CompletionItem]:
    """The values that stand behind the default of a parameter that is being written at an offset."""
    behind = BEHIND.match(text, at)
    if behind is None:
        return []
    values = text[behind.end() : find_end(text, behind.end())]
    try:
        found = read_choices(values, "")
    except ValueError:
        return []
    kind = types.CompletionItemKind.EnumMember
    return [
        types.CompletionItem(show(value), kind=kind, sort_text=f"{number:03}")
        for number, value in enumerate(found[:MOST_OFFERED])
    ]


def find_end(text: str, at: int) -> int:
    """Where the values end that begin at an offset: at a comma or a bracket of what is around them."""
    depth = 0
    for place in range(at, len(text)):
        if depth == 0 and text[place] in ",)\n#":
            return place
        depth += (text[place] in "([") - (text[place] in ")]")
    return len(text)


def list_holes(text: str, at: int) -> list[types.CompletionItem] | None:
    """The names of the holes of a text, where the name of one is being written; None elsewhere."""
    found = HOLE.search(text[max(0, at - LONGEST) : at])
    if found is None:
        return None
    begin = at - len(found[0])
    names = dict.fromkeys(NAMED.findall(text[:begin]) + NAMED.findall(text[at:]))
    return [types.CompletionItem(name, kind=types.CompletionItemKind.Variable) for name in names]
