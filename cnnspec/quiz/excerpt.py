"""A few layers of a network on an input of their own, as a question shows them: all that it takes to answer it.

An excerpt is a network for itself, so its figures and their derivations are those that every command would give of it.
"""

from __future__ import annotations

from functools import cached_property

from cnnspec.base.size import Size
from cnnspec.diff.layer_call import write_call
from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph, Node
from cnnspec.layers.argument import shortest
from cnnspec.layers.array import nest
from cnnspec.layers.base import show_shape
from cnnspec.spec_writer import spell_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.layers.base import Layer, Shape, Weight
    from cnnspec.layers.window import Window
    from cnnspec.network import AnalysedNetwork
    from cnnspec.trace.reference.definition import Array

TOLD = ("kernel", "stride", "padding", "bias")  # arguments that a question shows even where they have their defaults
MOST_LAYERS = 12  # of a chain that a question shows
CUT = "…"  # in a text that was too long
UNKNOWN = {1: ("N",), 2: ("H", "W"), 3: ("D", "H", "W")}  # names of unknown sizes


class Excerpt:
    """Layers one behind another. `whole`: they are all that the network has. Where sizes are unknown, those of its input have
    names of their own. `numbers`: what enters, one example first, where it is about numbers."""

    def __init__(self, nodes: list[Node], whole: bool = False, numbers: Array | None = None) -> None:
        self.graph = Graph("excerpt")
        self.whole, self.numbers = whole, numbers
        source, *layers = nodes
        named = spell_names([node.name for node in layers])
        self._add(source, "the input", None)
        for node, name in zip(layers, named, strict=True):
            self._add(node, name, node.layer)
        self.graph.inputs, self.graph.outputs = [0], [len(layers)]

    def _add(self, node: Node, name: str, layer: Layer | None) -> None:
        index = len(self.graph.nodes)
        shape = node.shape if layer is not None else name_unknown(node.shape or ())
        before = self.graph.nodes[-1].shape if self.graph.nodes else None
        if layer is not None and before is not None and not known_shape(before):
            shape = layer.output((before,))
        made = Node(index, layer, (index - 1,) if index else (), shape, node.label, node.site)
        made.name = made.given = name
        self.graph.nodes.append(made)

    # ---- its last layer ------------------------------------------------------------------------------------
    @property
    def node(self) -> Node:
        return self.graph.nodes[-1]

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def layer(self) -> Layer:
        layer = self.node.layer
        assert layer is not None
        return layer

    @property
    def channels(self) -> tuple[int, int]:
        """How many channels, or values, enter and leave it."""
        first, last = [(node.shape or (0,))[-1] for node in self.graph.nodes[-2:]]
        assert isinstance(first, int) and isinstance(last, int)
        return first, last

    @property
    def entering(self) -> tuple[int, ...]:
        """The shape that enters it; () where it is not known."""
        return known_shape(self.graph.nodes[-2].shape)

    @property
    def leaving(self) -> tuple[int, ...]:
        """The shape that leaves it; () where it is not known."""
        return known_shape(self.node.shape)

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Its weights, none of which has a size that is not known."""
        inputs = self.facts.inputs_of(self.node.index)
        return self.layer.weights(inputs) if inputs else ()

    @property
    def windows(self) -> tuple[Window, ...]:
        """Its window along each axis; none where it slides none."""
        return self.facts.windows[-1]

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.graph)

    # ---- how it is shown -----------------------------------------------------------------------------------
    @cached_property
    def spec(self) -> tuple[str, ...]:
        """Its text in the language, a line for each layer; behind the input its numbers, as a comment."""
        source, *layers = self.graph.nodes
        numbers = self.draw_numbers()
        grid = () if numbers is None else write_grid(numbers, len(source.shape or ()) == 2)
        return (f"input {show_shape(source.shape)}", *grid, *[f"{self._write(node)} as {node.name}" for node in layers])

    def _write(self, node: Node) -> str:
        """A layer with its window and its bias, even where they need not be written."""
        layer, windows = node.layer, self.facts.windows[node.index]
        if layer is not None and layer.sliding() is not None:
            kernel = tuple([window.kernel for window in windows])
            stride = shortest(layer.arguments["stride"], tuple([window.stride for window in windows]))
            node = copy_node(node, layer.replace(kernel=kernel if len(kernel) > 1 else kernel[0], stride=stride))
        return write_call(node, TOLD if self.numbers is None else (*TOLD, *find_told(node, windows)))

    def draw_numbers(self) -> tuple[Any, ...] | None:
        """What enters, nested as trace takes it: rows of numbers, of several channels each with its rows; None where it is not
        about numbers."""
        if self.numbers is None:
            return None
        numbers, ndim = self.numbers[0], self.numbers.ndim - 1
        if ndim > 1:
            numbers = numbers[..., 0] if numbers.shape[-1] == 1 else numbers.transpose(-1, *range(ndim - 1))
        drawn: tuple[Any, ...] = nest([int(n) for n in numbers.ravel()], numbers.shape)
        return drawn

    @property
    def shown(self) -> bool:
        """Whether its text is whole, and says what the layers are."""
        return not any([CUT in line for line in self.spec])

    def with_layer(self, layer: Layer) -> Excerpt:
        """The same with another last layer."""
        made = copy_node(self.node, layer)
        made.shape = layer.output((self.entering,))
        return Excerpt([*self.graph.nodes[:-1], made])

    def with_numbers(self, layer: Layer, numbers: Array) -> Excerpt:
        """Another last layer alone, and what enters it."""
        source, made = self.graph.nodes[-2], copy_node(self.node, layer)
        shape = numbers.shape[1:]
        made.shape = layer.output((shape,))
        return Excerpt([Node(0, None, (), shape, source.label, source.site), made], numbers=numbers)


def find_told(node: Node, windows: Sequence[Window]) -> tuple[str, ...]:
    """The argument that says whether zeros count in a mean, where there are some."""
    layer = node.layer
    if layer is None or "count_padding" not in layer.arguments or layer.rounds_up():
        return ()
    return ("count_padding",) if any([window.before or window.after for window in windows]) else ()


def copy_node(node: Node, layer: Layer) -> Node:
    """A node with another layer."""
    made = Node(node.index, layer, node.inputs, node.shape, node.label, node.site)
    made.name, made.given = node.name, node.given
    return made


def known_shape(shape: Shape | None) -> tuple[int, ...]:
    """A shape of numbers; () where it has sizes that are not known."""
    sizes = tuple([n for n in shape or () if isinstance(n, int)])
    return sizes if shape and len(sizes) == len(shape) else ()


def name_unknown(shape: Shape) -> Shape:
    """A shape whose unknown sizes have names: HxWx3."""
    names = UNKNOWN.get(len(shape) - 1, ())
    return tuple([n if isinstance(n, int) else Size.unknown(names[axis]) for axis, n in enumerate(shape)])


# ---- numbers as they are shown -----------------------------------------------------------------------------
def write_grid(values: tuple[Any, ...], signal: bool) -> list[str]:
    """What enters a layer, as a comment: the rows of a map, its channels side by side; a signal has a row for each channel."""
    if not isinstance(values[0], tuple):
        return [f"# {' '.join(map(str, values))}"]
    if not isinstance(values[0][0], tuple):
        return [f"# {f'channel {n}: ' * signal}{row}" for n, row in enumerate(align(values))]
    matrices = [align(matrix) for matrix in values]
    heads = [f"channel {number}" for number in range(len(matrices))]
    width = max(len(heads[0]), len(matrices[0][0]))
    return [
        f"# {'   '.join([cell.ljust(width) for cell in row])}".rstrip() for row in (heads, *zip(*matrices, strict=True))
    ]


def align(rows: tuple[Any, ...]) -> list[str]:
    """Rows of numbers, which end below each other."""
    width = max([len(str(number)) for row in rows for number in row])
    return [" ".join([str(number).rjust(width) for number in row]) for row in rows]


# ---- taking them out ---------------------------------------------------------------------------------------
def cut_layers(network: AnalysedNetwork) -> list[Excerpt]:
    """Every layer that reads one tensor, on an input of its own."""
    nodes = network.graph.nodes
    return [Excerpt([nodes[n.inputs[0]], n]) for n in nodes if can_stand_alone(n, nodes) and n.shares is None]


def cut_chains(network: AnalysedNetwork) -> list[Excerpt]:
    """Every layer with all that stand before it, where these are not many and stand one behind another."""
    nodes, found = network.graph.nodes, []
    for node in nodes:
        chain = [node]
        while len(chain) <= MOST_LAYERS and can_stand_alone(chain[-1], nodes):
            chain.append(nodes[chain[-1].inputs[0]])
        if len(chain) > 1 and chain[-1].layer is None:
            found.append(Excerpt(chain[::-1], len(chain) == len(nodes)))
    return found


def can_stand_alone(node: Node, nodes: list[Node]) -> bool:
    """Whether all that a layer does can be told from one shape: what enters it."""
    if node.layer is None or node.layer.stated or node.layer.merges or len(node.inputs) != 1:
        return False
    return all([has_channels(i) for i in (node, nodes[node.inputs[0]])])


def has_channels(node: Node) -> bool:
    """Whether the channels of a shape are known, and what is not known are the sizes of a map."""
    shape = node.shape
    if not shape or not isinstance(shape[-1], int):
        return False
    return bool(known_shape(shape)) or len(shape) - 1 in UNKNOWN
