"""The Python face: `load` a spec, ask the network.

>>> import cnnspec
>>> net = cnnspec.load("input 28x28x1\\nconv(32, 3x3, activation=relu)")
>>> net.params, net.macs, net.layers[1].output_shape
(320, 194688, (26, 26, 32))
"""

from __future__ import annotations

import os

from cnnspec.api.errors import SpecError
from cnnspec.api.network import Network
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.pipeline import analyse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import keras

    from cnnspec.api.difference import Difference
    from cnnspec.api.network import AddHelp
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.elaborate.files import Read
    from cnnspec.pipeline import Analysis, Watch


def load(path_or_text: str | os.PathLike[str], *, model: str | None = None, **parameters: Any) -> Network:
    """The network of a spec: a path, or the text itself (a str with a newline, a space or a parenthesis that names no
    file).

    `model` chooses where a file holds several; the other keywords replace the model's parameters. A network with
    mistakes is returned too: look at `.diagnostics`.

    Raises OSError when the file cannot be read, SpecError when there is no network in it or several to choose from,
    TypeError for a parameter that the model does not have.
    """
    source = _source(path_or_text)
    analysis, add_help = _analysed(source, parameters, model)
    if len(analysis.networks) == 1:
        return Network(analysis.networks[0], add_help)
    if analysis.networks:
        names = ", ".join(n.name for n in analysis.networks)
        raise SpecError(f"{source.name} holds several models: choose with model=, one of {names}")
    raise SpecError(f"{source.name} holds no network" + (f' called "{model}"' if model else ""), analysis.diagnostics)


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


def check(path_or_text: str | os.PathLike[str], **parameters: Any) -> tuple[Diagnostic, ...]:
    """Every mistake in a spec, all of its models included. Takes and raises what `load` does."""
    analysis, add_help = _analysed(_source(path_or_text), parameters)
    return add_help(analysis.diagnostics)


def diff(a: Network | str | os.PathLike[str], b: Network | str | os.PathLike[str]) -> Difference:
    """What is different between two networks, each a `Network` or what `load` takes; `print` shows it as a table.

    Raises SpecError when one has mistakes, and what `load` raises.
    """
    from cnnspec.api.difference import Difference
    from cnnspec.diff import find_difference

    networks = [side if isinstance(side, Network) else load(side) for side in (a, b)]
    for network in networks:
        if network.analysed.broken:
            raise SpecError(f"{network.name} cannot be compared", network.diagnostics)
    found = find_difference(networks[0].analysed, networks[1].analysed)
    return Difference(*[getattr(found, field) for field in found._fields])


def _analysed(source: Source, parameters: dict[str, Any], model: str | None = None) -> tuple[Analysis, AddHelp]:
    """What is known about a source, and a function that adds the help to its findings, which is printed from their repairs.

    TypeError for a wrong parameter.
    """

    def again(source: Source, read: Read = read, watch: Watch | None = None) -> Analysis:
        return analyse(source, parameters, model, read=read, watch=watch)

    def add_help(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        from cnnspec.lint.fix.offers import offer_repairs

        return offer_repairs(found, analysis, again)

    try:
        analysis = again(source)
    except KeyError as error:
        message, help = error.args
        raise TypeError(f"{message}; {help}") from None
    return analysis, add_help


def _source(path_or_text: str | os.PathLike[str]) -> Source:
    if isinstance(path_or_text, str) and ("\n" in path_or_text or not _names_a_file(path_or_text)):
        return Source("<text>", path_or_text.replace("\r\n", "\n").replace("\r", "\n"))
    path = os.fspath(path_or_text)
    source = read(path, streams=True)
    if isinstance(source, Source):
        return source
    if not os.path.exists(path):
        raise FileNotFoundError(2, f"there is no such file: {path}")
    raise OSError(f"{source.message}: {source.help}")


def _names_a_file(text: str) -> bool:
    try:
        return os.path.exists(text) or not any(c in text for c in " (\t")
    except ValueError:  # a NUL
        return False


__all__ = ["Network", "SpecError", "check", "diff", "from_keras", "load"]
