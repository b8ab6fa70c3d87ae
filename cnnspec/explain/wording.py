"""What every form of an explanation says: a layer's heading, what flows through it, a step, what was assumed."""

from __future__ import annotations

from cnnspec.explain.traced_numbers import Op
from cnnspec.explain.written_arithmetic import write_number, write_tree
from cnnspec.layers.base import show_shape
from cnnspec.tables.assumed import MARK, write_assumptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.derivation_steps import DerivationStep
    from cnnspec.explain.explanation import Explanation, LayerExplanation
    from cnnspec.explain.written_arithmetic import Style
    from cnnspec.network import AnalysedNetwork


def write_unknown(network: AnalysedNetwork) -> str:
    """Why nothing is derived of a layer."""
    why = "has a mistake" if network.whole else "could not be known"
    return f"unknown: this layer, or one before it, {why}"


def write_head(layer: LayerExplanation) -> str:
    return f"{layer.name} ({layer.type})"


def write_flow(layer: LayerExplanation) -> str:
    """ "13x13x32 (maxpool1) -> 11x11x64"; an input's shape alone; and whether it is for nothing."""
    entering = ", ".join(f"{show_shape(shape)} ({name})" for name, shape in layer.inputs)
    flow = f"{entering} -> {show_shape(layer.output)}" if entering else show_shape(layer.output)
    flow = f"{flow}; {MARK}" if layer.assumed else flow
    return flow if layer.used else f"{flow}; no output depends on it, so totals leave it out"


def write_step(step: DerivationStep, style: Style) -> tuple[str, str]:
    """A step's arithmetic with its figure, and the words that follow; either may be empty."""
    figure = "" if step.value is None else write_number(step.value, style)
    if isinstance(step.tree, Op):
        figure = f"{write_tree(step.tree, style)} = {figure}"
    between = (
        "" if not figure or not step.note else ", " if step.tree is not None and not isinstance(step.tree, Op) else ": "
    )
    return figure, between + step.note


def write_grounds(network: AnalysedNetwork, explanation: Explanation) -> list[str]:
    """What was assumed, where the layer that is explained, or the network, rests on it."""
    if explanation.layer is None:
        return write_assumptions(network)
    (layer,) = explanation.layers
    return write_assumptions(network, f"{layer.name} rests", True) if layer.assumed else []
