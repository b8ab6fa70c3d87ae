"""Questions about receptive fields: how much of the input does one position of a layer see?"""

from __future__ import annotations

from cnnspec.explain.derivation_steps import DerivationSection, DerivationStep
from cnnspec.explain.field_derivation import derive_field
from cnnspec.layers.window import EACH
from cnnspec.quiz.excerpt import cut_chains
from cnnspec.quiz.question import Draft, Slip, keep_wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnnspec.layers.window import Window
    from cnnspec.quiz.excerpt import Excerpt

CUTS = (cut_chains,)


def find_drafts(excerpt: Excerpt) -> Iterator[Draft]:
    rows = find_windows(excerpt)
    field = excerpt.facts.fields[-1]
    mixes = bool(excerpt.facts.statistics)  # which a field leaves out, and a student may not
    if not excerpt.windows or len(rows) < 2 or mixes or not isinstance(field, tuple):
        return
    answer = tuple([axis.size for axis in field])
    asks = f"How large is the receptive field of {excerpt.name} in the input, not cut off at the border?"
    slips = list(find_slips(excerpt, rows))
    yield Draft(excerpt, asks, answer, keep_wrong(answer, slips))


def solve(draft: Draft) -> tuple[DerivationSection, ...]:
    """The growth of the field, layer by layer; where it does not grow nothing is said."""
    facts, steps = draft.excerpt.facts, list[DerivationStep]()
    for node in facts.graph.nodes[1:]:
        found = [s for s in derive_field(facts, node.index) if s.name.startswith(("size", "jump"))]
        steps += [step.replace(name=f"{node.name}, {step.name}") for step in found]
    return (DerivationSection("Receptive field", tuple(steps)),)


def find_windows(excerpt: Excerpt) -> list[tuple[Window, ...]]:
    """The windows on the way, a row for each layer that has some; () where another layer reads more than its own position."""
    facts, rows = excerpt.facts, []
    for node in excerpt.graph.nodes[1:]:
        inputs = facts.inputs_of(node.index)
        assert node.layer is not None and inputs is not None
        if windows := facts.windows[node.index]:
            rows.append(windows)
        elif any([reach != EACH for reach in node.layer.reach(inputs) or (None,)]):
            return []
    return rows


def find_slips(excerpt: Excerpt, rows: list[tuple[Window, ...]]) -> Iterator[Slip]:
    weighty = [
        any(excerpt.facts.parameters[n.index] or ()) for n in excerpt.graph.nodes if excerpt.facts.windows[n.index]
    ]
    kernels = [row for row, own in zip(rows, weighty, strict=True) if own]
    yield make(
        "strides forgotten",
        rows,
        lambda column: grow(column, [1] * len(column)),
        "Behind a stride neighbours lie further apart in the input: a kernel grows the field by (F - 1)*jump.",
    )
    yield make(
        "kernels added up",
        rows,
        lambda column: sum([w.extent for w in column]),
        "Neighbouring windows overlap: a layer adds (F - 1)*jump, not F.",
    )
    if len(kernels) < len(rows) and kernels:
        yield make(
            "pools forgotten",
            kernels,
            grow,
            "A pool has a window, too: it makes the field larger, and its stride the jump.",
        )
    yield make("own stride counted", rows, grow_late, "A layer's own stride counts for the layers behind it alone.")
    yield make("last layer forgotten", rows[:-1], grow, f"The window of {excerpt.name} itself makes the field larger.")
    yield make("this layer alone", rows[-1:], grow, "The layers before it count, too: the field is that in the input.")
    if any([w.dilation > 1 for row in rows for w in row]):
        dense = [tuple([w.replace(dilation=1) for w in row]) for row in rows]
        yield make("dilation forgotten", dense, grow, "A dilated kernel reaches over d*(F - 1) + 1 positions.")


def make(name: str, rows: list[tuple[Window, ...]], grow_along: Callable[[Sequence[Window]], int], says: str) -> Slip:
    """A slip whose field is worked out along each axis."""
    return Slip(name, tuple([grow_along(column) for column in zip(*rows, strict=True)]), says)


def grow(column: Sequence[Window], jumps: Sequence[int] | None = None) -> int:
    """The size of the field behind some windows; `jumps` before each, those that their strides make unless given."""
    size, jump = 1, 1
    for number, window in enumerate(column):
        size += (window.extent - 1) * (jumps[number] if jumps else jump)
        jump *= window.stride
    return size


def grow_late(column: Sequence[Window]) -> int:
    """The same with each window's own stride in its jump."""
    size, jump = 1, 1
    for window in column:
        jump *= window.stride
        size += (window.extent - 1) * jump
    return size
