"""Text → tree: the parser, recovery where it meets a mistake, and the reader of pasted Python where the text has some."""

from __future__ import annotations

from cnnspec.base.gc_pause import Uncollected
from cnnspec.base.source import Source
from cnnspec.syntax.lalr import Parser
from cnnspec.syntax.parse_again import parse_again
from cnnspec.syntax.tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.lalr import Recover

# What stands in Keras's Python that the language can read, too; its other lines are syntax errors to the language.
PASTED = ("Sequential(", "Model(", "Input(", ".add(", ")(", ".compile(", ".fit(", ".summary(")


def parse(source: Source, before: Tree | None = None) -> Tree:
    """The tree of a source; `tree.diagnostics` holds its syntax errors, each once, in order. With the tree of an earlier text
    of it, only the statements are read that changed, as far as that can be."""
    with Uncollected():
        pasted = any([sign in source.text for sign in PASTED])
        again = parse_again(source, before) if before is not None and not pasted else None
        tree = again or parse_spec(source)
        if tree.diagnostics or pasted:
            from cnnspec.syntax.paste import read_paste

            tree = read_paste(tree, parse_spec)
        return tree


def parse_spec(source: Source) -> Tree:
    """The tree of a source that is the language's alone."""
    return Parser(source, begin_recovery).run()


def begin_recovery(parser: Parser) -> Recover:
    """Recovery for a parser at its first mistake; a text without mistakes never loads it."""
    from cnnspec.syntax.recovery import Recovery

    return Recovery(parser.source, parser.stack, parser.lexer, parser.refusals).recover
