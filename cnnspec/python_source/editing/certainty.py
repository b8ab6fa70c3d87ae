"""Whether a repair that leaves the models of a source as they are holds whatever values the source is run with.

A bias that a normalisation takes away may go where the one layer never comes without the other: where no condition stands
between them, and what is called is written down. Where the source handles weights by itself, those that it has may no longer
fit, so that nothing with fewer weights is certain.
"""

from __future__ import annotations

import ast
from functools import cached_property

from cnnspec.python_source.editing.arguments import is_literal
from cnnspec.python_source.editing.parsed import CONDITIONS, ParsedText
from cnnspec.python_source.keras.arguments import find_signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnspec.base.source import Source
    from cnnspec.graph import Graph, Node, Site
    from cnnspec.network import AnalysedNetwork

# Attributes of what handles weights, and so knows how many there are.
WEIGHTS = {"get_weights", "set_weights", "load_weights", "load_model", "restore", "bias"}


def is_certain(before: Sequence[AnalysedNetwork], after: Sequence[AnalysedNetwork], texts: Iterable[Source]) -> bool:
    """Whether the change from some networks to others holds whatever values the source, whose texts were these, is run with."""
    ways, pairs = Ways(), list(zip(before, after, strict=True))
    if any(one.facts.total.parameters != other.facts.total.parameters for one, other in pairs):
        if any(ways.handles_weights(text) for text in texts):
            return False
    return all(
        ways.are_together(first, second)
        for one, other in pairs
        for first, second in list_neighbours(one.graph, other.graph)
    )


def list_neighbours(one: Graph, other: Graph) -> Iterator[tuple[Node, Node]]:
    """The layers that a change rests on, each with its neighbour: one with other arguments with those that read it, one that
    went with what it read."""
    readers, at = one.consumers(), 0
    same_length = len(one.nodes) == len(other.nodes)
    for node in one.nodes:
        new = other.nodes[at] if at < len(other.nodes) else None
        if new is not None and (new.layer == node.layer or same_length):
            at += 1
            if new.layer != node.layer:
                yield from [(node, one.nodes[i]) for i in readers[node.index]]
        else:
            yield from [(one.nodes[i], node) for i in node.inputs if i not in one.inputs]


class Ways:
    """The ways through the texts of a source on which layers are made and used."""

    def __init__(self) -> None:
        self._known: dict[str, ScopedText | None] = {}

    def handles_weights(self, text: Source) -> bool:
        """Whether a text gives layers weights, or takes them."""
        parsed = self._find(text)
        return parsed is None or parsed.handles_weights

    def are_together(self, first: Node, second: Node) -> bool:
        """Whether two layers are always used one with the other, and the text says which they are."""
        if not all(self._is_written_out(node.written) for node in (first, second)):
            return False
        ways = [[*[step.site for step in node.site.steps], node.site] for node in (first, second)]
        steps = zip(*ways, strict=False)
        level = next((i for i, (one, other) in enumerate(steps) if one != other), 0)
        sites = [site for way in ways for site in way[level:]]
        text = self._find(sites[0].source)
        if text is None or any(site.source.name != sites[0].source.name for site in sites):
            return False  # whoever else calls it is not known
        found = [text.find_call(site.node) for site in sites]
        calls = [call for call in found if call is not None]
        if len(calls) < len(found):
            return False
        number = len(ways[0]) - level
        outer, inner = (calls[0], calls[number]), calls[1:number] + calls[number + 1 :]
        uses = [
            node.making is not None or len(way) > level + 1 for node, way in zip((first, second), ways, strict=True)
        ]
        placed = all(use or text.is_used_at_once(call) for use, call in zip(uses, outer, strict=True))
        return not text.has_condition_between(*outer, placed) and not any(map(text.has_conditions, inner))

    def _is_written_out(self, site: Site) -> bool:
        """Whether the text says which layer a call makes, and which function it ends in."""
        text = self._find(site.source)
        call = text.find_call(site.node) if text is not None else None
        return text is not None and call is not None and text.is_written_out(call)

    def _find(self, source: Source) -> ScopedText | None:
        """A text with its tree; None for one that Python cannot parse."""
        if source.name not in self._known:
            try:
                self._known[source.name] = ScopedText(source)
            except SyntaxError:
                self._known[source.name] = None
        return self._known[source.name]


