"""The grammar is grammar/cnnspec.lark alone: the tables made ahead are Lark's, and an edited grammar takes effect at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.lexer import Lexer as LarkLexer

import cnnspec
from cnnspec.base.source import Source
from cnnspec.syntax.build import BUILD, Refusals
from cnnspec.syntax.generate import MISTAKE_TABLE, TABLE, write_mistake_table, write_table
from cnnspec.syntax.grammar import KEYWORDS, KINDS, MADE_AHEAD, RULES, read_grammar
from cnnspec.syntax.lalr import Parser
from cnnspec.syntax.lexer import STRAY, UNREADABLE, Lexer
from cnnspec.syntax.make_tables import make_tables
from cnnspec.syntax.mistakes import MISTAKES
from cnnspec.syntax.tree import Body, Name, Tree
from tests.example_files import EXAMPLES, ZOO

GRAMMAR = read_grammar() or ""
TESTS = Path(__file__).parents[1]


def test_the_parsers_table_is_made_from_the_grammar() -> None:
    assert write_table() == TABLE.read_text(encoding="utf-8"), "run python -m cnnspec.syntax.generate"


def test_the_table_of_mistakes_is_made_from_the_mistakes() -> None:
    assert write_mistake_table() == MISTAKE_TABLE.read_text(encoding="utf-8"), "run python -m cnnspec.syntax.generate"


def test_the_tables_made_ahead_are_used() -> None:
    assert MADE_AHEAD


def test_every_rule_is_built_and_nothing_else() -> None:
    assert {action for _, _, action, _ in RULES if action} == set(BUILD)


# ---- Lark's own parser and lexer -----------------------------------------------------------------------------
def texts() -> Iterator[tuple[str, str]]:
    """Every example, every text of the tests' cases, and every known mistake, each with a name."""
    for path in EXAMPLES.rglob("*.cnn"):
        if path.parent != ZOO:
            yield path.name, path.read_text(encoding="utf-8")
    for path in TESTS.rglob("*.md"):
        for number, text in enumerate(re.findall(r"```cnn\n(.*?)```", path.read_text(encoding="utf-8"), re.S)):
            yield f"{path.name} {number}", text
    for message, _, snippets in MISTAKES:
        for snippet in snippets:
            yield message, snippet


