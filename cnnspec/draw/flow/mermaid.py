"""A flow in Mermaid, which GitHub, GitLab and many notebooks draw in Markdown: groups are subgraphs."""

from __future__ import annotations

from cnnspec.draw.flow.written import write_flow
from cnnspec.draw.question import RIGHT
from cnnspec.pictures.palette import COLORS
from cnnspec.tables.escape import mermaid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.flow.written import WrittenFlow
    from cnnspec.draw.outline.outline import Outline
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork


def write_mermaid(network: AnalysedNetwork, outline: Outline, question: DrawQuestion) -> str:
    """The text. Equal networks give equal bytes."""
    flow = write_flow(network, outline, question.shown)
    lines = [f"flowchart {'LR' if question.direction == RIGHT else 'TD'}", *write_inside(flow, None, "  ")]
    lines += [f'  n{edge.source} -->|"{mermaid(edge.shape)}"| n{edge.target}' for edge in flow.edges]
    for kind in sorted({box.kind for box in flow.boxes}):
        lines.append(f"  classDef {kind} fill:{COLORS[kind][0]},stroke:{COLORS['ink'][0]},color:{COLORS['ink'][0]}")
    return "\n".join(lines) + "\n"


def write_inside(flow: WrittenFlow, group: int | None, indent: str) -> list[str]:
    """The boxes of a group and the groups in it."""
    lines = []
    for number, box in flow.find_boxes(group):
        lines.append(f'{indent}n{number}["{"<br>".join(map(mermaid, box.lines))}"]:::{box.kind}')
    for number, inner in flow.find_groups(group):
        lines.append(f'{indent}subgraph g{number}["{mermaid(inner.title)}"]')
        lines += [*write_inside(flow, number, f"{indent}  "), f"{indent}end"]
    return lines
