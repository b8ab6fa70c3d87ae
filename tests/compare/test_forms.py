"""The forms of `cnnspec compare`, and the same in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.tables.latex import write_cell
from tests.cli.commands import run
from tests.compare.compared import Capture


# ---- forms -------------------------------------------------------------------------------------------------------
def test_a_narrow_page_leaves_out_the_least_important(capsys: Capture) -> None:
    for width, missing in ((60, "Coverage"), (80, "Coverage"), (120, "")):
        out = run(capsys, "compare", "two.cnn", "net.cnn", "lossy.cnn", "--width", str(width))[1]
        assert max(map(len, out.splitlines())) <= width
        assert ("Not shown in" in out, missing in out.split("Not shown")[-1]) == (bool(missing), True)


def test_figures_that_depend_on_a_size_stand_below_where_they_are_long(capsys: Capture) -> None:
    out = run(capsys, "compare", "any.cnn", "--width", "200")[1]
    assert "depends on H, W" in out and "\nMACs of any: 108*((H + 1)//2)*((W + 1)//2) - " in out, out
    assert "\nTraining memory of any: " in out and out.endswith(" bytes\n")


def test_the_forms_say_the_same(capsys: Capture) -> None:
    words = ["two.cnn", "lossy.cnn", "broken.cnn"]
    text, markdown, latex, html = (
        run(capsys, "compare", *words, "--format", form, "--width", "200")[1]
        for form in ("text", "markdown", "latex", "html")
    )
    cells = [line.split("  ") for line in text.splitlines()[2:5]]
    for line in cells:
        for cell in filter(None, map(str.strip, line)):
            assert cell in markdown and write_cell(cell) in latex and f">{cell}<" in html
    note = "Left out: broken.cnn has mistakes: `cnnspec check broken.cnn` shows them"
    assert note in text and f"% {note}" in latex and note in html and r"\`cnnspec check broken.cnn\`" in markdown


# ---- Python ------------------------------------------------------------------------------------------------------
def test_python_answers_what_the_command_prints(capsys: Capture) -> None:
    words = ["net.cnn", "two.cnn", "lossy.cnn", "--columns", "params,macs", "--sort", "macs", "--relative"]
    made = cnnspec.compare(
        [cnnspec.load("net.cnn"), Path("two.cnn"), "lossy.cnn"], columns=["params", "macs"], sort="macs", relative=True
    )
    assert made.to_text() == run(capsys, "compare", *words)[1]
    plain = cnnspec.compare(["net.cnn", "two.cnn", "lossy.cnn"])
    for form in ("text", "markdown", "csv", "latex", "json", "html"):
        assert plain.to_text(form) == run(capsys, "compare", "net.cnn", "two.cnn", "lossy.cnn", "--format", form)[1]
    assert [one.name for one in plain.networks] == ["Net", "Small", "Big", "lossy"]
    assert [row["params"] for row in plain.to_rows()] == [one.params for one in plain.networks]
    assert repr(plain) == "<cnnspec.Comparison: Net, Small, Big, …>"
    with pytest.raises(TypeError, match="sort must be a str"):
        cnnspec.compare(["net.cnn"], sort=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: cnnspec.compare("net.cnn"), TypeError, "networks are several: give them as a list"),
        (lambda: cnnspec.compare([]), ValueError, "there is nothing to compare: name a network"),
        (lambda: cnnspec.compare(["broken.cnn"]), cnnspec.SpecError, "broken.cnn has mistakes: `cnnspec check broken.cnn` shows them"),
        (lambda: cnnspec.compare(["none.cnn"]), FileNotFoundError, "there is no such file: none.cnn"),
        (lambda: cnnspec.compare(["empty"]), FileNotFoundError, "empty is a folder without runs: name the specs in it"),
        (lambda: cnnspec.compare([3]), TypeError, "a path is a str or an os.PathLike, not int"),
        (lambda: cnnspec.compare(["net.cnn"], columns=["prams"]), ValueError, 'no column is called "prams"'),
        (lambda: cnnspec.compare(["net.cnn"], sort="prams"), ValueError, 'no column is called "prams"'),
        (lambda: cnnspec.compare(["net.cnn"], batch=0), ValueError, "batch must be a whole number from 1"),
        (lambda: cnnspec.compare(["net.cnn"]).to_text("xml"), ValueError, 'no format is called "xml"'),
    ],
)  # fmt: skip
def test_what_python_refuses(ask: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ask()
