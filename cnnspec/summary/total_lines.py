"""What every form of the summary's table says: its headings, and the lines of totals below it."""

from __future__ import annotations

from cnnspec.facts.precision import BYTES, in_bytes
from cnnspec.tables.assumed import write_assumptions
from cnnspec.tables.columns import COLUMNS
from cnnspec.tables.figures import show_field, show_figure, write_unknown_macs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import SummaryTotals
    from cnnspec.tables.size_names import SizeNames


def write_totals(network: AnalysedNetwork, totals: SummaryTotals, sizes: SizeNames) -> list[str]:
    """The lines below the table: each total with its convention, then what short names of sizes stand for, and what a
    model's file says that no layer shows: parameters that belong to none."""
    params, reach = totals.params, totals.receptive_field
    macs = sizes.total(network.facts.macs, totals.macs)
    size = "" if params is None else f" ({in_bytes(params * BYTES['float32'])} as float32)"
    lines = [
        f"Total params: {show_figure(params)}{size}",
        f"Trainable params: {show_figure(totals.trainable_params)}",
        f"Non-trainable params: {show_figure(totals.non_trainable_params)}",
        f"MACs: {write_unknown_macs(network.facts) or show_figure(macs)} (convolutions and dense layers, one example, bias not counted; FLOPs = 2 * MACs)",
    ]
    if reach is not None:
        left_out = count_left_out(network)
        lines.append(
            f"Receptive field: {show_field(reach)} (of the last layer before the whole input is mixed{left_out})"
        )
    lines += [("       " if i else "Sizes: ") + line for i, line in enumerate(sizes.definitions())]
    if network.graph.remark:
        lines.append(f"Note: {network.graph.remark}")
    return lines + write_assumptions(network)


def count_left_out(network: AnalysedNetwork) -> str:
    """How many gates and statistics the receptive field leaves out: "; 16 gates left out"."""
    used = network.graph.used()
    gates, statistics = (len([i for i in nodes if used[i]]) for nodes in network.facts.left_out)
    counts = ((gates, f"gate{'s' * (gates > 1)}"), (statistics, f"layer{'s' * (statistics > 1)} with statistics"))
    counted = [f"{count} {word}" for count, word in counts if count]
    return f"; {' and '.join(counted)} left out" if counted else ""


def find_headings(names: tuple[str, ...]) -> tuple[tuple[str, ...], set[int]]:
    """The headings of columns, and which columns (by number) hold figures."""
    return tuple([COLUMNS[name].heading for name in names]), {i for i, n in enumerate(names) if COLUMNS[n].numeric}
