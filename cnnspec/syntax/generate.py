"""grammar/cnnspec.lark → syntax/table.py: run by hand after the grammar has changed.

Lark reads the grammar and builds the LALR(1) table, as it would at every start. Doing it ahead, and
stepping through the table with `syntax/parse.py`, saves each run of the tool the 40 ms that importing Lark
costs and the 100 ms of building the table. A test makes the table anew and compares.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat
from typing import Any

GRAMMAR = Path(__file__).parents[2] / "grammar" / "cnnspec.lark"
TABLE = Path(__file__).with_name("table.py")

HEADER = '''"""The LALR(1) table of grammar/cnnspec.lark, made by `python -m cnnspec.syntax.generate`: do not edit.

KINDS are the terminals; a parser action is a state to shift to (>= 0) or ~rule to reduce.
A rule is (nonterminal, length, action name or "" to splice, kept children); None keeps the only child as it is.
"""
'''


def generate() -> str:
    """The text of table.py for the grammar as it stands. Raises ValueError on a conflict in the grammar."""
    import lark
    from lark.lexer import BasicLexer

    noise = io.StringIO()
    handler = logging.StreamHandler(noise)
    lark.logger.addHandler(handler)
    lark.logger.setLevel(logging.DEBUG)
    made = lark.Lark(
        GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="basic", debug=True, maybe_placeholders=False
    )
    lark.logger.removeHandler(handler)
    if "conflict" in noise.getvalue():
        raise ValueError(f"the grammar is ambiguous:\n{noise.getvalue()}")

    lexer: Any = made.parser.lexer
    assert isinstance(lexer, BasicLexer)
    terminals = {t.name: t.pattern.to_regexp() for t in lexer.terminals}  # in Lark's order of trial
    keywords = {}
    for name, pattern in list(terminals.items()):
        words = re.fullmatch(r"(?:\(\?:)?([A-Za-z]+(?:\|[A-Za-z]+)*)\)?", pattern)
        if words:
            keywords.update(dict.fromkeys(words[1].split("|"), name))
            del terminals[name]
    ignored = set(lexer.ignore_types)
    kinds = [*sorted({t.name for t in lexer.terminals} - ignored), "END"]

    parse_table: Any = made.parser.parser._parse_table
    rows: dict[int, dict[str, tuple[Any, Any]]] = parse_table.states
    numbers = {parse_table.start_states["start"]: 0}  # states renumbered in the order in which a walk meets them
    for state in numbers_in_walk(rows, numbers):
        numbers[state] = len(numbers)
    rules = {rule: number for number, rule in enumerate(made.rules)}
    nonterminals = {rule.origin.name for rule in made.rules}

    actions: list[dict[int, int]] = []
    gotos: list[dict[str, int]] = []
    for state in numbers:
        row = {str.__str__(symbol): step for symbol, step in sorted(rows[state].items())}
        shifts = {symbol: numbers[target] for symbol, (_, target) in row.items() if target in numbers}
        gotos.append({symbol: target for symbol, target in shifts.items() if symbol in nonterminals})
        actions.append(
            {
                kinds.index("END" if symbol == "$END" else symbol): shifts[symbol] if symbol in shifts else ~rules[rule]
                for symbol, (_, rule) in row.items()
                if symbol not in nonterminals
            }
        )
    table_rules = [table_rule(rule) for rule in made.rules]
    end = numbers[parse_table.end_states["start"]]

    def line(name: str, value: object) -> str:
        return f"{name} = {pformat(value, width=118, compact=True, sort_dicts=False)}\n"

    return (
        HEADER
        + "\n# fmt: off\n"
        + "".join(
            [
                line("KINDS", kinds),
                line("KEYWORDS", dict(sorted(keywords.items()))),
                line("TERMINALS", terminals),
                line("IGNORED", sorted(ignored)),
                line("END_STATE", end),
                line("RULES", table_rules),
                line("ACTIONS", actions),
                line("GOTOS", gotos),
            ]
        )
    )


def numbers_in_walk(rows: dict[int, dict[str, tuple[Any, Any]]], seen: dict[int, int]) -> Iterator[int]:
    """The states that `seen` (which the caller extends) does not have yet, breadth first, symbols in order."""
    queue = list(seen)
    for state in queue:
        for _, (_, target) in sorted(rows[state].items()):
            if target in rows and target not in seen:
                queue.append(target)
                yield target


def table_rule(rule: Any) -> tuple[str, int, str | None, tuple[int, ...]]:
    kept = tuple(i for i, symbol in enumerate(rule.expansion) if not getattr(symbol, "filter_out", False))
    origin = str.__str__(rule.origin.name)
    if rule.alias:
        action: str | None = str.__str__(rule.alias)
    elif origin.startswith("_"):
        action = ""
    elif rule.options.expand1 and len(kept) == 1:
        action = None
    else:
        action = origin
    return origin, len(rule.expansion), action, kept


if __name__ == "__main__":
    TABLE.write_text(generate(), encoding="utf-8")
    print(f"wrote {TABLE}")
