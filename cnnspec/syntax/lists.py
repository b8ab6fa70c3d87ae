"""Lists of lists, such as the rows of a matrix, where a mistake stands in them: a forgotten comma, most of all."""

from __future__ import annotations

from cnnspec.syntax.grammar import GOTOS
from cnnspec.syntax.tree import Index, List

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.syntax.lalr import Stack

TWO_LISTS = ("two lists stand side by side", 'put a "," between them')


def follows_list(stack: Stack, place: int) -> bool:
    """Whether a bracket that the parser took for an index begins a list of its own: it stands behind one, [1, 2] [3, 4]."""
    return stack.values[place] == "[" and not begins_list(stack, place) and is_list(stack.values[place - 1])


def is_list(node: object) -> bool:
    """Whether a node is a list that is written out, or what was taken for an index into one."""
    while isinstance(node, Index):
        node = node.value
    return isinstance(node, List)


def find_matrix(stack: Stack, opened: Sequence[int]) -> int | None:
    """Which open bracket, by its number, begins the outermost of the lists that stand in one another around the end of what was
    read; None for a list that holds no other. `opened`: where on the stack the brackets stand."""
    first = len(opened)
    while first and stack.values[opened[first - 1]] == "[":
        first -= 1
    lists = [number for number in range(first, len(opened)) if begins_list(stack, opened[number])]
    return lists[0] if lists and len(opened) - first > 1 else None


def begins_list(stack: Stack, place: int) -> bool:
    """Whether a "[" on the stack begins a list, not an index."""
    return "expr" in GOTOS[stack.states[place]]
