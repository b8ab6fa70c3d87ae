"""Layers of the graph → Keras calls in source.

What an argument was written as is printed where it gives what the layer was made with, in every use; else its
value. A padding that is a number for one use and a word for another becomes an `if`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.keras_source.expression_printer import Values, evidence, is_closed
from cnnspec.compile.keras_source.frame import Differs, Place
from cnnspec.compile.keras_source.literals import same
from cnnspec.compile.trace import Trace, Use, is_false
from cnnspec.elaborate.bind import argument_name
from cnnspec.layers.argument import Term, Unfit
from cnnspec.layers.words import CONSTRAINTS, INITIALIZERS, REGULARIZERS
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.layers.base import KerasCall, Layer, Shape

Arguments = tuple[tree.Argument, ...]

# the arguments that go without their name where they stand first, and the one that follows the filters
FIRST = {
    "filters", "units", "kernel_size", "pool_size", "rate", "target_shape", "dims", "size", "groups", "activation",
    "padding", "cropping", "pad_width", "key", "equation",
}  # fmt: skip


WORDS = {*INITIALIZERS, *REGULARIZERS, *CONSTRAINTS} - {"constant", "l1_l2"}  # what Keras knows by the same words


class Made(Record):
    """A Keras call as text."""

    name: str
    arguments: str
    helper: str
    around: tuple[str, str] | None = None  # the wrapper's name and arguments

    def on(self, tensors: str) -> str:
        """The call applied: `layers.ReLU()(x)`, `keras.ops.glu(x)`."""
        if self.is_function:
            return f"keras.{self.name}({', '.join(filter(None, [tensors, self.arguments]))})"
        return f"{self.layer}({tensors})"

    @property
    def layer(self) -> str:
        """The layer alone: `layers.ReLU()`; only of what is a layer."""
        return constructed(self.name, self.arguments, self.around)

    @property
    def is_function(self) -> bool:
        """Whether it is a function of keras.ops: it has no weights and no name."""
        return self.name.startswith("ops.")


def constructed(name: str, arguments: str, around: tuple[str, str] | None) -> str:
    """The text that makes a layer, in its wrapper where it has one."""
    layer = f"layers.{name}({arguments})"
    return f"layers.{around[0]}({', '.join(filter(None, [layer, around[1]]))})" if around else layer


def joined(texts: list[tuple[str, str]]) -> str:
    """Names and texts of arguments as a call writes them."""
    parts = []
    for position, (name, text) in enumerate(texts):
        bare = position == 0 and name in FIRST or position == 1 and texts[0][0] == "filters" and name == "kernel_size"
        parts.append(text if bare else f"{name}={text}")
    return ", ".join(parts)


class Calls(Values):
    """Prints layers."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
        self.unnameable: set[str] = set()  # names that Keras may give to other layers by itself

    def made(
        self, place: Place, arguments: Arguments, name: str, found: list[tuple[KerasCall, ...]] | None = None
    ) -> list[Made]:
        """The Keras calls of one layer of the text, the same for all uses."""
        found = found or [keras_calls(use) for use in place.uses]
        first = place.uses[0]
        if first.cls is None or any(use.cls is not first.cls for use in place.uses):
            raise Differs
        if any([(c.name, c.helper) for c in calls] != [(c.name, c.helper) for c in found[0]] for calls in found):
            raise Differs
        written = bound(first.cls, first.word, arguments)
        made = []
        for position, call in enumerate(found[0]):
            texts = self.texts(first.cls, [calls[position] for calls in found], written, place)
            around = self.around([calls[position].around for calls in found], place)
            if not call.helper and name and not call.name.startswith("ops."):
                (texts if around is None else around[1]).append(("name", f'"{name}"'))
            made.append(Made(call.name, joined(texts), call.helper, around and (around[0], joined(around[1]))))
        return made

    def texts(
        self, cls: type[Layer], calls: list[KerasCall], written: dict[str, tree.Node], place: Place
    ) -> list[tuple[str, str]]:
        """Names and texts of the arguments of one Keras call; of a default only where an expression gave it."""
        names = list(dict.fromkeys(name for call in calls for name in call.arguments))
        if calls[0].helper:
            fields = dict.fromkeys(names, "padding") if "padding" in cls.arguments else {}
        else:
            fields = {argument.keras.strip("-") or field: field for field, argument in cls.arguments.items()}
            order = list(cls.arguments)
            names += [
                n for n, f in fields.items() if n not in names and f in written and not is_closed(written[f], place)
            ]
            names.sort(key=lambda name: order.index(fields[name]) if name in fields else len(order))
        texts = []
        for name in names:
            field = fields.get(name, "")
            default = cls.arguments[field].record_default if field else None
            values = [call.arguments.get(name, default) for call in calls]
            text = self.written(cls, field, written[field], values, place) if field in written else ""
            if text or any(name in call.arguments for call in calls):
                texts.append((name, text or self.computed(values, place)))
        return texts

    def around(self, calls: list[KerasCall | None], place: Place) -> tuple[str, list[tuple[str, str]]] | None:
        """The name of the wrapper that a layer has in all uses, and its arguments; None where it has none."""
        wrappers = [call for call in calls if call is not None]
        if not wrappers:
            return None
        if len(wrappers) != len(calls):
            raise Differs
        names = wrappers[0].arguments
        return wrappers[0].name, [(n, self.computed([w.arguments[n] for w in wrappers], place)) for n in names]

    def computed(self, values: list[Any], place: Place) -> str:
        """An argument that the layer computed: the same in all uses, or made of its input's sizes."""
        try:
            return self.constant(values)[0]
        except Differs:
            shapes = [use.shapes[0] for use in place.uses if len(use.shapes) == 1]
            if len(shapes) != len(values) or not all(isinstance(v, tuple) and len(v) == len(values[0]) for v in values):
                raise
        if values == shapes:
            return f"{place.current}.shape[1:]"
        columns = enumerate(zip(*values, strict=True))
        return f"({', '.join(sized(list(column), position, shapes, place.current) for position, column in columns)})"

    def written(self, cls: type[Layer], field: str, node: tree.Node, values: list[Any], place: Place) -> str:
        """An argument as it was written, where that gives the values it has; else ""."""
        if is_closed(node, place):
            return ""
        try:
            text = self.value(node, place)
        except Differs:
            return ""
        raws = evidence(node, place)
        if len(raws) != len(values):
            return ""
        pairs = list(zip(raws, values, strict=True))
        if all(same(raw, value) or reads(cls, field, raw, value) for raw, value in pairs):
            return text
        if all(isinstance(raw, float) and type(value) is int and raw == value for raw, value in pairs):
            return f"int({text})"
        return ""

    def layer_name(self, use: Use, name: str) -> str:
        """The name to print for a layer that is used once: the one that `as` or name= gave it, or none."""
        if use.made is None or use.ghost or self.is_clashing(use.made.name):
            return ""
        if name == use.made.name:
            return name
        pasted = any(argument.name is not None and argument.name.text == "name" for argument in use.arguments)
        return use.made.name if pasted and use.made.name.isidentifier() else ""

    def is_once(self, node: tree.Node) -> bool:
        """Whether a part of the text is used once in the whole network."""
        return self.trace.times.get(id(node)) == 1

    def is_clashing(self, name: str) -> bool:
        return re.sub(r"_\d+$", "", name) in self.unnameable


