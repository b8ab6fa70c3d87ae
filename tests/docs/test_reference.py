"""The reference is whole: a page a layer, a code, a command; every public name and member, with a docstring."""

from __future__ import annotations

import inspect

import pytest

import cnnspec
from cnnspec.cli import VERBS
from cnnspec.layers import CATALOGUE
from cnnspec.lint.index import NAMES
from tests.docs.blocks import DOCS, README
from tests.docs.reference import Undocumented, api_page, class_part, docstring, generated_pages, public


def test_the_pages_are_what_the_program_says() -> None:
    made = generated_pages().items()
    old = [page.name for page, text in made if not page.exists() or page.read_text(encoding="utf-8") != text]
    assert not old, "run python -m tests.docs"


def test_every_layer_and_every_code_has_its_page_and_no_other() -> None:
    assert {page.stem for page in (DOCS / "layers").glob("*.md")} == {layer.names[0] for layer in CATALOGUE} | {"index"}
    assert {page.stem for page in (DOCS / "rules").glob("*.md")} == {*NAMES, "index"}


def test_every_command_has_its_page_and_no_other() -> None:
    assert {page.stem for page in (DOCS / "commands").glob("*.md")} == {*VERBS, "index"}
    for verb in VERBS:
        text = (DOCS / "commands" / f"{verb}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# cnnspec {verb}\n\n<!-- synopsis -->\n"), verb
        assert "\n## Options\n\n<!-- options -->\n" in text, verb
        assert f"(docs/commands/{verb}.md)" in README.read_text(encoding="utf-8"), verb


def test_the_api_page_names_everything_public() -> None:
    text = api_page()
    for name in cnnspec.__all__:
        assert f"\n### {name}\n" in text
    for name, member in vars(cnnspec.Network).items():
        if not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
            assert f"| `{name}`" in text or f"| `{name}(" in text, name


@pytest.mark.parametrize("name", cnnspec.__all__)
def test_public_names_have_docstrings(name: str) -> None:
    assert docstring(public(name), name)


def test_a_member_without_a_docstring_fails() -> None:
    class Bare:
        """A class."""

        def silent(self) -> None: ...

    Bare.__module__ = "cnnspec.bare"

    with pytest.raises(Undocumented, match=r"Bare\.silent"):
        class_part("Bare", Bare)
