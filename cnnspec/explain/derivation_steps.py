"""A derivation as data: sections of steps, each a name, the arithmetic with the numbers put in, and the figure."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.base.size import Dim
    from cnnspec.explain.traced_numbers import Tree


class DerivationStep(Record):
    """One line of a derivation. `tree` is what was computed, None where words (`note`) say it; `value` is None where there
    is no number."""

    name: str
    tree: Tree | None = None
    value: Dim | float | None = None
    note: str = ""


class DerivationSection(Record):
    """Steps under a title. `nothing`: there is nothing to derive, and one step says so."""

    title: str
    steps: tuple[DerivationStep, ...]
    nothing: bool = False


def join_alike(steps: Sequence[tuple[str, DerivationStep]], name: Callable[[list[str]], str]) -> list[DerivationStep]:
    """The steps of several axes, neighbours that are alike put together; `name` makes a step's name of its axes."""
    groups: list[tuple[list[str], DerivationStep]] = []
    for axis, step in steps:
        if groups and groups[-1][1] == step:
            groups[-1][0].append(axis)
        else:
            groups.append(([axis], step))
    return [step.replace(name=name(axes)) for axes, step in groups]


def name_by_axes(name: str, count: int) -> Callable[[list[str]], str]:
    """A name for the steps of `count` axes: "padding", or "padding, height" where the axes differ."""
    return lambda axes: name if len(axes) == count else f"{name}, {', '.join(axes)}"
