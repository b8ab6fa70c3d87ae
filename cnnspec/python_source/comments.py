"""The comments and statements of a Python text, for the comments that ignore a finding."""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.lint.ignores import MARK, CommentedText, Statement
from cnnspec.python_source.parts import parse
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from cnnspec.base.source import Source


def read_comments(source: Source) -> CommentedText:
    """What a text tells: its comments, as far as Python can read it, where one may ignore something."""
    comments = tuple(find_comments(source)) if MARK in source.text else ()
    return CommentedText(source, comments, lambda: list_statements(source))


def find_comments(source: Source) -> Iterator[tuple[int, int]]:
    """Where the comments of a text stand."""
    from io import StringIO
    from tokenize import COMMENT, TokenError, generate_tokens

    try:
        for token in generate_tokens(StringIO(source.text).readline):
            if token.type == COMMENT:
                start = source.offset(*token.start) + 1
                yield start, start + len(token.string)
    except (TokenError, SyntaxError):  # what follows cannot be read
        return


def list_statements(source: Source) -> list[Statement]:
    """The statements of a text, and what is listed in it: the layers of a Sequential([…]) are written one to a line as
    statements are. None where Python cannot read it."""
    import ast

    parsed = parse(source)
    if isinstance(parsed, Diagnostic):
        return []
    written = Written(source)
    found = []
    for node in ast.walk(parsed):
        if isinstance(node, ast.stmt):
            first = min([node, *getattr(node, "decorator_list", ())], key=lambda part: part.lineno)
            start, (_, end) = written.find_stretch(first)[0], written.find_stretch(node)
            found.append(Statement(start, end, hasattr(node, "body")))
        elif isinstance(node, ast.List):
            found += [Statement(*written.find_stretch(item), False) for item in node.elts if is_made(item)]
    return found


def is_made(item: ast.expr) -> bool:
    """Whether what is listed is more than a name or a constant, such as a layer that is made there."""
    import ast

    return not isinstance(item, (ast.Constant, ast.Name))
