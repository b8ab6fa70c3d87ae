"""Calls, f(…): of a layer, a block, a function, or pasted Keras."""

from __future__ import annotations

from cnnspec.elaborate.dispatch import Runner
from cnnspec.elaborate.evaluator import called_word
from cnnspec.elaborate.values import (
    UNKNOWN,
    BlockFunction,
    Closure,
    Scope,
    SharedFunction,
    Tensor,
    describe,
    is_step,
)
from cnnspec.graph import BlockCall, FunctionUse, Site
from cnnspec.layers import find
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.elaborate.building import Building
    from cnnspec.elaborate.layer_placer import LayerPlacer


class BlockCaller(Runner):
    """Calls blocks."""

    def apply_block(
        self, function: BlockFunction, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor, sure: bool = True,
    ) -> Tensor:  # fmt: skip
        """Call a block. `sure`: that it is this one is no assumption."""
        self.observer.block_called(function, arguments, self.graph.nodes[current.index].shape)
        block = function.block
        function.called = True
        if function.recursive:
            return self.builder.add_unknown(at, scope, current)
        values = self.block_arguments(block, arguments, at, scope, current, sure)
        if values is None:
            return self.builder.add_unknown(at, scope, current)
        call = BlockCall(Site(scope.source, at, scope.path), block.name.text)
        inner = Scope(function.scope, function.scope.source, call, call)
        for parameter in block.parameters:
            name = parameter.name.text
            if name in values:
                value, assumed = values[name]
            else:
                assert parameter.default is not None
                value = self.evaluator.evaluate(parameter.default, inner, current)
                assumed = self.assumptions.doubt and self.assumptions.take_doubt()
            if assumed:
                inner.bind(name, value, True)
            else:
                inner.names[name] = value
        run = lambda: self.dispatch.run(block.body, inner, current) or current  # noqa: E731
        return self.names.in_block(lambda: self.work.inside(at, scope, run))

    def apply_value(self, function: BlockFunction, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """Call a block without arguments."""
        return self.apply_block(function, (), at, scope, current)

    def block_arguments(
        self, block: tree.Block, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope, current: Tensor,
        sure: bool,
    ) -> dict[str, tuple[Any, bool]] | None:  # fmt: skip
        """The parameters that a call gives, each with its value and whether it rests on an assumption; None for a wrong call."""
        name = block.name.text
        names = [p.name.text for p in block.parameters]
        known = set(names)
        values: dict[str, tuple[Any, bool]] = {}
        renamed = False  # whether which parameters are given rests on an assumption
        position = 0
        for argument in arguments:
            if argument.name is None:
                if position >= len(names):
                    self.report.error(
                        "E011",
                        argument,
                        scope,
                        f"{name} takes {len(names)} argument{'s' * (len(names) != 1)}, this is one too many",
                        f"it has {', '.join(names)}" if names else "drop it",
                        sure=sure,
                    )
                    return None
                word = names[position]
                position += 1
            else:
                word = argument.name.text
                if word not in known:
                    has = f"it has {', '.join(names)}" if names else "it has none"
                    message = f'{name} has no parameter "{word}"'
                    meant = self.words.report_misspelt(
                        "E011", argument.name, scope, message, word, tuple(names), has, sure
                    )
                    if meant is None:
                        return None
                    word = meant
            assumed = self.assumptions.doubt and self.assumptions.take_doubt()
            renamed = renamed or assumed
            if word in values:
                if not assumed:
                    self.report.error("E011", argument, scope, f"{word} is given twice", "drop one", sure=sure)
                return None
            value = self.evaluator.evaluate(argument.value, scope, current)
            values[word] = value, self.assumptions.take_doubt() or assumed
        missing = [p.name.text for p in block.parameters if p.name.text not in values and p.default is None]
        if missing and not renamed:
            help = f"write {name}({', '.join(names)})"
            self.report.error("E011", at, scope, f"{name} needs {' and '.join(missing)}", help, sure=sure)
        if missing:
            return None
        return values


class Caller(Runner):
    """Applies what is called: a layer, a block, a function, pasted Keras, or what was meant by a misspelt word."""

    def __init__(self, building: Building, layers: LayerPlacer, blocks: BlockCaller) -> None:
        super().__init__(building)
        self.layers = layers
        self.blocks = blocks
        self.meaning: set[int] = set()  # the misspelt words, by their nodes, that are being gone on with

    def apply_call(self, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        word = called_word(node.function, scope)
        if word is not None:
            layer = find(word)
            if layer is not None:
                return self.layers.apply_layer(layer, word, node.arguments, node, scope, current)
            if word == "Sequential":
                return self.apply_sequential(node, scope, current)
            value = self.evaluator.evaluate(node, scope, current)
            doubt = self.assumptions.take_doubt()
            if isinstance(value, Term):
                return self.apply_meant(value, node, scope, current)
            return self.assumptions.suppose_if(doubt, lambda: self.dispatch.apply_value(value, node, scope, current))
        function = self.evaluator.evaluate(node.function, scope, current)
        if self.assumptions.take_doubt():
            return self.assumptions.suppose(lambda: self.apply_function(function, node, scope, current))
        return self.apply_function(function, node, scope, current)

    def apply_function(
        self, function: Any, node: tree.Node, scope: Scope, current: Tensor, sure: bool = True
    ) -> Tensor:
        """A call, or a name alone, as a step. `sure`: that it means this function is no assumption."""
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        if isinstance(function, BlockFunction):
            return self.blocks.apply_block(function, arguments, node, scope, current, sure)
        if isinstance(function, Term):
            layer = find(function.name)
            if layer is not None:
                return self.layers.apply_layer(layer, function.name, arguments, node, scope, current, sure)
            if isinstance(node, tree.Call) and function.call is None:
                return self.apply_meant(function.replace(call=node), node, scope, current)
        if isinstance(function, (Closure, SharedFunction, Tensor)) and isinstance(node, tree.Call):
            return self.apply_to(function, node, scope, current)
        return self.dispatch.apply_value(
            function, node.function if isinstance(node, tree.Call) else node, scope, current
        )

    def apply_term(self, value: Term, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """A word: a layer without arguments, or what was meant by it."""
        layer = find(value.name)
        if layer is None or value.positional or value.keywords:
            return self.apply_meant(value, at, scope, current)
        around = scope.path
        if isinstance(at, tree.Name) and at.text != value.name:  # act = relu
            scope.path = FunctionUse(Site(scope.source, at, around), at.text, scope.call)
        try:
            return self.layers.apply_layer(layer, value.name, (), at, scope, current)
        finally:
            scope.path = around

    def apply_meant(self, term: Term, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """Apply what was probably meant by an unknown word: `term`, at the place where it was written."""
        place, origin = term.place or (at, scope)
        function = self.words.report_unknown(place, term.name, origin, is_step)
        self.assumptions.take_doubt()
        if function is UNKNOWN or id(place) in self.meaning:  # what would call itself was not meant
            return self.builder.add_unknown(at, scope, current)
        node, within = (at, scope) if term.call is None or term.call is at else (term.call, origin)
        self.meaning.add(id(place))
        try:
            return self.assumptions.suppose(lambda: self.apply_function(function, node, within, current, sure=False))
        finally:
            self.meaning.discard(id(place))

    def apply_to(self, function: Any, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        """`f(x)`, f a layer function and x a tensor: f applied to x instead of the current tensor."""
        values = [self.evaluator.evaluate(a.value, scope, current) for a in node.arguments]
        doubt = self.assumptions.take_doubt()
        if len(values) == 1 and isinstance(values[0], Tensor) and not isinstance(function, Tensor):
            (tensor,) = values
            return self.assumptions.suppose_if(
                doubt, lambda: self.dispatch.apply_value(function, node.function, scope, tensor)
            )
        if UNKNOWN not in values:
            message = f"{describe(function)} takes no arguments"
            self.report.error(
                "E011", node, scope, message, "write it without parentheses, or make it a block with parameters"
            )
        return self.builder.add_unknown(node, scope, current)

    def apply_sequential(self, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        for argument in node.arguments:
            if isinstance(argument.value, tree.List):
                for number, item in enumerate(argument.value.items):
                    if number or not isinstance(item, tree.Input):  # the first has been made by the step
                        current = self.dispatch.apply(item, scope, current)
            elif argument.name is None or argument.name.text != "name":
                self.report.error(
                    "E012",
                    argument,
                    scope,
                    "Sequential takes a list of layers",
                    "write the layers as steps, one a line",
                )
        return current
