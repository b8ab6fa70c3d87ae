"""A pasted layer call, read against the catalogue: which layer, which argument, which word.

`Layers` answers for the rewriter, and refuses (None) whenever the file's own names are in the way.
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import PASTED_MODULES
from cnnspec.format.pieces import is_name
from cnnspec.layers import find, find_bare_layer
from cnnspec.layers.argument import AXES, EACH_AXIS, Unfit, text
from cnnspec.syntax.tree import Argument, Attribute, Call, Dims, List, Name, Node, Number, Text, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cnnspec.layers.base import Layer


# Arguments, by Keras's names, whose one number stands for every axis.
_PER_AXIS = ("strides", "dilation_rate", "padding", "cropping", "-")


class Layers:
    """`bound` are the names that the file binds, `words` counts every name and text in it."""

    def __init__(self, bound: set[str], words: dict[str, int]) -> None:
        self.bound = bound
        self.words = words

    def unprefixed(self, node: Node) -> str | None:
        """The last word of tf.nn.relu, or of a plain name, when the file does not bind it."""
        if isinstance(node, Attribute):
            root = node.value
            while isinstance(root, Attribute):
                root = root.value
            if isinstance(root, Name) and root.text in PASTED_MODULES - self.bound:
                return node.name.text
            return None
        return node.text if isinstance(node, Name) and node.text not in self.bound else None

    def word(self, node: Node) -> str | None:
        """The canonical name of the layer that a node names. One with a window keeps that it is one-dimensional, which says that
        an input such as 28x28 is a sequence (see W211)."""
        written = self.unprefixed(node)
        layer = find(written) if written else None
        if written is None or layer is None:
            return None
        preset = self.preset(layer, written)
        alike = [name for name in layer.names if layer.presets.get(name, {}) == preset]
        along_one = [name for name in alike if "1d" in name and "kernel" in layer.arguments and "1d" in written.lower()]
        word = min(along_one, key=len, default=alike[0])
        return word if word not in self.bound else None

    def layer(self, call: Call) -> tuple[type[Layer], dict[str, Any]]:
        """The layer of a call whose function `word` knows, and what its spelling fixes."""
        written = self.unprefixed(call.function) or ""
        layer = find(written)
        assert layer
        return layer, self.preset(layer, written)

    @staticmethod
    def preset(layer: type[Layer], word: str) -> dict[str, Any]:
        return layer.presets.get(word) or layer.presets.get(word.lower(), {})

    def merges(self, call: Call) -> bool:
        return self.layer(call)[0].merges

    def bound_arguments(self, call: Call) -> Iterator[tuple[Argument, str]]:
        """The arguments of a call with their canonical names, "" where there is none."""
        layer, preset = self.layer(call)
        free = iter([name for name in layer.arguments if name not in preset][: layer.leading if layer.merges else None])
        for argument in call.arguments:
            if argument.name is None:
                yield argument, next(free, "")
                continue
            written = argument.name.text
            known = [
                n for n, a in layer.arguments.items() if written == n or written == a.keras or written in a.aliases
            ]
            yield argument, written if written in layer.arguments else known[0] if known else ""

    def option(self, call: Call, name: str, value: Node) -> Node | None:
        """An argument's value in canonical form; None where it has no other form than it has."""
        declared = self.layer(call)[0].arguments.get(name)
        if declared is None or declared.kind is text and isinstance(value, Text):
            return None
        if isinstance(value, (Tuple, List)):
            return self.sizes(declared, value, self.rank(call))
        if isinstance(value, Call) and isinstance(value.function, Attribute) and not self.word(value.function):
            word = self.unprefixed(value.function)
            if word and word not in self.bound:
                return value.replace(function=Name(value.function.start, value.function.end, word))
        word = value.value if isinstance(value, Text) else self.unprefixed(value)
        if word is None:
            return None
        try:
            read = declared.kind(word)
        except Unfit:
            return None
        if isinstance(read, str):
            word = read
        elif read is None and word == "None":
            word = "none"
        return Name(value.start, value.end, word) if is_name(word) and word not in self.bound else None

    def rank(self, call: Call) -> int | None:
        """The number of spatial axes, where the layer's name tells it, as Conv1D does."""
        name = (self.unprefixed(call.function) or "").lower()
        return next((int(digit) for digit in "123" if f"{digit}d" in name), None)

    @staticmethod
    def sizes(declared: Any, value: Tuple | List, rank: int | None) -> Node | None:
        """(3, 3) as 3x3 where the argument takes sizes; one number where it stands for all of the layer's axes."""
        numbers = [item.value for item in value.items if isinstance(item, Number) and isinstance(item.value, int)]
        if not numbers or len(numbers) < len(value.items):
            return None
        try:
            declared.kind(tuple(numbers))
        except Unfit:
            return None
        if declared.kind in AXES:
            return None
        try:
            declared.kind((-2, -2))
            return None  # numbers of any kind, which are no sizes
        except Unfit:
            pass
        if declared.kind in EACH_AXIS and len(numbers) != rank:
            return Dims(value.start, value.end, tuple(numbers)) if len(numbers) > 1 else None
        if len(numbers) == 1 or (len(set(numbers)) == 1 and declared.keras in _PER_AXIS):
            return Number(value.start, value.end, numbers[0], str(numbers[0]))
        return Dims(value.start, value.end, tuple(numbers))

    # ---- what says nothing about the layer itself ----------------------------------------------------------
    @staticmethod
    def says_nothing(argument: Argument) -> bool:
        """Whether it is data_format="channels_last", the only order there is here."""
        word = argument.name.text if argument.name else ""
        return word == "data_format" and isinstance(argument.value, Text) and argument.value.value == "channels_last"

    def title(self, call: Call) -> Name | None:
        """What name="stem" names a step, where `as stem` can say the same."""
        for argument in call.arguments:
            value = argument.value
            if argument.name and argument.name.text == "name" and isinstance(value, Text):
                text = value.value
                if is_name(text) and self.words[text] == 1 and text not in self.bound and not find(text):
                    return Name(value.start, value.end, text)
        return None

    def without_activation(self, call: Call) -> Name | None:
        """`relu` for Activation("relu")."""
        layer, preset = self.layer(call)
        if preset or len(call.arguments) != 1 or "function" not in layer.arguments:
            return None
        value = self.option(call, "function", call.arguments[0].value)
        value = value or call.arguments[0].value
        if not isinstance(value, Name) or [n for _, n in self.bound_arguments(call)] != ["function"]:
            return None
        found = find_bare_layer(value.text)  # not leaky_relu: the slope is 0.2, the layer's is 0.3
        plain = layer(function=value.text)  # type: ignore[call-arg]
        same = found is not None and found.canonical(None) == plain.canonical(None)
        return Name(call.start, call.end, value.text) if same and value.text not in self.bound else None

    def input_shape(self, node: Node) -> tuple[Node | None, Node]:
        """What `input_shape=` says in a layer call, and the call without it."""
        if isinstance(node, Call) and self.word(node.function):
            for argument in node.arguments:
                if argument.name and argument.name.text in ("input_shape", "input_dim"):
                    rest = tuple([a for a in node.arguments if a is not argument])
                    return argument.value, node.replace(arguments=rest)
        return None, node

    def sequential(self, node: Node) -> tuple[Node, ...] | None:
        """The layers of `Sequential([…])`; None when it is something else."""
        if not isinstance(node, Call) or self.unprefixed(node.function) != "Sequential":
            return None
        listed = [a.value for a in node.arguments if a.name is None or a.name.text == "layers"]
        titles = [a for a in node.arguments if a.name and a.name.text == "name"]
        if len(listed) + len(titles) < len(node.arguments) or len(listed) > 1:
            return None
        if not listed:
            return ()
        return listed[0].items if isinstance(listed[0], (List, Tuple)) else None
