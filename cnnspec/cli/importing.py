"""cnnspec import SOURCE -o net.cnn: a Keras model, saved or built into Keras, as a spec.

A file is read as data: nothing that it carries is loaded, imported or run, and Keras need not be installed.
"""

from __future__ import annotations

import os
import sys

from cnnspec.cli.common import CLEAN, UsageError, say, write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.elaborate.graph import Graph


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="model.keras, or the .json of model.to_json()")
    parser.add_argument(
        "--application",
        metavar="NAME",
        help="a model of keras.applications instead of a file; no weights are downloaded",
    )
    parser.add_argument("-o", "--output", metavar="OUT", default="-", help="the spec to write; stdout unless given")
    parser.add_argument(
        "--keep-names",
        action="store_true",
        help="fold nothing into blocks and loops, so that every layer keeps its name",
    )


def run(options: argparse.Namespace) -> int:
    if (options.source is None) == (options.application is None):
        raise UsageError("give a model.keras, or --application NAME: one of the two")
    if os.path.isdir(options.output):
        raise UsageError(f"cannot write {options.output}: it is a folder")
    from cnnspec.decompile import Unfaithful, to_text

    graph = graph_of(options)
    try:
        text = to_text(graph, options.keep_names)
    except Unfaithful as error:
        raise UsageError(f"a defect of cnnspec, please report it: no text reads back as this model: {error}") from None
    if options.output == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_whole(options.output, text)
    report(graph, text, options)
    return CLEAN


def graph_of(options: argparse.Namespace) -> Graph:
    """The graph of what is to be imported. UsageError, naming the layers, for what cannot be expressed."""
    from cnnspec.raising.archive import Refused

    try:
        if options.source is not None:
            from cnnspec.raising.graph import of_file

            return of_file(options.source)
        from cnnspec.compile.live import MissingExtra
        from cnnspec.raising.application import application, from_model

        try:
            return from_model(application(options.application))
        except MissingExtra as error:
            raise UsageError(str(error)) from None
    except Refused as refusal:
        raise UsageError(str(refusal)) from None


def report(graph: Graph, text: str, options: argparse.Namespace) -> None:
    """What was written, and what was left behind."""
    count = sum([node.layer is not None for node in graph.nodes])
    target = "" if options.output == "-" else f"wrote {options.output}: "
    say(
        f"{target}{graph.name}, {count:,} layers in {text.count(chr(10)):,} lines; weights and training settings stay behind"
    )
    words = set(text.split())
    lost = [node.name for node in graph.nodes if node.name and node.name not in words]
    if lost and not options.keep_names:
        some = ", ".join(lost[:3]) + (", …" if len(lost) > 3 else "")
        say(f"blocks and loops have taken the names of {len(lost):,} layers ({some}); --keep-names keeps them")
