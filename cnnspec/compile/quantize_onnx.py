"""An ONNX model in narrower numbers: int8 by onnxruntime's static quantiser, float16 by its converter."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compile.export_options import ExportOptions


def quantize_onnx(proto: Any, options: ExportOptions) -> Any:
    """The model with the numbers that the options ask for; it takes and yields float32 as before.

    int8 has pairs of QuantizeLinear and DequantizeLinear around what is computed (QDQ), a scale a channel for weights, and
    ranges of the least and the highest value that the examples bring.
    """
    with _unheard():
        if options.quantize == "float16":
            from onnxruntime.transformers.float16 import convert_float_to_float16
            from onnxruntime.transformers.onnx_model import OnnxModel

            made = OnnxModel(convert_float_to_float16(proto, keep_io_types=True))
            made.topological_sort()  # the casts of inputs stand last
            return made.model
        return _quantize_to_int8(proto, options)


def _quantize_to_int8(proto: Any, options: ExportOptions) -> Any:
    import onnx
    from onnx.helper import tensor_dtype_to_np_dtype
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Examples(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            ends = [(value.name, value.type.tensor_type.elem_type) for value in proto.graph.input]
            dtypes = [tensor_dtype_to_np_dtype(kind) for _, kind in ends]
            self.batches = options.list_batches([name for name, _ in ends], dtypes)

        def get_next(self) -> Any:
            return next(self.batches, None)

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "int8.onnx")
        quantize_static(
            proto, path, Examples(), QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        return onnx.load(path)


@contextmanager
def _unheard() -> Iterator[None]:
    """Without what onnxruntime's tools log, such as advice to optimise a model first."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
