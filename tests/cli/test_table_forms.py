r"""Every command that prints a table prints it as Markdown, CSV and LaTeX too: the same cells, the rows of the JSON, a tabular."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import cnnspec
from cnnspec.api.answer import flatten_rows
from cnnspec.tables.csv import write_cell
from tests.api.answered import look_at
from tests.cli.commands import run
from tests.example_files import EXAMPLES

Capture = pytest.CaptureFixture[str]
NET = r"""model Net(width=4) {
  input 28x28x1
  maxpool(5x5)
  conv(width, 3x3, name='a_b & $c$ {d} %e^~#|[x]*') as first
  add(first -> conv(width, 3x3, padding=same), first) as sum
  flatten -> dense(10, softmax)
}
"""
LINES = {  # a command; the field of its JSON that holds the rows, "" for a list
    "summary net.cnn": None,  # whose CSV has columns of its own, as the next one's
    "summary library.cnn --input 12x12x4": None,
    "cost net.cnn --device t4 --memory 1GiB": "layers",
    "cost net.cnn --dtype int8": "layers",
    "rf net.cnn": "layers",
    "rf net.cnn sum": None,
    "rf net.cnn --in sum": "layers",
    "lost net.cnn": "tensors",
    "sizes net.cnn --near 30": "axes",
    "diff net.cnn lenet5.cnn": "layers",
    "compare net.cnn lenet5.cnn": None,
    "rules": "rules",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.cnn").write_text(NET)
    (tmp_path / "library.cnn").write_text("block b_1(n=4) { conv(n, 3x3) }\nblock c(n=2) { dense(n) }\n")
    shutil.copy(EXAMPLES / "lenet5.cnn", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: Capture, line: str, form: str) -> str:
    status, out, err = run(capsys, *line.split(), "--format", form)
    assert status == line.startswith("diff") and not err.startswith("cnnspec:"), err
    return out


def read_markdown(text: str) -> list[list[str]]:
    """The cells of all rows, as GitHub shows them."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[re.sub(r"\\(.)", r"\1", cell).strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in rows if not all(re.fullmatch("-+:?", cell) for cell in row)]


def read_latex(text: str) -> list[list[str]]:
    """The cells of all rows, as TeX sets them."""
    rows = [line.removesuffix(r" \\") for line in text.splitlines() if line.endswith(r"\\")]
    return [[read_words(cell) for cell in re.split(r"(?<!\\) & ", row)] for row in rows]


def read_words(cell: str) -> str:
    """What LaTeX makes of words: the other way round than `escape.latex`."""
    from cnnspec.tables.escape import LATEX

    cell = cell.replace(r"$\times$", "x").replace("$-$", "-").replace("-{}-", "--")
    for character, written in sorted(LATEX.items(), key=lambda pair: -len(pair[1])):
        if len(written) > 2 and character != "×":
            cell = cell.replace(written, character)
    return re.sub(r"\\([&%$#_{}])", r"\1", cell).strip()


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("diff")])  # whose Markdown is a comment
def test_markdown_and_latex_have_the_same_cells(line: str, capsys: Capture) -> None:
    down, tex = read_markdown(printed(capsys, line, "markdown")), read_latex(printed(capsys, line, "latex"))
    assert len(down) > 1 and [row for row in down if any(row)] == tex
    heads = [row for row in down if len(row) == len(down[0])]
    assert len(heads) > 1


@pytest.mark.parametrize("line", [line for line, rows in LINES.items() if rows is not None])
def test_csv_has_the_rows_of_the_json(line: str, capsys: Capture) -> None:
    data = json.loads(printed(capsys, line, "json"))
    expected = [{name: write_cell(value) for name, value in row.items()} for row in flatten_rows(data[LINES[line]])]
    assert [*csv.DictReader(io.StringIO(printed(capsys, line, "csv")))] == expected != []


ANSWERS = {
    "cost net.cnn": lambda net: net.cost(),
    "lost net.cnn": lambda net: net.lost(),
    "rf net.cnn": lambda net: net.receptive_fields(),
    "rf net.cnn sum": lambda net: net.receptive_fields("sum"),
    "rf net.cnn --in sum": lambda net: net.receptive_field_of("sum").in_layers(),
    "sizes net.cnn": lambda net: net.sizes(),
    "summary net.cnn": lambda net: net,
    "diff net.cnn lenet5.cnn": lambda net: cnnspec.diff(net, "lenet5.cnn"),
}


