"""Trained models: a saved one, or its weights for the model of a spec."""

from __future__ import annotations

import io
import os
import tempfile
import warnings
import zipfile
from typing import Any

from cnnspec.base.confined_folder import ConfinedFolder
from cnnspec.compile.archive import unfit
from cnnspec.compile.export import ExportFailed

MODELS = ("best.keras", "last.keras")  # in the folder of a run


def model_of(folder: str, last: bool = False) -> str | None:
    """The best model in the folder of a run (with `last`, the last one), else the other; None where there is none.

    Raises Unsafe, an OSError, for a link.
    """
    paths = [ConfinedFolder(folder).file(name) for name in (reversed(MODELS) if last else MODELS)]
    return next((path for path in paths if os.path.isfile(path)), None)


def find_model_file(path: str) -> str:
    """The model file of a path: the file itself, or the best model in the folder of a run. Raises ExportFailed."""
    if os.path.isdir(path):
        try:
            found = model_of(path)
        except OSError as error:
            raise ExportFailed(f"{error.filename} is not read: {error.strerror}") from None
        if found is None:
            raise ExportFailed(
                f"{path} is a folder without {' or '.join(MODELS)}: cnnspec runs lists the runs that there are"
            )
        return found
    if not os.path.exists(path):
        raise ExportFailed(f"cannot read {path}: there is no such file")
    return path


def find_saved_file(path: str) -> str:
    """The model file of a path, which must be called .keras. Raises ExportFailed."""
    path = find_model_file(path)
    if not path.endswith(".keras"):
        spec = "; cnnspec compile takes a spec" if path.endswith(".cnn") else ""
        raise ExportFailed(f"{path} is no saved model: a .keras file is, or the folder of a run{spec}")
    return path


def load_model(path: str, keras: Any) -> Any:
    """A saved model, none of whose code is run. Raises ExportFailed."""
    path = find_saved_file(path)
    if not zipfile.is_zipfile(path):
        raise ExportFailed(f"{path} is no .keras file, or a damaged one")
    _check_file(path)
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        raise ExportFailed(f"Keras cannot load {path}: {lines[0]}") from error


def _check_file(path: str) -> None:
    """Raises ExportFailed for a file that is not safe to open."""
    try:
        why = unfit(path)
    except OSError as error:
        raise ExportFailed(f"cannot read {path}: {error.strerror or error}") from None
    if why:
        raise ExportFailed(f"{path} is not opened: it {why}")


def take_weights(model: Any, path: str) -> None:
    """Give a model the weights of a .keras or .weights.h5 file, or of a run.

    Raises ExportFailed unless the file has weights of the same shapes for exactly the layers with weights: Keras would leave
    out others in silence.
    """
    path = find_model_file(path)
    if not path.endswith((".keras", ".weights.h5")):
        raise ExportFailed(
            f"{path} holds no weights: a .keras, .weights.h5, .pt2 or .onnx file does, or the folder of a run"
        )
    _check_file(path)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        own = os.path.join(folder, "own.weights.h5")
        model.save_weights(own)
        try:
            here, given = read_shapes(own), read_shapes(path)
        except (OSError, KeyError, zipfile.BadZipFile):
            raise ExportFailed(f"cannot read the weights in {path}: it is damaged, or something else") from None
        if difference := _find_difference(here, given):
            raise ExportFailed(f"the weights in {path} are of another network: {difference}")
        try:
            model.load_weights(path)
        except (OSError, ValueError) as error:
            raise ExportFailed(f"Keras cannot load the weights in {path}: {str(error).splitlines()[0]}") from error


WeightShapes = dict[
    str, tuple[str, list[tuple[int, ...]]]
]  # place in the file: the layer's name, the shapes of its weights


def read_shapes(path: str) -> WeightShapes:
    """The layers of a weights file that have weights; the seeds of random layers are none."""
    import h5py

    held: WeightShapes = {}

    def visit(place: str, item: Any) -> None:
        parts = place.split("/")
        if parts[0] == "layers" and parts[-1] == "vars" and "seed_generator" not in parts and len(item):
            name = str(item.attrs.get("name", parts[-2]))
            held[place] = name, [item[str(number)].shape for number in range(len(item))]

    with open(path, "rb") as file:
        content: Any = file
        if path.endswith(".keras"):
            with zipfile.ZipFile(file) as archive:
                content = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(content, "r") as weights:
            weights.visititems(visit)
    return held


def _find_difference(here: WeightShapes, given: WeightShapes) -> str:
    """The first layer that differs between two files, in words; "" where there is none."""
    nothing: tuple[str, list[tuple[int, ...]]] = "", []
    for place in [*here, *given]:
        (name, shapes), (other, others) = here.get(place, nothing), given.get(place, nothing)
        if not others:
            return f"it has none for {name}"
        if not shapes:
            return f"it has some for {other}, which the spec does not have"
        if shapes != others:
            return f"{name} takes {_print_shapes(shapes)}, and {other} there has {_print_shapes(others)}"
    return ""


def _print_shapes(shapes: list[tuple[int, ...]]) -> str:
    return " + ".join("x".join(map(str, shape)) or "1" for shape in shapes)
