"""What `Network.cost` is asked, from Python's values: texts are read as the command line reads them."""

from __future__ import annotations

from operator import index

from cnnspec.cost.question import make_question, read_bytes, read_optimizer
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.facts.devices import find_device

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cost.cost import CostQuestion
    from cnnspec.network import AnalysedNetwork


def ask_cost(
    network: AnalysedNetwork, batch: int | None, dtype: str, optimizer: str | None, memory: int | str | None,
    device: str | None, flops_as: str | None,
) -> CostQuestion:  # fmt: skip
    """The question. ValueError for what is not known, with what is."""
    if batch is not None and (batch := index(batch)) < 1:
        raise ValueError(f"batch must be a whole number from 1, not {batch}")
    term = None if optimizer is None else read_optimizer(evaluate_text(optimizer, "optimizer"))
    return make_question(
        network, batch, dtype, term, read_memory(memory), None if device is None else find_device(device), flops_as
    )


def read_memory(memory: int | str | None) -> int | None:
    """A number of bytes. ValueError for what is none."""
    if memory is None:
        return None
    try:
        return read_bytes(str(memory))
    except ValueError as error:
        raise ValueError(f"memory {error}") from None
