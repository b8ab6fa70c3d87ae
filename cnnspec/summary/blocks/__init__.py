"""The summary of a library: what does each block cost at the input that it is called on?"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.base.record import Record
from cnnspec.facts.activation_memory import peak_values
from cnnspec.facts.precision import BYTES
from cnnspec.summary.summary import summarize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.size import Dim
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedBlock, AnalysedNetwork
    from cnnspec.summary.summary import SummaryTotals


class BlockFigures(Record):
    """One block with its figures, which are those of the network that its call is; None is unknown.

    `arguments` are its parameters with their values as the language writes them, "" for one without; `outputs` the shapes of
    its outputs; `peak_memory` the bytes of the activations alive at once, as float32; `fault` what keeps it from being built;
    `file` and `line` are where it is written, which is another file for a block that is used.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    outputs: tuple[Shape | None, ...]
    totals: SummaryTotals | None
    peak_memory: Dim | None
    fault: Diagnostic | None
    file: str
    line: int

    def __str__(self) -> str:
        """The call: cbr(filters=64, kernel=3x3, stride=1)."""
        written = [f"{name}={value}" if value else name for name, value in self.arguments]
        return f"{self.name}({', '.join(written)})" if written else self.name


def find_block_figures(blocks: tuple[AnalysedBlock, ...]) -> tuple[BlockFigures, ...]:
    """The figures of each block, in the order of the text."""
    return tuple([measure_block(block) for block in blocks])


def measure_block(block: AnalysedBlock) -> BlockFigures:
    """The figures of one block; around a mistake, those that are known."""
    call, network = block.call, block.network
    file, line = call.place.source.name, call.place.source.position(call.place.start)[0]
    faults = [found for found in block.diagnostics if found.severity == ERROR] or [*call.refused]
    fault = faults[0] if faults else None
    if network is None or not network.graph.outputs:  # it is not called, or given up
        return BlockFigures(call.name, call.arguments, (), None, None, fault, file, line)
    nodes = network.graph.nodes
    outputs = tuple([nodes[i].shape for i in network.graph.outputs])
    peak = find_peak_memory(network)
    return BlockFigures(call.name, call.arguments, outputs, summarize(network).totals, peak, fault, file, line)


def find_peak_memory(network: AnalysedNetwork) -> Dim | None:
    """Bytes of the activations alive at once, as float32."""
    peak = peak_values(network.facts)
    return None if peak is None else peak[0] * BYTES["float32"]
