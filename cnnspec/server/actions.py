"""What an editor offers to do about a finding: its repairs, the word that was meant, a comment that ignores it.

Repairs have been tried by those who found them. The others are tried here: the finding must be gone, and no other come,
but for what a mistake of the language hid.
"""

from __future__ import annotations

import re
from collections import Counter

from lsprotocol import types

from cnnspec.base.did_you_mean import read_question
from cnnspec.base.source import Span
from cnnspec.lint.fix.project import apply_edits
from cnnspec.lint.ignores import LINE, MARK
from cnnspec.lint.rules import optional
from cnnspec.server.diagnostics import write_diagnostic
from cnnspec.server.imports import list_imports
from cnnspec.server.specs import Specs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.cnnspec"
KINDS = (types.CodeActionKind.QuickFix.value, FIX_ALL)


def list_actions(
    document: Document, documents: Documents, place: types.Range, only: Sequence[str] | None
) -> list[types.CodeAction]:
    """What can be done about the findings that touch a range of an open file; `only`: of these kinds, or of kinds of these."""
    wanted = [kind for kind in KINDS if only is None or any(f"{kind}.".startswith(f"{asked}.") for asked in only)]
    made: list[types.CodeAction] = []
    if KINDS[0] in wanted:
        start, end = document.places.find_offset(place.start), document.places.find_offset(place.end)
        specs = Specs(documents)
        for found in documents.repair(document):
            span = found.span
            if span is not None and span.source.name == document.name and span.start <= end and start <= span.end:
                made += mend_finding(found, span, document, specs)
    if FIX_ALL in wanted:
        made += mend_all(document, documents)
    return made


def mend_finding(found: Diagnostic, span: Span, document: Document, specs: Specs) -> Iterator[types.CodeAction]:
    """The quick fixes of a finding, the best first."""
    documents = specs.documents
    shown = write_diagnostic(found, document.places.find_span(span), document, documents)

    def write_action(title: str, edits: Sequence[Edit], preferred: bool) -> types.CodeAction:
        return types.CodeAction(
            title[:1].upper() + title[1:],
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[shown],
            is_preferred=preferred,
            edit=document.write_edits(edits),
        )

    for number, repair in enumerate(found.repairs):
        unsafe = "" if repair.safe else " (unsafe)"
        yield write_action(f"{repair.message}{unsafe}; {repair.cost}", repair.edits, repair.safe and number == 0)
    meant = list_meant(found, span, document, documents)
    for word, edit in meant:
        yield write_action(f"write {word}", [edit], len(meant) == 1)
    for path, edit in [] if document.is_python else list_imports(found, span, document, specs):
        if clears(found, edit, document, documents, strict=False):
            yield write_action(f"use {span.text} of {path}", [edit], False)
    if optional(found.code):
        ignoring = ignore_here(found, span, document, documents)
        if ignoring is not None:
            yield write_action(f"ignore {found.code} {found.name} here", [ignoring], False)


# ---- what was meant ------------------------------------------------------------------------------------------
def list_meant(
    found: Diagnostic, span: Span, document: Document, documents: Documents
) -> list[tuple[str, Edit]]:  # fmt: skip
    """The words that a finding asks about, each in the place of what is written, as far as they clear it; a text keeps its
    quotes."""
    source = document.source
    if source.text[span.start : span.start + 1] in ('"', "'") and span.end - span.start > 1:
        span = Span(source, span.start + 1, span.end - 1)
    if not re.search(rf'[" ]{re.escape(span.text)}[":]', found.message):  # it is asked about what is not written here
        return []
    edits = [(word, document.make_edit(span.start, span.end, word)) for word in read_question(found.help)]
    strict = optional(found.code)
    return [(word, edit) for word, edit in edits if edit and clears(found, edit, document, documents, strict)]


# ---- ignoring ------------------------------------------------------------------------------------------------
def ignore_here(found: Diagnostic, span: Span, document: Document, documents: Documents) -> Edit | None:
    """The comment with which a finding is ignored: at the end of its line, in a comment that is there, or on a line above;
    None where none of these will do."""
    edits = propose_comments(found.code, span, document)
    return next((edit for edit in edits if edit and clears(found, edit, document, documents, strict=True)), None)


def propose_comments(code: str, span: Span, document: Document) -> Iterator[Edit | None]:
    """The comments that may ignore a finding of a code."""
    source = document.source
    number = source.position(span.start)[0]
    line = source.line(number)
    start = source.offset(number)
    end = start + len(line)
    comment = next((at for at, _ in list_comments(document) if start <= at < end), None)
    if comment is None:
        yield document.make_edit(start + len(line.rstrip()), end, f"  # {MARK} {LINE}[{code}]")
    elif listed := re.match(rf"[#! \t]*{MARK}\s*{LINE}\s*\[[^\]]*", source.text[comment:end]):
        at = comment + listed.end()
        yield document.make_edit(at, at, f", {code}")
    indent = line[: len(line) - len(line.lstrip())]
    yield document.make_edit(start, start, f"{indent}# {MARK} {LINE}[{code}]\n")


def list_comments(document: Document) -> tuple[tuple[int, int], ...]:
    if document.is_python:
        from cnnspec.python_source.comments import find_comments

        return tuple(find_comments(document.source))
    return document.known.analysis.tree.comments if document.known is not None else ()


# ---- trying --------------------------------------------------------------------------------------------------
def clears(found: Diagnostic, edit: Edit, document: Document, documents: Documents, strict: bool) -> bool:
    """Whether a finding is gone after an edit. `strict`: and no other has come; a mistake that is gone lets rules look
    that could not before."""
    known = documents.know(document)
    key = found, edit, strict
    if key not in known.tried:
        whole = document.whole
        text = apply_edits(whole.source.text, [edit])
        assert text is not None
        after = documents.analyser(whole)(whole.source.replace(text=text), documents.reader(whole.path))
        known.tried[key] = judge(found, known.analysis.diagnostics, after.diagnostics, strict) and not (
            after.tree.diagnostics and not known.analysis.tree.diagnostics
        )
    return known.tried[key]


def judge(found: Diagnostic, before: Sequence[Diagnostic], after: Sequence[Diagnostic], strict: bool) -> bool:
    """Whether a finding is among those before and not among those after; `strict`: and no other is there alone."""
    old, new = Counter(map(describe, before)), Counter(map(describe, after))
    if new[describe(found)] >= old[describe(found)]:
        return False
    return not strict or not new - old


def describe(found: Diagnostic) -> tuple[str, str]:
    """What two findings agree in that are the same in a text that has changed."""
    return found.code, found.message


# ---- all at once ---------------------------------------------------------------------------------------------
def mend_all(document: Document, documents: Documents) -> Iterator[types.CodeAction]:
    """The action that makes all safe repairs; none where there are none."""
    from cnnspec.lint.fix.mending import MOST_TRIED, mend
    from cnnspec.lint.fix.project import Budget, Project

    if not any(repair.safe for found in documents.repair(document) for repair in found.repairs):
        return
    known, whole = documents.know(document), document.whole
    project = Project([whole.source], documents.analyser(whole), Budget(MOST_TRIED))
    mended = mend(project, False, lambda found, place: found in known.found)
    text = mended.project.sources[whole.path].text
    if text != whole.source.text:
        yield types.CodeAction("Make all safe repairs", kind=FIX_ALL, edit=whole.write_text(text))
