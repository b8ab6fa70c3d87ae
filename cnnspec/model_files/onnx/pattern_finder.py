"""Patterns of operators, and where they stand in a model.

A pattern is a tree of tuples: an operator's name and its inputs. Of an input, a number is a constant of that value, "x"
and the like any value that is computed (the same wherever the name stands again), a name in capitals a constant of any
size, and one that begins with _ either. The operands of Add and Mul may stand in either order.
"""

from __future__ import annotations

from collections import Counter
from math import isclose

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.steps import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from cnnspec.model_files.onnx.constant import Constant

    Tree: TypeAlias = "str | float | tuple[Any, ...]"

SWAPPED = ("Add", "Mul", "Max", "Min")  # the order of their two operands makes no difference
TOLERANCE = 1e-3  # of a constant: exporters round sqrt(2) to a few digits


class Match(Record):
    """What a pattern was found in: the names of its values, the constants, and the steps by their operators, the first met."""

    names: dict[str, str]
    steps: dict[str, Step]


class Pattern(Record):
    """`make`: the inputs (names of the pattern) and attributes of the one operator, None where it is not that after all."""

    operator: str
    tree: tuple[Any, ...]
    make: Callable[[Match, Mapping[str, Constant]], tuple[tuple[str, ...], dict[str, Any]] | None]
    alone: bool = False  # only where nothing else reads what stands inside
    never_of: tuple[str, ...] = ()  # operators that x is not made by: what stands behind them is part of them
    behind: str = ""  # an operator of the tree that stays, behind the one: a Squeeze between a convolution and its bias


class PatternFinder:
    """Rewrites the steps of a model. `constants`: the values of the file's tensors by name."""

    def __init__(
        self, patterns: Iterable[Pattern], steps: list[Step], constants: Mapping[str, Constant], outputs: Iterable[str]
    ) -> None:
        self.steps = steps
        self.constants = constants
        self.makers = {name: step for step in steps for name in step.node.outputs}
        self.patterns: dict[str, list[Pattern]] = {}
        there = {step.node.operator for step in steps}
        for pattern in patterns:
            if not find_operators(pattern.tree) <= there:
                continue
            self.patterns.setdefault(pattern.tree[0], []).append(pattern)
        self.reads = Counter([*outputs, *[name for step in steps for name in step.node.inputs]])

    def rewrite(self) -> list[Step]:
        """The steps, with one for each pattern that is found."""
        return [made for step in self.steps for made in self._rewrite_step(step)]

    def _rewrite_step(self, step: Step) -> list[Step]:
        if len(step.node.outputs) == 1 and step.is_standard:
            for pattern in self.patterns.get(step.node.operator, ()):
                match = Match({}, {})
                fits = self._fits(pattern.tree, step, match)
                found = pattern.make(match, self.constants) if fits and self._is_free(pattern, step, match) else None
                if found is not None:
                    names, attributes = found
                    inputs = tuple([match.names[name] for name in names])
                    node = step.node.replace(operator=pattern.operator, inputs=inputs)
                    if not pattern.behind:
                        return [step.replace(node=node, attributes=attributes)]
                    inner = (f"{node.outputs[0]}/{pattern.operator}",)
                    last = match.steps[pattern.behind]
                    kept = last.node.replace(inputs=(*inner, *last.node.inputs[1:]), outputs=node.outputs)
                    return [
                        step.replace(node=node.replace(outputs=inner), attributes=attributes),
                        last.replace(node=kept),
                    ]
        return [step]

    def _is_free(self, pattern: Pattern, step: Step, match: Match) -> bool:
        """Whether nothing else reads the inner steps, and x is made by another operator, where the pattern asks for it."""
        inner = [found for found in match.steps.values() if found is not step]
        maker = self.makers.get(match.names.get("x", ""))
        if maker is not None and maker.node.operator in pattern.never_of:
            return False
        return not pattern.alone or all([self.reads[name] == 1 for found in inner for name in found.node.outputs])

    def _fits(self, tree: tuple[Any, ...], step: Step, match: Match) -> bool:
        """Whether a step is what a tree says; what was found is added to the match."""
        operator, *parts = tree
        inputs = step.node.inputs
        if step.node.operator != operator or not step.is_standard or len(inputs) < len(parts):
            return False
        match.steps.setdefault(operator, step)
        orders = [inputs, inputs[::-1]] if operator in SWAPPED and len(inputs) == 2 else [inputs]
        for order in orders:
            tried = Match(dict(match.names), dict(match.steps))
            if all([self._fits_value(part, name, tried) for part, name in zip(parts, order, strict=False)]):
                match.names.update(tried.names)
                match.steps.update(tried.steps)
                return True
        return False

    def _fits_value(self, part: Tree, name: str, match: Match) -> bool:
        if isinstance(part, tuple):
            maker = self.makers.get(name)
            return maker is not None and self._fits(part, maker, match)
        constant = self.constants.get(name)
        if isinstance(part, str):
            if part.startswith("_"):
                return match.names.setdefault(part, name) == name
            return (constant is not None) == part.isupper() and match.names.setdefault(part, name) == name
        value = constant.value if constant is not None else None
        return isinstance(value, (int, float)) and isclose(value, part, rel_tol=TOLERANCE)


def find_operators(tree: Tree) -> set[str]:
    """The operators of a pattern."""
    if not isinstance(tree, tuple):
        return set()
    return {tree[0]}.union(*map(find_operators, tree[1:]))
