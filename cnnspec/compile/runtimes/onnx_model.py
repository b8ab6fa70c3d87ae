"""A model in an ONNX file, which onnxruntime computes on the CPU. No library is loaded for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import MissingExtra, silenced
from cnnspec.compile.runtimes.model import RuntimeEnd, RuntimeModel, RuntimeRefused
from cnnspec.compile.runtimes.onnx_file import check_external, find_activation, find_channels_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

DTYPES = {
    "float": "float32", "double": "float64",
    **{name: name for name in ("float16", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")},
}  # fmt: skip


class OnnxModel(RuntimeModel):
    """Raises RuntimeRefused for a file that onnxruntime cannot open, or whose ends are no tensors; MissingExtra without it."""

    runtime = "onnxruntime"

    def __init__(self, path: str) -> None:
        onnx, onnxruntime = _import_runtime()
        try:
            model = onnx.load(path, load_external_data=False)
        except MemoryError:
            raise
        except Exception as error:  # protobuf has its own
            raise RuntimeRefused(f"{path} is no ONNX file, or a damaged one") from error
        check_external(model, path)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            with silenced():
                self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise RuntimeRefused(f"onnxruntime cannot open {path}: {_find_reason(error)}") from error
        self.metadata = dict(self.session.get_modelmeta().custom_metadata_map)
        inputs, outputs = self.session.get_inputs(), self.session.get_outputs()
        last = self.metadata.get("layout") == "channels last"
        turned = [False if last else _is_turned(model, given, path) for given in inputs]
        self.inputs = tuple([_read_end(given, path, now) for given, now in zip(inputs, turned, strict=True)])
        self.outputs = tuple([_read_end(made, path, any(turned) and len(made.shape) == 4) for made in outputs])
        self.activations = tuple([find_activation(model.graph, made.name) for made in outputs])
        self.batch = next((value.shape[0] for value in inputs if isinstance(value.shape[0], int)), None)

    def compute(self, given: Sequence[Array]) -> list[Array]:
        values = {end.name: array for end, array in zip(self.inputs, given, strict=True)}
        try:
            with silenced():
                return list(self.session.run([end.name for end in self.outputs], values))
        except Exception as error:
            if "allocate memory" in str(error):
                raise MemoryError from error
            raise


def _import_runtime() -> tuple[Any, Any]:
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise MissingExtra(f"{error.name or 'onnxruntime'} is not installed; ONNX files need it", "onnx") from error
    return onnx, onnxruntime


def _is_turned(model: Any, given: Any, path: str) -> bool:
    found = find_channels_first(model.graph, given.name, _read_shape(given))
    if found is None and model.producer_name.startswith("tf2onnx"):  # TensorFlow has channels last
        return False
    if found is None:
        raise RuntimeRefused(
            f"{path} does not say which axis of its input {given.name} holds the channels: write it with channels last, "
            f"and 'layout' = 'channels last' in its metadata"
        )
    return found


def _read_end(value: Any, path: str, turned: bool) -> RuntimeEnd:
    kind = value.type.removeprefix("tensor(").removesuffix(")")
    if kind not in DTYPES or not value.shape:
        raise RuntimeRefused(
            f"{path} has {value.name} of type {value.type}, which is no tensor of numbers with a batch"
        )
    shape = _read_shape(value)
    return RuntimeEnd(value.name, (*shape[1:], shape[0]) if turned else shape, DTYPES[kind], turned=turned)


def _read_shape(value: Any) -> tuple[int | None, ...]:
    """That of an example: an open size has a name, or none."""
    return tuple([size if isinstance(size, int) and size > 0 else None for size in value.shape[1:]])


def _find_reason(error: Exception) -> str:
    """The message of onnxruntime without its code, in a line."""
    text = " ".join(str(error).split())
    return text.split(" : ", 3)[-1][:300]
