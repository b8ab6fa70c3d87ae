"""A drawing as TikZ: one LaTeX document that pdflatex, lualatex and xelatex compile, with the coordinates of the SVG.

Its picture can be copied into a paper that loads TikZ; the colors are defined above it.
"""

from __future__ import annotations

from cnnspec.pictures.drawing import Group, Path, Rect, Text
from cnnspec.pictures.palette import COLORS
from cnnspec.pictures.svg import find_colors, write_number
from cnnspec.pictures.text_width import measure_letter
from cnnspec.tables.escape import latex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.pictures.drawing import Drawing, Look, Shape

POINTS = 0.75  # big points in a pixel of 1/96 inch
LONGEST = 15_000.0  # big points: TeX has no length above 16,384 pt
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
SIGNS = {
    "×": r"$\times$", "→": r"$\to$", "−": "$-$", "≤": r"$\leq$", "≥": r"$\geq$", "·": r"\textperiodcentered{}", "²": "$^2$",
    "÷": r"$\div$", "±": r"$\pm$", "–": "--", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": "{-}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip


def write_tikz(drawing: Drawing) -> str:
    """The document. Equal drawings give equal bytes."""
    return "\n".join(write_lines(drawing)) + "\n"


def write_lines(drawing: Drawing) -> Iterator[str]:
    unit = min(POINTS, LONGEST / max(drawing.width, drawing.height, 1))
    letters = sorted({letter for shape in drawing.shapes for letter in find_unusual(shape)})
    yield f"% {latex(drawing.title)}"
    width, height = drawing.width * unit, drawing.height * unit + 1
    yield r"\documentclass{article}"
    yield rf"\usepackage[paperwidth={width:.2f}bp,paperheight={height:.2f}bp,margin=0pt]{{geometry}}"
    yield r"\usepackage{iftex,textcomp,helvet,tikz}"
    yield r"\ifPDFTeX\usepackage[T1]{fontenc}\fi"
    yield r"\renewcommand{\familydefault}{\sfdefault}"
    if letters:  # what pdfTeX has no letter for is shown by its number
        yield r"\ifPDFTeX"
        for letter in letters:
            room = f"{measure_letter(letter) / 1000:.3f}em"  # as wide as the picture is laid out for
            box = rf"{{{{\fboxsep1pt\resizebox{{{room}}}{{!}}{{\fbox{{{ord(letter):04X}}}}}}}}}"
            yield rf"\DeclareUnicodeCharacter{{{ord(letter):04X}}}{box}"
        yield r"\fi"
    for name in sorted({color for shape in drawing.shapes for color in find_colors(shape)}):
        yield rf"\definecolor{{cnnspec-{name}}}{{HTML}}{{{COLORS[name][0][1:].upper()}}}"
    yield r"\pagestyle{empty}\parindent0pt\topskip0pt"
    yield r"\begin{document}"
    yield rf"\begin{{tikzpicture}}[x={unit:.4f}bp,y=-{unit:.4f}bp,line join=round]"
    yield rf"\useasboundingbox (0,0) rectangle ({write_number(drawing.width)},{write_number(drawing.height)});"
    for shape in drawing.shapes:
        yield from write_shape(shape, unit)
    yield r"\end{tikzpicture}"
    yield r"\end{document}"


def find_unusual(shape: Shape) -> set[str]:
    """The letters of a shape's words that a Latin font has not."""
    if isinstance(shape, Group):
        return {letter for inner in shape.shapes for letter in find_unusual(inner)}
    if not isinstance(shape, Text):
        return set()
    return {letter for letter in latex(shape.words) if letter > "ÿ" and letter not in SIGNS}


def write_shape(shape: Shape, unit: float) -> Iterator[str]:
    if isinstance(shape, Group):
        for inner in shape.shapes:
            yield from write_shape(inner, unit)
    elif isinstance(shape, Rect):
        rounded = f",rounded corners={shape.radius * unit:.2f}bp" if shape.radius else ""
        corner = f"({write_number(shape.x + shape.width)},{write_number(shape.y + shape.height)})"
        yield rf"\path[{write_look(shape.look, unit)}{rounded}] {write_point((shape.x, shape.y))} rectangle {corner};"
    elif isinstance(shape, Path):
        steps = "".join([write_step(step) for step in shape.steps[1:]])
        yield rf"\path[{write_look(shape.look, unit)}] {write_point(shape.steps[0])}{steps}{' -- cycle' * shape.closed};"
    else:
        yield write_text(shape, unit)


def write_look(look: Look, unit: float) -> str:
    parts = []
    if look.stroke:
        parts += [f"draw=cnnspec-{look.stroke}", f"line width={look.width * unit:.2f}bp"]
        if look.dash:
            on = [f"{('on', 'off')[i % 2]} {length * unit:.2f}bp" for i, length in enumerate(look.dash)]
            parts.append(f"dash pattern={' '.join(on)}")
    if look.fill:
        parts.append(f"fill=cnnspec-{look.fill}")
        if look.opacity != 1:
            parts.append(f"fill opacity={write_number(look.opacity, 2)}")
    return ",".join(parts)


def write_step(step: tuple[float, ...]) -> str:
    if len(step) == 2:
        return f" -- {write_point(step)}"
    first, second, end = (write_point(step[i : i + 2]) for i in (0, 2, 4))
    return f" .. controls {first} and {second} .. {end}"


def write_point(point: tuple[float, ...]) -> str:
    return f"({write_number(point[0])},{write_number(point[1])})"


def write_text(text: Text, unit: float) -> str:
    words = "".join([SIGNS.get(letter) or latex(letter) for letter in text.words]).replace(",,", "{,}{,}")
    bold = r"\bfseries" if text.bold else ""
    size = text.size * unit
    turn = f",rotate={write_number(-text.turn)}" if text.turn else ""
    font = rf"\fontsize{{{size:.2f}bp}}{{{size:.2f}bp}}\selectfont{bold}"
    look = f"anchor={ANCHORS[text.anchor]},inner sep=0pt,text=cnnspec-{text.color}{turn},font={font}"
    return rf"\node[{look}] at {write_point((text.x, text.y))} {{{words}}};"
