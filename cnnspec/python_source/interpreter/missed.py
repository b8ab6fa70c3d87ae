"""Methods that a source calls somewhere, where the call was not followed: in a function that nobody calls, of what is not known."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Site
    from cnnspec.python_source.interpreter.interpreter import Interpreter
    from cnnspec.python_source.parts import Part

HOLDING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)  # which are run at another time
OTHER_OWNERS = ("re", "regex")  # modules that have functions called as methods are


def may_be_missed(it: Interpreter, method: str, site: Site) -> bool:
    """Whether a method may have been called before what stands at a site, though no call of it was followed: it is named in a
    place that was not followed, and that does not surely come later."""
    first = site.steps[0].site if site.steps else site
    main = it.modules.known.get("__main__")
    places = {id(part.source): number for number, part in enumerate(main.parts if main is not None else [])}
    here = places.get(id(first.source), -1)
    for part in it.modules.parts:
        there = places.get(id(part.source), -1)
        for node, held in _list_mentions(part, method):
            behind = there > here >= 0
            if there == here >= 0:
                behind = part.written.find_stretch(node)[0] > first.node.start
            if id(node) not in it.called and (held or not behind):
                return True
    return False


def _list_mentions(part: Part, method: str) -> Iterator[tuple[ast.AST, bool]]:
    """Where a method is named, and whether in a function or class."""
    waiting: list[tuple[ast.AST, bool]] = [(part.tree, False)]
    while waiting:
        node, held = waiting.pop()
        named = node.attr if isinstance(node, ast.Attribute) else node.value if isinstance(node, ast.Constant) else None
        owner = node.value if isinstance(node, ast.Attribute) else None
        if named == method and not (isinstance(owner, ast.Name) and owner.id in OTHER_OWNERS):
            yield node, held
        held = held or isinstance(node, HOLDING)
        waiting += [(child, held) for child in ast.iter_child_nodes(node)]
