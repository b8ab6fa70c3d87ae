"""A file for another runtime, opened by it: which it is goes by the ending of its name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnnspec.compile.runtimes.litert_model import LitertModel
from cnnspec.compile.runtimes.model import RuntimeRefused
from cnnspec.compile.runtimes.onnx_model import OnnxModel

if TYPE_CHECKING:
    from cnnspec.compile.runtimes.model import RuntimeModel

ENDINGS: dict[str, type[RuntimeModel]] = {".onnx": OnnxModel, ".tflite": LitertModel}


def open_runtime_model(path: str) -> RuntimeModel:
    """The model in an .onnx or .tflite file. Raises RuntimeRefused for one that is not run, MissingExtra without its runtime."""
    kind = ENDINGS[os.path.splitext(path)[1].lower()]
    if not os.path.exists(path):
        raise RuntimeRefused(f"cannot read {path}: No such file or directory")
    if not os.path.isfile(path):
        raise RuntimeRefused(f"cannot read {path}: it is no file")
    try:
        return kind(path)  # type: ignore[call-arg]
    except OSError as error:
        raise RuntimeRefused(f"cannot read {path}: {error.strerror or error}") from None
