"""Comments that ignore findings, beside the cases of cases/ignores.md: used files, models, the formatter, the API."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.format import format_source
from cnnspec.lint import rules
from cnnspec.pipeline import analyse
from tests.lint.test_check import CASE, FOLDER

SPECS = [(title, spec) for title, _, spec, _ in CASE.findall((FOLDER / "ignores.md").read_text(encoding="utf-8"))]
STRIDE = "conv(8, 3x3, stride=3)"


def codes(text: str) -> list[str]:
    return sorted(d.code for d in analyse(Source("net.cnn", text)).diagnostics)


@pytest.mark.parametrize(("title", "spec"), SPECS, ids=[title for title, _ in SPECS])
def test_the_formatter_leaves_them_where_they_count(title: str, spec: str) -> None:
    text, found = format_source(Source("net.cnn", spec))
    assert text is not None, found
    assert codes(text) == codes(spec)


@pytest.mark.parametrize("width", [10, 40])
def test_also_when_the_formatter_breaks_the_line(width: int) -> None:
    chain = " -> relu -> ".join([STRIDE.replace("8", str(8 + i)) for i in range(6)])
    spec = f"input 2000x2000x3\n{'gelu -> ' * width}{chain}  # cnnspec: ignore[W201]\n"
    text, _ = format_source(Source("net.cnn", spec))
    assert text is not None and text.count("\n") > 3
    assert codes(spec) == codes(text) == []
    assert "W201" in codes(spec.partition("#")[0])


def test_in_a_file_that_another_one_uses(tmp_path: Path) -> None:
    block = "block down(n) {{\n  conv(n, 3x3, stride=3){}\n}}\n"
    network = tmp_path / "net.cnn"
    network.write_text('use "blocks.cnn" (down)\ninput 7x7x3\ndown(8)\n')
    for comment, expected in (("", ["W201"]), ("  # cnnspec: ignore[W201] edges are black", [])):
        (tmp_path / "blocks.cnn").write_text(block.format(comment))
        source = read(str(network))
        assert isinstance(source, Source)
        assert [d.code for d in analyse(source).diagnostics] == expected
        blocks = read(str(tmp_path / "blocks.cnn"))
        assert isinstance(blocks, Source)
        assert analyse(blocks).diagnostics == ()  # a file of blocks alone says nothing about use


def test_at_a_call_of_a_block_of_another_file(tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_text("block down(n) {\n  conv(n, 3x3, stride=3)\n}\n")
    for comment, expected in (("", ["W201"]), ("  # cnnspec: ignore[W201] edges are black", [])):
        network = tmp_path / "net.cnn"
        network.write_text(f'use "blocks.cnn" (down)\ninput 7x7x3\ndown(8){comment}\n')
        source = read(str(network))
        assert isinstance(source, Source)
        assert [d.code for d in analyse(source).diagnostics] == expected


def test_use_is_only_judged_when_everything_was_looked_at() -> None:
    spec = f"model A(n=9) {{\n  input 7x7x3\n  {STRIDE}  # cnnspec: ignore[W201]\n}}\nmodel B(n=9) {{\n  input 9x9x3\n  {STRIDE}\n}}\n"
    source = Source("net.cnn", spec.replace("7x7", "9x9"))
    assert [d.code for d in analyse(source).diagnostics] == ["S710"]
    assert analyse(source, model="B").diagnostics == ()
    assert analyse(source, {"n": 5}).diagnostics == ()
    assert analyse(source, codes=rules.default_codes() - {"W201"}).diagnostics == ()
    assert analyse(source, codes=rules.default_codes() - {"S710"}).diagnostics == ()
    assert analyse(Source("net.cnn", spec)).diagnostics == ()


def test_the_python_api_honours_them() -> None:
    spec = f"input 7x7x3\n{STRIDE}  # cnnspec: ignore[W201]\n"
    assert cnnspec.check(spec) == cnnspec.load(spec).diagnostics == ()
    assert [d.code for d in cnnspec.check(spec.partition("#")[0])] == ["W201"]


def test_many_comments_are_no_trouble() -> None:
    lines = [f"{'gelu'}  # cnnspec: ignore[W201]"] * 2000
    found = analyse(Source("net.cnn", "input 7x7x3\n" + "\n".join(lines))).diagnostics
    assert [d.code for d in found] == ["S710"] * 2000
