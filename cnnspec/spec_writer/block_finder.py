"""Sequences that stand in several places become a block; the values that change become its parameters.

The best block is the one that makes the whole text shortest, its definition counted. After each block the search begins
again, in the bodies of blocks too. A block without parameters becomes a constant: norm = bn(epsilon=1e-5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cnnspec.layers.argument import REQUIRED
from cnnspec.spec_writer.antiunify import Common, count_reads, find_common
from cnnspec.spec_writer.draft import (
    CallStep,
    DraftBlock,
    DraftStep,
    LayerStep,
    LoopStep,
    NameStep,
    NoDefault,
    ReadStep,
    Steps,
    count_characters,
    find_outline,
    find_slots,
    walk_steps,
)
from cnnspec.spec_writer.loop_finder import is_joined
from cnnspec.spec_writer.module_classes import ModuleClasses, count_times, find_origins
from cnnspec.spec_writer.slot_values import Formula, Label, Variable

LONGEST = 32  # steps in a block
WIDEST = 5  # parameters
WIDEST_CLASS = 8  # parameters of one that is a class of the model's modules, as Inception
CLASS = 1.02  # how much more a block is worth that is a class of the model's modules
GAIN = 24  # characters that a block has to save
MOST = 24  # blocks
DEFINITION = 16  # characters around the body of a block


class Stretch:
    """A stretch of a sequence, and the steps around it."""

    __slots__ = ("after", "before", "steps")

    def __init__(self, sequence: Steps, begin: int, end: int) -> None:
        self.steps = sequence[begin:end]
        self.before = sequence[begin - 1] if begin else None
        self.after = sequence[end] if end < len(sequence) else None

    @property
    def cuts(self) -> int:
        """How many of the two ends part steps that belong together."""
        begins = self.before is not None and is_joined(self.before, self.steps[0])
        ends = self.after is not None and is_joined(self.steps[-1], self.after)
        return begins + ends


def extract_blocks(steps: Steps, blocks: list[DraftBlock], modules: ModuleClasses) -> tuple[Steps, list[DraftBlock]]:
    """The sequence with calls of blocks in it, and all blocks, those given included, in the order of their definitions."""
    blocks = list(blocks)
    while len(blocks) < MOST:
        texts = [steps, *[block.body for block in blocks]]
        found = find_best(texts, len(blocks), sum(map(count_reads, texts), Counter()), modules)
        if found is None:
            break
        block, wanted = found
        steps = replace_steps(steps, wanted, block)
        for other in blocks:
            other.body = replace_steps(other.body, wanted, block)
        blocks.append(block)
    blocks = order_blocks(blocks)
    give_defaults(steps, blocks)
    return steps, blocks


def find_best(
    texts: list[Steps], number: int, reads: Counter[str], modules: ModuleClasses
) -> tuple[DraftBlock, tuple[int, ...]] | None:
    """The block that saves most characters, and the outline of the steps that it replaces. One that is a class of modules
    is worth a few more."""
    found: dict[tuple[int, ...], list[Stretch]] = {}
    for text in texts:
        for sequence in walk_sequences(text):
            for key, window in find_stretches(sequence):
                found.setdefault(key, []).append(window)
    bound = {key: sum([count_characters(w.steps) for w in many[1:]]) for key, many in found.items() if len(many) > 1}
    most, chosen = 0.0, None
    for key in sorted(bound, key=lambda k: (-bound[k], len(k))):
        if bound[key] * CLASS <= most:
            break
        many = found[key]
        alike = find_common([w.steps for w in many], -number - 1, reads)
        if alike is None:
            continue
        module = modules.find_class(find_origins([w.steps for w in many]), sum([count_times(w.steps) for w in many]))
        if not is_worthy(alike, WIDEST_CLASS if module else WIDEST):
            continue
        block = DraftBlock(number, alike.variables, alike.body)
        block.module = module
        after = sum([CallStep(block, row).size for row in alike.rows]) + count_characters(alike.body) + DEFINITION
        after += sum([len(v.name) + 2 for v in alike.variables])
        saved = sum([count_characters(w.steps) - 4 for w in many]) - after
        gain = saved * (CLASS if block.module else 1) * (1 - 0.5 * sum([w.cuts for w in many]) / len(many))
        if gain > max(most, GAIN):
            most, chosen = gain, (block, key)
    return chosen


def walk_sequences(steps: Steps) -> Iterator[Steps]:
    """A sequence and all those inside it."""
    yield steps
    for step in steps:
        for body in step.bodies:
            yield from walk_sequences(body)


def find_stretches(sequence: Steps) -> Iterator[tuple[tuple[int, ...], Stretch]]:
    """Every stretch of a sequence that may become a block; stretches of one outline do not overlap."""
    outlines = find_outline(sequence)
    taken: dict[tuple[int, ...], int] = {}
    for begin, first in enumerate(sequence):
        if isinstance(first, (NameStep, ReadStep)):
            continue
        for end in range(begin + 1, min(len(sequence), begin + LONGEST) + 1):
            if calls_shared(sequence[end - 1]):
                break  # its function is the model's own
            key = outlines[begin:end]
            if taken.get(key, 0) <= begin and (end - begin > 1 or isinstance(first, (LayerStep, LoopStep))):
                taken[key] = end
                yield key, Stretch(sequence, begin, end)


def calls_shared(step: DraftStep) -> bool:
    """Whether a step uses shared weights."""
    if isinstance(step, CallStep):
        return step.block.shared
    return any(calls_shared(inner) for body in step.bodies for inner in body)


def is_worthy(alike: Common, widest: int) -> bool:
    """Whether a person would write a block: several layers, no more than `widest` parameters, and no parameter that is a whole table."""
    if any(
        isinstance(v, tuple) and v and isinstance(v[0], tuple) and v[0] and isinstance(v[0][0], tuple)
        for row in alike.rows
        for v in row
    ):
        return False
    if any(v.name.endswith("_each") for v in alike.variables) or len(alike.variables) > widest:
        return False
    if not alike.variables:
        return True
    return sum([isinstance(step, (LayerStep, CallStep)) for s in walk_sequences(alike.body) for step in s]) > 1


def replace_steps(steps: Steps, wanted: tuple[int, ...], block: DraftBlock) -> Steps:
    """The sequence with a call wherever the wanted outline stands."""
    made: list[DraftStep] = []
    outlines = find_outline(steps)
    place = 0
    while place < len(steps):
        if outlines[place : place + len(wanted)] == wanted and steps is not block.body:
            found = steps[place : place + len(wanted)]
            call = CallStep(block, find_arguments(block, found))
            call.origins, call.times = find_origins([found]), count_times(found)
            made.append(call)
            place += len(wanted)
        else:
            step = steps[place]
            made.append(step.with_bodies([replace_steps(body, wanted, block) for body in step.bodies]))
            place += 1
    return tuple(made)


def find_arguments(block: DraftBlock, steps: Steps) -> tuple[object, ...]:
    """The values of a block's parameters in one place: those that stand where its body has a parameter alone."""
    given: dict[Variable, object] = {}
    for inside, here in zip(find_slots(block.body), find_slots(steps), strict=True):
        if isinstance(inside.value, Variable) and inside.value in block.parameters:
            given.setdefault(inside.value, here.value)
    return tuple([given[parameter] for parameter in block.parameters])


