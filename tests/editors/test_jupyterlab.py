"""Outputs in real JupyterLab, under Chromium: what is drawn, in both themes, folded, untrusted."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import ROOT
from tests.editors.install import find_python
from tests.editors.tools import find_chromium, tool

PYTHON = find_python(tool("jupyterlab"))
if (CHROMIUM := find_chromium()) is None:
    pytest.skip("there is no Chromium; CHROMIUM can name one", allow_module_level=True)

CELLS = (
    "%load_ext cnnspec",
    "width = 4",
    "%%cnnspec net --set width=2*width\nblock cbr(n) { conv(n, 3x3, padding=same, bias=false) -> bn -> relu }\n"
    "model M(width=1) {\n  input 30x30x3\n  cbr(width) * 8\n  maxpool(4x4)\n  cbr(2 * width) * 4\n}",
    "%%cnnspec broken\ninput 28x28x1\ncnov(8, 3x3, name='<img src=x onerror=alert(1)>')\nconv(4, 99x99)",
    "%cnnspec rf net conv2 --picture",
    "%cnnspec cost net --device t4",
    "net.explanation()",
)
THEMES = ("JupyterLab Light", "JupyterLab Dark")


def make_notebook(cells: list[dict[str, Any]]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4})


def make_cell(source: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": outputs, "source": source}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab's address, and the folder of its notebooks."""
    import cnnspec

    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "run.ipynb").write_text(make_notebook([make_cell(cell, []) for cell in CELLS]))
    net = cnnspec.loads("block b { conv(3, 3x3) * 12 }\ninput 40x40x1\nb * 3\n")
    kept = {"output_type": "display_data", "metadata": {}, "data": {"text/html": net.to_html(), "text/plain": str(net)}}
    (folder / "untrusted.ipynb").write_text(make_notebook([make_cell("net", [kept])]))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(folder / "own" / name) for name in names}
    own["PYTHONPATH"] = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    extensions = folder / "own" / "JUPYTER_CONFIG_DIR" / "lab" / "user-settings" / "@jupyterlab"
    settings, whole = extensions / "apputils-extension", extensions / "notebook-extension"
    for part in (settings, whole):
        part.mkdir(parents=True)
    (whole / "tracker.jupyterlab-settings").write_text(
        '{"windowingMode": "none"}'
    )  # cells that are out of sight are there
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        f"--ServerApp.root_dir={folder}",
        "--IdentityProvider.token=",
    ]
    log = (folder / "log.txt").open("w")
    process = subprocess.Popen(
        [str(PYTHON), "-m", "jupyterlab", *options], env=os.environ | own, stdout=log, stderr=log, cwd=folder
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api", timeout=1)
                break
            assert process.poll() is None, (folder / "log.txt").read_text()
            time.sleep(0.5)
        yield address, settings
    finally:
        process.terminate()
        process.wait(30)
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield shown
        shown.close()


def open_notebook(browser: Any, server: tuple[str, Path], name: str, theme: str) -> Any:
    """The page of a notebook; `asked` on it is what it asked for besides the server."""
    address, settings = server
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
    page = browser.new_page(viewport={"width": 1250, "height": 5000})
    page.asked = []
    page.on(
        "request", lambda r: None if r.url.startswith((address, "data:", "blob:", "ws:")) else page.asked.append(r.url)
    )
    page.goto(f"{address}/lab/tree/{name}?reset", timeout=120_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    page.wait_for_selector("body[data-jp-theme-name]", state="attached")
    return page


def run_all(page: Any, server: tuple[str, Path]) -> None:
    """Run every cell, once the page is connected to its kernel: what is asked for before is lost."""
    for _ in range(120):
        with urllib.request.urlopen(f"{server[0]}/api/kernels") as answer:
            if any(one["connections"] and one["execution_state"] == "idle" for one in json.load(answer)):
                break
        page.wait_for_timeout(500)
    page.wait_for_timeout(1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(f".jp-Cell:nth-child({len(CELLS)}) .cnnspec", timeout=60_000)


CONTRAST = """element => {
  const whole = text => text.startsWith("color(") ? 255 : 1;
  const color = text => text.match(/[0-9.]+/g).slice(0, 3).map(part => part * whole(text));
  const light = part => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const bright = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  let behind = element;
  while (/rgba.*, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(color).map(bright);
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_outputs_are_drawn(browser: Any, server: tuple[str, Path], theme: str) -> None:
    page = open_notebook(browser, server, "run.ipynb", theme)
    assert page.get_attribute("body", "data-jp-theme-light") == str(theme == THEMES[0]).lower()
    run_all(page, server)
    # the warning and the table, the error and the table, the cost and the explanation; the JSON that is kept is not drawn
    assert page.locator(".jp-OutputArea-output .cnnspec").count() == 6
    assert page.locator(".jp-RenderedJSON").count() == 0 and page.locator(".jp-RenderedSVG").count() == 1
    assert page.locator(".finding").count() == 2 and page.locator(".finding mark.error").count() == 1
    assert (
        page.locator(".finding mark.error").first.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    )
    assert page.locator(".cnnspec img, .cnnspec script").count() == 0
    assert "<img src=x onerror=alert(1)>" in page.locator(".jp-Cell:nth-child(4) .cnnspec").last.inner_text()
    for words in (
        ".finding b.error",
        ".finding b.warning",
        ".cnnspec tr.error td",
        ".cnnspec thead th",
        ".cnnspec summary",
    ):
        assert page.locator(words).first.evaluate(CONTRAST) >= 4.5, words
    assert page.asked == []
    page.close()


def test_blocks_fold_away_and_columns_stand_below_one_another(browser: Any, server: tuple[str, Path]) -> None:
    page = open_notebook(browser, server, "run.ipynb", THEMES[0])
    run_all(page, server)
    table = page.locator(".jp-Cell:nth-child(3) .cnnspec").last
    groups = table.locator("details")
    assert groups.count() == 12 and not table.get_by_text("conv1 (Conv2D)").is_visible()  # 38 layers: all are closed
    assert "repeat 1 of 8 → cbr(width): 3 layers, 248 parameters" in groups.first.inner_text()
    groups.first.locator("summary").click()
    assert table.get_by_text("conv1 (Conv2D)").is_visible()
    heads = [box.bounding_box()["x"] for box in table.locator("thead").first.locator("th").all()]
    cells = [box.bounding_box()["x"] for box in groups.first.locator("tbody tr").first.locator("th, td").all()]
    assert len(heads) == 6 and all(abs(a - b) < 2 for a, b in zip(heads, cells, strict=True)), (heads, cells)
    assert groups.first.locator("thead").bounding_box()["height"] <= 2  # for who hears the table, not for who sees it
    page.close()


def test_an_output_that_is_not_trusted_is_read(browser: Any, server: tuple[str, Path]) -> None:
    """JupyterLab takes its style away; rows, sides and folding stay."""
    page = open_notebook(browser, server, "untrusted.ipynb", THEMES[0])
    page.wait_for_selector(".jp-OutputArea-output .cnnspec")
    assert page.locator(".cnnspec style").count() == 0
    page.locator(".cnnspec summary").first.click()
    row = page.locator(".cnnspec details details tr, .cnnspec details tr").filter(has_text="conv1 (Conv2D)").last
    sides = [cell.evaluate("e => getComputedStyle(e).textAlign") for cell in row.locator("th, td").all()]
    assert sides == ["left", "left", "right", "left", "right", "right"]
    page.close()
