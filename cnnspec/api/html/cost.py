"""The cost of a network as tables."""

from __future__ import annotations

from cnnspec.cost.text import HEADINGS, RIGHT, write_layer, write_layer_time, write_product, write_time, write_work
from cnnspec.facts.precision import in_bytes, memory_text
from cnnspec.tables.assumed import HEADING, MARK, needs_column, write_assumptions
from cnnspec.tables.folds import MOST_SEEN, fold_layers
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.layout import write_title
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cost.cost import Cost
    from cnnspec.cost.memory import Memory
    from cnnspec.network import AnalysedNetwork


def make_report(network: AnalysedNetwork, cost: Cost) -> Report:
    """The table of layers, the memory term by term, then work and time."""
    question = cost.question
    timed, marked = question.device is not None, needs_column(network)
    headings = (*HEADINGS, *["Time", "Bound"] * timed, *[HEADING] * marked)
    rows = []
    for layer in cost.layers:
        rows.append(
            (*write_layer(layer), *(write_layer_time(layer) if timed else ()), *[MARK * layer.assumed] * marked)
        )
    asked = f"batch {question.batch:,}, {question.precision.name}"
    tables = [
        HtmlTable(
            headings,
            rows,
            RIGHT if timed else RIGHT - {7},
            folded=fold_layers(network.graph),
            seen=len(rows) <= MOST_SEEN,
        ),
        make_memory_table(network, cost, f"Inference, {asked}", cost.inference),
    ]
    lines = write_work(network, cost)
    if cost.training is not None:
        tables.append(make_memory_table(network, cost, f"Training, {asked}, {question.optimizer}", cost.training))
    else:
        lines.append(f"Training: {question.precision.name} has no gradients")
    if question.device is not None:
        lines += write_time(cost, question.device)
    return Report(write_title(network), tables, [*lines, *write_assumptions(network)])


def make_memory_table(network: AnalysedNetwork, cost: Cost, title: str, memory: Memory) -> HtmlTable:
    """Memory term by term, the sum, and the largest batch where a limit was given."""
    batch, limit = cost.question.batch, cost.question.limit
    rows = []
    for term in memory.terms:
        at = "" if term.at is None else network.graph.nodes[term.at].name
        rows.append((term.name, write_product(term, batch), memory_text(term.bytes(batch)), at))
    rows.append(("together", "", memory_text(memory.bytes(batch)), ""))
    if limit is not None:
        largest = memory.largest_batch(limit)
        rows.append((f"largest batch in {in_bytes(limit)}", "", "?" if largest is None else f"{largest:,}", ""))
    return HtmlTable(("Memory", "Values * bytes", "Size", "At"), rows, {2}, title=title)
