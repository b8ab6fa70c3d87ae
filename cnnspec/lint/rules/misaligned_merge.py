"""R305 misaligned-merge: branches that meet look at places one position or more apart.

Position i of each branch has its centre somewhere in the image. Where the padding or the strides of two branches differ
in kind, a sum or a concatenation puts side by side what does not lie side by side, and every layer behind has to learn
to undo it.

Left alone are branches that look back from the same place, by design: causal convolutions of a sequence, also where
they stand as a padding before a convolution or a crop behind it, and along the time of a spectrogram or a video.

Source: Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks", Distill 2019.

Bad:

    input 32x32x8
    add(in, conv(8, 3x3, padding=((0, 2), (0, 2)), activation=relu))

Good:

    input 32x32x8
    add(in, conv(8, 3x3, padding=1, activation=relu))
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.layers.window import AXIS_NAMES
from cnnspec.lint.finding import merge_findings, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.facts.geometry import Geometry, Misaligned
    from cnnspec.lint.context import Context

CODE = "R305"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a merge",)
LEAST = 1.0  # positions of the merge


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    if not any([node.layer is not None and node.layer.merges for node in graph.nodes]):
        return
    if all([centred(reach) for reach in context.reaches if reach is not None]):  # then all centres agree
        return
    found = apart(context.geometry)
    if found:
        from cnnspec.lint.centring import find_cure

        nodes, worst = [graph.nodes[i] for i in found], max(found.values(), key=lambda merge: merge.positions)
        axis = AXIS_NAMES[len(graph.nodes[worst.node].shape or ()) - 1][worst.axis]
        first, last = [graph.nodes[i].name for i in worst.branches]
        where = f" at {graph.nodes[worst.node].name}" if len(nodes) > 1 else ""
        message = f"the branches of {name_layers(nodes, 'merges')} have their centres apart:{where} {first} and {last} by {worst.positions:.4g} position{'s' * (worst.positions != 1)} ({worst.pixels:.4g} of the input) along its {axis}"
        written = find_cure(context, found, apart)
        help = f"write {written}" if written else "pad or crop the branches so that they look at the same places"
        yield merge_findings(CODE, nodes, message, help, SEVERITY)


def apart(geometry: Geometry) -> dict[int, Misaligned]:
    """The merges whose branches look at places a position or more apart, each with the axis where it is worst."""
    axes: dict[int, list[Misaligned]] = {}
    for merge in geometry.misaligned:
        if merge.positions >= LEAST:
            axes.setdefault(merge.node, []).append(merge)
    worst = {node: max(merges, key=lambda merge: merge.positions) for node, merges in axes.items()}
    return {node: merge for node, merge in worst.items() if len(axes[node]) > 1 or merge.ends >= LEAST}


def centred(reach: tuple[object, ...]) -> bool:
    """Whether a layer leaves centres where they are times its stride."""
    return all([axis.over == 1 and axis.low is not None and axis.low + axis.high == 0 for axis in reach])  # type: ignore[attr-defined]
