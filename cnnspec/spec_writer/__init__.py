"""A network without its text → a text that a person would have written.

    graph ──structure──▶ steps ──loops, blocks──▶ folded steps ──wording──▶ text

Whatever is written is read again: the text's own network has to equal the one that it was made from.
"""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.facts.isomorphism import View, isomorphism
from cnnspec.format import format_source
from cnnspec.graph import Graph
from cnnspec.spec_writer.antiunify import count_reads, steps_in
from cnnspec.spec_writer.block_finder import take_out
from cnnspec.spec_writer.body_text import definition, lines, shape
from cnnspec.spec_writer.draft import DraftBlock, DraftStep, LayerStep, NameStep, ReadStep, Steps
from cnnspec.spec_writer.loop_finder import fold
from cnnspec.spec_writer.named_values import with_constants
from cnnspec.spec_writer.slot_values import Label
from cnnspec.spec_writer.structure import Structure
from cnnspec.spec_writer.wording import spelled, word
from cnnspec.syntax.parse import parse

Way = Callable[[Steps, list[DraftBlock]], tuple[Steps, list[DraftBlock]]]


CLEARLY = 0.85  # how much shorter a text with fewer loops has to be


class Unfaithful(Exception):
    """A text does not read back as the network that it was made from: a defect of cnnspec."""


def to_text(graph: Graph, keep_names: bool = False) -> str:
    """The text of a network, canonically formatted; of two ways to fold it the one with loops, unless it is much longer.

    What stands in a loop or a block has no names of its own; with `keep_names` nothing is folded, and every layer keeps
    the name that a person gave it. Raises Unfaithful when no text reads back as the same network.
    """
    made: list[str] = []
    why = ""
    for way in (as_it_is,) if keep_names else (loops_first, blocks_first, as_it_is):
        if way is as_it_is and made:
            break
        try:
            text = written_out(graph, way, keep_names)
            why = unlike(text, graph)
        except Unfaithful as error:
            why = str(error)
        if not why:
            made.append(text)
    if not made:
        raise Unfaithful(why)
    best, *others = made
    return min(others, key=len) if others and len(others[0]) < CLEARLY * len(best) else best


def written_out(graph: Graph, way: Way, keep_names: bool = False) -> str:
    """The text of a network, folded in one way."""
    structure = Structure(graph)
    name = spelled(graph.name or "Network")
    taken = {label.name for label in structure.labels.values()} | {*structure.names, name}
    steps, constants = with_constants(structure.steps, structure.shared, taken)
    steps, blocks = way(every_name(steps) if keep_names else steps, structure.shared)
    given = {*structure.names, *[label.name for label in structure.labels.values()]}
    taken -= given - names_in(steps) - {input_name(structure, i).strip() for i in graph.inputs}
    body = [f"input {input_name(structure, i)}{shape(graph.nodes[i].shape or ())}" for i in graph.inputs]
    main = lines(word(steps, blocks, taken))
    body += [definition(block) for block in blocks if block.shared] + main
    if len(graph.outputs) > 1:
        body.append(f"output {', '.join([str(structure.labels[i]) for i in graph.outputs])}")
    elif len(graph.inputs) > 1 and graph.outputs[0] in graph.inputs:  # which is the last value only by chance
        body.append(f"output {input_name(structure, graph.outputs[0]).strip()}")
    model = "\n".join([f"model {name} {{", *[f"  {line}" for line in body], "}"])
    text = "\n\n".join([*constants, *[definition(block) for block in blocks if not block.shared], model]) + "\n"
    formatted, problems = format_source(Source("imported", text))
    if formatted is None:
        raise Unfaithful(problems[0].message)
    return formatted


def names_in(steps: Steps) -> set[str]:
    """The names that a person gave and that are written: those of tensors, and of layers outside blocks and loops."""
    return {str(step.label) for step in steps_in(steps) if isinstance(step, (NameStep, ReadStep))} | {
        step.name for step in steps if isinstance(step, LayerStep)
    }


def every_name(steps: Steps) -> Steps:
    """The sequence with the name of every layer behind it, those in branches included."""
    made: list[DraftStep] = []
    for step, after in zip(steps, (*steps, None)[1:], strict=True):
        made.append(step.with_bodies([every_name(body) for body in step.bodies]))
        if isinstance(step, LayerStep) and step.name and not isinstance(after, NameStep):
            made.append(NameStep(Label(step.name)))
    return tuple(made)


def input_name(structure: Structure, index: int) -> str:
    named = structure.labels.get(index) or structure.names[index]
    return f"{named} " if named else ""


def unlike(text: str, graph: Graph) -> str:
    """How the network of a text differs from the one that it is meant to be, "" for not at all."""
    parsed = parse(Source("imported", text))
    if parsed.diagnostics:
        return parsed.diagnostics[0].message
    (made,) = elaborate(parsed, lambda path: Source(path, ""), {}, 10**9, None)
    if made.errors:
        return made.errors[0].message
    return "" if isomorphism(View(graph), View(made.graph)) else "the text reads back as another network"


def loops_first(steps: Steps, blocks: list[DraftBlock]) -> tuple[Steps, list[DraftBlock]]:
    steps, blocks = take_out(fold(steps, count_reads(steps)), blocks)
    return fold(steps, count_reads(steps)), blocks


def blocks_first(steps: Steps, blocks: list[DraftBlock]) -> tuple[Steps, list[DraftBlock]]:
    steps, blocks = take_out(steps, blocks)
    for block in blocks:
        block.body = fold(block.body, count_reads(block.body))
    return fold(steps, count_reads(steps)), blocks


def as_it_is(steps: Steps, blocks: list[DraftBlock]) -> tuple[Steps, list[DraftBlock]]:
    return steps, blocks
