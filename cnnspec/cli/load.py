"""The network that a command works on: the options that choose it, and how it is read and analysed."""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.source import Source, brief
from cnnspec.base.source_files import read
from cnnspec.cli.inputs import Inputs, leads_to_model
from cnnspec.cli.messages import Refused, UsageError, print_diagnostic
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.settings import Lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Set
    from typing import Any

    from cnnspec.elaborate.block_calls import BlockQuestion
    from cnnspec.elaborate.files import Read
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis, BlockAnalysis, Watch
    from cnnspec.syntax.tree import Tree


# ---- options -----------------------------------------------------------------------------------------------
def add_file_argument(parser: argparse.ArgumentParser) -> None:
    """The one file that a command is about."""
    parser.add_argument(
        "file", metavar="FILE", help="a spec, a model file such as net.pt2, net.onnx or net.keras, or - for stdin"
    )


def add_spec_options(parser: argparse.ArgumentParser) -> None:
    """Which network of a spec: of a command that takes nothing else."""
    add_choice_options(parser)
    add_layer_limit(parser)


def add_choice_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="give a parameter a value")
    parser.add_argument("--model", metavar="NAME", help="the model to take, where a file holds several")


def add_model_options(parser: argparse.ArgumentParser) -> None:
    add_choice_options(parser)
    add_python_options(parser)
    parser.set_defaults(input=[], block=None)  # where there are no options for blocks
    add_layer_limit(parser)


def add_python_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--call", metavar="CALL", help='of a Python source: what builds the model, as in "build(classes=10)"'
    )
    parser.add_argument(
        "--read-installed",
        choices=("keras",),
        help="for Python sources: read keras.applications out of the installed Keras's own sources",
    )


def add_layer_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-layers",
        type=read_positive,
        default=MAX_LAYERS,
        metavar="N",
        help=f"refuse networks of more layers ({MAX_LAYERS:,})",
    )


def read_parameters(options: argparse.Namespace) -> dict[str, Any]:
    """The values of --set, written as the language writes them: 10, 3x3, [3, 4, 6, 3], relu."""
    values: dict[str, Any] = {}
    for text in options.set:
        name, equals, value = text.partition("=")
        if not equals or not is_parameter_name(name.strip()):
            raise UsageError(f'--set takes name=value, not "{text}"')
        values[name.strip()] = evaluate_option(value, "--set", f" {name}")
    return values


def is_parameter_name(text: str) -> bool:
    """Whether a text could be the name of a parameter, or of a hole: width, ?a, ?1."""
    return text.isidentifier() or text.startswith("?") and (text[1:].isidentifier() or text[1:].isdecimal())


def place_in_file(found: tuple[Diagnostic, ...], tree: Tree, options: argparse.Namespace) -> tuple[Diagnostic, ...]:
    """Findings with places in files alone. UsageError for a mistake in a value of --set."""
    if not options.set or not found:
        return found
    from cnnspec.cli.set_values import place_findings

    return place_findings(found, tree, {f"--set {text}": text.partition("=")[0].strip() for text in options.set})


def evaluate_option(value: str, option: str, name: str = "") -> Any:
    """The value of an option, written as the language writes it. UsageError for what is none."""
    from cnnspec.elaborate.value_text import evaluate_text

    try:
        return evaluate_text(value, f"{option}{name}={value}")
    except ValueError as error:
        raise UsageError(f"{option}{name}: {error}") from None


# ---- reading -----------------------------------------------------------------------------------------------
def read_named_source(path: str) -> Source | Diagnostic:
    """The source of the one path that a command names."""
    return Inputs([path]).read_source(path)


def analyse_as_asked(
    source: Source, options: argparse.Namespace, codes: Set[str] | None = None, read: Read = read,
    watch: Watch | None = None, model: str | None = None,
) -> Analysis:  # fmt: skip
    """A source analysed as the options say, by the rules with these codes, None: the default ones; `watch`: see `analyse`.
    `model`: that one alone.

    UsageError for a parameter or a model that it does not have.
    """
    from cnnspec.pipeline import analyse  # what is known already needs no analysis, so it is not imported above
    from cnnspec.syntax import tree

    if source.is_python or options.call is not None:
        from cnnspec.cli.python_files import analyse_python_as_asked

        return analyse_python_as_asked(source, options, codes, read, watch, model)
    question = read_question(options)
    if question is not None:
        return analyse_blocks_as_asked(source, question, options, codes, read)
    try:
        analysis = analyse(
            source, read_parameters(options), model or options.model, options.max_layers, codes, read, watch
        )
    except KeyError as error:
        message, help = error.args
        raise UsageError(f"{source.name}: {message}; {help}") from None
    if options.model and not analysis.networks:
        names = [item.name.text for item in analysis.tree.body.items if isinstance(item, tree.Model)]
        has = f"it has {', '.join(names)}" if names else "it is one network, without a name"
        raise UsageError(f'{source.name} has no model "{options.model}": {has}')
    return analysis


def read_question(options: argparse.Namespace) -> BlockQuestion | None:
    """What the options ask about blocks; None where they ask nothing."""
    if not options.input and options.block is None:
        return None
    from cnnspec.cli.blocks import read_block_question

    return read_block_question(options, read_parameters(options))


def analyse_blocks_as_asked(
    source: Source, question: BlockQuestion, options: argparse.Namespace, codes: Set[str] | None, read: Read = read
) -> BlockAnalysis:
    """The blocks of a source, analysed. UsageError where it has none such, or is a network and no block of it is chosen."""
    from cnnspec.pipeline import analyse_blocks

    try:
        return analyse_blocks(source, question, options.max_layers, codes, read)
    except KeyError as error:
        message, help, _ = error.args
        raise UsageError(f"{source.name}: {message}; {help}") from None


