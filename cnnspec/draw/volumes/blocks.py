"""A box of the row, and boxes beside one another."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.layers.base import Shape


class Block:
    """One box: layers one behind another of which the last gives its tensor, or a module. `words`: how often each stands there."""

    def __init__(self, nodes: Sequence[int], kind: str, words: dict[str, int], shape: Shape | None) -> None:
        self.nodes, self.kind, self.words = [*nodes], kind, words
        self.first_shape = self.shape = shape  # of the first of several equal modules, and of the last
        self.channels = ""  # of a single layer, as far as they are known
        self.times = 1  # equal layers or modules of which it is made
        self.module = ""  # its name, "" for plain layers
        self.residual: tuple[bool, ...] = ()  # of each module, whether it adds its input, or what becomes of it
        self.appends = False  # whether a module puts its output behind its input
        self.grown = False  # whether its modules have more and more channels
        self.parts: tuple[tuple[str, int], ...] = ()  # kinds and channels of what is put together in it
        self.leads = False  # whether it has no box of its own if something follows
        self.closed = False  # whether nothing that follows is part of it
        self.shared = False  # whether it uses weights of an earlier one again

    @property
    def tensor(self) -> int:
        return self.nodes[-1]

    def lead(self, before: Block) -> None:
        """Stand for a box before it as well, which has none of its own."""
        self.nodes = before.nodes + self.nodes
        self.words = before.words | self.words if self.leads else self.words

    def repeat(self, block: Block) -> None:
        """Take a box of one kind with it in."""
        self.grown = self.grown or self.shape != block.shape
        self.nodes += block.nodes
        self.shape, self.times = block.shape, self.times + block.times
        self.residual += block.residual
        self.appends, self.shared = self.appends and block.appends, self.shared and block.shared
        for word, count in block.words.items():
            self.words[word] = self.words.get(word, 0) + count


class Fork:
    """Rows of boxes beside one another."""

    def __init__(self, rows: list[list[Block | Fork]]) -> None:
        self.rows = rows


Items = list[Block | Fork]


class Boxes:
    """The row of boxes of a network. `ways` are the layers of connections that are lines: the layers before and behind each;
    `copies`: whether maps go over a row that makes them smaller and lets them grow again, as in a U."""

    def __init__(self, items: Items, ways: dict[int, tuple[int, int]], copies: bool) -> None:
        self.items, self.ways, self.copies = items, ways, copies

    def walk(self) -> Iterator[Block]:
        yield from walk_blocks(self.items)


def walk_blocks(items: Items) -> Iterator[Block]:
    for item in items:
        if isinstance(item, Block):
            yield item
        else:
            for row in item.rows:
                yield from walk_blocks(row)


def count_columns(items: Items) -> int:
    """The boxes on the longest way from left to right."""
    return sum([1 if isinstance(item, Block) else max(map(count_columns, item.rows)) for item in items])
