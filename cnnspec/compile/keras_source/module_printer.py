"""A network's module: constants, functions, the network's own function, and the model that it makes.

Each part of the text has a printer of its own, which asks the others for what stands inside:

    ModulePrinter ─ BodyPrinter ─┬─ StepPrinter ── LayerPrinter ─┬─ MergePrinter
                                 ├─ FlowPrinter (for, if)        └─ CallPrinter ── ExpressionPrinter
                                 ├─ InputPrinter, ConstantPrinter, SharedPrinter
                    BlockPrinter and FunctionPrinter write functions, with bodies and steps inside
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.block_homes import BlockHomes
from cnnspec.compile.keras_source.block_printer import BlockPrinter
from cnnspec.compile.keras_source.body_printer import BodyPrinter
from cnnspec.compile.keras_source.call_printer import CallPrinter
from cnnspec.compile.keras_source.constant_printer import ConstantPrinter
from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
from cnnspec.compile.keras_source.frame import Differs, Frame, NameMeaning, find_bound_names, is_variable
from cnnspec.compile.keras_source.function_printer import FunctionPrinter
from cnnspec.compile.keras_source.input_printer import InputPrinter
from cnnspec.compile.keras_source.layer_by_layer import find_automatic_names, name_model
from cnnspec.compile.keras_source.literals import convert_to_tuple, print_literal
from cnnspec.compile.keras_source.module_functions import ModuleFunctions
from cnnspec.compile.keras_source.module_text import finish_module
from cnnspec.compile.keras_source.shared_printer import SharedPrinter
from cnnspec.compile.keras_source.source_comments import SourceComments
from cnnspec.compile.keras_source.step_printer import StepPrinter
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.frame import Lines
    from cnnspec.compile.trace import Trace


class ModulePrinter:
    """Prints one network: `model`, or the whole file where that is None."""

    def __init__(self, trace: Trace, parsed: tree.Tree, model: tree.Model | None) -> None:
        body = trace.body
        assert trace.graph is not None
        assert body is not None
        assert body.scope is not None
        assert isinstance(body.node, tree.Body)
        top = body.scope if model is None else body.scope.parent
        assert top is not None
        self.parsed, self.model, self.graph = parsed, model, trace.graph
        self.body_use, self.body_node = body, body.node
        self.module = ModuleFunctions()
        names = self.module.frame
        blocks = [calls[0].block.block for calls in trace.calls.values() if calls[0].block]
        titles = {id(block): names.take_variable(block.name.text) for block in blocks}
        names.taken.add("model")
        self.title = names.take_variable(re.sub(r"\W", "_", model.name.text.lower()) if model else "build_model")
        main = Frame(names, find_bound_names(model or body.node))
        main.main, main.depth = True, 1
        self.homes = BlockHomes(names, main, top, is_bare=model is None)
        self._make_printers(trace, titles)

    def _make_printers(self, trace: Trace, titles: dict[int, str]) -> None:
        """Introduce the printers to each other. What is made later is asked through a function."""
        comments = SourceComments(self.parsed)
        self.expressions = ExpressionPrinter(
            trace, print_function=lambda node, place, name: functions.print_function(node, place, name)
        )
        calls = CallPrinter(trace, self.expressions, find_automatic_names(self.graph))
        steps = StepPrinter(
            trace,
            self.expressions,
            calls,
            print_body=lambda body, place, target: self.bodies.print_body(body, place, target),
            print_block_call=lambda place: blocks.print_call(place),
        )
        functions = FunctionPrinter(
            trace, comments, self.module, self.expressions, steps, print_block=lambda uses: blocks.print_function(uses)
        )
        self.inputs = InputPrinter(self.graph, self.expressions, calls, steps)
        self.constants = ConstantPrinter(trace, self.homes, self.expressions, functions)
        shared = SharedPrinter(trace, calls)
        self.bodies = BodyPrinter(comments, self.expressions, steps, self.inputs, self.constants, shared)
        blocks = BlockPrinter(
            trace, comments, titles, self.module, self.homes, self.expressions, functions, self.bodies
        )

    def print_module(self) -> str:
        """The source."""
        main = self.homes.main
        target = main.make_variable("x")
        if self.model is not None:
            self.constants.print_module_constants(self.model, self.parsed.body)
        parameters, given = self._print_parameters()
        result = self.bodies.print_body(self.body_node, self.homes.main_place([self.body_use]), target)
        own = [
            (0, f"def {self.title}({', '.join(parameters)}):"),
            *self.module.local,
            *main.lines,
            *self._print_ending(result),
        ]
        lines: Lines = list(self.module.frame.lines)
        for function in [*self.module.find_called(own, self.parsed.source.name), own]:
            lines += [(0, ""), (0, ""), *function]
        lines += [(0, ""), (0, ""), (0, f"model = {self.title}({', '.join(given)})")]
        return finish_module(self.parsed.source, self.graph, lines)

    def _print_parameters(self) -> tuple[list[str], list[str]]:
        """The parameters of the network's function, and the arguments that it is called with here."""
        texts: list[str] = []
        given: list[str] = []
        optional = False
        for parameter in self.model.parameters if self.model else ():
            name = parameter.name.text
            if self.expressions.find_kind([self.graph.parameters[name]]) != "value":
                raise Differs
            variable, written = self.homes.main.take_variable(name), print_literal(self.graph.parameters[name])
            default = self._print_default(parameter)
            self.homes.main_env.names[name] = NameMeaning("value", variable)
            optional = optional or bool(default)
            texts.append(f"{variable}={default or convert_to_tuple(written)}" if optional else variable)
            if convert_to_tuple(written) != (default or optional and convert_to_tuple(written)):
                given.append(f"{variable}={written}")
        return texts, given

    def _print_default(self, parameter: tree.Parameter) -> str:
        """The default of a model's parameter, where it is written out; else ""."""
        default = parameter.default
        if default is None or any(isinstance(n, (tree.Here, tree.Attribute)) for n in walk(default)):
            return ""
        if names_in(default) & self.homes.main_env.names.keys():
            return ""
        try:
            return convert_to_tuple(self.expressions.print(default, self.homes.main_place([self.body_use])))
        except Differs:
            return ""

    def _print_ending(self, result: str) -> Lines:
        """The last lines of the network's function."""
        lines: Lines = []
        outputs = list(self.inputs.outputs) or [result]
        if not all(map(is_variable, outputs)):
            outputs = [self.homes.main.make_variable("outputs")]
            lines.append((1, f"{outputs[0]} = {result}"))
        ends = f"{print_ends(self.inputs.inputs)}, {print_ends(outputs)}"
        return [*lines, (1, f'return keras.Model({ends}, name="{name_model(self.graph)}")')]


def print_ends(names: list[str]) -> str:
    """Inputs or outputs as `keras.Model` takes them: one by itself, several in a list."""
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
