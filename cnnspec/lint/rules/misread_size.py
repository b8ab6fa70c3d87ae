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

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.argument_binder import given_arguments
from cnnspec.elaborate.likely_meaning import factors
from cnnspec.elaborate.report import trail
from cnnspec.layers.argument import EACH_AXIS, show
from cnnspec.lint.features import may_be_size
from cnnspec.lint.finding import UNSAFE, indices, name_layers
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import Block, Call, Name, Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.source import Span
    from cnnspec.graph import Node, Site
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.syntax import tree

CODE = "W212"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a number that may be a size",)
FIX = UNSAFE
OFFER = "{}; if one number is meant, write it out; if a stride is, name it"


def check(context: Context) -> Iterator[Diagnostic]:
    found: dict[tuple[Span, str, str], list[Node]] = {}
    parameters: dict[tuple[str, str], list[str]] = {}
    for node in context.graph.nodes:
        call = node.site.node
        if not isinstance(call, Call) or len(node.shape or ()) < 3 or not may_be_size(call, node.site):
            continue
        for span, message, help in (*products(node, call, parameters), *pairs(node, call, context)):
            found.setdefault((span, message, help), []).append(node)
    for (span, message, help), nodes in found.items():
        sites = [node.site for node in nodes if node.site.source is span.source and within(node.site, span)]
        yield Diagnostic(CODE, message, span, help, trail(*sites) if sites else (), SEVERITY, indices(nodes))


def within(site: Site, span: Span) -> bool:
    """Whether a stretch of the text is part of what stands at a site."""
    return site.node.start <= span.start and span.end <= site.node.end


def products(
    node: Node, call: Call, parameters: dict[tuple[str, str], list[str]]
) -> Iterator[tuple[Span, str, str]]:  # fmt: skip
    """The sizes of a layer that are products of as many numbers as there are axes. `parameters` are those of the blocks
    that were looked at."""
    rank = len(node.shape or ()) - 1
    layer = node.layer
    for name, argument in given_arguments(call, layer).items() if layer is not None else ():
        site, value = written(node.site, argument.value, parameters)
        sizes = factors(value)
        if len(sizes) == rank and prod(sizes) > 1 and layer is not None and layer.arguments[name].kind in EACH_AXIS:
            span = site.span.replace(start=value.start, end=value.end)
            each = "x".join([str(size) for size in sizes])
            message = f"{span.text} is the number {prod(sizes)}, along every axis"
            yield span, message, f"write {each}, or {prod(sizes)}"


def written(
    site: Site, value: tree.Node, parameters: dict[tuple[str, str], list[str]]
) -> tuple[Site, tree.Node]:  # fmt: skip
    """Where the value of a layer's argument stands: there, or where a product of numbers is handed to its block."""
    caller = site.caller
    if not isinstance(value, Name) or caller is None:
        return site, value
    calls = caller.node.arguments if isinstance(caller.node, Call) else ()
    if any([factors(argument.value) for argument in calls]):
        key = site.source.name, site.block
        if key not in parameters:
            blocks = [item for item in parse(site.source).body.items if isinstance(item, Block)]
            named = [block for block in blocks if block.name.text == site.block]
            parameters[key] = [p.name.text for block in named[:1] for p in block.parameters]
        for name, argument in zip(parameters[key], calls, strict=False):
            if value.text == (argument.name.text if argument.name else name):
                return caller, argument.value
    return site, value


def pairs(node: Node, call: Call, context: Context) -> Iterator[tuple[Span, str, str]]:
    """A kernel and its stride, one behind the other, that are the same odd number."""
    layer = node.layer
    if layer is None:
        return
    given = given_arguments(call, layer)
    kernel, stride = given.get("kernel"), given.get("stride")
    if kernel is None or stride is None or stride.name or not context.facts.weighty(node.index):
        return
    size, step = kernel.value, stride.value
    if isinstance(size, Number) and isinstance(step, Number) and size == step and size.value % 2 and size.value > 1:
        each = "x".join([size.text] * (len(node.shape or ()) - 1))
        message = f"{size.text}, {step.text} is a kernel of {each} and a stride of {step.text}"
        span = node.site.span.replace(start=stride.start, end=stride.end)
        yield span, message, f"write {each} for the kernel alone, or stride={step.text}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A size for each axis, in the place of a product, or of a kernel and its stride."""
    nodes = repair.nodes(found)
    node = nodes[0]
    call, layer = node.site.node, node.layer
    if not isinstance(call, Call) or layer is None or found.span is None:
        return
    for name, argument in given_arguments(call, layer).items():
        if argument.value.start != found.span.start:
            continue
        whom = f" for {name_layers(nodes)}"
        sizes = tuple(factors(argument.value))
        if sizes:
            yield repair.propose(f"write {name}={show(sizes)}{whom}", repair.set(nodes, **{name: sizes}))
        else:
            kernel = tuple([window.kernel for window in repair.context.facts.windows[node.index]])
            yield repair.propose(f"write kernel={show(kernel)}{whom}", repair.set(nodes, kernel=kernel, stride=1))
