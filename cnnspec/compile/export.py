"""A Keras model as a file or a folder that others run: .keras, SavedModel, ONNX, LiteRT, and LiteRT as a C array.

Keras's own exporters do the work, on TensorFlow, whose graph keeps the batch and unknown sizes open in every format. An
output is written beside its place and moved there whole. It replaces only a file or folder of its own kind.
"""

from __future__ import annotations

import os
import re
import shutil
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import MissingExtra, import_keras, silenced
from cnnspec.compile.export_options import PLAIN, ExportOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

# The formats, and how the names of their files end. A SavedModel is a folder.
ENDINGS = {"keras": ".keras", "saved_model": "", "onnx": ".onnx", "litert": ".tflite"}
EXPORTED = {"saved_model": "", "onnx": ".onnx", "litert": ".tflite", "header": ".h"}  # those of a trained model
SAVED_MODEL = {"saved_model.pb", "fingerprint.pb", "keras_metadata.pb", "variables", "assets", "assets.extra"}


class ExportFailed(Exception):
    """A model cannot be written in this format, or in this place; one sentence says why."""


def find_format(path: str, asked: str | None, endings: dict[str, str] = ENDINGS) -> str:
    """The format of an output: the one that is asked for, else that of the ending of its name.

    Raises ExportFailed for an ending of no format, or of another than is asked for: what reads a file goes by its ending.
    """
    folder = os.path.basename(path) == "" and path != ""
    ending = "" if folder else os.path.splitext(path)[1]
    said = next((name for name, end in endings.items() if end and end == ending), "saved_model" if folder else None)
    if asked is None or not path:
        if said is None:
            names = ", ".join([f"model{end}" for end in endings.values() if end])
            raise ExportFailed(f'cannot tell what "{path}" is to be: name it {names}, or model/ for a SavedModel')
        return said
    if said != asked and (said, asked) != (None, "saved_model") and not (ending and endings[asked] == ending):
        where = "into a folder" if asked == "saved_model" else f"to a {endings[asked]} file"
        raise ExportFailed(f"{asked} is written {where}, not to {path}")
    return asked


def check_place(path: str, format: str) -> None:
    """Raises ExportFailed when a model of this format may not be written there."""
    if format == "saved_model":
        _check_folder(path)
    elif os.path.isdir(path):
        raise ExportFailed(f"cannot write {path}: it is a folder")
    if not os.path.isdir(os.path.dirname(os.path.realpath(path))):
        raise ExportFailed(f"cannot write {path}: its folder does not exist")


def _check_folder(path: str) -> None:
    """Raises ExportFailed for a folder that may not be replaced: one that holds anything but a SavedModel."""
    if not os.path.lexists(path.rstrip(os.sep)):
        return
    if not os.path.isdir(path):
        raise ExportFailed(f"cannot write {path}: a SavedModel is a folder, and this is a file")
    held = set(os.listdir(path))
    if held and "saved_model.pb" not in held:
        raise ExportFailed(f"cannot write {path}: this folder holds something else than a SavedModel")
    if held - SAVED_MODEL:
        raise ExportFailed(f"cannot write {path}: beside a SavedModel this folder holds {min(held - SAVED_MODEL)}")


def prepare(format: str, quantize: str = "") -> Any:
    """Keras, on the backend that can write this format, in its own numbers or in narrower ones. Raises MissingExtra when a part is
    not installed."""
    if format == "keras":
        return import_keras()
    keras = import_keras("tensorflow")
    if format == "onnx":
        try:
            with silenced(), warnings.catch_warnings(action="ignore"):
                import tf2onnx.convert  # noqa: F401

                if quantize:
                    import onnxruntime.quantization
                    import onnxruntime.transformers.float16  # noqa: F401
        except ImportError as error:
            raise MissingExtra(f"{error.name or 'tf2onnx'} is not installed; ONNX needs it", "onnx") from error
    return keras


