r"""Tables in LaTeX: each is a tabular that \input puts into any paper, whatever words stand in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnspec.tables.escape import latex
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.latex import write_latex
from cnnspec.tables.report import Report

HARD = r"""_ % & # $ ^ ~ \ { } " < > | [x] *y – — → × · ± − ≤ ≥ µ … -- --- `` '' ?` !` ' a_b$c\d é ß"""
ROWS = [[HARD, "1,234"], ["[5pt]", "1"], ["*", "2"], ["", "3"], [r"\input{x}", "50 %"], ["a\nb\x00c", "?"]]
REPORT = Report(
    "a % title\nof two lines",
    [HtmlTable(("Network & co", "Params #"), ROWS, {1}), HtmlTable(("none",), []), HtmlTable(("A",), [["b"]], title="50 %")],
    ["a line\r\n\\end{document}"],
)  # fmt: skip
SIGNS = {
    "a_b": r"a\_b", "50 %": r"50 \%", "\\": r"\textbackslash{}", "^~": r"\textasciicircum{}\textasciitilde{}", "3 × 4": r"3 $\times$ 4",
    "a–b": "a--b", "a--b": "a-{}-b", "---": "-{}-{}-", "``": "`{}`", "?`": "?{}`", 'a"b': r"a{\char34}b", "<>|": r"\textless{}\textgreater{}\textbar{}",
    "{}$#&": r"\{\}\$\#\&",
}  # fmt: skip


@pytest.mark.parametrize("words", SIGNS)
def test_words_stay_words(words: str) -> None:
    assert latex(words) == SIGNS[words]


def test_a_report_is_tabulars_and_comments() -> None:
    lines = write_latex(REPORT).splitlines()
    assert [line for line in lines if line.startswith("%")] == [
        r"% a % title\x0aof two lines", r"% a line\x0d\x0a\end{document}", "% 50 %",
    ]  # fmt: skip
    assert lines.count(r"\begin{tabular}{lr}") == lines.count(r"\begin{tabular}{l}") == 1
    rows = [line for line in lines if line.endswith(r"\\")]
    assert len(rows) == 1 + len(ROWS) + 2 and all(len(re.findall(r"(?<!\\)&", row)) == 1 for row in rows[:-2])
    assert not any(row.startswith(("[", "*")) for row in rows), r"\\ would take it for its own"


PAPERS = {  # what stands before the document
    "with nothing": "",
    "with booktabs": "\\usepackage{booktabs}\n",
    "with T1": "\\usepackage[T1]{fontenc}\n",
}


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_paper_takes_it(tmp_path: Path) -> None:
    (tmp_path / "table.tex").write_text(write_latex(REPORT), encoding="utf-8")
    for name, packages in PAPERS.items():
        if "booktabs" in name and not has_package("booktabs"):
            continue
        paper = f"\\documentclass{{article}}\n{packages}\\begin{{document}}\n\\input{{table}}\n\\end{{document}}\n"
        (tmp_path / "paper.tex").write_text(paper)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        said = done.stdout.decode(errors="replace")
        assert done.returncode == 0 and "Missing character" not in said, (name, said[-2000:])


def has_package(name: str) -> bool:
    found = (
        subprocess.run(["kpsewhich", f"{name}.sty"], capture_output=True, check=False)
        if shutil.which("kpsewhich")
        else None
    )
    return found is not None and found.returncode == 0
