"""Whether a text that was only written otherwise still means the same: the same networks, and the same mistakes."""

from __future__ import annotations

from collections import Counter

from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.lint.fix.behaviour import same_graph
from cnnspec.lint.fix.unchanged import settings_of
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read


MOST_LAYERS = 20_000  # of a network that is built to be compared; of a larger one its beginning is


def keeps(old: Source, new: Source, used: Read = read) -> bool:
    """Whether two texts of a file build the same networks, layer by layer, with the same mistakes."""
    trees = parse(old), parse(new)
    if trees[0].diagnostics or trees[1].diagnostics:
        return False
    before, after = (elaborate(tree, used, max_layers=MOST_LAYERS) for tree in trees)
    return len(before) == len(after) and all(
        one.graph.name == other.graph.name
        and Counter([e.code for e in one.errors]) == Counter([e.code for e in other.errors])
        and settings_of(one.train) == settings_of(other.train)
        and same_graph(one.graph, other.graph)
        for one, other in zip(before, after, strict=True)
    )
