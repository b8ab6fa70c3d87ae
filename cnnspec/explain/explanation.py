"""Explanations: the derivation of every figure of a layer, or of a network, as text, Markdown, LaTeX or JSON.

Each layer has a heading, what enters and leaves it, and sections of steps, as a lecturer writes them on the board:
floor((28 + 2*0 - 3)/1) + 1 = 26. A whole network leaves out the sections with nothing to derive and ends with totals.
"""

from __future__ import annotations

from cnnspec.base.names import suggestion
from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.base.source import brief, printable
from cnnspec.explain.arithmetic import LATEX, PLAIN, TEXT, Style, number, write
from cnnspec.explain.derivation import derive, totals
from cnnspec.explain.traced_numbers import Op
from cnnspec.facts.facts import CONVENTIONS
from cnnspec.layers.base import show_shape
from cnnspec.summary.text import title
from cnnspec.tables import escape as media
from cnnspec.tables.assumed import MARK, fields, flag, sentence
from cnnspec.tables.rows import rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.explain.steps import Section, Step
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork

SCHEMA_VERSION = 1
UNKNOWN = "unknown: this layer, or one before it, has a mistake"


class Explained(Record):
    """One layer: its name and Keras class, where and how it is written, (name, shape) of what it reads, its figures."""

    name: str
    type: str
    line: int
    written: str
    inputs: tuple[tuple[str, Shape | None], ...]
    output: Shape | None
    used: bool
    sections: tuple[Section, ...]
    assumed: bool

    @property
    def head(self) -> str:
        return f"{self.name} ({self.type})"

    @property
    def flow(self) -> str:
        """ "13x13x32 (maxpool1) -> 11x11x64"; an input's shape alone; and whether it is for nothing."""
        entering = ", ".join(f"{show_shape(shape)} ({name})" for name, shape in self.inputs)
        flow = f"{entering} -> {show_shape(self.output)}" if entering else show_shape(self.output)
        flow = f"{flow}; {MARK}" if self.assumed else flow
        return flow if self.used else f"{flow}; no output depends on it, so totals leave it out"


def layer_called(network: AnalysedNetwork, name: str) -> int:
    """The index of the layer with this name in the summary. LookupError, with what was perhaps meant, where none has it."""
    names = [node.name for node in network.graph.nodes]
    if name not in names:
        near = suggestion(name, names) or ": `cnnspec summary` lists its layers"
        raise LookupError(f'{network.name} has no layer "{name}"{near}')
    return names.index(name)


def explained(network: AnalysedNetwork, layer: str | None) -> list[Explained]:
    """The layer of a name, or every layer without the sections that have nothing to derive."""
    nodes, figures, used = network.graph.nodes, rows(network), network.graph.used()
    chosen = range(len(nodes)) if layer is None else [layer_called(network, layer)]
    made = []
    for index in chosen:
        node, row = nodes[index], figures[index]
        sections = tuple([s for s in derive(network.facts, index) if layer is not None or not s.nothing])
        inputs = tuple([(nodes[i].name, nodes[i].shape) for i in node.inputs])
        written = brief(printable(node.site.span.text.split("\n")[0]))
        figures_of = Explained(
            row.name, row.type, row.line, written, inputs, node.shape, used[index], sections, row.assumed
        )
        made.append(figures_of)
    return made


def grounds(network: AnalysedNetwork, layer: str | None) -> list[str]:
    """What was assumed, where the layer that is explained, or the network, rests on it."""
    if layer is None:
        return sentence(network)
    assumed = network.graph.nodes[layer_called(network, layer)].assumed
    return sentence(network, f"{layer} rests", True) if assumed else []


def shown(step: Step, style: Style) -> tuple[str, str]:
    """A step's arithmetic with its figure, and the words that follow; either may be empty."""
    figure = "" if step.value is None else number(step.value, style)
    if isinstance(step.tree, Op):
        figure = f"{write(step.tree, style)} = {figure}"
    between = (
        "" if not figure or not step.note else ", " if step.tree is not None and not isinstance(step.tree, Op) else ": "
    )
    return figure, between + step.note


# ---- text --------------------------------------------------------------------------------------------------
def text(network: AnalysedNetwork, layer: str | None = None) -> str:
    blocks = [title(network)] if layer is None else []
    for made in explained(network, layer):
        lines = [f"{made.head}, line {made.line}: {made.written}", f"  {made.flow}", ""]
        blocks.append("\n".join([*lines, *(table(made.sections) or [f"  {UNKNOWN}"])]))
    if layer is None:
        blocks.append("\n".join(["Totals", *table((totals(network.facts),), "")]))
    blocks += grounds(network, layer)
    return "\n".join([printable(line) for line in "\n\n".join(blocks).split("\n")]) + "\n"


