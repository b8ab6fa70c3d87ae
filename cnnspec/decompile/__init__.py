"""A network without its text → a text that a person would have written.

    graph ──structure──▶ steps ──loops, blocks──▶ folded steps ──wording──▶ text

Whatever is written is read again: the text's own network has to equal the one that it was made from.
"""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.decompile.alike import count_reads
from cnnspec.decompile.blocks import take_out
from cnnspec.decompile.constants import with_constants
from cnnspec.decompile.loops import fold
from cnnspec.decompile.same import difference
from cnnspec.decompile.sketch import Block, Steps
from cnnspec.decompile.structure import Structure
from cnnspec.decompile.text import definition, lines, shape
from cnnspec.decompile.wording import word
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.graph import Graph
from cnnspec.format import format_source
from cnnspec.source import Source
from cnnspec.syntax.parse import parse

Way = Callable[[Steps, list[Block]], tuple[Steps, list[Block]]]


CLEARLY = 0.85  # how much shorter a text with fewer loops has to be


class Unfaithful(Exception):
    """A text does not read back as the network that it was made from: a defect of cnnspec."""


def to_text(graph: Graph) -> str:
    """The text of a network, canonically formatted; of two ways to fold it the one with loops, unless it is much longer.

    Raises Unfaithful when none reads back as the same network.
    """
    made: list[str] = []
    why = ""
    for way in (loops_first, blocks_first, as_it_is):
        if way is as_it_is and made:
            break
        text = written_out(graph, way)
        why = unlike(text, graph) or why
        if not why:
            made.append(text)
    if not made:
        raise Unfaithful(why)
    best, *others = made
    return min(others, key=len) if others and len(others[0]) < CLEARLY * len(best) else best


def written_out(graph: Graph, way: Way) -> str:
    structure = Structure(graph)
    names = {label.name for label in structure.labels.values()} | {node.name for node in graph.nodes}
    steps, constants = with_constants(structure.steps, structure.shared, names)
    steps, blocks = way(steps, structure.shared)
    body = [f"input {input_name(structure, i)}{shape(graph.nodes[i].shape or ())}" for i in graph.inputs]
    body += lines(word(steps, blocks, names))
    if len(graph.outputs) > 1 or graph.outputs[0] != structure.last:
        body.append(f"output {', '.join([str(structure.label(i)) for i in graph.outputs])}")
    model = "\n".join([f"model {identifier(graph.name)} {{", *[f"  {line}" for line in body], "}"])
    text = "\n\n".join([*constants, *[definition(block) for block in blocks], model]) + "\n"
    formatted, problems = format_source(Source("imported", text))
    if formatted is None:
        raise Unfaithful(f"{problems[0].message}\n{text}")
    return formatted


def input_name(structure: Structure, index: int) -> str:
    named = structure.labels.get(index) or structure.nodes[index].name
    return f"{named} " if named else ""


def identifier(name: str) -> str:
    """A model's name as the language takes it."""
    plain = "".join([c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name]) or "Network"
    return f"_{plain}" if plain[0].isdigit() else plain


def unlike(text: str, graph: Graph) -> str:
    """How the network of a text differs from the one that it is meant to be, "" for not at all."""
    parsed = parse(Source("imported", text))
    if parsed.diagnostics:
        return parsed.diagnostics[0].message
    (made,) = elaborate(parsed, lambda path: Source(path, ""), {}, 10**9, None)
    return made.errors[0].message if made.errors else difference(graph, made.graph)


def loops_first(steps: Steps, blocks: list[Block]) -> tuple[Steps, list[Block]]:
    steps, blocks = take_out(fold(steps, count_reads(steps)), blocks)
    return fold(steps, count_reads(steps)), blocks


def blocks_first(steps: Steps, blocks: list[Block]) -> tuple[Steps, list[Block]]:
    steps, blocks = take_out(steps, blocks)
    for block in blocks:
        block.body = fold(block.body, count_reads(block.body))
    return fold(steps, count_reads(steps)), blocks


def as_it_is(steps: Steps, blocks: list[Block]) -> tuple[Steps, list[Block]]:
    return steps, blocks
