"""The parts of a page as HTML: a network's picture, its text, what is found in it, the table of its layers."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.diagnostic import SEVERITIES
from cnnspec.draw.page.document import write_data
from cnnspec.draw.page.layers import network_data
from cnnspec.draw.page.pictures import draw_pictures
from cnnspec.draw.page.tables import align_cell, write_choice, write_head, write_table
from cnnspec.draw.page.texts import Texts
from cnnspec.findings.sentence import write_sentence
from cnnspec.layers.base import product
from cnnspec.summary.summary import summarize
from cnnspec.summary.total_lines import write_totals
from cnnspec.tables.columns import COLUMNS, LayerRows, mark_assumed, write_cells
from cnnspec.tables.escape import xml
from cnnspec.tables.figures import show_field, show_figure
from cnnspec.tables.layout import write_title
from cnnspec.tables.rows import ReceptiveField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.draw.page.pictures import Pictures
    from cnnspec.draw.page.texts import PageText
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary

LISTED = ("name", "type", "shape", "params", "macs", "memory", "rf", "jump", "line")  # columns of the table of layers
BUTTONS = (
    ("in", "+", "Zoom in"), ("out", "−", "Zoom out"), ("fit", "Fit", "Show all of the picture"), ("less", "Fold", "Show less"),
    ("more", "Unfold", "Show more"), ("first", "Reset", "Show the picture as at first"),
)  # fmt: skip
THEME = '<button type="button" id="theme">Light or dark</button>'
SIGNS = {"error": "×", "warning": "!", "info": "i"}
FIGURES = {  # what they are called beside a single layer, where there is room
    "shape": "Output", "params": "Parameters", "memory": "Output, float32", "rf": "Receptive field", "jump": "Stride", "line": "Line",
}  # fmt: skip


def write_network(
    network: AnalysedNetwork, question: DrawQuestion, key: str, label: str = "", tabbed: bool = False
) -> tuple[str, str]:
    """A network's part of a page, and the rules of style of its pictures. `key` tells it from the others of the page, `label` is
    what it is called; `tabbed`: it has a tab."""
    pictures, texts, summary = draw_pictures(network, question), Texts(network), summarize(network)
    data = network_data(network, texts)
    data |= {
        "pictures": picture_data(pictures),
        "first": find_first(network),
        "figures": [FIGURES.get(name, COLUMNS[name].heading) for name in find_columns(network)],
    }
    title = label or write_title(network)
    parts = (
        write_picture(pictures, title),
        write_texts(texts.made, network, title),
        f'<section class="pane layer" aria-label="The chosen layer of {xml(title)}" tabindex="0"><p class="note">Choose a box or a line.</p></section>',
        write_findings(network),
        write_layers(network, summary, title),
    )
    body = "\n".join([part for part in parts if part])
    role = f'role="tabpanel" aria-labelledby="tab-{key}"' if tabbed else f'aria-label="{xml(title)}"'
    return (
        f'<section class="network" id="network-{key}" {role}>\n{write_data(data)}\n{body}\n</section>',
        pictures.style,
    )


def find_first(network: AnalysedNetwork) -> int:
    """The layer that is chosen at first: the one whose field is the network's; else where a mistake is, or the last. -1 for none."""
    refused = [node.index for node in network.graph.nodes if node.shape is None]
    last = len(network.graph.nodes) - 1
    return next(index for index in (network.facts.deepest, *refused[:1], last) if index is not None)


# ---- the picture -------------------------------------------------------------------------------------------------
def picture_data(pictures: Pictures) -> dict[str, Any]:
    """The open blocks of every picture; and all of them, packed, where there is more than the one that is seen first."""
    from base64 import b64encode
    from zlib import compress

    from cnnspec.tables.escape import json

    svg = [picture.svg for picture in pictures.pictures]
    packed = b64encode(compress(json(svg, None).encode(), 9)).decode() if len(svg) > 1 else ""
    return {"open": [picture.open for picture in pictures.pictures], "levels": pictures.levels, "packed": packed}


def write_picture(pictures: Pictures, title: str) -> str:
    """The picture that is seen first, and what zooms it."""
    folds = len(pictures.pictures) > 1
    buttons = [write_button(*button) for button in BUTTONS if folds or button[0] in ("in", "out", "fit")]
    return (
        f'<section class="pane picture" aria-label="Picture of {xml(title)}">'
        f'<div class="bar" role="toolbar" aria-label="Zoom and fold">{"".join(buttons)}</div>'
        f'<div class="stage">{pictures.pictures[0].svg}</div></section>'
    )


def write_button(act: str, sign: str, about: str) -> str:
    label = f' aria-label="{about}"' if len(sign) == 1 else ""
    return f'<button type="button" data-act="{act}"{label} title="{about}">{sign}</button>'


