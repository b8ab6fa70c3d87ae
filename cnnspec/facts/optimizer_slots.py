"""What optimizers hold for every trained weight: slots, values as many as the weight has.

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


def slots(name: str, arguments: Mapping[str, Any]) -> int:
    """Values held for each trained weight by sgd(momentum=0.9), say: 1. ValueError for an optimizer not in the table."""
    word = name.lower().replace("_", "")
    if word not in SLOTS:
        raise ValueError(f'no memory is known for the optimizer "{name}": known are {", ".join(SLOTS)}')
    return SLOTS[word] + sum([bool(arguments.get(argument)) for argument in MORE])


def held(optimizer: Term) -> int:
    """Values that an optimizer holds for each trained weight; 0, the least, for one whose number is not known."""
    given = dict(optimizer.keywords)
    inner = given.get("inner_optimizer")
    try:
        return held(inner) if inner is not None else slots(optimizer.name, given)
    except ValueError:
        return 0
