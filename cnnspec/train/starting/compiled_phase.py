"""The model of a phase: what is frozen in it, and at which rates the rest is trained.

The second phase is a training of its own that begins with the weights and the callbacks of the first one: the model is compiled
anew, as Keras asks for, so the optimizer and its schedule begin again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.compile.keras_model import choose_keras_name
from cnnspec.train.keras_objects import compile_model
from cnnspec.train.section import set_learning_rate
from cnnspec.train.starting.model_start import find_taken
from cnnspec.train.starting.named_layers import NamedLayers
from cnnspec.train.starting.phase import SECOND
from cnnspec.train.starting.rates import scale_rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.train.data.prepare import PreparedOutput
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.settings import TrainSettings


def compile_phase(model: Any, plan: TrainingPlan, outputs: Sequence[PreparedOutput], phase: int, keras: Any) -> str:
    """Freeze what is frozen in a phase, and compile the model; its loss in words (`compile_model`)."""
    settings = plan.settings
    layers = NamedLayers(plan.graph, find_taken(plan.graph, settings, plan.start))

    def find_layer(node: int) -> Any:
        return model.get_layer(choose_keras_name(plan.graph.nodes[node]))

    for node in layers.find_frozen(settings):
        layer = plan.graph.nodes[node].layer
        find_layer(node).trainable = phase == SECOND and layer is not None and layer.trainable
    if phase == SECOND and settings.unfreeze_rate is not None:
        settings = settings.replace(optimizer=set_learning_rate(settings.optimizer, settings.unfreeze_rate))
    said = compile_model(model, settings, outputs, keras)
    factors = layers.find_factors(settings)
    scale_rates(
        model.optimizer,
        {id(variable): factor for node, factor in factors.items() for variable in find_layer(node).variables},
    )
    return said


def describe_phase(model: Any, settings: TrainSettings, phase: int) -> str:
    """What is trained in a phase of a training that freezes layers, in words."""
    total, trained = model.count_params(), sum(math.prod(variable.shape) for variable in model.trainable_variables)
    frozen = len([layer for layer in model.layers if layer.weights and not layer.trainable])
    if phase == SECOND:
        return f"all layers are trained from here: {trained:,} of {total:,} parameters"
    after = settings.unfreeze_after
    until = "" if after is None else f" until epoch {after}"
    if after is not None and after >= settings.epochs:
        until = f" to the end, epoch {settings.epochs} (unfreeze_after is {after})"
    return f"{count_nouns(frozen, 'layer')} frozen{until}: {trained:,} of {total:,} parameters are trained"