class ScopedText(ParsedText):
    """A text, and the conditions in its functions and classes."""

    @cached_property
    def handles_weights(self) -> bool:
        return any(isinstance(node, ast.Attribute) and node.attr in WEIGHTS for node in ast.walk(self.module))

    def find_frame(self, call: ast.Call) -> ast.AST:
        """The function, or the module, that makes a layer; the class where its methods make and use it."""
        scope = self.find_scope(call)
        outer = self.find_scope(scope)
        return outer if isinstance(outer, ast.ClassDef) else scope

    def has_conditions(self, call: ast.Call) -> bool:
        """Whether there are any in the function that makes a layer."""
        return any(isinstance(node, CONDITIONS) for node in ast.walk(self.find_frame(call)))

    def has_condition_between(self, one: ast.Call, other: ast.Call, placed: bool) -> bool:
        """Whether one of two calls may come without the other, as far as the text says. Unless they are `placed` where
        their layers are used, these may be used anywhere in the function, or the class."""
        frames = [self.find_scope(call) if placed else self.find_frame(call) for call in (one, other)]
        if frames[0] is not frames[1]:
            return True
        start, end = 0, len(self.text)
        if placed:
            (start, end), (other_start, other_end) = self.find_stretch(one), self.find_stretch(other)
            start, end = min(start, other_start), max(end, other_end)
        for node in ast.walk(frames[0]):
            if isinstance(node, CONDITIONS):
                first, last = self.find_stretch(node)
                if first < end and last > start and not self._holds_both(node, one, other):
                    return True
        return False

    def _holds_both(self, condition: ast.AST, one: ast.Call, other: ast.Call) -> bool:
        """Whether two layers stand in one branch of a condition."""
        branches = [self._find_branch(condition, call) for call in (one, other)]
        return branches[0] is not None and branches[0] == branches[1]

    def _find_branch(self, condition: ast.AST, call: ast.Call) -> str | None:
        """The part of a condition that a call stands in: "body"."""
        inner: ast.AST = call
        for holder in self.walk_out(call):
            if holder is condition:
                parts = [(name, part) for name, part in ast.iter_fields(holder)]
                return next(
                    (name for name, part in parts if part is inner or isinstance(part, list) and inner in part), None
                )
            inner = holder
        return None

    def is_used_at_once(self, call: ast.Call) -> bool:
        """Whether a layer is used where it is made: Conv2D(8, 3)(x), model.add(Conv2D(8, 3)), [Conv2D(8, 3)]."""
        holder = next(part for part in self.walk_out(call) if not isinstance(part, (ast.List, ast.Tuple, ast.Starred)))
        return isinstance(holder, ast.Call)

    def is_written_out(self, call: ast.Call) -> bool:
        """Whether the text says which layer a call makes, and which function it ends in."""
        made = self._find_partial(call.func) if isinstance(call.func, ast.Name) else None
        calls = [call] if made is None else [call, made]
        name = self.name_callee(call) if made is None else self.name_origin(made.args[0]) if made.args else ""
        if find_signature(f"keras.layers.{name}") is None:
            return False
        keywords = [keyword for part in calls for keyword in part.keywords]
        return all(k.arg is not None and (k.arg != "activation" or is_literal(k.value)) for k in keywords)

    def _find_partial(self, name: ast.Name) -> ast.Call | None:
        """The call of `partial` that a name stands for."""
        values = self.assigned.get(name.id, [])
        value = values[0] if len(values) == 1 else None
        return value if isinstance(value, ast.Call) and self.name_callee(value) == "partial" else None
