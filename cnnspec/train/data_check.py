"""Whether data suit a network, as far as it can be said before the data are read: from a name, or the header of a file.

A `.npz` file is a zip archive of arrays, each of which begins with its shape in plain text; that much is read, and
nothing else. A file that is missing, damaged or outside of the project is left to the training, which may run elsewhere.
"""

from __future__ import annotations

import os
import re

from cnnspec.base.diagnostic import Diagnostic, Note
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.source_files import find_used_file
from cnnspec.train.data_fit import Targets, match_examples, match_targets
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.graph import Graph
    from cnnspec.train.settings import TrainSettings

MAX_HEADER = 10_000  # bytes; NumPy refuses longer ones too
SHAPE = re.compile(rb"'shape': \(((?:\d{1,18}, ?)*(?:\d{1,18})?)\)")


def find_mismatches(graph: Graph, settings: TrainSettings) -> Iterator[Diagnostic]:
    """E030 where the data do not suit the network's input, or their targets do not suit its output.

    The number of classes is the business of E112.
    """
    one = len(graph.inputs) == len(graph.outputs) == 1
    if not one or settings.data is None or any(node.shape is None for node in graph.nodes):
        return
    if settings.data in NAMED_DATA:
        shape, classes = NAMED_DATA[settings.data]
        yield from _find_refusal(lambda: match_examples(graph, settings, shape, True), settings)
        if len(graph.nodes[graph.outputs[0]].shape or ()) != 1:
            yield from _find_refusal(lambda: match_targets(graph, settings, Targets((), classes, True)), settings)
        return
    shapes = read_headers(settings)
    x, y = shapes.get("x_train", ()), shapes.get("y_train", ())
    if len(x) > 1:
        yield from _find_refusal(lambda: match_examples(graph, settings, x[1:], False), settings)
    if len(y) > 1 and y[1:] != (1,) and settings.loss is not None and not settings.loss.name.startswith("Sparse"):
        yield from _find_refusal(lambda: match_targets(graph, settings, Targets(y[1:], None)), settings)


def _find_refusal(fit: Callable[[], object], settings: TrainSettings) -> Iterator[Diagnostic]:
    try:
        fit()
    except TrainingFailed as why:
        notes = (Note("here in the network", why.span),) if why.span else ()
        yield Diagnostic("E030", why.message, settings.span("data"), why.help, notes)


def read_headers(settings: TrainSettings) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays in a .npz file by name; empty where it cannot be read."""
    from zipfile import ZipFile

    found: dict[str, tuple[int, ...]] = {}
    root, path = find_used_file(os.path.join(settings.folder, "spec"), settings.data or "")
    if os.path.commonpath([root, path]) != root or not os.path.isfile(path):
        return {}
    try:
        with ZipFile(path) as file:
            for name in {"x_train.npy", "y_train.npy"}.intersection(file.namelist()):
                with file.open(name) as member:
                    shape = SHAPE.search(member.read(MAX_HEADER).partition(b"\n")[0])
                if shape is not None:
                    found[name.removesuffix(".npy")] = tuple([int(n) for n in shape[1].replace(b",", b" ").split()])
    except Exception:  # zipfile and each of its decompressors have their own for a damaged file
        return {}
    return found
