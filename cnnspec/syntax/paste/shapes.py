"""The input that a Sequential model's first layer declares: input_shape=(28, 28, 1), input_dim=8, Input(…)."""

from __future__ import annotations

from cnnspec.syntax.tree import Argument, Attribute, Call, Input, List, Name, Node, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

DECLARING = ("input_shape", "input_dim")


def declared(node: Node) -> tuple[Input | None, Node]:
    """The input that a step declares, and the step without it; an Input that stands first in a list stays there."""
    if isinstance(node, Input):
        return node, node
    if not isinstance(node, Call):
        return None, node
    for argument in node.arguments:
        word = argument.name.text if argument.name else ""
        if word in DECLARING:
            others = tuple([a for a in node.arguments if a is not argument])
            return Input(argument.start, argument.end, None, argument.value), node.replace(arguments=others)
    listed = _list(node.arguments)
    if listed is None or not listed.items:
        return None, node
    found, rest = declared(listed.items[0])
    value = listed.replace(items=(rest, *listed.items[1:]))
    return found, node.replace(
        arguments=tuple([a.replace(value=value) if a.value is listed else a for a in node.arguments])
    )


def first_of(node: Node) -> str:
    """The name that stands first in a step, or in the list of a Sequential; "" where that is no name."""
    listed = _list(node.arguments) if isinstance(node, Call) else None
    first = listed.items[0] if listed is not None and listed.items else node
    return first.text if isinstance(first, Name) else ""


def without_input(steps: Sequence[Node]) -> list[Node]:
    """Steps as a function of a tensor: without an input that stands first."""
    made: list[Node] = []
    for node in steps:
        _, rest = declared(node) if not made else (None, node)
        listed = _list(rest.arguments) if is_sequential(rest) and isinstance(rest, Call) else None
        stages = listed.items if listed else () if is_sequential(rest) else (rest,)
        made += stages[1:] if stages and isinstance(stages[0], Input) else stages
    return made


def is_sequential(node: Node) -> bool:
    """Whether this is Sequential(…)."""
    function = node.function if isinstance(node, Call) else None
    word = function.name if isinstance(function, Attribute) else function
    return isinstance(word, Name) and word.text == "Sequential"


def is_empty(node: Node) -> bool:
    """Whether this is Sequential() or Sequential([]), whose layers are added further on."""
    given = (
        [a.value for a in node.arguments if a.name is None or a.name.text != "name"] if isinstance(node, Call) else []
    )
    return is_sequential(node) and all(isinstance(value, List) and not value.items for value in given)


def without_batch(shape: Node) -> Node:
    """(28, 28, 1) of (None, 28, 28, 1)."""
    return shape.replace(items=shape.items[1:]) if isinstance(shape, (Tuple, List)) else shape


def _list(arguments: Sequence[Argument]) -> List | None:
    """The list among the arguments of a call."""
    return next((a.value for a in arguments if isinstance(a.value, List)), None)