def load_blocks(options: argparse.Namespace) -> tuple[BlockAnalysis, BlockQuestion]:
    """The blocks of the file that a command works on, and what they are called with."""
    question = read_question(options)
    assert question is not None
    if leads_to_model(options.file):
        from cnnspec.cli.models import refuse_spec_options

        refuse_spec_options(options.file, options)
    source = load_source(options)
    codes = Lookup(options).of(source.name).codes(source.name)
    analysis = analyse_blocks_as_asked(source, question, options, codes)
    placed = place_in_file(analysis.diagnostics, analysis.tree, options)
    return analysis.replace(diagnostics=placed), question


def load_source(options: argparse.Namespace) -> Source:
    """The source that a command works on: the one that stands at its path, unless it is given itself, as a notebook does."""
    source = getattr(options, "source", None) or read_named_source(options.file)
    if isinstance(source, Diagnostic):
        raise UsageError(f"{source.message}: {source.help}")
    return source


def load_analysed(
    options: argparse.Namespace, told: bool = False, read: Read = read
) -> tuple[AnalysedNetwork, tuple[Diagnostic, ...]]:
    """The one network that a command works on, with its diagnostics. UsageError when there is none, or several. `told`:
    warnings are shown too, so that the help that is printed from their repairs is needed. `read` gives the sources of the
    files that its own uses."""
    if leads_to_model(options.file):
        from cnnspec.cli.models import load_model

        return load_model(options)
    source = load_source(options)
    codes = Lookup(options).of(source.name).codes(source.name)
    analysis = analyse_as_asked(source, options, codes, read)
    if len(analysis.networks) > 1:
        from cnnspec.pipeline import list_models

        names = ", ".join(list_models(analysis))
        raise UsageError(f"{source.name} holds several models ({names}): choose one with --model")
    (network,) = check_networks(analysis, options)
    placed = place_in_file(network.diagnostics, analysis.tree, options)
    if placed != network.diagnostics:  # what is said of a value of --set has no repair
        return network, placed
    if not told or not network.diagnostics or options.input:  # a block has no repairs: its callers are not known
        return network, network.diagnostics
    from cnnspec.lint.fix.offers import offer_repairs

    return network, offer_repairs(
        network.diagnostics, analysis, lambda s, read, watch=None: analyse_as_asked(s, options, codes, read, watch)
    )


def load_all(options: argparse.Namespace) -> tuple[tuple[AnalysedNetwork, ...], tuple[Diagnostic, ...]]:
    """All networks of the file that a command works on, with its diagnostics. UsageError where there is none."""
    if leads_to_model(options.file):
        from cnnspec.cli.models import load_model

        network, found = load_model(options)
        return (network,), found
    source = load_source(options)
    analysis = analyse_as_asked(source, options, Lookup(options).of(source.name).codes(source.name))
    return check_networks(analysis, options), place_in_file(analysis.diagnostics, analysis.tree, options)


def check_networks(analysis: Analysis, options: argparse.Namespace) -> tuple[AnalysedNetwork, ...]:
    """The networks of a file of which something is known. UsageError where there is none; Refused where that is because of
    mistakes, which are shown."""
    place_in_file(analysis.diagnostics, analysis.tree, options)
    networks = tuple(
        [network for network in analysis.networks if network.graph.nodes]
    )  # the others have not even an input
    if not networks:
        for found in analysis.diagnostics:
            print_diagnostic(found)
        if analysis.diagnostics:
            raise Refused
        raise UsageError(describe_no_network(analysis))
    return networks


def describe_no_network(analysis: Analysis) -> str:
    """That a file holds no network, and what to do."""
    from cnnspec.pipeline import PythonAnalysis
    from cnnspec.syntax import tree

    if isinstance(analysis, PythonAnalysis):
        from cnnspec.python_source.choosing import describe_no_model

        return describe_no_model(analysis.source.name, analysis.reading)
    name = analysis.source.name
    blocks = [item.name.text for item in analysis.tree.body.items if isinstance(item, tree.Block)]
    if not blocks:
        return f"{name} holds no network: begin with, for example, input 28x28x1"
    asked = "`cnnspec summary` with --input 56x56x64 shows what each costs"
    return f"{name} holds no network, but blocks ({brief(', '.join(blocks))}): {asked}"


def load_one(
    options: argparse.Namespace, replaced: Collection[str] = (), for_keras: bool = True
) -> AnalysedNetwork | None:
    """The network that is to become a Keras model, its mistakes shown on stderr; None when they keep it from being built.
    Unless `for_keras`, what Keras alone cannot compute is no mistake.

    What is wrong with settings of its train section that are `replaced` is left out.
    """
    from cnnspec.cli.python_files import refuse_unknown
    from cnnspec.facts.facts import find_keras_problems
    from cnnspec.lint.keras_limits import leave_out_keras_limits, refuse_keras_limits

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
    found = (refuse_keras_limits if for_keras else leave_out_keras_limits)(network.facts, found)
    for diagnostic in found:
        if diagnostic.severity != INFO:
            print_diagnostic(diagnostic)
    refuse_unknown(network)
    return None if network.broken or for_keras and any(find_keras_problems(network.facts)) else network


def parse_whole(source: Source) -> Tree | None:
    """The tree of a text without mistakes of syntax; of another they are printed."""
    from cnnspec.syntax.parse import parse

    parsed = parse(source)
    for diagnostic in parsed.diagnostics:
        print_diagnostic(diagnostic)
    return None if parsed.diagnostics else parsed
