"""What can be followed from a text; «» stand around the links."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.documents import Documents
from cnnspec.server.links import list_links, trim
from cnnspec.server.uris import write_uri
from tests.server.opened import open_text

TEXT = """# 😀 see «https://arxiv.org/abs/1512.03385» (He et al.), «http://a.org/x_(y)?q=1#f».
use "«sub/blocks.cnn»" (f)
use "missing.cnn" (g)
use "../outside.cnn" (h)
use "open.cnn" (i)
input 8x8x3  # <«https://b.org/»>
x = "https://no.org"
"""


def test_links(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "sub").mkdir(parents=True)
    (project / "cnnspec.toml").write_text("")
    (project / "sub" / "blocks.cnn").write_text("block f(n) { relu }\n")
    (tmp_path / "outside.cnn").write_text("block h(n) { relu }\n")
    text = TEXT.replace("«", "").replace("»", "").replace("\n", "\r\n")
    documents = Documents(ConfiguredFiles)
    document = documents.open(write_uri(str(project / "a.cnn")), text, 1)
    shown = document.source.text
    links = list_links(document, documents)
    for link in reversed(links):
        start, end = document.places.find_offset(link.range.start), document.places.find_offset(link.range.end)
        shown = f"{shown[:start]}«{shown[start:end]}»{shown[end:]}"
    assert shown == TEXT
    used = links[2]
    assert used.target == write_uri(str(project / "sub" / "blocks.cnn"))
    assert used.tooltip == f"Open {project / 'sub' / 'blocks.cnn'}"
    opened = documents.open(write_uri(str(project / "open.cnn")), "block i(n) { relu }\n", 1)  # was never saved
    assert opened.uri in [link.target for link in list_links(document, documents)]


@pytest.mark.parametrize(
    ("address", "trimmed"),
    [("http://a.b/c.", "http://a.b/c"), ("http://a.b/(c)", "http://a.b/(c)"), ("http://a.b/c)).", "http://a.b/c"), ("http://a.b/c/", "http://a.b/c/"),
     ("http://a.b/x]!", "http://a.b/x")],
)  # fmt: skip
def test_an_address_ends_where_the_sentence_goes_on(address: str, trimmed: str) -> None:
    assert trim(address) == trimmed


@pytest.mark.parametrize("text", ["", 'use "', 'use "a" (', "# https://", "# http://[", 'use "\\0" (f)'])
def test_where_there_are_none(text: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    assert [link for link in list_links(document, documents) if link.target != "http://["] == []
