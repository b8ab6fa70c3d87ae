"""The uses of Keras layers and operations on tensors → nodes of the tape, each proved as those of model files are."""

from __future__ import annotations

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.size import Size
from cnnspec.model_files import find_layers, mark_tensor, name_as_keras
from cnnspec.python_source.keras.problems import blur, explain
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.values import find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.model_files import FoundLayer
    from cnnspec.python_source.keras.problems import Mistake
    from cnnspec.python_source.machine import Machine


class Placement:
    """One use on its way to the tape: of a Keras class, on tensors that stand in its arguments, at a site."""

    def __init__(
        self, kind: str, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site,
        owner: Any = None, name: str = "",
    ) -> None:  # fmt: skip
        self.kind, self.machine, self.node, self.site = kind, machine, node, site
        self.arguments, self.keywords, self.owner, self.name = arguments, keywords, owner, name
        self.tensors = find_tensors([arguments, keywords])
        self.shapes = tuple([tensor.node.shape for tensor in self.tensors])
        self.mistake: Mistake | None = None

    # ---- nodes ---------------------------------------------------------------------------------------------
    def add(self, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, part: int = 0) -> TensorValue:
        label = (layer.label or layer.names[0]) if layer is not None else name_as_keras(self.kind)
        node = self.machine.tape.add(layer, inputs, shape, label, self.site, self.kind)
        node.owner, node.part, node.name = self.owner, part, self.name
        return TensorValue(node)

    def add_layer(self, layer: Layer) -> TensorValue:
        """A layer that is known without a proof."""
        shapes = tuple([shape for shape in self.shapes if shape is not None])
        return self.add(layer, self.list_inputs(), layer.output(shapes))

    def give_up(self, why: str, shape: Shape | None = None) -> TensorValue:
        """A node without a layer: the reason is listed among what is not known, "" where it is listed elsewhere."""
        if why:
            self.machine.make_unknown(why, self.node)
        made = self.add(None, self.list_inputs(), shape)
        made.node.cause = find_unknown([self.arguments, self.keywords])
        return made

    def list_inputs(self) -> tuple[int, ...]:
        return tuple([tensor.node.index for tensor in self.tensors])

    # ---- the proof -------------------------------------------------------------------------------------------
    def find(self, saved: dict[str, Any], doubt: bool = False, softer: dict[str, Any] | None = None) -> TensorValue:
        """The output of the layers that the use comes to; in doubt with a `softer` config, where there are none with its own.
        A mistake is left in `mistake`, for whoever knows its place."""
        if find_unknown([self.arguments, self.keywords]) is not None or None in self.shapes:
            return self.give_up("")
        if len(self.machine.tape.nodes) >= MAX_LAYERS:
            return self.give_up(f"there are more than {MAX_LAYERS:,} uses of layers")
        if not is_savable([self.arguments, self.keywords]):
            return self.give_up(f"{self.kind} is called with what is not known here")
        count = iter(range(len(self.tensors)))
        arguments = tuple([self.save(argument, count) for argument in self.arguments])
        keywords = self.save_keywords(count)
        found = find_layers(saved, arguments, keywords, self.shapes)
        if found[-1].layer is None and softer is not None:
            others = find_layers({**saved, "config": softer}, arguments, keywords, self.shapes)
            if others[-1].layer is not None:
                found, doubt = others, True
        return self.place(found, doubt)

    def place(self, found: list[FoundLayer], doubt: bool) -> TensorValue:
        nodes = list(self.list_inputs())
        result: TensorValue | None = None
        for part, step in enumerate(found):
            shapes = tuple(
                [shape for i in step.inputs if (shape := self.machine.tape.nodes[nodes[i]].shape) is not None]
            )
            if step.problem is not None and step.layer is not None and step.shape is None:
                self.note_problem(step, shapes)
            if step.layer is None and step.why:
                reason = "" if step.why.startswith("no layer of the language") else f": {step.why}"
                self.machine.make_unknown(f"{self.kind} has no layer here{reason}", self.node)
            layer = step.layer if step.shape is not None or self.mistake is not None else None
            result = self.add(layer, tuple([nodes[i] for i in step.inputs]), step.shape, part)
            result.node.doubt = doubt
            nodes.append(result.node.index)
        assert result is not None
        return result

    def note_problem(self, step: FoundLayer, shapes: tuple[Shape, ...]) -> None:
        """The mistake that a problem is, where Keras sees it too, which knows less of sizes."""
        assert step.layer is not None and step.problem is not None
        problem = step.problem
        if any([isinstance(size, Size) for shape in shapes for size in shape]) and problem.code != "E107":
            blurred = step.layer.problem(blur(shapes))
            if blurred is None or blurred.code != problem.code or problem.code == "E110":
                self.machine.make_unknown(f"what {self.kind} gives for sizes that are not known", self.node)
                return
        self.mistake = explain(problem, step.layer, self.kind, shapes)
        if self.mistake is None:
            self.machine.make_unknown(f"{self.kind} on these shapes has no layer here", self.node)

    # ---- as Keras saves it -----------------------------------------------------------------------------------
    def save(self, value: Any, count: Any) -> Any:
        """A value with the tensors as a model file has them."""
        if isinstance(value, TensorValue):
            number = next(count)
            shape = self.shapes[number]
            sizes = None if shape is None else [None, *[None if isinstance(n, Size) else n for n in shape]]
            return mark_tensor(number, sizes)
        if isinstance(value, dict):
            return {key: self.save(value[key], count) for key in sorted(value, key=str)}
        if isinstance(value, (tuple, list)):
            return [self.save(part, count) for part in value]
        return save_index(value)

    def save_keywords(self, count: Any) -> dict[str, Any]:
        return {key: self.save(value, count) for key, value in sorted(self.keywords.items())}


def save_index(value: Any) -> Any:
    """A slice or ... as Keras saves it."""
    if isinstance(value, slice):
        return {"class_name": "__slice__", "config": {"start": value.start, "stop": value.stop, "step": value.step}}
    return {"class_name": "__ellipsis__", "config": {}} if value is ... else value


def is_savable(value: Any) -> bool:
    """Whether a value holds nothing but tensors and plain values."""
    if isinstance(value, (tuple, list)):
        return all([is_savable(part) for part in value])
    if isinstance(value, dict):
        return all([is_savable(part) for part in value.values()])
    return isinstance(value, TensorValue) or is_known(value)
