"""Blocks of the text → Python functions.

A block becomes one function, where one serves all its calls; else a few, each for the calls that are alike. What a
parameter is passed (data, a tensor, a function on tensors) is seen from its values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_likeness import keys
from cnnspec.compile.keras_source.expression_printer import is_closed
from cnnspec.compile.keras_source.frame import Binding, Differs, Env, Frame, Lines, Place, returning, spoken
from cnnspec.compile.keras_source.function_printer import Functions
from cnnspec.compile.keras_source.literals import as_tuple
from cnnspec.compile.trace import Trace, Use, real
from cnnspec.elaborate.values import BlockFunction, Scope, Tensor
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnspec.compile.keras_source.source_comments import Remarks


class Variant:
    """A Python function for some calls of a block. `parameters` are those of the text that it has, in order."""

    def __init__(self, name: str, parameters: list[Parameter]) -> None:
        self.name = name
        self.parameters = parameters


class Parameter:
    """A parameter of a block's function. `text` is how its header has it."""

    def __init__(self, name: str, kind: str, variable: str) -> None:
        self.name = name  # in the text
        self.kind = kind  # "value", "tensor" or "function"
        self.variable = variable
        self.text = variable
        self.optional = False
        self.by_name = False  # stands behind a "*"


class Blocks(Functions):
    """Prints blocks and their calls."""

    def __init__(self, trace: Trace, remarks: Remarks) -> None:
        super().__init__(trace, remarks)
        self.prelude: Lines = []  # functions inside the network's own
        self.serving: dict[int, Variant] = {}  # by the id of the call
        self.variants: dict[int, list[Variant]] = {}  # by the id of the block
        blocks = [calls[0].block.block for calls in trace.calls.values() if calls[0].block]
        self.titles = {id(block): self.module.own(block.name.text) for block in blocks}  # of functions not written yet
        self._files: dict[int, Env] = {}

    if TYPE_CHECKING:

        def home(self, function: BlockFunction) -> tuple[Frame, Env]: ...

    def file(self, scope: Scope) -> Env:
        """The blocks that a file defines."""
        env = self._files.get(id(scope))
        if env is None:
            env = self._files[id(scope)] = Env(None)
            for name, value in scope.names.items():
                if isinstance(value, BlockFunction):
                    env.names[name] = Binding("block", "", value)
        return env

    # ---- calls ---------------------------------------------------------------------------------------------
    def call_block(self, place: Place) -> str:
        """A call of a block, on the current tensor."""
        variant = self.variant(place.uses)
        given = arguments_of(place.uses[0])
        texts = [place.current]
        named = False
        for parameter in variant.parameters:
            argument = given.get(parameter.name)
            if argument is None:
                if not parameter.optional:
                    raise Differs
                continue
            if parameter.kind == "function":
                text = self.function(argument.value, place, parameter.name)
            else:
                text = self.value(argument.value, place)
            named = named or argument.name is not None or parameter.by_name
            texts.append(f"{parameter.variable}={text}" if named else text)
        return f"{variant.name}({', '.join(texts)})"

    def block_function(self, uses: list[Use]) -> str:
        """A block as a function on tensors: all its parameters have defaults."""
        variant = self.variant(uses)
        if not all(parameter.optional for parameter in variant.parameters):
            raise Differs
        return variant.name

    def variant(self, uses: list[Use]) -> Variant:
        """The function that serves some calls."""
        function = uses[0].block
        if function is None or any(use.block is None or use.block.block is not function.block for use in uses):
            raise Differs
        block = id(function.block)
        if block not in self.variants:
            self.variants[block] = self.partitioned(function, real(self.trace.calls[block]))
        found = {id(v): v for use in uses for v in [self.serving.get(id(use))] if v is not None}
        if not found and len(self.variants[block]) == 1:  # a call that was but tried
            return self.variants[block][0]
        if len(found) != 1 or any(id(use) not in self.serving and not use.ghost for use in uses):
            raise Differs
        return next(iter(found.values()))

    def partitioned(self, function: BlockFunction, calls: list[Use]) -> list[Variant]:
        """Functions for calls of a block: one, or one for each group of calls that are alike."""
        try:
            variant = self.write(function, calls)
        except Differs:
            for key in keys(function, calls):
                groups: dict[Hashable, list[Use]] = {}
                for call in calls:
                    groups.setdefault(key(call), []).append(call)
                if len(groups) > 1:
                    return [variant for group in groups.values() for variant in self.partitioned(function, group)]
            raise
        self.serving |= {id(call): variant for call in calls}
        return [variant]

    # ---- functions -----------------------------------------------------------------------------------------
    def write(self, function: BlockFunction, calls: list[Use]) -> Variant:
        """Write the function for some calls of a block."""
        block = function.block
        outer, env = self.home(function)
        frame = Frame(outer, spoken(block))
        frame.depth = 1
        inner = Env(env)
        bodies = [kid for call in calls for kid in call.inside(block.body)]
        if len(bodies) != len(calls):
            raise Differs
        tensor = frame.fresh("x")
        parameters = []
        for written in block.parameters:
            name = written.name.text
            kind = self.kind([body.scope.names.get(name) for body in bodies if body.scope])
            parameters.append(Parameter(name, kind, frame.own(name)))
            inner.names[name] = Binding(kind, parameters[-1].variable)
        bindings = dict(inner.names)
        text = self.body(block.body, Place(frame, inner, tensor, bodies), tensor)
        lines = returning(frame.lines, text, 1)
        kept, prologue = self.defaults(block, parameters, bindings, calls, lines, Place(frame, env, tensor, calls))
        variant = Variant(self.titles.pop(id(block), "") or outer.own(block.name.text), kept)
        lines = [(0, f"def {variant.name}({', '.join([tensor, *header(kept)])}):"), *prologue, *lines]
        if outer is self.module:
            above = [(0, line) for line in self.comments(block, function.scope.source)]
            self.printed.append(((function.scope.source.name, block.start), variant.name, [*above, *lines]))
        else:
            self.prelude += [*[(d + 1, t) for d, t in lines], (1, "")]
        return variant

    def kind(self, values: list[Any]) -> str:
        """What a parameter is: data, a tensor, or a function on tensors."""
        if all(isinstance(value, Tensor) for value in values):
            return "tensor"
        if any(map(self.is_function, values)):
            return "function"
        if any(isinstance(value, Tensor) for value in values):
            raise Differs
        return "value"

    def defaults(
        self, block: tree.Block, parameters: list[Parameter], bindings: dict[str, Binding], calls: list[Use], lines: Lines,
        place: Place,
    ) -> tuple[list[Parameter], Lines]:  # fmt: skip
        """The parameters that a body's lines use, and the lines that compute the defaults that need some."""
        kept: list[Parameter] = []
        prologue: Lines = []
        for parameter, written in reversed(list(zip(parameters, block.parameters, strict=True))):
            name, default = parameter.name, written.default
            if not any(re.search(rf"\b{parameter.variable}\b", line) for _, line in [*lines, *prologue]):
                continue
            kept.insert(0, parameter)
            leaving = [call for call in calls if name not in arguments_of(call)]
            if default is None or not leaving and (parameter.kind != "value" or not is_closed(default, place)):
                continue
            parameter.optional = True
            env = Env(place.env)
            env.names.update(bindings)
            frame = Frame(place.frame, place.frame.spoken)
            there = Place(frame, env, place.current, leaving or place.uses)
            fixed = not names_in(default) & bindings.keys() and not any(isinstance(n, tree.Here) for n in walk(default))
            if parameter.kind == "function":
                text = self.function(default, there, name)
                fixed = fixed and not frame.lines and text.startswith("lambda")
            else:
                text = as_tuple(self.value(default, there))
            parameter.text += f"={text}" if fixed else "=None"
            if not fixed:
                made = computed(parameter.variable, frame.lines, text)
                prologue = [(1, f"if {parameter.variable} is None:"), *made, *prologue]
        return kept, prologue


