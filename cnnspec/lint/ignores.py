"""Comments that ignore a finding: `# cnnspec: ignore[W201] reason` and `# cnnspec: file-ignore[W201] reason`.

The first, at the end of a line, concerns the innermost statement of that line; on a line of its own, the statement that
it stands in, else the one below it. A statement with braces is one statement. The second concerns the file. Between
the brackets stand codes or names of rules, separated by commas; what comes behind is the reason, for people.

A comment at a block's call concerns what is found inside the block through that call. One finding may speak of several
layers: it is ignored when each of them is, inside the block or at a call that led there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.base.did_you_mean import near, write_suggestion
from cnnspec.base.record import Record
from cnnspec.base.source import Span, brief
from cnnspec.lint import rules
from cnnspec.lint.index import NAMES
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import Block, Body, Branch, Loop, Model, Train, Tree, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence, Set

    from cnnspec.base.source import Source
    from cnnspec.graph import Graph, Site

    Watch = Callable[[Graph, list[Diagnostic]], None]

BAD, UNUSED = "S711", "S710"  # the findings about comments themselves
ADVICE = "remove the comment, or put it at the end of the line, or on the line above"  # for an unused one
MARK = "cnnspec:"
LINE, FILE = "ignore", "file-ignore"
ELSEWHERE = ("noqa", "disable", "off", "skip", "allow", "suppress", "nolint")  # what other tools call it
NOWHERE = (0, -1)
BRACED = (Block, Branch, Loop, Model, Train)


class Statement(Record):
    """A statement of a text: where it stands, and whether it is one with a body of its own, in braces or indented."""

    start: int
    end: int
    has_body: bool


class CommentedText(Record):
    """What a front end tells of a text: where its comments stand, and, where that is asked, its statements."""

    source: Source
    comments: tuple[tuple[int, int], ...]
    list_statements: Callable[[], list[Statement]]


def read_spec(tree: Tree) -> CommentedText:
    """What a spec's tree tells of its text."""

    def list_statements() -> list[Statement]:
        items = [item for part in walk(tree.body) if isinstance(part, Body) for item in part.items]
        return [Statement(item.start, item.end, isinstance(item, BRACED)) for item in items]

    return CommentedText(tree.source, tree.comments, list_statements)


class Ignore(Record):
    """One rule that a comment ignores: where it is named, and the stretch of text that is concerned; or `everywhere` in its
    file, which may have several texts."""

    code: str
    span: Span
    start: int
    end: int
    everywhere: bool = False


class Ignores:
    """The comments of a text that concern findings. `bad` are those that cannot be followed."""

    def __init__(self, read: CommentedText) -> None:
        self.source = read.source
        self.ignores: list[Ignore] = []
        self.bad: list[Diagnostic] = []
        self._stretches: dict[str, Stretches] | None = None  # by the rules that are ignored there
        self._asked: dict[str, set[int]] = {}  # of each rule the places at which it was ignored
        statements: Statements | None = None
        text = self.source.text
        for start, end in read.comments:
            body = text[start:end].lstrip("#! \t")
            if not body.startswith(MARK):
                continue
            statements = statements or Statements(text, read.list_statements())
            at = end - len(body) + len(MARK)
            self.read(text[at:end], at, Span(self.source, start, end), statements)

    def read(self, text: str, at: int, comment: Span, statements: Statements) -> None:
        """What a comment says behind the mark; `at` is where that begins."""
        word, opened, rest = text.partition("[")
        listed, closed, _ = rest.partition("]")
        word = word.strip()
        if word not in (LINE, FILE) or not (opened and closed and listed.strip()):
            self.bad += explain_unreadable(comment, text)
            return
        stretch = (0, len(self.source.text)) if word == FILE else statements.find_stretch(comment.start)
        at += text.index("[") + 1
        for name in listed.split(","):
            start = at + len(name) - len(name.lstrip())
            span = Span(self.source, start, start + len(name.strip()))
            at += len(name) + 1
            code, why = code_of(name.strip())
            if why:
                self.bad.append(Diagnostic(BAD, why[0], span, why[1], (), WARNING))
            else:
                self.ignores.append(Ignore(code, span, *stretch, word == FILE))

    def hide(self, code: str, place: int) -> bool:
        """Whether what a rule finds at a place is to be ignored; the comments that ignore it have been of use."""
        if self._stretches is None:
            by_code: dict[str, list[tuple[int, int]]] = {}
            for ignore in self.ignores:
                by_code.setdefault(ignore.code, []).append((ignore.start, ignore.end))
            self._stretches = {code: Stretches(of_code) for code, of_code in by_code.items()}
        hidden = code in self._stretches and self._stretches[code].hold(place)
        if hidden:
            self._asked.setdefault(code, set()).add(place)
        return hidden

    def hide_everywhere(self, code: str) -> bool:
        """Whether a rule is ignored in all texts of the file; the comment that says so has been of use."""
        place = next((ignore.start for ignore in self.ignores if ignore.everywhere and ignore.code == code), None)
        return place is not None and self.hide(code, place)

    def find_unused(self, codes: Set[str]) -> Iterator[Diagnostic]:
        """A finding for each comment that hides nothing, of the rules that ran."""
        asked = {code: sorted(places) for code, places in self._asked.items()}
        for ignore in self.ignores:
            places = asked.get(ignore.code, [])
            used = bisect_left(places, ignore.start) < bisect_right(places, ignore.end)
            if not used and ignore.code in codes:
                message = f"{ignore.code} {NAMES[ignore.code]} finds nothing here"
                yield Diagnostic(UNUSED, message, ignore.span, ADVICE, (), WARNING)


