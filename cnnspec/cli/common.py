"""What the verbs share: reading what they are given, showing what is wrong, writing a file whole or not at all."""

from __future__ import annotations

import os
import sys

from cnnspec.base.diagnostic import ERROR, INFO, Diagnostic
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.reading import content, decode, is_stream, read
from cnnspec.base.source import Source, printable
from cnnspec.cli.inputs import Inputs
from cnnspec.cli.streams import tell
from cnnspec.findings.text import show_diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Set
    from typing import Any, TextIO

    from cnnspec.elaborate.files import Read
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis, Watch

CLEAN, FINDINGS, USAGE = 0, 1, 2


class UsageError(Exception):
    """What the command was asked cannot be done: one sentence, exit status 2."""


def say(message: str) -> None:
    """A line on stderr."""
    tell(f"cnnspec: {printable(message)}")


def tell_of(found: Diagnostic) -> None:
    """A diagnostic on stderr."""
    tell(show_diagnostic(found, in_color(sys.stderr)))


def in_color(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants color."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


# ---- options -----------------------------------------------------------------------------------------------
def add_model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="give a model's parameter a value"
    )
    parser.add_argument("--model", metavar="NAME", help="the model to take, where a file holds several")
    add_layer_limit(parser)


def add_layer_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-layers",
        type=positive,
        default=MAX_LAYERS,
        metavar="N",
        help=f"refuse networks of more layers ({MAX_LAYERS:,})",
    )


def positive(text: str) -> int:
    """A whole number from 1, for argparse."""
    from argparse import ArgumentTypeError

    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f'must be a whole number from 1, not "{text}"')
    return number


def parameters(options: argparse.Namespace) -> dict[str, Any]:
    """The values of --set, written as the language writes them: 10, 3x3, [3, 4, 6, 3], relu."""
    values: dict[str, Any] = {}
    for text in options.set:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(f'--set takes name=value, not "{text}"')
        values[name.strip()] = evaluated(value, "--set", f" {name}")
    return values


def evaluated(value: str, option: str, name: str = "") -> Any:
    """The value of an option, written as the language writes it. UsageError for what is none."""
    from cnnspec.elaborate.network_builder import NetworkBuilder
    from cnnspec.elaborate.values import UNKNOWN, Scope
    from cnnspec.syntax import tree
    from cnnspec.syntax.parse import parse

    source = Source(option, f"x = {value}")
    parsed = parse(source)
    builder = NetworkBuilder("")
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    result = UNKNOWN
    if not parsed.diagnostics and isinstance(item, tree.Assign):
        result = builder.evaluator.evaluate(item.value, Scope(None, source), None)
    if result is UNKNOWN or builder.report.errors:
        why = [*parsed.diagnostics, *builder.report.errors]
        raise UsageError(f'{option}{name}: "{value}" is no value' + (f": {why[0].message}" if why else ""))
    return result


# ---- reading -----------------------------------------------------------------------------------------------
def source_of(path: str) -> Source | Diagnostic:
    """The source of the one path that a command names."""
    return Inputs([path]).source(path)


def analysis_of(
    source: Source, options: argparse.Namespace, codes: Set[str] | None = None, read: Read = read,
    watch: Watch | None = None,
) -> Analysis:  # fmt: skip
    """A source analysed as the options say, by the rules with these codes, None: the default ones; `watch`: see `analyse`.

    UsageError for a parameter or a model that it does not have.
    """
    from cnnspec.pipeline import analyse  # what is known already needs no analysis, so it is not imported above
    from cnnspec.syntax import tree

    try:
        analysis = analyse(source, parameters(options), options.model, options.max_layers, codes, read, watch)
    except KeyError as error:
        message, help = error.args
        raise UsageError(f"{source.name}: {message}; {help}") from None
    if options.model and not analysis.networks:
        names = [item.name.text for item in analysis.tree.body.items if isinstance(item, tree.Model)]
        has = f"it has {', '.join(names)}" if names else "it has none"
        raise UsageError(f'{source.name} has no model "{options.model}": {has}')
    return analysis


