"""A torch program as typed records: what it reads, the operators that it calls in order, and what it returns.

One form for a `.pt2` file and a live module, close to torch's own: shapes have the batch first.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.record import Record
from cnnspec.model_files.torch.source_lines import SourceLine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PARAMETER, BUFFER, CONSTANT = "parameter", "buffer", "constant"


class Reference(Record):
    """An argument that is a value of the program: a tensor, or a number that an operator computes."""

    name: str


class Value(Record):
    """A tensor, by its name in the program. A size is None where it depends on an open batch, or is not stated."""

    name: str
    sizes: tuple[int | None, ...]
    dtype: str = "float"


class ProgramWeight(Record):
    """A tensor that the model owns. `name` is its name in the state dict: layer1.0.conv1.weight."""

    name: str
    kind: str  # PARAMETER, BUFFER or CONSTANT
    value: Value
    needs_gradient: bool = True  # whether the model's author lets training change a parameter

    @property
    def is_trained(self) -> bool:
        return self.kind == PARAMETER and self.needs_gradient


class OpenAxis(Record):
    """An axis of an input that the file leaves open, and the size that it was exported with."""

    value: str
    axis: int
    size: int


class ProgramNode(Record):
    """One call of an operator. `target` is its name in torch.ops: aten.conv2d.default."""

    target: str
    arguments: dict[str, Any]  # by the names of the operator's schema; tensors are References
    outputs: tuple[Value | None, ...]  # None for an output that has no tensor
    names: tuple[str, ...]  # of the outputs, "" for one that nothing can refer to
    module: str = ""
    place: SourceLine | None = None


class Subprogram(Record):
    """An argument that is a program of its own, as of `with torch.no_grad()`."""

    inputs: tuple[str, ...]
    nodes: tuple[ProgramNode, ...]
    outputs: tuple[str, ...]


class Program(Record):
    """A whole program. `weights` are by the names that its nodes refer to."""

    torch_version: str
    inputs: tuple[Value, ...]
    weights: dict[str, ProgramWeight]
    nodes: tuple[ProgramNode, ...]
    outputs: tuple[str, ...]
    open_axes: tuple[OpenAxis, ...] = ()
    constants: dict[str, Any] = {}  # inputs that are numbers fixed at export, by name
    classes: dict[str, str] = {}  # of modules, by their paths: torchvision.models.resnet.BasicBlock


def count_values(weight: ProgramWeight) -> int:
    return prod([size or 0 for size in weight.value.sizes])
