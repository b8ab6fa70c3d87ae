"""The memory that training needs at least: weights, gradients, the optimizer's figures, and the tensors kept for gradients.

What a gradient needs is kept once, however many layers ask for it: the inputs of layers with weights, of maxima and
products; the output of an activation, or its input where the slope does not follow from the output; a byte for each
value that dropout may drop. Everything is float32. Buffers of convolution algorithms and what the framework itself takes
come on top, so that the figure is a lower bound.

Source: DNNMem (Gao et al., "Estimating GPU Memory Consumption of Deep Learning Models", ESEC/FSE 2020), whose terms these
are; the optimizers' figures are those that Keras 3 allocates.
"""

from __future__ import annotations

from cnnspec.analyses.memory import tensor_sizes
from cnnspec.names import SLOPE_FROM_OUTPUT
from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.analyses.facts import Facts
    from cnnspec.layers.argument import Term

FLOAT = 4  # bytes of a float32

# How many numbers an optimizer keeps for each trained weight. Not listed: those whose number depends on the shape.
SLOTS = {
    "SGD": 0, "Adam": 2, "AdamW": 2, "Adamax": 2, "Nadam": 2, "Lamb": 2, "Lion": 1, "RMSprop": 1, "Adadelta": 2,
    "Adagrad": 1, "Ftrl": 2, "ScheduleFreeAdamW": 2,
}  # fmt: skip


class TrainingMemory(Record):
    """Bytes of one training step; `kept` and `masks` for one example."""

    weights: int
    gradients: int
    optimizer: int
    kept: int
    largest: tuple[tuple[int, int], ...]  # (bytes, node) of the largest kept tensors of an example

    @property
    def fixed(self) -> int:
        return self.weights + self.gradients + self.optimizer

    def total(self, batch: int) -> int:
        return self.fixed + batch * self.kept


def slots(optimizer: Term) -> int:
    """How many numbers an optimizer keeps for each trained weight; 0 for one that is not listed."""
    given = dict(optimizer.keywords)
    inner = given.get("inner_optimizer")
    if inner is not None:
        return slots(inner)
    count = SLOTS.get(optimizer.name, 0)
    if optimizer.name == "SGD":
        count += given.get("momentum", 0) != 0
    if optimizer.name == "RMSprop":
        count += (given.get("momentum", 0) != 0) + (given.get("centered") is True)
    if optimizer.name in ("Adam", "AdamW"):
        count += given.get("amsgrad") is True
    return count + (given.get("use_ema") is True)


def training_memory(facts: Facts, optimizer: Term) -> TrainingMemory | None:
    """None where a size is unknown."""
    sizes, trained, all_weights = tensor_sizes(facts), facts.total_trainable, facts.total_parameters
    if sizes is None or trained is None or all_weights is None:
        return None
    kept: dict[int, int] = {}  # node → bytes of its output
    extra: dict[int, int] = {}  # node → bytes beside its output
    stored = list(range(len(sizes)))  # the node whose output's memory a node's output lies in
    for node, used in zip(facts.graph.nodes, facts.graph.used(), strict=True):
        inputs = facts.inputs_of(node.index)
        if node.layer is None or inputs is None or not used:
            continue
        own = FLOAT * sizes[node.index]
        function = node.layer.ends_in()
        needs_inputs = node.layer.needs_inputs or bool(node.layer.own_weights(inputs))
        if function is not None and function != "linear":
            if function in SLOPE_FROM_OUTPUT:
                kept[node.index] = own
            elif node.layer.in_place:
                needs_inputs = True
            else:
                extra[node.index] = own
        if node.layer.drops():
            extra[node.index] = sizes[node.index]
        if needs_inputs:
            kept.update([(stored[i], FLOAT * sizes[i]) for i in node.inputs])
        moves_alone = node.layer.in_place and function is None and not needs_inputs and not node.layer.drops()
        if moves_alone and len(node.inputs) == 1:  # flatten: the same numbers in the same place
            stored[node.index] = stored[node.inputs[0]]
    held = [(n, i) for figures in (kept, extra) for i, n in figures.items()]
    largest = sorted(held, key=lambda pair: (-pair[0], pair[1]))[:3]
    state = FLOAT * trained * slots(optimizer)
    return TrainingMemory(FLOAT * all_weights, FLOAT * trained, state, sum(n for n, _ in held), tuple(largest))
