"""A network's module: constants, functions, the network's own function, and the model that it makes."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cnnspec.compile.keras_source import layer_by_layer
from cnnspec.compile.keras_source.expression_printer import evidence
from cnnspec.compile.keras_source.frame import Binding, Differs, Env, Frame, Lines, Place, is_variable, spoken
from cnnspec.compile.keras_source.layout import laid_out
from cnnspec.compile.keras_source.literals import as_tuple, literal
from cnnspec.compile.keras_source.shared_printer import Sharing
from cnnspec.compile.keras_source.source_comments import Remarks, printable
from cnnspec.elaborate.values import BlockFunction, Function, Tensor
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.compile.trace import Trace
    from cnnspec.graph import Graph


class Printer(Sharing):
    """Prints one network: `model`, or the whole file where that is None."""

    def __init__(self, trace: Trace, parsed: tree.Tree, model: tree.Model | None) -> None:
        super().__init__(trace, Remarks(parsed))
        body = trace.body
        assert trace.graph is not None
        assert body is not None
        assert body.scope is not None
        assert isinstance(body.node, tree.Body)
        self.parsed, self.item, self.graph = parsed, model, trace.graph
        self.body_use, self.body_node = body, body.node
        self.unnameable = layer_by_layer.automatic_names(self.graph)
        top = body.scope if model is None else body.scope.parent
        assert top is not None
        self.file_env = self.file(top)
        self.module.taken.add("model")
        title = re.sub(r"\W", "_", model.name.text.lower()) if model else "build_model"
        self.title = self.module.own(title)
        self.main = Frame(self.module, spoken(model or body.node))
        self.main.main, self.main.depth = True, 1
        self.main_env = Env(self.file_env)

    def module_text(self) -> str:
        """The source."""
        target = self.main.fresh("x")
        if self.item is not None:
            self.constants(self.item)
        parameters, given = self.parameters()
        result = self.body(self.body_node, Place(self.main, self.main_env, "", [self.body_use]), target)
        own = [
            (0, f"def {self.title}({', '.join(parameters)}):"),
            *self.prelude,
            *self.main.lines,
            *self.ending(result),
        ]
        lines: Lines = list(self.module.lines)
        for function in [*self.called(own), own]:
            lines += [(0, ""), (0, ""), *function]
        lines += [(0, ""), (0, ""), (0, f"model = {self.title}({', '.join(given)})")]
        return finished(self.parsed.source, self.graph, lines)

    def called(self, own: Lines) -> list[Lines]:
        """The functions that are called, those from other files first, then in the order of the text."""
        here = self.parsed.source.name
        words = {
            name: {word for _, text in lines for word in re.findall(r"\w+", text)} for _, name, lines in self.printed
        }
        reached: set[str] = set()
        queue = [{word for _, text in own for word in re.findall(r"\w+", text)}]
        while queue:
            found = (queue.pop() & words.keys()) - reached
            reached |= found
            queue += [words[name] for name in found]
        kept = sorted(self.printed, key=lambda entry: (entry[0][0] == here, entry[0]))
        return [lines for _, name, lines in kept if name in reached]

    def home(self, function: BlockFunction) -> tuple[Frame, Env]:
        """Where a block's function is written: in the module; in the network's own, where it reads names of that."""
        env = self.file(function.scope)
        if self.item is not None or env is not self.file_env:
            return self.module, env
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
                if (
                    isinstance(called, BlockFunction)
                    and called.scope is function.scope
                    and id(called.block) not in seen
                ):
                    queue.append(called)
        return self.module, env

    # ---- constants -----------------------------------------------------------------------------------------
    def constants(self, item: tree.Model) -> None:
        """Write the constants beside a model that are used."""
        needed = names_in(item)
        for calls in self.trace.calls.values():
            needed |= names_in(calls[0].block.block) if calls[0].block else set()
        assigns = [i for i in self.parsed.body.items if isinstance(i, tree.Assign) and id(i) in self.trace.top]
        for assign in reversed(assigns):
            if assign.name.text in needed:
                needed |= names_in(assign.value)
        for assign in assigns:
            if assign.name.text in needed:
                self.write_constant(assign, Place(self.module, self.file_env, "", [self.trace.top[id(assign)]]))

    def write_constant(self, item: tree.Assign, place: Place) -> None:
        """Write a constant into the module, data in capitals."""
        values = evidence(item.value, place)
        name = item.name.text
        if not any(isinstance(value, Function) for value in values):
            name = name.upper()
        place.env.names[item.name.text] = self.binding(item.replace(name=item.name.replace(text=name)), values, place)

    def assigned(self, item: tree.Assign, place: Place, target: str) -> str:
        """A constant; one of a network without a model around it that blocks read goes to the module."""
        if self.item is None and place.env is self.main_env:
            called = [calls[0].block.block for calls in self.trace.calls.values() if calls[0].block]
            local = names_in(item.value) & place.env.names.keys() or any(
                isinstance(n, tree.Here) for n in walk(item.value)
            )
            plain = not local and not any(isinstance(value, Tensor) for value in evidence(item.value, place))
            if plain and any(item.name.text in names_in(block) for block in called):
                self.write_constant(item, Place(self.module, self.file_env, "", place.uses))
                return place.current
        return super().assigned(item, place, target)

    # ---- the network's function ----------------------------------------------------------------------------
    def parameters(self) -> tuple[list[str], list[str]]:
        """The parameters of the network's function, and the arguments that it is called with here."""
        texts: list[str] = []
        given: list[str] = []
        optional = False
        for parameter in self.item.parameters if self.item else ():
            name = parameter.name.text
            if self.kind([self.graph.parameters[name]]) != "value":
                raise Differs
            variable, written = self.main.own(name), literal(self.graph.parameters[name])
            default = self.default(parameter)
            self.main_env.names[name] = Binding("value", variable)
            optional = optional or bool(default)
            texts.append(f"{variable}={default or as_tuple(written)}" if optional else variable)
            if as_tuple(written) != (default or optional and as_tuple(written)):
                given.append(f"{variable}={written}")
        return texts, given

    def default(self, parameter: tree.Parameter) -> str:
        """The default of a model's parameter, where it is written out; else ""."""
        default = parameter.default
        if default is None or any(isinstance(n, (tree.Here, tree.Attribute)) for n in walk(default)):
            return ""
        if names_in(default) & self.main_env.names.keys():
            return ""
        try:
            return as_tuple(self.value(default, Place(self.main, self.main_env, "", [self.body_use])))
        except Differs:
            return ""

    def ending(self, result: str) -> Lines:
        """The last lines of the network's function."""
        lines: Lines = []
        outputs = list(self.outputs) or [result]
        if not all(map(is_variable, outputs)):
            outputs = [self.main.fresh("outputs")]
            lines.append((1, f"{outputs[0]} = {result}"))
        ends = f"{listed(self.inputs)}, {listed(outputs)}"
        return [*lines, (1, f'return keras.Model({ends}, name="{layer_by_layer.model_name(self.graph)}")')]


def listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def finished(source: Source, graph: Graph, lines: Lines) -> str:
    """The module around the lines that make `model`."""
    origin = "a cnnspec text" if source.name.startswith("<") else os.path.basename(source.name)
    about = re.sub(r'["\\]', "_", printable(f"{graph.name} in Keras 3, made by cnnspec from {origin}."))
    head: Lines = [(0, f'"""{about}"""'), (0, "")]
    if any("math." in text for _, text in lines):
        head += [(0, "import math"), (0, "")]
    head += [(0, "import keras")]
    if any("layers." in text for _, text in lines):
        head += [(0, "from keras import layers")]
    head += [(0, "")] if lines[0][1] else []
    tail: Lines = [(0, ""), (0, 'if __name__ == "__main__":'), (1, "model.summary()")]
    return laid_out([*head, *lines, *tail])
