"""Where the arguments of compile and fit stand, as places of settings and of mistakes."""

from __future__ import annotations

from cnnspec.graph import Setting, Site
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.values import Call


def find_argument(call: Call, position: int | None, name: str) -> tuple[ast.AST, ast.AST] | None:
    """The argument of a call as it is written there, `name=` with it, and its value alone; None where it is not: in
    `compile(**settings)` it has no place of its own."""
    import ast

    node = call.node
    if not isinstance(node, ast.Call):
        return None
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword, keyword.value
    if position is not None and position < len(node.args):
        written = node.args[: position + 1]
        if not any([isinstance(argument, ast.Starred) for argument in written]):
            return written[-1], written[-1]
    return None


def make_setting(key: str, value: Any, call: Call, position: int | None, name: str) -> Setting:
    """A setting of a train section that an argument of a call gives."""
    site, found = call.site, find_argument(call, position, name)
    written = call.machine.written
    start, end = (site.node.start, site.node.end) if found is None else written.find_stretch(found[0])
    inner = tree.Bad(start, end) if found is None else written.make_node(found[1])
    node = tree.Assign(start, end, tree.Name(start, start + len(name) if end > start else start, key), inner)
    return Setting(value, site.replace(node=node))


def find_stretch(
    call: Call, position: int | None, name: str, item: int | None = None, key: bool = False
) -> tuple[int, int] | None:
    """Where the value of an argument stands, or one of the items that are written in it: of a dict its value, or its `key`."""
    import ast

    found = find_argument(call, position, name)
    if found is None:
        return None
    value = found[1]
    if item is not None and isinstance(value, (ast.List, ast.Tuple)) and item < len(value.elts):
        value = value.elts[item]
    elif item is not None and isinstance(value, ast.Dict) and item < len(value.keys) and None not in value.keys:
        value = (value.keys if key else value.values)[item] or value
    return call.machine.written.find_stretch(value)


def find_item(call: Call, position: int | None, name: str, item: int) -> tuple[int, int] | None:
    """Where one of the items of an argument is written, as one of a list or tuple; None where it is not."""
    import ast

    found = find_argument(call, position, name)
    items = found[1].elts if found is not None and isinstance(found[1], (ast.List, ast.Tuple)) else []
    if item >= len(items) or any([isinstance(one, ast.Starred) for one in items]):
        return None
    return call.machine.written.find_stretch(items[item])


def move_setting(key: str, value: Any, site: Site) -> Setting:
    """A setting that another call gives, such as dataset.batch(32)."""
    start, end = site.node.start, site.node.end
    node = tree.Assign(start, end, tree.Name(start, end, key), tree.Bad(start, end))
    return Setting(value, site.replace(node=node))