def computed(variable: str, before: Lines, text: str) -> Lines:
    """The lines of a default that is computed in the function; a layer function gets the parameter's name."""
    anonymous = re.fullmatch(r"lambda (\w+): (.*)", text)
    if anonymous:
        return [(2, f"def {variable}({anonymous[1]}):"), (3, f"return {anonymous[2]}"), (1, "")]
    inner = [(depth + 2, line) for depth, line in before]
    if inner and inner[0][1].startswith(f"def {text}("):
        return [(2, f"def {variable}({inner[0][1].partition('(')[2]}"), *inner[1:]]
    return [*inner, (2, f"{variable} = {text}")]


def header(parameters: list[Parameter]) -> list[str]:
    """The parameters as a header lists them; one without a default behind one with it is passed by name."""
    texts: list[str] = []
    for number, parameter in enumerate(parameters):
        if not parameter.optional and any(p.optional for p in parameters[:number]) and "*" not in texts:
            texts.append("*")
        parameter.by_name = "*" in texts
        texts.append(parameter.text)
    return texts


def arguments_of(call: Use) -> dict[str, tree.Argument]:
    """The arguments of a block's call, by parameter."""
    assert call.block is not None
    names = [p.name.text for p in call.block.block.parameters]
    return {a.name.text if a.name else names[position]: a for position, a in enumerate(call.arguments)}
