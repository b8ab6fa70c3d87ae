"""An ONNX model → graph: its steps in order, each translated by the table of its operator."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager

from cnnspec.base.limits import TooLong, Work
from cnnspec.base.source import Source
from cnnspec.model_files.model_weights import ModelWeights
from cnnspec.model_files.onnx.call import Call, Computed
from cnnspec.model_files.onnx.constant import Constant, make_constant
from cnnspec.model_files.onnx.constants import fold_constants
from cnnspec.model_files.onnx.messages import OnnxGraph, OnnxModel
from cnnspec.model_files.onnx.model_reader import read_model_file
from cnnspec.model_files.onnx.opaque_shapes import find_output_shapes, spell_operator
from cnnspec.model_files.onnx.open_sizes import convert_any_size
from cnnspec.model_files.onnx.operands import LowPadded, refer_to
from cnnspec.model_files.onnx.pattern_finder import PatternFinder
from cnnspec.model_files.onnx.patterns import PATTERNS
from cnnspec.model_files.onnx.remarks import find_remarks
from cnnspec.model_files.onnx.shape_operators import SHAPES
from cnnspec.model_files.onnx.size_operators import SIZES
from cnnspec.model_files.onnx.stated_shapes import StatedShapes, is_channels_last
from cnnspec.model_files.onnx.steps import Inliner, Step, drop_unread
from cnnspec.model_files.onnx.stored_weights import OnnxWeights
from cnnspec.model_files.onnx.value_operators import VALUES
from cnnspec.model_files.onnx.window_operators import WINDOWS
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.graph_builder import GraphBuilder, Place
from cnnspec.model_files.views.opaque_batch import add_opaque_batch
from cnnspec.model_files.views.tensor import Inexpressible, Tensor
from cnnspec.model_files.views.tensor_layers import finish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from cnnspec.graph import Graph

TRANSLATIONS = {**WINDOWS, **VALUES, **SHAPES, **SIZES}
MAX_WORK = 2_000_000  # numbers of constants that are worked out
QUANTISED = ("Quantize", "Dequantize", "DynamicQuantize", "QLinear", "ConvInteger", "MatMulInteger")
SHARED_NAMES = ("Slice", "Split", "Gather", "Concat")  # what they make of a weight is another one


def read_onnx_file(path: str) -> Graph:
    """The graph of an .onnx file, with the file's name. Raises ModelRefused."""
    return convert_model(read_model_file(path), os.path.splitext(os.path.basename(path))[0])


@contextmanager
def open_onnx_file(path: str) -> Iterator[ModelWeights]:
    """An .onnx file and its weights, while it is open. Raises ModelRefused."""
    builders: list[GraphBuilder] = []
    graph = convert_model(read_model_file(path), os.path.splitext(os.path.basename(path))[0], builders)
    made = builders[-1]
    yield ModelWeights(graph, made.weights, OnnxWeights(path).find, tuple(made.differing.values()))


def convert_model(model: OnnxModel, name: str, builders: list[GraphBuilder] | None = None) -> Graph:
    """The graph of a model; `builders` receives what made it, the last. Raises ModelRefused."""

    def convert(size: int | None) -> tuple[Graph, list[list[int]]]:
        converter = OnnxConverter(model, name, size)
        graph = converter.convert()
        if builders is not None:
            builders.append(converter.builder)
        return graph, converter.open_axes

    try:
        return convert(None)[0]
    except OpenSize:
        return convert_any_size(convert)


class OpenSize(Exception):
    """An input's height or width is open."""


