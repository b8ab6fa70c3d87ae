"""The links between the pages of the manual, as they stand in Markdown: where each leads, and whether that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.blocks import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`\n]+`")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.M)
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)


def links_of(page: Path) -> list[str]:
    """The targets of a page's links and pictures; what stands in code is none."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [found[1] for found in LINK.finditer(CODE.sub(keep_link_text, text))]


def keep_link_text(found: re.Match[str]) -> str:
    """Code without what could be taken for a link in it."""
    return re.sub(r"[\[\]()]", "", found[0])


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """The anchors of a page's headings."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return frozenset(anchor(found[1]) for found in HEADING.finditer(text))


def anchor(heading: str) -> str:
    """As every renderer of Markdown names a heading of letters, digits and single spaces."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())


def broken_links(page: Path) -> Iterator[str]:
    """What is wrong with a page's links: a file or a heading that is not there, a path that only this machine has."""
    for target in links_of(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.is_relative_to(ROOT) or not file.exists():
            yield f"{target}: there is no such file"
        elif heading and file.suffix == ".md" and heading not in anchors_of(file):
            yield f"{target}: there is no such heading"
