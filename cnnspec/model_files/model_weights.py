"""The weights of a model of PyTorch or ONNX, for the layers of the same network wherever that was read from."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.weight_ref import Filled, WeightRef, find_array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from cnnspec.graph import Graph, Node


class ModelWeights(Record):
    """A model's graph, the weights of its nodes by their indices, each in Keras's layout, and what finds their numbers.
    `differing`: what Keras computes otherwise, so that weights give other outputs there."""

    graph: Graph
    weights: dict[int, tuple[WeightRef, ...]]
    find: Callable[[Any], Any]
    differing: tuple[str, ...] = ()

    def find_arrays(self, graph: Graph) -> Iterator[tuple[Node, list[Any]]]:
        """The nodes of the same network as a graph that have weights, with their arrays, in the order of `Layer.weights`; of
        those that share them the first. Raises ModelRefused for another network, for one that Keras computes otherwise, and for
        weights that are not in the file."""
        from cnnspec.facts.isomorphism import flat_isomorphism

        same = flat_isomorphism(self.graph, graph)
        if same is None:
            raise ModelRefused(
                f"the network of these weights is another than {graph.name}: cnnspec diff shows where they differ"
            )
        if self.differing:
            raise ModelRefused(
                f"{self.differing[0]} is computed otherwise in Keras, so that the outputs would be others"
            )
        owners = {find_owner(graph, theirs): find_owner(self.graph, mine) for mine, theirs in same.items()}
        for index, owner in sorted(owners.items()):
            target = graph.nodes[index]
            shapes = graph.input_shapes(target)
            own = () if target.layer is None or shapes is None else target.layer.weights(shapes)
            if own:
                yield target, [self._find(weight, target) for weight in self._list_weights(owner, len(own), target)]

    def _list_weights(self, index: int, count: int, target: Node) -> tuple[WeightRef, ...]:
        weights = self.weights.get(index, ())
        if len(weights) != count:
            raise ModelRefused(f"the model has no weights for {target.name}")
        return weights

    def _find(self, weight: WeightRef, target: Node) -> Any:
        if weight.stored is None:
            raise ModelRefused(
                f"{weight.name}, a weight of {target.name}, is computed of others in the model, so that its numbers are not there"
            )
        if isinstance(weight.stored, Filled):
            import numpy as np

            return np.full(weight.shape, weight.stored.value)
        try:
            found = find_array(weight, self.find(weight.stored))
        except (ValueError, IndexError):  # a step that the stored array is too small for
            found = None
        if found is None or found.shape != weight.shape:
            raise ModelRefused(f"the file is damaged: {weight.name} has another shape where its numbers stand")
        return found


def find_owner(graph: Graph, index: int) -> int:
    """The node whose weights a node uses: its own index, unless it shares another's."""
    shares = graph.nodes[index].shares
    return index if shares is None else shares
