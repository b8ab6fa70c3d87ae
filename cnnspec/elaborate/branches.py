"""The arguments of a merge's call: which are its tensors, and which say what it does with them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.base import Layer
    from cnnspec.syntax import tree


def split_branches(
    cls: type[Layer], arguments: tuple[tree.Argument, ...]
) -> tuple[list[tree.Argument], tuple[tree.Argument, ...]]:
    """The arguments of a merge's call that are its tensors, and the others."""
    branches = [a for a in arguments if a.name is None][cls.leading :]
    return branches, tuple([a for a in arguments if not any([a is branch for branch in branches])])
