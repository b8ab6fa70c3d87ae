"""Specs for Pygments, by the language's own lexer (`stretches`).

Pygments finds it by itself where cnnspec is installed: `pygmentize net.cnn`, a fence ```cnn in a manual, a document of LaTeX.
"""

from __future__ import annotations

import re

from pygments.lexer import Lexer
from pygments.token import string_to_tokentype

from cnnspec.highlight.stretches import find_stretches
from cnnspec.layers import find
from cnnspec.syntax.grammar import TERMINALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, ClassVar

    Type = Any  # one of those of Pygments, which says nothing of their type

__all__ = ("CnnspecLexer",)  # by which Pygments finds it


class CnnspecLexer(Lexer):  # type: ignore[misc]
    """Specs of convolutional networks, and what is pasted into them."""

    name = "cnnspec"
    aliases: ClassVar[list[str]] = ["cnnspec", "cnn"]
    filenames: ClassVar[list[str]] = ["*.cnn"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Type, str]]:
        """(place, type, text) of every stretch of a text; put together they are the text."""
        for place, of, stretch in find_stretches(text):
            yield place, string_to_tokentype(of), stretch

    def analyse_text(text: str) -> float:  # noqa: N805  # which Pygments makes static
        """How likely a text is a spec: one with an input of a shape, or with layers behind arrows."""
        shaped = re.search(rf"^\s*input\s+(?:{TERMINALS['NAME']}\s+)?(?:{TERMINALS['SHAPE']})", text, re.M)
        layers = [word for word in re.findall(rf"->\s*({TERMINALS['NAME']})", text) if find(word)]
        return 0.5 * bool(shaped) + 0.3 * bool(layers)
