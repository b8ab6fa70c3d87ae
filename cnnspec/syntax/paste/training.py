"""model.compile(…) and model.fit(…) → a train section."""

from __future__ import annotations

import re

from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.paste.changing import changed
from cnnspec.syntax.paste.expressions import last_word, write_path
from cnnspec.syntax.paste.names import Names
from cnnspec.syntax.paste.values import Constant, Word
from cnnspec.syntax.tree import Assign, Body, Call, Flag, List, Name, Node, Number, Text, Train, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.statements import Statement

# The methods' arguments in Keras's order; what a train section calls them, "" where they are data or say nothing of it.
COMPILE = ("optimizer", "loss", "loss_weights", "metrics")
FIT = ("x", "y", "batch_size", "epochs", "verbose")
SETTINGS = {
    "optimizer": "optimizer", "loss": "loss", "metrics": "metrics", "epochs": "epochs", "nb_epoch": "epochs", "batch_size": "batch",
    "validation_split": "validation", "shuffle": "shuffle", "x": "", "y": "", "validation_data": "", "verbose": "",
    "steps_per_epoch": "", "validation_steps": "", "generator": "",
}  # fmt: skip
WORDS = ("optimizer", "loss", "metrics")
MODULES = {"optimizers", "losses", "metrics"}


class Training:
    """The settings of the last compile(…) and the last fit(…)."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.last: dict[str, tuple[Statement, list[Assign]]] = {}

    def read(self, statement: Statement, method: str, call: Call) -> list[Statement]:
        """Take the settings of a call; the statements of which something is not read."""
        order = COMPILE if method == "compile" else FIT
        settings: list[Assign] = []
        whole = True
        for place, argument in enumerate(call.arguments):
            word = argument.name.text if argument.name else order[place] if place < len(order) else "?"
            key = SETTINGS.get(word)
            value = self.value(word, argument.value) if key else None
            if key and value is not None:
                name = Name(argument.value.start, argument.value.start, key)
                settings.append(Assign(argument.start, argument.end, name, value))
            whole = whole and (key == "" or value is not None)
        left = [] if whole and settings else [statement]
        if settings:
            before = self.last.get(method)
            left += [before[0]] if before and before[0] not in left else []
            self.last[method] = statement, settings
        return left

    def value(self, word: str, node: Node) -> Node | None:
        """A setting in the language's words; None where it has none for it."""
        if word not in WORDS:
            node = self.written_out(node)
            node = self.names.folded(node) or node
            return node if isinstance(node, Number if word != "shuffle" else Flag) else None
        if word == "metrics" and isinstance(node, (List, Tuple)):
            listed = [self.word(item) for item in node.items]
            return None if None in listed else List(node.start, node.end, tuple(filter(None, listed)))
        return self.word(node)

    def word(self, node: Node) -> Node | None:
        """adam of "adam", keras.optimizers.Adam or a variable that holds it; its arguments are kept."""
        held = self.names.values.get(write_path(node))
        if isinstance(held, Word):
            held.uses += 1
            return self.word(held.node)
        if isinstance(held, Constant):
            return self.word(self.written_out(node)) if held.folded else None
        if isinstance(node, Text):
            word = node.value if node.value.islower() else snake(node.value)
            plain = word.isidentifier() and word not in self.names.taken and word not in KEYWORDS
            return Name(node.start, node.end, word) if plain else node
        if isinstance(node, Call):
            function = self.word(node.function)
            values = [self.argument(argument.value) for argument in node.arguments]
            if function is None or isinstance(node.function, Text) or None in values:
                return None
            arguments = [a.replace(value=v) for a, v in zip(node.arguments, values, strict=True)]
            return Call(node.start, node.end, function, tuple(arguments)) if arguments else function
        resolved = self.names.python.resolved(write_path(node))
        bare = "." not in resolved and held is None  # of `from keras.optimizers import *`
        if not resolved or (MODULES.isdisjoint(resolved.split(".")[:-1]) and not bare):
            return None
        return Name(node.start, node.end, snake(last_word(resolved)))

    def argument(self, node: Node) -> Node | None:
        """An argument of an optimizer, a loss or a metric: plain, or a schedule of the learning rate."""
        node = self.written_out(node)
        return node if self.names.is_plain(node) else self.word(node)

    def written_out(self, node: Node) -> Node:
        """An expression with the values of its constants: a train section stands on its own."""

        def value(part: Node) -> Node | None:
            held = self.names.values.get(write_path(part))
            if not isinstance(held, Constant) or held.folded is None:
                return None
            held.told = True
            return held.folded

        return changed(node, value)

    def section(self) -> list[Train]:
        """The train section, if there is one."""
        if not self.last:
            return []
        found = sorted(self.last.values(), key=lambda pair: pair[0].start)
        settings = {item.name.text: item for _, items in found for item in items}
        start, end = found[0][0].start, found[-1][0].end
        return [Train(start, end, Body(start, end, tuple(settings.values())))]


def snake(word: str) -> str:
    """sparse_categorical_crossentropy of SparseCategoricalCrossentropy; the language takes a word's case as it comes."""
    return re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", word).lower()
