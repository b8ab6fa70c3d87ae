"""Steps: what an expression, as a function, makes of the current tensor."""

from __future__ import annotations

from functools import partial

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.elaborate.placing import Placing
from cnnspec.elaborate.reporting import TooMuch, describe, is_number, is_step
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
from cnnspec.layers.base import show_shape
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.layers.base import Shape

MAX_STEPS = 100_000  # statements and calls run beyond four a layer, so that loops that make no layer end too
MAX_CALLS = 64  # blocks and layer functions inside one another


class Steps(Placing):
    """Applies expressions to tensors; blocks and other functions are in `calls`."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS) -> None:
        super().__init__(name, max_layers)
        self.steps = 0
        self.calls = 0
        self.loops = 0  # around the present place, inside its block
        self._applications: dict[type, Callable[[Any, Scope, Tensor], Tensor]] = {
            tree.Chain: self.apply_chain,
            tree.Naming: self.apply_naming,
            tree.Braces: self.apply_braces,
            tree.Ternary: self.apply_ternary,
            tree.Arithmetic: self.apply_repeat,
            tree.Contract: self.apply_contract,
            tree.Here: lambda node, scope, current: current,
            tree.Bad: lambda node, scope, current: self.unbuilt(node, scope, current),
        }

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run the items of a body."""
        raise NotImplementedError

    def apply_block(
        self, function: BlockFunction, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor, sure: bool = True,
    ) -> Tensor:  # fmt: skip
        """Call a block. `sure`: that it is this one is no assumption."""
        raise NotImplementedError

    def apply_meant(self, term: Term, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """Go on with what was meant by a word that nothing is called."""
        raise NotImplementedError

    def apply_shared(self, function: SharedFunction, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """Use a shared function."""
        raise NotImplementedError

    def bind_name(self, name: tree.Name, value: Any, scope: Scope) -> None:
        """Bind a name in a scope."""
        raise NotImplementedError

    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """The tensor that an expression, as a step, makes of the current one."""
        method = self._applications.get(type(expression))
        if method is not None:
            return method(expression, scope, current)
        value = self.evaluate(expression, scope, current)
        if self.doubt and self.settled():
            return self.supposing(lambda: self.apply_value(value, expression, scope, current))
        return self.apply_value(value, expression, scope, current)

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """A value as a function of the current tensor."""
        if isinstance(value, Tensor):
            return value
        if isinstance(value, Term):
            layer = find(value.name)
            if layer is not None and not value.positional and not value.keywords:
                return self.apply_layer(layer, value.name, (), at, scope, current)
            return self.apply_meant(value, at, scope, current)
        elif isinstance(value, Closure):
            self.count(at, scope)
            value.applied = True
            made = len(self.graph.nodes)
            result = self.inside(at, scope, lambda: self.apply(value.expression, value.scope.inner(), current), current)
            if scope.caller is value.scope.caller:
                value.uses.append((current.index, made, len(self.graph.nodes)))
            return result
        elif isinstance(value, BlockFunction):
            return self.apply_block(value, (), at, scope, current)
        elif isinstance(value, SharedFunction):
            return self.apply_shared(value, at, scope, current)
        elif value is not UNKNOWN:
            from cnnspec.elaborate.meant import by_value

            help = by_value(value) or "a step is a layer, a block, a named tensor or `in`"
            if isinstance(at, tree.Name) and find(at.text) is not None:
                help = f'this file binds "{at.text}", which hides the layer: choose another name for that'
            self.error("E012", at, scope, f"{describe(value)} is no step", help)
        return self.unbuilt(at, scope, current)

    def count(self, node: tree.Node, scope: Scope) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS and self.steps > MAX_STEPS + 4 * len(self.graph.nodes):
            message = f"this runs more than {MAX_STEPS:,} steps that make no layer"
            self.error("E003", node, scope, message, "make the loops shorter", sure=True)
            raise TooMuch

    def inside(self, at: tree.Node, scope: Scope, run: Callable[[], Tensor], current: Tensor) -> Tensor:
        """Run one call deeper."""
        if self.calls >= MAX_CALLS:
            self.error(
                "E003",
                at,
                scope,
                f"calls are nested more than {MAX_CALLS} deep here",
                "a block must not call itself, nor a function itself",
                sure=True,
            )
            raise TooMuch
        self.calls += 1
        self.count(at, scope)
        result = run()
        self.calls -= 1
        return result

    def apply_chain(self, node: tree.Chain, scope: Scope, current: Tensor) -> Tensor:
        for stage in node.stages:
            current = self.apply(stage, scope, current)
        return current

    def apply_naming(self, node: tree.Naming, scope: Scope, current: Tensor) -> Tensor:
        made = len(self.graph.nodes)
        result = self.apply(node.value, scope, current)
        last = self.graph.nodes[result.index]
        of_shared = last.shares is not None or (result.index in self.shared_layers and not self.sharing)
        if result.index >= made and not last.name and not of_shared:
            self.name_node(last, node.name.text)
        self.bind_name(node.name, result, scope)
        return result

    def apply_braces(self, node: tree.Braces, scope: Scope, current: Tensor) -> Tensor:
        return self.run(node.body, scope.inner(), current) or current

    def apply_ternary(self, node: tree.Ternary, scope: Scope, current: Tensor) -> Tensor:
        condition = self.truth(node.condition, scope, current)
        doubt = self.doubt and self.settled()
        if condition is UNKNOWN:
            return self.unbuilt(node, scope, current)
        chosen = node.then if condition else node.otherwise
        return (
            self.supposing(lambda: self.apply(chosen, scope, current)) if doubt else self.apply(chosen, scope, current)
        )

    def apply_contract(self, node: tree.Contract, scope: Scope, current: Tensor) -> Tensor:
        shape = self.graph.nodes[current.index].shape
        if shape is None:
            return current
        free = [argument for argument in node.arguments if argument.name is None]
        here = f"expect({'x'.join([str(n) if isinstance(n, int) else '?' for n in shape])})"
        if len(free) > 1 or not node.arguments:
            message = f"expect takes one shape, not {len(free)}" if free else "expect needs a shape"
            if current.assumed:
                return current
            self.error("E011", node, scope, message, f"write {here}")
            return current
        for argument in node.arguments:
            value = self.evaluate(argument.value, scope, current)
            self.doubt = self.doubt or current.assumed
            if value is UNKNOWN:
                self.doubt = False
                continue
            if argument.name is not None:
                attribute = tree.Attribute(argument.start, argument.end, tree.Here(0, 0), argument.name)
                actual: Any = self.tensor_attribute(attribute, shape, scope)
                if actual is not UNKNOWN and actual != value:
                    word = argument.name.text
                    other = f"write {word}={actual}" if isinstance(actual, int) else f"drop {word}"
                    self.broken(argument, scope, f"{word} = {show_value(value)}", show_value(actual), other)
            else:
                wanted = value if isinstance(value, tuple) else (value,)
                if not all(size is None or is_number(size) for size in wanted):
                    message = f"expect takes a shape, not {describe(value)}"
                    self.error("E012", argument, scope, message, self.other_shape(value, scope, shape, here))
                elif len(wanted) != len(shape) or any(
                    w is not None and w != n for w, n in zip(wanted, shape, strict=True)
                ):
                    self.broken(argument, scope, show_shape(wanted), show_shape(shape), f"write {here}")
            self.doubt = False
        return current

    def other_shape(self, value: Any, scope: Scope, shape: Shape, here: str) -> str:
        """What to write for what is no shape: nx1, one word to the language, is (n, 1) where n is a number."""
        parts = value.name.split("x") if isinstance(value, Term) else []
        sizes = [int(part) if part.isdigit() else scope.find(part) for part in parts]
        if len(parts) < 2 or not all(map(is_number, sizes)):
            return f"write {here}"
        named = f"({', '.join(parts)})"
        same = tuple(sizes) == shape
        return f"write expect({named})" if same else f"names stand in parentheses, {named}; write {here}"

    def broken(self, at: tree.Node, scope: Scope, wanted: str, actual: str, other: str) -> None:
        message = f"{wanted} is expected here, the tensor is {actual}"
        self.error("E020", at, scope, message, f"mend the layers before it, or {other}")

    def apply_repeat(self, node: tree.Arithmetic, scope: Scope, current: Tensor) -> Tensor:
        first = self.evaluate(node.first, scope, current)
        doubt = self.settled()
        if not self.repeats(node, first):
            if is_step(first):
                message = f'"{node.rest[0][0]}" is not for layers'
                from cnnspec.elaborate.meant import by_operator

                operator, part = node.rest[0]
                help = by_operator(operator, first, self.evaluate(part, scope, current), node.first, part, scope)
                help = help or (
                    "write add(in, …) for a sum" if operator == "+" else "f * n repeats f, a -> b joins two"
                )
                self.doubt = doubt  # a notation is one whatever number stands in it
                self.error("E012", node, scope, message, help)
                self.settled()
                return self.unbuilt(node, scope, current)
            value = self.evaluate(node, scope, current)
            run = partial(self.apply_value, value, node, scope, current)
            return self.supposing(run) if self.settled() else run()
        times, doubt = 1, False
        for operator, part in node.rest:
            value = self.evaluate(part, scope, current)
            doubt = doubt or self.doubt
            if value is UNKNOWN:
                self.settled()
                return self.unbuilt(node, scope, current)
            if operator != "*" or isinstance(value, bool) or not isinstance(value, int) or value < 0:
                self.error(
                    "E012",
                    part,
                    scope,
                    f"a repeat takes a whole number from 0, not {describe(value)}",
                    "write, for example, bottleneck(64) * 3",
                )
                self.settled()
                return self.unbuilt(node, scope, current)
            times *= value
            self.doubt = False
        return (
            self.supposing(lambda: self.repeat(node, times, scope, current))
            if doubt
            else self.repeat(node, times, scope, current)
        )

    def repeat(self, node: tree.Arithmetic, times: int, scope: Scope, current: Tensor) -> Tensor:
        if times == 0:
            return current
        made, outer = self.layers, self.multiplier
        self.multiplier = outer * times
        try:
            result = self.apply(node.first, scope, current)
        finally:
            self.multiplier = outer
        each = self.layers - made
        self.limit(node, scope, made + each * times)
        for _ in range(times - 1):
            if result == current:  # once more changes nothing
                break
            self.count(node, scope)
            current, result = result, self.apply(node.first, scope, result)
        return result


def show_value(value: Any) -> str:
    return str(value) if is_number(value) else describe(value)
