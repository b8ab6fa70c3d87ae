"""Questions about parameters: of one layer, and of a whole small network."""

from __future__ import annotations

from math import prod

from cnnspec.explain.derivation import derive_layer, derive_totals
from cnnspec.explain.derivation_steps import DerivationSection, DerivationStep
from cnnspec.quiz.excerpt import cut_chains, cut_layers
from cnnspec.quiz.question import Draft, Slip, keep_wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.facts.kernels import Kernel
    from cnnspec.layers.base import Weight
    from cnnspec.network import AnalysedNetwork
    from cnnspec.quiz.excerpt import Excerpt


def cut_whole(network: AnalysedNetwork) -> list[Excerpt]:
    """The whole network, where it is a chain of more than one layer."""
    return [excerpt for excerpt in cut_chains(network) if excerpt.whole and len(excerpt.graph.nodes) > 2]


CUTS = (cut_layers, cut_whole)


def find_drafts(excerpt: Excerpt) -> Iterator[Draft]:
    if excerpt.whole:
        yield from find_total(excerpt)
        return
    weights = excerpt.weights
    frozen = any([not weight.trainable for weight in weights])
    counted = ", trained and not trained together" if frozen else ""
    asks = f"How many parameters does {excerpt.name} have{counted}?"
    answer = (count_all(weights),)
    if weights:
        yield Draft(excerpt, asks, answer, keep_wrong(answer, list(find_slips(excerpt, weights))))
    elif excerpt.windows:
        yield Draft(excerpt, asks, answer, keep_wrong(answer, find_pool_slips(excerpt)))


def solve(draft: Draft) -> tuple[DerivationSection, ...]:
    facts = draft.excerpt.facts
    if draft.answer == (0,):
        return (DerivationSection("Parameters", (DerivationStep("", None, 0, "the layer has no weights"),)),)
    if not draft.excerpt.whole:
        return tuple([section for section in derive_layer(facts, 1) if section.title == "Parameters"])
    parts = [derive_layer(facts, node.index) for node in facts.graph.nodes if node.layer is not None]
    steps = [
        section.steps[-1].replace(name=node.name)
        for node, sections in zip(facts.graph.nodes[1:], parts, strict=True)
        for section in sections
        if section.title == "Parameters" and not section.nothing
    ]
    return (DerivationSection("Parameters", (*steps, derive_totals(facts).steps[0].replace(name="together"))),)


# ---- of one layer ------------------------------------------------------------------------------------------
def find_slips(excerpt: Excerpt, weights: Sequence[Weight]) -> Iterator[Slip]:
    """The usual slips with the weights of a layer: its kernel, its bias, its moving averages."""
    total, filters = count_all(weights), excerpt.channels[1]
    bias = count_all([weight for weight in weights if weight.name == "bias"])
    kernels = [weight for weight in weights if len(weight.shape) > 1 and weight.name != "vector_u"]
    if bias:
        yield Slip("bias forgotten", (total - bias,), "Every filter, or unit, has a bias of its own beside its kernel.")
        yield Slip(
            "bias counted once",
            (total - bias + 1,),
            "There is a bias for every filter, or unit, not one for the layer.",
        )
    elif kernels and "bias" in excerpt.layer.arguments:
        yield Slip("bias added", (total + filters,), "The layer has no bias: its arguments say bias=false.")
    kernel = excerpt.facts.kernels[-1]
    if kernel is not None and kernel.dense and kernel.groups == 1:
        yield from find_dense_slips(kernel, bool(bias))
    elif len(kernels) == 1 and excerpt.windows and total == count_all(kernels) + bias:
        yield from find_kernel_slips(excerpt, known_sizes(kernels[0]), bias)
    elif len(kernels) > 1 and excerpt.windows:
        yield from find_parted_slips(excerpt, kernels, total, bias)
    frozen = count_all([weight for weight in weights if is_moving_average(weight)])
    if 0 < frozen < total:
        yield Slip(
            "moving averages forgotten",
            (total - frozen,),
            "Moving averages are parameters, too, though no gradient moves them.",
        )
        yield Slip("moving averages only", (frozen,), "Scale and shift, which are trained, are parameters as well.")
        yield Slip("one value for each channel", (filters,), "The layer has several values for each channel.")
    if (positions := prod(excerpt.leaving[:-1])) > 1:
        yield Slip(
            "counted at every position",
            (total * positions,),
            "The same weights are used at all positions: they count once.",
        )


def find_dense_slips(kernel: Kernel, biased: bool) -> Iterator[Slip]:
    """Those with the kernel of a layer in which every unit reads every value."""
    yield Slip(
        "one unit only",
        (kernel.entering + biased,),
        "Every unit has weights of its own, one for each value that it reads.",
    )
    yield Slip(
        "inputs and units added",
        (kernel.entering + kernel.leaving,),
        "Every unit reads every value: the weights are their product.",
    )
    yield Slip("input forgotten", (kernel.leaving,), "Every unit has a weight for each value that it reads.")
    if biased:
        yield Slip(
            "bias for each weight", (2 * kernel.weights,), "A bias belongs to a unit, not to each of its weights."
        )


