"""One use of an operator, as a translation sees it: its inputs, and its attributes with their defaults."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.attribute_defaults import find_default
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.messages import OnnxNode
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


MAX_LIST = 256  # numbers that say how an operator works: axes, sizes, parts


class Call(Record):
    """A node of the file with the values of its inputs: constants, tensors that are computed, and None for those left out.

    Many attributes became inputs in a later opset; `integers_at` and its kin take both.
    """

    node: OnnxNode
    opset: int
    inputs: tuple[Any, ...]
    attributes: dict[str, Any]

    @property
    def where(self) -> str:
        """The node in words, for messages."""
        return describe_node(self.node)

    def given(self, position: int) -> Any:
        """An input, None where it is left out."""
        return self.inputs[position] if position < len(self.inputs) else None

    def only(self, count: int) -> Call:
        """The same with its first inputs alone."""
        return self.replace(inputs=self.inputs[:count])

    # ---- attributes --------------------------------------------------------------------------------------------
    def integer(self, name: str) -> int:
        return int(self._attribute(name, int))

    def number(self, name: str) -> float:
        return float(self._attribute(name, float))

    def word(self, name: str) -> str:
        return str(self._attribute(name, str))

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A list of integers, None where it is not stated."""
        return self._attribute(name, tuple) if name in self.attributes else None

    def _attribute(self, name: str, kind: type) -> Any:
        found = self.attributes.get(name)
        if found is None:
            found = find_default(self.node.operator, name, self.opset)
        if type(found) is int and kind is float:
            found = float(found)
        if type(found) is not kind:
            raise ModelRefused(f"{self.where}: its attribute {name} is {found!r}")
        return found

    # ---- attributes that may be inputs --------------------------------------------------------------------------
    def integers_at(self, name: str, position: int) -> tuple[int, ...] | None:
        """A list of integers that is an attribute or an input; None where it is neither."""
        values = self._values_at(name, position)
        if values is not None and len(values) > MAX_LIST:
            raise ModelRefused(f"{self.where}: its {name} are {len(values)} numbers, more than it can have")
        if values is None or all([not isinstance(v, (float, str)) for v in values]):
            return values
        raise ModelRefused(f"{self.where}: its {name} are {values!r}")

    def number_at(self, name: str, position: int) -> Any:
        """A number that is an attribute or an input; None where it is neither."""
        found = self._values_at(name, position)
        if found is None:
            return None
        if len(found) != 1:
            raise ModelRefused(f"{self.where}: its {name} is {found!r}")
        return found[0]

    def _values_at(self, name: str, position: int) -> tuple[Any, ...] | None:
        stated = self.attributes.get(name)
        if stated is not None:
            return stated if isinstance(stated, tuple) else (stated,)
        found = self.given(position)
        if found is None:
            return None
        if not isinstance(found, Constant):
            raise Computed(f"its {name} is computed from the network's input")
        if found.values is None:
            raise Computed(f"its {name} is not in the file")
        return found.values


class Computed(Exception):
    """Something is computed, or not in the file, that must be known to translate an operator."""


def describe_node(node: OnnxNode) -> str:
    """A node by its name, or its output's, and its operator: /layer1/conv1/Conv (Conv)."""
    return f"{node.name or next(iter(node.outputs), '')} ({node.operator})"


def read_attributes(node: OnnxNode, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """The attributes of a node by name; `given`: in a function, those of its caller."""
    found: dict[str, Any] = {}
    for attribute in node.attributes:
        if attribute.name in found:
            raise ModelRefused(f"{describe_node(node)}: it states its attribute {attribute.name} twice")
        value = (given or {}).get(attribute.reference) if attribute.reference else attribute.value
        if value is not None:
            found[attribute.name] = value
    return found
