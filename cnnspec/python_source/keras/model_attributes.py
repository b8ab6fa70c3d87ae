"""What a source asks of a model: its attributes and methods."""

from __future__ import annotations

from functools import partial

from cnnspec.python_source.keras.batches import find_batch, make_batch
from cnnspec.python_source.keras.call_mistakes import refuse_choice, refuse_layer_name
from cnnspec.python_source.keras.reached import count_weights
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.training.fitting import report_fitting
from cnnspec.python_source.training.outputs import report_outputs
from cnnspec.python_source.training.settings import read_compile, read_fit
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

NOT_BUILT = "the model has no input yet"
TRAINED = "what training comes to is not known"


def find_attribute(model: ModelValue, name: str, machine: Machine, node: ast.AST) -> Any:
    if name in ATTRIBUTES:
        return ATTRIBUTES[name](model, machine, node)
    return machine.make_unknown(f".{name} of {model.describe()} is not known", node)


def find_method(model: ModelValue, name: str) -> Callable[[Call], Any] | None:
    """A method that all models have; None for none that is known."""
    return partial(METHODS[name], model) if name in METHODS else None


# ---- attributes ------------------------------------------------------------------------------------------------
def show_tensors(which: str, listed: bool, model: ModelValue, machine: Machine, node: ast.AST) -> Any:
    """Its inputs or outputs: `listed`, in a list."""
    tensors = model.state[which]
    if tensors is None:
        return machine.make_unknown(NOT_BUILT, node)
    return find_tensors(tensors) if listed and not isinstance(tensors, dict) else tensors


def show_shape(which: str, model: ModelValue, machine: Machine, node: ast.AST) -> Any:
    """The shape of its input or output, or a list of them, batch first."""
    shapes = [show_sizes(tensor, machine, node) for tensor in find_tensors(model.state[which])]
    if not shapes:
        return machine.make_unknown(NOT_BUILT, node)
    return shapes[0] if len(shapes) == 1 else shapes


def show_sizes(tensor: TensorValue, machine: Machine, node: ast.AST) -> Any:
    sizes = tensor.list_sizes()
    return machine.make_unknown("the shape of a tensor is not known", node) if sizes is None else sizes


def list_layers(model: ModelValue, machine: Machine, node: ast.AST) -> Any:
    """Its layers; unknown where one of them is."""
    layers = model.layers
    return next((layer for layer in layers if isinstance(layer, Unknown)), layers)


def list_names(which: str, model: ModelValue, machine: Machine, node: ast.AST) -> Any:
    names = [tensor.node.name for tensor in find_tensors(model.state[which])]
    return names if names and all(names) else machine.make_unknown("the names of tensors are not known", node)


ATTRIBUTES: dict[str, Callable[[ModelValue, Machine, ast.AST], Any]] = {
    "built": lambda model, machine, node: model.built,
    "input": partial(show_tensors, "inputs", False),
    "input_names": partial(list_names, "inputs"),
    "input_shape": partial(show_shape, "inputs"),
    "inputs": partial(show_tensors, "inputs", True),
    "layers": list_layers,
    "name": lambda model, machine, node: model.name or machine.make_unknown("Keras makes up the model's name", node),
    "output": partial(show_tensors, "outputs", False),
    "output_names": partial(list_names, "outputs"),
    "output_shape": partial(show_shape, "outputs"),
    "outputs": partial(show_tensors, "outputs", True),
    "trainable": lambda model, machine, node: model.state["trainable"],
}


# ---- methods ---------------------------------------------------------------------------------------------------
def build(model: ModelValue, call: Call) -> Any:
    shape = call.find(0, "input_shape")
    if isinstance(shape, (tuple, list, dict)):
        model.build(shape, call.machine, call.node)
    return None


def note_compile(model: ModelValue, call: Call) -> Any:
    model.change(call.machine, compiled=read_compile(call))
    report_outputs(model, call)
    return None


def fit(model: ModelValue, call: Call) -> Any:
    """fit: its data say what the input is, where nothing else does."""
    meet_data(model, call)
    if report_fitting(model, "fit", call):
        return call.make_unknown("this call of fit is refused")
    model.change(call.machine, fitted=read_fit(model, call))
    return call.make_unknown(TRAINED)


def meet_data(model: ModelValue, call: Call) -> Any:
    """The batch of data that a method is given; it gives the model its input, where it has none."""
    batch = find_batch(call.find(0, "x", "generator", "dataset", "inputs"))
    if batch is not None:
        model.build(batch, call.machine, call.node)
    return batch


def evaluate(name: str, model: ModelValue, call: Call) -> Any:
    meet_data(model, call)
    report_fitting(model, name, call)
    return call.make_unknown("what data come to is not known")


def predict(name: str, model: ModelValue, call: Call) -> Any:
    meet_data(model, call)
    report_fitting(model, name, call)
    return make_batch(model, call)


def count_params(model: ModelValue, call: Call) -> Any:
    """How many numbers its weights are."""
    count = count_weights(call.machine.tape, model.list_outputs(), model.list_inputs()) if model.built else None
    return call.make_unknown("how many parameters the model has is not known") if count is None else count


def get_layer(model: ModelValue, call: Call) -> Any:
    """get_layer(name or index). Keras makes up the names of layers that have none: they are not known."""
    name, index = call.find(0, "name"), call.find(1, "index")
    layers = model.layers
    if refuse_choice(model, name, index, call):
        return call.make_unknown("there is no such layer")
    if type(index) is int and not any([isinstance(layer, Unknown) for layer in layers]):
        return layers[index] if -len(layers) <= index < len(layers) else call.make_unknown("there is no such layer")
    if isinstance(name, str):
        for layer in layers:
            if call.machine.get_attribute(layer, "name", call.node) == name:
                return layer
        refuse_layer_name(model, name, call)
        return call.make_unknown(f'which layer is called "{name}" is not known')
    return call.make_unknown("which layer is asked for is not known")


def compute_output_shape(model: ModelValue, call: Call) -> Any:
    return show_shape("outputs", model, call.machine, call.node)


def set_trainable(model: ModelValue, value: Any, machine: Machine, node: ast.AST) -> None:
    """Freeze or unfreeze all of its layers, as Keras does."""
    model.change(machine, trainable=value)
    for layer in model.layers:
        machine.set_attribute(layer, "trainable", value, node)


def give_nothing(model: ModelValue, call: Call) -> Any:
    return None


METHODS: dict[str, Callable[[ModelValue, Call], Any]] = {
    **{name: partial(evaluate, name) for name in ("evaluate", "evaluate_generator", "test_on_batch", "train_on_batch")},
    **{name: partial(predict, name) for name in ("predict", "predict_generator", "predict_on_batch")},
    **dict.fromkeys(
        ("export", "load_weights", "reset_states", "save", "save_weights", "set_weights", "summary"), give_nothing
    ),
    "build": build,
    "compile": note_compile,
    "compute_output_shape": compute_output_shape,
    "count_params": count_params,
    "fit": fit,
    "fit_generator": fit,
    "get_layer": get_layer,
}
