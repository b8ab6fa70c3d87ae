"""A warning on stderr of what a Keras model asks for and this machine does not compute."""

from __future__ import annotations

from cnnspec.cli.messages import print_message
from cnnspec.compile.kernel_trials import Way, remarks
from cnnspec.model_files import ModelRefused, convert_model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def warn(model: Any, keras: Any, *options: str) -> None:
    """Says it before the model runs; nothing of a model that the language cannot express. `options` may help."""
    try:
        graph = convert_model(model)
    except ModelRefused:
        return
    graph.assign_names()
    policies = [layer.dtype_policy.name for layer in model.layers if layer.dtype_policy.name != "float32"]
    for sentence in remarks(graph, keras, Way(next(iter(policies), "float32"), bool(model.jit_compile)), options):
        print_message(sentence)
