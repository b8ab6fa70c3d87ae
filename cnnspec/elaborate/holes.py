"""Holes: places for numbers that are to be found, conv(?, 3x3). They are parameters of the network, without a default.

A hole is called ?a as it is written, those without a name ?1, ?2, … in the order of the text. One hole is one number, however
often its block is called or its loop runs; and so are holes of one name.
"""

from __future__ import annotations

from cnnspec.base.join_words import join_words
from cnnspec.elaborate.values import UNKNOWN, read_parameter
from cnnspec.graph import Site
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cnnspec.elaborate.choices import Choices
    from cnnspec.elaborate.network_builder import NetworkBuilder
    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.values import Scope

SHOWN = 5  # holes that a sentence names


class Holes:
    """The holes of a text, by their names in its order, and what fills them. Those of a train section are none of a network's."""

    def __init__(self, parsed: tree.Tree | None, given: Mapping[str, Any]) -> None:
        self.source = parsed.source if parsed is not None else None
        self.given = {name: read_parameter(value) for name, value in given.items() if value is not UNKNOWN}
        items = parsed.body.items if parsed is not None else ()
        self.items = [item for item in items if not isinstance(item, tree.Train)]
        self.named = {
            item.name.text: item for item in self.items if isinstance(item, (tree.Block, tree.Assign, tree.Shared))
        }
        self.by_name: dict[str, list[tree.Hole]] = {}
        self.names: dict[int, str] = {}  # by the places of the holes
        self.refused: set[bool] = set()  # whether one that cannot be filled is reported, here or in another file
        if self.source is not None and "?" in self.source.text:
            self._find()

    def _find(self) -> None:
        parts = [part for item in self.items for part in tree.walk_outside(item, tree.Values)]
        found = [part for part in parts if isinstance(part, tree.Hole)]
        number = 0
        for hole in sorted(found, key=lambda hole: hole.start):
            if hole.name.isdecimal():  # which is how those without a name are called
                continue
            number += not hole.name
            name = f"?{hole.name or number}"
            self.by_name.setdefault(name, []).append(hole)
            self.names[hole.start] = name

    def evaluate(self, node: tree.Hole, scope: Scope, report: Report) -> Any:
        """The number that fills a hole. That there is none is said once, of the network."""
        here = scope.source is self.source
        if here and node.start in self.names:
            return self.given.get(self.names[node.start], UNKNOWN)
        if node.name.isdecimal():
            message = f"?{node.name} is what a hole without a name is called"
            return report.error("E012", node, scope, message, "write ?, or a name that begins with a letter: ?a")
        if here in self.refused:
            return UNKNOWN
        self.refused.add(here)
        message = "this hole cannot be filled: holes stand in a network, or in the blocks and constants of its file"
        other = self.source is not None and not here
        help = "give the block a parameter, and write the hole where it is called" if other else "write a number"
        return report.error("E012", node, scope, message, help)

    def list_used(self, item: tree.Model | None) -> list[str]:
        """The holes that a model reaches, by the names of blocks and constants; without one, those of the whole file."""
        if item is None or not self.by_name:
            return [*self.by_name]
        queue: list[tree.Node] = [item]
        reached, found = {id(item)}, set[int]()
        while queue:
            for part in tree.walk(queue.pop()):
                if isinstance(part, tree.Hole):
                    found.add(part.start)
                elif isinstance(part, tree.Name) and id(self.named.get(part.text, item)) not in reached:
                    reached.add(id(self.named[part.text]))
                    queue.append(self.named[part.text])
        used = {self.names[start] for start in found if start in self.names}
        return sorted(used, key=lambda name: self.by_name[name][0].start)


def bind_holes(builder: NetworkBuilder, holes: Holes, item: tree.Model | None, scope: Scope) -> None:
    """Make parameters of the holes of a network; those that nothing fills are one error."""
    names = holes.list_used(item)
    for name in names:
        builder.graph.parameters[name] = holes.given.get(name, UNKNOWN)
    missing = [name for name in names if name not in holes.given]
    if missing:
        some = missing if len(missing) <= SHOWN else [*missing[: SHOWN - 1], f"{len(missing) - SHOWN + 1:,} more"]
        what = f"a hole, {missing[0]}" if len(missing) == 1 else f"{len(missing):,} holes: {join_words(some)}"
        builder.report.error(
            "E011",
            holes.by_name[missing[0]][0],
            scope,
            f"the network has {what}",
            f"holes are filled by `cnnspec solve`, or give a number: --set {missing[0]}=…",
            sure=True,
        )


def bind_choices(builder: NetworkBuilder, holes: Holes, item: tree.Model | None, scope: Scope) -> None:
    """Note the values that make sense for the parameters and holes of a network; what is wrong with them is reported. `scope`:
    the file's, since they are the same whatever the parameters are."""
    parameters = {parameter.name.text for parameter in item.parameters} if item is not None else set()
    for name, place, values in find_values(holes, item):
        from cnnspec.elaborate.choices import BadChoices

        try:
            choices = read(builder, values, parameters, scope)
            before = builder.graph.choices.get(name)
            if choices is not None and before is not None and before.parts != choices.parts:
                message = f"{name} has other values above: {before.text}"
                raise BadChoices(message, values, "one hole is one number: write its values once")
        except BadChoices as bad:
            builder.report.error(bad.code, bad.node, scope, bad.message, bad.help)
            continue
        if choices is not None:
            site = Site(scope.source, place, scope.path)
            builder.graph.choices[name] = choices.replace(site=site, given=name in holes.given)


def find_values(holes: Holes, item: tree.Model | None) -> Iterator[tuple[str, tree.Node, tree.Values]]:
    """What stands behind `in`, by the parameters and holes of a network, with where these have their value."""
    for parameter in item.parameters if item is not None else ():
        if parameter.values is not None:
            default = None if parameter.name.text in holes.given else parameter.default
            yield parameter.name.text, default or parameter, parameter.values
    for name in holes.list_used(item):
        for hole in holes.by_name[name]:
            if hole.values is not None:
                yield name, hole, hole.values


def read(builder: NetworkBuilder, values: tree.Values, parameters: set[str], scope: Scope) -> Choices | None:
    """The values of one; None where a mistake is reported. Raises BadChoices."""
    from cnnspec.elaborate.choices import BadChoices, ChoiceReader

    for part in tree.walk(values):
        if isinstance(part, tree.Name) and part.text in parameters and scope.find(part.text) is None:
            message = f"{part.text} is a parameter, and these values are the same whatever the parameters are"
            raise BadChoices(message, part, "write a number, or a constant outside of the model")
    return ChoiceReader(builder.evaluator, scope).read(values)