# ---- the text ----------------------------------------------------------------------------------------------------
def write_texts(texts: Sequence[PageText], network: AnalysedNetwork, title: str) -> str:
    """The texts with the numbers of their lines; of a model the list of its layers."""
    severe = find_marked_lines(network)
    made = []
    for number, text in enumerate(texts):
        lines = []
        for line, words in enumerate(text.lines, 1):
            severity = severe.get((text.name, line), "")
            look = f' class="{severity}"' if severity else ""
            lines.append(f'<li data-line="{number} {line}"{look}><code>{words}</code></li>')
        made.append(f"<h2>{xml(text.name)}</h2><ol>{''.join(lines)}</ol>")
    what = "Text" if network.has_text else "Layers"
    return f'<section class="pane text" aria-label="{what} of {xml(title)}">{"".join(made)}</section>'


def find_marked_lines(network: AnalysedNetwork) -> dict[tuple[str, int], str]:
    """The lines where something is found, with the worst that is found there."""
    found: dict[tuple[str, int], str] = {}
    for severity in reversed(SEVERITIES):
        for one in network.diagnostics:
            if one.severity == severity and one.span is not None and one.span.source.text and one.position:
                found[one.span.source.name, one.position[0]] = severity
    return found


def write_findings(network: AnalysedNetwork) -> str:
    """What is found, each finding a button that shows where."""
    if not network.diagnostics:
        return ""
    items = []
    for number, found in enumerate(network.diagnostics):
        place = f"line {found.position[0]}: " if found.position else ""
        head = f'<b class="{found.severity}">{SIGNS[found.severity]} {found.severity} {found.code}</b>'
        items.append(
            f'<li><button type="button" class="plain" data-finding="{number}">{head} {place}{xml(write_sentence(found))}</button></li>'
        )
    return f'<section class="pane findings"><h2>{count_nouns(len(items), "finding")}</h2><ul>{"".join(items)}</ul></section>'


# ---- the table ---------------------------------------------------------------------------------------------------
def write_layers(network: AnalysedNetwork, summary: Summary, title: str) -> str:
    """The table of all layers, whose columns can be sorted, and the totals."""
    columns = mark_assumed(network, find_columns(network))
    cells, sizes = write_cells(network, summary.layers, columns)
    layers = LayerRows(network, summary.layers)
    rows = []
    for index, row in enumerate(cells):
        keys = [find_number(COLUMNS[name].value(layers, index)) for name in columns]
        name, *rest = [write_cell(column, words, key) for column, words, key in zip(columns, row, keys, strict=True)]
        rows.append(f'<tr data-layer="{index}">{name}{"".join(rest)}</tr>')
    heads = [write_head(xml(COLUMNS[name].heading), COLUMNS[name].numeric) for name in columns]
    totals = "<br>".join(map(xml, write_totals(network, summary.totals, sizes)))
    search = '<label class="search">Find layers <input type="search" placeholder="conv 3x3"></label><span class="count" role="status"></span>'
    return (
        f'<section class="pane table" aria-label="Figures of {xml(title)}"><div class="bar">{search}</div>'
        f'<div class="wide" tabindex="0">{write_table(heads, rows)}</div><p class="totals">{totals}</p></section>'
    )


def find_columns(network: AnalysedNetwork) -> tuple[str, ...]:
    """The columns of the table of layers; a model has no lines."""
    return LISTED if network.has_text else LISTED[:-1]


def write_cell(column: str, words: str, number: float | None) -> str:
    """A cell, with the number that it is sorted by where its words do not tell it."""
    key = "" if number is None or words.replace(",", "") == f"{number}" else f' data-number="{number}"'
    if column == "name":
        return f'<th scope="row">{write_choice(xml(words))}</th>'
    return f"<td{align_cell(COLUMNS[column].numeric)}{key}>{xml(words)}</td>"


def find_number(value: Any) -> float | None:
    """What a figure is sorted by: a number itself, a shape by its product, a field by its area; None for words."""
    if isinstance(value, ReceptiveField):
        return find_number(value.size) if value.size is not None else None
    if isinstance(value, tuple) and value and all([isinstance(n, (int, float)) for n in value]):
        value = product(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53 else None


def write_totals_short(network: AnalysedNetwork) -> str:
    """The totals in one line."""
    facts = network.facts
    figures = [
        f"{show_figure(facts.total.layers)} layers",
        f"{show_figure(facts.total.parameters)} parameters",
        f"{show_figure(facts.total.macs)} MACs",
    ]
    field = summarize(network).totals.receptive_field
    found = [
        count_nouns(n, one)
        for one in ("error", "warning")
        if (n := sum([d.severity == one for d in network.diagnostics]))
    ]
    return " · ".join([*figures, *[f"receptive field {show_field(field)}"] * (field is not None), *found])
