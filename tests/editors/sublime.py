"""The grammar of Sublime Text, and of bat: the TextMate grammar in their form of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.editors.textmate import GRAMMAR

HEAD = """\
%YAML 1.2
---
# Written by `python -m tests.editors` from the grammar and the catalogue of layers: do not edit.
name: cnnspec
scope: source.cnnspec
file_extensions: [cnn]
contexts:
"""


def write_sublime(grammar: dict[str, Any] = GRAMMAR) -> str:
    """The grammar as a sublime-syntax: a context for each entry of its repository."""
    contexts = {"main": grammar["patterns"]}
    for name, entry in grammar["repository"].items():
        contexts[name] = [entry] if "begin" in entry or "match" in entry else entry["patterns"]
    lines = [line for name, rules in contexts.items() for line in (f"  {name}:", *write_rules(rules, "    "))]
    return HEAD + "\n".join(lines) + "\n"


def write_rules(rules: list[dict[str, Any]], margin: str) -> Iterator[str]:
    """Rules as lines of YAML; what stands between two patterns is a context of its own, which the second one leaves."""
    for rule in rules:
        if "include" in rule:
            yield f"{margin}- include: {rule['include'].removeprefix('#')}"
        else:
            yield f"{margin}- match: {quote(rule.get('begin') or rule['match'])}"
            yield from write_captures(rule.get("beginCaptures") or rule.get("captures", {}), f"{margin}  ")
        if "begin" in rule:
            yield f"{margin}  push:"
            if "name" in rule:
                yield f"{margin}    - meta_scope: {rule['name']}"
            yield f"{margin}    - match: {quote(rule['end'])}"
            yield from write_captures(rule["endCaptures"], f"{margin}      ")
            yield f"{margin}      pop: true"
            yield from write_rules(rule["patterns"], f"{margin}    ")
        elif "name" in rule:
            yield f"{margin}  scope: {rule['name']}"


def write_captures(captures: dict[str, dict[str, str]], margin: str) -> Iterator[str]:
    if captures:
        yield f"{margin}captures:"
        yield from [f"{margin}  {group}: {scope['name']}" for group, scope in captures.items()]


def quote(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"