def load_analysed(options: argparse.Namespace, told: bool = False) -> tuple[AnalysedNetwork, tuple[Diagnostic, ...]]:
    """The one network that a command works on, with its diagnostics. UsageError when there is none, or several. `told`:
    warnings are shown too, so that the help that is printed from their repairs is needed."""
    from cnnspec.cli.settings import Lookup  # which needs this module

    source = source_of(options.file)
    if isinstance(source, Diagnostic):
        raise UsageError(f"{source.message}: {source.help}")
    codes = Lookup(options).of(source.name).codes(source.name)
    analysis = analysis_of(source, options, codes)
    if len(analysis.networks) > 1:
        names = ", ".join(n.name for n in analysis.networks)
        raise UsageError(f"{source.name} holds several models ({names}): choose one with --model")
    if not any(network.graph.nodes for network in analysis.networks):  # not even an input: no figure is known
        for found in analysis.diagnostics:
            tell_of(found)
        if analysis.diagnostics:
            raise Refused
        raise UsageError(f"{source.name} holds no network: begin with, for example, input 28x28x1")
    network = analysis.networks[0]
    if not told or not network.diagnostics:
        return network, network.diagnostics
    from cnnspec.lint.fix.offers import offer_repairs

    return network, offer_repairs(
        network.diagnostics, analysis, lambda s, read, watch=None: analysis_of(s, options, codes, read, watch)
    )


class Refused(Exception):
    """The file has mistakes, and they have been shown: exit status 1."""


def load_one(options: argparse.Namespace, replaced: Collection[str] = ()) -> AnalysedNetwork | None:
    """The network, its mistakes shown on stderr; None when they keep it from being built.

    What is wrong with settings of its train section that are `replaced` is left out.
    """
    try:
        network, found = load_analysed(options, told=True)
    except Refused:
        return None
    if replaced:
        places = [network.train[key].site.span for key in replaced if key in network.train]
        about = [
            d for d in found if d.code == "E030" and d.span and any(p.start <= d.span.start < p.end for p in places)
        ]
        if not {"batch", "precision"}.isdisjoint(replaced):  # the training itself asks whether it fits, as it is then
            about += [d for d in found if d.code == "P505"]
        found = tuple([d for d in found if d not in about])
        network = network.replace(diagnostics=tuple([d for d in network.diagnostics if d not in about]))
    for diagnostic in found:
        if diagnostic.severity != INFO:
            tell_of(diagnostic)
    return None if network.broken else network


def status_of(found: tuple[Diagnostic, ...]) -> int:
    """Show the errors among what was found, behind what the command has printed; its exit status."""
    sys.stdout.flush()
    errors = [diagnostic for diagnostic in found if diagnostic.severity == ERROR]
    for diagnostic in errors:
        tell_of(diagnostic)
    return FINDINGS if errors else CLEAN


# ---- writing -----------------------------------------------------------------------------------------------
def write_whole(path: str, text: str) -> None:
    """Write a text file so that it is replaced whole or not at all; a device or a pipe is written to, never replaced.

    What a link points at is replaced, not the link. UsageError when it cannot be written.
    """
    beside = beside_of(path)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "w", encoding="utf-8", newline="") as device:
                device.write(text)
            return
        with open(beside, "x", encoding="utf-8", newline="") as file:
            file.write(text)
        if os.path.exists(path):
            os.chmod(beside, os.stat(path).st_mode & 0o7777)
        os.replace(beside, os.path.realpath(path))
    except OSError as error:
        if os.path.exists(beside):
            os.unlink(beside)
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def rewrite(source: Source, text: str) -> None:
    """Write another text into the file of a source, with the line ends and the byte-order mark that the file has.

    UsageError when it cannot be written, or is no longer what was read.
    """
    if is_stream(source.name):
        raise UsageError(f"{source.name} cannot be written back: give - in its place, or --diff, for stdout")
    data = content(source.name)
    if isinstance(data, Diagnostic):
        raise UsageError(data.message)
    now = decode(data, source.name)
    if isinstance(now, Diagnostic) or now.text != source.text:
        raise UsageError(f"{source.name} was changed by another program meanwhile: it was left as it is")
    if b"\r\n" in data:
        text = text.replace("\n", "\r\n")
    write_whole(source.name, "\ufeff" * data.startswith(b"\xef\xbb\xbf") + text)


def beside_of(path: str, suffix: str = "") -> str:
    """A name for a temporary file in the folder of a path, so that it can be renamed to it."""
    folder, name = os.path.split(os.path.realpath(path))
    return os.path.join(folder, f".{name}.{os.getpid()}{suffix or '.tmp'}")
