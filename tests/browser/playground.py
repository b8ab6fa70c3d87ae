"""The playground in a browser as a person uses it: what they do, and what they see."""

from __future__ import annotations

import base64
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visit import Visit
from tests.docs.blocks import ROOT
from tests.editors.window import wait_for

SITE, SINGLE = ROOT / "build" / "playground", ROOT / "build" / "playground.html"
CONTROL = "Meta" if platform.system() == "Darwin" else "Control"
VIEWS = ("summary", "picture", "rf", "sizes", "lost", "explain", "cost")
DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0)), carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.querySelector(".cm-content").dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def find_site() -> Path:
    """The folder of the built page; skips where there is none."""
    if not (SITE / "index.html").exists():
        pytest.skip("the playground is not built: make playground")
    return SITE


class Playground:
    """A visit to the playground."""

    def __init__(self, visit: Callable[..., Visit], address: str | Path, **options: Any) -> None:
        self.visit = visit(address, **options)
        self.page = self.visit.page
        self.wait()

    # ---- what a person does ----------------------------------------------------------------------------------
    def write(self, text: str) -> None:
        """Write a text in the place of all, at once."""
        self.page.locator(".cm-content").focus()
        self.page.keyboard.press(f"{CONTROL}+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)
        self.wait()

    def type(self, text: str) -> None:
        """Type where the cursor is, key by key."""
        self.page.keyboard.type(text, delay=15)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key.replace("Control", CONTROL))

    def show(self, view: str) -> Any:
        """The pane of a view, once it answers for the text as it is."""
        self.page.locator(f"#tab-{view}").click()
        pane = self.page.locator(f"#{view}")
        self.page.wait_for_selector(f"#{view}[aria-busy=false]")
        return pane

    def press_button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def open_example(self, name: str) -> None:
        self.press_button("Examples")
        self.page.locator("#wanted").fill(name)
        self.press("Enter")
        self.wait()

    def drop(self, name: str, data: bytes) -> None:
        """Drop a file onto the text."""
        self.page.evaluate(DROP, [name, base64.b64encode(data).decode()])

    def download(self, name: str) -> tuple[str, str]:
        """The name and the text of what an entry of the menu downloads."""
        self.press_button("Download")
        with self.page.expect_download() as got:
            self.press_button(name)
        file = got.value
        return file.suggested_filename, Path(os.fspath(file.path())).read_text(encoding="utf-8")

    # ---- what a person sees ----------------------------------------------------------------------------------
    def wait(self) -> None:
        """Wait until the text as it is has been checked."""
        self.page.wait_for_selector("#counts:not(.old)", timeout=90_000)

    @property
    def text(self) -> str:
        """The lines as they are drawn, without hints."""
        return str(
            self.page.evaluate("""() => [...document.querySelectorAll('.cm-line')].map(line => {
            const copy = line.cloneNode(true);
            copy.querySelectorAll('.hint').forEach(hint => hint.remove());
            return copy.textContent; }).join('\\n')""")
        )

    @property
    def hints(self) -> list[str]:
        return list(self.page.locator(".hint").all_inner_texts())

    @property
    def counts(self) -> str:
        return str(self.page.locator("#counts").inner_text())

    @property
    def notice(self) -> str:
        return str(self.page.locator("#notice p").inner_text())

    def squiggles(self, kind: str) -> list[str]:
        """The words over each line drawn under the text, of a kind: error, warning or info."""
        return list(self.page.locator(f".cm-lintRange-{kind}").all_inner_texts())

    def wait_for_text(self, part: str) -> None:
        wait_for(lambda: part in self.text or None, lambda: self.text)

    def wait_for_notice(self, part: str) -> None:
        wait_for(
            lambda: self.page.locator("#notice p", has_text=part).count() or None, lambda: f"no notice has {part!r}"
        )
