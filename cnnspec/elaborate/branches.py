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
    unnamed = [a for a in arguments if a.name is None]
    before = unnamed[: cls.leading]
    others = [a for a in arguments if a.name is not None or any([a is one for one in before])]
    return unnamed[cls.leading :], tuple(others)
