"""Blocks of the text → Python functions.

A block becomes one function, where one serves all its calls; else several, each for the calls that are alike. The values
of a parameter show what it is: data, a tensor, or a function on tensors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.block_variant import (
    BlockVariant,
    VariantParameter,
    find_arguments,
    is_read,
    print_default,
    print_header,
)
from cnnspec.compile.keras_source.call_likeness import find_keys
from cnnspec.compile.keras_source.expression_printer import is_written_out
from cnnspec.compile.keras_source.frame import (
    Differs,
    Frame,
    Lines,
    NameMeaning,
    NameScope,
    PrintPlace,
    add_return,
    find_bound_names,
)
from cnnspec.compile.keras_source.literals import convert_to_tuple
from cnnspec.compile.trace import real
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnspec.compile.keras_source.block_homes import BlockHomes
    from cnnspec.compile.keras_source.body_printer import BodyPrinter
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.function_printer import FunctionPrinter
    from cnnspec.compile.keras_source.module_functions import ModuleFunctions
    from cnnspec.compile.keras_source.source_comments import SourceComments
    from cnnspec.compile.trace import Trace, Use
    from cnnspec.elaborate.values import BlockFunction


class BlockPrinter:
    """Prints blocks and their calls. `titles` are names for the blocks' functions, by the id of the block."""

    def __init__(
        self,
        trace: Trace,
        comments: SourceComments,
        titles: dict[int, str],
        module: ModuleFunctions,
        homes: BlockHomes,
        expressions: ExpressionPrinter,
        functions: FunctionPrinter,
        bodies: BodyPrinter,
    ) -> None:
        self.trace, self.comments, self.titles, self.module, self.homes = trace, comments, titles, module, homes
        self.expressions, self.functions, self.bodies = expressions, functions, bodies
        self.serving: dict[int, BlockVariant] = {}  # by the id of the call
        self.variants: dict[int, list[BlockVariant]] = {}  # by the id of the block

    # ---- calls ---------------------------------------------------------------------------------------------
    def print_call(self, place: PrintPlace) -> str:
        """A call of a block, on the current tensor."""
        variant = self._find_variant(place.uses)
        given = find_arguments(place.uses[0])
        texts = [place.current]
        named = False
        for parameter in variant.parameters:
            argument = given.get(parameter.name)
            if argument is None:
                if not parameter.optional:
                    raise Differs
                continue
            if parameter.kind == "function":
                text = self.functions.print_function(argument.value, place, parameter.name)
            else:
                text = self.expressions.print(argument.value, place)
            named = named or argument.name is not None or parameter.by_name
            texts.append(f"{parameter.variable}={text}" if named else text)
        return f"{variant.name}({', '.join(texts)})"

    def print_function(self, uses: list[Use]) -> str:
        """A block as a function on tensors: all its parameters have defaults."""
        variant = self._find_variant(uses)
        if not all(parameter.optional for parameter in variant.parameters):
            raise Differs
        return variant.name

    def _find_variant(self, uses: list[Use]) -> BlockVariant:
        """The function that serves some calls."""
        function = uses[0].block
        if function is None or any(use.block is None or use.block.block is not function.block for use in uses):
            raise Differs
        block = id(function.block)
        if block not in self.variants:
            self.variants[block] = self._write_variants(function, real(self.trace.calls[block]))
        found = {id(v): v for use in uses for v in [self.serving.get(id(use))] if v is not None}
        if not found and len(self.variants[block]) == 1:  # a call that was but tried
            return self.variants[block][0]
        if len(found) != 1 or any(id(use) not in self.serving and not use.ghost for use in uses):
            raise Differs
        return next(iter(found.values()))

    # ---- functions -----------------------------------------------------------------------------------------
    def _write_variants(self, function: BlockFunction, calls: list[Use]) -> list[BlockVariant]:
        """Functions for calls of a block: one, or one for each group of calls that are alike."""
        try:
            variant = self._write_variant(function, calls)
        except Differs:
            for key in find_keys(function, calls):
                groups: dict[Hashable, list[Use]] = {}
                for call in calls:
                    groups.setdefault(key(call), []).append(call)
                if len(groups) > 1:
                    return [variant for group in groups.values() for variant in self._write_variants(function, group)]
            raise
        self.serving |= {id(call): variant for call in calls}
        return [variant]

    def _write_variant(self, function: BlockFunction, calls: list[Use]) -> BlockVariant:
        """Write the function for some calls of a block."""
        block = function.block
        outer, env = self.homes.find_home(function)
        frame = Frame(outer, find_bound_names(block))
        frame.depth = 1
        inner = NameScope(env)
        bodies = [kid for call in calls for kid in call.inside(block.body)]
        if len(bodies) != len(calls):
            raise Differs
        tensor = frame.make_variable("x")
        parameters = []
        for written in block.parameters:
            name = written.name.text
            kind = self.expressions.find_kind([body.scope.names.get(name) for body in bodies if body.scope])
            parameters.append(VariantParameter(name, kind, frame.take_variable(name)))
            inner.names[name] = NameMeaning(kind, parameters[-1].variable)
        bindings = dict(inner.names)
        text = self.bodies.print_body(block.body, PrintPlace(frame, inner, tensor, bodies), tensor)
        lines = add_return(frame.lines, text, 1)
        there = PrintPlace(frame, env, tensor, calls)
        used, defaults = self._print_defaults(block, parameters, bindings, lines, there)
        variant = BlockVariant(self.titles.pop(id(block), "") or outer.take_variable(block.name.text), used)
        lines = [(0, f"def {variant.name}({', '.join([tensor, *print_header(used)])}):"), *defaults, *lines]
        if outer is self.module.frame:
            source = function.scope.source
            above = [(0, line) for line in self.comments.find_above(block, source)]
            self.module.add(source.name, block.start, variant.name, [*above, *lines])
        else:
            self.module.add_local(lines)
        return variant

    def _print_defaults(
        self,
        block: tree.Block,
        parameters: list[VariantParameter],
        bindings: dict[str, NameMeaning],
        lines: Lines,
        place: PrintPlace,
    ) -> tuple[list[VariantParameter], Lines]:
        """The parameters that a body's lines use, and the lines that compute defaults, where a header cannot."""
        used: list[VariantParameter] = []
        before: Lines = []
        for parameter, written in reversed(list(zip(parameters, block.parameters, strict=True))):
            default = written.default
            if not is_read(parameter.variable, [*lines, *before]):
                continue
            used.insert(0, parameter)
            leaving = [call for call in place.uses if parameter.name not in find_arguments(call)]
            if default is None or not leaving and (parameter.kind != "value" or not is_written_out(default, place)):
                continue
            parameter.optional = True
            env = NameScope(place.env)
            env.names.update(bindings)
            frame = Frame(place.frame, place.frame.bound)
            there = PrintPlace(frame, env, place.current, leaving or place.uses)
            fixed = not names_in(default) & bindings.keys() and not any(isinstance(n, tree.Here) for n in walk(default))
            if parameter.kind == "function":
                text = self.functions.print_function(default, there, parameter.name)
                fixed = fixed and not frame.lines and text.startswith("lambda")
            else:
                text = convert_to_tuple(self.expressions.print(default, there))
            parameter.text += f"={text}" if fixed else "=None"
            if not fixed:
                before = [*print_default(parameter.variable, frame.lines, text), *before]
        return used, before
