"""The Python face: `load` a spec, ask the network.

>>> import cnnspec
>>> net = cnnspec.loads("input 28x28x1\\nconv(32, 3x3, activation=relu)")
>>> net.params, net.macs, net.layers[1].output_shape
(320, 194688, (26, 26, 32))
>>> net.cost(batch=32).training_bytes, net.lost().losses, bool(net.budget(max_params=1000))
(8412160, (), False)
"""

from __future__ import annotations

import os

from cnnspec.api.argument_checks import take_text
from cnnspec.api.errors import SpecError
from cnnspec.api.findings import Findings
from cnnspec.api.network import Network
from cnnspec.api.sources import find_model_file, make_source, read_source
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.pipeline import PythonAnalysis, analyse, analyse_model, list_models
from cnnspec.python_source.found import CallRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import keras

    from cnnspec.api.block_answers import Inputs
    from cnnspec.api.difference import Difference
    from cnnspec.api.findings import AddHelp
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.project import Analyse
    from cnnspec.pipeline import Analysis


def load(path_or_text: str | os.PathLike[str], *, model: str | None = None, **parameters: Any) -> Network:
    """The network of a spec in a file, of a saved model (.keras, …), or of a Python file that builds one with Keras, which is
    read and never run. `loads` takes the text of a spec itself.

    `model` chooses where a file holds several; the other keywords replace the model's parameters. Of a Python file `call` is
    what builds the model, as in "build(classes=10)". A network with mistakes is returned too: look at `.diagnostics`.

    Raises OSError when the file cannot be read, SpecError when there is no network in it or several to choose from, or when it
    is a saved model that the language cannot express, TypeError for a parameter that the model does not have.

    A str with a newline is no path, and is taken for the text. So is, for now and with a DeprecationWarning, one line with a
    space or a parenthesis that names no file.
    """
    if file := find_model_file(path_or_text):
        return _load_model(file, model, parameters)
    return _make_network(read_source(path_or_text), model, parameters)


def loads(text: str, *, name: str = "<text>", model: str | None = None, **parameters: Any) -> Network:
    """The network of a text, as `load` gives that of a file.

    `name` is the network's, where the text gives it none, and what messages call the text; files that the text uses are
    looked for beside a file of this name. Raises SpecError and TypeError as `load` does.
    """
    return _make_network(make_source(text, name), model, parameters)


def from_keras(model: keras.Model, *, keep_names: bool = False) -> Network:
    """The network of a live Keras model; `.text` is its spec, as `cnnspec import` writes it.

    With `keep_names` nothing is folded into blocks and loops, so that every layer keeps its name. Raises SpecError,
    naming the layers, for a model that the language cannot express, and TypeError for what is no model.
    """
    from cnnspec.model_files import ModelRefused, convert_model
    from cnnspec.spec_writer import Unfaithful, to_text

    try:
        text = to_text(convert_model(model), keep_names)
    except ModelRefused as refusal:
        raise SpecError(str(refusal)) from None
    except Unfaithful as error:
        raise SpecError(f"a defect of cnnspec, please report it: no text reads back as this model: {error}") from None
    analysis, add_help = _analysed(Source(f"<{model.name}>", text), {})
    (network,) = analysis.networks
    return Network(network, add_help)


def check(
    path_or_text: Network | str | os.PathLike[str], input: Inputs | None = None, block: str | None = None,
    **parameters: Any,
) -> Findings:  # fmt: skip
    """Every mistake in a spec, all of its models included, in a saved model, or in a Python file. Takes a path, as `load` does, or a `Network`, whose
    `diagnostics` they are; `check_text` takes a text. With `input`, and `block`, those of blocks on an input, as `blocks` takes
    them. Raises what `load` raises for a file or a parameter."""
    if isinstance(path_or_text, Network):
        if parameters:
            raise TypeError(f"a Network has its parameters already: give {', '.join(parameters)} to load or loads")
        if input is not None or block is not None:
            raise TypeError("a Network has its inputs already: give the path of a file to check its blocks")
        return path_or_text.diagnostics
    if input is not None:
        from cnnspec.api.block_answers import blocks

        return blocks(path_or_text, input, block, **parameters).diagnostics
    if block is not None:
        raise TypeError("block asks what a block does with an input: give input, too")
    if file := find_model_file(path_or_text):
        return _load_model(file, None, parameters).diagnostics
    return _find_mistakes(read_source(path_or_text, "cnnspec.check_text"), parameters)


