"""A visit to a page: what it asks for, what it complains of, and what bars people from using it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

SIZE = {"width": 1280, "height": 800}
PHONE = {"width": 400, "height": 800}
AXE = """async () => (await axe.run({ resultTypes: ["violations"] })).violations
  .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}: ${node.failureSummary.replaceAll("\\n", " ")}`))"""
SECONDS = 30


class Visit:
    """A page in a profile of its own, at an address or from a file.

    `page` is Playwright's; `asked` are the addresses of all requests, those of further pages and of workers too; `errors` is what
    stood on the console as an error, or was thrown. Options are those of a context of Playwright: viewport, color_scheme, …
    """

    def __init__(self, browser: Any, installed: Path, address: str | Path, **options: Any) -> None:
        self.axe = installed / "axe" / "node_modules" / "axe-core" / "axe.min.js"
        self.address = address.resolve().as_uri() if isinstance(address, Path) else address
        self.context = browser.new_context(viewport=options.pop("viewport", SIZE), **options)
        self.context.set_default_timeout(SECONDS * 1000)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page = self.context.new_page()
        self.page.goto(self.address)

    @property
    def left(self) -> list[str]:
        """The requests that went elsewhere: to another server, or to another file than the page."""
        home = urldefrag(self.address).url
        at_home = home if home.startswith("file:") else "/".join(home.split("/")[:3]) + "/"
        return [url for url in self.asked if not url.startswith((at_home, "data:", "blob:"))]

    def barriers(self) -> list[str]:
        """What axe finds on the page as it stands: which rule, where, and why."""
        # a page's own policy may forbid scripts that are put into it: what Playwright evaluates is not bound by it
        self.page.evaluate(self.axe.read_text(encoding="utf-8") + "; null")
        return list(self.page.evaluate(AXE))

    def close(self) -> None:
        self.context.close()
