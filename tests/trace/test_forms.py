"""A trace as Markdown, LaTeX and JSON."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.trace import draw_board
from cnnspec.trace.board import Board, Grid, Group, Section
from cnnspec.trace.formats import FORMATS, write_trace
from cnnspec.trace.formula import Formula, SumStep
from cnnspec.trace.json import number_data, write_data
from cnnspec.trace.latex import ROOM, break_lines, measure, write_latex, write_symbol, write_title
from cnnspec.trace.markdown import write_markdown
from tests.trace.boards import trace_text

EDGES = "input 4x1\nconv(1, 2, kernel_values=[-1, 1/2], bias=false) as edges_1\nrelu\n"


def written(text: str, format: str, layers: tuple[str, ...] = (), place: Any = None) -> str:
    trace = trace_text(text, None, layers, place)
    return write_trace(trace, draw_board(trace), format)


# ---- markdown ------------------------------------------------------------------------------------------------
def test_markdown() -> None:
    lines = written(EDGES, "markdown", ("edges_1",), (1,)).split("\n")
    assert lines == [
        "# net", "", "## edges_1 (Conv1D) 3x1", "", "```text",
        "  input1         kernel       output", "   0 [1][2] 3      -1  1/2      1/2 [   0] -1/2", "```", "",
        "- `edges_1[1] = 1*(-1) + 2*(1/2) = 0`", "",
    ]  # fmt: skip


def test_no_name_ends_a_block_of_code() -> None:
    text = written("input 2x1\nconv(1, 1, name='```x')\n", "markdown")
    assert [line for line in text.split("\n") if line.startswith("```")] == ["```text", "```"] * 2
    assert r"## \`\`\`x (Conv1D)" in text and "- ```` ```x[0] = 0 + 1 = 1 ````" in text


# ---- latex ---------------------------------------------------------------------------------------------------
def test_latex() -> None:
    text = written(EDGES, "latex", ("edges_1",), (1,))
    assert r"0 & \marked{1} & \marked{2} & 3" in text and r"-1 & \frac{1}{2}" in text
    assert r"\text{edges\_1}_{1} ={}& {1 \cdot (-1)} + 2 \cdot \frac{1}{2} = 0" in text
    assert text.startswith(r"\documentclass") and text.endswith("\\end{document}\n")


TITLES = {
    "conv1[0,2]": r"\text{conv1}_{0,2}", "a_b%": r"\text{a\_b\%}", "x[1]y[0]": r"\text{x[1]y}_{0}", "E": "E",
    "dE/dW11": r"\frac{\partial E}{\partial W_{11}}", "dE/dh[1,2,3]": r"\frac{\partial E}{\partial h_{1,2,3}}",
    "next gamma[10]": r"\text{next }\gamma_{10}", "dE/db": r"\frac{\partial E}{\partial b}",
}  # fmt: skip
SYMBOLS = {
    "X11": "X_{11}", "W[1,12]": "W_{1,12}", "eta": r"\eta", "2": "2", "(1/4)": "(1/4)",
    "relu'(h11)": r"\operatorname{relu}'(h_{11})", "leaky_relu'(X[0])": r"\operatorname{leaky\_relu}'(X_{0})",
    "da1/dh1": r"\frac{\partial a_{1}}{\partial h_{1}}", "(-log(1 - p2))": r"(-\operatorname{log}(1 - p_{2}))",
    "2*(a1 - t1)": r"2 \cdot (a_{1} - t_{1})", "(a - t)^2": "(a - t)^2", "scale2": r"\text{scale}_{2}",
}  # fmt: skip


@pytest.mark.parametrize("name", TITLES)
def test_the_name_of_a_value(name: str) -> None:
    assert write_title(name) == TITLES[name]


@pytest.mark.parametrize("words", SYMBOLS)
def test_names_in_a_formula(words: str) -> None:
    assert write_symbol(words) == SYMBOLS[words]


def test_a_formula_in_names_stands_before_its_numbers_or_above_them() -> None:
    dw, dh = (rf"\frac{{\partial E}}{{\partial {name}}}" for name in ("W_{11}", "h_{11}"))
    for times, between in ((1, " "), (5, " \\\\\n={}& ")):
        terms, names = ((Fraction(-2), Fraction(3)),) * times, (("dE/dh11", "X11"),) * times
        formula = Formula("dE/dW11", (SumStep((*terms, (Fraction(1),)), Fraction(7), (*names, ("b1",)), (times,)),))
        text = write_latex(Board("n", (Section("s", (), (formula,)),)))
        first, more = rf"{dh} \cdot X_{{11}}", rf"{dh} \cdot X_{{11}} + " * (times - 2) + rf"{dh} \cdot X_{{11}}"
        named = rf"{dw} ={{}}& {{{first}}}" + f" + {more}" * (times > 1) + " - b_{1}"
        numbers = r"-2 \cdot 3" if times == 1 else r"{-2 \cdot 3}"
        numbers += r" + (-2) \cdot 3" * (times - 1) + " - 1 = 7"
        assert named + (" = " if times == 1 else between) + numbers in text


def test_long_sums_are_broken_so_that_they_fit() -> None:
    trace = trace_text("input 9x9x3\nconv(1, 7x7, bias=false)\n", None, ("conv1",), (0, 0))
    text = write_trace(trace, draw_board(trace), "latex")
    lines = [line.partition("&")[2] for line in text.split("{align*}")[1].split("\n") if "&" in line]
    assert len(lines) > 4 and lines[-1].endswith(f"= {trace.values[1][0, 0, 0, 0]}")
    assert all(measure(line) < ROOM for line in lines)
    assert [*break_lines(["1", "+ 2", "+ 3"], 1)] == ["1", "+ 2", "+ 3"]


def test_a_matrix_that_is_too_large_is_cut() -> None:
    rows = tuple([tuple([Fraction(10**6 + 100 * row + column) for column in range(60)]) for row in range(50)])
    text = write_latex(Board("n", (Section("s", (Group("map", (Grid("", rows, frozenset({(45, 59)})),)),)),)))
    titles = re.findall(r"\{\}\}(map.*?)\\strut", text)
    assert titles[0] == "map" and titles[-1].startswith("map, from 40,") and len(titles) % 2 == 0
    numbers = re.findall(r"\b10\d{5}\b", text)
    assert sorted(map(int, numbers)) == sorted([int(value) for row in rows for value in row])
    assert r"\marked{1004559}" in text


HOSTILE = (
    EDGES,
    "input 9x9x3\nconv(2, 7x7, padding=same, name='a_b & $c$ {d} \\\\\\\\ %e^~#')\nsoftmax\n",
    "input 20x30x1\nmaxpool(2)\n", "input 2x2x2x2\nconv(2, 1)\n", "input 100\ndense(3, bias=false)\n",
)  # fmt: skip


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex is installed")
def test_latex_compiles_and_fits(tmp_path: Path) -> None:
    bodies = [written(text, "latex").split(r"\begin{document}") for text in HOSTILE]
    whole = "\n".join([body.replace(r"\end{document}", "") for _, body in bodies])
    (tmp_path / "t.tex").write_text(bodies[0][0] + r"\begin{document}" + whole + r"\end{document}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0 and "Overfull" not in said, said[-2000:]


# ---- json ----------------------------------------------------------------------------------------------------
def test_json_has_the_tensors_as_numpy_takes_them() -> None:
    text = "input 5x5x2\nconv(3, 3x3, padding=same)\navgpool(2)\nflatten\ndense(3, softmax)\n"
    trace = trace_text(text)
    data = write_data(trace)
    assert [layer["name"] for layer in data["layers"]] == [node.name for node in trace.network.graph.nodes]
    for layer, value in zip(data["layers"], trace.values, strict=True):
        assert value is not None and layer["output"]["shape"] == list(value.shape[1:])
        assert np.array_equal(layer["output"]["values"], value[0].astype(float))
        if layer["output"]["exact"] is not None:
            exact = np.vectorize(Fraction, otypes=[object])(np.array(layer["output"]["exact"]))
            assert np.array_equal(exact, value[0])
    assert [layer["output"]["exact"] is not None for layer in data["layers"]] == [False, False, True, True, False]
    for weight in data["layers"][1]["weights"]:
        assert np.array_equal(weight["values"], trace.weights.weights["conv1"][weight["name"]].astype(int))


def test_json_of_one_value() -> None:
    data = write_data(trace_text(EDGES, None, ("edges_1",), (1,)))
    (layer,) = data["layers"]
    assert layer["output"] is None and layer["weights"] == [] and layer["inputs"] == ["input1"]
    assert layer["written"] == {
        "place": [1, 0], "value": 0, "formula": "edges_1[1] = 1*(-1) + 2*(1/2) = 0",
        "reads": [
            {"input": "input1", "place": [1, 0], "value": 1, "factor": -1},
            {"input": "input1", "place": [2, 0], "value": 2, "factor": 0.5},
        ],
    }  # fmt: skip


def test_a_number_that_json_has_not_is_null() -> None:
    assert [number_data(value) for value in (Fraction(4, 2), Fraction(1, 4), 2.5, float("inf"), float("nan"))] == [
        2,
        0.25,
        2.5,
        None,
        None,
    ]
    assert number_data(Fraction(10**400, 3)) is None and number_data(Fraction(10**150)) == 10**150


def test_what_was_left_out_is_told_in_every_form() -> None:
    board = Board("n", (Section("s", (Group("map", (Grid("", ((Fraction(1),),)),), "and 24 more of 32"),)),))
    for text in (write_markdown(board), write_latex(board)):
        assert "and 24 more of 32" in text


def test_numbers_that_are_too_large_for_a_float_are_written(recwarn: pytest.WarningsRecorder) -> None:
    trace = trace_text("input 2\nblock square { multiply(in, in) }\nsquare * 14\ndense(1)\nsoftmax\n", [[3, "7/2"]])
    board = draw_board(trace)
    for form in FORMATS:
        for decimals in (False, True):
            text = write_trace(trace, board, form, decimals)
            assert ("8914}" if form == "latex" else "e+8914") in text and len(text) < 60_000
    values = write_data(trace)["layers"][-3]["output"]["values"]
    assert values == [None, None] and not recwarn.list
