"""What was trained before: a saved model, or the weights of one for the model of a spec."""

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
    """The best model in the folder of a run (the last one), else the other; None where there is none. Raises Unsafe, an
    OSError, for a link."""
    paths = [ConfinedFolder(folder).file(name) for name in (reversed(MODELS) if last else MODELS)]
    return next((path for path in paths if os.path.isfile(path)), None)


def model_in(path: str) -> str:
    """The .keras file that a path means: itself, or the best one in the folder of a run. Raises ExportFailed."""
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


def saved_in(path: str) -> str:
    """The .keras file that a path means, which is one by its name. Raises ExportFailed."""
    path = model_in(path)
    if not path.endswith(".keras"):
        spec = "; cnnspec compile takes a spec" if path.endswith(".cnn") else ""
        raise ExportFailed(f"{path} is no saved model: a .keras file is, or the folder of a run{spec}")
    return path


def load(path: str, keras: Any) -> Any:
    """A saved model, none of whose code is run. Raises ExportFailed."""
    path = saved_in(path)
    if not zipfile.is_zipfile(path):
        raise ExportFailed(f"{path} is no .keras file, or a damaged one")
    _check(path)
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        raise ExportFailed(f"Keras cannot load {path}: {lines[0]}") from error


def _check(path: str) -> None:
    """Raises ExportFailed for a file that is more than it seems."""
    try:
        why = unfit(path)
    except OSError as error:
        raise ExportFailed(f"cannot read {path}: {error.strerror or error}") from None
    if why:
        raise ExportFailed(f"{path} is not opened: it {why}")


def take_weights(model: Any, path: str) -> None:
    """Gives a model the weights of a .keras or .weights.h5 file, or of a run.

    Raises ExportFailed unless every layer with weights has its own there, of the same shapes, and none is left over:
    Keras would leave such a one out without a word.
    """
    path = model_in(path)
    if not path.endswith((".keras", ".weights.h5")):
        raise ExportFailed(f"{path} holds no weights: a .keras or .weights.h5 file does, or the folder of a run")
    _check(path)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        own = os.path.join(folder, "own.weights.h5")
        model.save_weights(own)
        try:
            here, given = shapes_in(own), shapes_in(path)
        except (OSError, KeyError, zipfile.BadZipFile):
            raise ExportFailed(f"cannot read the weights in {path}: it is damaged, or something else") from None
        if difference := _difference(here, given):
            raise ExportFailed(f"the weights in {path} are of another network: {difference}")
        try:
            model.load_weights(path)
        except (OSError, ValueError) as error:
            raise ExportFailed(f"Keras cannot load the weights in {path}: {str(error).splitlines()[0]}") from error


Held = dict[str, tuple[str, list[tuple[int, ...]]]]  # place in the file: the layer's name, the shapes of its weights


def shapes_in(path: str) -> Held:
    """The layers of a weights file that have weights; the seeds of random layers are none."""
    import h5py

    held: Held = {}

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


def _difference(here: Held, given: Held) -> str:
    """The first layer that two files do not hold alike, in words; empty where there is none."""
    nothing: tuple[str, list[tuple[int, ...]]] = "", []
    for place in [*here, *given]:
        (name, shapes), (other, others) = here.get(place, nothing), given.get(place, nothing)
        if not others:
            return f"it has none for {name}"
        if not shapes:
            return f"it has some for {other}, which the spec does not have"
        if shapes != others:
            return f"{name} takes {_spelled(shapes)}, and {other} there has {_spelled(others)}"
    return ""


def _spelled(shapes: list[tuple[int, ...]]) -> str:
    return " + ".join("x".join(map(str, shape)) or "1" for shape in shapes)
