"""A torch program → graph: its operators in order, each by its translation.

An operator without one, or one that asks for what the language has no layer for, stands as an opaque layer of the shape that
the file states, and is remarked. A shape that contradicts the file's refuses the model: one of the two is wrong.
"""

from __future__ import annotations

import os

from cnnspec.base.source import Source
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.archive import read_archive
from cnnspec.model_files.torch.call import Call, Learned
from cnnspec.model_files.torch.numbers import compute_number, computes_number
from cnnspec.model_files.torch.op_defaults import DEFAULTS
from cnnspec.model_files.torch.program import ProgramNode, Reference, Subprogram
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.remarks import find_remarks
from cnnspec.model_files.torch.shapes import SHAPES
from cnnspec.model_files.torch.translations import TRANSLATIONS, find_translated
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.views.graph_builder import GraphBuilder, Place
from cnnspec.model_files.views.tensor import Inexpressible, Tensor
from cnnspec.model_files.views.tensor_layers import finish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.model_files.torch.program import Program, Value

WRAPPERS = (
    "higher_order.wrap_with_set_grad_enabled",
    "higher_order.wrap_with_autocast",
)  # each calls the graph it is given
CHECKS = ("aten._assert_tensor_metadata.default", "aten._assert_scalar.default", "aten.sym_constrain_range_for_size.default",
          "aten.sym_constrain_range.default", "aten._assert_async.msg")  # fmt: skip
"""Operators that yield nothing."""


def read_torch_file(path: str) -> Graph:
    """The graph of a .pt2 file, with the file's name; nodes have the names of their modules. Raises ModelRefused."""
    name = os.path.splitext(os.path.basename(path))[0]
    return convert_program(read_program(path, read_archive(path)), name, path)


def convert_program(program: Program, name: str, path: str) -> Graph:
    """The graph of a program; `path` is where it comes from, in messages. Raises ModelRefused."""
    translator = ProgramTranslator(program, GraphBuilder(name, Source(path, "")))
    try:
        return translator.translate()
    except Damaged as error:
        raise ModelRefused(f"{path} is a damaged .pt2 file: {error}") from error


