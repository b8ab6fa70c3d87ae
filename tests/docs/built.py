"""What is wrong with a built site: links and anchors that lead nowhere, and whatever a browser would load from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What loads something by itself; a link in a text loads nothing until somebody follows it.
LOADS = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "form": "action",
}
ADDRESS = re.compile(r"""["'`](?:https?:)?//(?!www\.w3\.org)[\w$][^"'`\s]*|url\(\s*["']?(?:https?:)?//[^)]*""")


class Links(HTMLParser):
    """Everything that a page links to or loads, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        self.anchors |= {have[name] for name in ("id", "name") if name in have}
        if tag == "a" and "href" in have:
            self.links.append(have["href"])
        if LOADS.get(tag) in have and have.get("rel") not in ("canonical", "prev", "next"):
            self.loaded.append(have[LOADS[tag]])


def pages_of(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def find_faults(site: Path) -> list[str]:
    """One line for each fault of each page, script and style sheet."""
    found = list(find_search_faults(site))
    for page in pages_of(site):
        read = read_links(page)
        where = page.relative_to(site).as_posix()
        for target in [*read.links, *read.loaded]:
            if reason := fault_of(target, page, site, target in read.loaded):
                found.append(f"{where}: {target}: {reason}")
    for script in [*site.glob("assets/**/*.js"), *site.glob("assets/**/*.css"), *site.rglob("*.svg")]:
        for address in ADDRESS.findall(script.read_text(encoding="utf-8")):
            found.append(f"{script.relative_to(site).as_posix()}: {address[:60]}: it would be loaded from elsewhere")
    return list(dict.fromkeys(found))


@cache
def read_links(page: Path) -> Links:
    return Links(page.read_text(encoding="utf-8"))


def fault_of(target: str, page: Path, site: Path, loaded: bool) -> str | None:
    """Why a link does not work, or must not be there; None when it is right."""
    parts = urlsplit(target)
    if parts.scheme in ("data", "javascript", "mailto"):
        return None
    if parts.scheme or parts.netloc:
        return "it is loaded from elsewhere" if loaded else None
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if parts.path.startswith("/"):
        return None if page.name == "404.html" else "it begins at a host's root"
    if file.is_dir():
        file /= "index.html"
    if not file.is_relative_to(site) or not file.exists():
        return "there is no such file"
    held = parts.fragment.startswith("spec=")  # a text, for the playground
    if file.suffix == ".html" and not held and unquote(parts.fragment) not in read_links(file).anchors:
        return "there is no such anchor"
    return None


def find_search_faults(site: Path) -> Iterator[str]:
    """A site without a filled search index."""
    index = site / "search.json"
    if not index.exists():
        yield "search.json: there is no search index"
    elif len(json.loads(index.read_text(encoding="utf-8"))["items"]) < 100:
        yield "search.json: the search index is nearly empty"
