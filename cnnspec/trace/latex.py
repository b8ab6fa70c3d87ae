"""A trace as a LaTeX document that compiles by itself, with amsmath: grids as matrices, what is marked in boxes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.tables import escape
from cnnspec.trace.board import Grid, name_grid
from cnnspec.trace.formula import LATEX, SumStep, list_pieces, list_terms, write_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.trace.board import Board, Group, Section
    from cnnspec.trace.formula import Formula

# A marked cell is as wide as any other: its box reaches into the gaps.
PREAMBLE = r"""\documentclass[fleqn]{article}
\usepackage[T1]{fontenc}
\usepackage[a4paper,margin=2cm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\mathindent}{0pt}
\setlength{\parindent}{0pt}
\raggedright
\setlength{\lineskip}{6pt}
\setlength{\fboxsep}{1.5pt}
\newcommand{\marked}[1]{\kern-\fboxsep\kern-\fboxrule\fbox{$#1$}\kern-\fboxsep\kern-\fboxrule}
\begin{document}
"""
SIZES = ((r"\normalsize", 1.0), (r"\footnotesize", 0.85), (r"\scriptsize", 0.8))  # of the letters of a matrix
ROOM = 460.0  # points that a line has, less the brackets of a matrix
TALLEST = 40  # rows of a matrix on a page
GAP = 8.0  # points between two columns
DIGIT, MINUS, SUM, TIMES = 5.0, 7.8, 17.0, 12.0  # points that digits and signs take, + and = with the space around them


def write_latex(board: Board, decimals: bool = False) -> str:
    """The whole board."""
    blocks = [rf"\section*{{{escape.latex(board.title)}}}"]
    for section in board.sections:
        blocks += write_section(section, decimals)
    blocks += [escape.latex(note) for note in board.notes]
    return PREAMBLE + "\n\n".join(blocks) + "\n\\end{document}\n"


def write_section(section: Section, decimals: bool) -> Iterator[str]:
    yield rf"\subsection*{{{escape.latex(section.title)}}}"
    yield from [escape.latex(note) for note in section.notes]
    grids = [written for group in section.groups for written in write_group(group, decimals)]
    room = ROOM - SUM - max([measure(write_title(formula.name)) for formula in section.formulas], default=0)
    lines = [line for formula in section.formulas for line in write_formula(formula, decimals, room)]
    formulas = ["\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"] if lines else []
    if grids or formulas:
        yield "\n".join([*grids, *formulas])


# ---- grids ---------------------------------------------------------------------------------------------------
def write_group(group: Group, decimals: bool) -> Iterator[str]:
    """Each grid with its title above it; those that fit stand side by side."""
    for grid in group.grids:
        for part, size in fit(grid, decimals):
            title = escape.latex(name_grid(group, part))
            matrix = write_matrix(part, decimals)
            yield rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{title}\strut\\{{{size}{matrix}}}\end{{tabular}}\quad"
    if group.left_out:
        yield escape.latex(group.left_out)


def fit(grid: Grid, decimals: bool) -> Iterator[tuple[Grid, str]]:
    """A grid and the size of its letters; where it is too large even for small ones, parts of it."""
    columns = [[measure(write_number(number, LATEX, decimals)) for number in row] for row in grid.rows]
    widths = [max(column) for column in zip(*columns, strict=True)]
    fitting = [(size, scale) for size, scale in SIZES if scale * sum(widths) + GAP * len(widths) <= ROOM]
    size, scale = fitting[0] if fitting else SIZES[-1]
    most = len(widths) if fitting else max(1, int(ROOM / (scale * max(widths) + GAP)))
    for top in range(0, len(grid.rows), TALLEST):
        for left in range(0, len(widths), most):
            yield cut(grid, top, left, TALLEST, most), size


def cut(grid: Grid, top: int, left: int, height: int, width: int) -> Grid:
    """A part of a grid."""
    rows = tuple([row[left : left + width] for row in grid.rows[top : top + height]])
    marked = frozenset([(row - top, column - left) for row, column in grid.marked])
    return Grid(grid.title, rows, marked, (grid.first[0] + top, grid.first[1] + left))


def write_matrix(grid: Grid, decimals: bool) -> str:
    rows = []
    for number, row in enumerate(grid.rows):
        cells = [write_number(value, LATEX, decimals) for value in row]
        marks = [(number, column) in grid.marked for column in range(len(row))]
        rows.append(" & ".join([rf"\marked{{{c}}}" if mark else c for c, mark in zip(cells, marks, strict=True)]))
    stretch = 1.6 if any([r"\frac" in row for row in rows]) else 1.2
    body = " \\\\\n".join(rows)
    return (
        rf"\renewcommand{{\arraystretch}}{{{stretch}}}\setlength{{\arraycolsep}}{{{GAP / 2}pt}}"
        rf"$\left[\begin{{array}}{{{'r' * len(grid.rows[0])}}}" + f"\n{body}\n" + r"\end{array}\right]$"
    )


# ---- formulas ------------------------------------------------------------------------------------------------
def write_formula(formula: Formula, decimals: bool, room: float) -> Iterator[str]:
    """A value in names, where they have some, and in numbers, in lines for which there is room."""
    title, first = write_title(formula.name), formula.steps[0]
    numbers = [piece.replace(";", r";\quad") for piece in list_pieces(formula.steps, LATEX, decimals)]
    ways = [numbers]
    if isinstance(first, SumStep) and first.symbols:
        products = [LATEX.times.join(map(write_symbol, term)) for term in first.symbols]
        names = list_terms(products, first.minus, LATEX)
        together = [*names, f"= {numbers[0]}", *numbers[1:]]
        ways = [together] if sum(map(measure, together)) <= room else [names, numbers]
    for way, pieces in enumerate(ways):
        for number, line in enumerate(break_lines([f"{{{pieces[0]}}}", *pieces[1:]], room)):
            yield ("& {}" if number else "={}& " if way else f"{title} ={{}}& ") + line


def break_lines(pieces: Sequence[str], room: float) -> Iterator[str]:
    """Pieces in as few lines as have room, one at least in each."""
    line: list[str] = []
    for piece in pieces:
        if line and sum(map(measure, [*line, piece])) > room:
            yield " ".join(line)
            line = []
        line.append(piece)
    yield " ".join(line)


def measure(words: str) -> float:
    """About how many points a piece of a formula takes, rather too many: a bar is as wide as the longer of its numbers."""
    shown = re.sub(r"\\frac\{(.*?)\}\{(.*?)\}", lambda bar: max(bar[1], bar[2], key=len), words)
    shown = re.sub(r"\\text|\\operatorname|[{}_ ]", "", shown.replace(r"\cdot", "*"))
    shown = re.sub(r"\\([a-z]+|.)", "x", shown)  # any other command prints one sign
    return sum([{"-": MINUS, "+": SUM, "=": SUM, "*": TIMES}.get(sign, DIGIT) for sign in shown])


# ---- names ---------------------------------------------------------------------------------------------------
NAME = r"[A-Za-z_]\w*(?:\[[\d,]+\])?"
OF_GRADIENTS = re.compile(rf"next .+|d{NAME}/d.+|E")
TOKEN = re.compile(rf"d({NAME})/d({NAME})|({NAME})('?\()?|\*")
GREEK = ("alpha", "beta", "gamma", "eta")


def write_title(name: str) -> str:
    """The name of a value in a formula, conv1[0,2] with its place as an index: that of a layer, or one of gradients."""
    if OF_GRADIENTS.fullmatch(name):
        before = r"\text{next }" if name.startswith("next ") else ""
        return before + write_symbol(name.removeprefix("next "))
    found = re.fullmatch(r"(.*?)(?:\[([\d,]+)\])?", name, re.S)
    assert found is not None
    return rf"\text{{{escape.latex(found[1])}}}" + f"_{{{found[2]}}}" * bool(found[2])


def write_symbol(words: str) -> str:
    """What the lectures write with names, dE/dh11*relu'(h11): a derivative as a fraction, places as indices."""
    return TOKEN.sub(write_token, words)


def write_token(found: re.Match[str]) -> str:
    if found[1]:
        return rf"\frac{{\partial {write_letter(found[1])}}}{{\partial {write_letter(found[2])}}}"
    if found[4]:
        return LATEX.function.format(escape.latex(found[3])) + found[4]
    return write_letter(found[3]) if found[3] else LATEX.times


def write_letter(name: str) -> str:
    """W11, W[1,2], gamma1"""
    found = re.fullmatch(r"([A-Za-z_]\w*?)(?:(\d+)|\[([\d,]+)\])?", name)
    assert found is not None
    letter, place = found[1], found[2] or found[3]
    shown = f"\\{letter}" if letter in GREEK else letter if len(letter) == 1 else rf"\text{{{escape.latex(letter)}}}"
    return shown + f"_{{{place}}}" * bool(place)
