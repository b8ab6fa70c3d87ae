"""The parts of a saved model, as Keras 3 writes them: their kinds, their names, and what they contain."""

from __future__ import annotations

import re
from typing import Any

from cnnspec.model_files.refusal import ModelRefused

INPUT = "InputLayer"
MODELS = ("Functional", "Sequential", "Model")


def is_node(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("args"), list):
        return False
    return value.get("kwargs") is None or isinstance(value["kwargs"], dict)


def is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"


def is_reference(value: Any) -> bool:
    """Whether a value is [layer, node, output]."""
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        return False
    return all(type(number) is int and number >= 0 for number in value[1:])


def is_model(saved: dict[str, Any]) -> bool:
    """Whether a saved object is a model of Keras's own, made of layers."""
    config, kind = saved.get("config"), saved.get("class_name")
    return (
        is_own(saved)
        and isinstance(kind, str)
        and kind in MODELS
        and isinstance(config, dict)
        and isinstance(config.get("layers"), list)
    )


def is_own(saved: dict[str, Any]) -> bool:
    """Whether a saved object's class stands in a module of Keras's."""
    module = saved.get("module")
    return isinstance(module, str) and module.partition(".")[0] == "keras"


def find_full_name(saved: dict[str, Any]) -> str:
    """A saved object's class, behind its module where the file states one."""
    module, kind = saved.get("module"), saved.get("class_name")
    return f"{kind}" if module is None else f"{module}.{kind}"


def explain_no_model(saved: dict[str, Any]) -> str:
    """Why the object at the top of a file is no model that can be imported."""
    kind = saved.get("class_name")
    if not isinstance(kind, str):
        return "the file describes no Keras model: it names no class"
    if is_own(saved) and kind in MODELS:
        return f"the file is damaged: its {kind} model has no list of layers"
    if is_own(saved):
        return f"the file describes a {kind}: a Functional or Sequential model can be imported"
    if kind in MODELS and saved.get("module") is None:
        return f"the file describes a {kind} model as Keras 2 does: save it as HDF5 with tf_keras, then as .keras with Keras 3"
    return f"{find_full_name(saved)} is a class of its own: a Functional or Sequential model can be imported, whose layers the file lists"


def find_leaves(structure: Any, stop: Any = None) -> list[Any]:
    """The leaves of a structure of lists, tuples and dicts, in Keras's order: a dict's keys are sorted."""
    if stop is not None and stop(structure):
        return [structure]
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure, key=str) for leaf in find_leaves(structure[key], stop)]
    if isinstance(structure, (list, tuple)):
        return [leaf for value in structure for leaf in find_leaves(value, stop)]
    return [structure]


def find_name(layer: dict[str, Any]) -> str:
    """A layer's name, as Keras saves it."""
    name = layer.get("name") or layer["config"].get("name")
    if not isinstance(name, str):
        raise ModelRefused("the file is damaged: a layer has no name")
    return name


def find_built_shape(model: dict[str, Any], layers: list[dict[str, Any]]) -> Any:
    """The batch and shape that a Sequential model without an input was built for."""
    build = model.get("build_config")
    candidates = [
        build.get("input_shape") if isinstance(build, dict) else None,
        model["config"].get("build_input_shape"),
        layers[0]["config"].get("batch_shape") if layers else None,
    ]
    for shape in candidates:
        if isinstance(shape, list):
            return shape
    raise ModelRefused(
        f"{find_name(model)} was saved before it was built, so its input's shape is unknown: call model.build((None, …)) and save it again"
    )


def write_snake(kind: str) -> str:
    """A class's name as Keras makes names of layers from it: max_pooling2d."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))).lower()


def is_automatic(name: str, kind: str) -> bool:
    """Whether Keras made a layer's name from its class: conv2d, conv2d_7."""
    snake = write_snake(kind)
    words = (snake, "input") if kind == INPUT else (snake,)
    return any(re.fullmatch(rf"{re.escape(word)}(_\d+)?", name) for word in words)
