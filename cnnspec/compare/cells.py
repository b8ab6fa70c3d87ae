"""The table of a comparison, in cells: which rows and columns there are, and what every form says below them."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.compare.columns import NOTHING, POINTS, choose_usual, find_columns, find_name
from cnnspec.tables.figures import show_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.compare.columns import ComparedColumn
    from cnnspec.compare.comparison import ComparedNetwork, Comparison

NETWORK = "Network"
IN_BYTES = ("memory", "training")  # what such columns need of the question
NAME = "network"  # by which rows can be sorted, beside the columns


class TableChoice(Record):
    """What is shown of a comparison: the columns, () for the usual ones; what the rows are sorted by, "" for their own order; and
    whether the figures behind the first network's are differences to these."""

    columns: tuple[str, ...] = ()
    sort: str = ""
    reverse: bool = False
    relative: bool = False


class ComparedTable:
    """The cells of a comparison."""

    def __init__(self, comparison: Comparison, choice: TableChoice) -> None:
        known = find_columns(comparison.networks)
        self.left_out, self.relative = comparison.left_out, choice.relative
        self.names = choice.columns or choose_usual(comparison.networks)
        self.columns = [known[name] for name in self.names]
        self.networks = sort_networks(comparison.networks, choice)
        self.base = comparison.networks[0] if comparison.networks else None
        self.headings = (NETWORK, *[column.heading for column in self.columns])
        self.right = {i for i, column in enumerate(self.columns, 1) if column.right}

    def write_rows(self) -> list[list[str]]:
        """The cells as people read them."""
        return [[network.name, *[self.write_cell(network, one) for one in self.columns]] for network in self.networks]

    def write_cell(self, network: ComparedNetwork, column: ComparedColumn) -> str:
        value = column.value(network)
        if not column.exists(network):
            return NOTHING
        if self.relative and self.base is not None and network is not self.base and value is not None:
            change = column.change(value, column.value(self.base))
            if change:
                return change
        return column.show(value)

    def write_plain_rows(self) -> list[list[str]]:
        """The cells as scripts read them: figures without separators and units, an empty cell for unknown."""
        return [[network.name, *[one.plain(one.value(network)) for one in self.columns]] for network in self.networks]

    def write_notes(self) -> list[str]:
        """What stands below the table: how memory and time are counted, what differences are to, expressions that are too
        long for a cell, and what has no row."""
        return [*self.write_question(), *self.write_base(), *self.write_expressions(), *self.write_left_out()]

    def write_question(self) -> list[str]:
        """ "Memory: batch 1, float32; training with adam"."""
        kinds = {column.of for column in self.columns} - {""}
        if not kinds or self.base is None:
            return []
        asked = self.base.question
        parts = [f"batch {asked.batch:,}, {asked.precision.name}"]
        if "training" in kinds:
            optimizers: dict[str, list[str]] = {}
            for network in self.networks:
                optimizers.setdefault(network.question.optimizer, []).append(network.name)
            alone = len(optimizers) == 1
            each = [name if alone else f"{name} ({', '.join(of)})" for name, of in optimizers.items()]
            parts.append(f"training with {', '.join(each)}")
        if "device" in kinds and asked.device is not None:
            parts.append(f"time at least on {asked.device.name}")
        what = "Memory" if "device" not in kinds else "Memory and time" if len(kinds) > 1 else "Time"
        return [f"{what}: {'; '.join(parts)}"]

    def write_base(self) -> list[str]:
        if not self.relative or self.base is None:
            return []
        points = (
            f"; {POINTS} are percentage points"
            if any(cell.endswith(POINTS) for row in self.write_rows() for cell in row[1:])
            else ""
        )
        return [f"Differences to {self.base.name}{points}"]

    def write_expressions(self) -> list[str]:
        """The figures that are too long for the table."""
        made = []
        for network in self.networks:
            for column in self.columns:
                value = column.value(network)
                if isinstance(value, Size) and column.show(value) != show_figure(value):
                    unit = " bytes" if column.of in IN_BYTES else ""
                    made.append(f"{column.heading} of {network.name}: {show_figure(value)}{unit}")
        return made

    def write_left_out(self) -> list[str]:
        return [f"Left out: {one.why}" for one in self.left_out]


def sort_networks(networks: tuple[ComparedNetwork, ...], choice: TableChoice) -> tuple[ComparedNetwork, ...]:
    """The rows in the order that is asked for, those without a number last. ValueError for a column that there is not."""
    if not choice.sort:
        return tuple(reversed(networks)) if choice.reverse else networks
    known = find_columns(networks)
    sort = find_name(choice.sort, (NAME, *known))
    keys: list[tuple[Any, ComparedNetwork]] = []
    rest = []
    for network in networks:
        column = known.get(sort)
        key = network.name if column is None else column.order(column.value(network))
        if key is None or isinstance(key, Size):
            rest.append(network)
        else:
            keys.append((key, network))
    ordered = [network for _, network in sorted(keys, key=lambda pair: pair[0], reverse=choice.reverse)]
    return (*ordered, *rest)
