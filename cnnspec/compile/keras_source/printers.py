"""The printers of a module, and who asks whom.

Each kind of part has a printer of its own, which is given the printers that it asks; they are made in this order:

    ExpressionPrinter    asks                                                             PartPrinter for functions in lists
    CallPrinter          asks ExpressionPrinter
    LayerPrinter         asks ExpressionPrinter, CallPrinter, its MergePrinter;           PartPrinter for branches
    BlockPrinter         asks ExpressionPrinter;                                          PartPrinter for functions, bodies
    StepPrinter          asks ExpressionPrinter, LayerPrinter, BlockPrinter;              PartPrinter for bodies in braces
    FunctionPrinter      asks ExpressionPrinter, LayerPrinter, BlockPrinter, StepPrinter
    FlowPrinter          asks ExpressionPrinter;                                          PartPrinter for bodies
    InputPrinter         asks ExpressionPrinter, CallPrinter, StepPrinter
    ConstantPrinter      asks ExpressionPrinter, FunctionPrinter
    SharedPrinter        asks CallPrinter
    BodyPrinter          asks StepPrinter, FlowPrinter, InputPrinter, ConstantPrinter, SharedPrinter

PartPrinter is the way up: it passes a question on to StepPrinter, FunctionPrinter or BodyPrinter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.block_printer import BlockPrinter
from cnnspec.compile.keras_source.body_printer import BodyPrinter
from cnnspec.compile.keras_source.call_printer import CallPrinter
from cnnspec.compile.keras_source.constant_printer import ConstantPrinter
from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
from cnnspec.compile.keras_source.flow_printer import FlowPrinter
from cnnspec.compile.keras_source.function_printer import FunctionPrinter
from cnnspec.compile.keras_source.input_printer import InputPrinter
from cnnspec.compile.keras_source.layer_printer import LayerPrinter
from cnnspec.compile.keras_source.part_printer import PartPrinter
from cnnspec.compile.keras_source.shared_printer import SharedPrinter
from cnnspec.compile.keras_source.step_printer import StepPrinter

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.print_context import PrintContext


class Printers:
    """Those printers that a module asks for its parts."""

    def __init__(self, context: PrintContext) -> None:
        parts = PartPrinter()
        self.expressions = ExpressionPrinter(context, parts)
        calls = CallPrinter(context, self.expressions)
        layers = LayerPrinter(self.expressions, calls, parts)
        blocks = BlockPrinter(context, self.expressions, parts)
        steps = StepPrinter(context, self.expressions, layers, blocks, parts)
        functions = FunctionPrinter(context, self.expressions, layers, blocks, steps)
        flow = FlowPrinter(self.expressions, parts)
        self.inputs = InputPrinter(context, self.expressions, calls, steps)
        self.constants = ConstantPrinter(context, self.expressions, functions)
        shared = SharedPrinter(context, calls)
        self.bodies = BodyPrinter(context, steps, flow, self.inputs, self.constants, shared)
        parts.complete(steps, functions, self.bodies)
