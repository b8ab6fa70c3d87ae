"""A trace's page as a reader without scripts sees it: its tables by section and role, and the data of its sliders."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

EMPTY = {"meta", "input", "br"}  # elements that have no end


class Page(HTMLParser):
    """`sections` are lists of tables, each with its role (entering, weight, output or nothing), its rows of texts and the cells
    that are marked; `texts` what stands in each section besides; `data` what the sliders get."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.sections: list[list[tuple[str, list[list[str]], set[tuple[int, int]]]]] = []
        self.texts: list[list[str]] = []
        self.role, self.json, self.scripts = "", "", 0
        self.feed(html)
        self.close()
        assert self.open == [] and self.scripts == 2
        self.data: list[dict[str, Any]] = json.loads(self.json)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "script":
            self.scripts += 1
        elif tag == "section":
            self.sections.append([])
            self.texts.append([])
        elif tag == "div" and (given.get("class") or "").startswith("group "):
            self.role = (given["class"] or "").removeprefix("group ").strip()
        elif tag == "table":
            self.sections[-1].append((self.role, [], set()))
        elif tag == "tr":
            self.sections[-1][-1][1].append([])
        elif tag == "td":
            _, rows, marked = self.sections[-1][-1]
            rows[-1].append("")
            if given.get("class") == "marked":
                marked.add((len(rows) - 1, len(rows[-1]) - 1))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "td":
            self.sections[-1][-1][1][-1][-1] += data
        elif "script" in self.open and self.scripts == 1:
            self.json += data
        elif "section" in self.open and data.strip():
            self.texts[-1].append(data.strip())

    def tables(self, section: int, role: str) -> list[Any]:
        return [table for table in self.sections[section] if table[0] == role]
