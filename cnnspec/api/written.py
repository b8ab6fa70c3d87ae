"""A network as a text: the one that it stands in, or the one that is written of a model."""

from __future__ import annotations

from cnnspec.api.errors import SpecError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.api.network import Network
    from cnnspec.network import AnalysedNetwork


def find_written(network: Network) -> AnalysedNetwork:
    """The network with a text: that of a model is written when it is asked for. SpecError where no text reads back as it."""
    if network.analysed.in_spec:
        return network.analysed
    if not network.analysed.whole:
        raise SpecError(
            f"{network.name} cannot be written as a spec: it {network.analysed.trouble}", network.diagnostics
        )
    from cnnspec.pipeline import rewrite_model
    from cnnspec.spec_writer import Unfaithful

    try:
        return rewrite_model(network.analysed, keep_names=network.keeps_names)
    except Unfaithful as error:
        raise SpecError(f"a defect of cnnspec, please report it: no text reads back as this model: {error}") from None
