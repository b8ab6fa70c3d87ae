"""What a network costs: work, memory term by term, matrix sizes, and the time a device needs at least; text and JSON."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.cost import memory as cost
from cnnspec.cost.flop_conventions import CONVENTIONS
from cnnspec.facts.activation_memory import output_bytes
from cnnspec.facts.facts import flops
from cnnspec.facts.im2col import im2col
from cnnspec.facts.precision import in_bytes, memory_text
from cnnspec.facts.roofline import traffic
from cnnspec.facts.training_memory import saved
from cnnspec.layers.base import show_shape
from cnnspec.summary.text import laid_out, title, value_data
from cnnspec.tables import assumed
from cnnspec.tables.columns import figure, matrices_text, ratio
from cnnspec.tables.rows import keras_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.cost.memory import Memory, Term
    from cnnspec.facts.devices import Device
    from cnnspec.facts.precision import Precision
    from cnnspec.facts.roofline import Traffic
    from cnnspec.network import AnalysedNetwork

SCHEMA_VERSION = 2
CONVENTIONS_TEXT = {
    "macs": "convolutions and dense layers, one example, bias not counted",
    "flops": "2 * macs, one example",
    "arithmetic": "of the batch: 2 for a MAC, other layers one for each value that is read for an output",
    "memory": "an estimate from below: no workspace of convolutions, no waste of the allocator",
    "time": "a lower bound: each layer reads and writes once, at the device's bandwidth, or computes at its peak in the arithmetic named",
}


class Question(Record):
    """What is asked: the batch, the number format, the optimizer (as written) and its slots; and, where they are given,
    a limit in bytes, a device, a tool whose FLOPs are wanted."""

    batch: int
    precision: Precision
    optimizer: str
    slots: int
    limit: int | None = None
    device: Device | None = None
    tool: str | None = None


class Answer:
    """The figures that a report is made of, one each a node where they are lists."""

    def __init__(self, network: AnalysedNetwork, asked: Question) -> None:
        facts = network.facts
        self.network, self.asked, self.facts = network, asked, facts
        self.inference = cost.inference(facts, asked.precision)
        self.training = cost.training(facts, asked.precision, asked.slots) if asked.precision.trains else None
        self.saved = saved(facts)
        self.traffic = traffic(facts, asked.precision, asked.batch)

    def tool_count(self) -> Dim | None:
        """What the tool that was asked for counts for one example."""
        used = [o for o, u in zip(self.facts.operations, self.facts.graph.used(), strict=True) if u]
        if self.asked.tool is None or None in used:
            return None
        return CONVENTIONS[self.asked.tool].count([work for operations in used for work in operations or ()])

    def seconds(self) -> tuple[float, float] | None:
        """(the time of all layers at least, the share of it that is bound by memory)."""
        total = moving = 0.0
        for moved, used in zip(self.traffic, self.facts.graph.used(), strict=True):
            if not used:
                continue
            least = self._least(moved)
            if least is None:
                return None
            total, moving = total + least[0], moving + least[0] * (least[1] == "memory")
        return (total, moving / total) if total else None

    def _least(self, moved: Traffic | None) -> tuple[float, str] | None:
        if moved is None or self.asked.device is None:
            return None
        return moved.seconds(self.asked.device, self.asked.precision)

    def least(self, index: int) -> tuple[float, str] | None:
        """The time of one layer at least, and its bound."""
        return self._least(self.traffic[index])


# ---- text --------------------------------------------------------------------------------------------------
def text(network: AnalysedNetwork, asked: Question) -> str:
    """The table of layers, then work, memory, and time."""
    found = Answer(network, asked)
    lines = [title(network), "", *_layers(found), "", *_work(found), "", *_memory(found)]
    if asked.device is not None:
        lines += ["", *_time(found, asked.device)]
    if said := assumed.sentence(network):
        lines += ["", *said]
    return "\n".join([printable(line.rstrip()) for line in lines]) + "\n"


def _layers(found: Answer) -> list[str]:
    asked = found.asked
    heads = ["Layer (type)", "Output Shape", "MACs", "Activations", "Saved", "im2col", "FLOP/byte"]
    heads += ["Time", "Bound"] * (asked.device is not None)
    mark = assumed.marks(found.network)
    heads += [assumed.HEADING] * mark
    lines = [heads]
    for node in found.facts.graph.nodes:
        shape, operations, moved = node.shape, found.facts.operations[node.index], found.traffic[node.index]
        kept = None if found.saved is None else found.saved[node.index]
        line = [
            f"{node.name} ({keras_type(node, found.network)})",
            show_shape(shape),
            figure(found.facts.macs[node.index]),
            memory_text(output_bytes(shape, asked.precision, asked.batch)),
            memory_text(None if kept is None else kept.bytes(asked.precision, asked.batch)),
            matrices_text(None if operations is None else im2col(operations)),
            "-" if moved is not None and moved.bytes == 0 else "?" if moved is None else ratio(moved.intensity),
        ]
        if asked.device is not None:
            least = found.least(node.index)
            idle = least is not None and least[0] == 0
            line += ["?", "?"] if least is None else ["-", "-"] if idle else [seconds_text(least[0]), least[1]]
        lines.append([*line, *[assumed.MARK * node.assumed] * mark])
    return laid_out(lines, {2, 3, 4, 6, 7} if asked.device is not None else {2, 3, 4, 6})


def seconds_text(seconds: float) -> str:
    """A time with three digits: 2.41 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds / size < 1000 else f"{seconds / size:,.0f} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _work(found: Answer) -> list[str]:
    tool = found.asked.tool
    lines = [
        f"MACs: {figure(found.facts.total_macs)} ({CONVENTIONS_TEXT['macs']})",
        f"FLOPs: {figure(found.facts.total_flops)} (2 * MACs)",
    ]
    if tool is not None:
        convention = CONVENTIONS[tool]
        lines.append(f"{convention.unit} as {tool} counts them: {figure(found.tool_count())} ({convention.differs})")
    return lines


