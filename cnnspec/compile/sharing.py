"""`shared` of the text → layers made once, and a function that applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.calls import Made
from cnnspec.compile.frame import Binding, Differs, Env, Frame, Place
from cnnspec.compile.functions import Functions
from cnnspec.compile.trace import Use, kids, real
from cnnspec.elaborate.values import SharedFunction, Tensor
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.elaborate.graph import Node

Layers = list[tuple[list[Made], "Node"]]


class Sharing(Functions):
    """Prints shared functions."""

    def shared(self, item: tree.Shared, place: Place, target: str) -> str:
        """Write the layers of the first use, and a function that applies them; nothing where there is no use."""
        binding = place.env.names[item.name.text] = Binding("alias")
        applied = [real(self.trace.applied.get(id(use.value), [])) for use in place.uses]
        first = [kid for uses in applied if uses for kid in kids(uses[:1], item.value)]
        if not first:
            return place.current
        runs = [layers_in(use) for use in first]
        if len(first) != len(place.uses) or len({len(run) for run in runs}) != 1:
            raise Differs
        layers: Layers = []
        for uses in zip(*runs, strict=True):
            own = all(use.scope and isinstance(v, SharedFunction) and use.scope.parent is v.scope for use, v in zip(
                uses, [use.value for use in place.uses], strict=True
            ))
            there = Place(place.frame, Env(place.env), "", list(uses))
            assert uses[0].made is not None
            layers.append((self.made(there, uses[0].arguments if own else (), ""), uses[0].made))
        if any(wiring(run, use) != wiring(runs[0], first[0]) for run, use in zip(runs[1:], first[1:], strict=True)):
            raise Differs
        binding.kind = "function"
        binding.text = self.write_shared(item.name.text, layers, first[0], place)
        return place.current

    def write_shared(self, name: str, layers: Layers, first: Use, place: Place) -> str:
        frame = place.frame
        calls = [call for made, _ in layers for call in made]
        assert first.current is not None
        assert first.result is not None
        before, chained = first.current.index, True
        for _, node in layers:
            chained = chained and node.inputs == (before,)
            before = node.index
        variable = frame.own(name)
        if chained and before == first.result.index and not any(call.is_function for call in calls):
            if len(calls) == 1:
                frame.emit(f"{variable} = {calls[0].layer}")
                return variable
            listed = frame.fresh(f"{name}_layers")
            frame.emit(f"{listed} = [{', '.join(call.layer for call in calls)}]")
            frame.emit("")
            with frame.block(f"def {variable}(x):"):
                with frame.block(f"for layer in {listed}:"):
                    frame.emit("x = layer(x)")
                frame.emit("return x")
            frame.emit("")
            return variable
        inner = Frame(frame)
        tensors = {first.current.index: inner.fresh("x")}
        for made, node in layers:
            inputs = [tensors[i] if i in tensors else self.tensor(i, first, place) for i in node.inputs]
            text = f"[{', '.join(inputs)}]" if node.layer is not None and node.layer.merges else inputs[0]
            tensors[node.index] = inner.fresh(node.label if node.label.isidentifier() else "y")
            for call in made:
                if call.is_function:
                    text = call.on(text)
                else:
                    layer = frame.fresh(f"{name}_{node.label}_{call.helper}" if call.helper else f"{name}_{node.label}")
                    frame.emit(f"{layer} = {call.layer}")
                    text = f"{layer}({text})"
                inner.emit(f"{tensors[node.index]} = {text}")
                text = tensors[node.index]
        result = first.result.index
        returned = tensors[result] if result in tensors else self.tensor(result, first, place)
        frame.emit("")
        with frame.block(f"def {variable}({tensors[first.current.index]}):"):
            frame.paste(inner.lines)
            frame.emit(f"return {returned}")
        frame.emit("")
        return variable

    def tensor(self, index: int, first: Use, place: Place) -> str:
        """The variable of a tensor that a shared function reads besides its own."""
        scope = first.scope
        for name in scope.all_names() if scope else []:
            binding = place.env.find(name)
            if scope and scope.find(name) == Tensor(index) and binding is not None and binding.kind == "tensor":
                return binding.text
        raise Differs


def layers_in(use: Use) -> list[Use]:
    """The uses that make layers, in the order of the graph."""
    found: list[tuple[int, Use]] = []
    queue = [use]
    while queue:
        part = queue.pop()
        if part.made is not None:
            found.append((part.made.index, part))
        queue += part.kids
    return [part for _, part in sorted(found, key=lambda pair: pair[0])]


def wiring(run: list[Use], first: Use) -> list[tuple[int, ...]]:
    """Which layers read which, counted from the first one."""
    order = {use.made.index: number for number, use in enumerate(run) if use.made}
    if first.current is not None:
        order[first.current.index] = -1
    return [tuple([order.get(i, -2 - i) for i in use.made.inputs]) for use in run if use.made]
