"""Comments that ignore nothing can go; the network is not touched."""

from __future__ import annotations

from bisect import bisect_right

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Span
from cnnspec.lint.fix.project import real
from cnnspec.lint.fix.repair_context import Proposal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.project import Project


def unused_ignore(project: Project, found: Diagnostic) -> Iterator[Proposal]:
    """S710: the comment without the rule, and no comment without any."""
    span = found.span
    source = project.sources.get(real(span.source.name)) if span is not None else None
    if span is None or source is None:
        return
    text = source.text
    comments = project.analysis(real(source.name)).tree.comments
    start, end = comments[bisect_right(comments, (span.start, len(text))) - 1]
    opened, closed = text.rindex("[", start, span.start), text.index("]", span.end)
    names = text[opened + 1 : closed].split(",")
    code = span.text
    if len(names) > 1:
        left = ", ".join([name.strip() for name in names if name.strip() != code])
        yield Proposal(f"drop {code} from the comment", (Edit(Span(source, opened + 1, closed), left),), True)
        return
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():
        start = line + len(text[line:start].rstrip())
    else:
        start, end = line, min(end + 1, len(text))
    yield Proposal("drop the comment", (Edit(Span(source, start, end), ""),), True)
