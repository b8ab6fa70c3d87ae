"""What checking one file comes to, as a value and as plain data: workers send it, the cache keeps it as JSON.

The fields of a record are its annotations, so a record's data follow from them: a list of its fields, a source as its
number in a list of sources. What cannot be said so, or does not fit on the way back, is `Untold`: then the file is
checked again.
"""

from __future__ import annotations

import os

from cnnspec.base import diagnostic, source
from cnnspec.base.diagnostic import ERROR, INFO, SEVERITIES, Diagnostic, Note
from cnnspec.base.record import Record
from cnnspec.base.source import LayerPlace, Source, brief
from cnnspec.base.source_files import decode_source, find_used_file, name_file, read_bytes
from cnnspec.cli.inputs import decode_text
from cnnspec.cli.load import analyse_as_asked, place_in_file
from cnnspec.lint.index import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence, Set
    from typing import Any

    from cnnspec.lint.fix.project import Analyse
    from cnnspec.pipeline import Analysis

OUT_OF_MEMORY = "there was not enough memory to check it"


class Untold(Exception):
    """Something that plain data cannot say, or data that say nothing."""


class Outcome(Record):
    """What is found in one file, or why it was not checked."""

    name: str
    diagnostics: tuple[Diagnostic, ...] = ()
    refused: tuple[str, ...] = ()  # why it was not checked: a sentence, and what it announces
    reads: tuple[str, ...] = ()  # the files that it uses or names as data, found or not
    unshaped: bool = False  # whether it holds blocks alone, which were called on no input
    remark: str = ""  # why a Python source has no models, or which of them are not known whole
    unknowns: tuple[Note, ...] = ()  # what of a Python source could not be known, and where
    opaque: str = ""  # the names of a model's layers of which nothing is known, so that no rule looks at them


class Reading:
    """Reads the files that one file uses, and remembers what was in them. `may_lack`: whether it is nothing special that
    one is not there: a Python source looks for a module in several places."""

    def __init__(self, may_lack: bool = False) -> None:
        self.may_lack = may_lack
        self.contents: dict[str, bytes | Diagnostic] = {}
        self.sources: dict[str, Source] = {}
        self.steady = True  # whether each was there, and the same every time

    def __call__(self, path: str) -> Source | Diagnostic:
        data = read_bytes(path)
        found = data if isinstance(data, Diagnostic) else decode_source(data, path)
        if isinstance(data, Diagnostic) and self.may_lack and not os.path.lexists(path):
            self.contents.setdefault(path, data)
            return found
        if isinstance(found, Diagnostic) or self.contents.get(path, data) != data:
            self.steady = False
        else:
            self.sources[path] = found.replace(name=name_file(path))
        self.contents[path] = data
        return found


class Examined(Record):
    """A file that was checked: what came of it, and what it came from."""

    outcome: Outcome
    reading: Reading
    analysis: Analysis | None = None  # None where the file could not be read

    @property
    def sources(self) -> list[Source]:
        """All sources that the findings and their repairs may lie in, the file's own first: of a notebook the cells."""
        if self.analysis is None:
            return []
        from cnnspec.pipeline import PythonAnalysis

        parts = self.analysis.reading.parts if isinstance(self.analysis, PythonAnalysis) else ()
        return [*dict.fromkeys([*parts, self.analysis.source]), *self.reading.sources.values()]


def examine(name: str, data: bytes | Diagnostic, options: argparse.Namespace, codes: Set[str] | None) -> Examined:
    """Check what stands in a file, as the options say."""
    source = data if isinstance(data, Diagnostic) else decode_text(data, name)
    reading = Reading(may_lack=isinstance(source, Source) and source.is_python)
    if isinstance(source, Diagnostic):
        return Examined(Outcome(name, refused=(f"{source.message}: {source.help}",)), reading)
    try:
        analysis = analyse_as_asked(source, options, codes, reading)
        diagnostics = place_in_file(add_repairs(analysis, options, codes), analysis.tree, options)
    except MemoryError:
        return Examined(Outcome(name, refused=(f"{name}: {OUT_OF_MEMORY}",)), reading)
    if source.is_python:
        return Examined(read_python_outcome(analysis, diagnostics, reading), reading, analysis)
    named = find_data_paths(analysis)
    reading.steady = reading.steady and not named  # a header may be read, which is no text
    reads = (*reading.contents, *named)
    refused = find_emptiness(analysis) or (describe_uncalled(analysis, options) if options.input else "")
    outcome = Outcome(name, diagnostics, (refused,) if refused else (), reads, has_unshaped_blocks(analysis, options))
    return Examined(outcome, reading, analysis)


