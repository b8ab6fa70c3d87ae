"""The tensors at which the tape begins."""

from __future__ import annotations

from cnnspec.elaborate.input_reader import with_unknowns
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.machine import Machine

MOST_AXES = 4  # behind the batch


def are_sizes(sizes: Any) -> bool:
    """Whether these are the sizes of an input: of 1 to 4 axes, the channels known."""
    if not isinstance(sizes, (tuple, list)) or not 1 <= len(sizes) <= MOST_AXES:
        return False
    return sizes[-1] is not None and all([n is None or type(n) is int and 0 < n < 10**9 for n in sizes])


def add_input_tensor(machine: Machine, sizes: Any, site: Site) -> TensorValue:
    """A tensor of these sizes that nothing makes; its shape is not known where `sizes` are no sizes."""
    if isinstance(sizes, (tuple, list)) and not are_sizes(sizes) and find_unknown(sizes) is None:
        machine.note_unknown(f"an input whose last size is known is followed, of 1 to {MOST_AXES} axes", site)
    number = sum([node.is_input for node in machine.tape.nodes]) + 1
    shape = with_unknowns(tuple(sizes), number, set()) if are_sizes(sizes) else None
    node = machine.tape.add(None, (), shape, "input", site)
    node.is_input = True
    return TensorValue(node)
