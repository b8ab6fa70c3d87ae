"""What the other tests lean on sees what it should: requests that leave, errors, barriers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.browser.visit import Visit

GOOD = """<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="dot.svg"><meta http-equiv="Content-Security-Policy" content="default-src 'self'">
<main><h1>A page</h1><img src="dot.svg" alt="A dot"></main></html>"""
BAD = """<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><img src="dot.svg"></main>
<script>
  const code = "fetch('http://elsewhere.invalid/from-a-worker').catch(() => postMessage(1))";
  new Worker(URL.createObjectURL(new Blob([code]))).onmessage = () => { document.body.dataset.asked = "yes"; };
  fetch("//elsewhere.invalid/from-the-page").catch(() => {});
  console.error("said"); setTimeout(() => { throw new Error("thrown"); });
</script></html>"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


def write(folder: Path, text: str) -> Path:
    (folder / "dot.svg").write_text(DOT, encoding="utf-8")
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


def test_a_good_page_is_not_complained_of(
    serve: Callable[[Path], str], visit: Callable[..., Visit], tmp_path: Path
) -> None:
    seen = visit(serve(write(tmp_path, GOOD)))
    assert seen.page.evaluate("document.querySelector('img').naturalWidth") == 9
    assert any(url.endswith("/dot.svg") for url in seen.asked)
    assert seen.left == seen.errors == seen.barriers() == []


def test_a_bad_page_is(serve: Callable[[Path], str], visit: Callable[..., Visit], tmp_path: Path) -> None:
    seen = visit(serve(write(tmp_path, BAD)))
    seen.page.wait_for_selector("body[data-asked]")
    assert {url.rsplit("/", 1)[1] for url in seen.left} == {"from-a-worker", "from-the-page"}
    assert any("said" in error for error in seen.errors) and any("thrown" in error for error in seen.errors)
    assert [barrier.split(":")[0] for barrier in seen.barriers()] == ["image-alt"]


def test_a_file_that_asks_for_another_is_seen(visit: Callable[..., Visit], tmp_path: Path) -> None:
    write(tmp_path, BAD)
    assert any(url.endswith("dot.svg") for url in visit(tmp_path / "index.html").left)
