"""Python sources on the command line: which of their models is asked about, and what is said where there is none."""

from __future__ import annotations

import os
import re

from cnnspec.base.shell_words import quote_path
from cnnspec.base.source import Source, brief, printable
from cnnspec.cli.messages import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Set

    from cnnspec.base.diagnostic import Note
    from cnnspec.elaborate.files import Read
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis, Watch

CHOSEN = re.compile(r"(?P<path>.+\.(?:py|ipynb)):(?P<model>[^:/\\]+)|(?P<spec>..+):(?P<name>[^\W\d]\w*)", re.DOTALL)
MOST_TOLD = 5  # unknown layers
GIVE = 'give a function that builds one its arguments: --call "build(classes=10)"'


def split_model(path: str, model: str | None = None) -> tuple[str, str | None]:
    """The path of a file and the model that is chosen with it, as in train.py:build; a file of the whole name comes first."""
    found = CHOSEN.fullmatch(path)
    if found is None or os.path.exists(path):
        return path, model
    return found["path"] or found["spec"], found["model"] or found["name"]


def choose_in_path(options: argparse.Namespace) -> None:
    """Take FILE:MODEL as FILE and --model MODEL. UsageError where --model says another."""
    paths = [options.file] if hasattr(options, "file") else [*options.paths]
    split = [split_model(path) for path in paths]
    chosen = [model for _, model in split if model is not None]
    if not chosen:
        return
    if len(paths) > 1:
        raise UsageError(f"{printable(brief(paths[0]))} and others: a model is chosen of one file alone")
    if options.model not in (None, *chosen):
        raise UsageError(
            f"{printable(brief(paths[0]))} says another model than --model {options.model}: give one of the two"
        )
    (path, options.model), *_ = split
    if hasattr(options, "file"):
        options.file = path
    else:
        options.paths = [path]


def analyse_python_as_asked(
    source: Source, options: argparse.Namespace, codes: Set[str] | None, read: Read, watch: Watch | None, model: str | None
) -> Analysis:  # fmt: skip
    """A Python source analysed as the options say. UsageError for what it does not have."""
    from cnnspec.pipeline import PythonAnalysis, analyse
    from cnnspec.python_source.choosing import describe_no_model
    from cnnspec.python_source.found import CallRefused, NotInstalled

    refuse_options(source, options)
    model = model or options.model
    try:
        analysis = analyse(
            source, None, model, options.max_layers, codes, read, watch,
            call=options.call or "", installed=options.read_installed is not None,
        )  # fmt: skip
    except CallRefused as refusal:
        raise UsageError(f"--call: {refusal}") from None
    except NotInstalled as missing:
        raise UsageError(f"--read-installed: {missing}") from None
    if options.model and isinstance(analysis, PythonAnalysis) and not analysis.networks:
        raise UsageError(describe_no_model(source.name, analysis.reading, options.model))
    return analysis


def refuse_options(source: Source, options: argparse.Namespace) -> None:
    """UsageError for an option that asks a source for what it does not have."""
    if not source.is_python:
        if options.call is not None:
            raise UsageError(
                f"--call calls a function of a Python source, and {source.name} is none: --set gives parameters"
            )
        return
    for given, lacks in (
        (options.set, f"no parameters to set: {GIVE}"),
        (options.input, "no blocks for --input to call"),
        (options.block, "no blocks for --block to choose from"),
    ):
        if given:
            raise UsageError(f"{source.name} is a Python source, which has {lacks}")


def print_unknowns(unknowns: list[Note]) -> None:
    """List what could not be known."""
    for unknown in unknowns:
        where = f"{unknown.span.origin}: " if unknown.span else ""
        print(f"{printable(where)}unknown: {printable(unknown.message)}")


def refuse_unknown(network: AnalysedNetwork) -> None:
    """UsageError for a network that nothing is wrong with but that not all of it is known."""
    if not network.whole and not network.has_errors:
        nodes = [network.graph.nodes[index] for index in network.unknown]
        lines = [f"{node.site.origin}: {node.site.written}" for node in nodes[:MOST_TOLD]]
        raise UsageError(f"{network.source.name}: {network.name} {network.trouble}", *lines)


def refuse_python(path: str) -> None:
    """UsageError for a Python source, which a command that needs a train section cannot use."""
    source = Source(path, "")
    if source.is_python:
        written = printable(brief(path))
        spec = f"{os.path.splitext(written)[0]}.cnn"
        raise UsageError(
            f"{written} trains its models itself: `cnnspec import {quote_path(written)} -o {quote_path(spec)}` writes a spec, to which a train section can be added"
        )
