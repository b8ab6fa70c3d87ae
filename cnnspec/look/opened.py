"""A trained network, opened: its graph, where its units look, and the values and gradients of any of its maps.

The layers are made anew from the graph and given the trained weights, so that a name, a shape, a receptive field and a
value are those of one node. They compute in single precision, and must yield what the trained model yields.

Gradients are those of an output with respect to the last map. That map gets an input of zeros added, whose gradient is
the map's own: so it makes no difference which paths lead around the layer.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.shell_words import quote_path
from cnnspec.compile.backend import without_needless_warnings
from cnnspec.compile.keras_model import call_layers
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.layers.base import show_shape
from cnnspec.look.gradients import compute_gradient
from cnnspec.look.network_graph import (
    drop_last_function,
    find_last_map,
    find_sizes,
    list_convolutions,
    list_maps,
    read_graph,
)
from cnnspec.model_files import ModelRefused, find_live_layer, give_live_weights
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.head import Head, find_last_activation
from cnnspec.train.evaluation.predict import run_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.graph import Node
    from cnnspec.train.evaluation.question import Question
    from cnnspec.train.evaluation.trained import Trained

    Array = np.ndarray[Any, Any]

ENDS = ("softmax", "sigmoid")  # behind which a class's score is a probability
CLOSE = 0.05  # of the largest output: a trained model may compute in half precision


class OpenedNetwork:
    """`maps` are the nodes that yield a map (H, W, channels), `convolutions` those of them with a kernel, `last_map` the one
    that gradients are asked of, None where there is no map. The sizes of images in `asked` are known."""

    def __init__(self, trained: Trained, keras: Any, asked: Question) -> None:
        """Raises TrainingFailed for a model that the language cannot express, or that does not take such images."""
        self.path, self.model, self.keras, self.asked = trained.saved.path, trained.saved.model, keras, asked
        taken = asked.size if asked.shape is None else asked.shape
        self.graph = read_graph(self.model, self.path, tuple([n for n in taken if n is not None]))
        self.facts = Facts(self.graph)
        self.maps = list_maps(self.graph)
        self.convolutions = list_convolutions(self.maps, self.graph)
        self.last_map = find_last_map(self.maps, self.convolutions)
        self.geometry = Geometry(self.facts)
        last = find_last_activation(self.model.outputs[0])
        self.end = last if last in ENDS and asked.output.unit == "probability" else ""
        self._models: dict[tuple[int, ...], Any] = {}
        self._prepare(self.model)

    def find_map(self, name: str) -> Node:
        """The layer of this name. Raises TrainingFailed where there is none, or it yields no map."""
        node = next((node for node in self.graph.nodes if node.name == name), None)
        if node is None:
            near = write_suggestion(name, [node.name for node in self.graph.nodes])
            raise TrainingFailed(f'{self.path} has no layer "{name}"{near}', "" if near else f"cnnspec summary {quote_path(self.path)} lists its layers", 2)  # fmt: skip
        if node not in self.maps:
            what = "is the input" if node.layer is None else f"yields {show_shape(node.shape)}"
            raise TrainingFailed(
                f"{node.name} {what}, which is no map of a layer", "a map is height x width x channels", 2
            )
        return node

    @property
    def image_sizes(self) -> tuple[int, int]:
        """Height and width of images."""
        height, width, _ = self.asked.size
        assert height is not None and width is not None
        return height, width

    def find_weights(self, node: Node) -> list[Array]:
        """The trained weights of a layer, in the order of `Layer.weights`."""
        layer = find_live_layer(self.model, node.site.module)
        return [self.keras.ops.convert_to_numpy(weight) for weight in layer.weights]

    # ---- the Keras model -----------------------------------------------------------------------------------
    @cached_property
    def _tensors(self) -> list[Any]:
        """The Keras tensors of the nodes, without the function that the network ends in, and of what is added to the last map."""
        graph = drop_last_function(self.graph, (self.end,))
        last, keras = self.last_map, self.keras
        added = None if last is None else keras.Input(last.shape, name="added_to_the_map")

        def add(node: Node, tensor: Any) -> Any:
            return keras.layers.Add(name="map_with_added")([tensor, added]) if node is last else tensor

        tensors = [*call_layers(graph, keras, add), added]
        try:
            give_live_weights(graph, keras.Model(self._list_inputs(tensors), tensors[graph.outputs[0]]), self.model)
        except ModelRefused as refusal:
            raise TrainingFailed(f"{self.path} cannot be looked into: {refusal}", "", 2) from None
        return tensors

    def _list_inputs(self, tensors: list[Any]) -> list[Any]:
        return [tensors[self.graph.inputs[0]], *[tensors[-1]] * (self.last_map is not None)]

    def _list_arrays(self, images: Array) -> list[Array]:
        """What the inputs get: the images, and nothing added."""
        import numpy as np

        if self.last_map is None:
            return [images]
        return [images, np.zeros((len(images), *find_sizes(self.last_map)), np.float32)]

    def _find_model(self, *nodes: int) -> Any:
        """The Keras model of these nodes' values."""
        if nodes not in self._models:
            outputs = [self._tensors[index] for index in nodes]
            inputs = self._list_inputs(self._tensors)
            self._models[nodes] = self.keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])
            self._prepare(self._models[nodes])
        return self._models[nodes]

    def _prepare(self, model: Any) -> None:
        """Let TensorFlow run a model as it is: to trace it for each size of batch takes longer than the few batches."""
        if self.keras.config.backend() == "tensorflow":
            model.run_eagerly = True

    # ---- values --------------------------------------------------------------------------------------------
    def predict(self, images: Array, names: Sequence[str]) -> Array:
        """The outputs of the trained model for images, as the model takes them. `names` are theirs. Raises TrainingFailed."""
        return run_model(self.model, images, self.path, names)[0]

    def compute_maps(self, images: Array, names: Sequence[str], layers: Sequence[Node]) -> list[Array]:
        """The outputs (N, H, W, channels) of some layers for images. Raises TrainingFailed."""
        model = self._find_model(*[node.index for node in layers])
        return run_model(model, self._list_arrays(images), self.path, names)

    def compute_gradient(self, image: Array, unit: int) -> Array:
        """The gradient (H, W, channels) of one of the outputs with respect to the last map, before a softmax or sigmoid at the
        end of the network."""
        inputs = self._list_arrays(image[None])
        with without_needless_warnings():
            gradient: Array = compute_gradient(self._find_model(self.graph.outputs[0]), self.keras, inputs, unit)[0]
        return gradient

    def check(self, image: Array, name: str) -> None:
        """Raises TrainingFailed where the layers made anew yield something else than the trained model."""
        import numpy as np

        expected = self.predict(image[None], [name])
        (made,) = self.compute_maps(image[None], [name], [self.graph.nodes[self.graph.outputs[0]]])
        found = Head("classes", self.end).probabilities(made)
        if np.abs(found - expected).max() > CLOSE * np.abs(expected).max():
            raise TrainingFailed(f"{self.path} cannot be looked into: its layers, one by one, yield something else than the whole model", "", 2)  # fmt: skip
