"""Bodies of the text → statements: inputs, constants, loops, conditions, shared functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.expression_printer import evidence
from cnnspec.compile.keras_source.flow_printer import Flow
from cnnspec.compile.keras_source.frame import Binding, Differs, Place
from cnnspec.compile.keras_source.literals import literal, same
from cnnspec.compile.trace import Trace, Use, kids
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.base.source import Source
    from cnnspec.compile.keras_source.source_comments import Remarks

_NO_LINES = (tree.Budget, tree.Block, tree.Model, tree.Train, tree.Use)


class Bodies(Flow):
    """Prints bodies."""

    def __init__(self, trace: Trace, remarks: Remarks) -> None:
        super().__init__(trace)
        self.remarks = remarks
        self.inputs: list[str] = []
        self.outputs: dict[str, Any] = {}
        self._items: dict[type, Callable[[Any, Place, str], str]] = {
            tree.Step: self.step,
            tree.Input: self.input,
            tree.Output: self.output,
            tree.Assign: self.assigned,
            tree.Shared: self.shared,
            tree.Loop: self.loop,
            tree.Branch: self.branch,
        }

    if TYPE_CHECKING:

        def shared(self, item: tree.Shared, place: Place, target: str) -> str: ...
        def define(self, name: str, node: tree.Node, uses: list[Use], place: Place) -> str: ...

    def body(self, body: tree.Body, place: Place, target: str) -> str:
        """All items of a body; the expression of the last one's result."""
        text = current = place.current
        before: tree.Node | None = None
        items = [item for item in body.items if not isinstance(item, _NO_LINES)]
        for item in items:
            uses = self.inside(place, item)
            current = self.hold(text, target, place) if text else ""
            if isinstance(item, (tree.Loop, tree.Branch)) and current:
                place.frame.assign(target, current)
                current = target
            self.separate(item, before, place.at(uses))
            before = item
            text = self._items[type(item)](item, place.at(uses, current), target)
        return text

    def separate(self, item: tree.Node, before: tree.Node | None, place: Place) -> None:
        """Keep the empty line before an item, and its comments."""
        scope = place.uses[0].scope
        if scope is None:
            return
        comments = self.comments(item, scope.source)
        if before is not None and "\n\n" in re.sub(
            r"[ \t]", "", scope.source.text[before.end : item.start].split("#")[0]
        ):
            place.frame.emit("")
        if not isinstance(item, tree.Assign):
            for line in comments:
                place.frame.emit(line)

    def comments(self, item: tree.Node, source: Source) -> list[str]:
        """The comments right above an item, and the one behind its first line, as Python's."""
        if isinstance(item, tree.Step) and isinstance(item.value, tree.Contract):
            return []
        return self.remarks.above(item, source)

    def step(self, item: tree.Step, place: Place, target: str) -> str:
        for kid in [k for k in place.uses[0].kids if isinstance(k.node, tree.Input)]:  # input_shape= of a first layer
            assert isinstance(kid.node, tree.Input)
            place = place.at(place.uses, self.input(kid.node, place.at([kid]), target))
        uses = kids(place.uses, item.value)
        return self.apply(item.value, place.at(uses), target) if uses else place.current

    # ---- inputs and outputs --------------------------------------------------------------------------------
    def input(self, item: tree.Input, place: Place, target: str) -> str:
        frame, graph = place.frame, self.trace.graph
        tensor = place.uses[0].result
        if not frame.main or frame.depth != 1 or len(place.uses) != 1 or graph is None:
            raise Differs
        node = next(graph.nodes[i] for i in graph.inputs if graph.nodes[i].site.node is item)
        assert tensor is not None
        assert node.shape is not None
        shape = tuple([n if isinstance(n, int) else None for n in node.shape])
        texts = [self.input_shape(item, shape, place)]
        named = item.name is not None and item.name.text == node.name and not self.is_clashing(node.name)
        if named:
            texts.append(f'name="{node.name}"')
        variable = frame.own(item.name.text) if item.name and item.name.text.isidentifier() else frame.fresh("inputs")
        frame.emit(f"{variable} = keras.Input({', '.join(texts)})")
        self.inputs.append(variable)
        if item.name:
            place.env.names[item.name.text] = Binding("tensor", variable)
        return self.chain(item.stages, place.at(place.uses, variable), target)

    def input_shape(self, item: tree.Input, shape: tuple[int | None, ...], place: Place) -> str:
        """The shape as it was written, where that is no more than a list of sizes."""
        if isinstance(item.shape, tree.Tuple):
            values = evidence(item.shape, place)
            if values and same(values[0], shape):
                return f"shape={self.value(item.shape, place)}"
        elif isinstance(item.shape, tree.Name):
            values = evidence(item.shape, place)
            text = self.value(item.shape, place)
            if values and same(values[0], shape):
                return f"shape={text}"
            if values and same((values[0],), shape):
                return f"shape=({text},)"
        return f"shape={literal(shape)}"

    def output(self, item: tree.Output, place: Place, target: str) -> str:
        if not place.frame.main:
            raise Differs
        for name in item.names:
            binding = place.env.find(name.text)
            if binding is None or binding.kind != "tensor":
                raise Differs
            tensor = place.uses[0].scope.find(name.text) if place.uses[0].scope else None
            if tensor not in self.outputs.values():  # a tensor is an output once, whatever it is called
                self.outputs[binding.text] = tensor
        return place.current

    # ---- constants -----------------------------------------------------------------------------------------
    def assigned(self, item: tree.Assign, place: Place, target: str) -> str:
        values = evidence(item.value, place)
        place.env.names[item.name.text] = self.binding(item, values, place)
        return place.current

    def binding(self, item: tree.Assign, values: list[Any], place: Place) -> Binding:
        """What a constant is in the source, after it has been written there."""
        frame, name = place.frame, item.name.text
        if all(isinstance(value, Term) for value in values):
            return Binding("alias")
        if all(isinstance(value, Function) for value in values):
            uses = [use for value in values for use in self.trace.applied.get(id(value), [])]
            if not uses:
                return Binding("alias")
            try:
                with frame.attempt():
                    return Binding("function", self.define(name, item.value, uses, place))
            except Differs:
                return Binding("inline", "", (item.value, place.env))
        text = self.value(item.value, place)
        receiver = place.env.receiver()
        if all(isinstance(value, Tensor) for value in values):
            binding = receiver.names.get(name)
            if binding is None or binding.kind != "tensor":
                binding = receiver.names[name] = Binding("tensor", frame.own(name))
        else:
            binding = Binding("value", frame.own(name))
        frame.assign(binding.text, text)
        return binding