def keras_calls(use: Use) -> tuple[KerasCall, ...]:
    if use.layer is None or not use.shapes:  # a ghost may stand behind what there is not
        raise Differs
    return use.layer.keras(use.shapes)


def sized(sizes: list[Any], position: int, shapes: list[Shape], tensor: str) -> str:
    """What some sizes are, one for each use: a number, a size of the input (at the same place first), a part of its
    channels."""
    if len(set(sizes)) == 1 and isinstance(sizes[0], int):
        return str(sizes[0])
    for axis in sorted(range(min(map(len, shapes))), key=lambda axis: axis != position):
        if all(size == shape[axis] for size, shape in zip(sizes, shapes, strict=True)):
            return f"{tensor}.shape[{axis + 1}]"
    parts = {shape[-1] // size for size, shape in zip(sizes, shapes, strict=True) if isinstance(size, int) and size > 0}
    if len(parts) != 1:
        raise Differs
    return f"{tensor}.shape[-1] // {parts.pop()}"


def reads(cls: type[Layer], field: str, raw: Any, value: Any) -> bool:
    """Whether a term, he_normal or l2(1e-4), is read as this value; a bare word only where Keras reads it so, too."""
    if not isinstance(raw, Term) or field not in cls.arguments:
        return False
    if not (raw.positional or raw.keywords) and raw.name not in WORDS:
        return False
    try:
        return bool(cls.arguments[field].kind(raw) == value)
    except Unfit:
        return False


def bound(cls: type[Layer], word: str, arguments: Arguments) -> dict[str, tree.Node]:
    """The expressions that were written for a layer's fields."""
    preset = cls.presets.get(word) or cls.presets.get(word.lower(), {})
    free = [name for name in cls.arguments if name not in preset]
    written: dict[str, tree.Node] = {}
    position = 0
    for argument in arguments:
        if argument.name is None:
            if not cls.merges:
                written[free[position]] = argument.value
                position += 1
        else:
            written[argument_name(cls, argument.name.text)] = argument.value
    return written


def alternatives(place: Place, arguments: Arguments) -> tuple[tree.Node, list[tuple[list[Use], Arguments]]] | None:
    """A condition among the arguments that decides for the uses: its node, and what is left for either side of it."""
    for position, argument in enumerate(arguments):
        node = argument.value
        if not isinstance(node, tree.Ternary):
            continue
        sides: list[tuple[list[Use], Arguments]] = []
        for wanted, value in ((True, node.then), (False, node.otherwise)):
            uses = [use for use in place.uses if (not is_false(use.values.get(id(node.condition)))) is wanted]
            sides.append((uses, (*arguments[:position], argument.replace(value=value), *arguments[position + 1 :])))
        if sides[0][0] and sides[1][0]:
            return node.condition, sides
    return None


def padded_sometimes(place: Place, arguments: Arguments) -> tree.Node | None:
    """The padding of a layer that is a number in every use, and 0 in some of them."""
    cls = place.uses[0].cls
    node = bound(cls, place.uses[0].word, arguments).get("padding") if cls else None
    if node is None or not all(type(value) is int for value in evidence(node, place)):
        return None
    return node
