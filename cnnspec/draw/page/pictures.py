"""The pictures of a page: the network with its blocks folded in the ways that a reader asks for, each laid out once.

A picture is told by the paths of its open blocks. From the first picture on, one block is opened or closed at a time, those that
take fewest clicks first, until the page has as many pictures as it may hold. Where one is missing, the page shows the
nearest that has what was asked for.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.draw.flow.flow import draw_outline
from cnnspec.draw.outline.opened import walk_keys
from cnnspec.draw.outline.outline import ALL, count_seen, find_depth, find_outline, find_tree, see_tree
from cnnspec.draw.outline.parts import Group as PartGroup
from cnnspec.pictures.drawing import Group
from cnnspec.pictures.svg import find_colors, write_style, write_svg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from cnnspec.draw.outline.parts import Part
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Drawing, Shape

    State = frozenset[str]

MOST_PICTURES = 40
MOST_LEVELS = 6
MOST_BOXES = 600  # of a picture that nobody asked for
MOST_GROUPS = 2_500  # of all pictures of a page together: boxes, edges, open blocks
STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)
ID = re.compile(r'<g id="[^"]*"')


class PagePicture(Record):
    """One picture: the paths of its open blocks, and its SVG without a style of its own."""

    open: tuple[str, ...]
    svg: str


class Pictures(Record):
    """The pictures of a network, that which is seen first before the others, and the style of all. `levels`: the numbers of those
    that are open so many blocks deep, from all closed to all open."""

    pictures: tuple[PagePicture, ...]
    levels: tuple[int, ...]
    style: str


def draw_pictures(network: AnalysedNetwork, question: DrawQuestion) -> Pictures:
    """The pictures of a network. Raises as `find_outline` where the first is too large, or nothing has a name."""
    tree = find_tree(network)
    first = find_outline(network, question.depth, question.expanded)
    levels = [see_tree(network.graph, tree, depth, frozenset()) for depth in find_depths(tree)]
    outlines = {outline.open: outline for outline in (first, *levels)} | {first.open: first}
    groups = {key for key, part in walk_keys(tree) if isinstance(part, PartGroup)}
    made: dict[State, Drawing] = {}
    held = 0
    for state in (waiting := [*outlines]):
        outline = outlines[state] if state in outlines else see_tree(network.graph, tree, 0, state)
        if outline.open in made:
            continue
        drawing = made[outline.open] = draw_outline(network, outline, question)
        held += count_groups(drawing.shapes) if outline is not first else 0
        if held < MOST_GROUPS:
            others = [other for other in find_neighbours(drawing, outline.open, groups) if other not in waiting]
            waiting += [other for other in others if count_seen(tree, 0, other) <= MOST_BOXES]
        if len(made) >= MOST_PICTURES or held > MOST_GROUPS:
            break
    colors = {"paper"} | {
        color for drawing in made.values() for shape in drawing.shapes for color in find_colors(shape)
    }
    pictures = [PagePicture(tuple(sorted(state)), write_bare(drawing)) for state, drawing in made.items()]
    numbers = [[*made].index(state) for state in dict.fromkeys([one.open for one in levels]) if state in made]
    return Pictures(tuple(pictures), tuple(numbers), write_style(sorted(colors)))


def write_bare(drawing: Drawing) -> str:
    """A picture without its style, which the page has once for all, and its ids, which a page of several networks would have twice."""
    return ID.sub("<g", STYLE.sub("", write_svg(drawing))).rstrip()


# ---- which pictures there are ------------------------------------------------------------------------------------
def find_depths(tree: Sequence[Part]) -> list[int]:
    """The depths of which a page has a picture."""
    depths = [*range(min(find_depth(tree), MOST_LEVELS) + 1), ALL]
    return [depth for depth in depths if count_seen(tree, depth, frozenset()) <= MOST_BOXES]


def find_neighbours(drawing: Drawing, state: State, groups: Set[str]) -> Iterator[State]:
    """The pictures that are one click away: with a closed block opened or a repeat unfolded, with an open block closed. `groups`
    are the paths of all blocks: those that hold what is opened are open, too."""
    for path in find_paths(drawing, "fold"):
        yield state | {path} | {outer for outer in groups if is_within(path, outer) and outer != path}
    for path in find_paths(drawing, "group"):
        yield frozenset([one for one in state if not is_within(one, path)])


def is_within(path: str, outer: str) -> bool:
    """Whether a block is another, or stands in it."""
    return path == outer or path.startswith(f"{outer}.")


def find_paths(drawing: Drawing, kind: str) -> list[str]:
    """The paths of all groups with a class: "fold", "group"."""
    return [dict(g.data)["path"] for g in find_groups(drawing.shapes) if kind in g.classes and "path" in dict(g.data)]


def find_groups(shapes: Iterable[Shape]) -> Iterator[Group]:
    """The groups among shapes, and those within them."""
    for shape in shapes:
        if isinstance(shape, Group):
            yield shape
            yield from find_groups(shape.shapes)


def count_groups(shapes: Iterable[Shape]) -> int:
    return sum([1 for _ in find_groups(shapes)])
