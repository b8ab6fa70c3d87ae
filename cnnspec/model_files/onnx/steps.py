"""The steps of a model, in order: its nodes, with the functions that the file defines put in place of their uses."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import brief
from cnnspec.model_files.onnx.call import describe_node, read_attributes
from cnnspec.model_files.onnx.messages import OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxOpset
from cnnspec.model_files.onnx.origins import Origin, find_origin
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

MAX_STEPS = 20_000  # twenty times those of the largest CNNs
MAX_NESTING = 50  # of functions in functions
OPSETS = (9, 28)  # the first and the last that are read
STANDARD = ("", "ai.onnx")  # the domain of ONNX's own operators


class Step(Record):
    """A node to be translated: the names of its values are those of the whole model."""

    node: OnnxNode
    opset: int
    attributes: dict[str, Any]
    origin: Origin

    @property
    def is_standard(self) -> bool:
        """Whether its operator is one of ONNX's own."""
        return self.node.domain in STANDARD


class Inliner:
    """Lists the steps of a graph, and of the functions that it uses."""

    def __init__(self, model: OnnxModel) -> None:
        self.functions = {(f.domain, f.name, f.overload): f for f in model.functions}
        self.opset = find_opset(model.opsets)
        self.count = 0
        self.uses = 0

    def list_steps(self, graph: OnnxGraph) -> list[Step]:
        steps: list[Step] = []
        for node in graph.nodes:
            self._add(steps, node, self.opset, None, 0)
        return steps

    def _add(self, steps: list[Step], node: OnnxNode, opset: int, use: FunctionUse | None, depth: int) -> None:
        """Add the step of a node, or those of the function that it uses; `use`: of the function that it stands in."""
        attributes = read_attributes(node, use.attributes if use else None)
        origin = find_origin(node)
        if use is not None:
            node = use.rename(node)
            origin = origin or use.origin
        function = self.functions.get((node.domain, node.operator, node.overload))
        if function is None:
            self._take(1)
            steps.append(Step(node, opset, attributes, origin))
            return
        if depth >= MAX_NESTING:
            raise ModelRefused(f"functions use functions more than {MAX_NESTING} deep in this file, or themselves")
        self._take(1 + len(function.outputs))
        self.uses += 1
        inner = FunctionUse(function, node, attributes, origin, self.uses)
        own = find_opset(function.opsets, opset)
        for part in function.nodes:
            self._add(steps, part, own, inner, depth + 1)
        steps.extend(inner.name_outputs(own))

    def _take(self, count: int) -> None:
        """Count some steps."""
        self.count += count
        if self.count > MAX_STEPS:
            raise ModelRefused(f"this model has more than {MAX_STEPS:,} nodes: it is no convolutional network")


class FunctionUse:
    """One use of a function: what its names become in the model."""

    def __init__(
        self, function: OnnxFunction, node: OnnxNode, attributes: dict[str, Any], origin: Origin, number: int
    ) -> None:
        if len(node.inputs) > len(function.inputs) or len(node.outputs) > len(function.outputs):
            raise ModelRefused(f"{describe_node(node)}: it uses a function with other inputs or outputs than it has")
        defaults = {a.name: a.value for a in function.defaults if a.value is not None}
        self.attributes = {**defaults, **attributes}
        self.origin = origin
        self.prefix = f"{brief(node.name, 40)}/{number}/"
        self.names = dict.fromkeys(function.inputs, "") | dict(zip(function.inputs, node.inputs, strict=False))
        self.outputs = [(inner, outer) for inner, outer in zip(function.outputs, node.outputs, strict=False) if outer]

    def rename(self, node: OnnxNode) -> OnnxNode:
        inputs, outputs = tuple(map(self.find_name, node.inputs)), tuple(map(self.find_name, node.outputs))
        return node.replace(inputs=inputs, outputs=outputs, name=self.prefix + node.name)

    def find_name(self, name: str) -> str:
        """The name in the model of a value in the function."""
        return name and self.names.setdefault(name, self.prefix + name)

    def name_outputs(self, opset: int) -> Iterable[Step]:
        """Steps that give the function's outputs the names that they have outside."""
        for inner, outer in self.outputs:
            node = OnnxNode(self.prefix, "Identity", inputs=(self.find_name(inner),), outputs=(outer,))
            yield Step(node, opset, {}, self.origin)


def find_opset(opsets: tuple[OnnxOpset, ...], default: int = 0) -> int:
    """The version of ONNX's own operators. Raises ModelRefused for one that is not read."""
    found = max([o.version for o in opsets if o.domain in STANDARD], default=default)
    first, last = OPSETS
    if not found:
        raise ModelRefused("the model does not state the opset of its operators")
    if not first <= found <= last:
        say = f"this model is of opset {found}, and opsets {first} to {last} are read"
        raise ModelRefused(f"{say}: onnx.version_converter changes it, and exporters take it as an argument")
    return found


def drop_unread(steps: list[Step], wanted: Iterable[str]) -> list[Step]:
    """The steps that some values depend on."""
    read = set(wanted)
    kept = []
    for step in reversed(steps):
        if not read.isdisjoint(step.node.outputs):
            kept.append(step)
            read.update(step.node.inputs)
            for value in step.attributes.values():
                if isinstance(value, OnnxGraph):
                    read.update(find_outer_names(value))
    return kept[::-1]


def find_outer_names(graph: OnnxGraph) -> set[str]:
    """The names of all values that a graph inside a node may read from around it."""
    found = {value.name for value in graph.outputs}
    for node in graph.nodes:
        found.update(node.inputs)
        for attribute in node.attributes:
            if attribute.graph is not None:
                found |= find_outer_names(attribute.graph)
    return found
