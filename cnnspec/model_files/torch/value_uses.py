"""Where the values of a program are made and used, and which of them share memory.

Torch's views share the memory of what they view: what writes into one in place changes the other, although its name in the
program stays the same.
"""

from __future__ import annotations

from cnnspec.model_files.torch.program import Reference
from cnnspec.model_files.torch.shapes import SHARING
from cnnspec.model_files.torch.translations import find_translated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cnnspec.model_files.torch.program import ProgramNode


class ValueUses:
    """The uses of the values of one graph."""

    def __init__(self, nodes: Sequence[ProgramNode], outputs: Sequence[str]) -> None:
        self.nodes = nodes
        self.targets = [*[node.target for node in nodes], "output"]
        self.makers = {name: index for index, node in enumerate(nodes) for name in node.names}
        self.readers: dict[str, list[int]] = {}  # name → the nodes that read it; the graph's end counts as one
        self.viewed: dict[str, str] = {}  # name of a view → of what it is a view of in the end
        for index, node in enumerate(nodes):
            for name in find_references(node.arguments):
                self.readers.setdefault(name, []).append(index)
            if find_translated(node.target) in SHARING:
                first = next(iter(find_references(node.arguments)), None)
                if first is not None:
                    self.viewed |= dict.fromkeys(node.names, self.viewed.get(first, first))
        self.views: dict[str, list[str]] = {}  # the other way round
        for view, whole in self.viewed.items():
            self.views.setdefault(whole, []).append(view)
        for name in outputs:
            self.readers.setdefault(name, []).append(len(nodes))

    def find_readers(self, names: Sequence[str]) -> list[str]:
        """The operators that read some values, "output" for the graph's end."""
        return [self.targets[index] for name in names for index in self.readers.get(name, ())]

    def find_overwritten(self, index: int, node: ProgramNode) -> list[str]:
        """The values that a node changes in place under the names that they keep, where they are used again behind: what it
        writes a view of, or the views of what it writes."""
        name = next(iter(find_references(node.arguments)), "")
        if not writes_in_place(node.target):
            return []
        views = [view for view in self.views.get(name, ()) if self.makers[view] < index]
        changed = [self.viewed[name]] if name in self.viewed else views
        return [value for value in changed if self.readers.get(value, [0])[-1] > index]


class History:
    """What came before a node: how its arguments were made, and their values by name."""

    def __init__(self, uses: ValueUses, values: Mapping[str, Any]) -> None:
        self.uses = uses
        self.values = values

    def find_maker(self, argument: Any, *operators: str) -> ProgramNode | None:
        """The node that makes an argument which nothing else reads, where it is one of some operators; else None."""
        name = argument.name if isinstance(argument, Reference) else ""
        if name not in self.uses.makers or len(self.uses.readers.get(name, ())) != 1:
            return None
        node = self.uses.nodes[self.uses.makers[name]]
        return node if find_name(node.target) in operators else None

    def find_value(self, argument: Any) -> Any:
        """An argument, with the value in the place of a reference."""
        return self.values[argument.name] if isinstance(argument, Reference) else argument


def find_name(target: str) -> str:
    """An operator's name, the same where it works in place: relu of aten.relu_.default."""
    return target.split(".")[1].removesuffix("_") if target.count(".") == 2 else ""


def writes_in_place(target: str) -> bool:
    """Whether an operator changes its first argument: relu_, copy_."""
    name = target.split(".")[1] if target.count(".") == 2 else ""
    return name.endswith("_") and not name.startswith("_")


def find_references(arguments: dict[str, Any]) -> Iterator[str]:
    """The names of the values among some arguments, those in lists too."""
    for value in arguments.values():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Reference):
                yield item.name
