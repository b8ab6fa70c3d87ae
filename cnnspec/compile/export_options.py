"""How a model is written for another runtime: in which numbers, for which batch, and what the file says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

SMALL = (
    "litert",
    "header",
    "onnx",
)  # the formats whose numbers may be narrower than the model's, and whose batch may be fixed
OPSETS = range(13, 19)  # that tf2onnx writes, and in which a scale a channel can be said
WIDTHS = ("int8", "float16")


class ExportOptions(Record):
    """`quantize` is one of WIDTHS, "" for the model's own numbers; int8 takes its ranges from `examples`, an array (N, …) an input.
    `opset` is that of an ONNX file, `batch` the only number of examples that the file takes at once. `metadata` is text under
    names."""

    metadata: Mapping[str, str] = {}
    quantize: str = ""
    examples: tuple[Array, ...] = ()
    opset: int | None = None
    batch: int | None = None

    def list_batches(self, names: Sequence[str], dtypes: Sequence[Any]) -> Iterator[dict[str, Array]]:
        """All examples, as many at once as the file takes, by the names of its inputs and in their numbers; the last batch is filled
        up with the first ones."""
        import numpy as np

        step, count = self.batch or 1, len(self.examples[0])
        for start in range(0, count, step):
            rows = np.arange(start, start + step) % count
            ends = zip(names, dtypes, self.examples, strict=True)
            yield {name: array[rows].astype(dtype) for name, dtype, array in ends}


PLAIN = ExportOptions()  # the model as it is


def find_misfit(format: str, options: ExportOptions) -> str:
    """What a format cannot do of what is asked for, in a sentence; "" where it can."""
    if options.quantize and format not in SMALL:
        return f"--quantize is for .tflite, .h and .onnx files, and {format} keeps the model's own numbers"
    if options.batch is not None and format not in SMALL:
        return f"--batch is for .tflite, .h and .onnx files, and {format} takes any batch"
    if options.opset is not None and format != "onnx":
        return "--opset is for .onnx files"
    if options.opset is not None and options.opset not in OPSETS:
        return f"--opset takes {OPSETS[0]} to {OPSETS[-1]}, not {options.opset}"
    return ""
