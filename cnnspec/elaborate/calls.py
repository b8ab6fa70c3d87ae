"""Calls: f(…) of a layer, a block, a shared function, or pasted Keras."""

from __future__ import annotations

from cnnspec.elaborate.graph import Site
from cnnspec.elaborate.reporting import describe
from cnnspec.elaborate.steps import Steps
from cnnspec.elaborate.values import (
    UNKNOWN,
    BlockFunction,
    Closure,
    Scope,
    SharedFunction,
    Tensor,
)
from cnnspec.layers import find
from cnnspec.layers.argument import Term
from cnnspec.limits import MAX_LAYERS
from cnnspec.names import suggestion
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Calls(Steps):
    """Applies functions to their arguments and the current tensor."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS) -> None:
        super().__init__(name, max_layers)
        self._applications[tree.Call] = self.apply_call

    def apply_call(self, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        word = self.callee(node.function, scope)
        if word is not None:
            layer = find(word)
            if layer is not None:
                return self.apply_layer(layer, word, node.arguments, node, scope, current)
            if word == "Sequential":
                return self.apply_sequential(node, scope, current)
            value = self.evaluate(node, scope, current)
            if not isinstance(value, Term):
                return self.apply_value(value, node, scope, current)
            self.unknown_name(node.function, word, scope)
            return self.unbuilt(node, scope, current)
        function = self.evaluate(node.function, scope, current)
        if isinstance(function, BlockFunction):
            return self.apply_block(function, node.arguments, node, scope, current)
        if isinstance(function, Term) and find(function.name):
            layer = find(function.name)
            assert layer is not None
            return self.apply_layer(layer, function.name, node.arguments, node, scope, current)
        if isinstance(function, (Closure, SharedFunction, Tensor)):
            return self.apply_to(function, node, scope, current)
        return self.apply_value(function, node.function, scope, current)

    def apply_to(self, function: Any, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        """`f(x)`, f a layer function and x a tensor: f applied to x instead of the current tensor."""
        values = [self.evaluate(a.value, scope, current) for a in node.arguments]
        if len(values) == 1 and isinstance(values[0], Tensor) and not isinstance(function, Tensor):
            return self.apply_value(function, node.function, scope, values[0])
        if UNKNOWN not in values:
            message = f"{describe(function)} takes no arguments"
            self.error("E011", node, scope, message, "write it without parentheses, or make it a block with parameters")
        return self.unbuilt(node, scope, current)

    def apply_sequential(self, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        for argument in node.arguments:
            if isinstance(argument.value, tree.List):
                for number, item in enumerate(argument.value.items):
                    if number or not isinstance(item, tree.Input):  # the first has been made by the step
                        current = self.apply(item, scope, current)
            elif argument.name is None or argument.name.text != "name":
                self.error(
                    "E012",
                    argument,
                    scope,
                    "Sequential takes a list of layers",
                    "write the layers as steps, one a line",
                )
        return current

    def apply_block(
        self, function: BlockFunction, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope, current: Tensor
    ) -> Tensor:  # fmt: skip
        block = function.block
        function.called = True
        site = Site(scope.source, at, scope.caller, scope.block)
        if function.recursive:
            return self.unbuilt(at, scope, current)
        values = self.block_arguments(block, arguments, at, scope, current)
        if values is None:
            return self.unbuilt(at, scope, current)
        inner = Scope(function.scope, function.scope.source, site, block.name.text)
        for parameter in block.parameters:
            name = parameter.name.text
            if name in values:
                inner.names[name] = values[name]
            else:
                assert parameter.default is not None
                inner.names[name] = self.evaluate(parameter.default, inner, current)
        loops, self.loops = self.loops, 0
        result = self.inside(at, scope, lambda: self.run(block.body, inner, current) or current, current)
        self.loops = loops
        return result

    def block_arguments(
        self, block: tree.Block, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope, current: Tensor
    ) -> dict[str, Any] | None:  # fmt: skip
        name = block.name.text
        names = [p.name.text for p in block.parameters]
        known = set(names)
        values: dict[str, Any] = {}
        position = 0
        for argument in arguments:
            if argument.name is None:
                if position >= len(names):
                    self.error(
                        "E011",
                        argument,
                        scope,
                        f"{name} takes {len(names)} arguments, this is one too many",
                        f"they are {', '.join(names)}" if names else "",
                    )
                    return None
                word = names[position]
                position += 1
            else:
                word = argument.name.text
                if word not in known:
                    has = f"it has {', '.join(names)}" if names else "it has none"
                    help = has + suggestion(word, names)
                    self.error("E011", argument.name, scope, f'{name} has no parameter "{word}"', help)
                    return None
            if word in values:
                self.error("E011", argument, scope, f"{word} is given twice", "drop one")
                return None
            values[word] = self.evaluate(argument.value, scope, current)
        missing = [p.name.text for p in block.parameters if p.name.text not in values and p.default is None]
        if missing:
            self.error("E011", at, scope, f"{name} needs {' and '.join(missing)}", f"write {name}({', '.join(names)})")
            return None
        return values

    def apply_shared(self, function: SharedFunction, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        def run() -> Tensor:
            return self.apply(function.expression, function.scope.inner(), current)

        around = self.sharing, self.replaying  # a layer belongs to the innermost shared function alone
        if function.nodes is None:
            self.sharing, self.replaying = [[]], []
            result = self.inside(at, scope, run, current)
            function.nodes = self.sharing[0]
        else:
            used = [0]
            self.sharing, self.replaying = [], [(function.nodes, used)]
            result = self.inside(at, scope, run, current)
            if used[0] != len(function.nodes) and not self.errors:
                message = f"{function.name} is shared, but its first use has {len(function.nodes)} layers and this one {used[0]}"
                self.error("E102", at, scope, message, "its weights cannot be the same: keep conditions out of it")
        self.sharing, self.replaying = around
        return result
