"""Names of files that mean something to Markdown, LaTeX, CSV or a shell are names in every form; what is chosen wrongly is told."""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path

import pytest

from cnnspec.base.source import printable
from cnnspec.tables import escape
from tests.cli.commands import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, few of these names can be had")
TEXT = "input 8x8x1\nconv(4, 3x3)\n"
NAMES = [
    "a|b", "a_b", "_x_", "__init__", "a&b", "a%b", "#x", "a$b", "a\\b", "a^b", "a~b", "a{b}", "=1+1", "@SUM(A1)", "+cmd|' C'!A0", '-H("x")', 'q"q', "a,b",
    "日本語", "👍", "*x*", "[x](y)", "--``''", "new\nline", "<b>", "a;b", "`c`", "tab\there", "nul\x01", "-5",
]  # fmt: skip


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that name the files."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        Path(f"{name}.cnn").write_text(TEXT)
    return [f"./{name}.cnn" for name in NAMES]


def test_markdown_shows_every_name(odd: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="what reads Markdown is not installed")
    status, out, err = run(capsys, "compare", "--format", "markdown", *odd)
    assert (status, err) == (0, "")
    tokens = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(out)
    rows, cell = [], [one for one in tokens if one.type == "inline"]
    for one in cell:
        kinds = {child.type for child in one.children}
        assert kinds <= {"text", "text_special", "softbreak"}, one.content
        rows.append("".join([child.content for child in one.children]))
    width = rows.index("Findings") + 1
    assert rows[width : width * (len(NAMES) + 1) : width] == [printable(name) for name in NAMES]


def test_csv_has_every_name_and_no_formula(odd: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "compare", "--format", "csv", *odd)
    assert (status, err) == (0, "")
    head, *rows = csv.reader(io.StringIO(out))
    assert {len(row) for row in rows} == {len(head)}
    assert [row[0].removeprefix("'") for row in rows] == [printable(name) for name in NAMES]
    assert [row[0] for row in rows if row[0].startswith("'")] == ["'=1+1", "'@SUM(A1)", "'+cmd|' C'!A0", '\'-H("x")']


@pytest.mark.parametrize(
    "figure", ["-3", "+12.3 %", "-1.2 pp", "-9*H*W + 4", "-floor((H - 3)/2)", "+", "-", "", "-1e-05", "1,000"]
)
def test_a_figure_is_no_formula(figure: str) -> None:
    assert escape.csv(figure) == figure


def test_latex_has_as_many_cells_in_every_row(odd: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "compare", "--format", "latex", *odd)
    assert (status, err) == (0, "")
    rows = [line for line in out.splitlines() if line.endswith(r" \\")]
    assert len(rows) == len(NAMES) + 1 and {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {8}
    for row in rows:
        bare = re.sub(r"\\[&%$#_{}]|\\[a-z]+\{\}|\{\\char34\}|\$\\times\$|\$-\$|\{\}", "", row.removesuffix(r" \\"))
        assert not re.search(r"[%$#_{}~^\\<>|\"]", bare), row


CHOICES = """
--columns parms                | 2 | did you mean "params"?
--columns params,,PARAMS,macs  | 0 | Network   Params    MACs
--columns ,                    | 2 | columns are names with commas between
--sort prams                   | 2 | did you mean "params"?
--sort MACs --reverse          | 0 | Network
--sort NETWORK                 | 0 | Network
--sort val_accuracy            | 2 | no column is called "val_accuracy"
--columns time                 | 2 | the column time needs a device
--batch 0                      | 2 | --batch must be a whole number from 1, not "0"
--batch 1.5                    | 2 | --batch must be a whole number from 1, not "1.5"
a.cnn:Other                    | 2 | a.cnn has no model "Other": it is one network, without a name
a.cnn:a                        | 0 | Network
two.cnn:C                      | 2 | two.cnn has no model "C": it has A, B
empty.cnn                      | 2 | empty.cnn holds no network
none.cnn                       | 2 | cannot read none.cnn
folder                         | 2 | folder is a folder without runs
bad.cnn                        | 1 | bad.cnn has mistakes: `cnnspec check bad.cnn` shows them
./b%20d.cnn                    | 1 | `cnnspec check "b d.cnn"` shows them
"""


@pytest.mark.parametrize("line", CHOICES.strip().splitlines())
def test_what_is_chosen_wrongly_is_told_and_the_others_shown(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.cnn").write_text(TEXT)
    Path("vec.cnn").write_text("input 5\ndense(3)\n")
    Path("two.cnn").write_text("model A { input 3 -> dense(2) }\nmodel B { input 3 -> dense(9) }\n")
    Path("empty.cnn").write_text("")
    Path("folder").mkdir()
    for name in ("bad.cnn", "b d.cnn"):
        Path(name).write_text("input 8x8x1\nconv(4, 33x3)\n")
    words, status, said = (part.strip() for part in line.split("|"))
    chosen = [word.replace("%20", " ") for word in words.split()]
    found, out, err = run(capsys, "compare", "a.cnn", "vec.cnn", *chosen)
    assert (found, said in out + err) == (int(status), True), out + err
    assert "Traceback" not in err and (out.count("\n vec ") == 1 or words.startswith("--") and found == 2)


def test_what_there_is_not_is_told_from_what_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("open.cnn").write_text("input HxWx3\nconv(4, 3x3) -> gap -> dense(2)\n")
    Path("vec.cnn").write_text("input 5\ndense(3)\n")
    for form, cells in (("markdown", ["| open | 3x3 | ? |", "| vec | - | - |"]), ("csv", ["open,3x3,", "vec,,"])):
        _, out, _ = run(capsys, "compare", "open.cnn", "vec.cnn", "--columns", "rf,coverage", "--format", form)
        assert out.splitlines()[-2 if form == "csv" else 2 :][:2] == cells
