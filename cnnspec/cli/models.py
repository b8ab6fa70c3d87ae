"""The model files that commands work on: analysed as they are, or written as the specs that `import` makes of them."""

from __future__ import annotations

import os

from cnnspec.base.shell_words import quote_path
from cnnspec.cli.inputs import name_given_file
from cnnspec.cli.messages import UsageError, print_message
from cnnspec.cli.settings import Lookup
from cnnspec.model_files import ModelRefused
from cnnspec.pipeline import analyse_model, rewrite_model

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Set

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis


def load_model(options: argparse.Namespace) -> tuple[AnalysedNetwork, tuple[Diagnostic, ...]]:
    """The network in the model file that a command works on, with its diagnostics. UsageError for one that is refused."""
    name = name_given_file(options.file)
    try:
        analysis = analyse_model_as_asked(options.file, options, Lookup(options).of(name).codes(name))
    except ModelRefused as refusal:
        raise UsageError(*refusal.name_file(name)) from None
    return analysis.networks[0], analysis.diagnostics


def analyse_model_as_asked(path: str, options: argparse.Namespace, codes: Set[str] | None) -> Analysis:
    """A model file analysed by the rules with these codes, None: the default ones. Raises ModelRefused, and UsageError for
    options that ask for what no model has."""
    refuse_spec_options(path, options)
    return analyse_model(path, name_given_file(path), options.max_layers, codes)


def refuse_spec_options(path: str, options: argparse.Namespace) -> None:
    """UsageError for an option that asks for what specs alone have."""
    for given, lacks in (
        (options.set, "no parameters to set"),
        (options.model, "no models for --model to choose from"),
        (options.input, "no blocks for --input to call"),
        (options.block, "no blocks for --block to choose from"),
    ):
        if given:
            raise UsageError(f"{name_given_file(path)} is a model file, which has {lacks}")


def refuse_text(path: str) -> str:
    """That a model has no text to change, and what has."""
    name = name_given_file(path)
    return f"{name} is a model, which has no text: `cnnspec import {quote_path(name)} -o {quote_path(name_spec(name))}` writes one"


def name_spec(path: str) -> str:
    """What the spec of a model file is called."""
    return f"{os.path.splitext(path)[0]}.cnn"


def write_as_spec(network: AnalysedNetwork, name: str = "") -> AnalysedNetwork:
    """The network of a model file as that of its spec (`rewrite_model`). UsageError where no text reads back as the model."""
    from cnnspec.spec_writer import Unfaithful

    try:
        return rewrite_model(network, name)
    except Unfaithful as error:
        raise UsageError(f"a defect of cnnspec, please report it: no text reads back as this model: {error}") from None


def tell_what_stays(network: AnalysedNetwork, takes_weights: bool = False) -> None:
    """Say what of a model file is not taken, and what was said where it comes from. `takes_weights`: --weights may take those."""
    name = network.source.name
    weights = (
        "its training settings"
        if network.has_text
        else f"its weights (--weights {name} takes them) and training settings"
        if takes_weights
        else "its weights and training settings"
    )
    print_message(f"{name}: its structure is taken; {weights} stay behind")
    if network.graph.remark:
        print_message(network.graph.remark)
