"""A network's module: constants, functions, the network's own function, and the model that it makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.block_homes import BlockHomes
from cnnspec.compile.keras_source.frame import Differs, Frame, find_bound_names, is_variable
from cnnspec.compile.keras_source.module_functions import ModuleFunctions
from cnnspec.compile.keras_source.module_text import finish_module, print_model
from cnnspec.compile.keras_source.name_scope import DataName
from cnnspec.compile.keras_source.print_context import PrintContext
from cnnspec.compile.keras_source.printers import Printers
from cnnspec.compile.keras_source.source_comments import SourceComments
from cnnspec.compile.python_text.literals import convert_to_tuple, print_literal
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
        main = Frame(names, find_bound_names(model or body.node), depth=1, is_main=True)
        blocks = [calls[0].block.block for calls in trace.calls.values() if calls[0].block]
        self.homes = BlockHomes(names, main, top, blocks, is_bare=model is None)
        names.taken.add("model")
        self.title = names.take_variable(re.sub(r"\W", "_", model.name.text.lower()) if model else "build_model")
        comments = SourceComments(parsed)
        self.context = PrintContext(trace, trace.graph, comments, self.module, self.homes)
        self.printers = Printers(self.context)

    def print_module(self) -> str:
        """The source."""
        main = self.homes.main
        target = main.make_variable("x")
        if self.model is not None:
            self.printers.constants.print_module_constants(self.model, self.parsed.body)
        parameters, given = self._print_parameters()
        result = self.printers.bodies.print_body(self.body_node, self.homes.main_place([self.body_use]), target)
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
            if self.context.find_kind([self.graph.parameters[name]]) is not DataName:
                raise Differs
            variable, written = self.homes.main.take_variable(name), print_literal(self.graph.parameters[name])
            default = self._print_default(parameter)
            self.homes.main_names.own[name] = DataName(variable)
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
        if names_in(default) & self.homes.main_names.own.keys():
            return ""
        try:
            return convert_to_tuple(self.printers.expressions.print(default, self.homes.main_place([self.body_use])))
        except Differs:
            return ""

    def _print_ending(self, result: str) -> Lines:
        """The last lines of the network's function."""
        lines: Lines = []
        outputs = list(self.printers.inputs.outputs) or [result]
        if not all(map(is_variable, outputs)):
            outputs = [self.homes.main.make_variable("outputs")]
            lines.append((1, f"{outputs[0]} = {result}"))
        return [*lines, (1, f"return {print_model(self.graph, self.printers.inputs.inputs, outputs)}")]
