"""The options that ask about blocks: which one, and on which inputs."""

from __future__ import annotations

from cnnspec.base.source import Source, printable
from cnnspec.cli.messages import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.block_calls import BlockQuestion
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape

EXAMPLE = "write, for example, --input 56x56x64"


def add_block_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--input", metavar="SHAPE", action="append", default=[],
        help="call the blocks of a file on a tensor: 56x56x64; skip=112x112x32 is one for a parameter",
    )  # fmt: skip
    parser.add_argument(
        "--block", metavar="NAME", help="with --input, call this block alone; it may stand beside a network"
    )


def read_block_question(options: argparse.Namespace, parameters: Mapping[str, Any]) -> BlockQuestion | None:
    """What the options ask about blocks; None where they ask nothing. UsageError for what is no input."""
    if not options.input:
        if options.block is not None:
            raise UsageError(f"--block asks what a block does with an input: {EXAMPLE}")
        return None
    from cnnspec.elaborate.block_calls import CURRENT, BlockQuestion

    if options.model is not None:
        raise UsageError("--model chooses a network, and --input is for blocks: choose one with --block")
    shapes: dict[str, str] = {}
    for text in options.input:
        before, equals, shape = text.partition("=")
        name = before.strip() if equals else CURRENT
        if equals and not name.isidentifier():
            raise UsageError(f'--input takes a shape, or name=shape, not "{printable(text)}"')
        if name in shapes:
            again = (
                f"a shape for {name}"
                if name
                else "two shapes without a name: a further tensor has that of its parameter"
            )
            raise UsageError(f"--input gives {again}{' twice' if name else ', as in skip=112x112x32'}")
        shapes[name] = shape if equals else text
    if CURRENT not in shapes:
        raise UsageError(f"--input gives no shape to the tensor that a block is called on: {EXAMPLE} too")
    names = [CURRENT, *[name for name in shapes if name]]
    return BlockQuestion(
        dict(zip(names, read_shapes([shapes[name] for name in names]), strict=True)), parameters, options.block
    )


def read_shapes(texts: list[str]) -> list[Shape]:
    """Shapes as the language reads them, in which ? and H are sizes that are not known. UsageError for what is none."""
    for text in texts:
        graph = read_inputs([text])
        if graph is None or len(graph.nodes) != 1:
            raise UsageError(f'--input: "{printable(text)}" is no shape: {EXAMPLE}')
    graph = read_inputs(texts)  # together, since each ? is a size of its own
    assert graph is not None
    return [shape for node in graph.nodes if (shape := node.shape) is not None]


def read_inputs(texts: list[str]) -> Graph | None:
    """The graph of some inputs alone; None where a text is more, or less, than a shape. UsageError for a shape that cannot be."""
    from cnnspec.elaborate import elaborate
    from cnnspec.syntax import tree
    from cnnspec.syntax.parse import parse

    parsed = parse(Source("--input", "\n".join([f"input {text.strip()}" for text in texts])))
    items = parsed.body.items
    if parsed.diagnostics or not all(isinstance(i, tree.Input) and i.shape and not (i.name or i.stages) for i in items):
        return None
    (made,) = elaborate(parsed, lambda path: Source(path, ""))
    if made.errors:
        found = made.errors[0]
        raise UsageError(
            f'--input: "{printable(texts[0])}" is no shape: {"; ".join(filter(None, (found.message, found.help)))}'
        )
    return made.graph