class OnnxConverter:
    """Translates the steps of one model. `values`: what each name stands for; `size`: what is taken for an open size."""

    def __init__(self, model: OnnxModel, name: str, size: int | None = None) -> None:
        self.model = model
        self.size = size
        self.open_axes: list[list[int]] = []  # of each input of the graph, those whose size is open
        self.graph = model.graphs[0]
        self.inliner = Inliner(model)
        self.builder = GraphBuilder(name, Source(name, ""))
        self.values: dict[str, Constant | Tensor | LowPadded | tuple[Tensor, ...]] = {}
        self.stated = StatedShapes(self.graph)
        self.work = Work(MAX_WORK)
        self.repeated: set[str] = set()  # constants that several nodes read because exporters keep one of what is alike
        self.read: set[str] = set()  # the names of values that something reads
        self.used: set[str] = set()  # the names of weights that a layer has, of the nodes that were looked at
        self.looked_at = 0
        self.opaque: list[str] = []  # a line for each operator without a layer
        self.modules: set[str] = set()  # paths of modules, which may become names

    def convert(self) -> Graph:
        outputs = [value.name for value in self.graph.outputs]
        if not outputs:
            raise ModelRefused("this model has no output")
        try:
            steps = self._prepare(self.graph, outputs)
            self._add_inputs(steps)
            self._run(steps)
        except TooLong:
            raise ModelRefused("the shapes in this model take too long to be worked out") from None
        tensors = [self._find_output(name) for name in outputs]
        self.builder.remarks += find_remarks(self.graph, self.read, steps, self.opaque, self.builder)
        try:
            graph = finish(self.builder, tensors)
        except Inexpressible as why:
            raise ModelRefused(f"the model's output cannot be expressed: {why}") from None
        for node in graph.nodes:
            if node.site.module not in self.modules:  # the name of an operator alone: Conv_12
                node.name = ""
        return graph

    def _prepare(self, graph: OnnxGraph, outputs: Iterable[str]) -> list[Step]:
        """The steps of a graph that its outputs need, those that are one layer together as one."""
        if graph.quantized or graph.sparse:
            raise ModelRefused("this model is quantised or has sparse weights: read the model that it was made from")
        self.values |= {tensor.name: make_constant(tensor) for tensor in graph.tensors}
        steps = drop_unread(self.inliner.list_steps(graph), outputs)
        for step in steps:
            if step.node.operator.startswith(QUANTISED):
                raise ModelRefused(
                    f"this model is quantised ({step.node.operator}): read the model that it was made from"
                )
        self.read.update([name for step in steps for name in step.node.inputs])
        left = [step for step in steps if not self._fold_early(step)]
        constants = {name: value for name, value in self.values.items() if isinstance(value, Constant)}
        kept = drop_unread(PatternFinder(PATTERNS, left, constants, outputs).rewrite(), outputs)
        reads = Counter([name for step in kept for name in step.node.inputs])
        self.repeated |= {
            name
            for name in reads
            if reads[name] > 1 and name in constants and constants[name].is_weight and constants[name].is_uniform()
        }
        self.read.update(reads, outputs)
        return kept

    def _fold_early(self, step: Step) -> bool:
        """Work a step out that reads constants alone, so that patterns see their values."""
        if step.node.operator == "CastLike":  # what it is made like may be computed
            step = step.replace(node=step.node.replace(inputs=step.node.inputs[:1]))
        inputs = [self.values.get(name) for name in step.node.inputs if name]
        if not all([isinstance(value, Constant) for value in inputs]) or not step.is_standard:
            return False
        try:
            return self._fold(self._make_call(step))
        except Computed:
            return False

    def _add_inputs(self, steps: list[Step]) -> None:
        for value in self.graph.inputs:
            if value.name in self.values:
                continue  # a weight: older files list these too
            if value.shape is None:
                raise ModelRefused(f"the input {value.name} has no shape in this file")
            first = not is_channels_last(value, steps, self.values, self.model.producer)
            self.builder.place = Place(value.name)
            self.values[value.name] = self.builder.add_input(self._fill_sizes(value.shape, first), channels_first=first)
        if not self.builder.graph.inputs:
            raise ModelRefused("this model has no input")

    def _fill_sizes(self, shape: Sequence[int | str | None], channels_first: bool) -> list[int | None]:
        """A shape with numbers for the open sizes of a map, and None for the others."""
        sizes = [n if isinstance(n, int) else None for n in shape]
        space = range(2, len(shape)) if channels_first else range(1, len(shape) - 1)
        axes = [axis for axis in space if sizes[axis] is None]
        if axes and self.size is None:
            raise OpenSize
        for axis in axes:
            sizes[axis] = self.size
        self.open_axes.append([axis - space.start for axis in axes])
        return sizes

    # ---- steps -------------------------------------------------------------------------------------------------
    def _run(self, steps: list[Step]) -> None:
        for step in steps:
            origin = step.origin
            if origin.module:
                self.modules.add(origin.module)
            file, line = origin.place or ("", 0)
            self.builder.place = Place(origin.module or step.node.name, file, line)
            self._run_step(step)

    def _run_step(self, step: Step) -> None:
        call = self._make_call(step)
        if step.node.operator == "If" and step.is_standard:
            self._choose(call)
            return
        try:
            if all([value is None or isinstance(value, Constant) for value in call.inputs]) and self._fold(call):
                return
            self._set_outputs(call, self._translate(step, call))
        except (Inexpressible, Computed) as why:
            self._add_opaque(call, str(why))

    def _make_call(self, step: Step) -> Call:
        missing = [name for name in step.node.inputs if name and name not in self.values]
        call = Call(
            step.node, step.opset, tuple([self._find_value(step, name) for name in step.node.inputs]), step.attributes
        )
        if missing:
            raise ModelRefused(f"{call.where}: it reads {missing[0]!r}, which nothing before it makes")
        return call

    def _find_value(self, step: Step, name: str) -> Constant | Tensor | LowPadded | tuple[Tensor, ...] | None:
        """What a node reads. Ones and zeros that several read are the beginnings of as many weights, not one weight."""
        value = self.values.get(name)
        if name in self.repeated and isinstance(value, Constant):
            return value.rename(f"{name} of {step.node.outputs[0]}")
        return value

    def _fold(self, call: Call) -> bool:
        """Work out an operator on constants; False for one that is not worked out."""
        found = fold_constants(call, self.work)
        if found is None:
            return False
        if call.node.operator in SHARED_NAMES:
            names = call.node.outputs
            found = [part.rename(name) if part.name else part for part, name in zip(found, names, strict=False)]
        self._set_outputs(call, found)
        return True

    def _translate(self, step: Step, call: Call) -> Any:
        translate = TRANSLATIONS.get(step.node.operator) if step.is_standard else None
        if translate is None:
            domain = "" if step.is_standard else f" of {step.node.domain}"
            raise Inexpressible(f"no layer of the language is ONNX's {step.node.operator}{domain}")
        try:
            return translate(self.builder, call)
        except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
            raise ModelRefused(f"{call.where}: its inputs and attributes do not go with each other") from None

    def _set_outputs(self, call: Call, found: Any) -> None:
        """Keep what an operator yields, where it does not contradict the file."""
        outputs = found if isinstance(found, list) else [found]
        for name, value in zip(call.node.outputs, outputs, strict=False):
            if isinstance(value, Tensor):
                self.stated.check(call, name, value.shape)
            self.values[name] = value

    def _add_opaque(self, call: Call, why: str) -> None:
        """A layer of which only the output's shape is known. Weights that nothing has used before are its own."""
        tensors = [value for value in call.inputs if isinstance(value, Tensor)]
        names = [name for name in call.node.outputs if name in self.read]
        shapes = find_output_shapes(call, self.stated, names, self.builder.batch)
        if not tensors or not names or shapes is None:
            raise ModelRefused(f"{call.where}: {why}")
        weights = [refer_to(call, value) for value in call.inputs if isinstance(value, Constant) and value.is_weight]
        own = [weight for weight in weights if weight.name not in self._find_used_weights()]
        for name, shape in zip(names, shapes, strict=True):
            try:
                self.values[name] = add_opaque_batch(self.builder, spell_operator(call), tensors, shape, own)
            except Inexpressible as error:
                raise ModelRefused(f"{call.where}: {why}, and {error}") from error
            own = []
        self.opaque.append(f"{call.where}: {why}")

    def _find_used_weights(self) -> set[str]:
        """The names of the weights that a layer has so far."""
        made = len(self.builder.graph.nodes)
        for index in range(self.looked_at, made):
            self.used.update([weight.name for weight in self.builder.weights.get(index, ())])
        self.looked_at = made
        return self.used

    def _choose(self, call: Call) -> None:
        """Run the branch of an If that its condition, a constant, chooses."""
        condition = call.given(0)
        chosen = condition.value if isinstance(condition, Constant) else None
        if chosen is None:
            raise ModelRefused(f"{call.where}: which branch is taken depends on the network's input")
        branch = call.attributes.get("then_branch" if chosen else "else_branch")
        if not isinstance(branch, OnnxGraph):
            raise ModelRefused(f"{call.where}: it has no such branch")
        outputs = [value.name for value in branch.outputs]
        self._run(self._prepare(branch, outputs))
        for name, inner in zip(call.node.outputs, outputs, strict=False):
            if inner not in self.values:
                raise ModelRefused(f"{call.where}: its branch yields {inner!r}, which nothing makes")
            self.values[name] = self.values[inner]

    def _find_output(self, name: str) -> Tensor:
        found = self.values.get(name)
        if not isinstance(found, Tensor):
            what = "which nothing makes" if found is None else "which does not depend on its input"
            raise ModelRefused(f"the model's output is {name!r}, {what}")
        return found
