"""A layer of the text → statements: what it reads, a padding before it, the activation that stood in it.

Every method returns the Python expression of its result; what has to stand before it is written to the frame. The
variable `target` may be overwritten on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_printer import Arguments, Calls, alternatives, keras_calls, padded_sometimes
from cnnspec.compile.keras_source.expression_printer import evidence
from cnnspec.compile.keras_source.frame import Differs, Frame, Place, is_variable
from cnnspec.compile.trace import Use, kids
from cnnspec.elaborate.values import Function, Tensor
from cnnspec.syntax import tree

WIDE = 60  # characters of a merge or a condition that stays in one line


class Layering(Calls):
    """Prints layers with what belongs to them."""

    if TYPE_CHECKING:

        def apply(self, node: tree.Node, place: Place, target: str, name: str = "") -> str: ...
        def value_applied(self, node: tree.Node, place: Place, outer: Place, target: str, name: str = "") -> str: ...

    def inside(self, place: Place, node: tree.Node) -> list[Use]:
        """The uses of a part inside those at hand."""
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
        after = [kid for u in place.uses for kid in u.kids if kid.value is not None and kid.node is u.node]
        if not after:
            return text
        activation = next(a.value for a in arguments if use.values.get(id(a.value)) is after[0].value)
        return self.value_applied(activation, place.at(after, self.hold(text, target, place)), place, target)

    def layered(self, place: Place, arguments: Arguments, inputs: str, target: str, name: str) -> str:
        """A layer alone, on `inputs`."""
        try:
            calls = self.made(place, arguments, name)
        except Differs:
            return self.layered_by_padding(place, arguments, inputs, target, name)
        between = target
        if any(f"{inputs}.shape" in call.arguments for call in calls[1:]):  # is asked for once more
            between = place.frame.fresh("y")
        for call in calls[:-1]:
            place.frame.assign(between, call.on(inputs))
            inputs = between
        if between != target:
            place.frame.release(between)
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
        made = [keras_calls(use) for use in place.uses]
        padded = [use for use, calls in zip(place.uses, made, strict=True) if calls[0].helper == "pad"]
        if not padded or any(len(calls) != 1 + (calls[0].helper == "pad") for calls in made):
            raise Differs
        with frame.attempt():
            pad = self.made(place.at(padded), arguments, name)[0]
            (rest,) = self.made(place, arguments, name, [calls[-1:] for calls in made])
            if f"{inputs}.shape" in rest.arguments:
                raise Differs
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
            texts.append(self.hold(run(node, uses, valued, name), name, place))
        for name in names:
            frame.release(name)
        return texts

    def branch_name(self, node: tree.Node, whole: list[tree.Node], frame: Frame) -> str:
        """What to call a branch: the shortcut of a residual block, its other side y, else by number."""
        if isinstance(node, tree.Ternary) and any(isinstance(side, tree.Here) for side in (node.then, node.otherwise)):
            return frame.fresh("shortcut")
        if (
            len(whole) == 1
            or len(whole) == 2
            and any(isinstance(other, tree.Ternary) for other in whole if other is not node)
        ):
            return frame.fresh("y")
        return frame.fresh(f"branch{next(i for i, n in enumerate(whole, 1) if n is node)}")


def is_there(node: tree.Node, uses: list[Use]) -> bool:
    """Whether a branch is a tensor that is there already."""
    if isinstance(node, (tree.Name, tree.Index)):
        return all(
            isinstance(value, Tensor)
            for use in uses
            for value in [use.value, *[kid.value for kid in use.kids]]
            if value
        )
    return isinstance(node, tree.Here)


def is_short(node: tree.Node, uses: list[Use]) -> bool:
    """Whether a step is one call at most, without layer functions among its arguments."""
    if isinstance(node, tree.Call):
        made = all(use.block is not None or use.cls is not None and not use.cls.merges for use in uses)
        return made and not any(
            isinstance(use.values.get(id(argument.value)), (Function, list))
            for use in uses
            for argument in node.arguments
        )
    return isinstance(node, (tree.Here, tree.Name, tree.Index))
