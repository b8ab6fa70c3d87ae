"""Names of one text: where each is bound, and where else it is meant.

Names are looked up in the tree, outward from the innermost body, as the language looks them up when a network is built.
"""

from __future__ import annotations

from bisect import bisect_right

from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set

MOST_CONSTANTS = 20  # that stand for one another before a block is met


# ---- looking up ----------------------------------------------------------------------------------------------
class Names:
    """The names of a text and what binds each; what a body binds is worked out once. `find_used` gives the block of another
    file that a name of a `use` means."""

    def __init__(
        self, body: tree.Body, find_used: Callable[[tree.Name], tree.Block | None] = lambda bound: None
    ) -> None:
        self.body, self._find_used = body, find_used
        self.blocks = {id(item.name): item for item in body.items if isinstance(item, tree.Block)}
        self.models = {id(item.name) for item in body.items if isinstance(item, tree.Model)}  # names that nothing means
        self.constants = {id(item.name): item.value for item in tree.walk(body) if isinstance(item, tree.Assign)}
        self._bound: dict[int, dict[str, tree.Name]] = {}  # by the bodies' identities
        self._starts: dict[int, list[int]] = {}
        self._named: dict[int, set[int]] = {}  # the tensors that loops name
        self._bodies: dict[int, list[tree.Body]] = {}  # in statements

    def look_up(self, name: str, at: int, body: tree.Body | None = None) -> tree.Name | None:
        """The name that binds a word at an offset: in the innermost of the bodies around it that binds it."""
        body = self.body if body is None else body
        inner = self._find_item(body, at)
        for part in self._list_bodies(inner):
            if part.start <= at <= part.end:
                found = self.look_up(name, at, part)
                if found is not None and found is self._list_bound(part).get(name) and self._passes(found, inner):
                    return self._list_bound(body)[name]  # what either side, or any turn, names is one thing behind it
                if found is not None:
                    return found
        own = list_own(inner, at)
        return next((one for one in own if one.text == name), None) or self._list_bound(body).get(name)

    def find_bound(self, at: int) -> tree.Name | None:
        """The name that binds what stands at an offset; None where no name does, or one that nothing in the text binds."""
        touched = {name.text for name in list_names(self.body) if name.start <= at <= name.end}
        meanings = self.list_meanings(touched)
        return next((bound for name, bound in meanings if name.start <= at <= name.end), None)

    def list_meanings(self, texts: Set[str]) -> Iterator[tuple[tree.Name, tree.Name]]:
        """Every name of these that something binds, with the name that binds it; a binding name with itself. The name of an
        argument is bound by the block's parameter, which may stand in another file."""
        labels: set[int] = set()
        for node in tree.walk(self.body):
            if isinstance(node, tree.Call):
                for argument in node.arguments:
                    if argument.name is not None:
                        labels.add(id(argument.name))
                        bound = (
                            self._find_parameter(node.function, argument.name) if argument.name.text in texts else None
                        )
                        if bound is not None:
                            yield argument.name, bound
            elif isinstance(node, tree.Attribute):
                labels.add(id(node.name))
            elif isinstance(node, tree.Limit):
                labels.add(id(node.quantity))
            elif isinstance(node, tree.Train):
                labels.update([id(item.name) for item in node.body.items if isinstance(item, tree.Assign)])
        for name in list_names(self.body):
            if name.text in texts and id(name) not in labels:
                bound = name if id(name) in self.models else self.look_up(name.text, name.start)
                if bound is not None:
                    yield name, bound

    def find_block(self, function: tree.Node, most: int = MOST_CONSTANTS) -> tree.Block | None:
        """The block that is called by a name; a constant may stand for it."""
        bound = self.look_up(function.text, function.start) if isinstance(function, tree.Name) else None
        if bound is None:
            return None
        value = self.constants.get(id(bound))
        if value is not None:
            return self.find_block(value, most - 1) if most else None
        return self.blocks.get(id(bound)) or self._find_used(bound)

    def _find_parameter(self, function: tree.Node, name: tree.Name) -> tree.Name | None:
        """The parameter of a block that an argument of its call is for."""
        block = self.find_block(function)
        own = [parameter.name for parameter in block.parameters] if block is not None else []
        return next((one for one in own if one.text == name.text), None)

    def _passes(self, name: tree.Name, item: tree.Node | None) -> bool:
        """Whether what a statement binds in its body holds behind it: by a side of a condition, or as a loop's tensor."""
        if isinstance(item, tree.Loop) and id(item) not in self._named:
            self._named[id(item)] = {id(one) for one in list_named(item)}
        return isinstance(item, tree.Branch) or id(name) in self._named.get(id(item), ())

    def _list_bodies(self, item: tree.Node | None) -> list[tree.Body]:
        """The bodies in a statement in which names may hold."""
        if item is None or isinstance(item, tree.Train):
            return []
        if id(item) not in self._bodies:
            self._bodies[id(item)] = list_bodies(item)
        return self._bodies[id(item)]

    def _find_item(self, body: tree.Body, at: int) -> tree.Node | None:
        """The statement of a body that an offset is in, or at the end of."""
        if id(body) not in self._starts:
            self._starts[id(body)] = [item.start for item in body.items]
        number = bisect_right(self._starts[id(body)], at) - 1
        return body.items[number] if number >= 0 and at <= body.items[number].end else None

    def _list_bound(self, body: tree.Body) -> dict[str, tree.Name]:
        if id(body) not in self._bound:
            table: dict[str, tree.Name] = {}
            for name in list_bound(body):
                table.setdefault(name.text, name)
            self._bound[id(body)] = table
        return self._bound[id(body)]


def list_names(body: tree.Body) -> Iterator[tree.Name]:
    return (node for node in tree.walk(body) if isinstance(node, tree.Name))


def list_bodies(item: tree.Node) -> list[tree.Body]:
    """The outermost bodies inside a statement, in the order of the text."""
    found = [part for part in tree.walk_outside(item, tree.Body) if isinstance(part, tree.Body)]
    return sorted(found, key=lambda body: body.start)


def list_own(item: tree.Node | None, at: int) -> list[tree.Name]:
    """The parameters, or the loop's names, of a statement that hold at an offset in it: not yet where it is named, in a
    parameter's own default, or in what a loop runs over."""
    if isinstance(item, (tree.Block, tree.Model)):
        return [one.name for one in item.parameters if at == one.name.start or one.end <= at]
    if isinstance(item, tree.Loop) and not item.iterable.start <= at <= item.iterable.end:
        return [*item.targets]
    return []


def list_bound(body: tree.Body) -> Iterator[tree.Name]:
    """The names that the statements of a body bind in it; those of a condition's sides hold behind it too, and a
    loop's tensors."""
    for item in body.items:
        if isinstance(item, (tree.Block, tree.Assign, tree.Shared)):
            yield item.name
        if isinstance(item, tree.Use):
            yield from item.names
        elif isinstance(item, tree.Branch):
            for side in list_bodies(item):
                yield from list_bound(side)
        elif not isinstance(item, (tree.Block, tree.Model, tree.Train)):
            yield from list_named(item)


def list_named(item: tree.Node) -> Iterator[tree.Name]:
    """The tensors that a statement names, but for those in braces, which hold there."""
    for part in tree.walk_outside(item, tree.Braces):
        if isinstance(part, (tree.Naming, tree.Input)) and part.name is not None:
            yield part.name