class ProgramTranslator:
    """Walks a program's nodes. `values` are what their outputs are: tensors, learned values, numbers."""

    def __init__(self, program: Program, builder: GraphBuilder) -> None:
        self.program = program
        self.builder = builder
        self.values: dict[str, Any] = {
            name: Learned(find_shape(weight.value), (weight,)) for name, weight in program.weights.items()
        }
        self.values |= program.constants
        self.computed: set[str] = set()  # weights that are computed of others before a layer uses them
        self.opaque: list[str] = []  # a line for each operator that has no layer

    def translate(self) -> Graph:
        for value in self.program.inputs:
            self.values[value.name] = self.builder.add_input(value.sizes, channels_first=True)
        self._translate_nodes(self.program.nodes, self.values)
        outputs = [self.values[name] for name in self.program.outputs]
        tensors = [value for value in outputs if isinstance(value, Tensor)]
        if not tensors:
            raise ModelRefused(f"{self.builder.source.name}: no output of the model depends on its input")
        try:
            graph = finish(self.builder, tensors)
        except Inexpressible as error:
            raise ModelRefused(f"{self.builder.source.name}: an output cannot be expressed: {error}") from error
        remarks = find_remarks(self.program, self.builder, self.computed, self.opaque)
        graph.remark = "; ".join([text for text in (graph.remark, *remarks) if text])
        return graph

    def _translate_nodes(self, nodes: Sequence[ProgramNode], values: dict[str, Any]) -> None:
        for node in nodes:
            place = node.place
            self.builder.place = Place(node.module, place.file if place else "", place.line if place else 0)
            arguments = {name: resolve(value, values) for name, value in node.arguments.items()}
            made = self._translate(node, arguments)
            results = made if isinstance(made, tuple) else (made,)
            if len(results) < len(node.names):
                raise Damaged(f"{node.target} has {len(node.names)} outputs, and {len(results)} are made")
            for name, value, result in zip(node.names, node.outputs, results, strict=False):
                self._need_stated(node, value, result)
                values[name] = result

    def _translate(self, node: ProgramNode, arguments: dict[str, Any]) -> Any:
        if node.target in WRAPPERS:
            return self._call_graph(node, arguments)
        if computes_number(node):
            try:
                return compute_number(node, arguments)
            except Inexpressible as error:
                raise self._refuse(node, str(error)) from error
        if node.target in CHECKS:
            return tuple([None] * len(node.names))
        if not any(isinstance(value, Tensor) for value in list_values(arguments)):
            return self._compute_learned(node, arguments)
        target = find_translated(node.target)
        try:
            if target is None:
                raise Inexpressible("no layer of the language is this operator")
            call = Call(self.builder, node, DEFAULTS[target] | arguments)
            made = TRANSLATIONS[target](call)
        except Inexpressible as error:
            return self._add_opaque(node, arguments, str(error))
        self.computed.update([weight.name for weight in call.computed])
        return made

    def _call_graph(self, node: ProgramNode, arguments: dict[str, Any]) -> tuple[Any, ...]:
        """What a graph within yields: its inputs are the arguments behind it."""
        given = list(arguments.values())
        inner = next((value for value in given if isinstance(value, Subprogram)), None)
        if inner is None:
            raise Damaged(f"{node.target} has no graph")
        values = dict(zip(inner.inputs, given[given.index(inner) + 1 :], strict=False))
        if len(values) < len(inner.inputs):
            raise Damaged(f"{node.target} has fewer arguments than its graph has inputs")
        self._translate_nodes(inner.nodes, values)
        return tuple([values[name] for name in inner.outputs])

    def _compute_learned(self, node: ProgramNode, arguments: dict[str, Any]) -> tuple[Learned | None, ...]:
        """What is computed of weights and numbers alone: no layer, but a weight of other layers."""
        given = [value for value in list_values(arguments) if isinstance(value, Learned)]
        sources = tuple(dict.fromkeys([id(s) for value in given for s in value.sources]))
        known = {id(s): s for value in given for s in value.sources}
        moved = find_translated(node.target) in SHAPES and len(given) == 1
        computed = not moved or any([value.computed for value in given])
        return tuple(
            [
                Learned(find_shape(value), tuple([known[s] for s in sources]), computed) if value is not None else None
                for value in node.outputs
            ]
        )

    # ---- what has no layer -----------------------------------------------------------------------------------
    def _add_opaque(self, node: ProgramNode, arguments: dict[str, Any], why: str) -> Any:
        raise self._refuse(node, why)

    def _refuse(self, node: ProgramNode, why: str) -> ModelRefused:
        return ModelRefused(f"{self.builder.source.name} cannot be read:", f"{describe_node(node)}: {why}")

    def _need_stated(self, node: ProgramNode, stated: Value | None, made: Any) -> None:
        """Refuses where the file states another shape than comes out here."""
        if stated is None or not isinstance(made, Tensor):
            return
        ours, theirs = made.shape, stated.sizes
        if len(ours) != len(theirs) or any([b is not None and a != b for a, b in zip(ours, theirs, strict=True)]):
            shown = ["x".join(["?" if n is None else str(n) for n in sizes]) for sizes in (ours, theirs)]
            raise self._refuse(
                node, f"its output is {shown[0]} by our formula and {shown[1]} in the file: one is wrong"
            )


def resolve(argument: Any, values: dict[str, Any]) -> Any:
    """An argument with values in the place of references."""
    if isinstance(argument, Reference):
        return values[argument.name]
    if isinstance(argument, tuple):
        return tuple([resolve(item, values) for item in argument])
    return argument


def list_values(arguments: dict[str, Any]) -> list[Any]:
    """The arguments, those in lists too."""
    return [item for value in arguments.values() for item in (value if isinstance(value, tuple) else (value,))]


def find_shape(value: Value) -> tuple[int, ...]:
    return tuple([size or 0 for size in value.sizes])


def describe_node(node: ProgramNode) -> str:
    """An operator by its name and place: layer1.0.conv1 (aten.conv2d.default, model.py:12)."""
    place = f", {node.place.file}:{node.place.line}" if node.place else ""
    return f"{node.module} ({node.target}{place})" if node.module else f"{node.target}{place}"
