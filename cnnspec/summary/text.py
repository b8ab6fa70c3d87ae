"""The summary of a network: as a table for people (text, Markdown, HTML), as CSV, as JSON."""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.base.source import printable
from cnnspec.facts.facts import CONVENTIONS
from cnnspec.facts.precision import BYTES, in_bytes
from cnnspec.layers.base import show_shape
from cnnspec.tables import assumed
from cnnspec.tables import escape as media
from cnnspec.tables.columns import COLUMNS, DEFAULT, field, figure, marked, plain, table
from cnnspec.tables.rows import LayerFigures, ReceptiveField, receptive_field, rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.size_names import SizeNames

SCHEMA_VERSION = 1
SUM_WIDTH = 100  # of a line of a total that is a sum


def totals(network: AnalysedNetwork, sizes: SizeNames) -> list[str]:
    """The lines below the table, each total with its convention, then what short names of sizes stand for."""
    facts = network.facts
    params, trainable, frozen = facts.total_parameters, facts.total_trainable, facts.total_frozen
    macs = sizes.total(facts.macs, facts.total_macs)
    size = "" if params is None else f" ({in_bytes(params * BYTES['float32'])} as float32)"
    reach = receptive_field(facts.receptive_field)
    lines = [
        f"Total params: {figure(params)}{size}",
        f"Trainable params: {figure(trainable)}",
        f"Non-trainable params: {figure(frozen)}",
        f"MACs: {figure(macs)} (convolutions and dense layers, one example, bias not counted; FLOPs = 2 * MACs)",
    ]
    if reach is not None:
        left_out = mixing(network)
        lines.append(f"Receptive field: {field(reach)} (of the last layer before the whole input is mixed{left_out})")
    lines += [("       " if i else "Sizes: ") + line for i, line in enumerate(sizes.definitions())]
    return lines + assumed.sentence(network)


def mixing(network: AnalysedNetwork) -> str:
    """What the receptive field leaves out, counted: gates and statistics."""
    used = network.graph.used()
    gates, statistics = (len([i for i in nodes if used[i]]) for nodes in network.facts.left_out)
    counts = ((gates, f"gate{'s' * (gates > 1)}"), (statistics, f"layer{'s' * (statistics > 1)} with statistics"))
    counted = [f"{count} {word}" for count, word in counts if count]
    return f"; {' and '.join(counted)} left out" if counted else ""


def folded(line: str) -> list[str]:
    """A long sum over several lines, its convention behind it."""
    total, bracket, convention = line.rpartition(" (")
    first, *terms = total.split(" + ")
    lines = [first]
    for term in terms:
        whole = lines[-1].count("(") == lines[-1].count(")")
        if whole and len(lines[-1]) + len(term) > SUM_WIDTH:
            lines.append("     ")
        lines[-1] += f" + {term}"
    if terms and len(lines[-1] + convention) > SUM_WIDTH + 20:
        return [*lines, f"      ({convention}"]
    return [*lines[:-1], lines[-1] + bracket + convention]


def title(network: AnalysedNetwork) -> str:
    settings = ", ".join(f"{k}={v}" for k, v in network.graph.parameters.items() if isinstance(v, (int, float, str)))
    return printable(f'Model: "{network.name}"' + (f" ({settings})" if settings else ""))


def headings(names: tuple[str, ...]) -> tuple[tuple[str, ...], set[int]]:
    """The columns' headings, and which of them are numeric."""
    return tuple([COLUMNS[name].heading for name in names]), {i for i, n in enumerate(names) if COLUMNS[n].numeric}


def text(network: AnalysedNetwork, names: tuple[str, ...] = DEFAULT) -> str:
    """The table as `model.summary()` shows it, every line as long as it needs to be."""
    names = marked(network, names)
    heads, numeric = headings(names)
    cells, sizes = table(network, names)
    lines = [title(network), "", *laid_out([heads, *cells], numeric), ""]
    lines += [part for total in totals(network, sizes) for part in folded(total)]
    return "\n".join([printable(line.rstrip()) for line in lines]) + "\n"


