"""Words that somebody else chose (names of files and layers, texts of a spec), written so that they stay words.

One function for each medium, through which all such words go; `printable` (source) is that of a terminal. What a terminal
must not get, no medium gets: the others build on it.
"""

from __future__ import annotations

import re

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MARKS = re.compile(r"[\\`*\[\]<>|~&#$]|(?<![^\W_])_|_(?![^\W_])")  # an underscore within a word means nothing
MERMAID = re.compile(r"(?!\.[\w.])[^\w ,/()×·→…]")  # a point within a word or a number means nothing
IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
COMPUTED = re.compile(r"[=@]|[+-].*[\"|!\\]")
GIFT = re.compile(r"[~=#{}:\\]")
LATEX = {  # in every encoding of fonts: what \textquotedbl is, some lack
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "…": r"\dots{}", '"': r"{\char34}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "–": "--", "—": "---", "→": r"$\rightarrow$",
    "×": r"$\times$", "·": r"$\cdot$", "±": r"$\pm$", "−": "$-$", "≤": r"$\leq$", "≥": r"$\geq$", "µ": r"$\mu$",
    **{c: "\\" + c for c in "&%$#_{}"},
    **{c: rf"\rule{{{n / 20:g}em}}{{1.4ex}}" for n, c in enumerate("▏▎▍▌▋▊▉█", 1)},  # of bars
}  # fmt: skip
LIGATURES = re.compile(r"(?<=-)-|(?<=[`'])[`']|(?<=[?!])`")  # what would become another sign with what stands before it


def markdown(words: str) -> str:
    """Words as Markdown's prose, in a cell of a table too."""
    return MARKS.sub(r"\\\g<0>", printable(words))


def code(words: str) -> str:
    """Words as Markdown's code, between more backticks than they hold in a row."""
    safe = printable(words)
    fence = "`" * (max(map(len, re.findall("`+", safe)), default=0) + 1)
    return f"{fence} {safe} {fence}" if len(fence) > 1 else f"`{safe}`"


def gift(words: str) -> str:
    """Words as GIFT reads them, Moodle's format of questions."""
    return GIFT.sub(r"\\\g<0>", printable(words))


def latex(words: str) -> str:
    """Words as LaTeX reads them."""
    apart = LIGATURES.sub("\0\\g<0>", printable(words))
    return "".join([LATEX.get(c, "{}" if c == "\0" else c) for c in apart])


def xml(words: str) -> str:
    """Words as text or as an attribute's value in XML and HTML, which have no form for control characters."""
    from xml.sax.saxutils import escape

    return escape(printable(words), {'"': "&quot;", "'": "&#39;"})


def dot(words: str) -> str:
    """Words inside of a quoted string of DOT, Graphviz's language, whose labels have escapes of their own: \\n, \\N."""
    return printable(words).replace("\\", "\\\\").replace('"', '\\"')


def mermaid(words: str) -> str:
    """Words inside of a quoted string of Mermaid: all as numbers that it could read as markup, Markdown or a link."""
    return MERMAID.sub(lambda found: f"#{ord(found[0])};", printable(words))


def github(words: str) -> str:
    """Words as the message of a workflow command; line ends are printable already."""
    return printable(words).replace("%", "%25")


def github_property(words: str) -> str:
    """Words as a property of a workflow command."""
    return github(words).replace(":", "%3A").replace(",", "%2C")


def csv(words: str) -> str:
    """Words as a cell of CSV. Those that a spreadsheet would compute (=1+1, -cmd|x!A0) get an apostrophe before them, by which
    it takes them for words; figures and expressions of sizes are left alone."""
    safe = printable(words)
    return f"'{safe}" if COMPUTED.match(safe) else safe


def json(data: Any, indent: int | None = 2) -> str:
    """Data as JSON, whose writer leaves one control character as it is."""
    from json import dumps

    return dumps(data, indent=indent).replace("\x7f", "\\u007f")


def json_in_script(data: Any) -> str:
    """Data as JSON within an element of HTML that holds a script: no character of it ends the element."""
    text = json(data, None)
    for character, escaped in IN_SCRIPT.items():
        text = text.replace(character, escaped)
    return text


def line(text: str) -> str:
    """A line of a file as a difference shows it, its tabs kept."""
    return "\t".join(map(printable, text.split("\t")))
