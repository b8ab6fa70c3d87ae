"""The axis algebra: tensors of a framework as views of the graph's nodes, which stand channels last.

A node's axes are products of atoms, and a tensor is a node with its atoms in another order and grouping. So permute, view,
flatten, squeeze and chunk move atoms and cost nothing; a layer is added only where something computes on an arrangement
that is not the node's own.
"""