class OurTokens(LarkLexer):
    """Our lexer as one of Lark's: which newlines count is no matter of the grammar."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, data: str) -> Iterator[Token]:
        for kind, start, end in Lexer(data).tokens():
            name = {UNREADABLE: "UNREADABLE", STRAY: "STRAY"}.get(kind) or KINDS[kind]
            if name != "END":
                yield Token(
                    name, data[start:end], start_pos=start, end_pos=end, line=1, column=1, end_line=1, end_column=1
                )


def build_by_lark(source: Source, found: Any) -> Body:
    """The tree that Lark has read, of our nodes."""
    refusals = Refusals(source)

    def build_node(action: str) -> Any:
        def build(self: Any, meta: Any, children: list[Any]) -> Any:
            start, end = (0, 0) if meta.empty else (meta.start_pos, meta.end_pos)
            return BUILD[action](refusals, start, end, [convert_token(child) for child in children])

        return build

    made: Any = v_args(meta=True)(type("Builder", (Transformer,), {action: build_node(action) for action in BUILD}))
    body = made().transform(found)
    assert isinstance(body, Body)
    return body


def convert_token(child: Any) -> Any:
    if not isinstance(child, Token):
        return child
    return Name(child.start_pos, child.end_pos, str(child)) if child.type == "NAME" else str(child)


@cache
def lark_parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=OurTokens, propagate_positions=True, maybe_placeholders=False)


@cache
def lark_lexer() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic")


def read_by_us(source: Source) -> Body | int | None:
    """The tree of a text, or the place of its first mistake; None for one that is nested too deep."""
    met: list[int] = []

    def begin_recovery(parser: Parser) -> Any:
        return lambda kind, start, end: met.append(start)

    tree = Parser(source, begin_recovery).run()
    return met[0] if met else None if too_deep(tree) else tree.body


def too_deep(tree: Tree) -> bool:
    """Whether a text is nested deeper than the parser goes, which no grammar says."""
    return any(found.code == "E003" and "nested" in found.message for found in tree.diagnostics)


def read_by_lark(source: Source) -> Body | int:
    try:
        return build_by_lark(source, lark_parser().parse(source.text))
    except UnexpectedInput as error:
        at: Any = error
        return len(source.text) if at.token.type == "$END" else at.pos_in_stream


def test_larks_parser_reads_and_refuses_the_same() -> None:
    read = refused = 0
    for name, text in texts():
        ours = read_by_us(Source(name, text))
        assert ours is None or ours == read_by_lark(Source(name, text)), name
        refused += isinstance(ours, int)
        read += isinstance(ours, Body)
    assert read > 500 and refused > 300, (read, refused)


def test_larks_lexer_reads_the_same_tokens() -> None:
    compared = 0
    for name, text in texts():
        tokens = takewhile(lambda token: token[0] >= 0, Lexer(text).tokens())
        ours = [(KINDS[kind], start, end) for kind, start, end in tokens]
        if not ours or ours.pop()[0] != "END":  # our lexer tells of a stray bracket, too
            continue
        larks = [(KEYWORDS.get(t, t.type), t.start_pos, t.end_pos) for t in lark_lexer().lex(text)]
        assert [t for t in ours if t[0] != "_NEWLINE"] == [t for t in larks if t[0] != "_NEWLINE"], name
        compared += 1
    assert compared > 500


# ---- an edited grammar ---------------------------------------------------------------------------------------
EDITED = GRAMMAR.replace('block: "block" NAME', 'block: ("block" | "define") NAME')
TEXT = "input 8x8x3\ndefine f(n) { conv(n, 3x3) }\nf(4)\nconv(8, 3x3, bias=false)\nbn relu\n"
TWO_STEPS = "two steps stand side by side"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the package as it stands in a checkout: the grammar is beside it."""
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(cnnspec.__file__).parent, tmp_path / "cnnspec", ignore=unwanted)
    write_grammar(tmp_path / "grammar", GRAMMAR)
    return tmp_path


def write_grammar(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "cnnspec.lark").write_text(text, encoding="utf-8")


def check(folder: Path, *options: str) -> tuple[list[str], bool]:
    """What `cnnspec check` of a copy says of the text, a line each, and whether it imported Lark."""
    (folder / "net.cnn").write_text(TEXT, encoding="utf-8")
    arguments = ["check", "--output-format", "concise", *options, "net.cnn"]
    code = f"import sys; from cnnspec.cli import main; main({arguments}); print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=True)
    *lines, imported = done.stdout.splitlines()
    return lines, imported == "True"


def test_an_edited_grammar_takes_effect_at_once(checkout: Path) -> None:
    before, imported = check(checkout)
    assert not imported and any("net.cnn:2:" in line for line in before), before
    write_grammar(checkout / "grammar", EDITED)
    after, imported = check(checkout)  # what is kept of the file as it is was found with the other grammar
    assert imported and not any("net.cnn:2:" in line for line in after), after
    assert any("net.cnn:5:" in line and TWO_STEPS in line for line in after), after


def test_an_installed_package_has_its_grammar_inside(checkout: Path) -> None:
    (checkout / "grammar").rename(checkout / "cnnspec" / "grammar")
    assert not check(checkout)[1]
    write_grammar(checkout / "cnnspec" / "grammar", EDITED)
    assert check(checkout)[1]


def test_without_a_grammar_the_tables_made_ahead_are_used(checkout: Path) -> None:
    shutil.rmtree(checkout / "grammar")
    found, imported = check(checkout)
    assert not imported and any("net.cnn:2:" in line for line in found)


def test_tables_made_from_an_edited_grammar_are_used_again(checkout: Path) -> None:
    write_grammar(checkout / "grammar", EDITED)
    subprocess.run([sys.executable, "-m", "cnnspec.syntax.generate"], capture_output=True, cwd=checkout, check=True)
    found, imported = check(checkout)
    assert not imported and not any("net.cnn:2:" in line for line in found), found


def test_an_ambiguous_grammar_is_refused() -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        make_tables(GRAMMAR.replace("?chain: stage", "?chain: chain _ARROW chain | stage"))