def _memory(found: Answer) -> list[str]:
    asked = found.asked
    name = f"batch {asked.batch:,}, {asked.precision.name}"
    lines = _terms(found, f"Inference, {name}", found.inference)
    if found.training is None:
        return [*lines, "", f"Training: {asked.precision.name} has no gradients"]
    return [*lines, "", *_terms(found, f"Training, {name}, {asked.optimizer}", found.training)]


def _terms(found: Answer, heading: str, memory: Memory) -> list[str]:
    batch = found.asked.batch
    cells = [
        (term.name, _arithmetic(term, batch), memory_text(term.bytes(batch)), _at(found, term)) for term in memory.terms
    ]
    cells.append(("together", "", memory_text(memory.bytes(batch)), ""))
    widths = [max([len(line[i]) for line in cells]) for i in range(3)]
    made = [f"{heading}:"]
    for name, work, size, at in cells:
        made.append(f"  {name:{widths[0]}}   {work:{widths[1]}}   {size:>{widths[2]}}{at}")
    if found.asked.limit is not None:
        largest = memory.largest_batch(found.asked.limit)
        fits = "?" if largest is None else f"{largest:,}" if largest else "none: the weights and one example are larger"
        made.append(f"  largest batch in {in_bytes(found.asked.limit)}: {fits}")
    return made


def _arithmetic(term: Term, batch: int) -> str:
    times = f"{batch:,} * " if term.each else ""
    values = f"({term.values})" if term.values is not None and not isinstance(term.values, int) else figure(term.values)
    return f"{times}{values} * {term.size}"


def _at(found: Answer, term: Term) -> str:
    return "" if term.at is None else f"   at {found.facts.graph.nodes[term.at].name}"