def read_python_outcome(analysis: Analysis, diagnostics: tuple[Diagnostic, ...], reading: Reading) -> Outcome:
    """What a Python source came to."""
    from cnnspec.base.join_words import join_words
    from cnnspec.pipeline import PythonAnalysis
    from cnnspec.python_source.choosing import describe_no_model

    assert isinstance(analysis, PythonAnalysis)
    listed = sorted(analysis.reading.unknowns, key=lambda unknown: unknown.site.span.order)
    unknowns = tuple([Note(unknown.reason, unknown.site.span) for unknown in listed])
    name, reads = analysis.source.name, tuple(reading.contents)
    remark = ""
    if not analysis.networks and not diagnostics:
        remark = describe_no_model(name, analysis.reading)
    elif partial := [network.name for network in analysis.networks if not network.whole and not network.has_errors]:
        known = "is not known whole" if len(partial) == 1 else "are not known whole"
        remark = f"{name}: {brief(join_words(partial))} {known}: --explain-unknown lists what could not be known"
    return Outcome(name, diagnostics, reads=reads, remark=remark, unknowns=unknowns)


def examine_model(path: str, name: str, options: argparse.Namespace, codes: Set[str] | None) -> Examined:
    """Check a model file, as the options say. Its findings have no repairs."""
    from cnnspec.cli.models import analyse_model_as_asked
    from cnnspec.facts.graph_queries import name_stated
    from cnnspec.model_files import ModelRefused

    reading = Reading()
    try:
        analysis = analyse_model_as_asked(path, options, codes)
    except ModelRefused as refusal:
        return Examined(Outcome(name, refused=refusal.name_file(name)), reading)
    except MemoryError:
        return Examined(Outcome(name, refused=(f"{name}: {OUT_OF_MEMORY}",)), reading)
    places = {found.span.source for found in analysis.diagnostics if found.span}
    reading.sources = {source.name: source for source in places - {analysis.source}}
    reading.steady = not reading.sources  # what Python files are called depends on which there are
    opaque = name_stated(analysis.networks[0].graph)
    return Examined(Outcome(name, analysis.diagnostics, opaque=opaque), reading, analysis)


def choose_repair_detail(options: argparse.Namespace) -> str:
    """How much is told of repairs: nothing, the help that is printed from them, whether there are any, all that are soon
    found, or all."""
    if options.statistics or options.output_format == "concise":
        return ""
    if options.output_format not in ("full", "json", "jsonl", "sarif"):
        return "help"
    return "all" if options.unsafe_fixes else "any" if options.output_format == "full" else "soon"


def add_repairs(analysis: Analysis, options: argparse.Namespace, codes: Set[str] | None) -> tuple[Diagnostic, ...]:
    """The findings of a file, with their repairs where these are shown and there may be any."""
    shown = choose_repair_detail(options)
    if (
        not shown or not analysis.diagnostics or options.input
    ):  # a block's repair could not be priced without its callers
        return analysis.diagnostics
    from cnnspec.lint.fix.offers import offer_repairs

    def analyse_model(model: str | None) -> Analyse:
        return lambda source, read, watch=None: analyse_as_asked(source, options, codes, read, watch, model)

    each = None if options.set or options.model else analyse_model
    return offer_repairs(analysis.diagnostics, analysis, analyse_model(None), shown, each)


def find_data_paths(analysis: Analysis) -> list[str]:
    """The files, or folders, that train sections name as their data."""
    from cnnspec.base.did_you_mean import NAMED_DATA

    settings = [network.train["data"] for network in analysis.networks if "data" in network.train]
    named = {str(setting.value) for setting in settings} - {*NAMED_DATA}
    return [find_used_file(analysis.source.name, name)[1] for name in sorted(named)]


def find_emptiness(analysis: Analysis) -> str:
    """That there is nothing to check in a file: no network, and no block that another could use."""
    from cnnspec.syntax.tree import Block, Use

    items = analysis.tree.body.items
    told = any(found.severity != INFO for found in analysis.diagnostics)
    if analysis.networks or told or any(isinstance(item, (Block, Use)) for item in items):
        return ""
    what = "holds no network and no block" if analysis.source.text.strip() else "is empty"
    return f"{analysis.source.name} {what}: begin with, for example, input 28x28x1"


