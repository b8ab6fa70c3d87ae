"""Writes in a Python text what `cnnspec.lint.fix.edits.Editor` writes in a spec, as far as it is one argument or one layer."""

from __future__ import annotations

import ast
from contextlib import suppress

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Source, Span
from cnnspec.layers.argument import Term, same_on_every_axis
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.project import apply_edits
from cnnspec.lint.fix.spelling import Raw, spell
from cnnspec.python_source.comments import find_comments
from cnnspec.python_source.editing.arguments import WrittenArguments, is_literal
from cnnspec.python_source.editing.cell_text import find_cell
from cnnspec.python_source.editing.layers import drop_layer
from cnnspec.python_source.editing.parsed import ParsedText, can_parse
from cnnspec.python_source.keras.arguments import find_signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Layer, Shape
    from cnnspec.python_source.editing.arguments import Change
    from cnnspec.python_source.editing.losses import PythonLoss
    from cnnspec.syntax import tree

    Inputs = tuple[Shape, ...] | None

LEFT_OUT: Any = object()  # in the place of an argument's value


class PythonEditor:
    """Writes in one text of a file: the whole of it, or a cell of a notebook. Inexpressible for a text that Python cannot parse,
    and for a cell that does not stand in the notebook as it was read."""

    def __init__(self, source: Source, file: Source) -> None:
        self.source, self.text, self._file = source, source.text, file
        self._cell = find_cell(file.text, source.cell) if source.cell else None
        if source.cell and self._cell is None:
            raise Inexpressible
        try:
            self.parsed = ParsedText(source)
        except SyntaxError:
            raise Inexpressible from None
        self.comments = tuple(find_comments(source))
        self._quote = '"' if self.text.count('"') >= self.text.count("'") else "'"

    def edit(self, start: int, end: int, text: str) -> Edit:
        """A change of the text, as one of its file."""
        if self._cell is None:
            return Edit(Span(self._file, start, end), text)
        start, end, text = self._cell.make_change(self._find_in_cell(start), self._find_in_cell(end), text)
        return Edit(Span(self._file, start, end), text)

    def _find_in_cell(self, at: int) -> int:
        """A place of the text as one of the cell as it is written: the same one of its line, of which magics have other texts."""
        assert self._cell is not None
        (line, column), cell = self.source.position(at), Source("", self._cell.text)
        if cell.text.count("\n") != self.text.count("\n") or cell.line(line) != self.source.line(line):
            raise Inexpressible
        return cell.offset(line, column)

    def set(self, node: tree.Node, layer: Layer, values: dict[str, Any], inputs: Inputs) -> list[Edit]:
        """The call that makes a layer with other arguments, by their canonical names. Inexpressible where a value that would
        change is not written out in the call, and where no one Keras layer is meant."""
        call = self._find_call(node)
        written = WrittenArguments(self.parsed, call)
        signature = find_signature(f"keras.layers.{self.parsed.name_callee(call)}")  # None: a function, a partial
        changes: list[Change] = []
        added: list[str] = []
        for name, value in find_changes(layer, values, inputs).items():
            if signature is not None and not signature.takes(name):
                raise Inexpressible
            default = signature.defaults.get(name) if signature is not None else find_default(layer, name)
            given = written.find(name, signature.positional if signature is not None else ())
            if given is not None:
                changes.append(self._change(written, given, value, default))
            elif value is not LEFT_OUT or signature is None:
                added.append(f"{name}={self._spell(default if value is LEFT_OUT else value)}")
        if added:
            changes += written.append(", ".join(added))
        return self.make(changes)

    def find_loss(self, node: tree.Node) -> PythonLoss:
        """The loss that is written at a place. Inexpressible where that is no call and no text."""
        from cnnspec.python_source.editing.losses import PythonLoss

        return PythonLoss(self, node)

    def drop(self, node: tree.Node) -> list[Edit]:
        """The text without a layer."""
        return self.make(drop_layer(self.parsed, self._find_call(node)))

    def make(self, changes: list[Change]) -> list[Edit]:
        """Changes of the text as edits of its file. Inexpressible where Python could not parse what they leave."""
        left = apply_edits(self.text, [Edit(Span(self.source, start, end), text) for start, end, text in changes])
        if left is None or not can_parse(left):
            raise Inexpressible
        return [self.edit(*change) for change in changes]

    def _find_call(self, node: tree.Node) -> ast.Call:
        call = self.parsed.find_call(node)
        if call is None:
            raise Inexpressible
        return call

    def _change(self, written: WrittenArguments, given: ast.AST, value: Any, default: Any) -> Change:
        """An argument with another value, or without it where that is the default."""
        now = written.find_value(given)
        if not is_literal(now):
            raise Inexpressible
        if value is LEFT_OUT and written.may_go(given):
            with suppress(Inexpressible):
                return written.drop(given)
        value = default if value is LEFT_OUT else value
        if isinstance(now, (ast.Tuple, ast.List)):
            return written.write_value(
                given, self._spell((value,) * len(now.elts) if isinstance(value, int) else value, False)
            )
        return written.write_value(given, self._spell(value))

    def _spell(self, value: Any, short: bool = True) -> str:
        """A value as Python writes it; `short`: one number where sizes are equal along all axes."""
        if isinstance(value, Term):
            raise Inexpressible
        return spell(same_on_every_axis(value) if short else value, True, self._quote)


def find_changes(layer: Layer, values: dict[str, Any], inputs: Inputs) -> dict[str, Any]:
    """What differs between the Keras layers that a layer is on its inputs, as it is and with other arguments: the new values
    by Keras's names. Inexpressible where either is several Keras layers, or none."""
    if inputs is None or any(isinstance(value, Raw) for value in values.values()):
        raise Inexpressible
    made = layer.replace(**{name: layer.arguments[name].kind(value) for name, value in values.items()})
    if made.problem(inputs) is not None or made.keras_problem(inputs) is not None:
        raise Inexpressible
    calls = (*layer.keras(inputs), *made.keras(inputs))  # the layer as it is may be refused
    if len(calls) != 2 or calls[0].name != calls[1].name or calls[0].around or calls[1].around:
        raise Inexpressible
    was, wanted = [call.arguments for call in calls]
    pairs = {name: (was.get(name, LEFT_OUT), wanted.get(name, LEFT_OUT)) for name in {**was, **wanted}}
    return {name: new for name, (old, new) in pairs.items() if old != new}


def find_default(layer: Layer, name: str) -> Any:
    """What a layer's argument, by Keras's name, is where it is left out."""
    return next((a.record_default for own, a in layer.arguments.items() if name in (own, a.keras)), None)
