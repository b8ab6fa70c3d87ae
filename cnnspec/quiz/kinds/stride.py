"""Questions about strides: which fits, and which rows are in no window when (N + 2P - F)/S is not whole?"""

from __future__ import annotations

from cnnspec.explain.derivation import derive_layer
from cnnspec.explain.derivation_steps import DerivationSection, DerivationStep
from cnnspec.explain.traced_numbers import ONE, TWO, Leaf, Op
from cnnspec.explain.written_arithmetic import TEXT, write_tree
from cnnspec.facts.stride_remainder import count_left_over
from cnnspec.facts.what_if import leaves_remainder, output_of
from cnnspec.layers.window import POSITION_NAMES
from cnnspec.quiz.excerpt import cut_layers
from cnnspec.quiz.question import Draft, Slip, keep_wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.explain.traced_numbers import Tree
    from cnnspec.layers.window import Window
    from cnnspec.quiz.excerpt import Excerpt

CUTS = (cut_layers,)
STRIDES = range(2, 9)  # that are asked about


def find_drafts(excerpt: Excerpt) -> Iterator[Draft]:
    if excerpt.layer.sliding() is None or excerpt.layer.rounds_up() or not excerpt.entering:
        return
    window = excerpt.windows[0]
    if 1 < window.stride <= window.extent:
        yield draft_unread(excerpt, window)
    yield from draft_fitting(excerpt)


def solve(draft: Draft) -> tuple[DerivationSection, ...]:
    if draft.closed:
        strides = sorted([int(answer[0]) for answer in (draft.answer, *[slip.answer for slip in draft.slips])])
        return (DerivationSection("Strides", tuple([derive_outputs(draft.excerpt, s) for s in strides])),)
    return tuple([section for section in derive_layer(draft.excerpt.facts, 1) if section.title == "Output size"])


# ---- what is left over -------------------------------------------------------------------------------------
def draft_unread(excerpt: Excerpt, window: Window) -> Draft:
    """How many rows at the end does no window read?"""
    n, rank = excerpt.entering[0], len(excerpt.windows)
    before, after = window.before, window.after
    assert isinstance(before, int) and isinstance(after, int)
    answer = (count_left_over(excerpt.layer, excerpt.entering)[0],)
    rows = f"{POSITION_NAMES[rank][0]}s"
    left, stride = window.remainder(n), window.stride
    slips = [
        Slip("rounded up", (0,), "A last window that hangs over the edge is left out, and what it alone would read is not read."),
        Slip("padding counted", (left,), f"Some of the {rows} that are left over are padding, which carries no data."),
        Slip("padding forgotten", ((n - window.extent) % stride,), "The windows slide over the padding, too."),
        Slip("kernel forgotten", (n % stride,), "The first window takes F positions; what remains is divided by the stride."),
        Slip("missing, not left over", (stride - left,), "That is what one more window would need, not what is left over."),
        Slip("stride taken for it", (stride,), "A remainder is smaller than the stride: with so many left, one more window would fit."),
        Slip("stride less one", (stride - 1,), "That is the most that can be left over; the remainder says how many are."),
    ]  # fmt: skip
    asks = f"How many {rows} at the end of the input, padding not counted, are in no window of {excerpt.name}?"
    return Draft(excerpt, asks, answer, keep_wrong(answer, slips))


# ---- which stride fits -------------------------------------------------------------------------------------
def draft_fitting(excerpt: Excerpt) -> Iterator[Draft]:
    """Which stride lets the last window end where the input ends?"""
    dense = excerpt.with_layer(excerpt.layer.replace(stride=1)) if can_step(excerpt, 1) else excerpt
    strides = [stride for stride in STRIDES if can_step(excerpt, stride)]
    fitting = [s for s in strides if not leaves_remainder(excerpt.layer.replace(stride=s), (excerpt.entering,))]
    slips = tuple([name_misfit(dense, stride) for stride in strides if stride not in fitting])
    asks = f"Which of these strides, in the place of 1, fits {dense.name}: (N + 2P - F)/S + 1 is a whole number?"
    for stride in fitting if dense is not excerpt or excerpt.windows[0].stride == 1 else ():
        yield Draft(dense, asks, (stride,), slips, closed=True)


def can_step(excerpt: Excerpt, stride: int) -> bool:
    """Whether a layer takes a stride, and has more than one position with it."""
    layer, inputs = excerpt.layer.replace(stride=stride), (excerpt.entering,)
    shape = output_of(layer, inputs) if layer.keras_problem(inputs) is None else None
    return shape is not None and all([n != 1 for n in shape[:-1]])


def name_misfit(excerpt: Excerpt, stride: int) -> Slip:
    """Why a stride does not fit, along the first axis where it does not."""
    window, n = next((w, n) for w, n in pair_axes(excerpt, stride) if w.remainder(n))
    left = write_tree(Op("%", (make_room(window, n), Leaf(stride))), TEXT)
    says = f"{left} = {window.remainder(n)}: the last window does not end where the input ends."
    return Slip("no whole number", (stride,), says)


def derive_outputs(excerpt: Excerpt, stride: int) -> DerivationStep:
    """(N + 2P - F)/S + 1 with the numbers put in, along the first axis."""
    window, n = next(
        (pair for pair in pair_axes(excerpt, stride) if pair[0].remainder(pair[1])), pair_axes(excerpt, stride)[0]
    )
    whole, left = window.output(n), window.remainder(n)
    assert isinstance(whole, int)
    outputs = round(whole + left / stride, 2) if left else whole
    tree = Op("+", (Op("/", (make_room(window, n), Leaf(stride))), ONE))
    return DerivationStep(f"stride {stride}", tree, outputs, "not whole" if left else "")


def pair_axes(excerpt: Excerpt, stride: int) -> list[tuple[Window, int]]:
    """The window of each axis with another stride, and the size that it slides over."""
    windows = excerpt.layer.replace(stride=stride).windows((excerpt.entering,)) or ()
    return list(zip(windows, excerpt.entering, strict=False))


def make_room(window: Window, n: int) -> Tree:
    """N + 2P - F with the numbers put in; where the two sides differ, each of them is added."""
    before, after = window.before, window.after
    assert isinstance(before, int) and isinstance(after, int)
    both: Tree = Op("*", (TWO, Leaf(before)))
    padded = Op("+", (Leaf(n), both)) if before == after else Op("+", (Op("+", (Leaf(n), Leaf(before))), Leaf(after)))
    return Op("-", (padded, Leaf(window.extent)))
