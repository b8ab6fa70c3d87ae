"""Blocks on their own: each block of a file called on an input, which makes it a network.

What stands at a parameter of such a call is the parameter itself, so that a mistake has its place in the block's text.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic, Note
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record
from cnnspec.base.source import Span
from cnnspec.elaborate import NETWORK_ITEMS, Elaborated, read_parameter
from cnnspec.elaborate.files import Files
from cnnspec.elaborate.network_builder import NetworkBuilder
from cnnspec.elaborate.values import UNKNOWN, BlockFunction, Function, Scope, describe
from cnnspec.graph import Graph
from cnnspec.layers.argument import show
from cnnspec.layers.base import show_shape
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from cnnspec.elaborate.files import Definitions, Read
    from cnnspec.layers.base import Shape

CURRENT = ""  # among the inputs of a question: the tensor that a block is applied to
HERE = "in"  # what the language calls that tensor


class NoSuchBlock(KeyError):
    """A file without the block that is asked about: what is wrong, what to do on the command line, and what in Python."""


class BlockQuestion(Record):
    """What the blocks of a file are called with: shapes of tensors, CURRENT first and the others by the parameters that
    they are, and values of the other parameters. `only`: the one block that is asked about."""

    inputs: Mapping[str, Shape]
    parameters: Mapping[str, Any]
    only: str | None = None

    def __str__(self) -> str:
        """The inputs in words: 56x56x64, skip=112x112x32."""
        return ", ".join(
            [f"{name}={show_shape(shape)}" if name else show_shape(shape) for name, shape in self.inputs.items()]
        )


class CalledBlock(Record):
    """A block, and the network that its call is; None where a parameter has no value.

    `arguments` are its parameters with their values as the language writes them, "" for one that has none. `said`: the call
    in a sentence.
    """

    name: str
    place: Span  # of the name
    whole: Span
    arguments: tuple[tuple[str, str], ...]
    said: str
    network: Elaborated | None
    refused: tuple[Diagnostic, ...]  # why there is no network

    def holds(self, place: Span) -> bool:
        """Whether a place lies in the block's text."""
        whole = self.whole
        return place.source == whole.source and whole.start <= place.start and place.end <= whole.end

    def locate(self, found: Diagnostic) -> Diagnostic:
        """A finding that says at which input of which block it was made."""
        notes = [n.replace(message=self.said) if n.span == self.place else n for n in found.notes]
        if not any(note.message == self.said for note in notes):
            notes.append(Note(self.said, None if found.span == self.place else self.place))
        return found.replace(notes=tuple(notes))


class CalledBlocks(Record):
    """The blocks of a file, called; `errors` are those of the file itself."""

    blocks: tuple[CalledBlock, ...]
    errors: tuple[Diagnostic, ...]


def holds_blocks_alone(parsed: tree.Tree) -> bool:
    """Whether a file holds blocks, or uses those of other files, and no network."""
    items = parsed.body.items
    return any([isinstance(item, (tree.Block, tree.Use)) for item in items]) and not holds_network(parsed)


def holds_network(parsed: tree.Tree) -> bool:
    """Whether a file holds a network, however wrong."""
    return any([isinstance(item, (tree.Model, *NETWORK_ITEMS)) for item in parsed.body.items])


def call_blocks(parsed: tree.Tree, read: Read, question: BlockQuestion, max_layers: int) -> CalledBlocks:
    """Call every block that a file defines or uses, or the one that is asked about.

    NoSuchBlock: there is none, or none is chosen of a network. KeyError, with what to do: no block has such a parameter.
    """
    alone = not holds_network(parsed)
    if not alone and question.only is None:
        raise NoSuchBlock(
            "it holds a network, whose text has its inputs",
            "--input is for blocks: choose one with --block",
            "choose one of its blocks with block=",
        )
    first = NetworkBuilder(parsed.source.stem, max_layers)
    files = Files(read, first.building)
    definitions = files.define(parsed)
    blocks = choose_blocks(definitions, question.only)
    check_names(blocks.values(), question)
    if alone:
        assign_constants(first, definitions)
    else:  # those that need its network are left out
        files.constants(definitions)
    called = [call_block(name, function, question, first.graph, max_layers) for name, function in blocks.items()]
    if alone:
        first.bodies.report_never_run(definitions.scope)
    return CalledBlocks(tuple(called), tuple(first.report.errors))


def choose_blocks(definitions: Definitions, only: str | None) -> dict[str, BlockFunction]:
    """The blocks by which a file can be called, in the order of the text, or the one of a name. NoSuchBlock for none."""
    blocks = {name: value for name, value in definitions.scope.names.items() if isinstance(value, BlockFunction)}
    if (
        only is None
        and not blocks
        and not definitions.parsed.diagnostics
        and UNKNOWN not in definitions.scope.names.values()
    ):
        raise NoSuchBlock("it holds no block", "--input is for blocks", "load reads a network")
    if only is not None and only not in blocks:
        has = f"it has {', '.join(blocks)}" if blocks else "it has none"
        help = has + write_suggestion(only, blocks)
        raise NoSuchBlock(f'there is no block "{only}"', help, help)
    return blocks if only is None else {only: blocks[only]}


