"""Tree → graph: steps applied to the current tensor, blocks and loops unrolled, shapes inferred on the way."""

from __future__ import annotations

import sys

from cnnspec.diagnostic import Note, Problem
from cnnspec.elaborate.bind import bind
from cnnspec.elaborate.expressions import Expressions, describe, is_number
from cnnspec.elaborate.graph import BudgetLimit, Graph, Node, Site
from cnnspec.elaborate.values import (
    UNKNOWN,
    BlockFunction,
    Closure,
    Function,
    LayerFunction,
    Scope,
    SharedFunction,
    Tensor,
)
from cnnspec.layers import find
from cnnspec.layers.argument import Term
from cnnspec.layers.base import Layer, Shape, show_shape
from cnnspec.names import suggestion
from cnnspec.size import Size
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_LAYERS = 1_000_000
MAX_STEPS = 10_000_000  # statements and calls run, so that loops that make no layer end too
MAX_CALLS = 64  # blocks and layer functions inside one another
AXES = {1: "L", 2: "HW", 3: "DHW"}


class TooMuch(Exception):
    """The network is larger than the limit; the diagnostic is noted already."""


class NetworkBuilder(Expressions):
    """Builds one network. `max_layers` bounds its size."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS) -> None:
        super().__init__()
        self.graph = Graph(name)
        self.max_layers = max_layers
        self.steps = 0
        self.calls = 0
        self.loops = 0
        self.multiplier = 1
        self.taken: set[str] = set()
        self.sharing: list[list[int]] = []  # the layers made so far by each shared function being recorded
        self.replaying: list[tuple[list[int], list[int]]] = []  # (layers of the first use, position) being reused
        self._inferred: dict[tuple[int, tuple[Shape, ...]], tuple[Problem | None, Shape | None]] = {}
        self._items: dict[type, Callable[[Any, Scope, Tensor | None], Tensor | None]] = {
            tree.Step: self.step,
            tree.Input: self.input,
            tree.Output: self.output,
            tree.Assign: self.assign,
            tree.Shared: self.shared,
            tree.Loop: self.loop,
            tree.Branch: self.branch,
            tree.Budget: self.budget,
        }
        self._applications: dict[type, Callable[[Any, Scope, Tensor], Tensor]] = {
            tree.Chain: self.apply_chain,
            tree.Naming: self.apply_naming,
            tree.Call: self.apply_call,
            tree.Braces: self.apply_braces,
            tree.Ternary: self.apply_ternary,
            tree.Arithmetic: self.apply_repeat,
            tree.Contract: self.apply_contract,
            tree.Here: lambda node, scope, current: current,
            tree.Bad: lambda node, scope, current: self.lost(
                current, Site(scope.source, node, scope.caller, scope.block)
            ),
        }

    # ---- bodies --------------------------------------------------------------------------------------------
    def build(self, body: tree.Body, scope: Scope) -> Graph:
        """Run a network's body; what is wrong ends up in `errors`."""
        limit = sys.getrecursionlimit()
        # Nesting is bounded by the parser (100) times MAX_CALLS, with few frames for each level.
        sys.setrecursionlimit(max(limit, 50_000))
        try:
            last = self.run(body, scope, None)
            if not self.graph.outputs and last is not None:
                self.graph.outputs = [last.index]
        except TooMuch:
            pass
        finally:
            sys.setrecursionlimit(limit)
        self.graph.assign_names()
        return self.graph

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        items = self._items
        for item in body.items:
            self.count(item, scope)
            method = items.get(type(item))
            if method is not None:
                current = method(item, scope, current)
            elif isinstance(item, tree.Bad):
                if current is not None:
                    current = self.lost(current, Site(scope.source, item, scope.caller, scope.block))
            elif scope.parent is not None:
                word = type(item).__name__.lower()
                self.error(
                    "E012", item, scope, f"a {word} stands at the top of a file, not inside a body", "move it out"
                )
        return current

    def count(self, node: tree.Node, scope: Scope) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            self.error(
                "E003", node, scope, f"this needs more than {MAX_STEPS:,} steps to build", "make the loops shorter"
            )
            raise TooMuch

    def step(self, item: tree.Step, scope: Scope, current: Tensor | None) -> Tensor | None:
        if current is None:
            if self.empty(item.value, scope):
                return None
            current = self.first_input(item.value, scope)
            if current is None:
                return None
        return self.apply(item.value, scope, current)

    def empty(self, value: tree.Node, scope: Scope) -> bool:
        """Whether this is `Sequential()`, as pasted: its layers are added by the steps below it."""
        if not isinstance(value, tree.Call) or self.callee(value.function, scope) != "Sequential":
            return False
        return all(argument.name is not None and argument.name.text == "name" for argument in value.arguments)

    def first_input(self, value: tree.Node, scope: Scope) -> Tensor | None:
        """The input that a pasted `input_shape=` of the first layer declares."""
        first = value.stages[0] if isinstance(value, tree.Chain) else value
        while isinstance(first, tree.Call) and not any(_named(a, "input_shape") for a in first.arguments):
            inner = first.arguments[0].value if first.arguments else None  # Sequential([Conv2D(…), …])
            first = inner.items[0] if isinstance(inner, tree.List) and inner.items else tree.Bad(0, 0)
        if isinstance(first, tree.Call):
            shape = next(a.value for a in first.arguments if _named(a, "input_shape"))
            return self.input(tree.Input(shape.start, shape.end, None, shape), scope, None)
        if self.graph.inputs:  # an input was refused
            return None
        self.error("E016", value, scope, "there is no input before this step", "begin with, for example, input 28x28x1")
        return None

    def input(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Tensor | None:
        shape = self.input_shape(item, scope, current)
        label = item.name.text if item.name else "input"
        node = self.new_node(None, (), shape, label, Site(scope.source, item, scope.caller, scope.block))
        self.graph.inputs.append(node.index)
        tensor = Tensor(node.index)
        if item.name:
            self.name_node(node, item.name.text)
            self.bind_name(item.name, tensor, scope)
        result = tensor
        for stage in item.stages:
            result = self.apply(stage, scope, result)
        return result

    def input_shape(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Shape | None:
        if item.shape is None:
            self.error("E011", item, scope, "an input needs a shape", "write, for example, input 28x28x1")
            return None
        value = self.evaluate(item.shape, scope, current)
        if value is UNKNOWN:
            return None
        if isinstance(value, Term):
            self.unknown_name(item.shape, value.name, scope)
            return None
        sizes = value if isinstance(value, tuple) else (value,)
        sizes = tuple([None if isinstance(s, Term) and s.name == "None" else s for s in sizes])
        if not sizes or not all(s is None or isinstance(s, int) and not isinstance(s, bool) and s > 0 for s in sizes):
            self.error(
                "E012",
                item.shape,
                scope,
                "an input's shape is made of whole numbers from 1",
                "write, for example, 28x28x1; ? is an unknown size",
            )
            return None
        if len(sizes) > 4:
            self.error(
                "E012",
                item.shape,
                scope,
                f"an input has at most 3 spatial axes and channels, not {len(sizes)} sizes",
                "leave the batch out",
            )
            return None
        if sizes[-1] is None:
            self.error(
                "E017",
                item.shape,
                scope,
                "the channels of an input must be known: they decide the weights",
                "give the last size a number",
            )
            return None
        number = len(self.graph.inputs) + 1
        letters = AXES.get(len(sizes) - 1, "")
        return tuple(
            [
                Size.unknown(letters[i] + (str(number) if number > 1 else "")) if s is None else s
                for i, s in enumerate(sizes)
            ]
        )

    def output(self, item: tree.Output, scope: Scope, current: Tensor | None) -> Tensor | None:
        for name in item.names:
            value = scope.find(name.text)
            if isinstance(value, Tensor):
                if value.index not in self.graph.outputs:
                    self.graph.outputs.append(value.index)
            elif value is None:
                tensors = [n for n in scope.all_names() if isinstance(scope.find(n), Tensor)]
                hint = suggestion(name.text, tensors).removeprefix("; ")
                self.error("E010", name, scope, f'no tensor is called "{name.text}"', hint or "name one with `as`")
            elif value is not UNKNOWN:
                self.error(
                    "E012", name, scope, f'"{name.text}" is {describe(value)}, not a tensor', "name a tensor with `as`"
                )
        return current

    def assign(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> Tensor | None:
        self.bind_name(item.name, self.evaluate(item.value, scope, current), scope)
        return current

    def shared(self, item: tree.Shared, scope: Scope, current: Tensor | None) -> Tensor | None:
        self.bind_name(item.name, SharedFunction(item.value, scope, item.name.text), scope)
        return current

    def loop(self, item: tree.Loop, scope: Scope, current: Tensor | None) -> Tensor | None:
        elements = self.evaluate(item.iterable, scope, current)
        if elements is UNKNOWN:
            return self.lost(current, Site(scope.source, item.iterable, scope.caller, scope.block))
        if not isinstance(elements, (list, tuple)):
            self.error(
                "E012",
                item.iterable,
                scope,
                f"a loop goes over a list or a range, not {describe(elements)}",
                "write, for example, for i in 1..3 { … }",
            )
            return self.lost(current, Site(scope.source, item.iterable, scope.caller, scope.block))
        self.loops += 1
        for element in elements:
            inner = scope.inner()
            if not self.destructure(item, element, inner, scope):
                break
            current = self.run(item.body, inner, current)
            self.pass_on(inner, scope)
        self.loops -= 1
        return current

    def destructure(self, item: tree.Loop, element: Any, inner: Scope, scope: Scope) -> bool:
        if len(item.targets) == 1:
            inner.names[item.targets[0].text] = element
            return True
        if not isinstance(element, (tuple, list)) or len(element) != len(item.targets):
            held = f"{len(element)} values" if isinstance(element, (tuple, list)) else describe(element)
            message = f"the loop names {len(item.targets)} values, an element of the list has {held}"
            self.error("E012", item.iterable, scope, message, "give every element as many values as there are names")
            return False
        for name, value in zip(item.targets, element, strict=True):
            inner.names[name.text] = value
        return True

    def branch(self, item: tree.Branch, scope: Scope, current: Tensor | None) -> Tensor | None:
        chosen: tree.Body | tree.Branch | None = item
        while isinstance(chosen, tree.Branch):
            condition = self.truth(chosen.condition, scope, current)
            if condition is UNKNOWN:
                return self.lost(current, Site(scope.source, chosen.condition, scope.caller, scope.block))
            chosen = chosen.body if condition else chosen.otherwise
        if chosen is None:
            return current
        inner = scope.inner()
        current = self.run(chosen, inner, current)
        self.pass_on(inner, scope)
        return current

    def pass_on(self, inner: Scope, scope: Scope) -> None:
        """Tensors that `as` named inside a loop or a branch are known behind it."""
        for name, value in inner.names.items():
            if isinstance(value, Tensor) and name in inner.places:
                scope.names[name] = value
                scope.places.setdefault(name, inner.places[name])

    def budget(self, item: tree.Budget, scope: Scope, current: Tensor | None) -> Tensor | None:
        for limit in item.limits:
            bound = self.evaluate(limit.bound, scope, current)
            arguments = tuple(
                [(a.name.text if a.name else "", self.evaluate(a.value, scope, current)) for a in limit.arguments]
            )
            if bound is UNKNOWN or UNKNOWN in [v for _, v in arguments]:
                continue
            site = Site(scope.source, limit, scope.caller, scope.block)
            self.graph.budgets.append(BudgetLimit(limit.quantity.text, arguments, limit.operator, bound, site))
        return current

    # ---- names ---------------------------------------------------------------------------------------------
    def bind_name(self, name: tree.Name, value: Any, scope: Scope) -> None:
        before = scope.places.get(name.text)
        if before is not None and before is not name and before.start != name.start and not self.loops:
            line = scope.source.position(before.start)[0]
            self.error("E013", name, scope, f'"{name.text}" is bound already, in line {line}', "choose another name")
            return
        scope.names[name.text] = value
        scope.places[name.text] = name

    def name_node(self, node: Node, name: str) -> None:
        """Call a node by a name that the text gives, made unique with a number."""
        unique, number = name, 2
        while unique in self.taken:
            unique, number = f"{name}_{number}", number + 1
        self.taken.add(unique)
        node.name = unique

    # ---- application ---------------------------------------------------------------------------------------
    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """The tensor that an expression, as a step, makes of the current one."""
        method = self._applications.get(type(expression))
        if method is not None:
            return method(expression, scope, current)
        return self.apply_value(self.evaluate(expression, scope, current), expression, scope, current)

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """A value as a function of the current tensor."""
        if isinstance(value, Tensor):
            return value
        if isinstance(value, Term):
            layer = find(value.name)
            if layer is not None and not value.positional and not value.keywords:
                return self.apply_layer(layer, value.name, (), at, scope, current)
            place, origin = value.place or (at, scope)
            self.unknown_name(place, value.name, origin)
        elif isinstance(value, LayerFunction):
            return self.apply_layer(value.layer, value.word, (), at, scope, current)
        elif isinstance(value, Closure):
            return self.inside(at, scope, lambda: self.apply(value.expression, value.scope.inner(), current), current)
        elif isinstance(value, BlockFunction):
            return self.apply_block(value, (), at, scope, current)
        elif isinstance(value, SharedFunction):
            return self.apply_shared(value, at, scope, current)
        elif value is not UNKNOWN:
            self.error(
                "E012", at, scope, f"{describe(value)} is no step", "a step is a layer, a block, a named tensor or `in`"
            )
        return self.lost(current, Site(scope.source, at, scope.caller, scope.block))

    def inside(self, at: tree.Node, scope: Scope, run: Callable[[], Tensor], current: Tensor) -> Tensor:
        """Run one call deeper."""
        if self.calls >= MAX_CALLS:
            self.error(
                "E003",
                at,
                scope,
                f"calls are nested more than {MAX_CALLS} deep here",
                "a block must not call itself, nor a function itself",
            )
            raise TooMuch
        self.calls += 1
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
        if (
            result.index >= made
            and not self.graph.nodes[result.index].name
            and self.graph.nodes[result.index].shares is None
        ):
            self.name_node(self.graph.nodes[result.index], node.name.text)
        self.bind_name(node.name, result, scope)
        return result

    def apply_braces(self, node: tree.Braces, scope: Scope, current: Tensor) -> Tensor:
        return self.run(node.body, scope.inner(), current) or current

    def apply_ternary(self, node: tree.Ternary, scope: Scope, current: Tensor) -> Tensor:
        condition = self.truth(node.condition, scope, current)
        if condition is UNKNOWN:
            return self.lost(current, Site(scope.source, node, scope.caller, scope.block))
        return self.apply(node.then if condition else node.otherwise, scope, current)

    def apply_contract(self, node: tree.Contract, scope: Scope, current: Tensor) -> Tensor:
        shape = self.graph.nodes[current.index].shape
        if shape is None:
            return current
        for argument in node.arguments:
            value = self.evaluate(argument.value, scope, current)
            if value is UNKNOWN:
                continue
            if argument.name is not None:
                attribute = tree.Attribute(argument.start, argument.end, tree.Here(0, 0), argument.name)
                actual: Any = self.tensor_attribute(attribute, shape, scope)
                if actual is not UNKNOWN and actual != value:
                    self.broken(argument, scope, f"{argument.name.text} = {show_value(value)}", show_value(actual))
            else:
                wanted = value if isinstance(value, tuple) else (value,)
                if len(wanted) != len(shape) or any(
                    w is not None and w != n for w, n in zip(wanted, shape, strict=True)
                ):
                    self.broken(argument, scope, show_shape(wanted), show_shape(shape))
        if not node.arguments:
            self.error("E011", node, scope, "expect needs a shape", f"here it is expect({show_shape(shape)})")
        return current

    def broken(self, at: tree.Node, scope: Scope, wanted: str, actual: str) -> None:
        message = f"{wanted} is expected here, the tensor is {actual}"
        self.error("E020", at, scope, message, "mend the layers before it, or the contract")

    def apply_repeat(self, node: tree.Arithmetic, scope: Scope, current: Tensor) -> Tensor:
        first = self.evaluate(node.first, scope, current)
        if not self.repeats(node, first):
            value = first if isinstance(first, (Function, Tensor, Term)) else self.evaluate(node, scope, current)
            if isinstance(first, (Function, Tensor)):
                self.error(
                    "E012", node, scope, f'"{node.rest[0][0]}" is not for layers', "f * n repeats f, a -> b joins two"
                )
                value = UNKNOWN
            return self.apply_value(value, node, scope, current)
        times = 1
        for operator, part in node.rest:
            value = self.evaluate(part, scope, current)
            if value is UNKNOWN:
                return self.lost(current, Site(scope.source, part, scope.caller, scope.block))
            if operator != "*" or isinstance(value, bool) or not isinstance(value, int) or value < 0:
                self.error(
                    "E012",
                    part,
                    scope,
                    f"a repeat takes a whole number from 0, not {describe(value)}",
                    "write, for example, bottleneck(64) * 3",
                )
                return self.lost(current, Site(scope.source, part, scope.caller, scope.block))
            times *= value
        return self.repeat(node, times, scope, current)

    def repeat(self, node: tree.Arithmetic, times: int, scope: Scope, current: Tensor) -> Tensor:
        if times == 0:
            return current
        made, outer = len(self.graph.nodes), self.multiplier
        self.multiplier = outer * times
        try:
            result = self.apply(node.first, scope, current)
        finally:
            self.multiplier = outer
        each = len(self.graph.nodes) - made
        if each == 0:  # no layer was made: once more changes nothing
            return result
        self.limit(node, scope, made + each * times)
        for _ in range(times - 1):
            self.count(node, scope)
            result = self.apply(node.first, scope, result)
        return result

    def limit(self, at: tree.Node, scope: Scope, layers: int) -> None:
        if layers > self.max_layers:
            message = f"this asks for at least {layers:,} layers; at most {self.max_layers:,} are allowed"
            self.error("E003", at, scope, message, "repeat less, or raise the limit with --max-layers")
            raise TooMuch

    # ---- calls ---------------------------------------------------------------------------------------------
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
            return self.lost(current, Site(scope.source, node, scope.caller, scope.block))
        function = self.evaluate(node.function, scope, current)
        if isinstance(function, BlockFunction):
            return self.apply_block(function, node.arguments, node, scope, current)
        if isinstance(function, LayerFunction):
            return self.apply_layer(function.layer, function.word, node.arguments, node, scope, current)
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
        return self.lost(current, Site(scope.source, node, scope.caller, scope.block))

    def apply_sequential(self, node: tree.Call, scope: Scope, current: Tensor) -> Tensor:
        for argument in node.arguments:
            if isinstance(argument.value, tree.List):
                for item in argument.value.items:
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
        site = Site(scope.source, at, scope.caller, scope.block)
        if function.recursive:
            return self.lost(current, site)
        values = self.block_arguments(block, arguments, at, scope, current)
        if values is None:
            return self.lost(current, site)
        self.count(at, scope)
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
                if word not in names:
                    help = (f"it has {', '.join(names)}" if names else "it has none") + suggestion(word, names)
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

        if function.nodes is None:
            self.sharing.append([])
            result = self.inside(at, scope, run, current)
            function.nodes = self.sharing.pop()
        else:
            self.replaying.append((function.nodes, [0]))
            result = self.inside(at, scope, run, current)
            self.replaying.pop()
        return result

    # ---- layers --------------------------------------------------------------------------------------------
    def apply_layer(
        self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope, current: Tensor
    ) -> Tensor:  # fmt: skip
        site = Site(scope.source, at, scope.caller, scope.block)
        if cls.merges:
            branches = [a for a in arguments if a.name is None]
            inputs = self.merge_inputs(branches, scope, current)
            if inputs is None:
                return self.lost(current, site)
            arguments = tuple([a for a in arguments if a.name is not None])
        else:
            branches = []
            inputs = (current.index,)
        label = word.lower() if word.lower() in cls.presets else cls.names[0]
        bound = bind(cls, word, arguments, at, scope, current, self)
        if bound is None or bound.layer is None:
            return self.lost(current, site, label)
        layer = bound.layer
        label = getattr(layer, "label", label)
        shapes = [self.graph.nodes[i].shape for i in inputs]
        shape: Shape | None = None
        if None not in shapes:
            problem, shape = self.infer(layer, tuple(shapes))  # type: ignore[arg-type]
            if problem is not None:
                self.refused(problem, arguments, branches, at, scope, cls, word)
        node = self.new_node(layer, inputs, shape, label, site)
        if bound.name:
            self.name_node(node, bound.name)
        self.share(node, scope, at)
        result = Tensor(node.index)
        if bound.activation is not None:
            result = self.apply_value(bound.activation, at, scope, result)
        return result

    def merge_inputs(self, branches: list[tree.Argument], scope: Scope, current: Tensor) -> tuple[int, ...] | None:
        """Each argument of a merge applied to the current tensor; a list counts as its elements."""
        inputs = []
        for argument in branches:
            value = (
                self.evaluate(argument.value, scope, current)
                if isinstance(argument.value, (tree.Name, tree.List, tree.Index))
                else None
            )
            if isinstance(value, (list, tuple)):
                inputs += [self.apply_value(v, argument.value, scope, current).index for v in value]
            else:
                inputs.append(self.apply(argument.value, scope, current).index)
        return tuple(inputs)

    def infer(self, layer: Layer, shapes: tuple[Shape, ...]) -> tuple[Problem | None, Shape | None]:
        key = (id(layer), shapes)
        found = self._inferred.get(key)
        if found is None:
            problem = layer.problem(shapes)
            output = None
            if problem is None:
                for weight in layer.weights(shapes):
                    if any(isinstance(n, Size) for n in weight.shape):
                        name = layer.names[0]
                        message = f"{name} on {show_shape(shapes[0])}: its {weight.name} would have the unknown shape {show_shape(weight.shape)}"
                        problem = Problem("E107", message, help="use gap instead of flatten, or give the input a size")
                        break
                else:
                    output = layer.output(shapes)
            found = self._inferred[key] = (problem, output)
        return found

    def refused(
        self, problem: Problem, arguments: tuple[tree.Argument, ...], branches: list[tree.Argument], at: tree.Node,
        scope: Scope, cls: type[Layer], word: str,
    ) -> None:  # fmt: skip
        """Note a layer's problem at the argument at fault."""
        from cnnspec.elaborate.bind import argument_name

        place: tree.Node = at
        if problem.argument.startswith("#"):
            number = int(problem.argument[1:])
            place = branches[number - 1] if number <= len(branches) else at
        elif problem.argument:
            free = [n for n in cls.arguments if n not in cls.presets.get(word.lower(), {})]
            position = 0
            for argument in arguments:
                name = argument_name(cls, argument.name.text) if argument.name else free[position]
                position += argument.name is None
                if name == problem.argument:
                    place = argument
        elif isinstance(at, tree.Call):
            place = at.function
        self.error(problem.code, place, scope, problem.message, problem.help)

    def new_node(
        self, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site
    ) -> Node:
        nodes = self.graph.nodes
        if len(nodes) + self.multiplier > self.max_layers:
            scope = Scope(None, site.source, site.caller, site.block)
            self.limit(site.node, scope, len(nodes) + self.multiplier)
        node = Node(len(nodes), layer, inputs, shape, label, site)
        nodes.append(node)
        return node

    def lost(self, current: Tensor | None, site: Site, label: str = "?") -> Tensor:
        """Where a step could not be understood: a node of unknown shape, so that the table shows the gap."""
        if (
            current is not None
            and self.graph.nodes[current.index].layer is None
            and self.graph.nodes[current.index].shape is None
        ):
            return current
        return Tensor(self.new_node(None, () if current is None else (current.index,), None, label, site).index)

    def share(self, node: Node, scope: Scope, at: tree.Node) -> None:
        """Enter a layer into the shared functions that are being recorded or reused."""
        if self.replaying:
            first, position = self.replaying[-1]
            if position[0] < len(first):
                original = self.graph.nodes[first[position[0]]]
                position[0] += 1
                while original.shares is not None:
                    original = self.graph.nodes[original.shares]
                node.shares = original.index
                self.check_shared(node, original, at, scope)
        if self.sharing:
            self.sharing[-1].append(node.index)

    def check_shared(self, node: Node, original: Node, at: tree.Node, scope: Scope) -> None:
        here, there = self.graph.input_shapes(node), self.graph.input_shapes(original)
        if here is None or there is None or node.layer is None or original.layer is None:
            return
        if node.layer != original.layer or node.layer.weights(here) != original.layer.weights(there):
            message = (
                f"{node.label} is shared, but here its weights would have another shape than on {show_shape(there[0])}"
            )
            note = Note("its first use", original.site.span)
            self.error("E102", at, scope, message, "bring both inputs to the same channels first", extra=(note,))
            node.shape = None


def _named(argument: tree.Argument, name: str) -> bool:
    return argument.name is not None and argument.name.text == name


def show_value(value: Any) -> str:
    return str(value) if is_number(value) else describe(value)
