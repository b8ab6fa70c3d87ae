"""A drawing as SVG: one document that needs nothing else, with real text, tooltips, and colors for light and dark paper.

Attributes say the colors of light paper, which every program reads. A style adds those of dark paper, for a reader who prefers
it; a page that shows the picture can decide by `data-theme` ("light", "dark") of its root element. Printed, it is light. Words are
as wide as planned in any font: where Helvetica and its like are missing, others are fitted.
"""

from __future__ import annotations

from cnnspec.pictures.drawing import Group, Look, Path, Rect, Text
from cnnspec.pictures.palette import COLORS
from cnnspec.pictures.text_width import measure_text
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.pictures.drawing import Drawing, Shape

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


def write_svg(drawing: Drawing) -> str:
    """The document. Equal drawings give equal bytes."""
    return "\n".join(write_lines(drawing)) + "\n"


def write_lines(drawing: Drawing) -> Iterator[str]:
    width, height = write_number(drawing.width), write_number(drawing.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' font-family="{FONT}" role="img" aria-label="{xml(drawing.title)}" class="cnnspec-picture">'
    )
    yield f"<title>{xml(drawing.title)}</title>"
    yield f"<style>{write_style(sorted({'paper'} | {color for shape in drawing.shapes for color in find_colors(shape)}))}</style>"
    yield f'<rect width="{width}" height="{height}"{write_look(Look(fill="paper", stroke=""))}/>'
    for shape in drawing.shapes:
        yield from write_shape(shape)
    yield "</svg>"


def find_colors(shape: Shape) -> set[str]:
    """The names of the colors that a shape has."""
    if isinstance(shape, Group):
        return {color for inner in shape.shapes for color in find_colors(inner)}
    named = (shape.color,) if isinstance(shape, Text) else (shape.look.fill, shape.look.stroke)
    return {name for name in named if name}


def write_style(names: list[str]) -> str:
    """The rules of dark paper: for whom prefers it, unless the page says light; and where the page says dark."""
    rules = [(f".fill-{name}", f".stroke-{name}", COLORS[name][1]) for name in names]

    def write_rules(root: str) -> str:
        return "".join([f"{root} {fill}{{fill:{dark}}}{root} {line}{{stroke:{dark}}}" for fill, line, dark in rules])

    preferred = write_rules(':root:not([data-theme="light"])')
    return f"@media screen and (prefers-color-scheme:dark){{{preferred}}}@media screen{{{write_rules(':root[data-theme=dark]')}}}"


# ---- shapes ------------------------------------------------------------------------------------------------------------
def write_shape(shape: Shape) -> Iterator[str]:
    if isinstance(shape, Group):
        yield f"<g{write_attributes(shape)}>"
        if shape.title:
            yield f"<title>{write_title(shape.title)}</title>"
        for inner in shape.shapes:
            yield from write_shape(inner)
        yield "</g>"
    elif isinstance(shape, Rect):
        x, y, width, height = map(write_number, (shape.x, shape.y, shape.width, shape.height))
        radius = f' rx="{write_number(shape.radius)}"' if shape.radius else ""
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{radius}{write_look(shape.look)}/>'
    elif isinstance(shape, Path):
        yield f'<path d="{write_steps(shape)}"{write_look(shape.look)}/>'
    else:
        yield write_text(shape)


def write_title(words: str) -> str:
    """A tooltip, whose lines stay lines."""
    return "\n".join(map(xml, words.split("\n")))


def write_attributes(group: Group) -> str:
    identity = f' id="{xml(group.id)}"' if group.id else ""
    classes = f' class="{xml(" ".join(group.classes))}"' if group.classes else ""
    return identity + classes + "".join([f' data-{name}="{xml(value)}"' for name, value in group.data])


def write_look(look: Look) -> str:
    parts = [write_color("fill", look.fill), write_color("stroke", look.stroke)]
    named = [f"{part}-{name}" for part, name in (("fill", look.fill), ("stroke", look.stroke)) if name]
    if look.stroke and look.width != 1:
        parts.append(f' stroke-width="{write_number(look.width)}"')
    if look.stroke and look.dash:
        parts.append(f' stroke-dasharray="{" ".join(map(write_number, look.dash))}"')
    if look.stroke:
        parts.append(' stroke-linejoin="round"')
    if look.fill and look.opacity != 1:
        parts.append(f' fill-opacity="{write_number(look.opacity, 2)}"')
    return f' class="{" ".join(named)}"{"".join(parts)}' if named else "".join(parts)


def write_color(part: str, name: str) -> str:
    """A color of light paper as an attribute; nothing for no stroke, which is none already."""
    if not name:
        return ' fill="none"' if part == "fill" else ""
    return f' {part}="{COLORS[name][0]}"'


def write_steps(path: Path) -> str:
    letters = ["M", *["L" if len(step) == 2 else "C" for step in path.steps[1:]]]
    steps = [letter + " ".join(map(write_number, step)) for letter, step in zip(letters, path.steps, strict=True)]
    return "".join(steps) + "Z" * path.closed


def write_text(text: Text) -> str:
    x, y = write_number(text.x), write_number(text.y)
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    weight = ' font-weight="bold"' if text.bold else ""
    turn = f' transform="rotate({write_number(text.turn)} {x} {y})"' if text.turn else ""
    look = f' class="fill-{text.color}"{write_color("fill", text.color)}'
    length = write_number(measure_text(text.words, text.size, text.bold))
    fit = f' textLength="{length}" lengthAdjust="spacingAndGlyphs"' if text.words.strip() else ""
    size = write_number(text.size)
    return f'<text x="{x}" y="{y}" font-size="{size}"{fit}{anchor}{weight}{turn}{look}>{xml(text.words)}</text>'


def write_number(value: float, digits: int = 1) -> str:
    """A length to a tenth of a pixel: 12, 12.5, 0 and never -0."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
