"""Words of a command that a message proposes, as the user's shell takes them."""

from __future__ import annotations

import os
import re

PLAIN = re.compile(r"(?![-~])[\w./:\\+@%,=-]+" if os.name == "nt" else r"(?![-~])[\w./:+@%,=-]+")


def quote_path(path: str) -> str:
    """A path, quoted where it would not be one word, or none at all; one that begins with - is one of the working folder."""
    word = f"./{path}" if path.startswith("-") and path != "-" else path
    return word if PLAIN.fullmatch(word) or word == "-" else quote_word(word)


def quote_word(text: str) -> str:
    """A word in double quotes, which every shell has, unless they would not hold it together."""
    if os.name == "nt" or not re.search(r'[$`"\\!]', text):
        return f'"{text}"'
    return "'" + text.replace("'", "'\"'\"'") + "'"
