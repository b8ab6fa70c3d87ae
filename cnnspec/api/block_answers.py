"""What each block of a file is on an input: `blocks` asks, `Blocks` answers."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cnnspec.api.answer import Answer
from cnnspec.api.argument_checks import take_numbers, take_text
from cnnspec.api.errors import SpecError
from cnnspec.api.findings import Findings
from cnnspec.api.sources import read_source
from cnnspec.base.record import Record
from cnnspec.base.source import Source, brief, printable
from cnnspec.elaborate.block_calls import CURRENT, HERE, BlockQuestion, NoSuchBlock
from cnnspec.elaborate.block_inputs import NoShape, read_shapes
from cnnspec.layers.base import Shape
from cnnspec.pipeline import BlockAnalysis, analyse_blocks
from cnnspec.summary.blocks import BlockFigures, find_block_figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.tables.report import Report

    Input = str | tuple[int, ...]
    Inputs = Input | Mapping[str, Input]


class Blocks(Answer, Record):
    """What each block of a file costs on an input; `print` shows it as `cnnspec summary --input` does.

    `blocks` are a `BlockFigures` for each block, in the order of the text, `inputs` the shapes that they are called on: "in" is
    the tensor that a block is applied to, the others are parameters. `diagnostics` is what is found wrong.
    """

    file: str
    inputs: dict[str, Shape]
    blocks: tuple[BlockFigures, ...]
    diagnostics: Findings
    rows_are = "blocks"

    def to_text(self, format: str = "text") -> str:
        """The table of blocks. `format`: text, markdown, csv, latex or json; ValueError for another."""
        from cnnspec.summary.blocks.formats import FORMATS, write_table

        if format in FORMATS:
            return write_table(self.blocks, self.file, str(self.question), format)
        if format == "json":
            return self.to_json()
        raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')

    def _make_report(self) -> Report:
        """The table of blocks as a table."""
        from cnnspec.summary.blocks.report import make_report

        return make_report(self.blocks, self.file, str(self.question))

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec summary --input --format json` prints."""
        from cnnspec.summary.blocks.json import write_data

        return write_data(self.file, self.question.inputs, self.blocks)

    @property
    def question(self) -> BlockQuestion:
        """The inputs as the blocks were asked about them."""
        return BlockQuestion({CURRENT if name == HERE else name: shape for name, shape in self.inputs.items()}, {})

    def __repr__(self) -> str:
        from cnnspec.base.count_nouns import count_nouns

        return f"<cnnspec.Blocks of {self.file}: {count_nouns(len(self.blocks), 'block')} at input {self.question}: print shows them>"


def blocks(path: str | os.PathLike[str], /, input: Inputs, block: str | None = None, **parameters: Any) -> Blocks:
    """What each block of a file costs on an input, as `cnnspec summary --input` says; with `block` that one alone.

    `input` is a shape, "56x56x64" or (56, 56, 64), in which ? and H are sizes that are not known; where a parameter is a tensor
    too, one for each by name: {"in": "56x56x64", "skip": "112x112x32"}. The other keywords give parameters their values. A block
    that cannot take the input says so in its `fault`.

    Raises OSError when the file cannot be read, SpecError when it holds no such block, or a network and no block of it is chosen,
    ValueError for what is no shape, TypeError for a parameter that no block has. A str with a newline is a text.
    """
    source = read_source(path, texts="")
    question = ask_blocks(input, block, parameters)
    return make_blocks(find_blocks(source, question), question)


def make_blocks(analysis: BlockAnalysis, question: BlockQuestion) -> Blocks:
    """The analysed blocks of a file as an answer."""
    inputs = {name or HERE: shape for name, shape in question.inputs.items()}
    file = analysis.source.name
    return Blocks(file, inputs, find_block_figures(analysis.blocks), Findings(analysis.diagnostics, file))


def ask_blocks(input: Inputs, block: str | None, parameters: dict[str, Any]) -> BlockQuestion:
    """The question about blocks. ValueError for what is no shape, TypeError for a value of another kind."""
    given = input if isinstance(input, Mapping) else {HERE: input}
    if HERE not in given:
        raise ValueError(f'input has no shape for "{HERE}", the tensor that a block is called on')
    named = {take_text(name, "the name of an input"): value for name, value in given.items()}
    texts = {CURRENT: write_shape(named.pop(HERE))} | {name: write_shape(value) for name, value in named.items()}
    try:
        shapes = read_shapes(texts)
    except NoShape as none:
        text, why = none.args
        shown = printable(brief(text))
        raise ValueError(f'input: "{shown}" is no shape: {why or "write, for example, 56x56x64"}') from None
    return BlockQuestion(shapes, parameters, None if block is None else take_text(block, "block"))


def write_shape(value: Input) -> str:
    """A shape as the language writes it: 56x56x64."""
    if isinstance(value, str):
        return value
    try:
        sizes = take_numbers(value, "input")
    except TypeError:
        sizes = None
    if sizes is None:
        raise TypeError(f"input must be a shape such as '56x56x64' or (56, 56, 64), not {brief(repr(value))}")
    return "x".join(map(str, sizes))


def find_blocks(source: Source, question: BlockQuestion) -> BlockAnalysis:
    """The blocks of a source, analysed. SpecError where it has none such, TypeError for a parameter that there is not."""
    try:
        return analyse_blocks(source, question)
    except NoSuchBlock as none:
        message, _, help = none.args
        raise SpecError(f"{source.name}: {message}; {help}") from None
    except KeyError as error:
        message, _, help = error.args
        raise TypeError(f"{message}; {help}") from None
