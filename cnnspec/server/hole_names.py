"""The names of holes, which are a file's own: where a hole of the same name stands, and whether it could have another."""

from __future__ import annotations

import re

from cnnspec.syntax import tree
from cnnspec.syntax.grammar import TERMINALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.specs import Spec


def list_same_holes(spec: Spec, at: int) -> list[tree.Name]:
    """The names of the holes that are one number with the one at an offset of a file, in order; none elsewhere, and of a hole
    without a name."""
    named = [name for name in list_hole_names(spec.parsed.body) if name.start - 1 <= at <= name.end]
    return [one for one in list_hole_names(spec.parsed.body) if one.text == named[0].text] if named else []


def list_hole_names(body: tree.Body) -> list[tree.Name]:
    """The names of all holes, without their signs."""
    holes = [node for node in tree.walk(body) if isinstance(node, tree.Hole) and node.name]
    return sorted(
        [tree.Name(one.start + 1, one.start + 1 + len(one.name), one.name) for one in holes],
        key=lambda name: name.start,
    )


def refuse_hole_name(new: str, names: list[tree.Name], spec: Spec) -> str:
    """Why a hole cannot be called so; "" where it can."""
    if spec.parsed.diagnostics:
        return "this file has syntax errors: mend them first"
    if not re.fullmatch(TERMINALS["NAME"], new):
        return f'"{new}" is no name: letters, digits and _ make one, and no digit comes first'
    if re.match(TERMINALS["SHAPE"], f"?{new}"):
        return f"?{new} is a shape: choose another"
    if new != names[0].text and new in [name.text for name in list_hole_names(spec.parsed.body)]:
        return f"there is a hole ?{new}, and equal names are equal numbers: choose another"
    return ""