def _time(found: Answer, device: Device) -> list[str]:
    asked, total = found.asked, found.seconds()
    peak = device.peak(asked.precision.computes)
    assert peak is not None  # or the device is not taken
    ridge = peak.flops / device.bandwidth
    lines = [
        f"{device.name}, {asked.precision.computes}: {peak.flops / 1e12:,.4g} TFLOP/s ({peak.arithmetic}), "
        f"{device.bandwidth / 1e9:,.4g} GB/s; "
        f"above {f'{ridge:,.0f}' if ridge >= 10 else f'{ridge:.2g}'} FLOP/byte arithmetic is the bound, below it memory"
    ]
    if total is None:
        return [*lines, "Time for a batch forward: ?"]
    rate = f", {asked.batch / total[0]:,.0f} examples a second at most"
    said = f"{percent(total[1])} of it in layers bound by memory"
    return [
        *lines,
        f"Time for a batch forward: at least {seconds_text(total[0])}{rate}, {said} (layer by layer, nothing merged)",
    ]


# ---- JSON --------------------------------------------------------------------------------------------------
def json(network: AnalysedNetwork, asked: Question) -> dict[str, Any]:
    """The figures as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    Bytes and seconds are of the whole batch; unknown figures are None; what depends on the input's size is an expression.
    """
    found = Answer(network, asked)
    seconds = found.seconds()
    tool = asked.tool and {
        "name": asked.tool,
        "unit": CONVENTIONS[asked.tool].unit,
        "count": value_data(found.tool_count()),
        "differs": CONVENTIONS[asked.tool].differs,
    }
    peak = asked.device and asked.device.peak(asked.precision.computes)
    device = asked.device and {
        "name": asked.device.name,
        "arithmetic": peak and peak.arithmetic,
        "flops_per_second": peak and peak.flops,
        "bytes_per_second": asked.device.bandwidth,
        "seconds": None if seconds is None else seconds[0],
        "memory_bound_share": None if seconds is None else seconds[1],
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "batch": asked.batch,
        "dtype": asked.precision.name,
        "optimizer": asked.optimizer,
        "layers": [_layer(found, index) for index in range(len(network.graph.nodes))],
        "macs": value_data(found.facts.total_macs),
        "flops": value_data(found.facts.total_flops),
        "tool": tool,
        "inference": _memory_data(found, found.inference),
        "training": found.training and _memory_data(found, found.training),
        "device": device,
        **assumed.fields(network),
        "conventions": CONVENTIONS_TEXT,
    }


def _layer(found: Answer, index: int) -> dict[str, Any]:
    asked, node, operations = found.asked, found.facts.graph.nodes[index], found.facts.operations[index]
    kept = None if found.saved is None else found.saved[index]
    moved, least = found.traffic[index], found.least(index)
    products = im2col(operations) if operations is not None else ()
    return {
        "name": node.name,
        "type": keras_type(node, found.network),
        "macs": value_data(found.facts.macs[index]),
        "activation_bytes": value_data(output_bytes(node.shape, asked.precision, asked.batch)),
        "saved_bytes": None if kept is None else value_data(kept.bytes(asked.precision, asked.batch)),
        "im2col": [{name: value_data(getattr(made, name)) for name in made._fields} for made in products],
        "flops": value_data(flops(found.facts.macs[index])),
        "arithmetic": None if moved is None else value_data(moved.flops),
        "bytes_moved": None if moved is None else value_data(moved.bytes),
        "intensity": None if moved is None else moved.intensity,
        "seconds": None if least is None else least[0],
        "bound": None if least is None or least[0] == 0 else least[1],
        **assumed.flag(node.assumed),
    }


def _memory_data(found: Answer, memory: Memory) -> dict[str, Any]:
    batch, limit = found.asked.batch, found.asked.limit
    return {
        "terms": [
            {
                "name": term.name,
                "values": value_data(term.values),
                "bytes_each": term.size,
                "per_example": term.each,
                "bytes": value_data(term.bytes(batch)),
                "at": None if term.at is None else found.facts.graph.nodes[term.at].name,
            }
            for term in memory.terms
        ],
        "bytes": value_data(memory.bytes(batch)),
        "largest_batch": None if limit is None else memory.largest_batch(limit),
    }
