"""How fast the playground is in Chromium: python benchmarks/playground.py, after make playground and make browser-test

CPU time (user + system, Linux alone) of the browser's processes, medians: from opening the page to its first analysis, next to
Pyodide's own start in a worker, as npm installs it, in the same run; and of an edit in ResNet-50, from asking to the answer with
findings, shapes and totals, next to its analysis in this Python. And how many bytes a visitor loads, packed.
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from speed import RESNET, ROOT

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse

BUILT, PYODIDE = ROOT / "build" / "playground", ROOT / "site" / "playground" / "node_modules" / "pyodide"
PLAYWRIGHT = Path(os.environ.get("CNNSPEC_BROWSER", ROOT / "build" / "browser")) / "python"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
STARTS, EDITS, WARMED = 5, 40, 10
TICKS = os.sysconf("SC_CLK_TCK")
BARE_PAGE = "<!doctype html><script>const worker = new Worker('bare.js', { type: 'module' });</script>"
BARE_WORKER = "import { loadPyodide } from './pyodide.mjs'; await loadPyodide(); postMessage(1);"
STARTED = "() => new Promise((done) => { worker.onmessage = () => done(); })"
FIRST = """() => cnnspec.engine.ask("analyse", { name: "net.cnn", text: "input 28x28x1\\nconv(8, 3x3)\\n" }, "first").then(() => {})"""
EDIT = "async (question) => { await cnnspec.engine.ask('analyse', question); }"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def read_cpu() -> float:
    """CPU seconds of all processes below this one that run now, and of those that these have waited for."""
    parents, seconds = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[int(entry.name)], seconds[int(entry.name)] = int(fields[1]), sum(map(int, fields[11:15])) / TICKS
    below = {os.getpid()}
    while grown := {one for one, parent in parents.items() if parent in below} - below:
        below |= grown
    return sum([seconds[one] for one in below - {os.getpid()} if one in seconds])


def time_start(browser: Any, address: str, begun: str) -> float:
    """CPU seconds from opening a page until the promise of a function comes to its end."""
    page = browser.new_page()
    before = read_cpu()
    page.goto(address)
    page.evaluate(begun)
    spent = read_cpu() - before
    page.close()
    return spent


def time_edits(browser: Any, address: str, text: str) -> float:
    """CPU seconds of the answer to an edit, all processes of the browser together."""
    page = browser.new_page()
    page.goto(address)

    def edit(count: int) -> None:
        for number in range(count):
            page.evaluate(EDIT, {"name": "net.cnn", "text": f"{text}# {number}\n"})

    edit(WARMED)
    before = read_cpu()
    edit(EDITS)
    spent = read_cpu() - before
    page.close()
    return spent / EDITS


def time_native(text: str) -> float:
    times = []
    for number in range(EDITS + WARMED):
        before = time.process_time()
        analyse(Source("net.cnn", f"{text}# {number}\n"))
        times.append(time.process_time() - before)
    return statistics.median(times[WARMED:])


def count_packed(path: Path) -> int:
    data = path.read_bytes()
    return len(data) if path.suffix == ".gz" else len(gzip.compress(data))


def main() -> None:
    sys.path.append(str(PLAYWRIGHT))
    from playwright.sync_api import sync_playwright

    files = [path for path in BUILT.iterdir() if path.name != "NOTICE.txt"]
    print(f"build/playground, packed            {sum(map(count_packed, files)) / 1e6:8.2f} MB")
    print(f"build/playground.html, packed       {count_packed(BUILT.with_suffix('.html')) / 1e6:8.2f} MB")
    text = RESNET.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for path in PYODIDE.iterdir():
            (Path(folder) / path.name).symlink_to(path)
        (Path(folder) / "index.html").write_text(BARE_PAGE)
        (Path(folder) / "bare.js").write_text(BARE_WORKER)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with serve(Path(folder)) as bare_page, serve(BUILT) as page:
            median: Callable[[Iterator[float]], float] = statistics.median
            bare = median(time_start(browser, bare_page, STARTED) for _ in range(STARTS))
            first = median(time_start(browser, page, FIRST) for _ in range(STARTS))
            edit = time_edits(browser, page, text)
        browser.close()
    native = time_native(text)
    print(f"Pyodide's own start                 {bare * 1e3:8.0f} ms")
    print(f"the page until its first analysis   {first * 1e3:8.0f} ms = {first / bare:.2f} x Pyodide's own start")
    print(f"analysis of ResNet-50, this Python  {native * 1e3:8.1f} ms")
    print(f"an edit in ResNet-50 on the page    {edit * 1e3:8.1f} ms = {edit / native:.1f} x that")


if __name__ == "__main__":
    main()
