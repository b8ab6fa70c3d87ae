"""The cost of a network as text: the table of layers, then work, memory, and time."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.percent import percent
from cnnspec.cost.cost import CONVENTIONS
from cnnspec.cost.flop_conventions import CONVENTIONS as TOOLS
from cnnspec.facts.layer_names import START
from cnnspec.facts.precision import in_bytes, memory_text
from cnnspec.layers.base import show_shape
from cnnspec.tables.assumed import HEADING, MARK, needs_column, write_assumptions
from cnnspec.tables.figures import show_figure, show_matrices, show_ratio, show_seconds, write_unknown_macs
from cnnspec.tables.layout import write_title
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cost.cost import Cost, CostQuestion, LayerCost
    from cnnspec.cost.memory import Memory, MemoryTerm
    from cnnspec.facts.devices import Device
    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.settings import TrainSettings

HEADINGS = ("Layer (type)", "Output Shape", "MACs", "Activations", "Saved", "im2col", "FLOP/byte")
RIGHT = {2, 3, 4, 6, 7}  # columns of figures
SPARE = ("im2col", "Saved", "FLOP/byte", "Activations", "Bound", "Time", "Output Shape")


def write_text(network: AnalysedNetwork, cost: Cost, width: int | None = None) -> str:
    """The whole report."""
    page = Page(width)
    page.add_texts([write_title(network), ""])
    page.add_table(write_layers(network, cost))
    page.add_texts(["", *write_work(network, cost), "", *write_memory(network, cost)], hanging=4)
    if cost.question.device is not None:
        page.add_texts(["", *write_time(cost, cost.question.device)], hanging=4)
    if assumptions := write_assumptions(network):
        page.add_texts(["", *assumptions], hanging=4)
    return page.write(also="as does --format json")


def write_layers(network: AnalysedNetwork, cost: Cost) -> Table:
    """The table of layers; the columns of times where a device was named."""
    timed, marked = cost.question.device is not None, needs_column(network)
    headings = (*HEADINGS, *["Time", "Bound"] * timed, *[HEADING] * marked)
    rows = []
    for layer in cost.layers:
        time = write_layer_time(layer) if timed else []
        rows.append([*write_layer(layer), *time, *[MARK * layer.assumed] * marked])
    return Table(headings, rows, RIGHT if timed else RIGHT - {7}, SPARE)


def write_layer(layer: LayerCost) -> list[str]:
    moved = layer.traffic
    return [
        f"{layer.name} ({layer.type})",
        show_shape(layer.output_shape),
        show_figure(layer.macs),
        memory_text(layer.activation_bytes),
        memory_text(layer.saved_bytes),
        show_matrices(layer.matrices),
        "-" if moved is not None and moved.bytes == 0 else "?" if moved is None else show_ratio(moved.intensity),
    ]


def write_layer_time(layer: LayerCost) -> list[str]:
    if layer.time is None:
        return ["?", "?"]
    return [show_seconds(layer.time.seconds), layer.time.bound] if layer.time.seconds else ["-", "-"]


def write_work(network: AnalysedNetwork, cost: Cost) -> list[str]:
    """MACs and FLOPs, and what a tool counts."""
    tool = cost.question.tool
    macs = write_unknown_macs(network.facts) or show_figure(cost.macs)
    lines = [f"MACs: {macs} ({CONVENTIONS['macs']})", f"FLOPs: {show_figure(cost.flops)} (2 * MACs)"]
    if tool is not None:
        convention = TOOLS[tool]
        lines.append(f"{convention.unit} as {tool} counts them: {show_figure(cost.tool_count)} ({convention.differs})")
    return lines


def write_memory(network: AnalysedNetwork, cost: Cost) -> list[str]:
    """Memory for inference and for training, term by term."""
    question = cost.question
    name = f"batch {question.batch:,}, {question.precision.name}"
    lines = write_terms(network, question, f"Inference, {name}", cost.inference)
    if cost.training is None:
        return [*lines, "", f"Training: {question.precision.name} has no gradients"]
    whole = ", nothing frozen" if "freeze" in network.train else ""
    heading = f"Training, {name}, {question.optimizer}"
    lines += ["", *write_terms(network, question, heading + whole, cost.training)]
    if cost.frozen_training is not None:
        frozen = count_nouns(len(cost.frozen), "layer")
        heading += f", {frozen} frozen as the train section says"
        lines += ["", *write_terms(network, question, heading, cost.frozen_training)]
    elif whole:
        lines.append(f"  {write_unfrozen(network.settings)}")
    return lines


def write_unfrozen(settings: TrainSettings | None) -> str:
    """Why there is no figure with what `freeze` names frozen."""
    if settings is not None and settings.unfreeze_after is not None and settings.unfreeze_after < settings.epochs:
        return (
            f"what the train section freezes is trained after epoch {settings.unfreeze_after}, so that this is the most"
        )
    if settings is not None and START in settings.freeze and settings.start:
        return f"what is frozen is known when {settings.start} is read: cnnspec train counts without that"
    return "the train section freezes no layer that has weights"


def write_terms(network: AnalysedNetwork, question: CostQuestion, heading: str, memory: Memory) -> list[str]:
    batch = question.batch
    rows = []
    for term in memory.terms:
        at = "" if term.at is None else f"   at {network.graph.nodes[term.at].name}"
        rows.append((term.name, write_product(term, batch), memory_text(term.bytes(batch)), at))
    rows.append(("together", "", memory_text(memory.bytes(batch)), ""))
    widths = [max([len(row[i]) for row in rows]) for i in range(3)]
    lines = [f"{heading}:"]
    for name, work, size, at in rows:
        lines.append(f"  {name:{widths[0]}}   {work:{widths[1]}}   {size:>{widths[2]}}{at}")
    if question.limit is not None:
        largest = memory.largest_batch(question.limit)
        fits = "?" if largest is None else f"{largest:,}" if largest else "none: the weights and one example are larger"
        lines.append(f"  largest batch in {in_bytes(question.limit)}: {fits}")
    return lines


def write_product(term: MemoryTerm, batch: int) -> str:
    """How many values of how many bytes a term is: "32 * 1,000 * 4"."""
    times = f"{batch:,} * " if term.each else ""
    symbolic = term.values is not None and not isinstance(term.values, int)
    values = f"({term.values})" if symbolic else show_figure(term.values)
    return f"{times}{values} * {term.size}"


def write_time(cost: Cost, device: Device) -> list[str]:
    """The device's peak and bandwidth, and the time at least."""
    question = cost.question
    peak = device.peak(question.precision.computes)
    assert peak is not None  # or the device is not taken
    ridge = peak.flops / device.bandwidth
    lines = [
        f"{device.name}, {question.precision.computes}: {peak.flops / 1e12:,.4g} TFLOP/s ({peak.arithmetic}), "
        f"{device.bandwidth / 1e9:,.4g} GB/s; "
        f"above {f'{ridge:,.0f}' if ridge >= 10 else f'{ridge:.2g}'} FLOP/byte arithmetic is the bound, below it memory"
    ]
    if cost.seconds is None:
        return [*lines, "Time for a batch forward: ?"]
    rate = f"{question.batch / cost.seconds:,.0f}"
    rate = f", {rate} example{'s' * (rate != '1')} a second at most"
    share = f"{percent(cost.memory_bound)} of it in layers bound by memory"
    return [
        *lines,
        f"Time for a batch forward: at least {show_seconds(cost.seconds)}{rate}, {share} (layer by layer, nothing merged)",
    ]
