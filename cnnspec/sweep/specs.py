"""Candidates as specs: the text of the spec with the options that a candidate takes in the place of its defaults."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Source, Span
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.filling import find_fillings
from cnnspec.layers.base import show_shape
from cnnspec.lint.fix.project import apply_edits
from cnnspec.sweep.structure import INPUT, find_answer
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cnnspec.sweep.structure import Question


def write_spec(question: Question, parameters: Mapping[str, Any], folder: str) -> str:
    """The spec of a candidate, to stand in a folder that is there. It is analysed anew: ValueError where it comes to something
    else."""
    source = question.tree.source
    text = apply_edits(source.text, [*find_edits(question, parameters), *move_uses(question.tree, folder)])
    assert text is not None, "no two edits touch"
    written = parse(Source(os.path.join(folder, os.path.basename(source.name)), text))
    found = find_answer(question.replace(tree=written), {})
    if found.error is not None:
        raise ValueError(f"no spec can stand in {folder} by itself: {found.error.message}; {found.error.help}")
    if found.figures != find_answer(question, parameters).figures:
        raise ValueError(
            f"a candidate of {source.name} comes to something else as a text of its own: it was not written"
        )
    return text


def find_edits(question: Question, parameters: Mapping[str, Any]) -> Iterator[Edit]:
    """The parameters' values in the place of their defaults and holes, and the input's size in the place of its own."""
    source = question.tree.source
    yield from find_fillings(question.tree, parameters, question.model)
    if INPUT in parameters:
        (made,) = elaborate(question.tree, question.read, {}, question.max_layers, question.model)
        node: Any = made.graph.nodes[made.graph.inputs[0]].site.node
        shape = (*parameters[INPUT], question.channels)
        yield Edit(Span(source, node.shape.start, node.shape.end), show_shape(shape))


def move_uses(parsed: tree.Tree, folder: str) -> Iterator[Edit]:
    """The paths of the files that a spec uses, as they are from another folder."""
    here = os.path.dirname(os.path.abspath(parsed.source.name))
    for use in [item for item in parsed.body.items if isinstance(item, tree.Use)]:
        path = os.path.relpath(os.path.join(here, use.path.value), os.path.abspath(folder)).replace(os.sep, "/")
        yield Edit(Span(parsed.source, use.path.start, use.path.end), f'"{path}"')
