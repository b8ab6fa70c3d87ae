"""`cnnspec draw -o net.html` and `cnnspec diff -o diff.html`, and what the API saves."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnspec
from tests.cli.commands import run
from tests.draw.page_networks import BROKEN, LOSSY, SEVERAL


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "net.cnn").write_text(LOSSY, encoding="utf-8")
    (tmp_path / "new.cnn").write_text(LOSSY.replace("4, 3x3", "8, 3x3"), encoding="utf-8")
    return tmp_path / "net.cnn"


def test_draw_and_diff_write_pages(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, new = net.with_suffix(".html"), net.with_name("new.cnn")
    assert run(capsys, "draw", net, "-o", page) == (0, "", f"cnnspec: wrote {page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run(capsys, "diff", net, new, "-o", page)[0] == 1
    assert "1 changed" in page.read_text(encoding="utf-8")
    status, out, _ = run(capsys, "diff", net, net, "-o", page, "--format", "json")
    assert status == 0 and '"same": true' in out
    assert "They are the same network." in page.read_text(encoding="utf-8")


def test_a_page_shows_all_networks_of_a_file(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = net.with_suffix(".html")
    net.write_text(SEVERAL, encoding="utf-8")
    assert run(capsys, "draw", net, "-o", page)[0] == 0
    assert page.read_text(encoding="utf-8").count('<section class="network"') == 2
    assert run(capsys, "draw", net, "-o", page, "--model", "Small")[0] == 0
    assert page.read_text(encoding="utf-8").count('<section class="network"') == 1


def test_a_broken_network_is_shown_as_far_as_it_is_known(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(BROKEN, encoding="utf-8")
    status, _, err = run(capsys, "draw", net, "-o", net.with_suffix(".html"))
    assert status == 1 and "E101" in err
    assert "? parameters · ? MACs · 1 error" in net.with_suffix(".html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("output", "message"),
    [("diff.svg", "diff.svg must end in .html"), ("net.cnn", "must end in .html"), ("", "must end in .html"),
     ("there.html", "is there already"), ("folder.html", "it is a folder"), ("no/where.html", "cannot write")],
)  # fmt: skip
def test_what_cannot_be_written_is_said(
    net: Path, output: str, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(net.parent)
    Path("there.html").write_text("mine", encoding="utf-8")
    Path("folder.html").mkdir()
    status, out, err = run(capsys, "diff", "net.cnn", "new.cnn", "-o", output)
    assert (status, out) == (2, "") and message in err
    assert Path("there.html").read_text(encoding="utf-8") == "mine"


def test_a_difference_saves_its_page(net: Path) -> None:
    found = cnnspec.diff(net, net.with_name("new.cnn"))
    found.save(net.with_suffix(".html"))
    assert "1 changed" in net.with_suffix(".html").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"must end in \.html"):
        found.save(net.with_suffix(".svg"))
    with pytest.raises(OSError):
        found.save(net / "in-a-file.html")