def describe_uncalled(analysis: Analysis, options: argparse.Namespace) -> str:
    """That no block could be called on the input, and which values that needs; "" where one was, or a mistake is told."""
    from cnnspec.base.join_words import join_words
    from cnnspec.pipeline import BlockAnalysis

    blocks = analysis.blocks if isinstance(analysis, BlockAnalysis) else ()
    if not blocks or analysis.networks or any(found.severity == ERROR for found in analysis.diagnostics):
        return ""
    missing = [*dict.fromkeys([name for block in blocks for name, value in block.call.arguments if not value])]
    what = "no block was checked" if options.block is None else f"the block {options.block} was not checked"
    values = f"{join_words(missing)} {'has' if len(missing) == 1 else 'have'} no value"
    ways = " ".join([f"--set {name}=…" for name in missing])
    tensors = f"--input {missing[0]}=… where it is a tensor" if len(missing) == 1 else "--input NAME=… for a tensor"
    return f"{analysis.source.name}: {what}, since {values}: give {ways}, or {tensors}"


def has_unshaped_blocks(analysis: Analysis, options: argparse.Namespace) -> bool:
    """Whether a file holds blocks of its own and no network, and was checked without an input for them."""
    from cnnspec.syntax.tree import Block

    blocks = any(isinstance(item, Block) for item in analysis.tree.body.items)
    return blocks and not analysis.networks and not options.input


# ---- plain data --------------------------------------------------------------------------------------------
PLAIN = {"str": str, "int": int, "bool": bool}


def as_data(value: Any, kind: str, sources: Sequence[Source]) -> Any:
    """A value of an annotated kind as texts, numbers and lists."""
    if kind in PLAIN and type(value) is PLAIN[kind]:
        return value
    if kind.endswith(" | None"):
        return None if value is None else as_data(value, kind.removesuffix(" | None"), sources)
    if kind.startswith("tuple[") and kind.endswith(", ...]") and isinstance(value, tuple):
        return [as_data(item, kind[6:-6], sources) for item in value]
    if kind == "Source" and value in sources:
        return sources.index(value)
    cls = LayerPlace if type(value) is LayerPlace and kind == "Span" else record_called(kind)
    if cls is None or type(value) is not cls:
        raise Untold(kind)
    return [as_data(getattr(value, field), kind_of(cls, field), sources) for field in cls._fields]


def from_data(data: Any, kind: str, sources: Sequence[Source]) -> Any:
    """The value of an annotated kind that plain data say. Untold for data that are none, or name a place that is not."""
    if kind in PLAIN and type(data) is PLAIN[kind]:
        return data
    if kind.endswith(" | None"):
        return None if data is None else from_data(data, kind.removesuffix(" | None"), sources)
    if kind.startswith("tuple[") and kind.endswith(", ...]") and isinstance(data, list):
        return tuple([from_data(item, kind[6:-6], sources) for item in data])
    if kind == "Source" and type(data) is int and 0 <= data < len(sources):
        return sources[data]
    cls = record_called(kind)
    if kind == "Span" and isinstance(data, list) and len(data) == len(LayerPlace._fields):
        cls = LayerPlace
    if cls is None or not isinstance(data, list) or len(data) != len(cls._fields):
        raise Untold(kind)
    fields = zip(data, cls._fields, strict=True)
    value: Any = cls(*[from_data(item, kind_of(cls, field), sources) for item, field in fields])
    if isinstance(value, Diagnostic) and (value.code not in NAMES or value.severity not in SEVERITIES):
        raise Untold(value.code)
    if isinstance(value, LayerPlace):
        if value.source.text or value.start < 0 or value.line < 0:
            raise Untold("a layer of a text")
    elif isinstance(value, source.Span) and not 0 <= value.start <= value.end <= len(value.source.text):
        raise Untold("a place outside of the text")
    return value


def kind_of(cls: type[Record], field: str) -> str:
    """How a field of a record is annotated, in its class or in the one that this stands on."""
    homes = [base for base in cls.__mro__ if field in getattr(base, "__annotations__", ())]
    return str(homes[0].__annotations__[field])


def record_called(kind: str) -> type[Record] | None:
    """The record of this name among those that make up a finding."""
    found = Outcome if kind == "Outcome" else getattr(diagnostic, kind, None) or getattr(source, kind, None)
    known = isinstance(found, type) and issubclass(found, Record) and found not in (Record, Source)
    return found if known else None
