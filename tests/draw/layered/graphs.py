"""Graphs by chance: boxes in nested groups, edges with labels and without."""

from __future__ import annotations

from hypothesis import strategies as st

from cnnspec.draw.layered.diagram import Box, Edge, Group, Size

WIDTHS, HEIGHTS, LONGEST_TITLE = (30, 80, 120.5, 200), (20, 26, 40), 150
Graph = tuple[list[Box], list[Group], list[Edge]]


@st.composite
def graphs(draw: st.DrawFn, most: int = 24) -> Graph:
    """Boxes that edges lead through in their order. Where `together`, neighbours mostly lie in one group, as in networks."""
    groups = []
    for index in range(draw(st.integers(0, 6))):
        parent = draw(st.none() | st.integers(0, index - 1)) if index else None
        groups.append(Group(Size(draw(st.integers(0, LONGEST_TITLE)), draw(st.sampled_from([0, 12]))), parent))
    anywhere = st.none() | st.integers(0, len(groups) - 1) if groups else st.none()
    together = draw(st.booleans())
    boxes: list[Box] = []
    for index in range(draw(st.integers(0, most))):
        group = boxes[-1].group if index and together and draw(st.integers(0, 3)) else draw(anywhere)
        boxes.append(Box(draw(st.sampled_from(WIDTHS)), draw(st.sampled_from(HEIGHTS)), group))
    edges = []
    label = st.none() | st.builds(Size, st.sampled_from([30, 60.25, 110]), st.just(11))
    for target in range(1, len(boxes)):
        for _ in range(draw(st.integers(0, 3))):
            source = target - 1 if draw(st.booleans()) else draw(st.integers(0, target - 1))
            edges.append(Edge(source, target, draw(label), draw(st.sampled_from([0, 0, 0, 1]))))
    return boxes, groups, edges