def export(model: Any, path: str, format: str, options: ExportOptions = PLAIN) -> None:
    """Write a Keras model, whole or not at all.

    The model is made with the Keras that `prepare(format)` gave. A .keras file and a SavedModel have no room for metadata.
    Raises ExportFailed for a place that is refused, and for a layer that the format cannot express.
    """
    check_place(path, format)
    with place_output(path, {**ENDINGS, **EXPORTED}[format]) as beside:
        try:
            with silenced(), warnings.catch_warnings(action="ignore"):
                if format == "keras":
                    _write_keras(model, beside)
                elif format == "saved_model":
                    _write_saved_model(model, beside)
                elif format == "header":
                    _write_header(model, beside, options, path)
                else:
                    {"onnx": _write_onnx, "litert": _write_litert}[format](model, beside, options)
        except (MemoryError, OSError):
            raise
        except Exception as error:
            raise ExportFailed(f"this model cannot be written as {format}: {_find_reason(error)}") from error


@contextmanager
def place_output(path: str, ending: str) -> Iterator[str]:
    """A free name in the folder of a path, for an output that is moved to the path at the end.

    Raises ExportFailed where the system refuses; then nothing is left behind, and the old output stays.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name}.{os.getpid()}{ending}")
    old = beside + ".old"
    try:
        yield beside
        if os.path.isdir(beside) and os.path.isdir(target):
            os.rename(target, old)
            try:
                os.rename(beside, target)
            except OSError:
                os.rename(old, target)
                raise
        else:
            os.replace(beside, target)
    except OSError as error:
        raise ExportFailed(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        for left in (beside, old):
            shutil.rmtree(left, ignore_errors=True)
            with suppress(OSError):
                os.unlink(left)


def _find_reason(error: Exception) -> str:
    """The most telling line of an error: the operation that LiteRT lacks, else the first line that is no heading."""
    lacking = re.search(r'fused\["(\w+):", "([^"@]+)@', str(error))
    if type(error).__name__ == "ConverterError" and lacking:
        return f"LiteRT has no operation {lacking[1]}, which {lacking[2]} is"
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if line and not line.endswith(":")), type(error).__name__)


# ---- formats -----------------------------------------------------------------------------------------------
def _write_keras(model: Any, path: str) -> None:
    model.save(path)
    reopened(model, path)


def reopened(model: Any, path: str) -> None:
    """Open a written file once. Raises ValueError when Keras cannot, or finds other weights."""
    keras = import_keras()
    try:
        again = keras.saving.load_model(path, compile=False)
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(f"Keras cannot open what it has written: {_find_reason(error)}") from error
    if [w.shape for w in again.weights] != [w.shape for w in model.weights]:
        raise ValueError("Keras opens what it has written with other weights")


def _write_saved_model(model: Any, path: str) -> None:
    model.export(path, format="tf_saved_model", verbose=False)


def _write_litert(model: Any, path: str, options: ExportOptions) -> None:
    from cnnspec.compile.to_litert import write_litert

    write_litert(model, path, options)


def _write_header(model: Any, path: str, options: ExportOptions, named: str) -> None:
    """Write LiteRT as a C header; `named` is the path that it is to have."""
    import tempfile

    from cnnspec.compile.to_header import write_header

    with tempfile.TemporaryDirectory() as folder:
        litert = os.path.join(folder, "model.tflite")
        _write_litert(model, litert, options.replace(metadata={}))
        write_header(litert, path, named, options.metadata)


def _write_onnx(model: Any, path: str, options: ExportOptions) -> None:
    from cnnspec import __version__
    from cnnspec.compile.to_onnx import to_onnx

    made = to_onnx(model, options.opset, options.batch)
    if options.quantize:
        from cnnspec.compile.quantize_onnx import quantize_onnx

        made = quantize_onnx(made, options)
    made.producer_name, made.producer_version = "cnnspec", __version__
    for key, value in {"layout": "channels last", **options.metadata}.items():
        made.metadata_props.add(key=key, value=value)
    with open(path, "wb") as file:
        file.write(made.SerializeToString())
