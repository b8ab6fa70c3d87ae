"""Long values that stand in many places get a name: initializer = variance_scaling(scale=2, mode=fan_out)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cnnspec.spec_writer.draft import DraftBlock, Steps, filled, slots
from cnnspec.spec_writer.slot_values import Label, Named, written
from cnnspec.spec_writer.wording import free

LONG = 20  # characters of a value that is worth a name
OFTEN = 3  # places


def with_constants(steps: Steps, blocks: list[DraftBlock], taken: set[str]) -> tuple[Steps, list[str]]:
    """The sequence with names for long values, put into `taken`, and the lines that define them; the bodies of
    the blocks too."""
    found: Counter[Any] = Counter()
    words: dict[Any, str] = {}
    for text in [steps, *[block.body for block in blocks]]:
        for slot in slots(text):
            if not isinstance(slot.value, (int, float, str, Label, type(None))) and len(written(slot.value)) >= LONG:
                found[slot.value] += 1
                words.setdefault(slot.value, slot.name.rpartition("_")[2])
    named: dict[Any, Named] = {}
    for value, times in found.items():
        if times >= OFTEN:
            name = free(words[value], taken)
            taken.add(name)
            named[value] = Named(value, name)

    def put(text: Steps) -> Steps:
        return filled(
            text, iter([named.get(s.value, s.value) if is_hashable(s.value) else s.value for s in slots(text)])
        )

    for block in blocks:
        block.body = put(block.body)
    return put(steps), [f"{constant} = {written(value)}" for value, constant in named.items()]


def is_hashable(value: Any) -> bool:
    return not isinstance(value, list)
