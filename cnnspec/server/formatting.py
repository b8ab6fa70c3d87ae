"""Formatting, of a file and of the lines of a selection: the canonical form, where it keeps the meaning.

What is formatted of a selection are whole statements: those that its lines touch, in the innermost body around it. A
statement of the text and its canonical form are found by each other, since both have the same tree.
"""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.record import Record
from cnnspec.server.names import list_bodies
from cnnspec.server.words import Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.source import Source
    from cnnspec.format import Formatted
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.syntax import tree

    Lines = tuple[int, int]  # the first and the last, from 1


def format_document(document: Document, documents: Documents) -> list[types.TextEdit]:
    """The edit that brings a file into the canonical form; none where it has mistakes, or would change its meaning."""
    formatted = find_canonical(document, documents)
    return make_edit(formatted.text, document, documents) if formatted is not None else []


def format_range(document: Document, documents: Documents, place: types.Range) -> list[types.TextEdit]:
    """The edit that does as much of this as concerns the lines of a range; one that ends where a line begins does not
    touch that line."""
    formatted = find_canonical(document, documents)
    if formatted is None:
        return []
    first, last = place.start.line + 1, place.end.line + 1
    last -= last > first and place.end.character == 0
    pair = Pair(documents.know(document).analysis.tree, formatted)
    remarks = list_comment_texts(document.source.text)
    for before, after in pair.find_lines((first, last)):
        text = put_lines(document.source, before, formatted.printed.source, after)
        if text == document.source.text:
            return []
        edits = make_edit(text, document, documents) if list_comment_texts(text) == remarks else []
        if edits:
            return edits
    return []


def find_canonical(document: Document, documents: Documents) -> Formatted | None:
    """The canonical form of an open file; None where there is none, or the text has it."""
    from cnnspec.format import format_tree

    parsed = documents.know(document).analysis.tree
    if document.refusal or documents.know(document).excluded or parsed.diagnostics:
        return None
    formatted = format_tree(parsed)
    return None if formatted is None or formatted.text == document.source.text else formatted


def make_edit(text: str, document: Document, documents: Documents) -> list[types.TextEdit]:
    """The edit that makes another text of an open file; none where it would mean something else."""
    from cnnspec.lint.fix.same_meaning import keeps

    source = document.source
    kept = keeps(source, source.replace(text=text), documents.reader(document.path))
    return [document.replace_text(text)] if kept else []


def list_comment_texts(text: str) -> list[str]:
    """The comments of a text, without the spaces at their ends."""
    return [text[start:end].rstrip() for start, end in Words(text).comments]


def put_lines(old: Source, before: Lines, new: Source, after: Lines) -> str:
    """A text with some lines of another in the place of some of its own; each may be none, before the line that it names
    first."""
    return old.text[: start_of(old, before[0])] + take_lines(new, after) + old.text[start_of(old, before[1] + 1) :]


def take_lines(source: Source, lines: Lines) -> str:
    """Some lines of a text, each with a line end."""
    taken = source.text[start_of(source, lines[0]) : start_of(source, lines[1] + 1)]
    return taken if not taken or taken.endswith("\n") else taken + "\n"


def start_of(source: Source, line: int) -> int:
    """Where a line begins; behind the last, the end."""
    return source.offset(line) if line <= source.text.count("\n") + 1 else len(source.text)


# ---- statements and their canonical forms --------------------------------------------------------------------
class Twin(Record):
    """A statement: its lines in the text, and those of its canonical form, of which there may be several."""

    item: tree.Node
    before: Lines
    after: Lines
    made: tuple[tuple[tree.Node, tree.Node], ...]  # its parts as they were rewritten, and as they are printed


