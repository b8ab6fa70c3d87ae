"""A picture of PIL, by its size and mode."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue, find_method
from cnnspec.python_source.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.machine import Machine

MODES = {"L": 1, "RGB": 3, "RGBA": 4}


class PictureValue(Value):
    """A picture of PIL; its mode is "" where it is not known."""

    __slots__ = ("height", "mode", "width")

    def __init__(self, height: int | None, width: int | None, mode: str) -> None:
        self.height, self.width, self.mode = height, width, mode

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        known = {"height": self.height, "width": self.width, "mode": self.mode or None}
        if known.get(name) is not None:
            return known[name]
        if name == "size" and None not in (self.width, self.height):
            return self.width, self.height
        return find_method(self, "PIL.Image.Image", name, machine) or super().get_attribute(name, machine, node)

    def describe(self) -> str:
        return "a picture"

    def to_array(self) -> ArrayValue:
        """np.array(picture): a grey one has no axis of channels."""
        shape = None if self.mode not in MODES else (self.height, self.width, MODES[self.mode])
        return ArrayValue(shape[:2] if shape is not None and self.mode == "L" else shape, "uint8")
