"""What all printers of one module know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.name_scope import DataName, FunctionName, TensorName
from cnnspec.compile.trace import real
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.block_homes import BlockHomes
    from cnnspec.compile.keras_source.module_functions import ModuleFunctions
    from cnnspec.compile.keras_source.name_scope import VariableKind
    from cnnspec.compile.keras_source.source_comments import SourceComments
    from cnnspec.compile.trace import Trace, Use
    from cnnspec.graph import Graph
    from cnnspec.syntax import tree


class PrintContext(Record):
    """What the printers share: what happened in the build, the text's comments, and the functions written so far."""

    trace: Trace
    graph: Graph
    comments: SourceComments
    module: ModuleFunctions
    homes: BlockHomes

    def is_once(self, node: tree.Node) -> bool:
        """Whether a part of the text is used once in the whole network."""
        return self.trace.times.get(id(node)) == 1

    def is_function(self, value: Any) -> bool:
        """Whether a value is applied to tensors: a function, or a word that is used as a step."""
        return isinstance(value, Function) or isinstance(value, Term) and id(value) in self.trace.applied

    def find_applications(self, values: list[Any]) -> list[Use]:
        """The uses in which some values are applied to tensors."""
        return [use for value in values for use in self.trace.applied.get(id(value), [])]

    def find_kind(self, values: list[Any]) -> VariableKind:
        """The kind of variable that some values need."""
        if all(isinstance(value, Tensor) for value in values):
            return TensorName
        if any(map(self.is_function, values)):
            return FunctionName
        if any(isinstance(value, Tensor) for value in values):
            raise Differs
        return DataName

    def find_calls(self, block: tree.Block) -> list[Use]:
        """The calls of a block."""
        return real(self.trace.calls[id(block)])
