"""What `Network.cost` is asked, from Python's values: texts are read as the command line reads them."""

from __future__ import annotations

from cnnspec.api.argument_checks import take_count, take_text
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
    """The question. ValueError for what is not known, with what is; TypeError for a value of another kind."""
    count = None if batch is None else take_count(batch, "batch")
    term = None if optimizer is None else read_optimizer(evaluate_text(take_text(optimizer, "optimizer"), "optimizer"))
    found = None if device is None else find_device(take_text(device, "device"))
    tool = None if flops_as is None else take_text(flops_as, "flops_as")
    return make_question(network, count, take_text(dtype, "dtype"), term, read_memory(memory), found, tool)


def read_memory(memory: int | str | None) -> int | None:
    """A number of bytes. ValueError for what is none."""
    if memory is None:
        return None
    try:
        return read_bytes(str(memory))
    except ValueError as error:
        raise ValueError(f"memory {error}") from None
