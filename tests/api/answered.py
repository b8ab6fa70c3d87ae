"""Networks that answers are about, and what a page holds."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.example_files import EXAMPLES

OTHER = str(EXAMPLES / "lenet5.cnn")
FILES = [str(EXAMPLES / name) for name in ("alexnet.cnn", "lenet5_1998.cnn", "unet_any_size.cnn", "digits.cnn")]
TEXTS = {
    "broken": "input 8x8x1\nconv(4, 9x9)\nrelu\n",
    "assumed": "input 8x8x1\ncnov(4, 3x3)\nrelu\n",
    "vectors": "input 8\ndense(3)\n",
    "text": "input 100\nembedding(50, 8) -> conv(4, 3) -> gap\n",
    "gate": "input 9x9x3\nconv(4, 3x3) as a\nmultiply(a, a -> gap(keepdims=true) -> conv(4, 1x1, activation=sigmoid))\n",
    "lossy": "input 28x28x1\nmaxpool(5x5)\nconv(3, 3x3, name='<b>x</b>')\npad(2) -> conv(3, 3x3, dilation=3)\n",
    "names": "input 28x28x1\nconv(3, 3x3, name='&<script>alert(1)</script>')\n",
    "trained": "input 28x28x1\nflatten -> dense(10, softmax)\ntrain {\n  optimizer = sgd(momentum=0.9)\n  batch = 64\n}\n",
}  # fmt: skip

ELEMENTS = {"div", "style", "b", "p", "br", "code", "pre", "mark", "details", "summary"}
ELEMENTS |= {"table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td"}
STYLES = re.compile("text-align:left|min-width:[0-9]+ch")
ATTRIBUTES = {"align", "class", "colspan", "open", "scope", "style", "width"}


class Page(HTMLParser):
    """Whether every element is closed, and which there are. `rows` are those of all tables, in their order, `heads` the
    headings of each table, `summaries` what stands above what folds away."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: set[str] = set()
        self.texts: list[str] = []
        self.cells: list[tuple[str, ...]] = []
        self.rows: list[list[str]] = []
        self.heads: list[list[str]] = []
        self.summaries: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles |= {value or "" for name, value in attrs if name == "style"}
        if tag not in ("br", "col"):
            self.open.append(tag)
        if tag == "tr":
            (self.heads if "thead" in self.open else self.rows).append([])
        elif tag in ("th", "td") and not dict(attrs).get("colspan"):
            assert tag == "td" or dict(attrs)["scope"] in ("row", "col")
            (self.heads if "thead" in self.open else self.rows)[-1].append("")
        elif tag == "summary":
            self.summaries.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open[-1:] in (["th"], ["td"]):
            (self.heads if "thead" in self.open else self.rows)[-1][-1] += data
        elif self.open[-1:] == ["summary"]:
            self.summaries[-1] += data


def look_at(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    assert page.met <= ELEMENTS and page.attributes <= ATTRIBUTES and all(map(STYLES.fullmatch, page.styles))
    assert "url(" not in html and "://" not in html and "@import" not in html
    return page
