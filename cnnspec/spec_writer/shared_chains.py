"""Layers that are used several times with the same weights: a chain of them becomes one `shared` function."""

from __future__ import annotations

from cnnspec.graph import Graph, Node


def is_merge(node: Node) -> bool:
    """Whether a node takes several tensors; a layer that may take several can stand behind one alone."""
    return node.layer is not None and node.layer.merges and len(node.inputs) > 1


def find_shared_chains(graph: Graph) -> list[list[list[int]]]:
    """The longest chains of shared layers, in the order of their first uses: for every use its nodes, first to last.

    Layers without weights are shared only inside a chain: elsewhere sharing makes no difference.
    """
    groups: dict[int, list[int]] = {}
    for node in graph.nodes:
        if node.shares is not None and node.layer is not None and not is_merge(node):
            groups.setdefault(node.shares, [node.shares]).append(node.index)
    readers = graph.consumers()
    following: dict[int, int] = {}  # owner → owner of the next layer in the chain
    for first, group in groups.items():
        after = [find_only_reader(readers[index]) for index in group]
        nodes = [graph.nodes[index] for index in after if index is not None]
        owners = {find_owner(node) for node in nodes}
        if len(nodes) == len(group) and len(owners) == 1 and all(len(node.inputs) == 1 for node in nodes):
            (following[first],) = owners
    following = {a: b for a, b in following.items() if b in groups and len(groups[b]) == len(groups[a])}
    starts = [first for first in groups if first not in following.values()]
    found = []
    for first in sorted(starts):
        chain = [first]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        while chain and not has_weights(graph, chain[-1]):
            chain.pop()
        if chain:
            found.append([[groups[layer][use] for layer in chain] for use in range(len(groups[first]))])
    return found


def find_only_reader(readers: list[int]) -> int | None:
    return readers[0] if len(readers) == 1 else None


def find_owner(node: Node) -> int:
    return node.index if node.shares is None else node.shares


def has_weights(graph: Graph, index: int) -> bool:
    node = graph.nodes[index]
    shapes = graph.input_shapes(node)
    return node.layer is not None and shapes is not None and bool(node.layer.weights(shapes))