@pytest.mark.parametrize("line", ANSWERS)
def test_an_answer_writes_what_the_command_prints(line: str, capsys: Capture) -> None:
    """And a page has the same cells."""
    answer = ANSWERS[line](cnnspec.load("net.cnn"))
    for form in ("markdown", "csv", "latex", "json"):
        assert answer.to_text(form) == printed(capsys, line, form)
    page = look_at(answer.to_html())
    cells = read_markdown(answer.to_text("markdown"))
    assert all(any(row == [cell.strip() for cell in shown] for shown in cells) for row in [*page.rows] if any(row))
    with pytest.raises(ValueError, match='no format is called "xml": text, markdown, csv, latex or json'):
        answer.to_text("xml")


def test_csv_has_what_the_units_read_that_are_asked_for(capsys: Capture) -> None:
    units = json.loads(printed(capsys, "rf net.cnn sum maxpool1", "json"))["units"]
    rows = [*csv.DictReader(io.StringIO(printed(capsys, "rf net.cnn sum maxpool1", "csv")))]
    assert [(row["layer"], row["name"], int(row["read"])) for row in rows] == [
        (unit["layer"], read["name"], read["read"]) for unit in units for read in unit["inputs"]
    ]


def test_a_difference_has_tables_alone_as_latex_and_csv(capsys: Capture) -> None:
    status, out, err = run(capsys, *["diff", "net.cnn", "lenet5.cnn", "--max-params", "+1%", "--format", "latex"])
    assert status == 1 and out.count(r"\begin{tabular}") == 2 and err.startswith("cnnspec: broken: params is ")
    status, out, err = run(capsys, *["diff", ".", ".", "--format", "csv"])
    assert (status, out, err) == (2, "", "cnnspec: --format csv is for two networks: name one of each side\n")


def test_findings_are_a_table_too() -> None:
    found = cnnspec.check_text("input 8x8x1\nconv(4, 9x9)\n", name="a_b.cnn")
    assert read_markdown(found.to_text("markdown")) == [
        ["Place", "Severity", "Rule", "Message"],
        [found[0].span.origin, "error", "E101 empty-output", found[0].message],  # type: ignore[union-attr]
    ]
    (row,) = csv.DictReader(io.StringIO(found.to_text("csv")))
    assert (row["code"], row["filename"]) == ("E101", "a_b.cnn")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""), ("a", "a"), (1.5, "1.5"), (True, "true"), ([28, 28, 1], "28x28x1"), (["H//2", 3], "H//2x3"), ([None, 2], "?x2"),
        (["a", "b"], "a b"), ([], ""), ([[1, 2]], "[[1, 2]]"), ([{"a": 1}], '[{"a": 1}]'), ([True], "[true]"),
    ],
)  # fmt: skip
def test_a_cell_of_csv(value: object, cell: str) -> None:
    assert write_cell(value) == cell


def test_a_table_without_rows_says_so(capsys: Capture) -> None:
    Path("plain.cnn").write_text("input 8\ndense(3)\n")
    assert printed(capsys, "lost plain.cnn", "markdown").endswith("- Every position that carries data is read.\n")
    assert printed(capsys, "lost plain.cnn", "latex").splitlines()[-1] == "% Every position that carries data is read."
    assert printed(capsys, "lost plain.cnn", "csv") == ""


def test_a_picture_has_no_such_form(capsys: Capture) -> None:
    for option in ("--picture", "--effective sum"):
        status, out, err = run(capsys, *f"rf net.cnn {option} --format latex".split())
        asked = option.split()[0]
        assert (status, out) == (
            2,
            "",
        ) and err == f"cnnspec: {asked} draws, --format latex writes the figures: choose one\n"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_one_paper_takes_them_all(folder: Path, capsys: Capture) -> None:
    names = []
    for number, line in enumerate(LINES):
        (folder / f"table{number}.tex").write_text(printed(capsys, line, "latex"), encoding="utf-8")
        names.append(f"\\tiny\\input{{table{number}}}\n\n")
    (folder / "paper.tex").write_text(
        f"\\documentclass{{article}}\n\\begin{{document}}\n{''.join(names)}\\end{{document}}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0 and "Missing character" not in said, said[-2000:]
