"""W212 misread-size: a size of several axes that is written so that it is another.

A size for each axis is written 3x3 or (3, 3). 3*3 is the number 9, and so a kernel of 9x9; conv(32, 3, 3) has the kernel 3
and the stride 3, where Keras 1 meant three rows and three columns. Nothing is said of products that a name stands in, or
of more or fewer numbers than the input has axes; of a stride that is given by name; of even kernels that are their own
stride, as those of patches are, conv(768, 16, 16); and of pools, whose stride often is their size.

Source: Keras 1, "Convolution2D(nb_filter, nb_row, nb_col)"; Keras 2, "Conv2D(filters, kernel_size)".

Bad:

    input 32x32x3
    conv(16, 3*3, padding=same) -> relu -> gap -> dense(10)

Good:

    input 32x32x3
    conv(16, 3x3, padding=same) -> relu -> gap -> dense(10)
"""

from __future__ import annotations

from math import prod

from cnnspec.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.bind import given_arguments
from cnnspec.elaborate.meant import factors
from cnnspec.elaborate.reporting import trail
from cnnspec.layers.argument import EACH_AXIS
from cnnspec.rules.finding import indices
from cnnspec.syntax.tree import Arithmetic, Call, Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.graph import Node
    from cnnspec.rules.context import Context
    from cnnspec.source import Span
    from cnnspec.syntax import tree

CODE = "W212"
DEFAULT = True


def check(context: Context) -> Iterator[Diagnostic]:
    found: dict[tuple[Span, str, str], list[Node]] = {}
    for node in context.graph.nodes:
        call, entering = node.site.node, context.facts.inputs_of(node.index)
        if node.shape is None or not isinstance(call, Call) or not entering or not suspicious(call):
            continue
        for argument, message, help in misread(context, node, call, len(entering[0]) - 1):
            span = node.site.span.replace(start=argument.start, end=argument.end)
            found.setdefault((span, message, help), []).append(node)
    for (span, message, help), nodes in found.items():
        notes = trail(*[node.site for node in nodes])
        yield Diagnostic(CODE, message, span, help, notes, WARNING, indices(nodes))


def suspicious(call: Call) -> bool:
    """Whether the arguments are worth a look."""
    values = [argument.value for argument in call.arguments if isinstance(argument.value, (Arithmetic, Number))]
    return len(values) > 1 or any([isinstance(value, Arithmetic) for value in values])


def misread(context: Context, node: Node, call: Call, rank: int) -> Iterator[tuple[tree.Argument, str, str]]:
    """The arguments whose sizes are others than they look; what they are, and what to write."""
    layer = node.layer
    if layer is None:
        return
    given = given_arguments(call, layer)
    for name, argument in given.items():
        sizes = factors(argument.value)
        if rank > 1 and len(sizes) == rank and prod(sizes) > 1 and layer.arguments[name].kind in EACH_AXIS:
            text = node.site.source.text[argument.value.start : argument.value.end]
            is_now, each = prod(sizes), "x".join([str(size) for size in sizes])
            yield argument, f"{text} is the number {is_now}, along every axis", f"write {each}, or {is_now}"
    kernel, stride = given.get("kernel"), given.get("stride")
    if rank < 2 or kernel is None or stride is None or stride.name or not context.facts.weighty(node.index):
        return
    rows, columns = kernel.value, stride.value
    if (
        isinstance(rows, Number)
        and isinstance(columns, Number)
        and rows == columns
        and rows.value % 2
        and rows.value > 1
    ):
        size = "x".join([rows.text] * rank)
        message = f"{rows.text}, {columns.text} is a kernel of {size} and a stride of {columns.text}"
        yield stride, message, f"write {size} for the kernel alone, or stride={columns.text}"
