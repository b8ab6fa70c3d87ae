"""The texts of the functions and classes that printed modules bring with them."""

from __future__ import annotations

import ast
import os
import re
from functools import cache


@cache
def read_helpers() -> dict[str, str]:
    """The text of each, by its name, in the order of `helper_modules`."""
    path = os.path.join(os.path.dirname(__file__), "helper_modules.py")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = text.splitlines()
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


def find_needed(text: str) -> list[str]:
    """The texts of those that a text uses, and of those that these use, in order."""
    helpers = read_helpers()
    needed: set[str] = set()
    waiting = [text]
    while waiting:
        words = set(re.findall(r"\b\w+\b", waiting.pop()))
        new = [name for name in helpers if name in words and name not in needed]
        needed.update(new)
        waiting += [helpers[name] for name in new]
    return [helpers[name] for name in helpers if name in needed]
