"""What a rule's fix yields: edits that might clear its finding, not tried yet."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.lint.finding import name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node

    Part = tuple[Node, tuple[Edit, ...]]


class Proposal(Record):
    """Edits that might clear a finding. `safe`: they are meant to leave the network computing what it does. `apart`: the
    parts, each with the layer it is about, that might do alone where all of them together do not; a {} in the message
    stands for these layers, or a function writes the message. `meant`: this is what the text must have meant, so that it
    comes first whatever it costs, and what rules find behind it, errors apart, was hidden by the finding till now."""

    message: str | Callable[[Sequence[Node]], str]
    edits: tuple[Edit, ...]
    safe: bool = False
    apart: tuple[Part, ...] = ()
    meant: bool = False

    def describe(self, nodes: Sequence[Node]) -> str:
        """The message, with the layers whose parts were made."""
        if isinstance(self.message, str):
            return self.message.format(name_layers(nodes)) if self.apart else self.message
        return self.message(nodes)
