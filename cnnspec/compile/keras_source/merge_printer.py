"""Merges of the text → the list of tensors that a merge takes: short branches in place, others in variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.frame import Differs, is_variable
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.call_printer import Arguments
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.frame import Frame
    from cnnspec.compile.keras_source.part_printer import PartPrinter
    from cnnspec.compile.keras_source.print_place import PrintPlace
    from cnnspec.compile.trace import Use

WIDE = 60  # characters of a merge or a condition that stays in one line


class MergeBranch(Record):
    """A branch of a merge. `is_value`: an element of a list, whose value is applied."""

    node: tree.Node
    uses: list[Use]
    is_value: bool

    def is_there(self) -> bool:
        """Whether the branch is a tensor that is there already."""
        if isinstance(self.node, (tree.Name, tree.Index)):
            values = [value for use in self.uses for value in (use.value, *[kid.value for kid in use.kids])]
            return all(isinstance(value, Tensor) for value in values if value)
        return isinstance(self.node, tree.Here)


class MergePrinter:
    """Prints what a merge takes; each branch through `parts`."""

    def __init__(self, expressions: ExpressionPrinter, parts: PartPrinter) -> None:
        self.expressions, self.parts = expressions, parts

    def print_branches(self, arguments: Arguments, place: PrintPlace) -> str:
        """The list of what a merge's branches make of the current tensor."""
        branches: list[MergeBranch] = []
        for argument in arguments:
            node = argument.value
            values = place.values_of(node)
            if not values or not all(isinstance(value, (list, tuple)) for value in values):
                branches.append(MergeBranch(node, place.uses_of(node), False))
            elif isinstance(node, tree.List):
                for position, item in enumerate(node.items):
                    uses = [[k for k in u.kids if k.node is node][position] for u in place.uses]
                    branches.append(MergeBranch(item, uses, True))
            elif len(arguments) == 1:
                return self._print_named_list(node, values, place)
            else:
                raise Differs
        return f"[{', '.join(self._print_each(branches, place))}]"

    def _print_named_list(self, node: tree.Node, values: list[Any], place: PrintPlace) -> str:
        """A list of branches that has a name."""
        text = self.expressions.print(node, place)
        if all(isinstance(v, Tensor) for value in values for v in value):
            return text
        variable = place.frame.make_variable("branch")
        place.frame.release_variable(variable)
        return f"[{variable}({place.current}) for {variable} in {text}]"

    def _print_each(self, branches: list[MergeBranch], place: PrintPlace) -> list[str]:
        """Each branch as an expression: short ones in place, others in variables of their own."""
        frame = place.frame
        if all(is_short(branch.node, branch.uses) for branch in branches):
            before = frame.state()
            lines = len(frame.lines)
            texts = [self._print_branch(branch, place, "_") for branch in branches]
            if len(frame.lines) == lines and (all(map(is_variable, texts)) or sum(map(len, texts)) < WIDE):
                return texts
            frame.restore(before)
        whole = [branch.node for branch in branches if not branch.is_there()]
        names = ["" if branch.is_there() else name_branch(branch.node, whole, frame) for branch in branches]
        texts = []
        for branch, name in zip(branches, names, strict=True):
            texts.append(place.store(self._print_branch(branch, place, name), name))
        for name in names:
            frame.release_variable(name)
        return texts

    def _print_branch(self, branch: MergeBranch, place: PrintPlace, target: str) -> str:
        here = place.at(branch.uses)
        if branch.is_value:
            return self.parts.apply_value(branch.node, here, place, target)
        return self.parts.print_step(branch.node, here, target)


def name_branch(node: tree.Node, whole: list[tree.Node], frame: Frame) -> str:
    """A variable for a branch: the shortcut of a residual block, y for its other side, else a number."""
    if isinstance(node, tree.Ternary) and any(isinstance(side, tree.Here) for side in (node.then, node.otherwise)):
        return frame.make_variable("shortcut")
    others = [other for other in whole if other is not node]
    if len(whole) == 1 or len(whole) == 2 and any(isinstance(other, tree.Ternary) for other in others):
        return frame.make_variable("y")
    return frame.make_variable(f"branch{next(i for i, n in enumerate(whole, 1) if n is node)}")


def is_short(node: tree.Node, uses: list[Use]) -> bool:
    """Whether a step is one call at most, without layer functions among its arguments."""
    if isinstance(node, tree.Call):
        made = all(use.block is not None or use.cls is not None and not use.cls.merges for use in uses)
        return made and not any(
            isinstance(use.values.get(id(argument.value)), (Function, list))
            for use in uses
            for argument in node.arguments
        )
    return isinstance(node, (tree.Here, tree.Name, tree.Index))
