"""A picture as the API returns it: it shows itself in a notebook, and saves itself in every form."""

from __future__ import annotations

from cnnspec.api.argument_checks import take_path
from cnnspec.pictures.files import ENDINGS, find_ending, write_picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os

    from cnnspec.pictures.drawing import Drawing


class Picture:
    """A picture: a notebook shows it, `save` writes it into a file. `title` says what it shows; `width` and `height` are in pixels."""

    endings: tuple[str, ...] = ENDINGS

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.title, self.width, self.height = drawing.title, drawing.width, drawing.height

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture into a file, in the form that its name ends in: net.svg, net.pdf, net.png, net.tex, …

        Raises ValueError for another ending, MissingExtra for a PDF or PNG where matplotlib is not installed, and OSError
        where the file cannot be written.
        """
        name = take_path(path)
        form = self._find_form(name)
        try:
            data = self.write(form)
        except ImportError as error:
            from cnnspec.compile.backend import MissingExtra

            raise MissingExtra(str(error)) from None
        with open(name, "wb") as file:
            file.write(data)

    def _find_form(self, path: str) -> str:
        ending = find_ending(path)
        if ending not in self.endings:
            raise ValueError(f"{path} must end in one of .{', .'.join(self.endings)}: that says what is written")
        return ending

    def write(self, form: str) -> bytes:
        """What a file of a form holds."""
        return write_picture(self.drawing, form)

    def to_svg(self) -> str:
        """The picture as an SVG document."""
        return self.write("svg").decode()

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.to_svg()

    def __repr__(self) -> str:
        return f"<cnnspec.Picture {self.title}, {self.width:.0f} x {self.height:.0f}: .save(path) writes it>"
