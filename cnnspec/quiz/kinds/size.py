"""Questions about output shapes: what does a window, or a layer that makes one row of values, put out?"""

from __future__ import annotations

from math import prod

from cnnspec.explain.derivation import derive_layer
from cnnspec.quiz.excerpt import cut_layers
from cnnspec.quiz.question import Draft, Slip, keep_wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.layers.window import Window
    from cnnspec.quiz.excerpt import Excerpt

CUTS = (cut_layers,)

# How a size is worked out wrong along one axis: the padding of both sides is p, that before q.
ALONG_AN_AXIS: tuple[tuple[str, Callable[[int, Window, int, int], int], str], ...] = (
    ("+ 1 forgotten", lambda n, w, p, q: (n + p - w.extent) // w.stride, "(N + 2P - F)/S counts the steps; the window has one position more, the first."),
    ("padding forgotten", lambda n, w, p, q: (n - w.extent) // w.stride + 1, "The padding makes the input larger before the window slides over it."),
    ("padding counted once", lambda n, w, p, q: (n + q - w.extent) // w.stride + 1, "The padding stands on both sides, so it counts twice: N + 2P."),
    ("stride forgotten", lambda n, w, p, q: n + p - w.extent + 1, "The window moves by its stride: the steps are divided by S."),
    ("rounded up", lambda n, w, p, q: -(-(n + p - w.extent) // w.stride) + 1, "A last window that hangs over the edge is left out: the division rounds down."),
    ("kernel forgotten", lambda n, w, p, q: n // w.stride, "The window has to lie inside as a whole: F goes away from N before it is divided."),
    ("dilation forgotten", lambda n, w, p, q: (n + p - w.kernel) // w.stride + 1, "The kernel reaches over d*(F - 1) + 1 positions when it is dilated."),
)  # fmt: skip


def find_drafts(excerpt: Excerpt) -> Iterator[Draft]:
    entering, leaving = excerpt.entering, excerpt.leaving
    if not entering or not leaving:
        return
    sliding = excerpt.layer.sliding()
    if sliding is not None and not sliding.ceil:  # with ceil no slip could be told from its padding
        asks = f"What is the shape of the output of {excerpt.name}?"
        yield Draft(
            excerpt, asks, leaving, keep_wrong(leaving, [*find_axis_slips(excerpt), *find_channel_slips(excerpt)])
        )
    elif len(leaving) == 1 < len(entering) and leaving[0] in (prod(entering), entering[-1]):
        asks = f"How many values does {excerpt.name} put out?"
        yield Draft(excerpt, asks, leaving, keep_wrong(leaving, find_flattening_slips(entering)))


def solve(draft: Draft) -> tuple[DerivationSection, ...]:
    return tuple([s for s in derive_layer(draft.excerpt.facts, 1) if s.title == "Output size"])


def find_axis_slips(excerpt: Excerpt) -> Iterator[Slip]:
    """A size that is wrong along every axis in the same way."""
    for name, compute, says in ALONG_AN_AXIS:
        sizes = []
        for n, window in zip(excerpt.entering, excerpt.windows, strict=False):
            assert isinstance(window.before, int) and isinstance(window.after, int)
            sizes.append(compute(n, window, window.before + window.after, min(window.before, window.after)))
        if min(sizes) > 0:
            yield Slip(name, (*sizes, excerpt.leaving[-1]), says)


def find_channel_slips(excerpt: Excerpt) -> Iterator[Slip]:
    """The sizes right, the channels wrong."""
    sizes, channels = excerpt.leaving[:-1], excerpt.entering[-1]
    if excerpt.layer.channels_from:
        kept = "Each filter reads all channels and makes one of its own: the output has as many as there are filters."
        yield Slip("channels kept", (*sizes, channels), kept)
        many = "A filter adds up what it finds in all channels: it makes one channel, not one for each."
        yield Slip("channels multiplied", (*sizes, channels * excerpt.leaving[-1]), many)
    elif channels == excerpt.leaving[-1]:
        fewer = "The window slides over each channel for itself: all channels stay."
        yield Slip("channels pooled too", (*sizes, -(-channels // excerpt.windows[0].stride)), fewer)
        yield Slip("channels added up", (*sizes, 1), fewer)


def find_flattening_slips(entering: tuple[int, ...]) -> list[Slip]:
    """A map made to one row: of all its values, or of one for each channel."""
    positions, channels = prod(entering[:-1]), entering[-1]
    return [
        Slip("flattened", (positions * channels,), "Each channel becomes one value: what it has at its positions is put together."),
        Slip("channels forgotten", (positions,), "Every position has a value in each channel."),
        Slip("one axis forgotten", (entering[0] * channels,), "All axes count: every position of the map, in every channel."),
        Slip("mean over the map", (channels,), "No values are put together: all of them stay, in one row."),
        Slip("sizes added up", (sum(entering),), "The number of values is the product of the sizes, not their sum."),
    ]  # fmt: skip
