"""The editors' grammars, as far as they are written from the language: path → text."""

from __future__ import annotations

import json
from pathlib import Path

from tests.editors.textmate import GRAMMAR

EDITORS = Path(__file__).parents[2] / "editors"


def written() -> dict[Path, str]:
    """Every file that is written."""
    textmate = json.dumps(GRAMMAR, indent=1, ensure_ascii=False) + "\n"
    return {EDITORS / "vscode" / "syntaxes" / "cnnspec.tmLanguage.json": textmate}
