"""What the page shows of a network beside its text: the answers of the API as HTML."""

from __future__ import annotations

from cnnspec.api.errors import SpecError
from cnnspec.api.network import Network
from cnnspec.base.source import printable
from cnnspec.playground.refusal import Refused
from cnnspec.server.uses import find_around

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.playground.editor import Editor
    from cnnspec.server.document import Document

VIEWS: dict[str, Callable[[Network], str]] = {
    "summary": lambda network: network.to_html(),
    "rf": lambda network: network.receptive_fields().to_html(),
    "sizes": lambda network: network.sizes().to_html(),
    "lost": lambda network: network.lost().to_html(),
    "cost": lambda network: network.cost().to_html(),
}


def show_view(
    editor: Editor, name: str, text: str, view: str, model: str | None = None, at: int | None = None,
    look: dict[str, Any] | None = None,
) -> dict[str, str]:  # fmt: skip
    """A view of a network: {"html"}; {"sentence"} where there is nothing to see. `at` is where the cursor is, `look` how the
    picture is drawn: arguments of `Network.draw`."""
    document = editor.open(name, text)
    try:
        analysed = choose_network(editor, document, model)
        if view == "explain":
            layer = None if at is None else find_layer(editor, document, analysed, at)
            return {"html": Network(analysed).explanation(layer or find_last_layer(analysed)).to_html()}
        if view == "picture":
            return {"html": draw(Network(analysed), look or {})}
        return {"html": VIEWS[view](Network(analysed))}
    except Refused as refusal:
        return {"sentence": str(refusal)}
    except SpecError as error:
        return {"sentence": str(error).split("\n\n")[0]}


def draw(network: Network, look: dict[str, Any]) -> str:
    """The picture of a network as SVG. Refused where it cannot be drawn so."""
    try:
        return network.draw(**look).to_svg()
    except ValueError as error:  # of a size, or a look, that no picture has
        raise Refused(str(error)) from None


def choose_network(editor: Editor, document: Document, model: str | None) -> AnalysedNetwork:
    """The network that is asked about; the first where none is named."""
    networks = [one for one in editor.documents.know(document).analysis.networks if one.graph.nodes]
    chosen = next((one for one in networks if model in (None, one.name)), None)
    if chosen is not None:
        return chosen
    if networks:
        raise Refused(
            f"the text has no model {printable(str(model))}: it has {', '.join([one.name for one in networks])}"
        )
    if editor.documents.know(document).found:
        raise Refused("the text has no network yet: see the findings")
    raise Refused("the text has no network yet: begin with, for example, input 28x28x1")


def find_layer(editor: Editor, document: Document, network: AnalysedNetwork, at: int) -> str | None:
    """The name of the first layer that the innermost step at the cursor makes in a network."""
    place = document.places.find_offset(editor.offsets.find_position(at))
    uses = editor.documents.find_uses(document)
    found = (use for around in find_around(uses, place) for use in uses[around] if use.network is network)
    return next((use.node.name for use in found), None)


def find_last_layer(network: AnalysedNetwork) -> str:
    return network.graph.nodes[-1].name