def check_text(text: str, *, name: str = "<text>", **parameters: Any) -> Findings:
    """Every mistake in a text, which may hold several models, or blocks alone. `name` is what messages call it."""
    return _find_mistakes(make_source(text, name), parameters)


def diff(a: Network | str | os.PathLike[str], b: Network | str | os.PathLike[str]) -> Difference:
    """What is different between two networks, each a `Network` or what `load` takes; `print` shows it as a table, `save` writes it as
    an interactive page.

    Raises SpecError when one has mistakes or is a model that the language cannot express, and what `load` raises.
    """
    from cnnspec.api.answer import make_answer
    from cnnspec.api.difference import Difference
    from cnnspec.diff import find_difference

    networks = []
    for side in (a, b):
        if isinstance(side, Network):
            network = side
        else:
            file = find_model_file(side)
            network = _load_model(file, None, {}) if file else _make_network(read_source(side), None, {})
        if network.analysed.broken:
            raise SpecError(f"{network.name} cannot be compared: it {network.analysed.trouble}", network.diagnostics)
        networks.append(network.analysed)
    return make_answer(Difference, find_difference(*networks), tuple(networks))


def load_every(path: str | os.PathLike[str]) -> list[Network]:
    """Every network of a file, as `load` gives one. Raises what `load` raises, but not where there are several."""
    if file := find_model_file(path):
        return [_load_model(file, None, {})]
    source = read_source(path, "")
    analysis, add_help = _analysed(source, {})
    made = [Network(network, add_help) for network in analysis.networks]
    return made or [_make_network(source, None, {})]  # which says why there is none


def _load_model(path: str, model: str | None, parameters: dict[str, Any]) -> Network:
    """The network of a model file, which has neither parameters nor models to choose from. SpecError for one that cannot be
    read or expressed."""
    from cnnspec.model_files import ModelRefused

    if parameters:
        raise TypeError(f"{path} is a model file, which has no parameters: leave {', '.join(parameters)} out")
    if model is not None:
        raise SpecError(f"{path} is a model file, which has no models to choose from: leave model out")
    try:
        return Network(analyse_model(path).networks[0])
    except ModelRefused as refusal:
        raise SpecError("\n".join(refusal.name_file(path))) from None


def _make_network(source: Source, model: str | None, parameters: dict[str, Any]) -> Network:
    """The one network of a source. SpecError where there is none, or several."""
    model = None if model is None else take_text(model, "model")
    analysis, add_help = _analysed(source, parameters, model)
    if len(analysis.networks) == 1:
        return Network(analysis.networks[0], add_help)
    if analysis.networks:
        names = ", ".join(list_models(analysis))
        raise SpecError(f"{source.name} holds several models: choose with model=, one of {names}")
    if isinstance(analysis, PythonAnalysis):
        from cnnspec.python_source.choosing import describe_no_model

        raise SpecError(describe_no_model(source.name, analysis.reading, model), analysis.diagnostics)
    help = "" if model or analysis.diagnostics else ": begin with, for example, input 28x28x1"
    raise SpecError(f"{source.name} holds no network" + (f' called "{model}"' if model else help), analysis.diagnostics)


def _find_mistakes(source: Source, parameters: dict[str, Any]) -> Findings:
    analysis, add_help = _analysed(source, parameters)
    return Findings(add_help(analysis.diagnostics), source.name)


def _analysed(source: Source, parameters: dict[str, Any], model: str | None = None) -> tuple[Analysis, AddHelp]:
    """What is known about a source, and a function that adds the help to its findings, which is printed from their repairs.

    TypeError for a wrong parameter; of a Python source `call` is none, but what builds the model. SpecError for a call that
    cannot be made.
    """
    call = ""
    if source.is_python and "call" in parameters:
        parameters = {**parameters}
        call = take_text(parameters.pop("call"), "call")

    def analyse_model(name: str | None) -> Analyse:
        return lambda source, read=read, watch=None: analyse(
            source, parameters, name, read=read, watch=watch, call=call
        )

    def add_help(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        from cnnspec.lint.fix.offers import SOON, offer_repairs

        each = None if parameters or model or call else analyse_model
        return offer_repairs(found, analysis, analyse_model(model), SOON, each)

    try:
        analysis = analyse(source, parameters, model, call=call)
    except CallRefused as refusal:
        raise SpecError(f"call: {refusal}") from None
    except KeyError as error:
        message, help = error.args
        raise TypeError(f"{message}; {help}") from None
    return analysis, add_help


__all__ = ["Network", "SpecError", "check", "check_text", "diff", "from_keras", "load", "loads"]
