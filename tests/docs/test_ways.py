""" "Find your way": every place that an answer names is there, and what it names in a file is defined in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT
from tests.docs.tables import ways

PLACES = sorted({str(place) for way in ways() for place in way["places"]})


def defined_in(file: Path) -> set[str]:
    """The functions, classes and constants of a module."""
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_there(place: str) -> None:
    path, _, name = place.partition(":")
    file = ROOT / path
    assert file.exists(), path
    if name:
        assert name in defined_in(file), f"{path} defines no {name}"


def test_there_are_sixteen_questions() -> None:
    assert len(ways()) == 16
    assert all(str(way["question"]).endswith("?") and way["answer"] and way["places"] for way in ways())
