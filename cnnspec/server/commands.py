"""What an editor can have done about a file: the table of a network, a layer explained, the command that trains it.

Each command returns what it comes to, which the editor shows, or is shown (see `results`).
"""

from __future__ import annotations

import os

from lsprotocol import types

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.diagnostic import ERROR
from cnnspec.base.source import brief, printable
from cnnspec.pipeline import PythonAnalysis
from cnnspec.server.known import GivenUp
from cnnspec.server.protocol import refuse
from cnnspec.server.uris import is_file
from cnnspec.server.uses import find_around
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.known import Known

    Command = Callable[..., dict[str, Any]]

SUMMARY, EXPLAIN, TRAIN = "cnnspec.summary", "cnnspec.explain", "cnnspec.train"
WIDTH = 100  # columns of a text
MOST = 2**31 - 1  # of a line or a character, as the protocol has it
MOST_EXPLAINED = 4  # of the layers that one call makes


# ---- commands ------------------------------------------------------------------------------------------------
def summarize(documents: Documents, uri: object, model: object = None) -> dict[str, Any]:
    """The table of a model of an open file, of each where none is named: {"title", "text"}."""
    from cnnspec.summary import find_summary
    from cnnspec.summary.formats import write_table

    document = find_document(documents, uri)
    name, networks = show_name(document), choose_networks(document, documents, model)
    tables = [write_table(one, find_summary(one), "text", (), WIDTH) for one in networks if one.graph.nodes]
    text = "\n".join(tables) or f"{explain_none(name, documents.know(document))}\n"
    return {"title": f"Summary of {model or name}", "text": text}


def explain_none(name: str, known: Known) -> str:
    """Why a file has no network."""
    mistakes = [one.message for one in (*known.found, *known.analysis.diagnostics) if one.severity == ERROR]
    if isinstance(known.analysis, PythonAnalysis) and not mistakes:
        from cnnspec.python_source.choosing import describe_no_model

        return describe_no_model(name, known.analysis.reading)
    return f"{name} has no network yet: {mistakes[0] if mistakes else 'begin with, for example, input 28x28x1'}"


def explain(documents: Documents, uri: object, position: object = None) -> dict[str, Any]:
    """How the figures of the layer at a position of an open file come about: {"title", "text"}."""
    from cnnspec.explain import find_explanation
    from cnnspec.explain.formats import write_explanation

    document = find_document(documents, uri)
    place = read_position(position)
    layers = find_layers(document, documents, place)
    if not layers:
        text = f"no layer stands in line {place.line + 1}, column {place.character + 1}: put the cursor on the name of one\n"
        return {"title": "No layer", "text": text}
    shown = [
        write_explanation(network, find_explanation(network, name), "text", WIDTH)
        for network, name in layers[:MOST_EXPLAINED]
    ]
    more = len(layers) - len(shown)
    shown += [f"… and {count_nouns(more, 'more layer')} that this makes\n"] * bool(more)
    return {"title": f"Figures of {layers[0][1]}", "text": "\n".join(shown)}


def train(documents: Documents, uri: object, model: object = None) -> dict[str, Any]:
    """The command that trains the network of a file, or the model that is named: {"title", "command"}. It reads what is
    saved, for which the editor cares."""
    document = find_document(documents, uri)
    name = show_name(document)
    if not is_file(document.whole.uri):
        raise refuse(f"{name} is no file: save it first")
    if document.is_python:
        raise refuse(f"{name} trains its models itself: run it")
    analysis = documents.know(document).analysis
    if not any(isinstance(item, tree.Train) for item in analysis.tree.body.items):
        raise refuse(f"{name} has no train section, which says how: add one, for example, train {{ data = digits }}")
    if model is not None:
        choose_networks(document, documents, model)
    chosen = ["--model", str(model)] if model is not None else []
    return {"title": f"Train {model or name}", "command": ["cnnspec", "train", document.name, *chosen]}


COMMANDS: dict[str, Command] = {SUMMARY: summarize, EXPLAIN: explain, TRAIN: train}


def run_command(command: Command, documents: Documents, arguments: Sequence[object]) -> dict[str, Any]:
    """What a command comes to. Raises JsonRpcException, with a sentence, for one that is refused."""
    if not 1 <= len(arguments) <= 2:
        raise refuse(f"a command takes the URI of a file, and one thing more, not {len(arguments)} arguments")
    return command(documents, *arguments)


# ---- what they are about -------------------------------------------------------------------------------------
def find_document(documents: Documents, uri: object) -> Document:
    """The open file at a URI. Raises JsonRpcException for one that is not open, or that the configuration leaves out."""
    document = documents.get(uri) if isinstance(uri, str) else None
    if document is None:
        raise refuse(f"{brief(printable(str(uri)))} is not open in the editor: open it first")
    if document.is_passed_over:
        raise refuse(f"{show_name(document)} does not mention keras: nothing is known of it")
    if documents.know(document).excluded:
        raise refuse(f"{show_name(document)} is left out by the configuration (force-exclude): nothing is known of it")
    return document


def choose_networks(document: Document, documents: Documents, model: object) -> list[AnalysedNetwork]:
    """The networks of an open file; the one of that name, where a model is named. Raises JsonRpcException where there is none."""
    analysis = documents.know(document).analysis
    if isinstance(analysis, GivenUp):
        raise refuse(f"{show_name(document)} takes too long to analyse in an editor: run cnnspec summary on it")
    networks = analysis.networks
    chosen = [one for one in networks if model in (None, one.name)]
    if model is not None and not chosen:
        known = ", ".join([one.name for one in networks])
        hint = f": it has {brief(printable(known))}" if known else ""
        raise refuse(f'{show_name(document)} has no model "{brief(printable(str(model)))}"{hint}')
    return chosen


def show_name(document: Document) -> str:
    return printable(os.path.basename(document.whole.name))


def read_position(position: object) -> types.Position:
    """A position, as the protocol writes it."""
    given = position if isinstance(position, dict) else {}
    numbers = [number for name in ("line", "character") if type(number := given.get(name)) is int]
    if len(numbers) < 2 or not all(0 <= number <= MOST for number in numbers):
        raise refuse("a position is {line, character}, both whole numbers from 0")
    return types.Position(*numbers)


def find_layers(
    document: Document, documents: Documents, position: types.Position
) -> list[tuple[AnalysedNetwork, str]]:
    """The layers that the innermost step at a position makes, each time that it runs, with their networks; none where it
    makes several together, as a block does."""
    at = document.places.find_offset(position)
    steps = documents.find_uses(document)
    return [
        (use.network, use.node.name)
        for place in find_around(steps, at)[:1]
        for use in steps[place]
        if (use.node.site.node.start, use.node.site.node.end) == place
    ]
