"""What the commands answer about a network, as values that a notebook shows: the commands' own options are the questions."""

from __future__ import annotations

import argparse
import os

from cnnspec.api.answer import Answer, make_answer
from cnnspec.api.findings import Findings
from cnnspec.api.network import Network
from cnnspec.base.diagnostic import ERROR
from cnnspec.cli.load import load_analysed, load_blocks
from cnnspec.cli.messages import UsageError
from cnnspec.notebook.names import find_network
from cnnspec.notebook.shell import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from cnnspec.api.picture import Picture

    Names = Mapping[str, Any]


# ---- which network -------------------------------------------------------------------------------------------
def load_network(options: argparse.Namespace, names: Names, whole: bool = False) -> Network:
    """The network that a command is about, by its name or in a file; its errors are shown, all findings where `whole` says so."""
    network = find_network(options.file, names)
    if network is None:
        check_there(options.file)
        analysed, found = load_analysed(options, told=True)
        network = Network(analysed, lambda own: found)
    elif not network.analysed.has_text:  # a model's file, which holds its weights
        options.file = network.analysed.source.name
    told = [one for one in network.diagnostics if whole or one.severity == ERROR]
    if told:
        show(Findings(told, network.analysed.source.name))
    return network


def check_there(word: str) -> None:
    """UsageError for a word that looks like a name, and is neither a network's nor a file's."""
    if word.isidentifier() and not os.path.exists(word):
        raise UsageError(f'no network is called "{word}" in this notebook, and there is no such file')


# ---- answers -------------------------------------------------------------------------------------------------
def ask_summary(options: argparse.Namespace, names: Names) -> Answer:
    if options.input and options.block is None:
        from cnnspec.api.block_answers import make_blocks

        return make_blocks(*load_blocks(options))
    return load_network(options, names, whole=True)


def ask_explain(options: argparse.Namespace, names: Names) -> Answer:
    return load_network(options, names).explanation(options.layer)


def ask_rf(options: argparse.Namespace, names: Names) -> Any:
    """The fields; what one position sees of the layers before it; or a picture: of boxes, or of the effective field."""
    from cnnspec.cli.rf import check_question

    check_question(options)
    network = load_network(options, names)
    if options.inside is not None:
        return network.receptive_field_of(options.inside, options.at).in_layers()
    if options.picture or options.effective is not None:
        from cnnspec.api.picture import Picture
        from cnnspec.cli.rf import make_picture

        return Picture(make_picture(network.analysed, options))
    return network.receptive_fields(*options.layers, at=options.at)


def ask_draw(options: argparse.Namespace, names: Names) -> Picture:
    from cnnspec.api.network_picture import NetworkPicture
    from cnnspec.cli.draw import read_question

    question = read_question(options)
    return NetworkPicture(load_network(options, names).analysed, question)


def ask_lost(options: argparse.Namespace, names: Names) -> Answer:
    return load_network(options, names).lost()


def ask_cost(options: argparse.Namespace, names: Names) -> Answer:
    from cnnspec.api.network_answers import Cost
    from cnnspec.cli.cost import read_question
    from cnnspec.cost import find_cost

    analysed = load_network(options, names).analysed
    return make_answer(Cost, find_cost(analysed, read_question(analysed, options)), analysed)


def ask_sizes(options: argparse.Namespace, names: Names) -> Answer:
    return load_network(options, names).sizes(options.near)


def ask_diff(options: argparse.Namespace, names: Names) -> Answer:
    """The difference of two networks, each by its name or as the command takes it: FILE:MODEL is one model of a file."""
    from cnnspec.api import diff
    from cnnspec.cli.python_files import split_model

    sides = []
    for word, own in ((options.a, options.set_a), (options.b, options.set_b)):
        if own and find_network(word, names):
            raise UsageError(f"{word} is a network already: give --set to its %%cnnspec cell, or name a file")
        file, model = (word, None) if find_network(word, names) else split_model(word, options.model)
        given = {
            "file": file,
            "model": model,
            "set": [*options.set, *own],
            "max_layers": options.max_layers,
            "call": options.call,
            "read_installed": options.read_installed,
        }
        sides.append(load_network(argparse.Namespace(**given, input=[], block=None), names))
    return diff(*sides)


def ask_compare(options: argparse.Namespace, names: Names) -> Answer:
    """Networks side by side, each by its name or as the command takes it."""
    from functools import partial

    from cnnspec.api.comparison import Comparison
    from cnnspec.cli.compare import check_form, read_asked, read_choice
    from cnnspec.cli.compared_networks import gather_networks
    from cnnspec.cli.cost import read_question
    from cnnspec.compare import find_comparison

    check_form(options)
    for word in options.networks:
        if find_network(word, names) is None:
            check_there(word)
    gathered = gather_networks(read_asked(options), options, lambda word: find_network(word, names))
    if not gathered.candidates:
        raise UsageError(gathered.left_out[0].why)
    made = find_comparison(gathered.candidates, partial(read_question, options=options), gathered.left_out)
    return make_answer(Comparison, made, read_choice(made, options))


def ask_trace(options: argparse.Namespace, names: Names) -> Answer | None:
    from cnnspec.api.trace import Trace
    from cnnspec.cli.trace import check_question, trace_as_asked

    check_question(options)
    analysed = load_network(options, names).analysed
    return None if analysed.broken else Trace(*trace_as_asked(analysed, options))


def ask_quiz(options: argparse.Namespace, names: Names) -> Answer:
    from cnnspec.api.quiz import quiz

    return quiz(
        load_network(options, names), options.count, kinds=options.kinds, seed=options.seed, variant=options.variant
    )


def ask_check(options: argparse.Namespace, names: Names) -> Answer:
    """What is found, of a network as its cell had it checked."""
    from cnnspec.cli.check import collect_findings
    from cnnspec.cli.settings import Lookup

    (path,) = options.paths
    network = find_network(path, names)
    if network is not None:
        return network.diagnostics
    check_there(path)
    collected = collect_findings(options, Lookup(options))
    return Findings([one for _, one in collected.found], path)


ANSWERS: dict[str, Callable[[argparse.Namespace, Names], Any]] = {
    "check": ask_check,
    "summary": ask_summary,
    "explain": ask_explain,
    "rf": ask_rf,
    "draw": ask_draw,
    "lost": ask_lost,
    "cost": ask_cost,
    "sizes": ask_sizes,
    "compare": ask_compare,
    "diff": ask_diff,
    "trace": ask_trace,
    "quiz": ask_quiz,
}
