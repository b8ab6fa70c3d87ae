"""Whether an editor colours a text as the Pygments lexer does, which tests/highlight holds against the parser.

An editor's answer is the name of what it sees at each character: a scope, a group, a face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pygments.token import Error, Text

from cnnspec.highlight.lexer import CnnspecLexer
from tests.example_files import FILES, SMALLEST

COLOURED = [*FILES, *SMALLEST]
FORMS = Path(__file__).parent / "forms.cnn"  # every form of the language
Answer = Sequence[Sequence[str]]  # for each line the name at each character


def find_differences(text: str, answer: Answer, types: Mapping[str, tuple[Any, ...]]) -> list[str]:
    """Where the two differ; `types` are those of Pygments that the beginning of a name stands for."""
    found: list[str] = []
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    row = 0
    for place, of, value in CnnspecLexer().get_tokens_unprocessed(text):
        for at in range(place, place + len(value)):
            while at >= starts[row + 1]:
                row += 1
            column = at - starts[row]
            if of not in (Text, Error) and not text[at].isspace():
                name = answer[row][column] if row < len(answer) and column < len(answer[row]) else "nothing"
                if not [1 for beginning, allowed in types.items() if name.startswith(beginning) and of in allowed]:
                    found.append(f"{row + 1}:{column + 1} {lines[row][column : column + 20]!r}: {name}, not {of}")
                    break
    return found
