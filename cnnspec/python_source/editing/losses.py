"""The loss that a Python text compiles a model with, written otherwise."""

from __future__ import annotations

import ast

from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.python_source.editing.arguments import WrittenArguments, is_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Edit
    from cnnspec.python_source.editing.editor import PythonEditor
    from cnnspec.syntax import tree

ARGUMENT = "from_logits"


class PythonLoss:
    """A loss as it is written: loss="mse", or loss=losses.BinaryCrossentropy(from_logits=True). `place`: its value's, its
    argument's, or that of the call which it is an argument of."""

    def __init__(self, editor: PythonEditor, place: tree.Node) -> None:
        self.editor = editor
        value = editor.parsed.find_value(place, "loss")
        if value is None:
            raise Inexpressible
        self.value = value

    def rename(self, word: str) -> list[Edit]:
        """Another loss, with the arguments that are given; `word` as Keras writes it in a text."""
        value, parsed = self.value, self.editor.parsed
        start, end = parsed.find_stretch(value)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            quote = self.editor.text[start]
            return self.editor.make([(start, end, f"{quote}{word}{quote}")])
        name = value.func if isinstance(value, ast.Call) else value
        if not isinstance(name, ast.Attribute):  # what is imported is not known to have the other
            raise Inexpressible
        end = parsed.find_stretch(name)[1]
        wanted = word if name.attr.islower() else "".join([part.capitalize() for part in word.split("_")])
        return self.editor.make([(end - len(name.attr), end, wanted)])

    def set_from_logits(self, wanted: bool) -> list[Edit]:
        """The loss with from_logits=True, or without it."""
        if not isinstance(self.value, ast.Call):
            raise Inexpressible
        written = WrittenArguments(self.editor.parsed, self.value)
        given = written.find(ARGUMENT, (ARGUMENT,))
        if given is None:
            return self.editor.make(written.append(f"{ARGUMENT}=True") if wanted else [])
        if not is_literal(written.find_value(given)):
            raise Inexpressible
        if not wanted and written.may_go(given):
            return self.editor.make([written.drop(given)])
        return self.editor.make([written.write_value(given, str(wanted))])
