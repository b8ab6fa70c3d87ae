"""Blocks and layer functions of the text → Python functions.

A block becomes one function, where one serves all its calls; else a few, each for the calls that are alike. What a
parameter is passed (data, a tensor, a function on tensors) is seen from its values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.bodies import Bodies
from cnnspec.compile.calls import keras_calls
from cnnspec.compile.frame import Binding, Differs, Env, Frame, Place, returning, spoken
from cnnspec.compile.trace import Trace, Use, real
from cnnspec.compile.values import evidence, is_closed
from cnnspec.elaborate.values import BlockFunction, Closure, Function, Scope, Tensor
from cnnspec.layers.argument import Term, show
from cnnspec.syntax import tree
from cnnspec.syntax.tree import names_in, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from cnnspec.compile.remarks import Remarks


class Variant:
    """A Python function for some calls of a block. `parameters` are those that its body uses."""

    def __init__(self, name: str, uses: list[Use]) -> None:
        self.name = name
        self.uses = uses
        self.parameters: list[tuple[str, str]] = []  # name in the text, kind of value
        self.defaults: set[str] = set()
        self.keywords: set[str] = set()  # those that stand behind a "*"


class Functions(Bodies):
    """Prints functions."""

    def __init__(self, trace: Trace, remarks: Remarks) -> None:
        super().__init__(trace, remarks)
        self.module = Frame(None)
        self.known: dict[int, list[Variant]] = {}
        self.printed: list[tuple[tuple[str, int], list[tuple[int, str]]]] = []  # functions, by place in the text
        self._files: dict[int, Env] = {}
        blocks = [calls[0].block.block for calls in trace.calls.values() if calls[0].block]
        self.titles = {id(block): self.module.own(block.name.text) for block in blocks}  # of functions not written yet

    if TYPE_CHECKING:

        def home(self, function: BlockFunction) -> tuple[Frame, Env]: ...

    def file(self, scope: Scope) -> Env:
        """The names that a file defines."""
        env = self._files.get(id(scope))
        if env is None:
            env = self._files[id(scope)] = Env(None)
            for name, value in scope.names.items():
                if isinstance(value, BlockFunction):
                    env.names[name] = Binding("block", "", value)
        return env

    def is_function(self, value: Any) -> bool:
        """Whether a value is applied to tensors: a function, or a word that is used as a step."""
        return isinstance(value, Function) or isinstance(value, Term) and id(value) in self.trace.applied

    # ---- layer functions -----------------------------------------------------------------------------------
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
            binding.used = True
            return binding.text
        if isinstance(node, tree.Index):
            return self.value(node, place)
        uses = [use for value in values for use in self.trace.applied.get(id(value), [])]
        uses = real(list({id(use): use for use in uses}.values()))
        if not uses:
            return "None"
        if all(use.block is not None for use in uses):
            variant = self.variant(uses)
            if not all(p in variant.defaults for p, _ in variant.parameters):
                raise Differs
            return variant.name
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
        self.printed.append(((scope.source.name, node.start), [*above, *lines]))
        return variable

    def defined(self, outer: Frame, name: str, frame: Frame, tensor: str, text: str) -> str:
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
        env = place.env
        if all(isinstance(value, Term) for value in values):
            return frame, tensor, self.layer(Place(frame, env, tensor, uses), tensor, "")
        expressions = {id(value.expression): value.expression for value in values if isinstance(value, Closure)}
        if len(expressions) != 1 or not all(isinstance(value, Closure) for value in values):
            raise Differs
        (expression,) = expressions.values()
        if binding is not None and binding.kind == "inline":
            env = binding.value[1]
        elif expression is not node:
            raise Differs
        inner = [kid for use in uses for kid in use.kids if kid.node is expression]
        if len(inner) != len(uses):
            raise Differs
        return frame, tensor, self.apply(expression, Place(frame, Env(env), tensor, inner), tensor)

    # ---- blocks --------------------------------------------------------------------------------------------
    def call_block(self, place: Place) -> str:
        variant = self.variant(place.uses)
        given = arguments_of(place.uses[0])
        texts = [place.current]
        named = False
        for name, kind in variant.parameters:
            if name not in given:
                if name not in variant.defaults:
                    raise Differs
                continue
            argument = given[name]
            text = self.function(argument.value, place, name) if kind == "function" else self.value(argument.value, place)
            named = named or argument.name is not None or name in variant.keywords
            texts.append(f"{self.parameter(variant, name)}={text}" if named else text)
        return f"{variant.name}({', '.join(texts)})"

    def parameter(self, variant: Variant, name: str) -> str:
        return next(variable for text, variable in self.variables[id(variant)] if text == name)

    def variant(self, uses: list[Use]) -> Variant:
        """The function that serves some calls."""
        function = uses[0].block
        if function is None or any(use.block is None or use.block.block is not function.block for use in uses):
            raise Differs
        found = self.known.get(id(function.block))
        if found is None:
            calls = real(self.trace.calls[id(function.block)])
            found = self.known[id(function.block)] = self.partitioned(function, calls)
        serving = [variant for variant in found if any(use in variant.uses for use in uses)]
        if len(serving) > 1 or not serving and len(found) > 1:
            raise Differs
        variant = (serving or found)[0]
        if serving and not all(use in variant.uses or use.ghost for use in uses):
            raise Differs
        return variant

    def partitioned(self, function: BlockFunction, calls: list[Use]) -> list[Variant]:
        """Functions for calls of a block: one, or one for each group of calls that are alike."""
        try:
            return [self.write(function, calls)]
        except Differs:
            for key in keys(function, calls):
                groups: dict[Hashable, list[Use]] = {}
                for call in calls:
                    groups.setdefault(key(call), []).append(call)
                if len(groups) > 1:
                    return [variant for group in groups.values() for variant in self.partitioned(function, group)]
            raise

    def write(self, function: BlockFunction, calls: list[Use]) -> Variant:
        block = function.block
        outer, env = self.home(function)
        frame = Frame(outer, spoken(block))
        frame.depth = 1
        inner = Env(env)
        bodies = [kid for call in calls for kid in call.kids if kid.node is block.body]
        if len(bodies) != len(calls):
            raise Differs
        tensor = frame.fresh("x")
        kinds: dict[str, str] = {}
        for parameter in block.parameters:
            name = parameter.name.text
            kinds[name] = self.kind([body.scope.names.get(name) for body in bodies if body.scope])
            binding = "value" if kinds[name] == "value" else kinds[name]
            inner.names[name] = Binding(binding, frame.own(name))
        bindings = dict(inner.names)
        text = self.body(block.body, Place(frame, inner, tensor, bodies), tensor)
        used = " ".join(line for _, line in frame.lines) + " " + text
        for binding in bindings.values():
            binding.used = re.search(rf"\b{binding.text}\b", used) is not None
        header, prologue = self.signature(block, calls, kinds, bindings, tensor, Place(frame, env, tensor, calls))
        variant = Variant(self.titles.pop(id(block), "") or outer.own(block.name.text), calls)
        self.variables[id(variant)] = [(name, binding.text) for name, binding in bindings.items()]
        variant.parameters = [(name, kinds[name]) for name, binding in bindings.items() if binding.used]
        variant.defaults, variant.keywords = header.defaults, header.keywords
        lines = [(0, f"def {variant.name}({', '.join(header.texts)}):"), *prologue, *returning(frame.lines, text, 1)]
        if outer is self.module:
            above = [(0, line) for line in self.comments(block, function.scope.source)]
            self.printed.append(((function.scope.source.name, block.start), [*above, *lines]))
        else:
            self.prelude += [*[(d + 1, t) for d, t in lines], (1, "")]
        return variant

    def kind(self, values: list[Any]) -> str:
        """What a parameter is: data, a tensor, or a function on tensors."""
        if all(isinstance(value, Tensor) for value in values):
            return "tensor"
        if any(map(self.is_function, values)):
            return "function"
        if any(isinstance(value, Tensor) for value in values):
            raise Differs
        return "value"

    def signature(
        self, block: tree.Block, calls: list[Use], kinds: dict[str, str], bindings: dict[str, Binding], tensor: str, place: Place
    ) -> tuple[Signature, list[tuple[int, str]]]:
        """The parameters as a header lists them, and the lines that compute defaults."""
        made = Signature()
        prologue: list[tuple[int, str]] = []
        texts: dict[str, str] = {}
        for parameter in reversed(block.parameters):
            name, default = parameter.name.text, parameter.default
            binding = bindings[name]
            if not binding.used:
                continue
            texts[name] = binding.text
            leaving = [call for call in calls if name not in arguments_of(call)]
            if default is None or not leaving and (kinds[name] != "value" or not is_closed(default, place)):
                continue
            made.defaults.add(name)
            names = names_in(default)
            fixed = not (names & bindings.keys()) and not any(isinstance(node, tree.Here) for node in walk(default))
            env = Env(place.env)
            env.names.update(bindings)
            frame = Frame(place.frame)
            there = Place(frame, env, tensor, leaving)
            if kinds[name] == "function":
                text = self.function(default, there, name)
                fixed = fixed and not frame.lines and text.startswith("lambda")
            else:
                text = as_tuple(self.value(default, there if leaving else place), default)
            if fixed:
                texts[name] += f"={text}"
                continue
            texts[name] += "=None"
            for other in bindings.values():
                other.used = other.used or re.search(rf"\b{other.text}\b", text) is not None
            anonymous = re.fullmatch(r"lambda (\w+): (.*)", text)
            if anonymous:
                last = [(2, f"def {binding.text}({anonymous[1]}):"), (3, f"return {anonymous[2]}"), (1, "")]
            else:
                last = [(2, f"{binding.text} = {text}")]
            prologue[:0] = [(1, f"if {binding.text} is None:"), *[(d + 2, t) for d, t in frame.lines], *last]
        made.texts.append(tensor)
        for parameter in block.parameters:
            name = parameter.name.text
            if name not in texts:
                continue
            if name not in made.defaults and any(p in made.defaults for p in texts if p != name and "=" in "".join(made.texts)):
                if "*" not in made.texts:
                    made.texts.append("*")
            if "*" in made.texts:
                made.keywords.add(name)
            made.texts.append(texts[name])
        return made, prologue

    variables: dict[int, list[tuple[str, str]]]
    prelude: list[tuple[int, str]]


class Signature:
    """Parameters of a function as its header lists them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.defaults: set[str] = set()
        self.keywords: set[str] = set()


