"""Sizes: which input sizes does the network take, for which does it lose nothing, and which fit exactly?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.input_sizes import InputSizes

NOT_OF_SIZES = ("E001", "E003", "E010", "E013", "E014", "E015", "E016")  # mistakes that no input size mends


def find_input_sizes(network: AnalysedNetwork) -> InputSizes | None:
    """All sizes that the inputs may have; None where none was found: see `explain_no_size`.

    No size mends a mistake of the text itself, and a network that rests on an assumption is legal at none. Where a layer's
    output is stated, other sizes are unknown.
    """
    from cnnspec.facts.graph_queries import name_stated
    from cnnspec.sizes.input_sizes import work_out_sizes

    if (
        not network.whole
        or name_stated(network.graph)
        or network.graph.assumptions
        or any(d.code in NOT_OF_SIZES for d in network.diagnostics)
    ):
        return None
    if network.in_spec:
        from cnnspec.elaborate.size_probe import resize

        return work_out_sizes(network.graph, lambda inputs: resize(network, inputs))
    from cnnspec.sizes.resized_graph import resize_graph

    return work_out_sizes(network.graph, lambda inputs: resize_graph(network.graph, inputs))


def has_axes_for(network: AnalysedNetwork, near: tuple[int, ...]) -> bool:
    """Whether a size that is asked about is one for all axes, or one for each of some input."""
    nodes = network.graph.nodes
    return len(near) == 1 or len(near) in {len(shape) - 1 for i in network.graph.inputs if (shape := nodes[i].shape)}


def explain_no_size(network: AnalysedNetwork) -> str:
    """Why no input size was found."""
    from cnnspec.facts.graph_queries import name_stated

    if not network.whole:
        return f"it {network.trouble}"
    if network.broken:
        return "mend its errors first: of the input sizes that were tried, none takes them away"
    if stated := name_stated(network.graph):
        return f"the output of {stated} is stated for these sizes alone"
    return "it is legal for no input size that was tried"
