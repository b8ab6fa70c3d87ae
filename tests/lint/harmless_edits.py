"""When an edit is no mistake: what must hold where it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.facts.graph_queries import find_last_function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph, Node
    from tests.lint.mutation import Case

from tests.lint.surroundings import MERGES, POOLS, channels, sides


def pooled_behind(case: Case, graph: Graph, node: Node) -> bool:
    behind = sides(graph, node)[1]
    return bool(behind) and all(n.label in ("maxpool", "gmp") for n in behind)


def at_the_end(case: Case, graph: Graph, node: Node) -> bool:
    return all(not (n.layer and n.layer.counted) for n in sides(graph, node)[1])


def merged_beside(case: Case, graph: Graph, node: Node) -> bool:
    before, behind = sides(graph, node)
    return any(n.label in MERGES for n in before) or any(n.label in MERGES for n in behind)


def depthwise_beside(case: Case, graph: Graph, node: Node) -> bool:
    before, behind = sides(graph, node)
    return any(n.label == "depthwise_conv" for n in (*before, *behind))


def narrows(case: Case, graph: Graph, node: Node) -> bool:
    """Fewer channels go on than came in, or than the next layer yields: a factorisation."""
    before, behind = sides(graph, node)
    first = [channels(graph, n) for n in before]
    return any(leaving < entering or leaving == 1 for entering, leaving in first) or (
        bool(behind)
        and all(leaving <= max(channels(graph, n)[1] for n in behind) for _, leaving in first)
        and is_1x1(before)
    )


def is_1x1(nodes: list[Node]) -> bool:
    return all(getattr(n.layer, "kernel", None) in ((1, 1), 1, (1,)) for n in nodes)


def shared_behind(case: Case, graph: Graph, node: Node) -> bool:
    readers = graph.consumers()
    return len(readers[node.index]) > 1 or any(len(readers[i]) > 1 for i in node.inputs)


def one_window(case: Case, graph: Graph, node: Node) -> bool:
    """A pool whose window holds the whole map once: a global pool."""
    shapes = [n.shape for g in case.spec.graphs for n in g.nodes if n.site.node.start == node.site.node.start]
    return node.label in POOLS and all(shape is not None and set(shape[:-1]) == {1} for shape in shapes)


def no_norm_behind(case: Case, graph: Graph, node: Node) -> bool:
    readers = graph.consumers()[node.index]
    return not readers or any(graph.nodes[i].label != "bn" for i in readers)


def same_layers(case: Case, graph: Graph, node: Node) -> bool:
    """The same layers with the same shapes, weights and numbers of readers, whatever their order."""

    return case.base.layers == case.spec.layers


def ends_linear(case: Case, graph: Graph, node: Node) -> bool:
    end = find_last_function(graph, graph.outputs[0])
    return end is not None and end[1] == "linear"


def half_a_position(case: Case, graph: Graph, node: Node) -> bool:
    """Moving the padding from behind to the front moves the centre by less than a position of the merge."""
    return all(w.after / w.stride < 1 for at, w, _ in windows_of(graph) if at is node)


def on_a_point(case: Case, graph: Graph, node: Node) -> bool:
    return all(n == 1 for n in (graph.input_shapes(node) or ((),))[0][:-1])


def convolved_behind(case: Case, graph: Graph, node: Node) -> bool:
    """A pool that keeps the map's axes stands before a convolution, which takes a map of any size, of an open one here."""
    return len(node.shape or ()) == 3 and open_sizes(case, graph, node)


# windows by the formula alone, (N + 2P - F)/S + 1, without what the analyser knows of reading and carrying data
def windows_of(graph: Graph) -> Iterator[tuple[Node, Any, int]]:
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is None or shapes is None or not shapes or node.label in ("conv_transpose", "upsample"):
            continue
        for window, n in zip(node.layer.windows(shapes) or (), shapes[0], strict=False):
            if isinstance(n, int) and isinstance(window.before, int) and isinstance(window.after, int):
                yield node, window, n


def fits(case: Case, graph: Graph, node: Node) -> bool:
    """No remainder anywhere is larger than the padding at the end, and no kernel is larger than its map."""
    return all(
        covers(g, at, w, n) and (w.extent - w.before <= n or not at.layer.counted)
        for g in case.spec.graphs for at, w, n in windows_of(g)
    )  # fmt: skip


def used_elsewhere(case: Case, graph: Graph, node: Node) -> bool:
    """Where a kernel meets no data at one use, it does at another."""
    kernels = {n.index if n.shares is None else n.shares for n in graph.nodes if n.shares is not None}
    return bool(kernels) and all(
        at.shares is not None or at.index in kernels
        for g in case.spec.graphs for at, w, n in windows_of(g) if w.extent > n
    )  # fmt: skip


def covers(graph: Graph, node: Node, window: Any, n: int) -> bool:
    """Whether what a layer leaves over is padding, its own or a pad's before it, or a gap as between its windows; or
    another layer reads that tensor too."""
    before, after = graph.nodes[node.inputs[0]], window.after
    if before.label == "pad":
        shape = graph.input_shapes(before)
        after += (before.shape[0] - shape[0][0]) // 2  # type: ignore[index, operator]
    left = (n + window.before + window.after - window.extent) % window.stride
    return left <= after + max(0, window.stride - window.extent) or len(graph.consumers()[before.index]) > 1


def open_sizes(case: Case, graph: Graph, node: Node) -> bool:
    return any(not isinstance(n, int) for at in graph.nodes for n in at.shape or ())


def no_two_in_a_row(case: Case, graph: Graph, node: Node) -> bool:
    """Between any two sigmoids stands a normalisation or a merge."""
    for g in case.spec.graphs:
        rows: list[int] = []
        for at in g.nodes:
            row = max((rows[i] for i in at.inputs), default=0)
            if at.layer is not None:
                row = 0 if at.layer.normalizes or at.layer.merges else row
                gate = any(g.nodes[i].label == "multiply" for i in g.consumers()[at.index])
                row += at.layer.ends_in() == "sigmoid" and not gate
            rows.append(row)
        if max(rows) > 1:
            return False
    return True
