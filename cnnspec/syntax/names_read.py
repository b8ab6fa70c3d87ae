"""Which names a part of a text reads, and does not bind itself."""

from __future__ import annotations

from cnnspec.syntax import tree

_LABELS: dict[type, set[str]] = {  # fields that hold a name and read none
    tree.Argument: {"name"},
    tree.Attribute: {"name"},
    tree.Naming: {"name"},
    tree.Assign: {"name"},
    tree.Shared: {"name"},
    tree.Input: {"name"},
    tree.Parameter: {"name"},
    tree.Block: {"name"},
    tree.Model: {"name"},
    tree.Loop: {"targets"},
    tree.Use: {"names"},
    tree.Limit: {"quantity"},
}


def reads(part: object) -> set[str]:
    """The names that a node, or several, reads from outside."""
    if isinstance(part, tree.Name):
        return {part.text}
    if isinstance(part, tuple):
        return set().union(*map(reads, part))
    if not isinstance(part, tree.Node):
        return set()
    labels = _LABELS.get(type(part), set())
    found = set().union(*[reads(getattr(part, field)) for field in part._fields if field not in labels])
    if isinstance(part, tree.Body):
        found -= {item.name.text for item in part.items if isinstance(item, (tree.Assign, tree.Shared))}
    elif isinstance(part, (tree.Block, tree.Model)):
        found -= {parameter.name.text for parameter in part.parameters}
    elif isinstance(part, tree.Loop):
        found -= {target.text for target in part.targets}
    return found


class Unread:
    """The constants of a body that nothing reads, or only each other: each with the names that it reads."""

    def __init__(self, body: tree.Body) -> None:
        bound: dict[str, set[str]] = {}
        read: set[str] = set()
        for item in body.items:
            if isinstance(item, (tree.Assign, tree.Shared)):
                bound.setdefault(item.name.text, set()).update(reads(item.value))
            else:
                read |= reads(item)
        queue = [name for name in bound if name in read]
        reached = set(queue)
        while queue:
            new = [name for name in bound[queue.pop()] if name in bound and name not in reached]
            reached.update(new)
            queue += new
        unread = bound.keys() - reached
        self.names = {name: bound[name] & unread - {name} for name in bound if name in unread}

    def ends(self) -> dict[str, list[str]]:
        """The unread names that no other unread name reads, of a circle the first; each with the names that it alone brings
        with it."""
        inner = set().union(*self.names.values()) if self.names else set()
        found: dict[str, list[str]] = {}
        covered: set[str] = set()
        for name in sorted(self.names, key=lambda name: name in inner):
            if name not in covered:
                brought = self.below(name)
                found[name] = [other for other in brought if other not in covered]
                covered.update([name, *brought])
        return found

    def below(self, name: str) -> list[str]:
        found, queue = {name: None}, [name]
        while queue:
            new = [other for other in self.names.get(queue.pop(), ()) if other not in found]
            found.update(dict.fromkeys(new))
            queue += new
        return sorted(found.keys() - {name}, key=list(self.names).index)
