"""The site is built, whole, in a few seconds: no link or anchor is broken, and a browser loads nothing from elsewhere."""

from __future__ import annotations

import base64
import importlib.util
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.docs import site
from tests.docs.blocks import DOCS, README, ROOT
from tests.docs.built import ADDRESS, Links, fault_of, find_faults, pages_of
from tests.docs.site import OUTSIDE, SITE, configuration, has_playground, page_for_site, register_lexer, write_fragment

needs_builder = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason='the site is built by Zensical: pip install -e ".[docs]"'
)


@needs_builder
def test_the_site_is_built_without_a_fault() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.docs.site"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(pages_of(SITE)) == len(list(DOCS.rglob("*.md"))) + len(OUTSIDE) + 1 + has_playground()  # and 404.html
    seconds = float(done.stdout.splitlines()[-1].split(", ")[1].split()[0])
    assert seconds < 15


def test_every_page_has_its_place_in_the_navigation() -> None:
    def listed(entry: object) -> list[str]:
        if isinstance(entry, dict):
            return [name for inner in entry.values() for name in listed(inner)]
        return [name for inner in entry for name in listed(inner)] if isinstance(entry, list) else [str(entry)]

    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert sorted(listed(configuration()["nav"])) == sorted([*pages, *OUTSIDE.values()])


def test_the_readme_becomes_the_front_page() -> None:
    text = page_for_site(README, Path("index.md"))
    assert '```cnn title="mnist.cnn"\n' in text and "(guide/from-lecture.md)" in text and "](docs/" not in text
    assert "(changelog.md)" in text and "](LICENSE)" not in text


def test_a_spec_can_be_opened_in_the_playground(monkeypatch: pytest.MonkeyPatch) -> None:
    page = DOCS / "guide" / "first-network.md"
    for built in (True, False):
        monkeypatch.setattr(site, "has_playground", lambda built=built: built)
        text = page_for_site(page, Path("guide/first-network.md"))
        links = re.findall(r'<a href="\.\./playground/index\.html#spec=([\w-]+)&amp;name=([\w.]+)">', text)
        assert bool(links) == built and len(links) == built * len(re.findall("^```cnn", text, re.M))
    monkeypatch.setattr(site, "has_playground", lambda: True)
    assert "playground/index.html#spec=" in page_for_site(DOCS / "examples.md", Path("examples.md"))
    packed = write_fragment("input 8x8x1  # \U0001f600\n", "a.cnn").removeprefix("#spec=").removesuffix("&name=a.cnn")
    data = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -zlib.MAX_WBITS)
    assert data.decode() == "input 8x8x1  # \U0001f600\n"


def test_what_is_on_no_page_is_no_link() -> None:
    text = page_for_site(DOCS / "guide" / "language.md", Path("guide/language.md"))
    assert "`grammar/cnnspec.lark`" in text and ".lark)" not in text


def test_the_site_colors_specs_by_the_lexer_of_the_language() -> None:
    register_lexer()
    pygments = pytest.importorskip("pygments.lexers")
    assert {type(pygments.get_lexer_by_name(name)).__module__ for name in ("cnn", "cnnspec")} == {
        "cnnspec.highlight.lexer"
    }


def test_faults_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "some.js").write_text('load("https://example.org/x.js"); f("http://www.w3.org/2000/svg")')
    (tmp_path / "assets" / "some.css").write_text("a { background: url(//example.org/x.png) }")
    (tmp_path / "page.html").write_text(
        '<a id="here"></a><a href="#here"></a><a href="#gone"></a><a href="gone.html"></a>'
        '<a href="https://example.org/"></a><script src="https://example.org/x.js"></script>'
    )
    faults = [fault.split(": ")[:2] for fault in find_faults(tmp_path)]
    assert faults == [
        ["search.json", "there is no search index"],
        ["page.html", "#gone"], ["page.html", "gone.html"], ["page.html", "https://example.org/x.js"],
        ["assets/some.js", '"https://example.org/x.js'], ["assets/some.css", "url(//example.org/x.png"],
    ]  # fmt: skip
    assert fault_of("/begin.html", tmp_path / "page.html", tmp_path, False) == "it begins at a host's root"
    assert Links('<link rel="canonical" href="https://example.org/">').loaded == [] and not ADDRESS.search("'//'")
