"""Why models are not all known: of all that could not be known, what reached them."""

from __future__ import annotations

from cnnspec.python_source.cutting import Trained
from cnnspec.python_source.keras.composed_layer import ComposedLayer
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.model_attributes import TRAINED
from cnnspec.python_source.keras.operations import Operation
from cnnspec.python_source.keras.reached import find_nodes
from cnnspec.python_source.values import Unknown, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.tape import TapeNode


def find_reasons(machine: Machine, models: list[ModelValue]) -> list[tuple[str, Site]]:
    """The causes of what is not known of some models, and where they stand: those that are in the arguments of layers, among
    the layers, and those that arise where a layer or model is made that is not known. Of a model that is known whole nothing is a
    cause, and nowhere what training gives back. All causes where there is no model."""
    values: list[Any] = []
    sites: list[Site] = []
    for model in models:
        outputs = model.list_outputs()
        partial = [n for n in find_nodes(machine.tape, outputs, model.list_inputs()) if not is_known(n)]
        if outputs and not partial and not Trained(model).unsure:
            continue
        sites.append(model.site)
        values += model.layers
        for node in partial:
            values += list_values(node)
            sites += [node.site, *([node.owner.site] if isinstance(node.owner, LayerValue) else [])]
    met = {id(value) for value in walk(values) if isinstance(value, Unknown)}
    return [
        (unknown.reason, unknown.site)
        for unknown in machine.unknowns.values()
        if unknown.site is not None
        and (
            not models
            or id(unknown) in met
            or unknown.reason != TRAINED
            and any(stands_in(unknown.site, site) for site in sites)
        )
    ]


def is_known(node: TapeNode) -> bool:
    """Whether all is known of a node, and not its shape and parameters alone."""
    layer = node.is_input or node.layer is not None and not node.layer.stated
    return layer and node.shape is not None and not node.doubt


def list_values(node: TapeNode) -> list[Any]:
    """What a node's layer was given: its arguments, and those of its use; and why it is not known what it gives."""
    owner = node.owner
    values: list[Any] = [node.cause, *([owner.arguments] if isinstance(owner, LayerValue) else [])]
    if isinstance(owner, ComposedLayer):
        values.append(owner.cause)
    if node.use is not None:
        values += [node.use.arguments, node.use.keywords]
        if isinstance(node.use.callee, Operation):
            values.append(node.use.callee.config)
    return values


def stands_in(site: Site, around: Site) -> bool:
    start, end = around.node.start, around.node.end
    return site.source.name == around.source.name and start <= site.node.start < max(end, start + 1)
