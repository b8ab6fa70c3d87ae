"""What is asked of the cost, from what a user gives: the train section says the rest, and what cannot be is refused in one sentence."""

from __future__ import annotations

import re

from cnnspec.base.source import printable
from cnnspec.cost.cost import CostQuestion
from cnnspec.cost.flop_conventions import CONVENTIONS
from cnnspec.facts.optimizer_slots import count_slots
from cnnspec.facts.precision import find_precision
from cnnspec.layers.argument import Term

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.devices import Device
    from cnnspec.network import AnalysedNetwork

ADAM = Term("adam")
UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def make_question(
    network: AnalysedNetwork, batch: int | None = None, dtype: str = "float32", optimizer: Term | None = None,
    limit: int | None = None, device: Device | None = None, tool: str | None = None,
) -> CostQuestion:  # fmt: skip
    """The question about a network; the batch and the optimizer are the train section's unless they are given, else 1 and adam.

    ValueError for a number format, an optimizer or a tool that is not known, and for a device without a peak in the format.
    """
    said, examples = network.train.get("optimizer"), network.train.get("batch")
    if optimizer is None:
        optimizer = ADAM if said is None else read_optimizer(said.value)
    if not batch:
        batch = examples.value if examples is not None and isinstance(examples.value, int) else 1
    if tool is not None and tool not in CONVENTIONS:
        raise ValueError(f'no tool is called "{tool}": known are {", ".join(CONVENTIONS)}')
    precision = find_precision(dtype)
    slots = count_slots(optimizer.name, dict(optimizer.keywords))
    if device is not None and device.peak(precision.computes) is None:
        peaks = " or ".join(device.peaks)
        raise ValueError(f"no peak in {precision.computes} is known for {device.name}: choose dtype {peaks}")
    return CostQuestion(batch, precision, str(optimizer), slots, limit, device, tool)


def read_optimizer(value: object) -> Term:
    """A value of the language as an optimizer. ValueError for what is none."""
    term = Term(value) if isinstance(value, str) else value
    if not isinstance(term, Term):
        from cnnspec.layers.argument import show

        raise ValueError(f'optimizer takes an optimizer, such as adam, not "{show(value)}"')
    return term


def read_bytes(text: str) -> int:
    """A number of bytes: 16GiB, 80GB, 262144. ValueError for what is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", text.strip().lower())
    if match is None or match[2] not in UNITS or float(match[1]) * UNITS[match[2]] < 1:
        raise ValueError(f'must be a number of bytes, such as 16GiB, not "{printable(text)}"')
    return round(float(match[1]) * UNITS[match[2]])
