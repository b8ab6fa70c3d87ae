"""Questions about multiply-accumulates: how much work is one layer?"""

from __future__ import annotations

from math import prod

from cnnspec.explain.derivation import derive_layer
from cnnspec.quiz.excerpt import cut_layers
from cnnspec.quiz.question import Draft, Slip, keep_wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.facts.kernels import Kernel
    from cnnspec.quiz.excerpt import Excerpt

CUTS = (cut_layers,)


def find_drafts(excerpt: Excerpt) -> Iterator[Draft]:
    macs, kernel = excerpt.facts.macs[-1], excerpt.facts.kernels[-1]
    if isinstance(macs, int) and macs and kernel is not None and kernel.groups and excerpt.entering:
        apart = ", its bias not counted" if has_bias(excerpt) else ""
        asks = f"How many multiply-accumulates (MACs) does {excerpt.name} take for one example{apart}?"
        yield Draft(excerpt, asks, (macs,), keep_wrong((macs,), list(find_slips(excerpt, macs, kernel))))


def has_bias(excerpt: Excerpt) -> bool:
    return any([weight.name == "bias" for weight in excerpt.weights])


def solve(draft: Draft) -> tuple[DerivationSection, ...]:
    return tuple([section for section in derive_layer(draft.excerpt.facts, 1) if section.title == "MACs"])


def find_slips(excerpt: Excerpt, macs: int, kernel: Kernel) -> Iterator[Slip]:
    """The product with one of its factors forgotten, or one too many."""
    positions, before = prod(excerpt.leaving[:-1]), prod(excerpt.entering[:-1])
    if kernel.sizes:
        yield Slip(
            "positions forgotten", (kernel.weights,), "The kernel is applied at every position of the output, not once."
        )
        yield Slip(
            "positions of the input",
            (before * kernel.weights,),
            "The positions of the output count: there is one window for each.",
        )
    if not kernel.dense and kernel.entering > kernel.groups:
        area = prod(kernel.sizes)
        yield Slip(
            "channels forgotten",
            (positions * kernel.leaving * area,),
            "A filter multiplies in every channel that it reads.",
        )
    if kernel.groups > 1:
        yield Slip("groups forgotten", (macs * kernel.groups,), "A filter reads the channels of its group alone.")
    yield Slip("filters forgotten", (macs // kernel.leaving,), "Every filter, or unit, is worked out for itself.")
    if len(kernel.sizes) > 1:
        once = "A kernel has its side along every axis: F*F products in each channel."
        yield Slip("kernel's side counted once", (macs // kernel.sizes[-1],), once)
    yield Slip("FLOPs", (2 * macs,), "A MAC is one multiplication and one addition together; FLOPs count both.")
    if has_bias(excerpt):
        yield Slip("bias counted", (macs + prod(excerpt.leaving),), "The bias is not counted.")
