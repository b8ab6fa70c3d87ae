"""What a graph cannot show of a torch program, as sentences."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.model_files.torch.program import PARAMETER, count_values
from cnnspec.model_files.views.graph_builder import find_learned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnnspec.graph import Node
    from cnnspec.model_files.torch.program import Program, ProgramWeight
    from cnnspec.model_files.views.graph_builder import GraphBuilder

SHOWN = 3  # names in a sentence


class OpaqueOperator(Record):
    """An operator that stands as an opaque layer: its name, why it has no layer, where it is, and its nodes."""

    name: str
    why: str
    place: str
    nodes: tuple[Node, ...] = ()


def find_remarks(
    program: Program, builder: GraphBuilder, computed: Collection[str], opaque: Sequence[OpaqueOperator]
) -> list[str]:
    """Sentences; `computed` are weights that are computed of others before a layer uses them, `opaque` operators without a layer."""
    remarks = []
    counted = {weight.name for weights in builder.weights.values() for weight in weights}
    parameters = [weight for weight in program.weights.values() if weight.kind == PARAMETER]
    unused = [weight for weight in parameters if weight.name not in counted]
    if unused:
        total = sum([count_values(weight) for weight in unused])
        remarks.append(f"{total:,} parameters belong to no layer: {list_names(unused)}")
    used = [weight for weight in parameters if weight.name in computed and weight.name in counted]
    if used:
        remarks.append(f"the work of computing weights of others is not counted: {list_names(used)}")
    owners = find_owners(builder)
    if again := [weight for weight in parameters if len(owners.get(weight.name, ())) > 1]:
        total = sum([count_values(weight) * (len(owners[weight.name]) - 1) for weight in again])
        remarks.append(f"{total:,} parameters are counted again, in layers of other arguments: {list_names(again)}")
    half = find_half_frozen(builder)
    if mixed := [weight for weight in parameters if weight.name in half]:
        remarks.append(f"frozen, in layers that are not frozen whole, and so counted as trained: {list_names(mixed)}")
    for axis in program.open_axes:
        remarks.append(
            f"axis {axis.axis} of {axis.value} may have any size: the figures are for {axis.size}, as exported"
        )
    kept = {id(node) for node in builder.graph.nodes}
    if left := [operator for operator in opaque if any([id(node) in kept for node in operator.nodes])]:
        remarks.append(describe_opaque(left))
    return remarks


def describe_opaque(opaque: Sequence[OpaqueOperator]) -> str:
    """The operators without a layer, those of one kind together: 3 x roll (no layer is this operator), first in layer1.0."""
    kinds: dict[tuple[str, str], list[OpaqueOperator]] = {}
    for operator in opaque:
        kinds.setdefault((operator.name, operator.why), []).append(operator)
    said = []
    for (name, why), alike in kinds.items():
        place = f"{', first' * (len(alike) > 1)} in {alike[0].place}" if alike[0].place else ""
        said.append(f"{f'{len(alike)} x ' * (len(alike) > 1)}{name} ({why}){place}")
    which = (
        "1 operator stands as an opaque layer"
        if len(opaque) == 1
        else f"{len(opaque)} operators stand as opaque layers"
    )
    return f"{which}: {', '.join(said[:SHOWN])}{and_more(len(said))}"


def find_half_frozen(builder: GraphBuilder) -> set[str]:
    """The names of frozen weights in layers that have trained ones, too."""
    found: set[str] = set()
    for index, weights in builder.weights.items():
        node = builder.graph.nodes[index]
        if node.layer is not None and node.layer.trainable:
            shapes = builder.graph.input_shapes(node) or ()
            found.update([w.name for w in find_learned(node.layer, shapes, weights) if not w.trainable])
    return found


def find_owners(builder: GraphBuilder) -> dict[str, set[int]]:
    """For each weight the nodes that have it as their own; those that share a node's are not among them."""
    owners: dict[str, set[int]] = {}
    for index, weights in builder.weights.items():
        shares = builder.graph.nodes[index].shares
        for weight in weights:
            owners.setdefault(weight.name, set()).add(index if shares is None else shares)
    return owners


def list_names(weights: Sequence[ProgramWeight]) -> str:
    return ", ".join(weight.name for weight in weights[:SHOWN]) + and_more(len(weights))


def and_more(count: int) -> str:
    return f" and {count - SHOWN} more" if count > SHOWN else ""
