"""A flow in DOT, which Graphviz lays out: groups are clusters."""

from __future__ import annotations

from cnnspec.draw.flow.written import write_flow
from cnnspec.draw.question import RIGHT
from cnnspec.pictures.palette import COLORS
from cnnspec.tables.escape import dot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.flow.written import WrittenFlow
    from cnnspec.draw.outline.outline import Outline
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork

HEAD = """\
  node [shape=box, style="rounded,filled", fontname="Helvetica,Arial", fontsize=12, margin="0.12,0.06"]
  edge [fontname="Helvetica,Arial", fontsize=10, arrowsize=0.7]
"""


def write_dot(network: AnalysedNetwork, outline: Outline, question: DrawQuestion) -> str:
    """The text. Equal networks give equal bytes."""
    flow = write_flow(network, outline, question.shown)
    lines = [
        f'digraph "{dot(network.name)}" {{',
        f"  rankdir={'LR' if question.direction == RIGHT else 'TB'}",
        HEAD.rstrip(),
    ]
    lines += write_inside(flow, None, "  ")
    lines += [f'  n{edge.source} -> n{edge.target} [label="{dot(edge.shape)}"]' for edge in flow.edges]
    return "\n".join([*lines, "}"]) + "\n"


def write_inside(flow: WrittenFlow, group: int | None, indent: str) -> list[str]:
    """The boxes of a group and the groups in it."""
    lines = []
    for number, box in flow.find_boxes(group):
        words = r"\n".join(map(dot, box.lines))
        lines.append(f'{indent}n{number} [label="{words}", fillcolor="{COLORS[box.kind][0]}"]')
    for number, inner in flow.find_groups(group):
        lines += [f"{indent}subgraph cluster_{number} {{", f'{indent}  label="{dot(inner.title)}"; labeljust=l']
        lines += [
            f'{indent}  style="rounded,filled"; fillcolor="{COLORS["group"][0]}"; fontname="Helvetica,Arial"; fontsize=10'
        ]
        lines += [*write_inside(flow, number, f"{indent}  "), f"{indent}}}"]
    return lines
