"""The editors' grammars, as far as they are written from the language: path → text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from cnnspec.highlight import words
from tests.editors.sublime import write_sublime
from tests.editors.textmate import GRAMMAR

EDITORS = Path(__file__).parents[2] / "editors"
WRITTEN = re.compile(
    r"(?P<mark>[\";]+) ---- words, written by python -m tests\.editors ----\n(?P<words>.*?)(?P=mark) ---- end ----\n",
    re.S,
)


def written() -> dict[Path, str]:
    """Every file that is written, or has a part that is."""
    textmate = json.dumps(GRAMMAR, indent=1, ensure_ascii=False) + "\n"
    vim, emacs = EDITORS / "vim" / "syntax" / "cnnspec.vim", EDITORS / "emacs" / "cnnspec-mode.el"
    return {
        EDITORS / "vscode" / "syntaxes" / "cnnspec.tmLanguage.json": textmate,
        EDITORS / "sublime" / "cnnspec.sublime-syntax": write_sublime(),
        vim: fill(vim, write_vim_words()),
        emacs: fill(emacs, write_emacs_words()),
    }


def fill(path: Path, text: str) -> str:
    """The text of a file with its list of words written anew."""
    return WRITTEN.sub(
        lambda found: (
            found[0].replace(found["words"], text) if found["words"] else found[0].replace("----\n", f"----\n{text}", 1)
        ),
        path.read_text(encoding="utf-8"),
    )


def write_vim_words() -> str:
    """The words as Vim's keywords: contained, so that the form a word stands in counts first."""
    groups = {
        "cnnspecStatement": words.STATEMENTS, "cnnspecControl": words.CONTROL, "cnnspecWordOperator": words.WORD_OPERATORS,
        "cnnspecCurrent": words.CURRENT, "cnnspecConstant": words.CONSTANTS, "cnnspecOption": words.OPTIONS,
        "cnnspecBudgetName containedin=cnnspecBudget": words.BUDGETS, "cnnspecFunction": words.FUNCTIONS, "cnnspecNoLayer": words.NO_LAYERS,
    }  # fmt: skip
    in_any_case = {"cnnspecLayer": words.LAYERS, "cnnspecLayerAlone": words.LAYERS_ALONE}
    lists = "".join([write_keywords(*group) for group in groups.items()])
    return f"{lists}syntax case ignore\n{''.join([write_keywords(*group) for group in in_any_case.items()])}syntax case match\n"


def write_keywords(group: str, listed: Iterable[str]) -> str:
    name, _, more = group.partition(" ")
    return "".join(
        [f"syntax keyword {name} contained{more and ' '}{more} {line}\n" for line in wrap(" ".join(sorted(listed)), 90)]
    )


def write_emacs_words() -> str:
    """The words as lists of Emacs Lisp."""
    lists = {
        "keywords": (*words.STATEMENTS, *words.CONTROL, *words.WORD_OPERATORS), "constants": words.CONSTANTS, "layers": words.LAYERS,
        "layers-alone": words.LAYERS_ALONE, "no-layers": words.NO_LAYERS, "functions": words.FUNCTIONS, "budgets": words.BUDGETS, "options": words.OPTIONS,
    }  # fmt: skip
    return "".join([f"(defconst cnnspec-{name}\n  '({write_strings(listed)}))\n" for name, listed in lists.items()])


def write_strings(listed: Iterable[str]) -> str:
    return "\n    ".join(wrap(" ".join([f'"{word}"' for word in sorted(listed)]), 110))
