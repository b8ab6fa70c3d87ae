"""Long values that stand in many places get a name: initializer = variance_scaling(scale=2, mode=fan_out)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cnnspec.spec_writer.draft import DraftBlock, Steps, fill_slots, find_slots
from cnnspec.spec_writer.slot_values import Label, Named, print_value
from cnnspec.spec_writer.word_choice import find_free

LONG = 20  # characters of a value that is worth a name
OFTEN = 3  # places


def name_long_values(steps: Steps, blocks: list[DraftBlock], taken: set[str]) -> tuple[Steps, list[str]]:
    """The sequence with names in place of long values, and the lines that define the names.

    The bodies of the blocks are changed, too, and the names are added to `taken`.
    """
    found: Counter[Any] = Counter()
    words: dict[Any, str] = {}
    for text in [steps, *[block.body for block in blocks]]:
        for slot in find_slots(text):
            if (
                not isinstance(slot.value, (int, float, str, Label, type(None)))
                and len(print_value(slot.value)) >= LONG
            ):
                found[slot.value] += 1
                words.setdefault(slot.value, slot.name.rpartition("_")[2])
    named: dict[Any, Named] = {}
    for value, times in found.items():
        if times >= OFTEN:
            name = find_free(words[value], taken)
            taken.add(name)
            named[value] = Named(value, name)

    def name_values(text: Steps) -> Steps:
        return fill_slots(
            text, iter([named.get(s.value, s.value) if is_hashable(s.value) else s.value for s in find_slots(text)])
        )

    for block in blocks:
        block.body = name_values(block.body)
    return name_values(steps), [f"{constant} = {print_value(value)}" for value, constant in named.items()]


def is_hashable(value: Any) -> bool:
    return not isinstance(value, list)
