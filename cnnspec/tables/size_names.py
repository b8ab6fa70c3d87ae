"""Symbolic sizes in a table: products of sizes as products, and short names for sizes where the table is too wide.

A layer's MACs are a number times the positions of its output, or of its input: 432*((H + 1)//2)*((W + 1)//2) rather
than what that multiplies out to. In short it is 432*h1*w1, and h1 = (H + 1)//2 stands below the table.
"""

from __future__ import annotations

from math import gcd

from cnnspec.base.size import Size, add_up
from cnnspec.layers.base import product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork


class SizeNames:
    """Names of the sizes of a network's shapes, `short` ones (h1, w1, …) or the sizes themselves in parentheses."""

    def __init__(self, network: AnalysedNetwork, short: bool) -> None:
        self.graph: Graph = network.graph
        self.short = short
        self.named: dict[Size, Dim] = {}  # size → its name, or the multiple of a name
        self.meaning: dict[str, Size] = {}  # of the names
        numbers: dict[str, int] = {}
        for size in dict.fromkeys([n for node in self.graph.nodes for n in node.shape or () if isinstance(n, Size)]):
            times = gcd(*size.terms.values())
            plain = Size({atoms: factor // times for atoms, factor in size.terms.items()})
            if plain not in self.named:
                self.named[plain] = plain if str(plain).isidentifier() else self._name(plain, numbers)
            self.named[size] = times * self.named[plain]

    def _name(self, size: Size, numbers: dict[str, int]) -> Size:
        if not self.short:
            return Size.unknown(f"({size})")
        letter = letter_of(size)
        numbers[letter] = numbers.get(letter, 0) + 1
        name = f"{letter}{numbers[letter]}"
        self.meaning[name] = size
        return Size.unknown(name)

    def of(self, value: Any, node: Node) -> Any:
        """A figure of a node's row: a shape with short names, a number as a product; what is no size as it is."""
        if not self.named:
            return value
        if isinstance(value, tuple) and value and all(isinstance(n, (int, Size)) for n in value):
            return tuple([self.named.get(n, n) if self.short and isinstance(n, Size) else n for n in value])
        return self.multiple(value, node) if isinstance(value, Size) else value

    def multiple(self, value: Size, node: Node) -> Dim:
        """A number of a node as a multiple of the positions that leave or enter it; as it is where it is none."""
        for shape in (node.shape, *[self.graph.nodes[i].shape for i in node.inputs]):
            positions: Shape = tuple([n for n in shape or () if isinstance(n, Size)])
            times = quotient(value, product(positions))
            if times is not None:
                return times * product(tuple([self.named[n] for n in positions if isinstance(n, Size)]))
        return value

    def total(self, figures: Sequence[Dim | None], total: Dim | None) -> Dim | None:
        """A total over what the outputs depend on, as a sum of such multiples."""
        if not isinstance(total, Size):
            return total
        used = zip(self.graph.nodes, self.graph.used(), strict=True)
        return add_up([self.of(figures[node.index], node) for node, counts in used if counts])

    def definitions(self) -> list[str]:
        """What short names stand for: "h1 = (H + 1)//2, w1 = (W + 1)//2", a line for each number."""
        lines: dict[str, list[str]] = {}
        for name, size in self.meaning.items():
            lines.setdefault(name[1:], []).append(f"{name} = {size}")
        return [", ".join(line) for line in lines.values()]


def letter_of(size: Size) -> str:
    """The first letter of its unknown, where it has one alone."""
    names = sorted(size.names())
    return names[0][0].lower() if len(names) == 1 else "n"


def quotient(size: Size, of: Dim) -> int | None:
    """k where size = k * of."""
    if not isinstance(of, Size):
        return None
    atoms, factor = next(iter(of.terms.items()))
    times = size.terms.get(atoms, 0) // factor
    return times if times and times * of == size else None
