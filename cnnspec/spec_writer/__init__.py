"""A network without its text → a text that a person would have written.

    graph ──structure──▶ steps ──loops, blocks──▶ folded steps ──wording──▶ text

Every text is read again before it is handed out: its network has to equal the one that it was made from.
"""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.facts.isomorphism import flat_isomorphism
from cnnspec.format import format_source
from cnnspec.graph import Graph
from cnnspec.spec_writer.antiunify import count_reads
from cnnspec.spec_writer.block_finder import extract_blocks
from cnnspec.spec_writer.body_text import print_definition, print_lines, print_shape
from cnnspec.spec_writer.draft import DraftBlock, DraftStep, LayerStep, NameStep, ReadStep, Steps, walk_steps
from cnnspec.spec_writer.loop_finder import fold_repeats
from cnnspec.spec_writer.module_classes import ModuleClasses
from cnnspec.spec_writer.named_values import name_long_values
from cnnspec.spec_writer.nested_merges import describe_nesting, nest_merges
from cnnspec.spec_writer.slot_values import Label
from cnnspec.spec_writer.structure import GraphSteps
from cnnspec.spec_writer.telling_names import find_telling_names
from cnnspec.spec_writer.word_choice import choose_names, spell_name, spell_names
from cnnspec.syntax.parse import parse

__all__ = ["Unfaithful", "describe_nesting", "find_telling_names", "spell_names", "to_text"]

Way = Callable[[Steps, list[DraftBlock], ModuleClasses], tuple[Steps, list[DraftBlock]]]


CLEARLY = 0.85  # how much shorter a text with fewer loops has to be


class Unfaithful(Exception):
    """A text does not read back as the network that it was made from: a defect of cnnspec."""


def to_text(graph: Graph, keep_names: bool = False) -> str:
    """The text of a network, canonically formatted.

    Of two ways to fold it, loops first wins, unless that text is much longer. Layers in a loop or a block have no names of
    their own; with `keep_names` nothing is folded, and every layer keeps the name that a person gave it. Raises Unfaithful
    when no text reads back as the same network.
    """
    texts: list[str] = []
    why = ""
    nested = nest_merges(graph)
    for way in (fold_nothing,) if keep_names else (fold_loops_first, fold_blocks_first, fold_nothing):
        if way is fold_nothing and texts:
            break
        try:
            text = write_folded(nested, way, keep_names)
            why = find_difference(text, graph)
        except Unfaithful as error:
            why = str(error)
        if not why:
            texts.append(text)
    if not texts:
        raise Unfaithful(why)
    best, *others = texts
    return min(others, key=len) if others and len(others[0]) < CLEARLY * len(best) else best


def write_folded(graph: Graph, way: Way, keep_names: bool = False) -> str:
    """The text of a network, folded in one way."""
    names = spell_names([node.name for node in graph.nodes] if keep_names else find_telling_names(graph))
    structure = GraphSteps(graph, names)
    name = spell_name(graph.name or "Network")
    taken = {label.name for label in structure.labels.values()} | {*structure.names, name}
    steps, constants = name_long_values(structure.steps, structure.shared, taken)
    steps, blocks = way(name_every_layer(steps) if keep_names else steps, structure.shared, ModuleClasses(graph))
    given = {*structure.names, *[label.name for label in structure.labels.values()]}
    taken -= given - find_written_names(steps) - {print_input_name(structure, i).strip() for i in graph.inputs}
    body = [f"input {print_input_name(structure, i)}{print_shape(graph.nodes[i].shape or ())}" for i in graph.inputs]
    main = print_lines(choose_names(steps, blocks, taken))
    body += [print_definition(block) for block in blocks if block.shared] + main
    if len(graph.outputs) > 1:
        body.append(f"output {', '.join([str(structure.labels[i]) for i in graph.outputs])}")
    elif len(graph.inputs) > 1 and graph.outputs[0] in graph.inputs:  # which is the last value only by chance
        body.append(f"output {print_input_name(structure, graph.outputs[0]).strip()}")
    model = "\n".join([f"model {name} {{", *[f"  {line}" for line in body], "}"])
    text = "\n\n".join([*constants, *[print_definition(block) for block in blocks if not block.shared], model]) + "\n"
    formatted, problems = format_source(Source("imported", text))
    if formatted is None:
        raise Unfaithful(problems[0].message)
    return formatted


def find_written_names(steps: Steps) -> set[str]:
    """The names of a person that a text has: those of tensors, and of layers outside blocks and loops."""
    return {str(step.label) for step in walk_steps(steps) if isinstance(step, (NameStep, ReadStep))} | {
        step.name for step in steps if isinstance(step, LayerStep)
    }


def name_every_layer(steps: Steps) -> Steps:
    """The sequence with every layer's name behind the layer, in branches too."""
    made: list[DraftStep] = []
    for step, after in zip(steps, (*steps, None)[1:], strict=True):
        made.append(step.with_bodies([name_every_layer(body) for body in step.bodies]))
        if isinstance(step, LayerStep) and step.name and not isinstance(after, NameStep):
            made.append(NameStep(Label(step.name)))
    return tuple(made)


def print_input_name(structure: GraphSteps, index: int) -> str:
    named = structure.labels.get(index) or structure.names[index]
    return f"{named} " if named else ""


def find_difference(text: str, graph: Graph) -> str:
    """The difference between the network of a text and a graph, in words; "" where there is none."""
    parsed = parse(Source("imported", text))
    if parsed.diagnostics:
        return parsed.diagnostics[0].message
    (made,) = elaborate(parsed, lambda path: Source(path, ""), {}, 10**9, None)
    if made.errors:
        return made.errors[0].message
    return "" if flat_isomorphism(graph, made.graph) else "the text reads back as another network"


def fold_loops_first(steps: Steps, blocks: list[DraftBlock], modules: ModuleClasses) -> tuple[Steps, list[DraftBlock]]:
    """Fold loops, then find blocks, then fold loops over their calls."""
    steps, blocks = extract_blocks(fold_repeats(steps, count_reads(steps)), blocks, modules)
    return fold_repeats(steps, count_reads(steps)), blocks


def fold_blocks_first(steps: Steps, blocks: list[DraftBlock], modules: ModuleClasses) -> tuple[Steps, list[DraftBlock]]:
    """Find blocks, then fold loops in them and over their calls."""
    steps, blocks = extract_blocks(steps, blocks, modules)
    for block in blocks:
        block.body = fold_repeats(block.body, count_reads(block.body))
    return fold_repeats(steps, count_reads(steps)), blocks


def fold_nothing(steps: Steps, blocks: list[DraftBlock], modules: ModuleClasses) -> tuple[Steps, list[DraftBlock]]:
    return steps, blocks
