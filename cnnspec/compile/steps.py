"""Steps of the text → statements: layers applied, merges, repeats, conditions, calls.

Every method returns the Python expression of its result; what has to stand before it is written to the frame. The
variable `target` may be overwritten on the way, the current tensor's only where it is that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.calls import Arguments, Calls, alternatives, keras_calls, padded_sometimes
from cnnspec.compile.frame import Binding, Differs, Env, Place, is_variable
from cnnspec.compile.trace import Trace, Use, is_false, kids
from cnnspec.compile.values import PRODUCT, TERNARY, evidence
from cnnspec.elaborate.values import Function, LayerFunction, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_WORK = 10_000  # steps printed, besides 20 for each use: attempts inside attempts end
WIDE = 60  # characters of a merge or a condition that stays in one line


class TooHard(Exception):
    """More work than the source is worth."""


class Steps(Calls):
    """Prints applications."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self.work = 0
        self._apply: dict[type, Callable[[Any, Place, str, str], str]] = {
            tree.Chain: lambda node, place, target, name: self.chain(node.stages, place, target, name),
            tree.Naming: self.naming,
            tree.Braces: lambda node, place, target, name: self.body(
                node.body, place.at(self.inside(place, node.body), env=Env(place.env)), target
            ),
            tree.Ternary: self.chosen,
            tree.Here: lambda node, place, target, name: place.current,
            tree.Contract: lambda node, place, target, name: place.current,
        }

    if TYPE_CHECKING:

        def body(self, body: tree.Body, place: Place, target: str) -> str: ...
        def call_block(self, place: Place) -> str: ...

    def inside(self, place: Place, node: tree.Node) -> list[Use]:
        found = kids(place.uses, node)
        if not found:
            raise Differs
        return found

    def hold(self, text: str, target: str, place: Place) -> str:
        """A variable that holds an expression's value."""
        if is_variable(text):
            return text
        place.frame.assign(target, text)
        return target

    def apply(self, node: tree.Node, place: Place, target: str, name: str = "") -> str:
        """A step: the expression of what it makes of the current tensor. `name` is for its layer."""
        self.work += 1
        if self.work > MAX_WORK + 20 * sum(self.trace.times.values()):
            raise TooHard
        method = self._apply.get(type(node))
        if method is not None:
            return method(node, place, target, name)
        if place.uses[0].cls is not None:
            return self.layer(place, target, name)
        if place.uses[0].block is not None:
            return self.call_block(place)
        if isinstance(node, tree.Arithmetic) and kids(place.uses, node.first):
            return self.repeat(node, place, target)
        if isinstance(node, tree.Arithmetic) and isinstance(evidence(node.first, place)[0], (Function, Term)):
            return place.current  # times 0
        if isinstance(node, tree.Call):
            return self.call(node, place, target)
        return self.applied(node, place, target, name)

    def chain(self, stages: tuple[tree.Node, ...], place: Place, target: str, name: str = "") -> str:
        text = current = place.current
        for number, stage in enumerate(stages, 1):
            here = place.at(self.inside(place, stage), current)
            text = self.apply(stage, here, target, name if number == len(stages) else "")
            current = text if number == len(stages) else self.hold(text, target, place)
        return text

    def naming(self, node: tree.Naming, place: Place, target: str, name: str) -> str:
        once = len(place.uses) == 1 and self.is_once(node)
        text = self.apply(node.value, place.at(self.inside(place, node.value)), target, node.name.text if once else name)
        receiver = place.env.receiver()
        binding = receiver.names.get(node.name.text)
        if binding is None or binding.kind != "tensor":
            binding = Binding("tensor", place.frame.own(node.name.text))
        place.frame.taken.add(binding.text)
        receiver.names[node.name.text] = place.env.names[node.name.text] = binding
        place.frame.assign(binding.text, text)
        return binding.text

    # ---- layers --------------------------------------------------------------------------------------------
    def layer(self, place: Place, target: str, name: str) -> str:
        """A layer, and the activation with arguments that stood in it."""
        use = place.uses[0]
        arguments = use.arguments
        inputs = place.current
        if use.cls is not None and use.cls.merges:
            branches = tuple([a for a in arguments if a.name is None])
            inputs = self.merged(branches, place)
            arguments = tuple([a for a in arguments if a.name is not None])
        printed = self.layer_name(use, name) if len(place.uses) == 1 and self.is_once(use.node) else ""
        text = self.layered(place, arguments, inputs, target, printed)
        after = [[kid for kid in u.kids if kid.value is not None and kid.node is u.node] for u in place.uses]
        if any(after):
            activation = next(a.value for a in arguments if any(id(a.value) in u.values for u in place.uses) and any(
                u.values.get(id(a.value)) is kid.value for u in place.uses for kid in u.kids
            ))
            current = self.hold(text, target, place)
            return self.value_applied(activation, place.at([kid for found in after for kid in found], current), place, target)
        return text

    def layered(self, place: Place, arguments: Arguments, inputs: str, target: str, name: str) -> str:
        try:
            calls = self.made(place, arguments, name)
        except Differs:
            return self.layered_by_padding(place, arguments, inputs, target, name)
        for call in calls[:-1]:
            place.frame.assign(target, call.on(inputs))
            inputs = target
        return calls[-1].on(inputs)

    def layered_by_padding(self, place: Place, arguments: Arguments, inputs: str, target: str, name: str) -> str:
        """A layer that is padded by another one in some uses, or with conditions among its arguments."""
        frame = place.frame
        found = alternatives(place, arguments)
        if found is not None:
            condition, sides = found
            with frame.attempt():
                for number, (uses, left) in enumerate(sides):
                    with frame.block("else:" if number else f"if {self.value(condition, place)}:"):
                        frame.assign(target, self.layered(place.at(uses), left, inputs, target, name))
            return target
        node = padded_sometimes(place, arguments)
        if node is None:
            raise Differs
        found_calls = [keras_calls(use) for use in place.uses]
        padded = [use for use, calls in zip(place.uses, found_calls, strict=True) if calls[0].helper == "pad"]
        if not padded or any(len(calls) != 1 + (use in padded) for use, calls in zip(place.uses, found_calls, strict=True)):
            raise Differs
        with frame.attempt():
            pad = self.made(place.at(padded), arguments, name)[0]
            (rest,) = self.made(place, arguments, name, [calls[-1:] for calls in found_calls])
            frame.assign(target, inputs)
            with frame.block(f"if {self.value(node, place)} > 0:"):
                frame.assign(target, pad.on(target))
        return rest.on(target)

    # ---- merges --------------------------------------------------------------------------------------------
    def merged(self, branches: Arguments, place: Place) -> str:
        """The list of what a merge's branches make of the current tensor."""
        flat: list[tuple[tree.Node, list[Use], bool]] = []
        spread = ""
        for branch in branches:
            values = evidence(branch.value, place)
            if values and all(isinstance(value, (list, tuple)) for value in values):
                if isinstance(branch.value, tree.List):
                    for position, item in enumerate(branch.value.items):
                        uses = [[k for k in u.kids if k.node is branch.value][position] for u in place.uses]
                        flat.append((item, uses, True))
                elif len(branches) == 1:
                    spread = self.spread(branch.value, values, place)
                else:
                    raise Differs
            else:
                flat.append((branch.value, self.inside(place, branch.value), False))
        return spread or f"[{', '.join(self.branches(flat, place))}]"

    def spread(self, node: tree.Node, values: list[Any], place: Place) -> str:
        """A list of branches that has a name."""
        text = self.value(node, place)
        if all(isinstance(v, Tensor) for value in values for v in value):
            return text
        variable = place.frame.fresh("branch")
        place.frame.release(variable)
        return f"[{variable}({place.current}) for {variable} in {text}]"

    def branches(self, flat: list[tuple[tree.Node, list[Use], bool]], place: Place) -> list[str]:
        """Each branch as an expression: short ones in place, others in variables of their own."""
        frame = place.frame

        def run(node: tree.Node, uses: list[Use], valued: bool, target: str) -> str:
            here = place.at(uses)
            return self.value_applied(node, here, place, target) if valued else self.apply(node, here, target)

        if all(is_short(node, uses) for node, uses, _ in flat):
            lines, taken, ours = len(frame.lines), set(frame.taken), set(frame.ours)
            texts = [run(node, uses, valued, "_") for node, uses, valued in flat]
            if len(frame.lines) == lines and (all(map(is_variable, texts)) or sum(map(len, texts)) < WIDE):
                return texts
            del frame.lines[lines:]
            frame.taken, frame.ours = taken, ours
        whole = [node for node, uses, _ in flat if not is_there(node, uses)]
        names = ["" if is_there(node, uses) else self.branch_name(node, whole, frame) for node, uses, _ in flat]
        texts = []
        for (node, uses, valued), name in zip(flat, names, strict=True):
            texts.append(self.hold(run(node, uses, valued, name), name, place) if name else run(node, uses, valued, name))
        for name in names:
            frame.release(name)
        return texts

    def branch_name(self, node: tree.Node, whole: list[tree.Node], frame: Any) -> str:
        if isinstance(node, tree.Ternary) and any(isinstance(side, tree.Here) for side in (node.then, node.otherwise)):
            return str(frame.fresh("shortcut"))
        if len(whole) == 1 or len(whole) == 2 and any(isinstance(other, tree.Ternary) for other in whole if other is not node):
            return str(frame.fresh("y"))
        return str(frame.fresh(f"branch{next(i for i, n in enumerate(whole, 1) if n is node)}"))

    # ---- repeats and conditions ----------------------------------------------------------------------------
    def repeat(self, node: tree.Arithmetic, place: Place, target: str) -> str:
        """f * n: a loop, or f alone where n is written as 1."""
        frame = place.frame
        times = " * ".join(self.value(part, place, PRODUCT if len(node.rest) > 1 else TERNARY) for _, part in node.rest)
        uses = self.inside(place, node.first)
        if times == "1":
            return self.apply(node.first, place.at(uses), target)
        try:
            with frame.attempt():
                frame.assign(target, place.current)
                with frame.block(f"for _ in range({times}):"):
                    frame.assign(target, self.apply(node.first, place.at(uses, target), target))
            return target
        except Differs:
            current = place.current
        turns = self.turns(place, node.first)
        for turn in turns:
            current = self.hold(self.apply(node.first, place.at(turn, current), target), target, place)
        return current

    def turns(self, place: Place, node: tree.Node) -> list[list[Use]]:
        """The uses of each turn of a loop; all uses must turn equally often."""
        found = [kids([use], node) for use in place.uses]
        if len({len(turns) for turns in found}) != 1:
            raise Differs
        return [list(turn) for turn in zip(*found, strict=True)]

    def chosen(self, node: tree.Ternary, place: Place, target: str, name: str) -> str:
        """f if c else g, in one line where it is short, else with `if`."""
        frame = place.frame
        then, otherwise = kids(place.uses, node.then), kids(place.uses, node.otherwise)
        sides = [(node.then, then), (node.otherwise, otherwise)]
        try:
            condition, opposite = self.value(node.condition, place), self.opposite(node.condition, place)
        except Differs:
            taken = {not is_false(value) for value in evidence(node.condition, place)}
            if len(taken) != 1:
                raise
            side, uses = sides[0 if taken.pop() else 1]
            return self.apply(side, place.at(uses), target, name)
        if not then or not otherwise:
            side, uses = sides[0] if then else sides[1]
            return self.apply(side, place.at(uses), target, name)
        trivial = [isinstance(side, tree.Here) for side, _ in sides]
        if any(trivial):
            side, uses = sides[1] if trivial[0] else sides[0]
            if all(trivial):
                return place.current
            with frame.attempt():
                frame.assign(target, place.current)
                with frame.block(f"if {opposite if trivial[0] else condition}:"):
                    frame.assign(target, self.apply(side, place.at(uses, place.current), target))
            return target
        with frame.attempt():
            if all(is_short(side, uses) for side, uses in sides):
                lines = len(frame.lines)
                texts = [self.apply(side, place.at(uses), "_") for side, uses in sides]
                if len(frame.lines) == lines and sum(map(len, texts)) + len(condition) < WIDE:
                    return f"{texts[0]} if {condition} else {texts[1]}"
                del frame.lines[lines:]
            for header, (side, uses) in zip((f"if {condition}:", "else:"), sides, strict=True):
                with frame.block(header):
                    frame.assign(target, self.apply(side, place.at(uses), target))
        return target

    # ---- values as steps -----------------------------------------------------------------------------------
    def call(self, node: tree.Call, place: Place, target: str) -> str:
        """Sequential([...]); or f(x), f applied to x."""
        valued = [use for use in place.uses for use in use.kids if use.value is not None]
        if valued:
            argument = node.arguments[0].value
            current = self.value(argument, place)
            if not all(isinstance(value, Tensor) for value in evidence(argument, place)):
                raise Differs
            return self.value_applied(node.function, place.at(valued, current), place, target)
        items = [i for a in node.arguments if isinstance(a.value, tree.List) for i in a.value.items]
        items = [i for number, i in enumerate(items) if number or not isinstance(i, tree.Input)]
        return self.chain(tuple(items), place, target)

    def applied(self, node: tree.Node, place: Place, target: str, name: str) -> str:
        """A name or an element as a step: what it stands for is applied."""
        valued = [kid for use in place.uses for kid in use.kids if kid.value is not None]
        if len(valued) != len(place.uses):
            raise Differs
        return self.value_applied(node, place.at(valued), place, target, name)

    def value_applied(self, node: tree.Node, place: Place, outer: Place, target: str, name: str = "") -> str:
        """Values applied to the current tensor. `outer` has the uses in which `node` was evaluated."""
        values = [use.value for use in place.uses]
        if all(isinstance(value, Tensor) for value in values):
            return self.value(node, outer)
        binding = place.env.find(node.text) if isinstance(node, tree.Name) else None
        if binding is not None and binding.kind == "function":
            binding.used = True
            return f"{binding.text}({place.current})"
        if binding is not None and binding.kind == "inline":
            expression, env = binding.value
            inner = [kid for use in place.uses for kid in use.kids if kid.node is expression]
            if len(inner) != len(place.uses):
                raise Differs
            return self.apply(expression, Place(place.frame, Env(env), place.current, inner), target, name)
        if all(isinstance(value, (Term, LayerFunction)) for value in values):
            if any(use.cls is None for use in place.uses):
                raise Differs
            return self.layer(place, target, name)
        if all(use.block is not None for use in place.uses):
            return self.call_block(place)
        if isinstance(node, (tree.Name, tree.Index)):
            return f"{self.value(node, outer)}({place.current})"
        inner = [kid for use in place.uses for kid in use.kids if kid.node is node]
        if len(inner) != len(place.uses):
            raise Differs
        return self.apply(node, place.at(inner), target, name)


def is_there(node: tree.Node, uses: list[Use]) -> bool:
    """Whether a branch is a tensor that is there already."""
    if isinstance(node, tree.Here):
        return True
    return all(isinstance(use.value, Tensor) or any(isinstance(kid.value, Tensor) for kid in use.kids) for use in uses) and isinstance(
        node, (tree.Name, tree.Index)
    )


def is_short(node: tree.Node, uses: list[Use]) -> bool:
    """Whether a step is one call at most, without layer functions among its arguments."""
    if isinstance(node, tree.Call):
        made = all(use.block is not None or use.cls is not None and not use.cls.merges for use in uses)
        return made and not any(
            isinstance(use.values.get(id(argument.value)), (Function, list)) for use in uses for argument in node.arguments
        )
    return isinstance(node, (tree.Here, tree.Name, tree.Index))
