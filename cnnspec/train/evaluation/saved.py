"""A trained model from its file: loaded without running any code of it, and what it takes and yields."""

from __future__ import annotations

import os
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.base.source import Source
from cnnspec.compile.archive import unfit
from cnnspec.compile.keras_2 import older, way_out
from cnnspec.graph import Graph, Node, Site
from cnnspec.syntax import tree
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.evaluation.head import find_losses

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.layers.argument import Term

    Array = np.ndarray[Any, Any]
    NamedShape = tuple[str, tuple[int | None, ...]]

CONVERT = 'load it with Keras 3 and write model.save("net.keras")'


class Saved(Record):
    """A Keras model, whose `graph` has its inputs and outputs alone, for `data_fit.match_examples`. `losses` are those that its
    outputs were compiled with, None where there is none or none of Keras's. `engine` is what computes it: of a file for another
    runtime (`compile.runtimes`), which is asked as a Keras model is, that runtime."""

    path: str
    model: Any
    graph: Graph
    losses: tuple[Term | None, ...]
    engine: str = "Keras"


def open_saved(path: str, keras: Any, inputs: Sequence[str] = (), outputs: Sequence[str] = ()) -> Saved:
    """Load a .keras file. Its inputs and outputs have the names that are given, else Keras's own.

    Raises TrainingFailed for any other file, for a model that needs code, and for one that has not so many.
    """
    _check_file(path)
    with warnings.catch_warnings(action="ignore"):
        try:
            model = keras.models.load_model(path, safe_mode=True)
        except Exception:  # a loss or a metric of somebody's own is no reason not to take the model
            try:
                model = keras.models.load_model(path, safe_mode=True, compile=False)
            except Exception as error:
                raise _explain_load_error(path, error) from error
    own = [
        _name_ends(path, getattr(model, f"{noun}s", None), given, noun)
        for noun, given in (("input", inputs), ("output", outputs))
    ]
    _check_rows(path, model, len(own[0]), len(own[1]))
    losses = find_losses(model, own[1])
    if outputs and len(outputs) > 1:
        _rename_outputs(model, outputs)
        own[1] = list(outputs)
    named = zip(list(inputs) or own[0], model.inputs, strict=True), zip(own[1], model.outputs, strict=True)
    ends = [[(name, tuple(tensor.shape[1:])) for name, tensor in side] for side in named]
    return Saved(path, model, make_ends(path, *ends), losses)


def _check_rows(path: str, model: Any, inputs: int, outputs: int) -> None:
    """Raises TrainingFailed for a model whose several inputs or outputs do not come in a row. (A Sequential model, of one each, may
    have neither property.)"""
    for noun, by_name in (
        ("inputs", inputs > 1 and isinstance(model.input, dict)),
        ("outputs", outputs > 1 and isinstance(model.output, dict)),
    ):
        if by_name:
            message = f"the model in {path} has its {noun} in a dictionary"
            raise TrainingFailed(message, "save keras.Model(model.inputs, model.outputs), compiled, in its place", 2)


def _name_ends(path: str, tensors: Any, given: Sequence[str], noun: str) -> list[str]:
    """Keras's own names of a model's inputs or outputs, those of one layer by number: tower, tower_2. Raises TrainingFailed."""
    if not tensors:
        raise TrainingFailed(f"the model in {path} does not say what its {noun} is", "build it before it is saved", 2)
    if given and len(given) != len(tensors):
        message = f"the model in {path} has {count_nouns(len(tensors), noun)}, and its run.json names {len(given)}"
        raise TrainingFailed(message, "", 2)
    names: list[str] = []
    for tensor in tensors:
        stem = name = str(tensor._keras_history.operation.name)
        number = 1
        while name in names:
            number += 1
            name = f"{stem}_{number}"
        names.append(name)
    return names


def _rename_outputs(model: Any, names: Sequence[str]) -> None:
    """Give the outputs of a model their names, by which Keras calls its figures; a file has those of the layers, of which two
    may be one."""
    if list(model.output_names) != list(names):
        compiled = model.get_compile_config() if model.compiled else None
        model.output_names = list(names)
        if compiled is not None:
            model.compile_from_config(compiled)


def _check_file(path: str) -> None:
    if os.path.isdir(path):
        if os.path.exists(os.path.join(path, "saved_model.pb")):
            raise TrainingFailed(f"{path} is a SavedModel folder", way_out(os.path.basename(os.path.normpath(path))), 2)
        raise TrainingFailed(f"{path} is a folder without a run", "give a run's folder or a .keras file", 2)
    try:
        with open(path, "rb") as file:
            start = file.read(8)
    except OSError as error:
        raise TrainingFailed(f"cannot read {path}: {error.strerror or error}", "", 2) from None
    if start == b"\x89HDF\r\n\x1a\n":
        raise TrainingFailed(f"{path} is an HDF5 file", CONVERT, 2)
    if start[:2] != b"PK":
        raise TrainingFailed(f"{path} is no .keras file", "give a trained model, or the folder of a run", 2)
    try:
        if why := unfit(path):
            raise TrainingFailed(f"{path} is not opened: it {why}", "", 2)
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            damaged = archive.testzip() is not None
    except TrainingFailed:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        names, damaged = set(), True
    except Exception as error:  # zlib and lzma have their own
        raise TrainingFailed(f"{path} is a damaged .keras file ({type(error).__name__})", "", 2) from error
    if damaged:
        raise TrainingFailed(f"{path} is a damaged .keras file", "", 2)
    if version := older(path):
        raise TrainingFailed(f"{path} was written by Keras {version}", way_out(os.path.basename(path)), 2)
    if missing := {"config.json", "model.weights.h5"} - names:
        raise TrainingFailed(f"{path} is no .keras file: it has no {' and no '.join(sorted(missing))}", "", 2)


def _explain_load_error(path: str, error: Exception) -> TrainingFailed:
    text = str(error)
    if "Lambda" in text and "safe_mode" in text:
        return TrainingFailed(
            f"the model in {path} has a Lambda layer, whose code would have to be run: it is not loaded",
            "replace the layer, then train again", 2,
        )  # fmt: skip
    if found := re.search(r"Could not locate (class|function) '(\w+)'", text):
        return TrainingFailed(f"the model in {path} needs the {found[1]} {found[2]}, which is not in the file", "", 2)
    return TrainingFailed(f"Keras cannot load {path}: {first_line(error)}", "", 2)


def list_outputs(made: Any) -> list[Array]:
    """What a model yields for a batch, an array of float32 an output, in the order of its outputs."""
    import numpy as np

    if isinstance(made, dict):
        made = [made[name] for name in sorted(made)]
    return [np.asarray(one, np.float32) for one in (made if isinstance(made, (list, tuple)) else [made])]


def make_ends(path: str, inputs: Sequence[NamedShape], outputs: Sequence[NamedShape]) -> Graph:
    """A graph of a model's inputs and outputs alone, from the shapes of their examples, None for a size that is open."""
    site = Site(Source(path, ""), tree.Node(0, 0))
    graph = Graph(path)
    for ends, indices in ((inputs, graph.inputs), (outputs, graph.outputs)):
        for name, sizes in ends:
            shape = tuple([Size.unknown("HWD"[axis % 3]) if n is None else n for axis, n in enumerate(sizes)])
            node = Node(len(graph.nodes), None, (), shape, "", site)
            node.name = name
            indices.append(node.index)
            graph.nodes.append(node)
    return graph