def table(sections: tuple[Section, ...], heading: str | None = None) -> list[str]:
    """Sections as lines: the title, the step's name, the step."""
    width = max([len(s.title) for s in sections], default=0) + 2 if heading is None else 0
    inner = max([len(step.name) for s in sections for step in s.steps], default=0) + 2
    lines = []
    for section in sections:
        for i, step in enumerate(section.steps):
            first = section.title if i == 0 and heading is None else ""
            name = f"{step.name:{inner}}" if step.name else ""
            lines.append(f"  {first:{width}}{name}{''.join(shown(step, TEXT))}")
    return lines


# ---- Markdown ----------------------------------------------------------------------------------------------
def markdown(network: AnalysedNetwork, layer: str | None = None) -> str:
    blocks = [f"# {media.markdown(title(network))}"] if layer is None else []
    for made in explained(network, layer):
        blocks.append(f"## {media.code(made.name)} ({made.type})")
        blocks.append(f"{media.code(made.flow)}, line {made.line}: {media.code(made.written)}")
        blocks += [listed(section) for section in made.sections] or [UNKNOWN]
    if layer is None:
        blocks.append(f"## Totals\n\n{items(totals(network.facts))}")
    blocks += map(media.markdown, grounds(network, layer))
    return "\n\n".join(blocks) + "\n"


def listed(section: Section) -> str:
    return f"**{section.title}**\n\n{items(section)}"


def items(section: Section) -> str:
    lines = []
    for step in section.steps:
        sums, words = shown(step, TEXT)
        text = (media.code(sums) if sums else "") + media.markdown(words)
        lines.append(f"- {media.markdown(step.name) + ': ' if step.name else ''}{text}")
    return "\n".join(lines)


# ---- LaTeX -------------------------------------------------------------------------------------------------
PREAMBLE = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath}\n\\begin{document}\n"


def latex(network: AnalysedNetwork, layer: str | None = None) -> str:
    """A document that compiles by itself, with amsmath."""
    blocks = [f"\\section*{{{media.latex(title(network))}}}"] if layer is None else []
    for made in explained(network, layer):
        flow, written = media.latex(made.flow.replace("->", "to")), media.latex(made.written)
        blocks.append(f"\\subsection*{{{media.latex(made.head)}}}\n{flow}, line {made.line}: \\texttt{{{written}}}")
        blocks += [itemized(section) for section in made.sections] or [UNKNOWN]
    if layer is None:
        blocks.append(itemized(totals(network.facts)))
    blocks += map(media.latex, grounds(network, layer))
    return PREAMBLE + "\n\n".join(blocks) + "\n\\end{document}\n"


def itemized(section: Section) -> str:
    lines = [f"\\paragraph{{{section.title}}}", "\\begin{itemize}"]
    for step in section.steps:
        sums, words = shown(step, LATEX)
        text = (f"${sums}$" if sums else "") + media.latex(words)
        lines.append(f"  \\item {media.latex(step.name) + ': ' if step.name else ''}{text}")
    return "\n".join([*lines, "\\end{itemize}"])


# ---- JSON --------------------------------------------------------------------------------------------------
def json(network: AnalysedNetwork, layer: str | None = None) -> dict[str, Any]:
    """The derivations as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    A step's `work` is arithmetic in + - * / with floor(), ceil(), max() and mod, null where words (`note`) say it; its
    `value` is the figure, null where there is none. Sizes that depend on the input's are expressions as text, "H//2".
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "layers": [
            {
                "name": made.name,
                "type": made.type,
                "line": made.line,
                "inputs": [{"name": name, "shape": _list(shape)} for name, shape in made.inputs],
                "output_shape": _list(made.output),
                "used": made.used,
                "sections": [_section(section) for section in made.sections],
                **flag(made.assumed),
            }
            for made in explained(network, layer)
        ],
        "totals": _section(totals(network.facts)) if layer is None else None,
        **fields(network),
        "conventions": CONVENTIONS,
    }


def _section(section: Section) -> dict[str, Any]:
    steps = [
        {
            "name": step.name,
            "work": write(step.tree, PLAIN) if isinstance(step.tree, Op) else None,
            "value": _value(step.value),
            "note": step.note,
        }
        for step in section.steps
    ]
    return {"title": section.title, "steps": steps}


def _list(shape: Shape | None) -> list[Any] | None:
    return None if shape is None else [_value(n) for n in shape]


def _value(value: Any) -> Any:
    return str(value) if isinstance(value, Size) else value


FORMATS = {"text": text, "markdown": markdown, "latex": latex}
