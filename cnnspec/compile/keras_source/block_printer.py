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
from cnnspec.compile.keras_source.call_groups import group_calls
from cnnspec.compile.keras_source.expression_printer import is_written_out
from cnnspec.compile.keras_source.frame import Differs, Frame, add_return, find_bound_names
from cnnspec.compile.keras_source.name_scope import NameScope
from cnnspec.compile.keras_source.print_place import PrintPlace
from cnnspec.compile.python_text.literals import convert_to_tuple
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.frame import Lines
    from cnnspec.compile.keras_source.name_scope import NameMeaning
    from cnnspec.compile.keras_source.part_printer import PartPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.trace import Use
    from cnnspec.elaborate.values import BlockFunction


class BlockPrinter:
    """Prints blocks and their calls; bodies and layer functions in them through `parts`."""

    def __init__(self, context: PrintContext, expressions: ExpressionPrinter, parts: PartPrinter) -> None:
        self.context, self.expressions, self.parts = context, expressions, parts
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
            text = self._print_argument(parameter, argument.value, place)
            named = named or argument.name is not None or parameter.by_name
            texts.append(f"{parameter.variable}={text}" if named else text)
        return f"{variant.name}({', '.join(texts)})"

    def print_function(self, uses: list[Use]) -> str:
        """A block as a function on tensors: all its parameters have defaults."""
        variant = self._find_variant(uses)
        if not all(parameter.optional for parameter in variant.parameters):
            raise Differs
        return variant.name

    def _print_argument(self, parameter: VariantParameter, node: tree.Node, place: PrintPlace) -> str:
        """What a parameter is given, in a call or by default."""
        if parameter.takes_function:
            return self.parts.print_function(node, place, parameter.name)
        return self.expressions.print(node, place)

    def _find_variant(self, uses: list[Use]) -> BlockVariant:
        """The function that serves some calls."""
        function = uses[0].block
        if function is None or any(use.block is None or use.block.block is not function.block for use in uses):
            raise Differs
        block = id(function.block)
        if block not in self.variants:
            self.variants[block] = self._write_variants(function, self.context.find_calls(function.block))
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
            groups = group_calls(function, calls)
            if len(groups) == 1:
                raise
            return [variant for group in groups for variant in self._write_variants(function, group)]
        self.serving |= {id(call): variant for call in calls}
        return [variant]

    def _write_variant(self, function: BlockFunction, calls: list[Use]) -> BlockVariant:
        """Write the function for some calls of a block."""
        block = function.block
        home, outer = self.context.homes.find_home(function)
        frame = Frame(home, find_bound_names(block), depth=1)
        tensor = frame.make_variable("x")
        place = PrintPlace(frame, outer, tensor, calls)
        body = place.at(place.uses_inside(block.body), names=NameScope(outer))
        parameters = []
        for written in block.parameters:
            name = written.name.text
            kind = self.context.find_kind([use.scope.names.get(name) for use in body.uses if use.scope])
            body.names.own[name] = meaning = kind(frame.take_variable(name))
            parameters.append(VariantParameter(name, meaning))
        bound = dict(body.names.own)
        text = self.parts.print_body(block.body, body, tensor)
        lines = add_return(frame.lines, text, 1)
        used, defaults = self._print_defaults(block, parameters, bound, lines, place)
        variant = BlockVariant(self.context.homes.name_function(block, home), used)
        lines = [(0, f"def {variant.name}({', '.join([tensor, *print_header(used)])}):"), *defaults, *lines]
        module = self.context.module
        if home is module.frame:
            source = function.scope.source
            above = [(0, line) for line in self.context.comments.find_above(block, source)]
            module.add(source.name, block.start, variant.name, [*above, *lines])
        else:
            module.add_local(lines)
        return variant

    def _print_defaults(
        self,
        block: tree.Block,
        parameters: list[VariantParameter],
        bound: dict[str, NameMeaning],
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
            if default is None or not leaving and not (parameter.takes_data and is_written_out(default, place)):
                continue
            parameter.optional = True
            names = NameScope(place.names)
            names.own.update(bound)
            frame = Frame(place.frame, place.frame.bound)
            text = self._print_argument(
                parameter, default, PrintPlace(frame, names, place.current, leaving or place.uses)
            )
            fixed = not names_in(default) & bound.keys() and not any(isinstance(n, tree.Here) for n in walk(default))
            if parameter.takes_function:
                fixed = fixed and not frame.lines and text.startswith("lambda")
            else:
                text = convert_to_tuple(text)
            parameter.text += f"={text}" if fixed else "=None"
            if not fixed:
                before = [*print_default(parameter.variable, frame.lines, text), *before]
        return used, before
