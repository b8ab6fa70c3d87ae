"""What the names of a paste stand for, and expressions with what the language calls it in their place."""

from __future__ import annotations

from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.paste.changing import changed
from cnnspec.syntax.paste.constants import folded
from cnnspec.syntax.paste.expressions import input_of, last_word, write_path
from cnnspec.syntax.paste.values import Constant, Layer, Network, Tensor, Value
from cnnspec.syntax.tree import (
    Argument,
    Arithmetic,
    Attribute,
    Call,
    Dims,
    Flag,
    List,
    Name,
    Node,
    Number,
    Power,
    Signed,
    Text,
    Tuple,
    walk,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import UnionType

    from cnnspec.base.source import Source
    from cnnspec.syntax.paste.python import Surroundings

INPUTS = ("Input", "InputLayer")
WITH_BATCH = ("batch_input_shape", "batch_shape")
_PLAIN = (Number, Text, Flag, Dims, Tuple, List, Signed, Arithmetic, Power)


class Unreadable(Exception):
    """What stands at a node cannot be read; without a message, because of a mistake that has been told."""

    def __init__(self, node: Node, message: str = "", help: str = "", code: str = "E012") -> None:
        super().__init__(message)
        self.node, self.message, self.help, self.code = node, message, help, code


class Lost(Value):
    """What a mistake took away."""


class Names:
    """Variables and their values. A value keeps its variable's name in the language, made unique."""

    def __init__(self, source: Source, python: Surroundings) -> None:
        self.source = source
        self.python = python
        self.values: dict[str, Value | list[Tensor]] = {}
        self.taken: set[str] = set(KEYWORDS)
        self.numbered: dict[str, int] = {}  # the last number given to a name that is taken
        self.rebound: set[str] = set()  # constants that have several values: each use has its own, written out

    def bind(self, dotted: str, value: Value | list[Tensor]) -> None:
        self.values[dotted] = value

    def folded(self, node: Node) -> Node | None:
        """The value of an expression of constants."""

        def known(word: str) -> Node | None:
            value = self.values.get(word)
            return value.folded if isinstance(value, Constant) else None

        return folded(node, known)

    def unique(self, dotted: str) -> str:
        """A name that nothing else has, made from a variable's."""
        word = last_word(dotted)
        name = f"{word}_" if word in KEYWORDS else word
        while name in self.taken:
            self.numbered[word] = self.numbered.get(word, 1) + 1
            name = f"{word}_{self.numbered[word]}"
        self.taken.add(name)
        return name

    def root(self, node: Node) -> Value | list[Tensor] | None:
        """The value of the longest beginning of a dotted name that has one."""
        dotted = write_path(node)
        while dotted:
            if dotted in self.values:
                return self.values[dotted]
            dotted = dotted.rpartition(".")[0]
        return None

    def of_kind(self, node: Node, *kinds: type | UnionType) -> bool:
        """Whether a value of some kind is named anywhere in an expression."""
        return any(isinstance(self.root(part), kinds) for part in walk(node) if isinstance(part, (Name, Attribute)))

    def is_input(self, node: Node) -> bool:
        return isinstance(node, Call) and last_word(self.python.resolved(write_path(node.function))) in INPUTS

    def is_plain(self, node: Node) -> bool:
        """Whether an expression is made of numbers, texts and constants alone."""
        return all(
            isinstance(part, (*_PLAIN, Argument))
            or (isinstance(part, Name) and (part.text == "None" or isinstance(self.values.get(part.text), Constant)))
            for part in walk(node)
        )

    def written(self, node: Node) -> Node:
        """An expression that makes layers, with the values' own names, and without the names of imported modules."""
        if not self.is_input(node):
            return changed(node, self._written)
        made, refusals = input_of(self.source, node)  # type: ignore[arg-type]
        for found in refusals.diagnostics:
            raise Unreadable(made, found.message, found.help, found.code)
        return made.replace(shape=made.shape and self.written(made.shape))

    def _written(self, node: Node) -> Node | None:
        if isinstance(node, List):
            return node.replace(items=tuple([self.written(item) for item in node.items]))
        if self.is_input(node):
            message = "an input is no value, nor an argument of a layer"
            raise Unreadable(node, message, "write it on a line of its own: x = keras.Input(shape=(28, 28, 1))")
        if isinstance(node, Argument) and node.name and node.name.text in WITH_BATCH and isinstance(node.value, Tuple):
            shape = self.written(node.value.replace(items=node.value.items[1:]))
            return node.replace(name=node.name.replace(text="input_shape"), value=shape)
        if isinstance(node, Argument) and node.name and node.name.text in KEYWORDS:
            raise Unreadable(node.name, f'no layer has an argument "{node.name.text}"', "drop it", "E011")
        dotted = write_path(node)
        if not dotted:
            return None
        value = self.root(node)
        if isinstance(value, (Tensor, list)):
            message = "a layer's argument that asks a tensor is not read"
            raise Unreadable(node, message, "write the number, or a step such as conv(2 * in.channels, 3x3)")
        if isinstance(value, Lost):
            raise Unreadable(node)
        if dotted in self.values and isinstance(value, (Constant, Layer, Network)):
            value.uses += 1
            if isinstance(value, Constant) and dotted in self.rebound:
                if value.folded is None:
                    message = f"{dotted} has several values, and this one is not a number, a text or a tuple of such"
                    raise Unreadable(node, message, "give each value a name of its own")
                return value.folded.replace(start=node.start, end=node.end)
            return Name(node.start, node.end, value.name)
        if value is None and dotted.partition(".")[0] in self.python.imports:
            dotted = last_word(self.python.resolved(dotted))
            node = Name(node.start, node.end, dotted)
        if not KEYWORDS.keys().isdisjoint(dotted.split(".")):
            raise Unreadable(node, f'nothing is called "{dotted}"', "", "E010")
        return node