def as_tuple(text: str, node: tree.Node) -> str:
    """A default that is a list as a tuple: Python keeps one default for all calls."""
    if isinstance(node, tree.List) and text.startswith("[") and text.endswith("]"):
        return f"({text[1:-1]}{',' if len(node.items) == 1 else ''})"
    return text


def arguments_of(call: Use) -> dict[str, tree.Argument]:
    """The arguments of a block's call, by parameter."""
    assert call.block is not None
    names = [p.name.text for p in call.block.block.parameters]
    given: dict[str, tree.Argument] = {}
    for position, argument in enumerate(call.arguments):
        given[argument.name.text if argument.name else names[position]] = argument
    return given


def keys(function: BlockFunction, calls: list[Use]) -> Iterator[Callable[[Use], Hashable]]:
    """Ways to tell calls of a block apart, the coarsest first: the layers they make, their arguments, each alone."""
    structures = {id(call): structure(call) for call in calls}
    sites = {site for found in structures.values() for site in found}
    differing = [s for s in sites if len({f[s] for f in structures.values() if s in f}) > 1]
    yield lambda call: tuple([(s, structures[id(call)].get(s)) for s in differing])
    names = [p.name.text for p in function.block.parameters]
    yield lambda call: tuple([told(call.kids[-1].scope.names.get(name)) for name in names if call.kids[-1].scope])
    yield id


def structure(call: Use) -> dict[int, Hashable]:
    """The Keras layers that each part of the text makes in one call, the calls inside it included."""
    found: dict[int, set[Hashable]] = {}
    queue = [call]
    while queue:
        use = queue.pop()
        if use.layer is not None:
            found.setdefault(id(use.node), set()).add(tuple([(c.name, c.helper) for c in keras_calls(use)]))
        queue += use.kids
    return {site: frozenset(made) for site, made in found.items()}


def told(value: Any) -> Hashable:
    """A value as far as calls are told apart by it."""
    if isinstance(value, Closure):
        return id(value.expression)
    if isinstance(value, BlockFunction):
        return id(value.block)
    return type(value).__name__ if isinstance(value, (Function, Tensor)) else show(value)
