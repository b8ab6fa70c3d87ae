"""Which models of a Python source are asked about, and which of the mistakes in it are theirs."""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import brief, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.python_source.found import PythonNetwork, PythonReading


def choose_networks(reading: PythonReading, name: str | None) -> list[PythonNetwork]:
    """The models that are called so, by the first of their names where one is; all but those within others, where no name is
    given."""
    if name is None:
        return [network for network in reading.networks if not network.inner]
    first = [network for network in reading.networks if network.names[:1] == (name,)]
    return first or [network for network in reading.networks if name in network.names]


def describe_no_model(file: str, reading: PythonReading, model: str | None = None) -> str:
    """That a file builds no model that could be read, and why; or none of that name."""
    names = [network.names[0] for network in reading.networks]
    if model is not None and names:
        near = write_suggestion(model, names) or f": it has {brief(', '.join(names))}"
        return f'{file} builds no model "{brief(printable(model))}"{near}'
    return f"{file}: {reading.why_none or 'it builds no model with Keras'}"


def refuse_parameters(parameters: Mapping[str, Any] | None) -> None:
    """KeyError, with what to do, for values of parameters, which a Python source has none of."""
    if parameters:
        message = f"a Python source has no parameter {next(iter(parameters))}"
        raise KeyError(message, 'give the arguments of a function that builds the model: --call "build(classes=10)"')


def find_mistakes_of(
    network: PythonNetwork, reading: PythonReading, mistakes: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """The mistakes at a model's layers. Those at no layer of any model are those of every model that is not whole."""
    found = []
    for mistake in mistakes:
        homes = [other for other in reading.networks if stands_in(mistake, other)]
        if network in homes or not homes and not network.whole:
            found.append(mistake)
    return found


def find_excess(network: PythonNetwork, most: int) -> list[Diagnostic]:
    """The finding that a model has more layers than are allowed, none where it has not."""
    layers = len(network.graph.nodes)
    if layers <= most:
        return []
    message = f"{network.names[0]} has {layers:,} layers; at most {most:,} are allowed"
    return [Diagnostic("E003", message, network.site.span, "raise the limit with --max-layers")]


def stands_in(found: Diagnostic, network: PythonNetwork) -> bool:
    """Whether something is found at a layer of a model."""
    at = found.span
    if at is None:
        return False
    sites = [node.site for node in network.graph.nodes]
    return any([s.source == at.source and s.node.start <= at.start < s.node.end for s in sites])
