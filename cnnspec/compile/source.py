"""Graph and text → readable Keras 3 source that builds the same model.

The text is printed as Python: blocks as functions, loops and conditions kept. What was printed is then read back
(`replay`) and compared, call for call, with the graph; a text that cannot be printed so is printed with less of its
structure, in the last resort layer by layer. Keras is not needed for any of this.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Protocol

from cnnspec.compile import straight
from cnnspec.compile.frame import Binding, Differs, Env, Frame, Place, is_variable, spoken
from cnnspec.compile.layout import laid_out
from cnnspec.compile.literals import NoLiteral, literal
from cnnspec.compile.remarks import Remarks
from cnnspec.compile.replay import Mismatch, replay
from cnnspec.compile.sharing import Sharing
from cnnspec.compile.steps import TooHard
from cnnspec.compile.trace import MAX_LAYERS, Trace, record
from cnnspec.compile.values import evidence, is_closed
from cnnspec.elaborate.values import BlockFunction, Function, Tensor
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from cnnspec.elaborate.graph import Graph

    class Compiled(Protocol):
        """What is compiled: a network that was elaborated without errors."""

        @property
        def tree(self) -> tree.Tree: ...
        @property
        def graph(self) -> Graph: ...
        @property
        def item(self) -> tree.Model | None: ...


def to_source(network: Compiled) -> str:
    """A Python module that exposes `model`, the network in Keras 3.

    Raises ValueError for a network without an input or an output.
    """
    graph = network.graph
    if not graph.inputs or not graph.outputs:
        raise ValueError("this network has no input or no output")
    for ghosts in (True, False):
        trace = record(network.tree, graph, network.item, ghosts, MAX_LAYERS)
        if trace is None:
            continue
        try:
            text = Printer(trace, network).module_text()
            replay(text, graph)
        except (Differs, Mismatch, TooHard, NoLiteral):
            continue
        return text
    text = finished(network, straight.lines(graph))
    replay(text, graph)
    return text


class Printer(Sharing):
    """Prints one network."""

    def __init__(self, trace: Trace, network: Compiled) -> None:
        super().__init__(trace, Remarks(network.tree))
        self.network = network
        self.variables = {}
        self.prelude = []
        self.main_env: Env | None = None
        self.unnameable = straight.automatic_names(network.graph)
        self.module.taken |= {"model"}

    def home(self, function: BlockFunction) -> tuple[Frame, Env]:
        """Where a block's function is written: in the module; in the network's own, where it reads names of that."""
        env = self.file(function.scope)
        if self.main_env is not None and self.network.item is None and self.main_env.parent is env:
            seen: set[int] = set()
            queue = [function]
            while queue:
                block = queue.pop()
                seen.add(id(block.block))
                names = names_in(block.block)
                if names & self.main_env.names.keys():
                    return self.main, self.main_env
                for name in names:
                    called = function.scope.names.get(name)
                    if isinstance(called, BlockFunction) and called.scope is function.scope and id(called.block) not in seen:
                        queue.append(called)
        return self.module, env

    def module_text(self) -> str:
        body, item = self.trace.body, self.network.item
        assert body is not None
        assert body.scope is not None
        assert isinstance(body.node, tree.Body)
        top = body.scope.parent if item is not None else body.scope
        assert top is not None
        env = self.file(top)
        name = self.module.own(re.sub(r"\W", "_", item.name.text.lower()) if item else "build_model")
        self.main = Frame(self.module, spoken(item or body.node))
        self.main.main, self.main.depth = True, 1
        target = self.main.fresh("x")
        if item is not None:
            self.constants(env, item)
        self.main_env = Env(env)
        texts, given = self.parameters(item, self.main_env) if item else ([], [])
        result = self.body(body.node, Place(self.main, self.main_env, "", [body]), target)
        lines = [(0, f"def {name}({', '.join(texts)}):"), *self.prelude, *self.main.lines]
        lines += [(1, text) for text in self.ending(result)]
        functions = [printed for _, printed in sorted(self.printed, key=lambda entry: self.order(entry[0]))]
        made: list[tuple[int, str]] = list(self.module.lines)
        for function in [*functions, lines]:
            made += [(0, ""), (0, ""), *function]
        made += [(0, ""), (0, ""), (0, f"model = {name}({', '.join(given)})")]
        return finished(self.network, made)

    def order(self, place: tuple[str, int]) -> tuple[bool, str, int]:
        """Functions from other files first, then in the order of the text."""
        return (place[0] == self.network.tree.source.name, *place)

    def constants(self, env: Env, item: tree.Model) -> None:
        """Write the constants beside a model that are used."""
        needed = names_in(item.body).union(*[names_in(p) for p in item.parameters])
        assigns = [i for i in self.network.tree.body.items if isinstance(i, tree.Assign)]
        for calls in self.trace.calls.values():
            if calls[0].block is not None:
                needed |= names_in(calls[0].block.block)
        for assign in reversed(assigns):
            if assign.name.text in needed:
                needed |= names_in(assign.value)
        for assign in assigns:
            use = self.trace.top.get(id(assign))
            if assign.name.text in needed and use is not None:
                self.constant_of_file(assign, env, Place(self.module, env, "", [use]))

    def constant_of_file(self, item: tree.Assign, env: Env, place: Place) -> None:
        values = evidence(item.value, place)
        plain = not any(isinstance(value, Function) for value in values)
        shown = item.replace(name=item.name.replace(text=item.name.text.upper())) if plain else item
        env.names[item.name.text] = self.binding(shown, values, place)

    def assigned(self, item: tree.Assign, place: Place, target: str) -> str:
        """A constant; one of a network without a model around it that blocks read goes to the module."""
        if place.env is self.main_env and self.network.item is None and place.env.parent is not None:
            reading = any(
                item.name.text in names_in(calls[0].block.block) for calls in self.trace.calls.values() if calls[0].block
            )
            local = names_in(item.value) & place.env.names.keys() or any(isinstance(n, tree.Here) for n in walk(item.value))
            if reading and not local and not any(isinstance(v, Tensor) for v in evidence(item.value, place)):
                self.constant_of_file(item, place.env.parent, Place(self.module, place.env.parent, "", place.uses))
                return place.current
        return super().assigned(item, place, target)

    def parameters(self, item: tree.Model, env: Env) -> tuple[list[str], list[str]]:
        """The parameters of a model's function, and the arguments that it is called with here."""
        graph = self.network.graph
        texts, given = [], []
        optional = False
        for parameter in item.parameters:
            name = parameter.name.text
            value, kind = graph.parameters[name], self.kind([graph.parameters[name]])
            if kind != "value":
                raise Differs
            variable = self.main.own(name)
            written = literal(value)
            default = self.default(parameter, env)
            env.names[name] = Binding("value", variable)
            if optional or default:
                optional = True
                texts.append(f"{variable}={default or written}")
            else:
                texts.append(variable)
            if as_tuple(written) != default:
                given.append(f"{variable}={written}")
        return texts, given

    def default(self, parameter: tree.Parameter, env: Env) -> str:
        """The default of a model's parameter, where it is written out."""
        if parameter.default is None:
            return ""
        place = Place(self.main, env, "", [self.trace.body] if self.trace.body else [])
        if names_in(parameter.default) & env.names.keys() or not is_fixed(parameter.default):
            return ""
        try:
            return as_tuple(self.value(parameter.default, place))
        except Differs:
            return ""

    def ending(self, result: str) -> list[str]:
        """The last lines of the network's function."""
        lines = []
        outputs = list(self.outputs) or [result]
        if not all(map(is_variable, outputs)):
            outputs = [self.main.fresh("outputs")]
            lines.append(f"{outputs[0]} = {result}")
        name = straight.model_name(self.network.graph)
        return [*lines, f'return keras.Model({listed(self.inputs)}, {listed(outputs)}, name="{name}")']


def is_fixed(node: tree.Node) -> bool:
    return not any(isinstance(part, (tree.Here, tree.Attribute)) for part in walk(node))


def as_tuple(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        inner = text[1:-1]
        return f"({inner},)" if inner and "," not in inner else f"({inner})"
    return text


def listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def finished(network: Any, lines: list[tuple[int, str]]) -> str:
    """The module around functions and the model's line."""
    graph: Graph = network.graph
    source = os.path.basename(network.tree.source.name)
    origin = "a cnnspec text" if source.startswith("<") else source
    head = [(0, f'"""{printable(graph.name)} in Keras 3, made by cnnspec from {printable(origin)}."""'), (0, "")]
    if any("math." in text for _, text in lines):
        head += [(0, "import math"), (0, "")]
    head += [(0, "import keras")]
    if any("layers." in text for _, text in lines):
        head += [(0, "from keras import layers")]
    head += [(0, "")] if lines and lines[0][1] else []
    tail = [(0, ""), (0, 'if __name__ == "__main__":'), (1, "model.summary()")]
    return laid_out([*head, *lines, *tail])


def printable(text: str) -> str:
    return "".join(c if c.isprintable() and c not in '"\\' else "_" for c in text)


__all__ = ["is_closed", "to_source"]
