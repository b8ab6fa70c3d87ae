"""R301 low-rf-coverage: a classifier that averages over the map has only seen small pieces of the image.

Behind a global pool the network sums up what each position has seen, and each has seen a receptive field. Where that
is less than 30 % of the image's side, nothing ever looks at the object as a whole; a pool or a stride widens the field
of all that follows. A hint only: networks of small fields (BagNet) do classify. Fewer than three layers with windows
are no network to judge yet.

Source: Convolutional Neural Networks, lecture 4, "Why pooling is a must"; Luo et al., "Understanding the effective
receptive field in deep CNNs" (2016): in practice the field is smaller still.

Bad:

    input 28x28x1
    conv(32, 3x3, activation=relu) -> conv(32, 3x3, activation=relu) -> conv(32, 3x3, activation=relu)
    gap -> dense(10)

Good:

    input 28x28x1
    conv(32, 3x3, activation=relu) -> maxpool(2x2) -> conv(32, 4x4, activation=relu) -> maxpool(2x2)
    conv(32, 3x3, activation=relu) -> gap -> dense(10)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.elaborate.report import trail
from cnnspec.lint.images import find_image_sizes, pointlike

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context

CODE = "R301"
SEVERITY = INFO
DEFAULT = True
SIZED = True
LOOKS_AT = ("a global pool",)
LEAST = 0.3  # of the image's side
LAYERS = 3  # with windows of more than one position


def check(context: Context) -> Iterator[Diagnostic]:
    image, pooled = find_image_sizes(context), globally_pooled(context)
    if image is None or not pooled or context.lengths is None:
        return
    paths = [path for last in pooled if (path := context.lengths[last.index]) is not None]
    if len(paths) < len(pooled) or any([ample([axis.most for axis in path], image) for path in paths]):
        return  # before the fields are worked out: none is smaller than its longest path
    if sum([any([w.kernel > 1 for w in windows]) for windows in context.facts.windows]) < LAYERS:
        return
    found: list[tuple[list[int], Node]] = []
    for last in pooled:
        if isinstance(seen := context.facts.fields[last.index], tuple):
            found.append(([axis.size for axis in seen], last))
    if len(found) < len(pooled) or any([ample(sizes, image) for sizes, _ in found]):
        return
    sizes, node = max(found, key=lambda pair: pair[0])
    field, share = "x".join(map(str, sizes)), percent(context.facts.coverage_of(node.index))
    message = (
        f"{node.name}, the last map, sees {field} of {'x'.join(map(str, image))} ({share}){estimate(node, context)}"
    )
    help = "a pool or a stride of 2 after a layer doubles what the following ones add"
    yield Diagnostic(CODE, message, node.site.span, help, trail(node.site), SEVERITY)


def ample(sizes: list[int], image: tuple[int, ...]) -> bool:
    """Whether a field is no small piece of the image, along some axis."""
    return any([size >= LEAST * n for size, n in zip(sizes, image, strict=True)])


def globally_pooled(context: Context) -> list[Node]:
    """The maps whose positions the network sums up by global pools before its end; none where it does otherwise."""
    graph, shapes = context.graph, context.facts.shapes
    found, waiting, met = [], list(graph.outputs), set()
    while waiting:
        index = waiting.pop()
        node = graph.nodes[index]
        if index in met:
            continue
        met.add(index)
        if node.layer is None or not pointlike(shapes[index]):
            return []
        maps = [i for i in node.inputs if not pointlike(shapes[i])]
        waiting += [i for i in node.inputs if pointlike(shapes[i])]
        for i in maps:
            kept = (shapes[index] or (0,))[-1] == (shapes[i] or (1,))[-1]
            if context.reaches[index] is not None or not kept or context.facts.weighty(index):
                return []
            found.append(graph.nodes[i])
    return found


def estimate(node: Node, context: Context) -> str:
    """The estimated effective field, where it is known."""
    routes = context.geometry.routes(True)[node.index]
    return "" if routes is None else f", about {'x'.join([f'{route.effective:.0f}' for route in routes])} effectively"