def find_kernel_slips(excerpt: Excerpt, kernel: tuple[int, ...], bias: int) -> Iterator[Slip]:
    """Those with the kernel of a convolution: its sizes, what it reads, how many filters there are."""
    *sides, entering, last = kernel
    (channels, filters), area = excerpt.channels, prod(sides)
    if entering > 1:
        yield Slip(
            "channels forgotten", (area * last + bias,), "A filter has a kernel for every channel that it reads."
        )
    if len(sides) > 1:
        yield Slip(
            "kernel's side counted once",
            (sides[0] * entering * last + bias,),
            "A kernel has its side along every axis: F*F weights in each channel.",
        )
    if entering * last != filters:
        yield Slip(
            "filters forgotten", (area * entering + bool(bias),), "Every filter has a kernel, and a bias, of its own."
        )
    elif channels == entering:
        yield Slip(
            "every channel read",
            (area * channels * filters + bias,),
            "Each filter reads one channel alone: it has no kernel for the others.",
        )
    if entering < channels:
        yield Slip(
            "groups forgotten", (area * channels * last + bias,), "A filter reads the channels of its group alone."
        )
    if bias and entering > 1:
        yield Slip(
            "bias for each channel",
            (prod(kernel) + entering * last,),
            "A filter has one bias, however many channels it reads.",
        )


def find_parted_slips(excerpt: Excerpt, kernels: Sequence[Weight], total: int, bias: int) -> Iterator[Slip]:
    """Those with a convolution of several kernels, one behind another."""
    channels, filters = excerpt.channels
    for kernel in kernels:
        says = "The layer has several kernels, one behind another: all of them count."
        yield Slip(f"{kernel.name.replace('_', ' ')} forgotten", (total - count_all([kernel]),), says)
    area = prod([window.kernel for window in excerpt.windows])
    says = "The layer parts its kernel: one for each channel first, then one of 1x1 that mixes channels."
    yield Slip("ordinary convolution", (area * channels * filters + bias,), says)


def find_pool_slips(excerpt: Excerpt) -> list[Slip]:
    """Those with a window that learns nothing."""
    area, channels = prod([window.kernel for window in excerpt.windows]), excerpt.channels[0]
    says = "A pool computes a maximum or a mean: there is nothing in it to learn."
    return [
        Slip("pool given a kernel", (area,), says),
        Slip("pool given a kernel for each channel", (area * channels,), says),
        Slip("pool given kernels and biases", (area * channels + channels,), says),
        Slip("pool given a convolution's kernel", (area * channels * channels,), says),
    ]


# ---- of the whole ------------------------------------------------------------------------------------------
def find_total(excerpt: Excerpt) -> Iterator[Draft]:
    """The question about the whole network."""
    facts = excerpt.facts
    weights = [w for found in facts.each(lambda layer, inputs: layer.weights(inputs), ()) for w in found]

    total = facts.total.parameters
    if total is None or not weights:
        return
    biases = sum([prod(known_sizes(w)) for w in weights if w.name == "bias"])
    last = next(sum(own) for own in reversed(facts.parameters) if own is not None and any(own))
    pools = [
        prod([w.kernel for w in row])
        for row, own in zip(facts.windows, facts.parameters, strict=True)
        if row and own == (0, 0)
    ]
    averages = count_all([weight for weight in weights if is_moving_average(weight)])
    slips = [
        Slip(
            "biases forgotten",
            (total - biases,),
            "Every filter and every unit has a bias of its own beside its kernel.",
        ),
        Slip(
            "pools given parameters",
            (total + sum(pools),),
            "A pool computes a maximum or a mean: there is nothing in it to learn.",
        ),
        Slip("last layer forgotten", (total - last,), "The last layer has parameters like the others."),
        Slip(
            "one bias for each layer",
            (total - biases + sum([w.name == "bias" for w in weights]),),
            "There is a bias for every filter, or unit, not one for the layer.",
        ),
        Slip(
            "moving averages forgotten",
            (total - averages,),
            "Moving averages are parameters, too, though no gradient moves them.",
        ),
    ]
    counted = ", trained and not trained together" if facts.total.frozen else ""
    asks = f"How many parameters do these layers have{counted or ' together'}?"
    yield Draft(excerpt, asks, (total,), keep_wrong((total,), slips))


def is_moving_average(weight: Weight) -> bool:
    """Whether a weight is one of a batch normalisation's, in Keras's names; others are frozen for other reasons."""
    return weight.name.startswith(("moving_", "renorm_"))


def count_all(weights: Sequence[Weight]) -> int:
    """How many values some weights have together."""
    return sum([prod(known_sizes(weight)) for weight in weights])


def known_sizes(weight: Weight) -> tuple[int, ...]:
    """The sizes of a weight, which are numbers in every excerpt."""
    return tuple([n for n in weight.shape if isinstance(n, int)])