class Pair:
    """A text and its canonical form."""

    def __init__(self, parsed: tree.Tree, formatted: Formatted) -> None:
        self.old, self.new = parsed.source, formatted.printed.source
        self.bodies = parsed.body, formatted.meant.body, formatted.printed.body

    def find_lines(self, lines: Lines) -> list[tuple[Lines, Lines]]:
        """Lines of the text and those that stand for them in the canonical form, the fewest that whole statements have
        first."""
        found: list[tuple[Lines, Lines]] = []
        ends = (1, self.old.text.count("\n") + 1), (1, self.new.text.count("\n") + 1)
        bodies: tuple[tree.Body, tree.Body, tree.Body] | None = self.bodies
        while bodies is not None:
            twins = [*self._match(*bodies)]
            found.append(self._cut(twins, lines, *ends))
            bodies = None
            touched = [twin for twin in twins if twin.before[0] <= lines[1] and lines[0] <= twin.before[1]]
            if len(touched) == 1 and len(touched[0].made) == 1:
                bodies, ends = self._find_inner(touched[0], lines)
        return found[::-1]

    def _match(self, body: tree.Body, meant: tree.Body, printed: tree.Body) -> Iterator[Twin]:
        """The statements of a body with their canonical forms."""
        pairs = [*zip(meant.items, printed.items, strict=True)]
        for number, item in enumerate(body.items):
            end = body.items[number + 1].start if number + 1 < len(body.items) else len(self.old.text) + 1
            made = tuple([pair for pair in pairs if item.start <= pair[0].start < end])
            if made:
                after = self._lines(self.new, made[0][1].start, made[-1][1].end)
                yield Twin(item, self._lines(self.old, item.start, item.end), after, made)

    def _find_inner(
        self, twin: Twin, lines: Lines
    ) -> tuple[tuple[tree.Body, tree.Body, tree.Body] | None, tuple[Lines, Lines]]:
        """The body of a statement between whose braces lines lie, with its canonical forms, and what lies between these."""
        ((meant, printed),) = twin.made
        bodies = list_bodies(twin.item), list_bodies(meant), list_bodies(printed)
        if len({len(found) for found in bodies}) == 1:
            for body, inner, shown in zip(*bodies, strict=True):
                old, new = self._between(self.old, body), self._between(self.new, shown)
                if old[0] <= lines[0] and lines[1] <= old[1]:
                    return (body, inner, shown), (old, new)
        return None, ((0, 0), (0, 0))

    def _between(self, source: Source, body: tree.Body) -> Lines:
        """The lines between those of a body's braces."""
        opening, closing = source.text.rfind("{", 0, body.start + 1), source.text.find("}", body.end)
        first, last = self._lines(source, opening, closing)
        return first + 1, last - 1

    def _cut(self, twins: list[Twin], lines: Lines, old: Lines, new: Lines) -> tuple[Lines, Lines]:
        """The lines of the statements that lines touch, with what stands between these and the lines, in both texts;
        where they touch none, those between two statements. `old`, `new`: the lines that there are."""
        first, last = lines
        grown = True
        while grown:  # two statements may share a line
            touched = [twin for twin in twins if twin.before[0] <= last and first <= twin.before[1]]
            grown = any(twin.before[0] < first or last < twin.before[1] for twin in touched)
            first, last = min([first, *[t.before[0] for t in touched]]), max([last, *[t.before[1] for t in touched]])
        above = [twin for twin in twins if twin.before[1] < first]
        below = [twin for twin in twins if twin.before[0] > last]
        leading = bool(touched) and touched[0].before[0] <= lines[0]  # what stands above stays
        trailing = bool(touched) and touched[-1].before[1] >= lines[1]
        before = (
            touched[0].before[0] if leading else above[-1].before[1] + 1 if above else old[0],
            touched[-1].before[1] if trailing else below[0].before[0] - 1 if below else old[1],
        )
        after = (
            touched[0].after[0] if leading else above[-1].after[1] + 1 if above else new[0],
            touched[-1].after[1] if trailing else below[0].after[0] - 1 if below else new[1],
        )
        return before, after

    def _lines(self, source: Source, start: int, end: int) -> Lines:
        return source.position(start)[0], source.position(max(start, end))[0]
