"""Expressions on a tensor x, as the reader follows them."""

from __future__ import annotations

from typing import Any

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.elaborate.input_reader import with_unknowns
from cnnspec.graph import Site
from cnnspec.python_source.interpreter.run import run_source
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.tape import TapeNode, TensorValue
from cnnspec.python_source.values import Unknown
from cnnspec.syntax import tree

HEAD = """\
import keras, tensorflow as tf
from keras import ops, layers, backend as K
from keras.layers import *
from given import x, unknown
result = \\
"""


class Followed(Record):
    """What an expression comes to: its value, the nodes behind x, the mistakes as they are printed, and why what is not known
    is not."""

    value: Any
    nodes: list[TapeNode]
    mistakes: list[str]
    unknowns: list[str]

    @property
    def shape(self) -> tuple[Any, ...] | None:
        """The shape of the tensor that it is, batch first."""
        return self.value.list_sizes() if isinstance(self.value, TensorValue) else None

    @property
    def whole(self) -> bool:
        return isinstance(self.value, TensorValue) and all(node.layer is not None for node in self.nodes)

    @property
    def parameters(self) -> Any:
        """How many, of layers on known shapes; a layer that is used twice counts twice."""
        total: Any = 0
        by_index = {node.index: node for node in self.nodes}
        for node in self.nodes:
            shapes = [by_index[i].shape if i in by_index else self.entering for i in node.inputs]
            assert node.layer is not None
            for weight in node.layer.weights(tuple([shape for shape in shapes if shape is not None])):
                count: Any = 1
                for size in weight.shape:
                    count *= size
                total += count
        return total

    entering: Any = None


def follow(text: str, shape: tuple[int | None, ...] | None) -> Followed:
    """An expression on x of this shape, without the batch."""
    machine = Machine()
    sizes = None if shape is None else with_unknowns(shape, 1, set())
    node = machine.tape.add(None, (), sizes, "input", Site(Source("given", ""), tree.Bad(0, 0)))
    node.is_input = True
    machine.libraries.constants |= {"given.x": TensorValue(node), "given.unknown": Unknown("it is read", None)}
    module = run_source(
        machine, Source("cell.py", HEAD + text), lambda name: Diagnostic("E002", f"{name} is not there", None)
    )
    line = HEAD.count("\n") + 1
    mistakes = [str(found).replace(f"cell.py:{line}:", "") for found in machine.found]
    reasons = [unknown.reason for unknown in machine.unknowns.values()]
    return Followed(module.names.get("result"), machine.tape.nodes[1:], mistakes, reasons, sizes)
