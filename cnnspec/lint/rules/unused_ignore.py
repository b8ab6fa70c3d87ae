"""S710 unused-ignore: a comment ignores a rule that finds nothing there.

What it stood for has been mended, or it stands in the wrong place; left alone, it would hide the next mistake. It is
reported when the rule ran and nothing kept the network from being built.

Bad:

    input 9x9x3
    conv(8, 3x3, stride=3)  # cnnspec: ignore[W201] the last row is black

Good:

    input 10x10x3
    conv(8, 3x3, stride=3)  # cnnspec: ignore[W201] the last row is black
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING
from cnnspec.lint.finding import SAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "S710"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("comments",)
FIX = SAFE


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The comment without the rule, and no comment without any; the network is not touched."""
    from bisect import bisect_right

    span = found.span
    if span is None:
        return
    editor = repair.open(span.source)
    text, comments = editor.text, editor.comments
    start, end = comments[bisect_right(comments, (span.start, len(text))) - 1]
    opened, closed = text.rindex("[", start, span.start), text.index("]", span.end)
    names = text[opened + 1 : closed].split(",")
    code = span.text
    if len(names) > 1:
        left = ", ".join([name.strip() for name in names if name.strip() != code])
        yield repair.propose(f"drop {code} from the comment", [editor.edit(opened + 1, closed, left)], safe=True)
        return
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():
        start = line + len(text[line:start].rstrip())
    else:
        start, end = line, min(end + 1, len(text))
    yield repair.propose("drop the comment", [editor.edit(start, end, "")], safe=True)
