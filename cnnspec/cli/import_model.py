"""cnnspec import SOURCE -o net.cnn: a model, saved, built into Keras or made by torch, as a spec.

A file is read as data: nothing that it carries is loaded, imported or run, and Keras need not be installed.
"""

from __future__ import annotations

import argparse
import os
import re

from cnnspec.base.source import Source
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_python_options
from cnnspec.cli.messages import CLEAN, FINDINGS, USAGE, Refused, UsageError, print_errors, print_message, print_refusal
from cnnspec.cli.own_outputs import STDOUT, add_force_option, check_not_read, write_output
from cnnspec.cli.python_files import refuse_unknown, split_model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Graph


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec import net.pt2": "print a saved model as a spec",
            "cnnspec import net.keras -o imported.cnn": "write it to a file",
            "cnnspec import --application ResNet50 -o resnet50.cnn": "a model that Keras has built in",
            "cnnspec import --torch model:Net --input 3x224x224": "a module of PyTorch, where torch is installed",
        },
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        help="a model file: net.keras, net.pt2, net.onnx, the .json of model.to_json(), or a Python file that builds one with Keras",
    )
    parser.add_argument(
        "--application",
        metavar="NAME",
        help="a model of keras.applications instead of a file; no weights are downloaded",
    )
    parser.add_argument(
        "--torch",
        metavar="MODULE:NAME",
        help="a torch module that a function or class makes, which is imported and called; needs torch",
    )
    parser.add_argument(
        "--input",
        metavar="CxHxW",
        action="append",
        help="with --torch: the shape of its input as torch has it, without the batch; once for each input",
    )
    parser.add_argument("--args", metavar="ARGS", help='with --torch: what is given to it, as in "weights=None"')
    parser.add_argument("--model", metavar="NAME", help="of a Python file, the model to take, where it builds several")
    add_python_options(parser)
    parser.add_argument("-o", "--output", metavar="OUT", default="-", help="the spec to write; stdout unless given")
    parser.add_argument(
        "--keep-names",
        action="store_true",
        help="fold nothing into blocks and loops, so that every layer keeps its name",
    )
    add_force_option(parser)


def run(options: argparse.Namespace) -> int:
    if [options.source, options.application, options.torch].count(None) != 2:
        raise UsageError("give a model's file, --application NAME or --torch MODULE:NAME: one of the three")
    if options.torch is not None and not options.input:
        raise UsageError("--torch needs the shape of the input: --input 3x224x224")
    source = Source(split_model(options.source or "")[0], "")
    if not source.is_python and (options.model or options.call or options.read_installed) is not None:
        raise UsageError("--model, --call and --read-installed belong to a Python file that builds models")
    if options.torch is None and (options.input or options.args is not None):
        raise UsageError("--input and --args belong to --torch MODULE:NAME")
    if os.path.isdir(options.output):
        raise UsageError(f"cannot write {options.output}: it is a folder")
    check_not_read(options.output, source.name)
    from cnnspec.model_files import ModelRefused
    from cnnspec.spec_writer import Unfaithful, to_text

    try:
        graph = import_graph(options)
    except Refused:
        return FINDINGS
    except ModelRefused as refusal:
        print_refusal(refusal.lines)
        if options.source is not None and not os.path.exists(options.source) and options.source.isidentifier():
            print_message(f"a model of keras.applications is asked for with --application {options.source}")
        return USAGE
    try:
        text = to_text(graph, options.keep_names)
    except Unfaithful as error:
        raise UsageError(f"a defect of cnnspec, please report it: no text reads back as this model: {error}") from None
    write_output(options.output, text, options.force)
    report(graph, text, options)
    return CLEAN


def import_graph(options: argparse.Namespace) -> Graph:
    """The graph of what is to be imported. Raises ModelRefused, naming the layers, for what cannot be expressed."""
    from cnnspec.model_files import build_application, build_torch_module, convert_torch_module, read_graph

    if options.source is not None:
        source, model = split_model(options.source, options.model)
        if Source(source, "").is_python:
            return read_python_graph(source, model, options)
        return read_graph(options.source)
    from cnnspec.compile.keras_model import MissingExtra

    try:
        if options.torch is not None:
            shapes = [read_shape(text) for text in options.input or ()]
            return convert_torch_module(build_torch_module(options.torch, options.args or ""), shapes)
        return build_application(options.application)
    except MissingExtra as error:
        raise UsageError(str(error)) from None


def read_python_graph(path: str, model: str | None, options: argparse.Namespace) -> Graph:
    """The graph of a model that a Python file builds. UsageError where there is none, or several, or not all of it is known."""
    from cnnspec.base.limits import MAX_LAYERS
    from cnnspec.cli.load import load_analysed
    from cnnspec.model_files import forget_names
    from cnnspec.spec_writer import spell_names

    asked = argparse.Namespace(
        file=path, model=model, call=options.call, read_installed=options.read_installed, set=[], input=[], block=None,
        max_layers=MAX_LAYERS,
    )  # fmt: skip
    network, found = load_analysed(asked)
    if network.broken:
        refuse_unknown(network)
        print_errors(found)
        raise Refused
    graph = forget_names(network.graph)
    telling = [name for name in (graph.name, network.source.stem) if spell_names([name]) == [name]]
    graph.name = telling[0] if telling else "Network"  # not one that is a word of the language, such as model
    return graph


def read_shape(text: str) -> tuple[int, ...]:
    """A shape as torch has it, without the batch: 3x224x224."""
    sizes = text.split("x")
    if not all([size.isdecimal() and len(size) < 10 and int(size) > 0 for size in sizes]):
        raise UsageError(f"{text} is no shape: write, for example, --input 3x224x224")
    return tuple(map(int, sizes))


def report(graph: Graph, text: str, options: argparse.Namespace) -> None:
    """What was written, and what was left behind."""
    from cnnspec.spec_writer import describe_nesting, find_telling_names, spell_names

    python = options.source is not None and Source(split_model(options.source)[0], "").is_python
    count = sum([node.layer is not None for node in graph.nodes])
    target = "" if options.output in STDOUT else f"wrote {options.output}: "
    size = f"{count:,} layer{'s' * (count != 1)} in {text.count(chr(10)):,} lines"
    print_message(f"{target}{graph.name}, {size}; {'' if python else 'weights and '}training settings stay behind")
    if graph.remark:
        print_message(graph.remark)
    if nesting := describe_nesting(graph):
        print_message(nesting)
    written = set(re.findall(r"\w+", text))
    given = [node.name for node in graph.nodes] if options.keep_names else find_telling_names(graph)
    names = [(name, spelled) for name, spelled in zip(given, spell_names(given), strict=True) if name]
    lost = [name for name, spelled in names if spelled not in written]
    if lost:
        layers = "1 layer has lost its name" if len(lost) == 1 else f"{len(lost):,} layers have lost their names"
        where = (
            "in shared functions" if options.keep_names else "in branches, blocks and loops; --keep-names keeps them"
        )
        print_message(f"{layers} ({join_first(lost)}) {where}")
    respelled = [f"{name} → {spelled}" for name, spelled in names if spelled != name and spelled in written]
    if respelled:
        print_message(f"spelled as the language has names: {join_first(respelled)}")


def join_first(words: list[str]) -> str:
    """The first of some words."""
    return ", ".join(words[:3]) + (", …" if len(words) > 3 else "")
