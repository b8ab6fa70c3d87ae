"""The networks that `compare` puts side by side: what each word of its line leads to. What has no row is said in a sentence."""

from __future__ import annotations

import argparse
import os

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.load import analyse_as_asked, describe_no_network, load_source, place_in_file
from cnnspec.cli.messages import CLEAN, FINDINGS, USAGE, UsageError
from cnnspec.cli.python_files import split_model
from cnnspec.cli.settings import Lookup
from cnnspec.compare.comparison import Candidate, LeftOut, describe_mistakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set

    from cnnspec.api.network import Network
    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.runs.listing import Run


class Asked(Record):
    """A word of the line: with the --set that belong to it alone, and those that are for all."""

    word: str
    own: tuple[str, ...] = ()
    common: tuple[str, ...] = ()


class Gathered:
    """What was found: the networks, what is left out and why, and the exit status."""

    def __init__(self, options: argparse.Namespace, find: Callable[[str], Network | None]) -> None:
        self.options, self.find = options, find
        self.candidates: list[Candidate] = []
        self.left_out: list[LeftOut] = []
        self.status = CLEAN
        self.unused: dict[str, None] = {}  # the --set for all that no network has taken

    def leave_out(self, name: str, why: str, status: int) -> None:
        if LeftOut(name, why) not in self.left_out:  # a file may be named twice
            self.left_out.append(LeftOut(name, why))
        self.status = max(self.status, status)

    # ---- words -----------------------------------------------------------------------------------------------
    def add(self, asked: Asked) -> None:
        """Everything that a word leads to."""
        try:
            if network := self.find(asked.word):
                self.add_named(asked, network.analysed)
            elif os.path.isdir(asked.word):
                self.add_runs(asked)
            elif leads_to_model(asked.word):
                self.add_model(asked)
            else:
                self.add_source(asked)
        except UsageError as error:
            self.leave_out(asked.word, str(error).partition("\n")[0], USAGE)

    def add_named(self, asked: Asked, network: AnalysedNetwork) -> None:
        """A network of a notebook."""
        if asked.own:
            raise UsageError(f"{asked.word} is a network already: give --set to its %%cnnspec cell, or name a file")
        self.add_network(network, asked.word)

    def add_runs(self, asked: Asked) -> None:
        """The run in a folder, or the runs."""
        from cnnspec.train.errors import TrainingFailed
        from cnnspec.train.runs.listing import find_runs

        path = os.path.normpath(asked.word)
        if asked.own:
            raise UsageError(f"{path} is a folder of runs, whose parameters are those that they were trained with")
        try:
            runs = find_runs([path])
        except TrainingFailed as error:
            raise UsageError(str(error)) from None
        if not runs:
            raise UsageError(
                f"{path} is a folder without runs: name the specs in it, as in {os.path.join(path, '*.cnn')}"
            )
        for run in runs:
            self.add_run(run)

    def add_run(self, run: Run) -> None:
        from cnnspec.api.run_network import analyse_run
        from cnnspec.train.errors import TrainingFailed

        if run.wrong:
            self.leave_out(run.path, run.wrong, USAGE)
            return
        lookup = Lookup(self.options)
        try:
            network = analyse_run(
                run.path, run.record, self.options.max_layers, lambda name: lookup.of(name).codes(name)
            )
        except TrainingFailed as error:
            self.leave_out(run.path, str(error), USAGE)
            return
        self.candidates.append(Candidate(network, run))

    def add_model(self, asked: Asked) -> None:
        from cnnspec.cli.models import load_model

        network, _ = load_model(self.ask(asked.word, None, asked.own))
        self.add_network(network, asked.word)

    def add_source(self, asked: Asked) -> None:
        """The models of a spec or of a Python source, or the one that is chosen."""
        path, model = split_model(asked.word)
        options = self.ask(path, model, asked.own)
        source = load_source(options)
        has = list_parameters(source, model)
        taken = [text for text in asked.common if name_parameter(text) in has]
        for text in taken:
            self.unused.pop(text, None)
        options.set = [*taken, *asked.own]
        options.call = None if model is not None or not source.is_python else self.options.call
        foreign = [text for text in asked.own if name_parameter(text) not in has]
        try:
            analysis = analyse_as_asked(source, options, Lookup(options).of(source.name).codes(source.name))
        except UsageError as error:
            if not foreign or len(self.options.networks) == 1:
                raise
            raise UsageError(f"{error}; before all networks --set is for every one that has it") from None
        place_in_file(analysis.diagnostics, analysis.tree, options)
        networks = [network for network in analysis.networks if network.graph.nodes]
        if not networks and not analysis.diagnostics:
            raise UsageError(describe_no_network(analysis))
        if not networks:
            self.leave_out(asked.word, describe_mistakes(asked.word, path), FINDINGS)
        for network in networks:
            name = path if len(networks) == 1 else f"{path}:{network.name}"
            self.add_network(network, name, tuple(map(name_parameter, options.set)))

    def ask(self, path: str, model: str | None, own: Sequence[str]) -> argparse.Namespace:
        """The options of a command about one file."""
        asked = {"file": path, "model": model, "set": [*own], "input": [], "block": None, "call": None}
        return argparse.Namespace(**{**vars(self.options), **asked})

    def add_network(self, network: AnalysedNetwork, name: str, given: tuple[str, ...] = ()) -> None:
        """A network; one that is broken has no figures that could be compared."""
        if network.broken and not network.has_errors and not network.whole:
            self.leave_out(name, f"{name} {network.trouble}", USAGE)
        elif network.broken:
            self.leave_out(name, describe_mistakes(name, network.source.name), FINDINGS)
        else:
            self.candidates.append(Candidate(network, None, given))


def gather_networks(
    asked: Sequence[Asked], options: argparse.Namespace, find: Callable[[str], Network | None] = lambda word: None
) -> Gathered:
    """The networks that the words of a line lead to; `find` gives those that have a name where it is typed. UsageError for a
    --set that none of them can take."""
    if [one.word for one in asked].count("-") > 1:
        raise UsageError("stdin can be one network only: give the others as files")
    if options.call is not None and not any(map(is_called, asked)):
        raise UsageError("--call calls a function of a Python source: give one, without a model's name")
    gathered = Gathered(options, find)
    gathered.unused = dict.fromkeys([text for one in asked for text in one.common])
    for one in asked:
        gathered.add(one)
    for text in gathered.unused:
        name = name_parameter(text)
        known = {known for one in gathered.candidates for known in one.network.graph.parameters}
        raise UsageError(f'no network has a parameter "{name}" for --set{write_suggestion(name, known)}')
    return gathered


def is_called(asked: Asked) -> bool:
    """Whether --call is for a word: a Python source of which no model is named."""
    path, model = split_model(asked.word)
    return model is None and Source(path, "").is_python


def name_parameter(text: str) -> str:
    """The parameter of NAME=VALUE."""
    return text.partition("=")[0].strip()


def list_parameters(source: Source, model: str | None) -> Set[str]:
    """The parameters of the models of a spec, or of the one that is chosen."""
    from cnnspec.syntax.parse import parse
    from cnnspec.syntax.tree import Model

    if source.is_python:
        return frozenset()
    models = [item for item in parse(source).body.items if isinstance(item, Model)]
    return {p.name.text for item in models if model in (None, item.name.text) for p in item.parameters}
