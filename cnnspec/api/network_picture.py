"""Network.draw: the picture of a network, as a value that shows and saves itself."""

from __future__ import annotations

from cnnspec.api.argument_checks import take_count, take_text, take_texts
from cnnspec.api.picture import Picture
from cnnspec.pictures.files import ENDINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from cnnspec.api.network import Network
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork


class NetworkPicture(Picture):
    """The picture of a network. It can be saved as an interactive page (net.html), too, and as a text for Graphviz (net.dot) or
    Mermaid (net.mermaid)."""

    def __init__(self, analysed: AnalysedNetwork, question: DrawQuestion) -> None:
        from cnnspec.draw.forms import FORMS, OTHER_ENDINGS, draw_network
        from cnnspec.draw.question import FLOW

        super().__init__(draw_network(analysed, question))
        self.endings = (*FORMS, *OTHER_ENDINGS) if question.style == FLOW else ENDINGS
        self._analysed, self._question = analysed, question

    def write(self, form: str) -> bytes:
        """What a file of a form holds: svg, pdf, png, tex, html, dot or mermaid."""
        from cnnspec.draw.forms import OTHER_ENDINGS, write_form

        form = OTHER_ENDINGS.get(form, form)
        return super().write(form) if form in ENDINGS else write_form([self._analysed], self._question, form)

    def to_text(self, format: str = "mermaid") -> str:
        """The network in a language that draws by itself: mermaid or dot. ValueError for another."""
        if take_text(format, "format") not in ("mermaid", "dot"):
            raise ValueError(f'no text is called "{format}": mermaid or dot')
        return self.write(format).decode()


def draw(
    self: Network, path: str | os.PathLike[str] | None = None, *, depth: int | str | None = None,
    expand: str | Sequence[str] = (), show: str | Sequence[str] = (), color: str = "kind", direction: str = "down",
    style: str = "flow",
) -> NetworkPicture:  # fmt: skip
    """The network as a picture, which a notebook shows; with a `path` it is saved there, too, in the form that the name ends in.

    `depth` says how many blocks deep one sees, "all": every layer; without it, as many as fit a page. `expand` names blocks,
    modules or layers that are opened besides. `show` names figures that stand in the boxes (name, shape, params, macs, rf,
    memory); `color` says what the colors mean (kind, cost, rf, lost, none); `direction` is down or right. The `style` is flow,
    or volumes: a row of blocks in three dimensions, without `depth`, `expand` and `direction`.

    Raises ValueError for what is not known and for more boxes than can be shown, LookupError for a name in `expand` that nothing
    has, and what `Picture.save` raises.
    """
    picture = NetworkPicture(self.analysed, ask_picture(depth, expand, show, color, direction, style))
    if path is not None:
        picture.save(path)
    return picture


def ask_picture(
    depth: int | str | None,
    expand: str | Sequence[str],
    show: str | Sequence[str],
    color: str,
    direction: str,
    style: str,
) -> DrawQuestion:
    """What is asked of a picture. ValueError for what is not known."""
    from cnnspec.draw.boxes.coloring import COLORINGS
    from cnnspec.draw.boxes.figures import SHOWN
    from cnnspec.draw.outline.outline import ALL
    from cnnspec.draw.question import DIRECTIONS, STYLES, DrawQuestion

    expanded, shown = take_names(expand, "expand"), take_names(show, "show")
    for what, asked, known in (
        ("show", shown, SHOWN),
        ("color", (color,), COLORINGS),
        ("direction", (direction,), DIRECTIONS),
        ("style", (style,), STYLES),
    ):
        for word in asked:
            if take_text(word, what) not in known:
                raise ValueError(f'{what} knows no "{word}": {", ".join(known)}')
    deep = None if depth is None else ALL if depth == "all" else take_count(depth, "depth", 0)
    question = DrawQuestion(style, deep, expanded, shown, color, direction)
    if question.contradicts:
        raise ValueError('depth, expand and direction are about a flow: leave them out with style="volumes"')
    return question


def take_names(given: str | Sequence[str], name: str) -> tuple[str, ...]:
    """One name, or several."""
    return (given,) if isinstance(given, str) else tuple(take_texts(list(given), name)) if given else ()
