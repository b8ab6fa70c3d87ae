"""A model that a training starts from, and what the network takes of it: known from the descriptions alone, before Keras."""

from __future__ import annotations

import os

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.compile.export import ExportFailed
from cnnspec.compile.trained_models import find_saved_file
from cnnspec.facts.layer_names import count_numbers, list_weights
from cnnspec.layers.base import show_shape
from cnnspec.model_files import ModelRefused, name_graph, read_graph
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.folds import refuse_folds
from cnnspec.train.starting.applications import find_applications
from cnnspec.train.starting.matching import Match, match_graphs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.train.settings import TrainSettings

IMAGENET = "imagenet"
MOST_NAMED = 3  # layers that take no weights, in a sentence


class ModelStart(Record):
    """What a network takes from a model. `graph` and `match` are there while its weights can still be taken: a training that goes
    on knows of its start what its record says."""

    given: str  # as the settings name it
    folder: str  # where that path starts
    sha256: str  # of the file
    layers: tuple[str, ...]  # of the network, whose weights are the start's
    of_layers: int  # that have weights
    weights: int  # numbers
    of_weights: int
    left: tuple[str, ...]  # layers that keep their own, in words
    file: str = ""  # the model; of imagenet its name in keras.applications
    graph: Graph | None = None
    match: Match | None = None

    def __str__(self) -> str:
        """6 of 7 layers (4,512 of 5,162 weights) from runs/net-1; not taken: dense1 (64x10 here, 64x3 there)"""
        taken = f"{len(self.layers):,} of {count_nouns(self.of_layers, 'layer')} ({self.weights:,} of {self.of_weights:,} weights)"
        more = f" and {len(self.left) - MOST_NAMED:,} more" if len(self.left) > MOST_NAMED else ""
        left = f"; not taken: {', '.join(self.left[:MOST_NAMED])}{more}" if self.left else ""
        return f"{taken} from {self.given}{left}"


def find_taken(graph: Graph, settings: TrainSettings, start: ModelStart | None) -> list[int] | None:
    """The nodes of a network that have the weights of its start; None for a start that is not known yet."""
    if start is None:
        return None if settings.start is not None else []
    names = set(start.layers)
    return [node.index for node in graph.nodes if node.name in names and node.shares is None]


def find_start(graph: Graph, settings: TrainSettings) -> ModelStart | None:
    """What a network takes from the file or the run that its settings name; None without one, and for imagenet, whose networks
    Keras alone has. Raises TrainingFailed."""
    if settings.start == IMAGENET:
        find_applications(graph, settings)
    if settings.start is None or settings.start == IMAGENET:
        return None
    span = settings.span("start")
    path = os.path.join(settings.start_folder, os.path.expanduser(settings.start))
    refuse_folds(path)
    try:
        file = find_saved_file(path)
        if not os.path.isfile(file):
            raise TrainingFailed(f"start: {path} is no file", "give a .keras file, or the folder of a run", 2, span)
        start = name_graph(read_graph(file), file)
        return make_start(graph, start, settings, file, _hash_file(file))
    except ExportFailed as error:
        raise TrainingFailed(f"start: {error}", "", 2, span) from None
    except ModelRefused as error:
        raise TrainingFailed(f"start: {' '.join(str(error).splitlines()[:2])}", "", 2, span) from None
    except OSError as error:
        raise TrainingFailed(f"start: cannot read {path}: {error.strerror or error}", "", 2, span) from None


def reopen_start(graph: Graph, settings: TrainSettings, before: ModelStart) -> ModelStart | None:
    """The start of a training that was stopped before its first state was kept. Raises TrainingFailed where it has changed."""
    start = find_start(graph, settings)
    if start is not None and start.sha256 != before.sha256:
        raise TrainingFailed(f"start: {before.given} has changed since the training began", "train anew", 2)
    return start


def make_start(graph: Graph, start: Graph, settings: TrainSettings, file: str, sha256: str = "") -> ModelStart:
    """What a network takes from a graph. Raises TrainingFailed where it takes nothing."""
    match = match_graphs(start, graph)
    counts = {node.index: count_numbers(graph, node) for node in graph.nodes if node.shares is None}
    having = [index for index, count in counts.items() if count]
    given = str(settings.start)
    if not match.pairs:
        message = f"start: the network takes no weights from {given}: {_explain_nothing(graph, start, match)}"
        raise TrainingFailed(message, "cnnspec diff shows where they differ", span=settings.span("start"))
    taken = [index for index in having if index in match.pairs]
    left = [_describe_left(graph, start, match, index) for index in having if index not in match.pairs]
    return ModelStart(
        given, os.path.abspath(settings.start_folder), sha256, tuple([graph.nodes[index].name for index in taken]), len(having),
        sum(counts[index] for index in taken), sum(counts.values()), tuple(left), file, start, match,
    )  # fmt: skip


def describe_start(start: ModelStart) -> dict[str, Any]:
    """A start as a run's record has it."""
    return {
        "given": start.given, "folder": start.folder, "sha256": start.sha256, "layers": list(start.layers),
        "of_layers": start.of_layers, "weights": start.weights, "of_weights": start.of_weights, "left": list(start.left),
    }  # fmt: skip


def read_start(record: dict[str, Any]) -> ModelStart | None:
    """The start of a run, as its record has it."""
    told = record.get("start")
    if told is None:
        return None
    return ModelStart(
        told["given"], told["folder"], told["sha256"], tuple(told["layers"]), told["of_layers"], told["weights"],
        told["of_weights"], tuple(told["left"]),
    )  # fmt: skip


def _hash_file(path: str) -> str:
    import hashlib

    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _explain_nothing(graph: Graph, start: Graph, match: Match) -> str:
    """Why a network takes nothing from a start."""
    if match.beside:
        return _describe_left(graph, start, match, next(iter(match.beside)))
    if graph.inputs and start.inputs and not match.whole:
        here, there = (show_shape(one.nodes[one.inputs[0]].shape) for one in (graph, start))
        return f"its input is {here}, that of the start {there}"
    return "no layer of one is a layer of the other, from their inputs on"


def _describe_left(graph: Graph, start: Graph, match: Match, index: int) -> str:
    """dense1 (1280x5 here, 1280x1000 there)"""
    node = graph.nodes[index]
    if index not in match.beside:
        return node.name
    other = start.nodes[match.beside[index]]
    here, there = (_show_weights(one, which.index) for one, which in ((graph, node), (start, other)))
    if here != there:
        return f"{node.name} ({here} here, {there} there)"
    return f"{node.name} (other arguments than {other.name} there)"


def _show_weights(graph: Graph, index: int) -> str:
    return show_shape(list_weights(graph, graph.nodes[index])[0].shape)
