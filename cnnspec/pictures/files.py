"""A drawing as a file: the ending says of which kind."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.pictures.drawing import Drawing

ENDINGS = ("svg", "pdf", "png", "tex")


def find_ending(path: str) -> str:
    """What a name ends in, in small letters: "svg"; "" where it has no ending."""
    return path.rpartition(".")[2].lower() if "." in path else ""


def write_picture(drawing: Drawing, ending: str) -> bytes:
    """What the file holds, for an ending of ENDINGS.

    Raises ImportError, in one sentence that says what to install, where matplotlib is missing, which PDF and PNG need.
    """
    if ending == "svg":
        from cnnspec.pictures.svg import write_svg

        return write_svg(drawing).encode()
    if ending == "tex":
        from cnnspec.pictures.tikz import write_tikz

        return write_tikz(drawing).encode()
    from cnnspec.pictures.raster import write_pdf, write_png

    return write_pdf(drawing) if ending == "pdf" else write_png(drawing)
