"""Random edits: whatever is typed into the examples, every request is answered, and what is found in the end is what a fresh
check of the text finds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import Position, Range
from pygls.exceptions import JsonRpcException

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.server.diagnostics import place_findings
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.hints import KINDS
from cnnspec.server.requests import FOR_PYTHON, REQUESTS
from tests.example_files import FILES
from tests.fuzz.words import PASTED, TOKENS
from tests.server.opened import open_text, plain

SMALL = [path for path in FILES if path.stat().st_size < 2000]
PYTHON = sorted((Path(__file__).parents[1] / "python_source" / "corpus" / "homework").glob("*.py"))
EDITS = 12
ODD = ["", "\n", "\r\n", "\r", "😀", "# a\n", '"', " as a", "\0", "\ufeff", "conv(8, 3x3)\n", "x" * 300, "\u2028"]


class Typist:
    """Types into an open file, and asks what an editor asks meanwhile."""

    def __init__(self, seed: int, paths: Sequence[Path], methods: Sequence[str]) -> None:
        self.random, self.methods = Random(seed), methods
        path = self.random.choice(paths)
        self.texts = [path.read_text(encoding="utf-8") for path in paths]
        self.documents, self.document = open_text(str(path), path.read_text(encoding="utf-8"))
        self.before = [self.document.edited.text]

    def edit(self) -> None:
        """Insert, delete, replace or paste something, with the ends of lines that there are; or take the last edits back."""
        random, text = self.random, self.document.edited.text
        self.before.append(text)
        if random.random() < 0.15:
            change: tuple[Range | None, str] = (None, random.choice(self.before))
        else:
            start = self.find_position()
            end = Position(
                start.line + random.choice((0, 0, 0, 1, 3)), start.character + random.choice((0, 0, 1, 5, 40))
            )
            change = (Range(start, end), self.find_words())
        self.documents.edit(self.document.uri, [change], len(self.before))

    def find_words(self) -> str:
        random = self.random
        way = random.random()
        if way < 0.5:
            return random.choice(TOKENS)
        if way < 0.7:
            return random.choice(ODD)
        if way < 0.8:
            return random.choice(PASTED)
        other = random.choice(self.texts)
        start = random.randrange(len(other))
        return other[start : start + random.choice((5, 40, 200))]

    def find_position(self) -> Position:
        """Somewhere in the text or a little beyond it."""
        random, source = self.random, self.document.source
        if random.random() < 0.1:
            return Position(random.randrange(99), random.randrange(99))
        return self.document.places.find_position(random.randint(0, len(source.text)))

    def ask(self) -> None:
        """Ask one thing, of those that an editor may ask."""
        start = self.find_position()
        asked: Any = SimpleNamespace(
            position=start,
            positions=[start, self.find_position()],
            range=self.random.choice((Range(start, self.find_position()), self.document.places.whole)),
            context=SimpleNamespace(
                only=self.random.choice((None, ["quickfix"])), include_declaration=True, diagnostics=[]
            ),
            new_name=self.random.choice(TOKENS),
            options=SimpleNamespace(tab_size=2, insert_spaces=True),
            previous_result_id=self.random.choice(("0", "1", "9")),
            text_document=SimpleNamespace(uri=self.document.uri),
        )
        self.documents.hints = self.random.choice(KINDS)
        method = self.random.choice(self.methods)
        refused = ""
        try:
            plain(REQUESTS[method][0](self.document, self.documents, asked))
        except JsonRpcException as error:
            refused = str(error)
        assert not refused or ("rename" in method.lower() and "\n" not in refused), (method, refused)


def find(document: Document, documents: Documents) -> Any:
    return [plain(found) for found in place_findings(documents.know(document).found, document, documents)[document.uri]]


def type_at_random(seed: int, paths: Sequence[Path], methods: Sequence[str]) -> None:
    typist = Typist(seed, paths, methods)
    for _ in range(EDITS):
        typist.edit()
        for _ in range(typist.random.choice((0, 1, 2))):
            typist.ask()
    document, documents = typist.document, typist.documents
    shown = find(document, documents)
    name, text = document.name, document.edited.text
    other, fresh = open_text(name, text)
    assert shown == find(fresh, other)
    if document.refusal is None:
        bare = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        found = [one for one in analyse(Source(name, bare)).diagnostics if not document.is_python or one.code != "E001"]
        assert [*documents.know(document).found] == found or document.is_passed_over


@given(st.integers(0, 2**32))
def test_edits_end_as_a_fresh_analysis(seed: int) -> None:
    type_at_random(seed, SMALL, [*REQUESTS])


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_edits_of_python_end_as_a_fresh_analysis(seed: int) -> None:
    type_at_random(seed, PYTHON, FOR_PYTHON)


def test_the_examples_are_there() -> None:
    assert len(SMALL) > 10
    assert len(PYTHON) > 10
