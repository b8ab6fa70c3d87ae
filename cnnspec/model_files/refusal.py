"""Why a model is refused: it cannot be read, or the language cannot express it."""

from __future__ import annotations

from cnnspec.base.source import brief, printable

LONGEST = 400  # characters of a line in the message


class ModelRefused(Exception):
    """A model that cannot be imported. `lines` are a sentence for the user, and a line for every layer at fault.

    Words from a file stand in them without control characters, so that a file cannot add lines of its own.
    """

    def __init__(self, sentence: str, *layers: str) -> None:
        self.lines = [printable(brief(sentence, LONGEST)), *[f"  {printable(brief(line, LONGEST))}" for line in layers]]
        super().__init__("\n".join(self.lines))
