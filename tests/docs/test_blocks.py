"""The blocks of every page run: specs are clean (those marked ! are not), commands print what stands there, Python passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.api import check
from tests.docs.blocks import (
    README,
    ROOT,
    blocks_of,
    find_blocks,
    pages,
    rewrite_consoles,
    run,
    working_in,
    write_named_specs,
)
from tests.docs.pictures import PICTURES, draw
from tests.docs.tables import MARKED, fill


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def pages_with(language: str) -> list[Path]:
    return [page for page in pages() if any(block.language == language for block in blocks_of(page))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every spec that a page names."""
    write_named_specs(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", pages_with("cnn"), ids=named)
def test_specs_are_clean_unless_marked(page: Path, folder: Path) -> None:
    for block in blocks_of(page):
        if block.language == "cnn":
            path = folder / (block.name or "spec.cnn")
            path.write_text(block.text, encoding="utf-8")
            found = check(path)
            assert bool(found) == block.wrong, (block.text, [d.message for d in found])


@pytest.mark.parametrize("page", pages_with("console"), ids=named)
def test_commands_print_what_the_page_shows(page: Path, folder: Path) -> None:
    text = page.read_text(encoding="utf-8")
    with working_in(folder):
        assert rewrite_consoles(text) == text, "python -m tests.docs writes what commands print today"


@pytest.mark.parametrize("page", pages_with("python"), ids=named)
def test_python_blocks_pass(page: Path, folder: Path) -> None:
    """Each by itself, or with the names of the one before it where its opening line says that it goes on."""
    names: dict[str, object] = {}
    with working_in(folder):
        for block in blocks_of(page):
            if block.language == "python":
                names = names if block.name == "goes on" else {}
                exec(compile(block.text, page.name, "exec"), names)


@pytest.mark.parametrize(
    "page", [page for page in pages() if MARKED.search(page.read_text(encoding="utf-8"))], ids=named
)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert fill(text, page) == text, "run python -m tests.docs"


@pytest.mark.parametrize("picture", PICTURES)
def test_pictures_are_what_their_commands_draw(picture: str, folder: Path) -> None:
    with working_in(folder):
        assert draw(picture) == (ROOT / "docs" / picture).read_text(encoding="utf-8")


def test_a_block_says_what_it_is() -> None:
    found = find_blocks("```cnn net.cnn !\na\n```\n\n```cnn !\nb\n```\n\n```console\n$ cnnspec rules\n```\n")
    assert [(block.language, block.name, block.wrong) for block in found] == [
        ("cnn", "net.cnn", True), ("cnn", "", True), ("console", "", False),
    ]  # fmt: skip


def test_an_old_output_would_be_seen(folder: Path) -> None:
    with working_in(folder):
        old = "```console\n$ cnnspec check first.cnn\n2 files: no mistakes found\n```\n"
        assert rewrite_consoles(old) == old.replace("2 files", "1 file")
        assert "unrecognized" not in run("cnnspec rule W201")


def test_the_readme_is_a_front_door() -> None:
    """Short enough to be read, with the two commands that set everything up."""
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250 and len(text.encode()) <= 16_000
    assert "\nmake demo " in text and "\nmake test " in text
