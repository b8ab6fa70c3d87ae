"""Whether data suit a network, as far as it can be said before the data are read: from a name, or the header of a file.

A `.npz` file is a zip archive of arrays, each of which begins with its shape in plain text; that much is read, of a CSV the
first lines, and nothing else. A file that is missing, damaged or outside of the project is left to the training, which may run elsewhere.
"""

from __future__ import annotations

import os
import re

from cnnspec.base.diagnostic import Diagnostic, Note
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.source_files import find_used_file, read_bytes
from cnnspec.train.cut_sizes import check_crop, find_window
from cnnspec.train.data.array_names import find_groups, find_places
from cnnspec.train.data.table_lines import SUFFIXES as TABLES
from cnnspec.train.data.table_lines import NoTable, TableLines
from cnnspec.train.data_fit import (
    Targets,
    check_named_examples,
    check_plain_data,
    match_examples,
    match_targets,
    shapes_agree,
)
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.graph import Graph
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings

MAX_HEADER = 10_000  # bytes; NumPy refuses longer ones too
MAX_ARRAYS = 1_000  # in a file
MAX_BEGINNING = 2**16  # bytes of a CSV
SHAPE = re.compile(rb"'shape': \(((?:\d{1,18}, ?)*(?:\d{1,18})?)\)")


def find_mismatches(graph: Graph, settings: TrainSettings) -> Iterator[Diagnostic]:
    """E030 where the data do not suit the network's inputs, or their targets do not suit its outputs, and where settings name
    layers that it does not have.

    The number of classes of the only output is the business of E112.
    """
    if not graph.inputs or not graph.outputs or any(node.shape is None for node in graph.nodes):
        return
    if settings.freeze or settings.learning_rates:
        from cnnspec.train.starting.named_layers import find_refused_names

        for why in find_refused_names(graph, settings, None if settings.start else ()):
            yield Diagnostic("E030", why.message, why.span or settings.span("freeze"), why.help)
    if settings.data is None:
        return
    if settings.crop is not None:
        refused = [*_find_refusal(lambda: check_crop(graph, find_ends(graph, settings), settings), settings)]
        yield from refused
        if refused:
            return
    several = settings.pairing or (settings.augment and len(graph.inputs) > 1)
    if several and settings.data not in NAMED_DATA:
        yield from _find_refusal(lambda: check_plain_data(graph, settings), settings)
    elif settings.data.lower().endswith(TABLES):
        yield from _find_column_mismatches(graph, settings)
    elif settings.data not in NAMED_DATA:
        yield from _find_array_mismatches(find_ends(graph, settings), settings)
    elif several or len(graph.outputs) > 1 or len(graph.nodes[graph.outputs[0]].shape or ()) != 1:
        yield from _find_refusal(lambda: check_plain_data(graph, settings), settings)
    else:
        yield from _find_refusal(lambda: check_named_examples(find_ends(graph, settings), settings), settings)


def _find_array_mismatches(ends: Ends, settings: TrainSettings) -> Iterator[Diagnostic]:
    """What the arrays of a .npz file and a network's ends do not have in common, by their names and shapes."""
    shapes = read_headers(settings)
    if not shapes:
        return
    try:
        places = find_places(str(settings.data), list(shapes), ends, settings)
        find_groups(str(settings.data), list(shapes), {place.part for place in places.values()}, settings)
    except TrainingFailed as why:
        yield Diagnostic("E030", why.message, why.span or settings.span("data"), why.help)
        return
    for name, place in places.items():
        shape = shapes[name]
        if place.part != "train":
            continue
        for end in ends.inputs if place.is_input else ends.trained:
            if place.end not in ("", end.name):
                continue
            end = end.with_own_data() if place.end else end
            own = settings.for_output(end.name, end.data)
            classes = own.loss is None or own.loss.name.startswith("Sparse")
            if place.is_input and len(shape) > 1:
                yield from _find_refusal(
                    lambda: match_examples(end, find_window(end, shape[1:], settings), False),  # noqa: B023
                    settings,
                )
            elif settings.crop is not None and len(shape) > 3:
                continue  # maps, out of which windows are cut
            elif len(shape) > 1 and shape[1:] != (1,) and not classes and not _may_be_classes(end, shape[1:]):
                yield from _find_refusal(lambda: match_targets(end, own, Targets(shape[1:], None)), settings)  # noqa: B023


def _may_be_classes(end: End, shape: tuple[int, ...]) -> bool:
    """Whether targets of a shape may be class numbers at every place, of which a loss takes a share of every class."""
    return len(shape) > 1 and end.shape[-1] != 1 and shapes_agree(end.shape[:-1], shape)


def _find_column_mismatches(graph: Graph, settings: TrainSettings) -> Iterator[Diagnostic]:
    """What the first lines of a CSV have not that a network's ends need: columns, or numbers in their cells."""
    from io import StringIO

    from cnnspec.train.data.tables import TableRows

    path = _find_own_file(settings)
    if path is None:
        return
    read = read_bytes(path, most=MAX_BEGINNING)
    if isinstance(read, Diagnostic):
        return
    text = read.decode("utf-8-sig", "replace")
    text = text if len(read) <= MAX_BEGINNING else text[: text.rfind("\n") + 1]
    try:
        TableRows(TableLines(str(settings.data), StringIO(text, newline="")), graph, settings).read()
    except NoTable:
        return  # or cut within a cell
    except TrainingFailed as why:
        yield Diagnostic("E030", why.message, why.span or settings.span("data"), why.help)


def _find_refusal(fit: Callable[[], object], settings: TrainSettings) -> Iterator[Diagnostic]:
    try:
        fit()
    except TrainingFailed as why:
        if why.span in [span for _, span in settings.spans]:  # a setting is at fault
            yield Diagnostic("E030", why.message, why.span, why.help)
            return
        notes = (Note("here in the network", why.span),) if why.span else ()
        yield Diagnostic("E030", why.message, settings.span("data"), why.help, notes)


def read_headers(settings: TrainSettings) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays in a .npz file by name; empty where it cannot be read."""
    from zipfile import ZipFile

    found: dict[str, tuple[int, ...]] = {}
    path = _find_own_file(settings)
    if path is None:
        return {}
    try:
        with ZipFile(path) as file:
            for name in file.namelist()[:MAX_ARRAYS]:
                with file.open(name) as member:
                    shape = SHAPE.search(member.read(MAX_HEADER).partition(b"\n")[0])
                if shape is not None:
                    found[name.removesuffix(".npy")] = tuple([int(n) for n in shape[1].replace(b",", b" ").split()])
    except Exception:  # zipfile and each of its decompressors have their own for a damaged file
        return {}
    return found


def _find_own_file(settings: TrainSettings) -> str | None:
    """The file that the data are in, where it lies in the project of the spec."""
    root, path = find_used_file(os.path.join(settings.folder, "spec"), settings.data or "")
    return path if os.path.commonpath([root, path]) == root and os.path.isfile(path) else None
