"""Input sizes: all that a network takes, those that lose nothing, those that fit exactly."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.sizes.input_sizes import InputSizes

SIZELESS = ("E001", "E003", "E010", "E013", "E014", "E015", "E016")  # mistakes that no input size mends


def find_input_sizes(network: AnalysedNetwork) -> InputSizes | None:
    """All sizes that the network's inputs may have; None where none was found, or no size could mend its text. What
    rests on an assumption is legal at none."""
    from cnnspec.elaborate.size_probe import resize
    from cnnspec.sizes.input_sizes import input_sizes

    if network.graph.assumptions or any(d.code in SIZELESS for d in network.diagnostics):
        return None
    return input_sizes(network.graph, lambda inputs: resize(network, inputs))


def no_size(network: AnalysedNetwork) -> str:
    """Why there are no input sizes: what to say where none was found."""
    if network.broken:
        return "mend its errors first: of the input sizes that were tried, none takes them away"
    return "it is legal for no input size that was tried"
