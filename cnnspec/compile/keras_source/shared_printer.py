"""`shared` of the text → layers made once, and a function that applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.frame import Differs, Frame
from cnnspec.compile.keras_source.name_scope import FunctionName, NameScope, Unwritten
from cnnspec.compile.keras_source.print_place import PrintPlace
from cnnspec.compile.trace import kids, real
from cnnspec.elaborate.values import SharedFunction, Tensor
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.call_printer import CallPrinter
    from cnnspec.compile.keras_source.call_text import CallText
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.trace import Use
    from cnnspec.graph import Node

Reads = list[tuple[int, ...]]
ENTRY = -1


class SharedLayer(Record):
    """A layer of a shared function: its Keras calls, and its node in the first use."""

    calls: list[CallText]
    node: Node


class SharedPrinter:
    """Prints shared functions."""

    def __init__(self, context: PrintContext, calls: CallPrinter) -> None:
        self.context, self.calls = context, calls

    def print_shared(self, item: tree.Shared, place: PrintPlace) -> str:
        """The layers of the first use, and a function that applies them; nothing where there is no use."""
        place.names.own[item.name.text] = Unwritten()
        applied = [real(self.context.find_applications([use.value])) for use in place.uses]
        first = [kid for uses in applied if uses for kid in kids(uses[:1], item.value)]
        if not first:
            return place.current
        layers = self._print_layers([find_layers(use) for use in first], place)
        every = [kid for uses in applied for kid in kids(uses, item.value)]
        reads = find_wiring([find_layers(use) for use in every], every)
        if reads is None:
            raise Differs
        chain = [(ENTRY,), *[(number,) for number in range(len(layers) - 1)], (len(layers) - 1,)]
        if reads == chain and not any(call.is_function for layer in layers for call in layer.calls):
            variable = write_chain(item.name.text, layers, place.frame)
        else:
            variable = write_graph(item.name.text, layers, reads, every[0], place)
        place.names.own[item.name.text] = FunctionName(variable)
        return place.current

    def _print_layers(self, runs: list[list[Use]], place: PrintPlace) -> list[SharedLayer]:
        """The layers of a shared function; `runs` are the uses that make them, for each use of the text at hand."""
        if len(runs) != len(place.uses) or len({len(run) for run in runs}) != 1:
            raise Differs
        layers = []
        for uses in zip(*runs, strict=True):
            own = all(
                use.scope and isinstance(v, SharedFunction) and use.scope.parent is v.scope
                for use, v in zip(uses, [use.value for use in place.uses], strict=True)
            )
            there = PrintPlace(place.frame, NameScope(place.names), "", list(uses))
            assert uses[0].made is not None
            layers.append(
                SharedLayer(self.calls.print_calls(there, uses[0].arguments if own else (), ""), uses[0].made)
            )
        return layers


def write_chain(name: str, layers: list[SharedLayer], frame: Frame) -> str:
    """Write a chain of layers: one layer by itself, several as a list and a function that runs through it."""
    variable = frame.take_variable(name)
    calls = [call for layer in layers for call in layer.calls]
    if len(calls) == 1:
        frame.emit(f"{variable} = {calls[0].layer}")
        return variable
    listed = frame.make_variable(f"{name}_layers")
    frame.emit(f"{listed} = [{', '.join(call.layer for call in calls)}]")
    with frame.indented(f"def {variable}(x):"):
        with frame.indented(f"for layer in {listed}:"):
            frame.emit("x = layer(x)")
        frame.emit("return x")
    frame.emit("")
    return variable


def write_graph(name: str, layers: list[SharedLayer], reads: Reads, first: Use, place: PrintPlace) -> str:
    """Write each layer as a variable, and a function that applies them."""
    frame = place.frame
    variable = frame.take_variable(name)
    inner = Frame(frame)
    tensors = {ENTRY: inner.make_variable("x")}
    for number, layer in enumerate(layers):
        node = layer.node
        inputs = [tensors[i] if i in tensors else find_variable(i, first, place) for i in reads[number]]
        text = f"[{', '.join(inputs)}]" if node.layer is not None and node.layer.merges else inputs[0]
        tensors[number] = inner.make_variable(node.label if node.label.isidentifier() else "y")
        for call in layer.calls:
            if call.is_function:
                text = call.apply_to(text)
            else:
                stem = f"{name}_{node.label}_{call.helper}" if call.helper else f"{name}_{node.label}"
                made = frame.make_variable(stem)
                frame.emit(f"{made} = {call.layer}")
                text = f"{made}({text})"
            inner.emit(f"{tensors[number]} = {text}")
            text = tensors[number]
    (result,) = reads[-1]
    returned = tensors[result] if result in tensors else find_variable(result, first, place)
    with frame.indented(f"def {variable}({tensors[ENTRY]}):"):
        frame.emit_all(inner.lines)
        frame.emit(f"return {returned}")
    frame.emit("")
    return variable


def find_variable(index: int, first: Use, place: PrintPlace) -> str:
    """The variable of a tensor of the network that a shared function reads."""
    scope = first.scope
    for name in scope.all_names() if scope else []:
        variable = place.names.find_tensor(name)
        if scope and scope.find(name) == Tensor(ENTRY - 1 - index) and variable is not None:
            return variable
    raise Differs


def find_layers(use: Use) -> list[Use]:
    """The uses that make layers, in the order of the graph."""
    found: list[tuple[int, Use]] = []
    queue = [use]
    while queue:
        part = queue.pop()
        if part.made is not None:
            found.append((part.made.index, part))
        queue += [kid for kid in part.kids if use.ghost or not kid.ghost]
    return [part for _, part in sorted(found, key=lambda pair: pair[0])]


def find_wiring(runs: list[list[Use]], uses: list[Use]) -> Reads | None:
    """The inputs of each layer of a shared function, and then its result, the same in all of its uses.

    Layers are counted from 0, ENTRY is the tensor that enters; lower numbers are tensors of the network. None where the
    uses differ.
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
