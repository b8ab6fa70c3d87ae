"""A trained model from its file: loaded without running any code of it, and what it takes and yields."""

from __future__ import annotations

import os
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.base.source import Source
from cnnspec.compile.archive import unfit
from cnnspec.compile.keras_2 import older, way_out
from cnnspec.graph import Graph, Node, Site
from cnnspec.syntax import tree
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.evaluation.head import find_loss

if TYPE_CHECKING:
    from cnnspec.layers.argument import Term

CONVERT = 'load it with Keras 3 and write model.save("net.keras")'


class Saved(Record):
    """A Keras model of one input and one output. `graph` has these two ends alone, for `data_fit.match_data`.

    `loss` is the one it was compiled with, None where there is none or none of Keras's.
    """

    path: str
    model: Any
    graph: Graph
    loss: Term | None

    @property
    def takes(self) -> tuple[int | None, ...]:
        """The shape of an example, None for a size that is open."""
        return tuple(self.model.inputs[0].shape[1:])

    @property
    def yields(self) -> tuple[int | None, ...]:
        return tuple(self.model.outputs[0].shape[1:])


def open_saved(path: str, keras: Any) -> Saved:
    """Load a .keras file. Raises TrainingFailed for any other file, and for a model that needs code or has several inputs
    or outputs."""
    _check_file(path)
    with warnings.catch_warnings(action="ignore"):
        try:
            model = keras.models.load_model(path, safe_mode=True)
        except Exception:  # a loss or a metric of somebody's own is no reason not to take the model
            try:
                model = keras.models.load_model(path, safe_mode=True, compile=False)
            except Exception as error:
                raise _explain_load_error(path, error) from error
    for tensors, noun in ((getattr(model, "inputs", None), "input"), (getattr(model, "outputs", None), "output")):
        if not tensors:
            raise TrainingFailed(
                f"the model in {path} does not say what its {noun} is", "build it before it is saved", 2
            )
        if len(tensors) > 1:
            raise TrainingFailed(f"the model in {path} has {len(tensors)} {noun}s", "take one with one input and one output", 2)  # fmt: skip
    shapes = [tensors[0].shape[1:] for tensors in (model.inputs, model.outputs)]
    return Saved(path, model, _make_ends(path, *shapes), find_loss(model))


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


def _make_ends(path: str, taken: tuple[int | None, ...], given: tuple[int | None, ...]) -> Graph:
    """A graph of a model's input and output alone."""
    site = Site(Source(path, ""), tree.Node(0, 0))
    graph = Graph(path)
    for index, sizes in enumerate((taken, given)):
        shape = tuple([Size.unknown("HWD"[axis % 3]) if n is None else n for axis, n in enumerate(sizes)])
        graph.nodes.append(Node(index, None, (), shape, "", site))
    graph.inputs, graph.outputs = [0], [1]
    return graph
