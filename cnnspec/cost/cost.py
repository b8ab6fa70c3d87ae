"""What a network costs, as values: work, memory term by term, matrix sizes, and the time that a device needs at least."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.cost import memory
from cnnspec.cost.flop_conventions import CONVENTIONS as TOOLS
from cnnspec.facts.activation_memory import output_bytes
from cnnspec.facts.facts import flops
from cnnspec.facts.im2col import im2col
from cnnspec.facts.layer_names import START, LayerNames
from cnnspec.facts.precision import Precision
from cnnspec.facts.roofline import find_traffic
from cnnspec.facts.training_memory import find_saved
from cnnspec.tables.rows import find_keras_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.cost.memory import Memory
    from cnnspec.facts.devices import Device
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.im2col import Product
    from cnnspec.facts.roofline import Traffic
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork

CONVENTIONS = {
    "macs": "convolutions and dense layers, one example, bias not counted",
    "flops": "2 * macs, one example",
    "arithmetic": "of the batch: 2 for a MAC, other layers one for each value that is read for an output",
    "memory": "an estimate from below: no workspace of convolutions, no waste of the allocator",
    "time": "a lower bound: each layer reads and writes once, at the device's bandwidth, or computes at its peak in the arithmetic named",
}


class CostQuestion(Record):
    """What is asked: the batch, the number format, the optimizer (as written) and its slots; and, where they are given,
    a limit in bytes, a device, a tool whose FLOPs are wanted."""

    batch: int
    precision: Precision
    optimizer: str
    slots: int
    limit: int | None = None
    device: Device | None = None
    tool: str | None = None


class LeastTime(Record):
    """The seconds that a layer takes at least, and what bounds it: "memory" or "compute"."""

    seconds: float
    bound: str


class LayerCost(Record):
    """One layer; None is unknown. Bytes, traffic and time are of the whole batch, MACs and FLOPs of one example.

    `saved_bytes` are what training keeps of its values, `matrices` its convolutions as matrix products.
    """

    name: str
    type: str
    output_shape: Shape | None
    macs: Dim | None
    flops: Dim | None
    activation_bytes: Dim | None
    saved_bytes: Dim | None
    matrices: tuple[Product, ...] | None
    traffic: Traffic | None
    time: LeastTime | None
    assumed: bool


class Cost(Record):
    """Every layer, and the network in total; None is unknown.

    `tool_count` is what the tool that was asked for counts, `training` is None where the number format has no
    gradients, `memory_bound` the share of `seconds` in layers that are bound by memory. `training` has every layer trained; `frozen`
    are the nodes that the train section never trains, and `frozen_training` is what a step takes without them, None where there are
    none, and where that is not known because a start says it.
    """

    question: CostQuestion
    layers: tuple[LayerCost, ...]
    macs: Dim | None
    flops: Dim | None
    tool_count: Dim | None
    inference: Memory
    training: Memory | None
    seconds: float | None
    memory_bound: float | None
    frozen: tuple[int, ...]
    frozen_training: Memory | None


def work_out_cost(network: AnalysedNetwork, question: CostQuestion) -> Cost:
    """The cost of an analysed network."""
    facts, precision = network.facts, question.precision
    layers = find_layer_costs(network, question)
    seconds, memory_bound = add_up_time(layers, facts)
    frozen = find_frozen(network)
    return Cost(
        question,
        layers,
        facts.total.macs,
        facts.total.flops,
        count_as_tool(facts, question.tool),
        memory.inference(facts, precision),
        memory.training(facts, precision, question.slots) if precision.trains else None,
        seconds,
        memory_bound,
        frozen,
        memory.training(facts, precision, question.slots, frozen) if precision.trains and frozen else None,
    )


def find_frozen(network: AnalysedNetwork) -> tuple[int, ...]:
    """The nodes that the train section never trains; () where a start says which these are."""
    settings = network.settings
    if settings is None or settings.freeze == () or START in settings.freeze and settings.start:
        return ()
    return tuple(LayerNames(network.graph).find_never_trained(settings))


def find_layer_costs(network: AnalysedNetwork, question: CostQuestion) -> tuple[LayerCost, ...]:
    """The cost of every layer, inputs included, in the order of the text."""
    facts, precision, batch = network.facts, question.precision, question.batch
    moved, kept = find_traffic(facts, precision, batch), find_saved(facts)
    layers = []
    for node in network.graph.nodes:
        i = node.index
        operations, mine = facts.operations[i], None if kept is None else kept[i]
        layers.append(
            LayerCost(
                node.name,
                find_keras_type(node, network),
                node.shape,
                facts.macs[i],
                flops(facts.macs[i]),
                output_bytes(node.shape, precision, batch),
                None if mine is None else mine.bytes(precision, batch),
                None if operations is None else tuple(im2col(operations)),
                moved[i],
                find_least_time(moved[i], question),
                node.assumed,
            )
        )
    return tuple(layers)


def find_least_time(moved: Traffic | None, question: CostQuestion) -> LeastTime | None:
    """The time of one layer at least; None without a device, or where it is unknown."""
    if moved is None or question.device is None:
        return None
    least = moved.seconds(question.device, question.precision)
    return None if least is None else LeastTime(*least)


def add_up_time(layers: tuple[LayerCost, ...], facts: Facts) -> tuple[float | None, float | None]:
    """The time of all used layers, one behind another, and the share of it that is bound by memory."""
    total = moving = 0.0
    for layer, used in zip(layers, facts.graph.used(), strict=True):
        if not used:
            continue
        if layer.time is None:
            return None, None
        total += layer.time.seconds
        moving += layer.time.seconds * (layer.time.bound == "memory")
    return (total, moving / total) if total else (None, None)


def count_as_tool(facts: Facts, tool: str | None) -> Dim | None:
    """What a tool counts for one example; None without a tool, or where a layer's work is unknown."""
    used = [o for o, u in zip(facts.operations, facts.graph.used(), strict=True) if u]
    if tool is None or None in used:
        return None
    return TOOLS[tool].count([work for operations in used for work in operations or ()])
