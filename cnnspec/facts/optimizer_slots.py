"""The slots of optimizers: what each holds for every trained weight, as many values as the weight has.

The words are those of a train section. A test compares the slots with the variables of Keras's optimizers.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.layers.argument import Term

SLOTS = {
    "sgd": 0, "rmsprop": 1, "adagrad": 1, "lion": 1, "adam": 2, "adamw": 2, "adamax": 2, "nadam": 2, "lamb": 2,
    "adadelta": 2, "ftrl": 2,
}  # fmt: skip
MORE = ("momentum", "amsgrad", "centered", "use_ema")  # arguments that add a slot each


def count_slots(name: str, arguments: Mapping[str, Any]) -> int:
    """How many slots an optimizer with these arguments has: 1 for sgd(momentum=0.9). ValueError for an unknown optimizer."""
    word = name.lower().replace("_", "")
    if word not in SLOTS:
        raise ValueError(f'no memory is known for the optimizer "{name}": known are {", ".join(SLOTS)}')
    return SLOTS[word] + sum([bool(arguments.get(argument)) for argument in MORE])


def count_known_slots(optimizer: Term) -> int:
    """How many slots an optimizer has; 0, the least, for one whose number is not known."""
    given = dict(optimizer.keywords)
    inner = given.get("inner_optimizer")
    try:
        return count_known_slots(inner) if inner is not None else count_slots(optimizer.name, given)
    except ValueError:
        return 0
