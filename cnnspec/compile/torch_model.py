"""Graph → a live PyTorch module, by running the printed one; and weights between it and a Keras model."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnnspec.base.join_words import join_words
from cnnspec.compile.backend import MissingExtra
from cnnspec.compile.keras_model import choose_keras_name
from cnnspec.compile.torch_source import TorchModule, print_module
from cnnspec.compile.torch_source.weight_layout import find_torch_shape, lay_out_for_keras, lay_out_for_torch
from cnnspec.layers.shape import show_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compile.torch_source import StatePlace
    from cnnspec.graph import Graph
    from cnnspec.layers.shape import Shape
    from cnnspec.network import AnalysedNetwork


class OtherWeights(ValueError):
    """Weights that are not those of the network."""


def to_torch(network: AnalysedNetwork, weights: Any = None) -> Any:
    """The PyTorch module of a network without mistakes, in eval mode where it is given the weights of a Keras model of it.

    Raises MissingExtra without PyTorch, NotInTorch for what PyTorch cannot run, OtherWeights for those of another network.
    """
    torch = import_torch()
    printed = print_module(network)
    module = run_module(printed, network.name)
    if weights is None:
        return module
    state = {name: torch.tensor(array) for name, array in find_torch_state(network.graph, printed, weights).items()}
    if any(value.dtype == torch.float64 for value in state.values()):
        module.double()
    given = module.state_dict()
    state |= {name: given[name] for name in given if name.endswith("num_batches_tracked")}
    module.load_state_dict({name: value.to(given[name].dtype) for name, value in state.items()})
    return module.eval()


def import_torch() -> Any:
    """PyTorch. Raises MissingExtra where it is not installed."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtra("PyTorch is not installed", "torch") from error
    return torch


def run_module(printed: TorchModule, name: str) -> Any:
    """The module of a printed text, made. Errors in it show its lines."""
    place = f"<PyTorch module of {name}>"
    linecache.cache[place] = len(printed.text), None, printed.text.splitlines(True), place
    scope: dict[str, Any] = {"__name__": f"cnnspec_{printed.name}"}
    exec(compile(printed.text, place, "exec"), scope)
    return scope[printed.name]()


# ---- weights -----------------------------------------------------------------------------------------------
def find_torch_state(graph: Graph, printed: TorchModule, model: Any) -> dict[str, Any]:
    """The state of the printed module, by name, with the weights of a Keras model. Raises TypeError for what is none."""
    if not hasattr(model, "get_layer"):
        raise TypeError(f"weights must be the Keras model of this network, not {type(model).__name__}")
    found = {}
    for place, layer, number, _ in walk_weights(graph, printed, model):
        array = (
            layer.weights[number].numpy() if hasattr(layer.weights[number], "numpy") else layer.get_weights()[number]
        )
        found[place.name] = lay_out_for_torch(array, place.weight, printed.layers[place.node].entering)
    return found


def take_torch_weights(network: AnalysedNetwork, model: Any, module: Any) -> None:
    """Give a Keras model of a network all the weights of its PyTorch module, or of its state. Raises OtherWeights, and
    TypeError for what is neither."""
    state = read_state(module)
    printed = print_module(network)
    left = {name for name in state if not name.endswith("num_batches_tracked")}
    for place, layer, number, shape in walk_weights(network.graph, printed, model):
        if place.name not in state:
            raise OtherWeights(f"the module has no {place.name}")
        left.discard(place.name)
        array, wanted = state[place.name], find_torch_shape(place.weight, shape)
        if array.shape != wanted:
            shown = show_shape(array.shape) or "one number"
            raise OtherWeights(f"the module's {place.name} is {shown}, not {show_shape(wanted)}")
        layer.weights[number].assign(lay_out_for_keras(array, place.weight, printed.layers[place.node].entering, shape))
    if left:
        raise OtherWeights(f"the network has no {join_words(sorted(left))}")


def read_state(module: Any) -> dict[str, Any]:
    """The arrays of a PyTorch module or of its state, by their names."""
    import numpy as np

    state: Any = module.state_dict() if hasattr(module, "state_dict") else module
    if not isinstance(state, Mapping):
        raise TypeError(
            f"weights must be a PyTorch module, the state_dict of that of to_torch, or a file, not {type(module).__name__}"
        )
    return {str(k): np.asarray(v.detach().cpu() if hasattr(v, "detach") else v) for k, v in state.items()}


def walk_weights(graph: Graph, printed: TorchModule, model: Any) -> Iterator[tuple[StatePlace, Any, int, Shape]]:
    """Every weight of the module: its place, the Keras layer that has it, its number there, and its shape. Raises
    OtherWeights."""
    for index, made in printed.layers.items():
        if any(call.around and call.around[0].name.endswith("spectral_norm") for call in made.calls):
            raise OtherWeights(
                f"{graph.nodes[index].name} has spectral_norm: PyTorch keeps another state for it than Keras, so that its weights"
                " cannot be carried over"
            )
    for place in printed.places:
        node = graph.nodes[place.node]
        shapes = graph.input_shapes(node)
        assert node.layer is not None and shapes is not None
        own = node.layer.weights(shapes)
        number = next(i for i, weight in enumerate(own) if weight.name == place.weight.keras)
        try:
            layer = model.get_layer(choose_keras_name(node))
        except ValueError:
            raise OtherWeights(f"the Keras model has no layer {choose_keras_name(node)}") from None
        if [tuple(w.shape) for w in layer.weights] != [w.shape for w in own]:
            raise OtherWeights(f"the Keras model's {layer.name} has other weights")
        yield place, layer, number, own[number].shape
