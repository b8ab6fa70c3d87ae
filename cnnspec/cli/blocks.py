"""The options that ask about blocks: which one, and on which inputs."""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.cli.messages import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.block_calls import BlockQuestion

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
    from cnnspec.elaborate.block_inputs import NoShape, read_shapes

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
    try:
        inputs = read_shapes({name: shapes[name] for name in names})
    except NoShape as none:
        text, why = none.args
        raise UsageError(f'--input: "{printable(text)}" is no shape: {why or EXAMPLE}') from None
    return BlockQuestion(inputs, parameters, options.block)
