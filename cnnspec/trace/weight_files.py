"""The weights in a file of the same network, for its layers here: by their names, then by the weights' own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph, Node

    ByName = dict[str, dict[str, Array]]


def read_weights(graph: Graph, path: str) -> ByName:
    """Those of a .pt2 or .onnx file; of a .keras or .weights.h5 file or the folder of a run, for which Keras is needed. Raises
    NoTrace and MissingExtra."""
    from cnnspec.compile.export import ExportFailed
    from cnnspec.model_files import ModelRefused, open_model

    try:
        opened = open_model(path)
        if opened is None:
            return read_keras_weights(graph, path)
        with opened as model:
            return {node.name: name_weights(graph, node, arrays) for node, arrays in model.find_arrays(graph)}
    except (ModelRefused, ExportFailed) as error:
        raise NoTrace(str(error)) from None


def name_weights(graph: Graph, node: Node, arrays: list[Array]) -> dict[str, Array]:
    """The arrays of a layer by the names of its weights, in the order of `Layer.weights`. Raises NoTrace for other shapes."""
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    asked = node.layer.weights(shapes)
    if [weight.shape for weight in asked] != [array.shape for array in arrays]:
        raise NoTrace(f"the weights of {node.name} have other shapes in the file")
    return {weight.name: array for weight, array in zip(asked, arrays, strict=True)}


# ---- Keras's files -------------------------------------------------------------------------------------------
def read_keras_weights(graph: Graph, path: str) -> ByName:
    """Those of a file of Keras, or of a run: in the places where the network's own Keras model has them, else in those of the
    layers of the same network. Raises ExportFailed too."""
    from cnnspec.compile.export import ExportFailed
    from cnnspec.compile.keras_model import import_keras
    from cnnspec.compile.trained_models import find_model_file
    from cnnspec.model_files import ModelRefused

    path = find_model_file(path)
    keras = import_keras()
    try:
        pairs = list(find_in_own_model(graph, path))
    except ExportFailed as error:
        try:
            pairs = list(find_in_saved_model(graph, path, keras))
        except (ExportFailed, ModelRefused):
            raise error from None
    return {
        node.name: name_weights(graph, node, [keras.ops.convert_to_numpy(weight) for weight in layer.weights])
        for node, layer in pairs
    }


def find_in_own_model(graph: Graph, path: str) -> Iterator[tuple[Node, Any]]:
    """The layers that have weights, with those of the network's Keras model, which takes the weights of the file."""
    from cnnspec.compile.keras_model import choose_keras_name, to_keras
    from cnnspec.compile.trained_models import take_weights
    from cnnspec.facts.facts import Facts, find_keras_problems

    problem = next(filter(None, find_keras_problems(Facts(graph))), None)
    if problem is not None:
        raise NoTrace(f"{path} holds the weights of a Keras model, and the network becomes none: {problem.message}")
    model = to_keras(graph)
    take_weights(model, path)
    for node in list_owners(graph):
        yield node, model.get_layer(choose_keras_name(node))


def find_in_saved_model(graph: Graph, path: str, keras: Any) -> Iterator[tuple[Node, Any]]:
    """The layers that have weights, with those of the saved model of the same network, which may be called otherwise there,
    and stand in models within the model. Raises ExportFailed and ModelRefused."""
    from cnnspec.compile.export import ExportFailed
    from cnnspec.compile.trained_models import load_model
    from cnnspec.facts.isomorphism import flat_isomorphism
    from cnnspec.model_files import find_live_layer, read_graph

    saved = read_graph(path)
    same = flat_isomorphism(graph, saved)
    if same is None:
        raise ExportFailed(f"the network in {path} is another than {graph.name}")
    model = load_model(path, keras)
    for node in list_owners(graph):
        if node.index in same:
            theirs = saved.nodes[same[node.index]]
            owner = theirs if theirs.shares is None else saved.nodes[theirs.shares]
            yield node, find_live_layer(model, owner.site.module)


def list_owners(graph: Graph) -> Iterator[Node]:
    """The layers that have weights of their own."""
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and node.shares is None and shapes is not None and node.layer.weights(shapes):
            yield node
