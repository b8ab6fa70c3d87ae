"""A saved Keras model → graph. Nothing is dropped in silence: a layer that cannot be expressed is refused by name.

Each Keras call becomes the layer that claims it (`Layer.from_keras`), if the layer proves it: it must become the same call
again, argument by argument. So an option without a word in the language is refused. Several calls may be one layer: a
padding before a convolution is the convolution's.
"""

from __future__ import annotations

import os
from typing import Any

from cnnspec.base.size import Size
from cnnspec.base.source import Source
from cnnspec.elaborate.input_reader import with_unknowns
from cnnspec.graph import Graph, Node, Site
from cnnspec.layers import find
from cnnspec.layers.base import KerasCall, Layer, Shape, show_shape
from cnnspec.layers.shape import all_known
from cnnspec.model_files.keras.equivalents import TRAINING
from cnnspec.model_files.keras.finding import LONGEST, find_layer, simplify
from cnnspec.model_files.keras.keras_steps import KerasSteps
from cnnspec.model_files.keras.policies import describe_precision
from cnnspec.model_files.keras.saved_calls import SavedCall, SavedCalls
from cnnspec.model_files.keras.saved_config import read_config
from cnnspec.model_files.keras.saved_objects import INPUT, MODELS, is_automatic
from cnnspec.model_files.layer_words import find_word
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.syntax import tree


def convert_config(config: dict[str, Any], name: str) -> Graph:
    """The graph of a model's saved config (`read_config`, or Keras's `serialize_keras_object`). Nodes keep names that a
    person gave; the others have none yet (`Graph.assign_names`).

    Raises ModelRefused, with a line for every layer that the language cannot express.
    """
    return KerasGraphBuilder(SavedCalls(config), name).graph


def read_keras_file(path: str) -> Graph:
    """The graph of a saved model, with the model's name, or the file's where nobody named the model. Raises ModelRefused."""
    config = read_config(path)
    return convert_config(config, find_given_name(config) or os.path.splitext(os.path.basename(path))[0])


def find_given_name(config: dict[str, Any]) -> str:
    """The name that a person gave to a saved model, "" where nobody did."""
    inner = config.get("config")
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) and not any(is_automatic(name, kind) for kind in MODELS) else ""


