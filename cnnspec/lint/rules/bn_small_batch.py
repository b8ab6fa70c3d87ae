"""T406 bn-small-batch: batch normalisation over so few examples that its statistics say little, or nothing.

Mean and variance of a channel are taken over the batch and the map. Over a single value the variance is 0 and the
normalised value is 0 whatever came in, so that nothing can be learned through it. With two to four examples the figures
are rough: on ImageNet, batch normalisation with two images a batch has an error 10.6 points higher than group
normalisation, which does not depend on the batch.

Source: Wu & He, "Group Normalization" (ECCV 2018), figure 1.

Bad:

    input 16x16x3
    conv(32, 3x3, bias=false) -> bn -> relu -> gap -> dense(10, softmax)
    train { loss = sparse_categorical_crossentropy; batch = 2 }

Good:

    input 16x16x3
    conv(32, 3x3, bias=false) -> group_norm(8) -> relu -> gap -> dense(10, softmax)
    train { loss = sparse_categorical_crossentropy; batch = 2 }
"""

from __future__ import annotations

from math import gcd

from cnnspec.base.diagnostic import ERROR, WARNING, Diagnostic, Note
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers, write_for_each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T406"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a train section",)
FIX = UNSAFE
OFFER = "{}, or raise batch"
ADVICE = "write group_norm or layer_norm in its place, or raise batch"
FEW = 4  # examples
GROUPS = 32  # of a group normalisation, as its paper has them


def check(context: Context) -> Iterator[Diagnostic]:
    settings = context.settings
    span = settings.span("batch") if settings else None
    if settings is None or span is None or settings.batch > FEW:
        return
    single: list[Node] = []
    rough: list[Node] = []
    for node in context.graph.nodes:
        inputs = context.facts.inputs_of(node.index)
        values = None if node.layer is None or inputs is None else node.layer.batch_values(inputs)
        if values is not None:
            (single if values * settings.batch == 1 else rough).append(node)
    if single:
        has = "has" if len(single) == 1 else "have"
        message = f"{name_layers(single)} {has} 1 value to take a mean and a variance of, at batch = 1: the output is beta alone"
        yield Diagnostic(CODE, message, span, ADVICE, elsewhere_all(single), ERROR, indices(single))
    if rough:
        takes = "takes its" if len(rough) == 1 else "take their"
        message = f"{name_layers(rough)} {takes} statistics over {settings.batch} example{'s' * (settings.batch > 1)}"
        yield Diagnostic(CODE, message, span, ADVICE, elsewhere_all(rough), WARNING, indices(rough))


def elsewhere_all(nodes: list[Node]) -> tuple[Note, ...]:
    return (Note(nodes[0].name, nodes[0].site.span), *list_other_places(nodes))


def groups(nodes: Sequence[Node], context: Context) -> int:
    """A number of groups that divides the channels of all, several channels each where it can be: at most the paper's 32."""
    shapes = [context.facts.shapes[node.index] for node in nodes]
    channels = gcd(*[shape[-1] for shape in shapes if shape and isinstance(shape[-1], int)])
    return max([g for g in range(1, GROUPS + 1) if channels % g == 0 and (g == 1 or g < channels)])


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A normalisation that does not look at the batch."""
    from cnnspec.lint.fix.edits import Inexpressible

    nodes = repair.nodes(found)

    def group(some: Sequence[Node]) -> list[Edit]:
        if not isinstance(repair.inputs(some[0])[0][-1], int):
            raise Inexpressible
        return repair.replace(some, f"group_norm({groups(some, repair.context)})")

    def describe(some: Sequence[Node]) -> str:
        layers = write_for_each(some, lambda n: f"group_norm({groups([n], repair.context)})", " in the place of ")
        return f"write {layers}"

    yield repair.propose_each(describe, nodes, group)
    message = "write layer_norm in the place of {}"
    yield repair.propose_each(message, nodes, lambda some: repair.replace(some, "layer_norm"))