def laid_out(cells: Sequence[Sequence[str]], numeric: set[int]) -> list[str]:
    """A table's lines, with a rule below its headings."""
    widths = [max([len(line[i]) for line in cells]) for i in range(len(cells[0]))]
    lines = [
        " "
        + "   ".join(
            [f"{c:>{w}}" if i in numeric else f"{c:{w}}" for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        )
        for line in cells
    ]
    lines.insert(1, " " + "─" * (sum(widths) + 3 * (len(widths) - 1)))
    return lines


def colored(network: AnalysedNetwork, width: int, names: tuple[str, ...] = DEFAULT) -> str:
    """The same table for a terminal of some width: long cells are folded, and rows of unknown shape are red."""
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names = marked(network, names)
    heads, numeric_columns = headings(names)
    body, sizes = table(network, names, width)
    lines = [
        (node.shape is None, [printable(cell) for cell in cells])
        for node, cells in zip(network.graph.nodes, body, strict=True)
    ]
    least = [
        longest([line[i] if i in numeric_columns else word for _, line in lines for word in line[i].split()])
        for i in range(len(heads))
    ]
    if sum(least) + 3 * len(least) > width:  # too narrow to keep words whole: fold them rather than cut figures off
        least = [0] * len(least)
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(heads):
        numeric = number in numeric_columns
        justify: Literal["left", "right"] = "right" if numeric else "left"
        drawn.add_column(heading, justify=justify, overflow="fold", no_wrap=numeric, min_width=least[number])
    for unknown, line in lines:
        drawn.add_row(*[Text(cell, style="red" if unknown else "") for cell in line])
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=True, highlight=False, legacy_windows=False, color_system="standard"
    )  # fmt: skip
    console.print(Text(printable(title(network)), style="bold"))
    console.print(drawn)
    for total in totals(network, sizes):
        console.print(Text(printable(total)), soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def longest(texts: list[str]) -> int:
    return max(map(len, texts), default=0)


def markdown(network: AnalysedNetwork, names: tuple[str, ...] = DEFAULT) -> str:
    names = marked(network, names)
    heads, numeric = headings(names)
    body, sizes = table(network, names)
    lines = [f"**{media.markdown(title(network))}**", "", "| " + " | ".join(heads) + " |"]
    lines.append("| " + " | ".join("---:" if i in numeric else "---" for i in range(len(heads))) + " |")
    lines += ["| " + " | ".join(map(media.markdown, cells)) + " |" for cells in body]
    lines.append("")
    lines += [f"- {media.markdown(line)}" for line in totals(network, sizes)]
    return "\n".join(lines) + "\n"


def csv(network: AnalysedNetwork, names: tuple[str, ...] = ()) -> str:
    """One line a layer; shapes as 28x28x1, an empty cell for what is unknown. Chosen columns are called by their names."""
    import csv as writer
    from io import StringIO

    out = StringIO()
    lines = writer.writer(out, lineterminator="\n")
    if names:
        names = marked(network, names)
        lines.writerows([names, *plain(network, names)])
        return out.getvalue()
    mark = assumed.marks(network)
    lines.writerow(
        ("layer", "type", "output_shape", "params", "trainable_params", "non_trainable_params", "connected_to", "macs",
         "rf_size", "rf_stride", "rf_padding", "line", *[assumed.MARK] * mark)
    )  # fmt: skip
    for row in rows(network):
        reach = row.receptive_field
        lines.writerow(
            (
                row.name, row.type, "" if row.output_shape is None else show_shape(row.output_shape),
                _blank(row.params), _blank(row.trainable), _blank(row.non_trainable), " ".join(row.inputs), _blank(row.macs),
                _joined(reach and reach.size), _joined(reach and reach.stride), _joined(reach and reach.padding), row.line,
                *[assumed.MARK * row.assumed] * mark,
            )
        )  # fmt: skip
    return out.getvalue()


def _blank(value: Any) -> str:
    return "" if value is None else str(value)


def _joined(values: Any) -> str:
    return "x".join("?" if v is None else str(v) for v in values) if values else ""


def html(network: AnalysedNetwork) -> str:
    """A table for notebooks."""
    names = marked(network, DEFAULT)
    heads, numeric = headings(names)
    align = ["right" if i in numeric else "left" for i in range(len(heads))]
    head = "".join(f"<th style='text-align:{side}'>{h}</th>" for side, h in zip(align, heads, strict=True))
    body, (made, sizes) = "", table(network, names)
    for node, cells in zip(network.graph.nodes, made, strict=True):
        style = " style='color:#b00'" if node.shape is None else ""
        body += f"<tr{style}>" + "".join(
            f"<td style='text-align:{side}'>{media.xml(cell)}</td>" for side, cell in zip(align, cells, strict=True)
        ) + "</tr>"  # fmt: skip
    lines = "<br>".join(media.xml(line) for line in totals(network, sizes))
    return f"<b>{media.xml(title(network))}</b><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{lines}</p>"


# ---- JSON --------------------------------------------------------------------------------------------------
def json(network: AnalysedNetwork) -> dict[str, Any]:
    """The summary as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    Shapes without the batch; lists have one entry an axis; unknown figures are None; a size that depends on the
    input is an expression as text, "H//2".
    """
    graph, facts = network.graph, network.facts
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "inputs": [_tensor(graph.nodes[i]) for i in graph.inputs],
        "layers": [layer_data(row) for row in rows(network)],
        "outputs": [_tensor(graph.nodes[i], graph.ends_assumed) for i in graph.outputs],
        "totals": {
            "params": facts.total_parameters,
            "trainable_params": facts.total_trainable,
            "non_trainable_params": facts.total_frozen,
            "macs": value_data(facts.total_macs),
            "flops": value_data(facts.total_flops),
            "receptive_field": reach_data(receptive_field(facts.receptive_field)),
            **assumed.flag(graph.assumed),
        },
        **assumed.fields(network),
        "conventions": CONVENTIONS,
    }


def _tensor(node: Any, assumed_end: bool = False) -> dict[str, Any]:
    return {"name": node.name, "shape": _list(node.shape), **assumed.flag(node.assumed or assumed_end)}


def layer_data(row: LayerFigures) -> dict[str, Any]:
    made = {
        "name": row.name,
        "type": row.type,
        "inputs": list(row.inputs),
        "output_shape": _list(row.output_shape),
        "params": {"trainable": row.trainable, "non_trainable": row.non_trainable},
        "macs": value_data(row.macs),
        "receptive_field": reach_data(row.receptive_field),
        "line": row.line,
    }
    if row.shared_with:
        made["shared_with"] = row.shared_with
    return made | assumed.flag(row.assumed)


def reach_data(value: ReceptiveField | None) -> dict[str, Any]:
    if value is None:
        return {"size": None, "stride": None, "padding": None}
    return {"size": _list(value.size), "stride": _list(value.stride), "padding": _list(value.padding)}


def _list(values: Any) -> list[Any] | None:
    return None if values is None else [value_data(v) for v in values]


def value_data(value: Any) -> Any:
    return str(value) if isinstance(value, Size) else value