def check_names(blocks: Iterable[BlockFunction], question: BlockQuestion) -> None:
    """KeyError for a name that is no parameter of any of these blocks, or stands for a tensor and a value: what is wrong, what to
    do on the command line, and what in Python."""
    known = {parameter.name.text for function in blocks for parameter in function.block.parameters}
    for name in (*question.parameters, *question.inputs):
        if name != CURRENT and name not in known:
            has = f"there are {', '.join(sorted(known))}" if known else "there is none"
            help = has + write_suggestion(name, known)
            raise KeyError(f'no block has a parameter "{name}"', help, help)
        if name in question.inputs and name in question.parameters:
            raise KeyError(f"{name} has a shape and a value", "drop --input or --set", "drop one")


def assign_constants(builder: NetworkBuilder, definitions: Definitions) -> None:
    """Bind the constants of a file of blocks; what is wrong with them is reported."""
    for item in definitions.parsed.body.items:
        if isinstance(item, tree.Assign):
            builder.bodies.assign(item, definitions.scope, None)


def call_block(
    name: str, function: BlockFunction, question: BlockQuestion, first: Graph, max_layers: int
) -> CalledBlock:  # fmt: skip
    """Call one block."""
    source, parameters = function.scope.source, function.block.parameters
    place, whole = [Span(source, node.start, node.end) for node in (function.block.name, function.block)]
    arguments = tuple([(p.name.text, write_argument(p, question, source.text)) for p in parameters])
    missing = [p for p, (_, written) in zip(parameters, arguments, strict=True) if not written]
    said = f"in block {name} at input {question}"
    if missing:
        refused = report_missing(name, missing, Span(source, missing[0].start, missing[0].end))
        return CalledBlock(name, place, whole, arguments, said, None, (refused,))
    tensors = [p for p in parameters if p.name.text in question.inputs]
    shapes = [question.inputs[CURRENT], *[question.inputs[p.name.text] for p in tensors]]
    builder = NetworkBuilder(name, max_layers, None, dict(enumerate(shapes)))
    builder.graph.kind = "Block"
    builder.graph.assumptions += first.assumptions
    scope = Scope(None, source)
    scope.names["block"] = function  # no word of the language can be called so
    given = [p for p in parameters if p.name.text in question.parameters]
    for parameter in given:
        value = read_parameter(question.parameters[parameter.name.text])
        builder.graph.parameters[parameter.name.text] = scope.names[f"={parameter.name.text}"] = value
    graph = builder.build(write_call(function.block, tensors, given), scope)
    network = Elaborated(graph, {}, tuple(builder.report.errors), None)
    return CalledBlock(name, place, whole, arguments, said, network, ())


def write_call(block: tree.Block, tensors: list[tree.Parameter], given: list[tree.Parameter]) -> tree.Body:
    """The body of a network that is a call of a block: its inputs, and `in -> block(…)`."""
    start, end = block.name.start, block.name.end
    here = tree.Name(start, end, HERE)
    inputs = [tree.Input(start, end, here, None)]
    inputs += [tree.Input(p.start, p.end, p.name, None) for p in tensors]
    values = [(p, p.name) for p in tensors]
    values += [(p, tree.Name(p.start, p.end, f"={p.name.text}")) for p in given]
    arguments = tuple([tree.Argument(p.start, p.end, p.name, value) for p, value in values])
    call = tree.Call(start, end, tree.Name(start, end, "block"), arguments)
    step = tree.Step(start, end, tree.Chain(start, end, (here, call)))
    return tree.Body(start, end, (*inputs, step))


def write_argument(parameter: tree.Parameter, question: BlockQuestion, text: str) -> str:
    """What a parameter is in a call, as the language writes it; "" where it has no value."""
    name, default = parameter.name.text, parameter.default
    if name in question.inputs:
        return show_shape(question.inputs[name])
    if name in question.parameters:
        value = question.parameters[name]
        return describe(value) if isinstance(value, Function) else show(read_parameter(value))
    return "" if default is None else " ".join(text[default.start : default.end].split())


def report_missing(name: str, missing: list[tree.Parameter], place: Span) -> Diagnostic:
    """That a block cannot be called, since parameters have no value. This is no mistake of the block."""
    names = [p.name.text for p in missing]
    has = "has" if len(names) == 1 else "have"
    message = f"{' and '.join(names)} {has} no value: the block {name} is left out"
    help = f"give --set {names[0]}=…, or --input {names[0]}=… where it is a tensor"
    return Diagnostic("E011", message, place, help, severity=INFO)
