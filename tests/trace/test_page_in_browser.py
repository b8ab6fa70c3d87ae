"""A trace's page in a browser: its slider, its cells, its keys and its play button; skipped where no Chromium is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cnnspec.trace import draw_board
from cnnspec.trace.formats import write_trace
from cnnspec.trace.formula import write_formula
from cnnspec.trace.forward import write_out
from tests.trace.boards import trace_text

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
TEXT = "input 4x4x2\nconv(2, 3x3, padding=same)\ndense(3)\n"

# What a reader does in the first section with a slider; each line's answer is the first line that is written there then.
DEEDS = """
const section = document.querySelector("section.steps"), said = [];
const [place, channel] = section.querySelectorAll("input[type=range]"), tables = section.querySelectorAll(".output table");
const cells = (role) => [...section.querySelectorAll(`.${role} td.marked`)].map((cell) => cell.textContent);
function say() { said.push([section.querySelector("code").textContent, cells("entering").join(" "), cells("output").join(" "), place.value, channel.value]); }
function move(slider, value) { slider.value = value; slider.dispatchEvent(new Event("input")); say(); }
function press(table, key) { table.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); say(); }
say();
move(place, 6);
move(channel, 1);
tables[0].rows[3].cells[2].click(); say();
press(tables[0], "ArrowUp");
press(tables[0], "ArrowRight");
press(tables[0], "ArrowRight");
tables[1].rows[3].cells[2].click();
section.querySelector("button").click();
setTimeout(() => {
  say();
  const shown = [...section.querySelectorAll(".weight .grid")].map((grid) => grid.offsetParent !== null);
  const log = document.createElement("pre");
  log.id = "said";
  log.textContent = JSON.stringify({ said, shown, play: section.querySelector("button").textContent });
  document.body.append(log);
}, 5000);
"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_a_reader_steps_through_the_values(tmp_path: Path) -> None:
    trace = trace_text(TEXT)
    page = write_trace(trace, draw_board(trace), "html").replace("</body>", f"<script>{DEEDS}</script></body>")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    told = tell(tmp_path / "page.html")
    places = [(0, 0, 0), (1, 2, 0), (1, 2, 1), (3, 2, 0), (2, 2, 0), (2, 3, 0), (2, 3, 0), (3, 3, 1)]
    for (line, entering, output, at, channel), place in zip(told["said"], places, strict=True):
        formula, found = write_out(trace, trace.network.graph.nodes[1], place)
        assert found is not None and [line] == [*write_formula(formula)]
        by_channel = sorted(found.reads, key=lambda read: read.place[-1])
        assert entering == " ".join([str(read.value) for read in by_channel]) and output == str(formula.value)
        assert (int(at), int(channel)) == (4 * place[0] + place[1], place[2])
    assert told["play"] == "Play"  # it stopped at the last value
    assert told["shown"] == [
        False,
        False,
        True,
        True,
        True,
    ]  # two grids of the other filter, two of this one, the biases


def tell(page: Path) -> Any:
    """What the page says of itself, its clock run forward."""
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
        f"--user-data-dir={page.parent / 'profile'}", "--virtual-time-budget=9000", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    found = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.S)
    assert found, done.stdout[-500:] + done.stderr[-500:]
    return json.loads(unescape(found[1]))
