"""The forms of a network's picture: what is asked, and the file that answers it."""

from __future__ import annotations

from cnnspec.draw.question import VOLUMES
from cnnspec.pictures.files import ENDINGS, find_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Drawing

FORMS = (*ENDINGS, "html", "dot", "mermaid")
OTHER_ENDINGS = {"gv": "dot", "mmd": "mermaid"}  # by which files of a form are known as well
BINARY = ("pdf", "png")


def find_form(path: str) -> str | None:
    """The form that a file's name asks for; None where it asks for none."""
    ending = find_ending(path)
    form = OTHER_ENDINGS.get(ending, ending)
    return form if form in FORMS else None


def draw_network(network: AnalysedNetwork, question: DrawQuestion) -> Drawing:
    """The picture. Raises LookupError for a name in `expanded` that nothing has, TooLarge for more boxes than can be shown."""
    if question.style == VOLUMES:
        from cnnspec.draw.volumes import draw_volumes

        return draw_volumes(network, question)
    from cnnspec.draw.flow.flow import draw_flow

    return draw_flow(network, question)


def write_form(networks: Sequence[AnalysedNetwork], question: DrawQuestion, form: str) -> bytes:
    """What a file of a form holds; of several networks all, which a page alone can show.

    Raises as `draw_network`, and ImportError, in one sentence that says what to install, for a PDF or PNG without matplotlib.
    """
    network = networks[0]
    if form in ENDINGS:
        from cnnspec.pictures.files import write_picture

        return write_picture(draw_network(network, question), form)
    return write_text(networks, question, form).encode()


def write_text(networks: Sequence[AnalysedNetwork], question: DrawQuestion, form: str) -> str:
    """The text of a page, or in a language that draws by itself."""
    if form == "html":
        from cnnspec.draw.page import write_page

        return write_page(networks, question)
    from cnnspec.draw.outline.outline import find_outline

    outline = find_outline(networks[0], question.depth, question.expanded)
    if form == "dot":
        from cnnspec.draw.flow.dot import write_dot

        return write_dot(networks[0], outline, question)
    from cnnspec.draw.flow.mermaid import write_mermaid

    return write_mermaid(networks[0], outline, question)
