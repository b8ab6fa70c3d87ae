"""The colors of a spec on the site: words that build networks, layers and blocks that are called, sizes, comments."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

__all__ = ("SpecLexer",)  # by which Pygments finds it

KEYWORDS = ("input", "output", "block", "model", "for", "in", "if", "else", "use", "train", "expect", "shared", "as", "and", "or", "not")  # fmt: skip


class SpecLexer(RegexLexer):
    """Specs, and what is pasted into them."""

    name = "cnnspec"
    aliases: ClassVar[list[str]] = ["cnn"]
    filenames: ClassVar[list[str]] = ["*.cnn"]
    tokens: ClassVar[dict[str, list[tuple[object, ...]]]] = {
        "root": [
            (r"#.*$", Comment.Single),
            (r'"[^"\n]*"|\'[^\'\n]*\'', String),
            (words(KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            (r"\b(true|false|none)\b", Keyword.Constant),
            (r"(?:\d+|\?|[A-Z])(?:x(?:\d+|\?|[A-Z]))+\b", Number),
            (r"\d+(?:\.\d+)?(?:e-?\d+)?(?:[kKMGT]i?B?\b|\b)", Number),
            (r"[A-Za-z_]\w*(?=\()", Name.Function),
            (r"[A-Za-z_]\w*(?=\s*=[^=])", Name.Attribute),
            (r"[A-Za-z_]\w*", Name),
            (r"->|=>|[-+*/%^=<>!.?]+", Operator),
            (r"[(){}\[\],;:]", Punctuation),
            (r"\s+", Text),
            (r".", Text),
        ]
    }
