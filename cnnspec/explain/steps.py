"""A derivation as data: sections of steps, each a name, the arithmetic with the numbers put in, and the figure."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.base.size import Dim
    from cnnspec.explain.traced_numbers import Tree


class Step(Record):
    """One line. `tree` is what was computed, None where words (`note`) say it; `value` is None where there is no number."""

    name: str
    tree: Tree | None = None
    value: Dim | float | None = None
    note: str = ""


class Section(Record):
    """Steps under a title. `nothing`: there is nothing to derive, and one step says so."""

    title: str
    steps: tuple[Step, ...]
    nothing: bool = False


def joined(steps: Sequence[tuple[str, Step]], name: Callable[[list[str]], str]) -> list[Step]:
    """Steps of several axes, neighbours that are alike as one; `name` makes its name of the axes."""
    groups: list[tuple[list[str], Step]] = []
    for axis, made in steps:
        if groups and groups[-1][1] == made:
            groups[-1][0].append(axis)
        else:
            groups.append(([axis], made))
    return [made.replace(name=name(axes)) for axes, made in groups]


def headed(name: str, count: int) -> Callable[[list[str]], str]:
    """A name for steps of `count` axes, which are said only where they differ: "padding, height"."""
    return lambda axes: name if len(axes) == count else f"{name}, {', '.join(axes)}"
