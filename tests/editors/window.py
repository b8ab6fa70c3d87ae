"""VS Code as a person has it: code-server with the extension on a folder, and a browser before it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import quote

from tests.editors.tools import find_chromium

T = TypeVar("T")
SETTINGS = {
    "editor.minimap.enabled": False, "extensions.autoCheckUpdates": False, "git.enabled": False, "telemetry.telemetryLevel": "off",
    "security.workspace.trust.enabled": False, "workbench.startupEditor": "none", "workbench.tips.enabled": False,
    "files.autoSave": "off", "window.commandCenter": False, "editor.fontSize": 14, "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
}  # fmt: skip
SECONDS = 60.0
GRACE = "--reconnection-grace-time=2"  # seconds that the processes of a closed window stay
SIZE = {"width": 1280, "height": 800}


class CodeServer:
    """A running code-server that has the extension of a file, with users' data of its own."""

    def __init__(self, node: Path, entry: Path, package: Path, home: Path, environment: dict[str, str]) -> None:
        self.command = [
            str(node),
            str(entry),
            "--user-data-dir",
            str(home / "data"),
            "--extensions-dir",
            str(home / "extensions"),
        ]
        self.environment = environment | {"HOME": str(home)}
        self.home, self.data = home, home / "data"
        self.set()
        self.install(package)
        options = [
            "--auth",
            "none",
            "--bind-addr",
            "127.0.0.1:0",
            "--disable-telemetry",
            "--disable-update-check",
            GRACE,
        ]
        self.process = subprocess.Popen(
            [*self.command, *options], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said: list[str] = []
        Thread(target=self._listen, daemon=True).start()
        self.address = wait_for(
            lambda: next((a[1] for s in self.said if (a := re.search(r"listening on (http\S+?)/?$", s))), None)
        )

    def _listen(self) -> None:
        assert self.process.stdout
        self.said.extend(line.rstrip() for line in iter(self.process.stdout.readline, ""))

    def install(self, package: Path) -> None:
        """Install an extension; windows that are opened from now on have it."""
        command = [*self.command, "--install-extension", str(package)]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    def set(self, **settings: Any) -> None:
        """The settings besides those that keep the window quiet, the user's and those of the machine on which servers run."""
        named = {name.replace("__", "."): value for name, value in settings.items()}
        for place, content in (("User", SETTINGS | named), ("Machine", named)):
            file = self.data / place / "settings.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content), encoding="utf-8")

    def servers(self) -> list[int]:
        """The language servers that run in its windows, by their process numbers."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words, environment = ((entry / name).read_bytes().split(b"\0") for name in ("cmdline", "environ"))
            except OSError:  # it has ended
                continue
            if {b"cnnspec", b"server"} <= set(words) and b"HOME=" + os.fsencode(self.home) in environment:
                found.append(int(entry.name))
        return found

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)


class Window:
    """A window of VS Code in a page of a browser."""

    def __init__(self, browser: Any, address: str, folder: Path, **size: int) -> None:
        self.page, self.folder = browser.new_page(viewport=SIZE | size), folder
        page = self.page
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{address}/?folder={quote(str(folder))}", timeout=SECONDS * 2000)
        page.wait_for_selector(".monaco-workbench .statusbar", timeout=SECONDS * 2000)

    # ---- what a person does --------------------------------------------------------------------------------
    def open(self, name: str) -> None:
        """Open a file by its name, and wait until its lines are there."""
        self.press("Control+P")
        self.page.wait_for_selector(".quick-input-widget input:focus")
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=name).first
        self.page.keyboard.type(name)

        def found() -> bool | None:
            """Whether a file that is new is known by now; if not, it is looked for again."""
            if row.is_visible():
                return True
            self.press("Control+A")
            self.page.keyboard.type(name)
            self.page.wait_for_timeout(1000)
            return None

        wait_for(found)
        row.click()
        self.page.wait_for_selector(f".tab.active[data-resource-name='{name}']")
        self.page.wait_for_selector(".editor-instance .view-line, .notebookOverlay .view-line")

    def write(self, name: str, text: str) -> None:
        """Open a file that has a text, and nothing else."""
        self.press("Escape", "Escape")
        while self.page.locator(".tab.dirty").count():
            self.run("File: Revert File")
            self.page.wait_for_timeout(500)
        self.close_editors()
        self.page.wait_for_selector(".tab", state="detached")
        (self.folder / name).write_text(text, encoding="utf-8")
        self.open(name)

    def type(self, text: str) -> None:
        """Type into the editor, as fast as it takes it."""
        self.page.locator(".editor-instance .view-lines").first.click()
        self.page.keyboard.type(text, delay=20)

    def run(self, title: str) -> None:
        """Run a command by its title in the palette."""
        self.press("F1")
        self.page.wait_for_selector(".quick-input-widget input:focus")
        self.page.keyboard.type(title)
        self.page.locator(".quick-input-list .monaco-list-row", has_text=title).first.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def insist(self, act: Callable[[], object], seen: Callable[[], T | None]) -> T:
        """Do something until its effect is seen: what is clicked while the window is being drawn may vanish under the mouse."""
        from playwright.sync_api import TimeoutError as Vanished

        def tried() -> T | None:
            try:
                act()
                self.page.wait_for_timeout(1500)
            except Vanished:
                self.press("Escape")
            return seen()

        return wait_for(tried)

    def take_repair(self, line: int, column: int, part: str) -> None:
        """Choose the repair that writes some words from the lamp's menu at a place."""
        self.put_cursor(line, column)

        def act() -> None:
            self.press("Control+.")
            self.page.locator(".action-widget .monaco-list-row", has_text=part).first.click(timeout=5000)

        self.insist(act, lambda: any(part in line for line in self.lines()) or None)

    def put_cursor(self, line: int, column: int) -> None:
        """Put the cursor at a place, which counts from 1."""
        self.press("Control+G")
        self.page.wait_for_selector(".quick-input-widget input:focus")
        self.page.keyboard.type(f"{line}:{column}")
        self.press("Enter")
        self.page.wait_for_function(
            "place => document.querySelector('.statusbar').textContent.includes(place)", arg=f"Ln {line}, Col {column}"
        )

    def saved(self, name: str) -> str:
        """The text of a file, after it was saved."""
        self.press("Control+S")
        self.page.wait_for_function("!document.querySelector('.tab.active.dirty')")
        return (self.folder / name).read_text(encoding="utf-8")

    def close(self) -> None:
        self.page.close()

    def close_editors(self) -> None:
        self.run("View: Close All Editors")

    # ---- what a person sees --------------------------------------------------------------------------------
    def lines(self, editor: int = 0) -> list[str]:
        """The lines of an editor as they are drawn, from the top, hints included."""
        return [line.replace("\xa0", " ") for line in self.page.evaluate(LINES, editor)]

    def wait_for_line(self, *parts: str) -> str:
        """A line that has all of some parts."""
        return wait_for(lambda: next((line for line in self.lines() if all(part in line for part in parts)), None))

    def cells(self) -> list[str]:
        """The lines of a notebook's cells as they are drawn, from the top, hints included."""
        return [line.replace("\xa0", " ") for line in self.page.evaluate(CELLS)]

    def wait_for_cells(self, *parts: str) -> None:
        """Wait until each of some parts stands in a line of a cell."""
        wait_for(
            lambda: all(any(part in line for line in self.cells()) for part in parts) or None,
            lambda: "\n".join(self.cells()),
        )

    def wait_for_other_line(self, part: str) -> str:
        """A line of the editor beside the first."""
        return wait_for(
            lambda: next((line for line in self.lines(1) if part in line), None), lambda: "\n".join(self.lines(1))
        )

    def squiggles(self, kind: str) -> list[str]:
        """The text above each line drawn under it, of a kind: error, warning, info or hint."""
        return [text.replace("\xa0", " ") for text in self.page.evaluate(SQUIGGLES, f".squiggly-{kind}")]

    def wait_for_squiggles(self, kind: str, *texts: str) -> None:
        wait_for(lambda: self.squiggles(kind) == [*texts] or None, lambda: f"{kind}: {self.squiggles(kind)}")

    def colour_of(self, word: str) -> str:
        """The colour in which the first span that is just a word is drawn."""
        return str(self.page.evaluate(COLOUR, word))

    def picture(self, file: Path, **options: Any) -> None:
        self.page.screenshot(path=str(file), **options)


LINES = """number => [...document.querySelectorAll('.editor-instance')].slice(number, number + 1).flatMap(editor =>
  [...editor.querySelectorAll('.view-lines > .view-line')]
    .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map(line => line.textContent))"""
CELLS = """() => [...document.querySelectorAll('.notebookOverlay .view-lines > .view-line')]
  .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map(line => line.textContent)"""
SQUIGGLES = """selector => [...document.querySelectorAll(`.editor-instance ${selector}`)].map(under => {
  const box = under.getBoundingClientRect(), range = document.createRange();
  let text = "";
  for (const line of document.querySelectorAll('.editor-instance .view-line')) {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();)
      for (let i = 0; i < node.length; i++) {
        range.setStart(node, i); range.setEnd(node, i + 1);
        const at = range.getBoundingClientRect(), x = at.left + at.width / 2;
        if (Math.abs(at.top - box.top) < 12 && box.left < x && x < box.right) text += node.data[i];
      }
  }
  return [box.top, box.left, text];
}).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(found => found[2])"""
COLOUR = """word => { const span = [...document.querySelectorAll('.editor-instance .view-line span span')]
  .find(span => span.textContent.replaceAll("\\xa0", " ").trim() === word); return span ? getComputedStyle(span).color : "none"; }"""


def wait_for(question: Callable[[], T | None], told: Callable[[], str] = lambda: "it did not come") -> T:
    """The first answer that is not None."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        answer = question()
        if answer is not None:
            return answer
        time.sleep(0.1)
    raise AssertionError(told())


@contextmanager
def browser(*options: str) -> Iterator[Any]:
    """Chromium with some options: the one that CHROMIUM names, or that the system has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", *options])
        yield running
        running.close()
