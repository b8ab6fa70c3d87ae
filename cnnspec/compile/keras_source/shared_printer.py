"""`shared` of the text → layers made once, and a function that applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.block_printer import Blocks
from cnnspec.compile.keras_source.call_printer import Made
from cnnspec.compile.keras_source.frame import Binding, Differs, Env, Frame, Place
from cnnspec.compile.trace import Use, kids, real
from cnnspec.elaborate.values import SharedFunction, Tensor
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.graph import Node

Layers = list[tuple[list[Made], "Node"]]
Reads = list[tuple[int, ...]]
ENTRY = -1


class Sharing(Blocks):
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
            own = all(
                use.scope and isinstance(v, SharedFunction) and use.scope.parent is v.scope
                for use, v in zip(uses, [use.value for use in place.uses], strict=True)
            )
            there = Place(place.frame, Env(place.env), "", list(uses))
            assert uses[0].made is not None
            layers.append((self.made(there, uses[0].arguments if own else (), ""), uses[0].made))
        every = [kid for uses in applied for kid in kids(uses, item.value)]
        reads = wiring([layers_in(use) for use in every], every)
        if reads is None:
            raise Differs
        binding.kind = "function"
        binding.text = self.write_shared(item.name.text, layers, reads, every[0], place)
        return place.current

    def write_shared(self, name: str, layers: Layers, reads: Reads, first: Use, place: Place) -> str:
        frame = place.frame
        calls = [call for made, _ in layers for call in made]
        chain = [(ENTRY,), *[(number,) for number in range(len(layers) - 1)], (len(layers) - 1,)]
        variable = frame.own(name)
        if reads == chain and not any(call.is_function for call in calls):
            if len(calls) == 1:
                frame.emit(f"{variable} = {calls[0].layer}")
                return variable
            listed = frame.fresh(f"{name}_layers")
            frame.emit(f"{listed} = [{', '.join(call.layer for call in calls)}]")
            with frame.block(f"def {variable}(x):"):
                with frame.block(f"for layer in {listed}:"):
                    frame.emit("x = layer(x)")
                frame.emit("return x")
            frame.emit("")
            return variable
        inner = Frame(frame)
        tensors = {ENTRY: inner.fresh("x")}
        for number, (made, node) in enumerate(layers):
            inputs = [tensors[i] if i in tensors else self.tensor(i, first, place) for i in reads[number]]
            text = f"[{', '.join(inputs)}]" if node.layer is not None and node.layer.merges else inputs[0]
            tensors[number] = inner.fresh(node.label if node.label.isidentifier() else "y")
            for call in made:
                if call.is_function:
                    text = call.on(text)
                else:
                    layer = frame.fresh(f"{name}_{node.label}_{call.helper}" if call.helper else f"{name}_{node.label}")
                    frame.emit(f"{layer} = {call.layer}")
                    text = f"{layer}({text})"
                inner.emit(f"{tensors[number]} = {text}")
                text = tensors[number]
        (result,) = reads[-1]
        returned = tensors[result] if result in tensors else self.tensor(result, first, place)
        with frame.block(f"def {variable}({tensors[ENTRY]}):"):
            frame.paste(inner.lines)
            frame.emit(f"return {returned}")
        frame.emit("")
        return variable

    def tensor(self, index: int, first: Use, place: Place) -> str:
        """The variable of a tensor of the network that a shared function reads."""
        scope = first.scope
        for name in scope.all_names() if scope else []:
            binding = place.env.find(name)
            if (
                scope
                and scope.find(name) == Tensor(ENTRY - 1 - index)
                and binding is not None
                and binding.kind == "tensor"
            ):
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
        queue += [kid for kid in part.kids if use.ghost or not kid.ghost]
    return [part for _, part in sorted(found, key=lambda pair: pair[0])]


def wiring(runs: list[list[Use]], uses: list[Use]) -> Reads | None:
    """What each layer of a shared function reads, and then its result, the same in all of its uses.

    Layers are counted from 0, ENTRY is the tensor that enters, and what is less than it is a tensor of the network.
    """
    found: Reads = []
    for number in range(len(runs[0]) + 1):
        choices: list[list[set[int]]] = []
        for run, use in zip(runs, uses, strict=True):
            if len(run) != len(runs[0]) or use.result is None or use.current is None:
                return None
            made = run[number].made if number < len(run) else None
            inputs = made.inputs if made is not None else (use.result.index,)
            order = {layer.made.index: place for place, layer in enumerate(run) if layer.made}
            choices.append(
                [
                    {order[i]} if i in order else {ENTRY - 1 - i, *([ENTRY] if i == use.current.index else [])}
                    for i in inputs
                ]
            )
        if len({len(choice) for choice in choices}) != 1:
            return None
        agreed = [set.intersection(*column) for column in zip(*choices, strict=True)]
        if not all(agreed):
            return None
        found.append(tuple([ENTRY if ENTRY in options else options.pop() for options in agreed]))
    return found
