"""A grammar, read by Lark → the tables that the lexer and the parser step through."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any


def make_tables(grammar: str) -> dict[str, Any]:
    """The tables of a grammar by their names. Raises ValueError on a conflict in it."""
    made = read_by_lark(grammar)
    terminals, keywords, ignored = split_terminals(made)
    names = {terminal.name for terminal in made.terminals}
    kinds = [*sorted(names - ignored), "END"]

    parse_table: Any = made.parser.parser._parse_table
    rows: dict[int, dict[str, tuple[Any, Any]]] = parse_table.states
    numbers = {parse_table.start_states["start"]: 0}  # states renumbered in the order in which a walk meets them
    for state in walk_states(rows, numbers):
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
    return {
        "KINDS": kinds,
        "KEYWORDS": keywords,
        "TERMINALS": terminals,
        "IGNORED": sorted(ignored),
        "END_STATE": numbers[parse_table.end_states["start"]],
        "RULES": [describe_rule(rule) for rule in made.rules],
        "ACTIONS": actions,
        "GOTOS": gotos,
    }


def read_by_lark(grammar: str) -> Any:
    """The parser that Lark makes of a grammar. ValueError where it has a conflict, which Lark would only log."""
    import lark

    noise = io.StringIO()
    handler = logging.StreamHandler(noise)
    level = lark.logger.level
    lark.logger.addHandler(handler)
    lark.logger.setLevel(logging.DEBUG)
    try:
        made = lark.Lark(grammar, parser="lalr", lexer="basic", debug=True, maybe_placeholders=False)
    finally:
        lark.logger.removeHandler(handler)
        lark.logger.setLevel(level)
    if "conflict" in noise.getvalue():
        raise ValueError(f"the grammar is ambiguous:\n{noise.getvalue()}")
    return made


def split_terminals(made: Any) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """The patterns of the terminals in Lark's order of trial, the keywords among them, and which of them are ignored."""
    lexer = made.parser.lexer
    patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in lexer.terminals}
    keywords = {}
    for name, pattern in list(patterns.items()):
        words = re.fullmatch(r"(?:\(\?:)?([A-Za-z]+(?:\|[A-Za-z]+)*)\)?", pattern)
        if words:
            keywords.update(dict.fromkeys(words[1].split("|"), name))
            del patterns[name]
    return patterns, dict(sorted(keywords.items())), set(lexer.ignore_types)


def walk_states(rows: dict[int, dict[str, tuple[Any, Any]]], seen: dict[int, int]) -> Iterator[int]:
    """The states that `seen` (which the caller extends) does not have yet, breadth first, symbols in order."""
    queue = list(seen)
    for state in queue:
        for _, (_, target) in sorted(rows[state].items()):
            if target in rows and target not in seen:
                queue.append(target)
                yield target


def describe_rule(rule: Any) -> tuple[str, int, str | None, tuple[int, ...]]:
    """A rule as the table has it: its nonterminal, its length, what is built of it, and which children are kept."""
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
