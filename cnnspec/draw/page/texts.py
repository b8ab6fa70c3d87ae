"""The texts beside a picture, line by line, in the colors of editors; of a model without a text the list of its layers."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.highlight import python
from cnnspec.highlight.stretches import find_stretches
from cnnspec.layers.base import show_shape
from cnnspec.tables.escape import xml
from cnnspec.tables.rows import find_keras_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.source import Source
    from cnnspec.graph import Node, Site
    from cnnspec.network import AnalysedNetwork

    Place = tuple[int, int, int]  # the number of a text, the first line and the last, from 1

CLASSES = {  # types of Pygments, or what they begin with: the class of the page's style
    "Keyword": "k", "Operator.Word": "k", "Name.Builtin": "b", "Name.Function": "f", "Name.Class": "f", "Name.Attribute": "a",
    "Name.Property": "a", "Name.Constant": "v", "Number": "m", "String": "s", "Comment": "c", "Error": "e",
}  # fmt: skip


class PageText(Record):
    """One text: its name, and its lines as HTML."""

    name: str
    lines: tuple[str, ...]


class Texts:
    """The texts that the layers of a network stand in, the network's own first; a model's layers stand in the list of them."""

    def __init__(self, network: AnalysedNetwork) -> None:
        self.network = network
        self.sources: dict[str, int] = {}
        self.made: list[PageText] = []
        if network.source.text:
            self.add(network.source)
        elif not network.has_text:
            nodes = network.graph.nodes
            self.made.append(PageText(network.source.name, tuple([write_layer(network, node) for node in nodes])))

    def add(self, source: Source) -> int:
        """The number of a text."""
        if source.name not in self.sources:
            self.sources[source.name] = len(self.made)
            self.made.append(PageText(source.name, tuple(color_lines(source))))
        return self.sources[source.name]

    def place(self, node: Node) -> Place | None:
        """The lines of a layer."""
        if not self.network.has_text:
            return 0, node.index + 1, node.index + 1
        return self.place_site(node.site)

    def place_site(self, site: Site) -> Place | None:
        """The lines in which something is written; None where there is no text."""
        if not site.source.text:
            return None
        first, last = (
            site.source.position(site.node.start)[0],
            site.source.position(max(site.node.start, site.node.end - 1))[0],
        )
        return self.add(site.source), first, last


def write_layer(network: AnalysedNetwork, node: Node) -> str:
    """A layer of a model as a line: its name, its class, what leaves it, its path there."""
    words = [find_keras_type(node, network), show_shape(node.shape)]
    path = node.site.written
    return "  ".join(
        [
            f'<span class="f">{xml(node.name)}</span>',
            *map(xml, words),
            f'<span class="c">{xml(path)}</span>' if path else "",
        ]
    ).rstrip()


def color_lines(source: Source) -> Iterator[str]:
    """The lines of a text as HTML; what a stretch is stands in its class."""
    line: list[str] = []
    find = python.find_stretches if source.is_python else find_stretches
    for _, of, stretch in find(source.text.rstrip()):
        look = find_class(of)
        for number, part in enumerate(stretch.split("\n")):
            if number:
                yield "".join(line)
                line = []
            if part:
                line.append(f'<span class="{look}">{xml(part)}</span>' if look else xml(part))
    yield "".join(line)


def find_class(of: str) -> str:
    """The class of a type of stretch, by what the type begins with; "" for plain words."""
    parts = of.split(".")
    return next((CLASSES[key] for n in range(len(parts), 0, -1) if (key := ".".join(parts[:n])) in CLASSES), "")
