"""Layers of the graph → Keras calls in source.

An argument is printed as it was written, where that gives the layer's value in every use; else its value is printed. A
padding that is a number for one use and a word for another becomes an `if`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_text import WORDS, CallText, write_call
from cnnspec.compile.keras_source.expression_printer import is_written_out
from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.layer_by_layer import find_automatic_names
from cnnspec.compile.python_text.literals import is_same
from cnnspec.compile.trace import is_false
from cnnspec.elaborate.argument_binder import argument_name
from cnnspec.layers.argument import Term, Unfit
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
    from cnnspec.compile.keras_source.print_context import PrintContext
    from cnnspec.compile.keras_source.print_place import PrintPlace
    from cnnspec.compile.trace import Use
    from cnnspec.layers.base import KerasCall, Layer, Shape

Arguments = tuple[tree.Argument, ...]


class CallPrinter:
    """Prints the Keras calls of a layer."""

    def __init__(self, context: PrintContext, expressions: ExpressionPrinter) -> None:
        self.context, self.expressions = context, expressions
        self.automatic = find_automatic_names(context.graph)

    def print_calls(
        self, place: PrintPlace, arguments: Arguments, name: str, found: list[tuple[KerasCall, ...]] | None = None
    ) -> list[CallText]:
        """The Keras calls of one layer of the text, the same for all uses. `name` is the layer's, "" for none.

        `found` are the calls of each use, where they are not all that the layer states.
        """
        found = found or [find_keras_calls(use) for use in place.uses]
        first = place.uses[0]
        if first.cls is None or any(use.cls is not first.cls for use in place.uses):
            raise Differs
        if any([(c.name, c.helper) for c in calls] != [(c.name, c.helper) for c in found[0]] for calls in found):
            raise Differs
        written = find_written(first.cls, first.word, arguments)
        texts = []
        for position, call in enumerate(found[0]):
            own = self._print_arguments(first.cls, [calls[position] for calls in found], written, place)
            around = self._print_wrapper([calls[position].around for calls in found], place)
            texts.append(write_call(call, own, around, name))
        return texts

    def _print_arguments(
        self, cls: type[Layer], calls: list[KerasCall], written: dict[str, tree.Node], place: PrintPlace
    ) -> list[tuple[str, str]]:
        """Names and texts of the arguments of one Keras call; of a default only where an expression gave it."""
        names = list(dict.fromkeys(name for call in calls for name in call.arguments))
        if calls[0].helper:
            fields = dict.fromkeys(names, "padding") if "padding" in cls.arguments else {}
        else:
            fields = {argument.keras.strip("-") or field: field for field, argument in cls.arguments.items()}
            order = list(cls.arguments)
            names += [
                n
                for n, f in fields.items()
                if n not in names and f in written and not is_written_out(written[f], place)
            ]
            names.sort(key=lambda name: order.index(fields[name]) if name in fields else len(order))
        texts = []
        for name in names:
            field = fields.get(name, "")
            default = cls.arguments[field].record_default if field else None
            values = [call.arguments.get(name, default) for call in calls]
            text = self._print_written(cls, field, written[field], values, place) if field in written else ""
            if text or any(name in call.arguments for call in calls):
                texts.append((name, text or self._print_computed(values, place)))
        return texts

    def _print_wrapper(self, calls: list[KerasCall | None], place: PrintPlace) -> list[tuple[str, str]]:
        """Names and texts of the arguments of the wrapper that a layer has in all uses; none where it has no wrapper."""
        wrappers = [call for call in calls if call is not None]
        if not wrappers:
            return []
        if len(wrappers) != len(calls):
            raise Differs
        return [(n, self._print_computed([w.arguments[n] for w in wrappers], place)) for n in wrappers[0].arguments]

    def _print_computed(self, values: list[Any], place: PrintPlace) -> str:
        """An argument that the layer computed: its value where all uses have the same, else one made of input sizes."""
        try:
            return self.expressions.print_same(values)[0]
        except Differs:
            shapes = [use.shapes[0] for use in place.uses if len(use.shapes) == 1]
            if len(shapes) != len(values) or not all(isinstance(v, tuple) and len(v) == len(values[0]) for v in values):
                raise
        if values == shapes:
            return f"{place.current}.shape[1:]"
        columns = enumerate(zip(*values, strict=True))
        sizes = [print_size(list(column), position, shapes, place.current) for position, column in columns]
        return f"({', '.join(sizes)})"

    def _print_written(
        self, cls: type[Layer], field: str, node: tree.Node, values: list[Any], place: PrintPlace
    ) -> str:
        """An argument as it was written, where that gives the values it has; else ""."""
        if is_written_out(node, place):
            return ""
        try:
            text = self.expressions.print(node, place)
        except Differs:
            return ""
        raws = place.values_of(node)
        if len(raws) != len(values):
            return ""
        pairs = list(zip(raws, values, strict=True))
        if all(is_same(raw, value) or is_read_as(cls, field, raw, value) for raw, value in pairs):
            return text
        if all(isinstance(raw, float) and type(value) is int and raw == value for raw, value in pairs):
            return f"int({text})"
        return ""

    def choose_name(self, place: PrintPlace, name: str) -> str:
        """The name to print for a layer, "" for none: `name`, or that of its name= argument, if it is used once."""
        use = place.uses[0]
        if len(place.uses) > 1 or not self.context.is_once(use.node):
            return ""
        if use.made is None or use.ghost or self.is_clashing(use.made.name):
            return ""
        if name == use.made.name:
            return name
        pasted = any(argument.name is not None and argument.name.text == "name" for argument in use.arguments)
        return use.made.name if pasted and use.made.name.isidentifier() else ""

    def is_clashing(self, name: str) -> bool:
        """Whether Keras may give a name to another layer by itself."""
        return re.sub(r"_\d+$", "", name) in self.automatic


def find_keras_calls(use: Use) -> tuple[KerasCall, ...]:
    """The Keras calls that a use of a layer states."""
    if use.layer is None or not use.shapes:  # a ghost may stand behind what there is not
        raise Differs
    return use.layer.keras(use.shapes)


def print_size(sizes: list[Any], position: int, shapes: list[Shape], tensor: str) -> str:
    """The text of some sizes, one for each use: a number, a size of the input (of the same axis first), or a fraction of
    the input's channels."""
    if len(set(sizes)) == 1 and isinstance(sizes[0], int):
        return str(sizes[0])
    for axis in sorted(range(min(map(len, shapes))), key=lambda axis: axis != position):
        if all(size == shape[axis] for size, shape in zip(sizes, shapes, strict=True)):
            return f"{tensor}.shape[{axis + 1}]"
    parts = {shape[-1] // size for size, shape in zip(sizes, shapes, strict=True) if isinstance(size, int) and size > 0}
    if len(parts) != 1:
        raise Differs
    return f"{tensor}.shape[-1] // {parts.pop()}"


def is_read_as(cls: type[Layer], field: str, raw: Any, value: Any) -> bool:
    """Whether a term such as he_normal or l2(1e-4) means a value; a bare word only where Keras knows it, too."""
    if not isinstance(raw, Term) or field not in cls.arguments:
        return False
    if not (raw.positional or raw.keywords) and raw.name not in WORDS:
        return False
    try:
        return bool(cls.arguments[field].kind(raw) == value)
    except Unfit:
        return False


def find_written(cls: type[Layer], word: str, arguments: Arguments) -> dict[str, tree.Node]:
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


def split_by_condition(
    place: PrintPlace, arguments: Arguments
) -> tuple[tree.Node, list[tuple[list[Use], Arguments]]] | None:
    """The first condition among the arguments that is true in some uses and false in others.

    For each of the two its uses, and the arguments with the side that is chosen there.
    """
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


def find_optional_padding(place: PrintPlace, arguments: Arguments) -> tree.Node | None:
    """The padding of a layer as it is written, where it is a number in every use; None elsewhere."""
    cls = place.uses[0].cls
    node = find_written(cls, place.uses[0].word, arguments).get("padding") if cls else None
    if node is None or not all(type(value) is int for value in place.values_of(node)):
        return None
    return node