class Stretches:
    """Stretches of a text, both ends in, those that overlap joined to one."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(stretches):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            elif start <= end:
                self.starts.append(start)
                self.ends.append(end)

    def hold(self, place: int) -> bool:
        """Whether a place lies in one of them."""
        number = bisect_right(self.starts, place) - 1
        return number >= 0 and place <= self.ends[number]


def code_of(name: str) -> tuple[str, tuple[str, str] | None]:
    """The code that a name between the brackets means, or what is wrong with it and what to do."""
    code = next((c for c, word in NAMES.items() if name.upper() == c or name.lower() == word), None)
    if code is None:
        beginning = sorted(c for c in NAMES if name and rules.optional(c) and c.startswith(name.upper()))
        known = [*NAMES, *NAMES.values()]
        help = (
            f"name the rules: {', '.join(beginning[:4])}" if beginning else write_suggestion(name, known).lstrip("; ")
        )
        return "", (f'no rule is called "{brief(name)}"', help or "`cnnspec rules` lists them")
    title = f"{code} {NAMES[code]}"
    if not rules.optional(code):
        return "", (f"{title} is an error of the language: it cannot be ignored", "mend it")
    if code in (BAD, UNUSED):
        return "", (f"{title} is about such comments: none can ignore it", f"use --ignore {code}")
    return code, None


def explain_unreadable(comment: Span, text: str) -> Iterator[Diagnostic]:
    """What is wrong with a comment that is none of the two forms; nothing when it is prose."""
    first = text.partition("[")[0].partition("=")[0].split()[:1]
    word = first[0] if first else ""
    if word in (LINE, FILE):
        message = "this ignores nothing: it must name the rules, in brackets"
    elif word.lower() in ELSEWHERE or near(word, (LINE, FILE)) or text.strip().startswith(f"{word}["):
        message = f'a comment cannot ask for "{brief(word)}", only for {LINE} and {FILE}'
    else:
        return
    help = f"write # cnnspec: {FILE if word == FILE else LINE}[W201] and the reason"
    yield Diagnostic(BAD, message, comment, help, (), WARNING)


class Statements:
    """The statements of a file, ordered by where they begin, the outer before the inner, each with the one around it."""

    def __init__(self, text: str, statements: list[Statement]) -> None:
        self.text = text
        self.all = sorted(statements, key=lambda item: (item.start, -item.end))
        self.starts = [item.start for item in self.all]
        self.around: list[int] = []  # -1: none
        for number, item in enumerate(self.all):
            self.around.append(self.find_holder(number - 1, item.start))

    def find_holder(self, number: int, place: int) -> int:
        """The innermost statement that ends behind a place, of this one and those around it."""
        while number >= 0 and self.all[number].end <= place:
            number = self.around[number]
        return number

    def find_stretch(self, at: int) -> tuple[int, int]:
        """The stretch of text of the statements that a comment at a place concerns; NOWHERE where there are none."""
        line = self.text.rfind("\n", 0, at) + 1
        last = bisect_left(self.starts, at) - 1  # the last statement that begins before the comment
        if self.text[line:at].strip():
            first = bisect_left(self.starts, line)
            inner = [i for i in range(first, last + 1) if i == last or self.starts[i + 1] >= self.all[i].end]
            inner = inner or [i for i in [self.find_holder(last, line)] if i >= 0]
            return (self.all[inner[0]].start, max(self.all[i].end for i in inner)) if inner else NOWHERE
        number = self.find_holder(last, at)
        holder = self.all[number] if number >= 0 else None
        below = self.all[last + 1] if last + 1 < len(self.all) else None
        if below is not None and (holder is None or below.start < holder.end):
            return below.start, below.end
        return NOWHERE if holder is None or holder.has_body else (holder.start, holder.end)


# ---- the findings of a file ----------------------------------------------------------------------------------
def read_used_spec(source: Source) -> CommentedText:
    """What a spec that another uses tells of its text."""
    return read_spec(parse(source))


class Hiding:
    """What the comments of a file, and of the files that it uses, hide. `own` are the texts of the file, of which a notebook
    has several; `read` reads those of another, which was parsed before: once more only for its comments."""

    def __init__(self, own: Sequence[CommentedText], read: Callable[[Source], CommentedText] = read_used_spec) -> None:
        self.own = [Ignores(text) for text in own]
        self._known = {ignores.source.name: ignores for ignores in self.own}
        self._read = read

    def visible(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """The findings that no comment ignores. What led to them has been asked and stays behind: they are texts and places."""
        return [without_sites(diagnostic) for diagnostic in found if not self._hidden(diagnostic)]

    def show(self, watch: Watch, graph: Graph, found: Sequence[Diagnostic]) -> None:
        """Show somebody who watches those of a network."""
        watch(graph, self.visible(found))

    def _hidden(self, found: Diagnostic) -> bool:
        if found.span is None:
            return False
        if self._hides(found.code, found.span.source, found.span.start):
            return True
        sites = next((note.sites for note in found.notes if note.sites), ())
        return bool(sites) and all([self._on_the_way(found.code, site) for site in sites])

    def _on_the_way(self, code: str, site: Site) -> bool:
        """Whether a rule is ignored where a layer stands, or at one of the calls that led there."""
        way = (site, *[step.site for step in site.steps])
        return any([self._hides(code, place.source, place.node.start) for place in way])

    def _hides(self, code: str, source: Source, place: int) -> bool:
        """Whether a comment ignores what a rule finds at a place of a text."""
        if source.name not in self._known:
            read = self._read(source) if MARK in source.text else CommentedText(source, (), list)
            self._known[source.name] = Ignores(read)
        here = self._known[source.name]
        hidden = [here.hide(code, place)]
        if here in self.own:
            hidden += [other.hide_everywhere(code) for other in self.own if other is not here]
        return any(hidden)

    def findings(self, codes: Set[str] | None, everything: bool) -> list[Diagnostic]:
        """What is wrong with the comments themselves; whether each is of use is told when `everything` was looked at."""
        own = [ignores for ignores in self.own if ignores.bad or ignores.ignores]
        if not own:
            return []
        codes = rules.default_codes() if codes is None else codes
        found = [bad for ignores in own for bad in ignores.bad] if BAD in codes else []
        if everything and UNUSED in codes:
            found += [unused for ignores in own for unused in ignores.find_unused(codes)]
        return found


def without_sites(found: Diagnostic) -> Diagnostic:
    """A finding whose notes hold no sites."""
    if not any([note.sites for note in found.notes]):
        return found
    return found.replace(notes=tuple([note.replace(sites=()) for note in found.notes]))
