"""What a Keras model asks for and this machine does not compute, said before the model runs."""

from __future__ import annotations

from cnnspec.compile.kernel_trials import Way, remarks
from cnnspec.model_files.keras.application import convert_model
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def find_kernel_remarks(model: Any, keras: Any, *options: str) -> list[str]:
    """Sentences; none about a model that the language cannot express, or that Keras does not compute (then `keras` is None).
    `options` may help."""
    if keras is None:
        return []
    try:
        graph = convert_model(model)
    except ModelRefused:
        return []
    graph.assign_names()
    policies = [layer.dtype_policy.name for layer in model.layers if layer.dtype_policy.name != "float32"]
    return [*remarks(graph, keras, Way(next(iter(policies), "float32"), bool(model.jit_compile)), options)]
