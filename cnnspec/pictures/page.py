"""A drawing as a page of its own, with HTML below it: one file that loads nothing, runs nothing, and is light or dark."""

from __future__ import annotations

from cnnspec.pictures.palette import COLORS
from cnnspec.pictures.svg import write_svg
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.pictures.drawing import Drawing

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 72em; padding: 1em; font: 15px/1.45 Helvetica, Arial, 'Liberation Sans', sans-serif;
  background: {paper[0]}; color: {ink[0]}; }}
figure {{ margin: 0 0 1em; overflow-x: auto; }}
@media screen and (prefers-color-scheme: dark) {{ body {{ background: {paper[1]}; color: {ink[1]}; }} }}
"""


def write_page(drawing: Drawing, below: str) -> str:
    """The page; `below` is HTML whose words are escaped."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{xml(drawing.title)}</title><style>{STYLE.format(**COLORS)}</style>"
    )
    body = f"<main><figure>\n{write_svg(drawing)}</figure>\n{below}</main>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'