class KerasGraphBuilder:
    """Builds the graph of a model, layer by layer, and collects the refusals."""

    def __init__(self, model: SavedCalls, name: str) -> None:
        self.graph = Graph(name)
        self.source = Source(name, "")
        self.refusals: list[str] = []
        self.nodes: dict[int, Node] = {}  # step → the node that yields its tensor
        self.named: list[SavedCall | None] = []  # for each node the call whose name it has
        self.first: dict[tuple[Any, ...], Node] = {}  # layer objects → the node of their first use
        steps = KerasSteps(model)
        self.steps, self.next, self.readers = steps.all, steps.next, steps.readers
        for index in range(len(self.steps)):
            if index not in self.nodes:
                self._add_step(index)
        self.graph.inputs = [self.nodes[steps.results[index]].index for index in model.inputs]
        self.graph.outputs = [self.nodes[index].index for index in steps.outputs]
        for index in {i for i in steps.outputs if steps.outputs.count(i) > 1}:
            call = self.steps[index].call
            self.refusals.append(f"{call.name} ({call.kind}): it is an output twice, which the language cannot say")
        if self.refusals:
            count = len(self.refusals)
            head = "this model has a layer" if count == 1 else f"this model has {count} layers"
            raise ModelRefused(f"{head} that the language cannot express:", *self.refusals)
        self.graph.remark = describe_precision([call for call in model.calls if call.kind != INPUT])
        self._keep_names(model)

    # ---- steps → nodes -------------------------------------------------------------------------------------
    def _add_step(self, index: int) -> None:
        """Add the node of a step, or of the step and those behind it that are one layer together."""
        step = self.steps[index]
        if step.call.kind == INPUT and not step.why:
            self._add_input(index)
            return
        shapes = tuple([self.nodes[i].shape for i in step.inputs])
        if step.made is None:
            self._refuse(index, step.why)
        elif all_known(shapes):
            self._add_layer(index, shapes)
        else:
            self._add_node(index, None, None)

    def _add_layer(self, index: int, shapes: tuple[Shape, ...]) -> None:
        chain = [index]
        while len(chain) < LONGEST and chain[-1] in self.next and self.steps[self.next[chain[-1]]].made is not None:
            chain.append(self.next[chain[-1]])
        calls = tuple([simplify(made, shapes) for i in chain if (made := self.steps[i].made) is not None])
        why = ""
        for length in range(len(chain), 0, -1):
            found = find_layer(calls[:length], shapes)
            if isinstance(found, Layer):
                self._add_proved(chain[:length], found, shapes)
                return
            why = found
        self._refuse(index, why)

    def _add_proved(self, chain: list[int], layer: Layer, shapes: tuple[Shape, ...]) -> None:
        """Add the node of a layer for some steps, unless the file contradicts it."""
        step = self.steps[chain[-1]]
        weights, output = layer.weights(shapes), layer.output(shapes)
        stated, built = step.call.shape if step.last else None, find_built_input(self.steps[chain[0]].call)
        if any(isinstance(n, Size) for weight in weights for n in weight.shape):
            why = f"its weights would have an unknown shape on {show_shape(shapes[0])}"
        elif is_frozen(step.call) and layer.trainable and any(not weight.trainable for weight in weights):
            why = "it is called with training=False: its moving averages are frozen"
        elif contradicts(output, stated):
            why = f"its output is {show_shape(output)} by our formula and {stated} in the file: one of the two is wrong"
        elif contradicts(shapes[0], built) and step.owner not in self.first:
            why = f"it was built for {built}, and its input is {show_shape(shapes[0])}: the file contradicts itself"
        else:
            self._add_node(chain[-1], layer, output, chain)
            return
        self._refuse(chain[-1], why, chain)

    def _add_node(self, index: int, layer: Layer | None, shape: Shape | None, chain: list[int] | None = None) -> None:
        chain = chain or [index]
        inputs = tuple([self.nodes[i].index for i in self.steps[chain[0]].inputs])
        label = find_word(layer) if layer is not None else "?"
        proper = chain[-1]  # the step that the layer is named after, and has its weights from
        shapes = tuple([self.graph.nodes[i].shape for i in inputs])
        if layer is not None and len(chain) > 1 and all_known(shapes):
            proper = next(i for i, call in zip(chain, layer.keras(shapes), strict=True) if not call.helper)
        site = self._make_site(tree.Bad(0, 0), self.steps[proper].call)
        node = Node(len(self.graph.nodes), layer, inputs, shape, label, site)
        node.class_name = self.steps[proper].call.kind
        self.graph.nodes.append(node)
        original = self.first.setdefault(self.steps[index].owner, node)
        if original is not node:
            node.shares = original.index
        for i in chain:
            self.nodes[i] = node
        self.named.append(self.steps[proper].call if self.steps[proper].last else None)

    def _refuse(self, index: int, why: str, chain: list[int] | None = None) -> None:
        """Note a refusal, and go on with the shape that the file states."""
        step = self.steps[index]
        if step.owner not in self.first:
            self.refusals.append(f"{step.call.name} ({step.call.kind}): {why}")
        stated = step.call.shape
        sizes = tuple(stated[1:]) if isinstance(stated, list) and len(stated) <= 5 else ()
        known = sizes and all([type(n) is int and 0 < n < 10**9 for n in sizes])
        self._add_node(index, None, sizes if known else None, chain)

    def _add_input(self, index: int) -> None:
        call = self.steps[index].call
        shape = call.config.get("batch_shape")
        if (
            not isinstance(shape, list)
            or not 2 <= len(shape) <= 5
            or not all(n is None or type(n) is int and n > 0 for n in shape)
        ):
            self._refuse(index, f"its shape is {shape}: an input has 1 to 4 sizes behind the batch")
            return
        odd = [key for key in ("sparse", "ragged", "optional") if call.config.get(key)]
        if odd:
            self.refusals.append(f"{call.name} ({INPUT}): it is {odd[0]}, which the language cannot say")
        dtype = call.config.get("dtype")
        readers = [find(made.name) if made is not None else None for made in self._find_readers(index)]
        indexed = [layer is not None and layer.indexes for layer in readers]
        if dtype not in ("float32", None) and not (indexed and all(indexed)):
            why = f"its dtype is {dtype}, and the language's inputs are float32"
            self.refusals.append(f"{call.name} ({INPUT}): {why}")
        if shape[0] is not None:
            self.refusals.append(
                f"{call.name} ({INPUT}): its batch is fixed at {shape[0]}, which the language cannot say"
            )
        elif shape[-1] is None:
            self._refuse(index, "its channels are unknown")
            return
        sizes = with_unknowns(tuple(shape[1:]), len(self.graph.inputs) + 1, set())
        node = Node(
            len(self.graph.nodes), None, (), sizes, "input", self._make_site(tree.Input(0, 0, None, None), call)
        )
        self.graph.nodes.append(node)
        self.graph.inputs.append(node.index)
        self.nodes[index] = node
        self.named.append(call)

    def _find_readers(self, index: int) -> list[KerasCall | None]:
        return [self.steps[reader].made for reader in self.readers[index]]

    def _make_site(self, node: tree.Node, call: SavedCall) -> Site:
        """Where a layer comes from: no text, but a name in the model file."""
        return Site(self.source, node, module=call.name)

    def _keep_names(self, model: SavedCalls) -> None:
        """Give nodes the names of a person; a name that stands twice, in nested models, gets the model's name in front."""
        taken: set[str] = set()
        for node in self.graph.nodes:
            call = self.named[node.index]
            if node.shares is not None or call is None or is_automatic(call.layer[-1], call.kind):
                continue
            longer = ["_".join(call.layer[-n:]) for n in range(1, len(call.layer) + 1)]
            free = [name for name in longer if name not in taken]
            if free:
                node.name = free[0]
                taken.add(free[0])
        if len(set(self.graph.outputs)) == len(model.output_names):
            for name, output in zip(model.output_names, self.graph.outputs, strict=True):
                node = self.graph.nodes[output]
                if not node.name and name not in taken:
                    node.name = name
                    taken.add(name)


def is_frozen(call: SavedCall) -> bool:
    """Whether a call keeps a layer from acting as in training, where that is not its default."""
    return call.keywords.get("training") is False and TRAINING.get(call.kind) is not False


def find_built_input(call: SavedCall) -> Any:
    """The shape of the first input for which a layer was built, batch first, as far as the file states it."""
    build = call.saved.get("build_config")
    shape = build.get("input_shape") if isinstance(build, dict) else None
    return shape[0] if isinstance(shape, list) and shape and isinstance(shape[0], list) else shape


def contradicts(ours: Shape, stated: Any) -> bool:
    """Whether a shape contradicts one in the file, batch first. A size that either does not know contradicts nothing."""
    if not isinstance(stated, list):
        return False
    if len(stated) != len(ours) + 1:
        return True
    return any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(ours, stated[1:], strict=True))
