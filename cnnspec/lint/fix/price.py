"""What a repair costs, in a line: parameters, multiply-accumulates and the receptive field, before and after; and
whether weights that were trained before still fit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.layers.base import Shape


def describe_cost(before: Facts, after: Facts) -> str:
    """ "-64 parameters, MACs and receptive field unchanged"; figures alone where there were none before."""
    changed, same = [], []
    for noun, one, other in (
        ("parameters", before.total.parameters, after.total.parameters),
        ("MACs", before.total.macs, after.total.macs),
    ):
        if one == other and one is not None:
            same.append(noun)
        else:
            changed.append(write_difference(noun, one, other))
    fields = show_field(before), show_field(after)
    if fields[0] == fields[1]:
        same.append("receptive field")
    else:
        known = fields[0] != "unknown" and before.total.macs is not None
        changed.append(f"receptive field {fields[0]} becomes {fields[1]}" if known else f"receptive field {fields[1]}")
    if same:
        changed.append(f"{listed(same)} unchanged")
    built = before.total.parameters is not None and after.total.parameters is not None
    lost = built and weights(before) != weights(after)
    return ", ".join(changed) + ("; trained weights no longer fit" if lost else "")


def weights(facts: Facts) -> dict[str, list[list[Shape]]]:
    """The weights' shapes of each kind of layer, in order, as a file of weights has them, where all are known."""
    found: dict[str, list[list[Shape]]] = {}
    graph, used = facts.graph, facts.graph.used()
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is None or shapes is None or node.shares is not None or not used[node.index]:
            continue
        own = [weight.shape for weight in node.layer.weights(shapes)]
        if own:
            found.setdefault(type(node.layer).__name__, []).append(own)
    return found


def write_difference(noun: str, before: Dim | None, after: Dim | None) -> str:
    """ "-64 parameters"; "1,280 parameters" where it was not known; expressions where they depend on the input."""
    if after is None:
        return f"{noun} unknown"
    if before is None:
        return f"{after:,} {noun.removesuffix('s' * (after == 1))}" if isinstance(after, int) else f"{after} {noun}"
    if isinstance(before, int) and isinstance(after, int):
        return f"{after - before:+,} {noun.removesuffix('s' * (abs(after - before) == 1))}"
    return f"{noun} {before} become {after}"


def show_field(facts: Facts) -> str:
    """A receptive field: 7x7; "none" for a network that has none."""
    found = facts.receptive_field
    return "x".join([str(axis.size) for axis in found]) if found else "unknown"


def listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
