"""Layer functions of the text → Python functions on tensors: named ones, and those that are passed as arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.body_printer import Bodies
from cnnspec.compile.keras_source.expression_printer import evidence
from cnnspec.compile.keras_source.frame import Binding, Differs, Env, Frame, Lines, Place, returning, spoken
from cnnspec.compile.trace import Trace, Use, real
from cnnspec.elaborate.values import Closure, Function, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.source_comments import Remarks


class Functions(Bodies):
    """Prints layer functions. `printed` are the functions of the module, by their place in the text."""

    def __init__(self, trace: Trace, remarks: Remarks) -> None:
        super().__init__(trace, remarks)
        self.module = Frame(None)
        self.printed: list[tuple[tuple[str, int], str, Lines]] = []

    if TYPE_CHECKING:

        def block_function(self, uses: list[Use]) -> str: ...

    def is_function(self, value: Any) -> bool:
        """Whether a value is applied to tensors: a function, or a word that is used as a step."""
        return isinstance(value, Function) or isinstance(value, Term) and id(value) in self.trace.applied

    def function(self, node: tree.Node, place: Place, name: str) -> str:
        """The Python function for a layer function; `name` is what to call it where it takes several lines."""
        values = evidence(node, place)
        if not values:
            raise Differs
        if all(isinstance(value, Tensor) for value in values):
            return f"lambda _: {self.value(node, place)}"
        if isinstance(node, tree.Ternary):
            taken = [node.then if id(node.then) in use.values else node.otherwise for use in place.uses]
            if any(side is not taken[0] for side in taken):
                raise Differs
            return self.function(taken[0], place, name)
        binding = place.env.find(node.text) if isinstance(node, tree.Name) else None
        if binding is not None and binding.kind in ("function", "value"):
            return binding.text
        if isinstance(node, tree.Index):
            return self.value(node, place)
        uses = [use for value in values for use in self.trace.applied.get(id(value), [])]
        uses = real(list({id(use): use for use in uses}.values()))
        if not uses:
            return "None"
        if all(use.block is not None for use in uses):
            return self.block_function(uses)
        frame, tensor, text = self.closed(node, values, uses, place, binding)
        if not frame.lines:
            return f"lambda {tensor}: {text}"
        return self.defined(place.frame, name, frame, tensor, text)

    def define(self, name: str, node: tree.Node, uses: list[Use], place: Place) -> str:
        """Write a layer function as a Python function called `name`."""
        frame, tensor, text = self.closed(node, evidence(node, place), uses, place, None)
        if place.frame is not self.module:
            return self.defined(place.frame, name, frame, tensor, text)
        scope = place.uses[0].scope
        assert scope is not None
        variable = self.module.own(name)
        lines = [(0, f"def {variable}({tensor}):"), *[(d + 1, t) for d, t in returning(frame.lines, text, 0)]]
        above = [(0, line) for line in self.comments(place.uses[0].node, scope.source)]
        self.printed.append(((scope.source.name, node.start), variable, [*above, *lines]))
        return variable

    def defined(self, outer: Frame, name: str, frame: Frame, tensor: str, text: str) -> str:
        """Write a function into another one."""
        variable = outer.own(name)
        with outer.block(f"def {variable}({tensor}):"):
            outer.paste(returning(frame.lines, text, 0))
        outer.emit("")
        return variable

    def closed(
        self, node: tree.Node, values: list[Any], uses: list[Use], place: Place, binding: Binding | None
    ) -> tuple[Frame, str, str]:
        """The lines of a layer function, its parameter and the expression that it returns."""
        frame = Frame(place.frame, spoken(node))
        tensor = frame.fresh("x")
        if all(isinstance(value, Term) for value in values):
            return frame, tensor, self.layer(Place(frame, place.env, tensor, uses), tensor, "")
        expressions = {id(value.expression): value.expression for value in values if isinstance(value, Closure)}
        if len(expressions) != 1 or not all(isinstance(value, Closure) for value in values):
            raise Differs
        (expression,) = expressions.values()
        env = binding.value[1] if binding is not None and binding.kind == "inline" else place.env
        if expression is not node and env is place.env:
            raise Differs
        inner = [kid for use in uses for kid in use.inside(expression)]
        if len(inner) != len(uses):
            raise Differs
        return frame, tensor, self.apply(expression, Place(frame, Env(env), tensor, inner), tensor)
