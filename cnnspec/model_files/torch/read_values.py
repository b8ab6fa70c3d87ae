"""Shapes and dtypes of a saved program's tensors, by their names.

A size is open where the program was exported for any: then the file has an expression in symbols, and the size that it
was exported with.
"""

from __future__ import annotations

import re

from cnnspec.base.limits import MAX_VALUES
from cnnspec.model_files.torch.program import Value
from cnnspec.model_files.torch.typed_json import Damaged, take, take_objects, take_union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_AXES = 16
SYMBOL = re.compile(r"\b[su]\d+\b")  # torch calls open sizes s0, s77; those that depend on data u0
DTYPES = {  # torch's numbers for them in its files
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
    9: "complex32", 10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16", 29: "float8_e4m3fn",
    30: "float8_e5m2", 31: "float8_e4m3fnuz", 32: "float8_e5m2fnuz", 33: "float8_e8m0fnu", 34: "uint32", 35: "uint64",
}  # fmt: skip


class ValueTable:
    """The tensors of one graph. `batch` are the symbols that an open batch depends on; graphs inside share it."""

    def __init__(self, saved: dict[str, Any], batch: set[str]) -> None:
        self.saved = saved
        self.batch = batch

    def __contains__(self, name: str) -> bool:
        return name in self.saved

    def read_value(self, name: str) -> Value:
        saved = take(self.saved, name, dict, "tensor_values")
        sizes = take_objects(saved, "sizes", name)
        if len(sizes) > MAX_AXES:
            raise Damaged(f"{name} has {len(sizes)} axes, and {MAX_AXES} are the most")
        return Value(name, tuple([self._read_size(size, name) for size in sizes]), read_dtype(saved.get("dtype")))

    def needs_gradient(self, name: str) -> bool:
        """Whether a tensor's requires_grad is stated as true, or not stated."""
        return take(self.saved, name, dict, "tensor_values").get("requires_grad") is not False

    def _read_size(self, saved: dict[str, Any], name: str) -> int | None:
        """A size: None where it depends on the batch, the size at export where it is open otherwise."""
        where = f"a size of {name}"
        kind, size = take_union(saved, where)
        if kind == "as_expr" and type(size) is dict:
            symbols = set(SYMBOL.findall(take(size, "expr_str", str, where)))
            hint = size.get("hint")
            if symbols & self.batch or hint is None:
                return None
            kind, size = take_union(hint, where)
        if kind != "as_int" or type(size) is not int or not 0 <= size <= MAX_VALUES:
            raise Damaged(f"{where} is not a whole number from 0 to {MAX_VALUES}")
        return size

    def find_open_axes(self, name: str) -> list[int]:
        """The axes of a tensor whose sizes are expressions."""
        sizes = take_objects(take(self.saved, name, dict, "tensor_values"), "sizes", name)
        return [axis for axis, size in enumerate(sizes) if "as_expr" in size]

    def note_batch(self, name: str) -> None:
        """Note the symbols of an input's first axis, where that is open."""
        sizes = take_objects(take(self.saved, name, dict, "tensor_values"), "sizes", name)
        if sizes:
            kind, size = take_union(sizes[0], f"a size of {name}")
            if kind == "as_expr" and type(size) is dict:
                self.batch.update(SYMBOL.findall(take(size, "expr_str", str, f"a size of {name}")))


def read_dtype(saved: Any) -> str:
    """The name of a dtype, "" for one that is not known."""
    if isinstance(saved, str):
        return saved.lower()
    return DTYPES.get(saved, "") if type(saved) is int else ""
