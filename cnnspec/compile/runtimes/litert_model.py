"""A model in a LiteRT file, which LiteRT's interpreter computes on the CPU, with its own operations alone."""

from __future__ import annotations

import os
import re
import warnings
from typing import TYPE_CHECKING, Any

from cnnspec.compile.backend import MissingExtra, silenced
from cnnspec.compile.runtimes.litert_file import holds_int8, list_custom_operations, read_metadata, read_model
from cnnspec.compile.runtimes.model import RuntimeEnd, RuntimeModel, RuntimeRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

ACTIVATIONS = {25: "softmax", 14: "sigmoid"}  # LiteRT's numbers of operations
SAME_VALUES = {114, 6, 22, 43, 53, 70}  # quantize, dequantize, reshape, squeeze, cast, expand_dims


class LitertModel(RuntimeModel):
    """`data` are the bytes of a LiteRT file, None: those at the path. `delegated`, None: where no number is of int8: XNNPACK computes,
    as LiteRT does by itself; it is faster, and mistakes some products of int8 whose zero is no 0, which LiteRT's own kernels do not.
    `metadata`, None: what the file at the path says of itself.

    Raises RuntimeRefused for a file that LiteRT cannot open; MissingExtra without it.
    """

    runtime = "LiteRT"

    def __init__(
        self, path: str, data: bytes | None = None, delegated: bool | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        if data is None:
            with open(path, "rb") as file:
                data = file.read()
        if data[4:8] != b"TFL3":
            raise RuntimeRefused(f"{path} is no LiteRT file")
        module = import_interpreter()
        kinds = module.OpResolverType
        try:
            with silenced(), warnings.catch_warnings(action="ignore"):
                self.interpreter = module.Interpreter(model_content=data)  # which checks the file
                model = read_model(data)
                if delegated is False or (delegated is None and holds_int8(model)):
                    self.interpreter = module.Interpreter(
                        model_content=data, experimental_op_resolver_type=kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
                    )
        except MemoryError:
            raise
        except Exception as error:
            raise RuntimeRefused(f"LiteRT cannot open {path}: {' '.join(str(error).split())[:300]}") from error
        if foreign := list_custom_operations(model):
            raise RuntimeRefused(f"{path} needs the operation {foreign[0]}, which is not LiteRT's own")
        self.metadata = read_metadata(path) if metadata is None else metadata
        inputs, outputs = self._order_ends()
        self.places = [one["index"] for one in inputs.values()], [one["index"] for one in outputs.values()]
        self.inputs = tuple([_read_end(name, one) for name, one in inputs.items()])
        self.outputs = tuple([_read_end(name, one) for name, one in outputs.items()])
        self.activations = tuple([_find_activation(model, place) for place in self.places[1]])
        sizes = [_read_signature(one)[:1] for one in inputs.values()]
        self.batch = next((size[0] for size in sizes if size and size[0] > 0), None)
        if any(not size for size in sizes):
            raise RuntimeRefused(f"{path} has an input without a batch")
        self.shapes: list[tuple[int, ...]] = []

    def _order_ends(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The ends in the order of the model that was written, by the names of its signature."""
        signatures = list(self.interpreter.get_signature_list())
        if not signatures:
            return tuple(  # type: ignore[return-value]
                {one["name"]: one for one in side}
                for side in (self.interpreter.get_input_details(), self.interpreter.get_output_details())
            )
        runner = self.interpreter.get_signature_runner(signatures[0])
        inputs, outputs = runner.get_input_details(), runner.get_output_details()
        named = read_names(self.metadata.get("inputs"))
        if named is not None and set(named) == set(inputs):
            inputs = {name: inputs[name] for name in named}
        outputs = {name: outputs[name] for name in sorted(outputs, key=_sort_output)}
        named = read_names(self.metadata.get("outputs"))
        if named is not None and len(named) == len(outputs):
            outputs = dict(zip(named, outputs.values(), strict=True))
        return inputs, outputs

    def order_ends_by_number(self) -> tuple[list[RuntimeEnd], list[RuntimeEnd]]:
        """The inputs and the outputs in the file's own order, in which an interpreter numbers them: input(0), input(1)."""
        inputs, outputs = (
            dict(zip(at, ends, strict=True)) for at, ends in zip(self.places, (self.inputs, self.outputs), strict=True)
        )
        own = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        return [inputs[one["index"]] for one in own[0]], [outputs[one["index"]] for one in own[1]]

    def compute(self, given: Sequence[Array]) -> list[Array]:
        shapes = [array.shape for array in given]
        with silenced():
            if shapes != self.shapes:
                for place, shape in zip(self.places[0], shapes, strict=True):
                    self.interpreter.resize_tensor_input(place, shape)
                self.interpreter.allocate_tensors()
                self.shapes = shapes
            for place, array in zip(self.places[0], given, strict=True):
                self.interpreter.set_tensor(place, array)
            self.interpreter.invoke()
        return [self.interpreter.get_tensor(place) for place in self.places[1]]


def import_interpreter() -> Any:
    """The module of the interpreter, on its own or as TensorFlow still carries it. Raises MissingExtra where there is neither."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        from ai_edge_litert import interpreter
    except ImportError:
        try:
            with silenced():
                from tensorflow.lite.python import interpreter
        except ImportError as error:
            raise MissingExtra("LiteRT is not installed; .tflite files need it", "keras") from error
    return interpreter


def read_names(text: str | None) -> list[str] | None:
    """Names in a JSON list; None for anything else."""
    import json

    try:
        found = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    right = isinstance(found, list) and all(isinstance(name, str) for name in found) and len(set(found)) == len(found)
    return found if right else None


def _sort_output(name: str) -> tuple[str, int]:
    """output_2 before output_10."""
    found = re.fullmatch(r"(.*?)(\d*)", name)
    assert found is not None
    return found[1], int(found[2] or 0)


def _read_signature(details: Any) -> tuple[int, ...]:
    return tuple(details.get("shape_signature", details["shape"]).tolist())


def _read_end(name: str, details: Any) -> RuntimeEnd:
    import numpy as np

    shape = tuple([size if size > 0 else None for size in _read_signature(details)[1:]])
    scale, zero = details["quantization"]
    return RuntimeEnd(name, shape, np.dtype(details["dtype"]).name, float(scale), int(zero))


def _find_activation(model: Any, place: int) -> str:
    """The function that an output has passed through last: "softmax", "sigmoid", else "linear"."""
    graph = model.Subgraphs(0)
    makers: dict[int, Any] = {}
    for number in range(graph.OperatorsLength()):
        operation = graph.Operators(number)
        makers |= dict.fromkeys(operation.OutputsAsNumpy().tolist(), operation)
    for _ in range(graph.OperatorsLength()):
        operation = makers.get(place)
        if operation is None:
            break
        code = model.OperatorCodes(operation.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind in ACTIVATIONS:
            return ACTIVATIONS[kind]
        if kind not in SAME_VALUES:
            break
        place = operation.Inputs(0)
    return "linear"
