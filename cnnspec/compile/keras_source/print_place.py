"""Where the printers stand in text and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.frame import Differs, is_variable
from cnnspec.compile.trace import kids

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.frame import Frame
    from cnnspec.compile.keras_source.name_scope import NameScope
    from cnnspec.compile.trace import Use
    from cnnspec.syntax import tree


class PrintPlace(Record):
    """Where a printer stands: the function being written, the names known there, the variable of the current tensor, and
    the uses that the source must serve."""

    frame: Frame
    names: NameScope
    current: str
    uses: list[Use]

    def at(self, uses: list[Use], current: str | None = None, names: NameScope | None = None) -> PrintPlace:
        """The place of a part inside: its uses, and where they differ, its tensor and names."""
        return PrintPlace(self.frame, names or self.names, self.current if current is None else current, uses)

    def values_of(self, node: tree.Node) -> list[Any]:
        """The values that an expression had in the uses at hand."""
        return [use.values[id(node)] for use in self.uses if id(node) in use.values]

    def uses_of(self, node: tree.Node) -> list[Use]:
        """The uses of a part of the text inside those at hand. Raises Differs where there are none."""
        found = kids(self.uses, node)
        if not found:
            raise Differs
        return found

    def uses_inside(self, node: tree.Node) -> list[Use]:
        """One use of a part of the text inside each of those at hand. Raises Differs where some have none or several."""
        found = [kid for use in self.uses for kid in use.inside(node)]
        if len(found) != len(self.uses):
            raise Differs
        return found

    def turns_of(self, node: tree.Node) -> list[list[Use]]:
        """The uses of each turn of a loop. Raises Differs unless all uses at hand turn equally often."""
        found = [kids([use], node) for use in self.uses]
        if len({len(turns) for turns in found}) != 1:
            raise Differs
        return [list(turn) for turn in zip(*found, strict=True)]

    def store(self, text: str, target: str) -> str:
        """A variable that has an expression's value: the expression, if it is one, else `target`."""
        if is_variable(text):
            return text
        self.frame.assign(target, text)
        return target
