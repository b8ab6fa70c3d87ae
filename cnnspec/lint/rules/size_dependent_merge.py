"""E115 size-dependent-merge: of an input of unknown size, a merge takes some sizes alone.

An input that is written `?` promises any size. Where a branch halves a map and doubles it again, and meets what it left,
that holds for even sizes alone; an odd one is refused when the model runs. The sizes at which all merges agree are
exact; a merge at which no size is left is an error. `cnnspec sizes` adds what each layer needs at least.

Source: Ronneberger et al. 2015, section 2: "it is important to select the input tile size such that all 2x2
max-pooling operations are applied to a layer with an even x- and y-size".

Bad:

    input ?x?x8
    add(in, maxpool(2x2) -> upsample(2))

Good:

    input ?x?x8
    add(in, maxpool(2x2, stride=1, padding=same))
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, Diagnostic, Note
from cnnspec.base.size import Size
from cnnspec.elaborate.report import trail
from cnnspec.layers.base import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.lint.context import Context
    from cnnspec.sizes.merge_sizes import Agreement

CODE = "E115"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("an unknown size",)
AFTER = "R307"  # where centres lie apart at a merge comes first
SHOWN = 3  # merges that are shown


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    if not any(isinstance(n, Size) for i in graph.inputs for n in graph.nodes[i].shape or ()):
        return
    from cnnspec.sizes.merge_sizes import find_agreements

    asked = list(find_agreements(context.facts))
    if asked and asked[-1].none_left is not None:
        yield impossible(asked.pop(), context)
    told: set[str] = set()
    for index in graph.inputs:  # each has its own unknowns, and may share some with those before
        told |= unknowns(graph.nodes[index].shape or ())
        here = [found for found in asked if found.names() <= told]
        asked = [found for found in asked if found not in here]
        if here:
            yield some_sizes(graph.nodes[index], here, context)


def unknowns(shape: Shape) -> set[str]:
    return set().union(*[n.names() for n in shape if isinstance(n, Size)])


def some_sizes(node: Node, asked: list[Agreement], context: Context) -> Diagnostic:
    """Of an input: which of its sizes the merges take."""
    from cnnspec.base.join_words import join_words
    from cnnspec.sizes.merge_sizes import drop_too_small
    from cnnspec.sizes.size_words import describe_set

    left = {name: sizes for found in asked for name, sizes in found.sizes.items()}  # the last is what is left
    sizes = drop_too_small(left, context.facts)
    alike: dict[str, list[str]] = {}
    for name, of_name in sizes.items():
        alike.setdefault(describe_set(of_name), []).append(name)
    parts = [f"for these {join_words(names)}: {words}" for words, names in alike.items()]
    equations = [f"{a} = {b}" for found in asked for a, b in found.equations]
    if equations:
        parts.insert(0, "where " + join_words(equations))
    merges = [found.node.name for found in asked]
    shown = merges if len(merges) <= SHOWN else [*merges[:SHOWN], f"{len(merges) - SHOWN} more"]
    message = f"the inputs of {join_words(shown)} agree only {', and '.join(parts)}"
    help = "give sizes that are always equal one name: input SxSx3" if node.site.in_spec else "give the input a size"
    if sizes:
        help = "bring what enters to such a size, or give the input one; `cnnspec sizes` tells what else limits it"
    places = {found.node.site.span: found for found in reversed(asked)}  # a block that is called often stands once
    notes = [Note(meeting(found, context), span) for span, found in reversed(places.items())]
    return Diagnostic(CODE, message, node.site.span, help, tuple(notes[:SHOWN]), INFO)


def meeting(found: Agreement, context: Context) -> str:
    """The shapes that meet in a merge."""
    shapes = dict.fromkeys(map(show_shape, context.facts.inputs_of(found.node.index) or ()))
    return f"{found.node.name} gets {' and '.join(shapes)}"


def impossible(found: Agreement, context: Context) -> Diagnostic:
    """Of a merge that leaves an unknown no size."""
    from cnnspec.sizes.merge_sizes import drop_too_small
    from cnnspec.sizes.size_words import describe_set

    name = found.none_left or ""
    message = f"{found.node.name}'s inputs agree for no {name} for which those of the merges before do"
    if name not in found.before:
        message = f"{found.node.name}'s inputs agree for no {name}"
    help = "give the branches the same strides, or padding=same"
    if name in found.before:
        before = drop_too_small({name: found.before[name]}, context.facts)
        help += f"; the merges before agree for these {name}: {describe_set(before[name])}"
    notes = (Note(meeting(found, context)), *trail(found.node.site))
    return Diagnostic("E102", message, found.node.site.span, help, notes, ERROR)
