"""Python that was pasted into a spec: Keras's Sequential and functional models → the language's own tree.

The text is read statement by statement and never run. What makes a network becomes steps (`reader`, `writer`); what is
Python around it is passed over, which one note says; all else is the language's, read where it stands. A paste that
cannot be read as a whole (PyTorch, layers made in a Python loop) is refused with one sentence.
"""

from __future__ import annotations

import re

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.source import Source, Span
from cnnspec.syntax.paste.names import Unreadable
from cnnspec.syntax.paste.reader import Reader
from cnnspec.syntax.paste.statements import statements
from cnnspec.syntax.paste.values import Constant, Layer
from cnnspec.syntax.paste.writer import Writer
from cnnspec.syntax.tree import Bad, Body, Node, Step, Tree, names_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.syntax.paste.statements import Statement

_PYTHON = re.compile(
    r"""(?:^|;)[ \t]*(?:import[ \t]+[A-Za-z_][\w.]*(?:[ \t]+as[ \t]+\w+)?[ \t]*(?:[#,;].*)?$
      |from[ \t]+[A-Za-z_.][\w.]*[ \t]+import[ \t]+[\w(*]
      |[\w.]+[ \t]*=[ \t]*(?:[\w.]+\.)?(?:Sequential|Model|Input)[ \t]*\(
      |[\w.]+\.(?:add|compile|summary|fit)[ \t]*\(
      |[\w.]+[ \t]*=[ \t]*[\w.]+[ \t]*\(.*\)[ \t]*\(
      |class[ \t]+\w+[ \t]*\([ \t]*[\w.]*\b(?:Module|Model)\b
      |(?:[\w.]+[ \t]*=[ \t]*)?(?:torch\.)?nn\.Sequential[ \t]*\(
      |(?:self\.)?\w+[ \t]*=[ \t]*(?:torch\.)?nn\.[A-Z]\w*[ \t]*\()""",
    re.X | re.M,
)
_PYTORCH = re.compile(
    r"""^[ \t]*(?:import[ \t]+torch(?:vision)?\b|from[ \t]+torch(?:vision)?\b[\w.]*[ \t]+import
      |class[ \t]+\w+[ \t]*\([ \t]*(?:torch\.)?nn\.Module
      |(?:[\w.]+[ \t]*=[ \t]*)?(?:torch\.)?nn\.Sequential[ \t]*\(
      |(?:self\.)?\w+[ \t]*=[ \t]*(?:torch\.)?nn\.(?:Linear|Flatten|ReLU|Dropout|\w+[123]d)[ \t]*\()[^\n]*""",
    re.X | re.M,
)
_INSTEAD = (
    'save the module with torch.export.save(torch.export.export(module, (input,)), "net.pt2"): that file is read; or '
    "write the layers as steps, one a line, such as conv(16, 3x3, padding=1) -> relu; the number of input channels, which "
    "PyTorch gives first, is left out"
)


def read_paste(tree: Tree, parse: Callable[[Source], Tree]) -> Tree:
    """The tree of a source that may be a paste, as it is where it is none. `parse` reads what is the language's."""
    source = tree.source
    if not _PYTHON.search(source.text):
        return tree
    torch = _PYTORCH.search(source.text)
    if torch:
        start = torch.start() + len(torch[0]) - len(torch[0].lstrip())
        error = Diagnostic(
            "E001", "this is PyTorch's source, which is not read", Span(source, start, torch.end()), _INSTEAD
        )
        return tree.replace(body=Body(0, len(source.text), ()), diagnostics=(error,))
    reader = Reader(source)
    try:
        reader.run(statements(source.text))
        return _together(reader, source, parse)
    except Unreadable as unread:
        at = Span(source, unread.node.start, unread.node.end)
        error = Diagnostic(unread.code, unread.message, at, unread.help)
        return tree.replace(body=Body(0, len(source.text), ()), diagnostics=(error,))


def _together(reader: Reader, source: Source, parse: Callable[[Source], Tree]) -> Tree:
    """The items of the models and those that are the language's own, in the order of the text."""
    rest = parse(source.replace(text=_without(source.text, reader)))
    for name in names_in(rest.body):
        value = reader.names.values.get(name)
        if isinstance(value, (Constant, Layer)):
            value.uses += 1
    own = [*rest.body.items, *reader.bad, *reader.own]
    writer = Writer(reader, [item.start for item in own if isinstance(item, (Step, Bad))])
    placed = writer.items() + [(item.start, item) for item in (*own, *reader.training.section())]
    items: list[Node] = [item for _, item in sorted(placed, key=lambda pair: pair[0])]
    found = [_in(source, d) for d in rest.diagnostics] + reader.errors
    for network in writer.empty:
        at = Span(source, network.statement.start, network.statement.end)
        help = f"add some: {network.name}.add(layers.Conv2D(32, 3, input_shape=(28, 28, 1)))"
        found.append(Diagnostic("E016", "this model has no layers", at, help))
    found.sort(key=lambda d: d.span.start if d.span else 0)
    passed = [*reader.passed, *[value.statement for value in writer.unused]]
    body = Body(0, len(source.text), tuple(items))
    return Tree(source, body, rest.comments, tuple(found), _note(source, passed))


def _in(source: Source, found: Diagnostic) -> Diagnostic:
    """A finding in the text without the paste, moved to the whole text."""
    return found.replace(span=found.span and found.span.replace(source=source))


def _without(text: str, reader: Reader) -> str:
    """A text with blanks in place of the statements that were read or passed over; comments in what was read stay."""
    parts: list[str] = []
    at = 0
    passed = {id(statement) for statement in reader.passed}
    for statement in sorted([*reader.passed, *reader.read], key=lambda s: s.start):
        if statement.start < at:
            continue
        parts.append(text[at : statement.start])
        at = statement.start
        for start, end in () if id(statement) in passed else statement.comments:
            parts += [_blank(text[at:start]), text[start:end]]
            at = end
        parts.append(_blank(text[at : statement.end]))
        at = statement.end
    return "".join(parts) + text[at:]


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _note(source: Source, passed: list[Statement]) -> tuple[Diagnostic, ...]:
    """What says which lines were passed over."""
    if not passed:
        return ()
    lines = sorted({n for s in passed for n in range(source.position(s.start)[0], source.position(s.end)[0] + 1)})
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    words = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    shown = words if len(words) <= 12 else [*words[:11], f"{len(words) - 11} more places"]
    listed = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    one = len(lines) == 1
    message = f"line{'s' * (not one)} {listed} {'is' if one else 'are'} Python around the network, which is not read"
    first = min(passed, key=lambda s: s.start)
    return (
        Diagnostic(
            "E004", message, Span(source, first.start, first.end), "`cnnspec format` leaves it out", severity=INFO
        ),
    )
