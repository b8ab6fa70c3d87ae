"""The index of findings is what their files say."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cnnspec.lint import index
from cnnspec.lint.make_index import INDEX, generate
from cnnspec.lint.rules import default_codes, module_of, optional
from tests.lint.rule_files import RULE_FILES

REFUSAL_FILES = [module_of(code) for code in sorted(index.REFUSALS)]


def test_the_index_is_made_from_the_files() -> None:
    assert generate() == INDEX.read_text(encoding="utf-8"), "run python -m cnnspec.lint.make_index"


def test_a_finding_is_one_file() -> None:
    files = {path.stem for folder in ("rules", "refusals") for path in (INDEX.parent / folder).glob("[a-z]*.py")}
    assert files == {name.replace("-", "_") for name in index.NAMES.values()}
    assert len(set(index.NAMES.values())) == len(index.NAMES)
    assert not index.RULES.keys() & index.REFUSALS
    assert index.RULES.keys() | index.REFUSALS == index.NAMES.keys()


@pytest.mark.parametrize("module", [*RULE_FILES, *REFUSAL_FILES], ids=lambda module: module.CODE)
def test_a_file_is_called_as_its_finding_and_has_its_parts(module: ModuleType) -> None:
    assert Path(module.__file__ or "").stem.replace("_", "-") == index.NAMES[module.CODE]
    assert hasattr(module, "fix") == hasattr(module, "FIX") == (module.CODE in index.FIXES)
    assert hasattr(module, "check") == (
        optional(module.CODE) and "comments" not in index.RULES[module.CODE] or module.CODE == "E021"
    )
    assert module.SEVERITY in ("error", "warning", "info")


@pytest.mark.parametrize("module", REFUSAL_FILES, ids=lambda module: module.CODE)
def test_a_refusal_has_a_page(module: ModuleType) -> None:
    text = inspect.cleandoc(module.__doc__ or "")
    assert text.startswith(f"{module.CODE} {index.NAMES[module.CODE]}: ")
    assert text.endswith(".")


def test_what_runs_by_default() -> None:
    assert default_codes() == {rule.CODE for rule in RULE_FILES if rule.DEFAULT}


def test_to_know_the_rules_none_is_imported() -> None:
    """Nor what builds a network: an unchanged file is answered from the cache without either."""
    script = "import sys, cnnspec.cli.settings\nprint(*[m for m in sys.modules if m.startswith('cnnspec.')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "cnnspec.lint.index" in done.stdout.split()
    for heavy in (
        "cnnspec.layers",
        "cnnspec.elaborate",
        "cnnspec.syntax",
        "cnnspec.lint.rules.",
        "cnnspec.lint.features",
    ):
        assert not [module for module in done.stdout.split() if module.startswith(heavy)]