def give_defaults(steps: Steps, blocks: list[DraftBlock]) -> None:
    """Give parameters defaults, the value that most calls give, else the layer's own; such parameters come last.

    The blocks stand behind those that they call.
    """
    calls: dict[int, list[CallStep]] = {block.number: [] for block in blocks}
    for text in [steps, *[block.body for block in blocks]]:
        for sequence in walk_sequences(text):
            for step in sequence:
                if isinstance(step, CallStep):
                    calls[step.block.number].append(step)
    for block in blocks:
        mine = calls[block.number]
        defaults: list[object] = []
        for column, parameter in enumerate(block.parameters):
            values = [call.values[column] for call in mine]
            plain = [v for v in values if not isinstance(v, (Variable, Formula, Label))]
            value, times = Counter(plain).most_common(1)[0] if plain else (NoDefault, 0)
            if times <= len(values) / 2 or times < 2:
                own = find_layer_default(block, parameter)
                value = own if own in plain and len(values) > 2 else NoDefault
            defaults.append(value)
        order = sorted(range(len(defaults)), key=lambda c: defaults[c] is not NoDefault)
        block.parameters = tuple([block.parameters[c] for c in order])
        block.defaults = tuple([defaults[c] for c in order])
        for call in mine:
            call.values = tuple([call.values[c] for c in order])


def find_layer_default(block: DraftBlock, parameter: Variable) -> object:
    """What the layers in a block that a parameter goes to take without it: 1 for a stride; NoDefault where it must be given."""
    for step in walk_steps(block.body):
        if isinstance(step, LayerStep):
            for argument, value in zip(step.layer.arguments.values(), step.values, strict=True):
                if value == parameter:
                    return NoDefault if argument.record_default is REQUIRED else argument.record_default
        elif isinstance(step, CallStep) and parameter in step.values:
            return step.block.defaults[step.values.index(parameter)]
    return NoDefault


def order_blocks(blocks: list[DraftBlock]) -> list[DraftBlock]:
    """The blocks, each behind those that it calls."""
    made: list[DraftBlock] = []
    waiting = list(blocks)
    while waiting:
        for block in waiting:
            called = {s.block.number for q in walk_sequences(block.body) for s in q if isinstance(s, CallStep)}
            if called <= {b.number for b in made}:
                made.append(block)
                waiting.remove(block)
                break
    return made
