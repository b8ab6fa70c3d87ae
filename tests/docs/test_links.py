"""Links between the pages lead to files and headings that are there, and no page names an address of the outside twice removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, ROOT, pages
from tests.docs.links import anchor, broken_links, links_of

# Where links of the pages may lead, beside other pages.
HOSTS = ("https://www.tensorflow.org/", "https://zensical.org")
PAGES = [*pages(), ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert not list(broken_links(page))
    outside = [target for target in links_of(page) if target.startswith("http")]
    assert all(target.startswith(HOSTS) for target in outside), outside


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in links_of(page):
            file = (page.parent / target.partition("#")[0]).resolve()
            if file.suffix == ".md" and file.is_file():
                ahead.append(file)
    assert not set(DOCS.rglob("*.md")) - reached


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    page = DOCS / "no-page.md"  # is never written
    text = tmp_path / "page.md"
    text.write_text("# A page\n\n[one](#a-page) [two](#no) [three](gone.md) `[four](gone.md)`\n", encoding="utf-8")
    assert not page.exists() and anchor("Add a rule, with a fix") == "add-a-rule-with-a-fix"
    assert links_of(text) == ["#a-page", "#no", "gone.md"]
    assert len(list(broken_links(text))) == 3  # none of it is in the repository
