"""What is taken for what while a network is built: a misspelt word for the one known word near to it."""

from __future__ import annotations

from cnnspec.base.source import Span, brief
from cnnspec.graph import Assumption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from cnnspec.elaborate.values import Scope, Tensor
    from cnnspec.syntax import tree

    Result = TypeVar("Result", Tensor, Tensor | None)


class Assumptions:
    """The words that are taken for others, and whether what happens now rests on one of them.

    A word that nothing is called, with one known word near to it, is taken for that one, and the building goes on: what
    comes of it is *assumed*, and no error that rests on it is reported. A value is in *doubt* while it is worked out from
    something assumed: who reads such a thing casts doubt, and who uses the value takes it, so that the next one starts
    without. What is run because of a value in doubt is run by `suppose`.
    """

    def __init__(self, made: list[Assumption]) -> None:
        self.made = made
        self.doubt = False  # whether the value that is worked out rests on an assumption
        self.unsure = False  # whether what is run does

    def assume(self, node: tree.Node, scope: Scope, written: str, taken: str) -> str:
        """Go on with another word than the one that is written."""
        made = Assumption(Span(scope.source, node.start, node.end), brief(written), brief(taken))
        if made not in self.made:
            self.made.append(made)
        self.doubt = True
        return taken

    def cast_doubt(self) -> None:
        """Say that the value that is worked out rests on an assumption."""
        self.doubt = True

    def take_doubt(self) -> bool:
        """Whether the value just worked out rests on an assumption. The next one starts without doubt."""
        doubt, self.doubt = self.doubt, False
        return doubt

    def suppose(self, run: Callable[[], Result]) -> Result:
        """Run a part that rests on an assumption: all that it makes is assumed, and so is its result, if it has one."""
        around, self.unsure = self.unsure, True
        try:
            result = run()
        finally:
            self.unsure = around
        return None if result is None else result.replace(assumed=True)

    def suppose_if(self, doubt: bool, run: Callable[[], Result]) -> Result:
        """Run a part, which rests on an assumption where there was `doubt`."""
        return self.suppose(run) if doubt else run()

    def forget_from(self, number: int) -> None:
        """Keep so many assumptions, the first."""
        del self.made[number:]

    def save(self) -> tuple[int, bool]:
        return len(self.made), self.doubt

    def restore(self, saved: tuple[int, bool]) -> None:
        number, self.doubt = saved
        self.forget_from(number)
