"""Why a model is refused: it cannot be read, or the language cannot express it."""

from __future__ import annotations

from cnnspec.base.source import brief, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 400  # characters of a line in the message


class ModelRefused(Exception):
    """A model that cannot be imported. `lines` are a sentence for the user, and a line for every layer at fault, or the
    `python` that makes a file which can be.

    Words from a file stand in them without control characters, so that a file cannot add lines of its own.
    """

    def __init__(self, sentence: str, *layers: str, python: Sequence[str] = ()) -> None:
        self.lines = [
            printable(brief(sentence, LONGEST)),
            *[f"  {printable(brief(line, LONGEST))}" for line in layers],
            *[f"    {printable(line)}" for line in python],
        ]
        super().__init__("\n".join(self.lines))

    def name_file(self, path: str) -> tuple[str, ...]:
        """The lines; the first names the file."""
        sentence, *rest = self.lines
        name = printable(brief(path))
        return sentence if name in sentence else f"{name}: {sentence}", *rest
