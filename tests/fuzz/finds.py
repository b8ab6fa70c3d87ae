"""What was found: a case and what was wrong with it, made as small as it goes, and kept as a file that a person can read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.fuzz.commands import Command
from tests.fuzz.trials import Case
from tests.fuzz.truth import Wrong

FOLDER = Path(__file__).parent / "finds"
TEXT = "any.cnn"  # the name of what is no command but a text alone
PART = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.M | re.S)
FILE = re.compile(r"^```(\S+)( escaped)?\n(.*?)^```$", re.M | re.S)
TRIES = 400  # to make a case smaller


# ---- files -------------------------------------------------------------------------------------------------
def written(title: str, case: Case) -> str:
    """A case as a part of a file of finds."""
    if isinstance(case, str):
        return f"## {title}\n\n{block(TEXT, case.encode('utf-8', 'surrogatepass'))}"
    line = shlex.join(("cnnspec", *case.argv))
    if not line.isprintable():
        line = "escaped " + line.encode("unicode_escape").decode("ascii")
    files = {**case.files, "-": case.stdin} if case.stdin else case.files
    return f"## {title}\n\n    $ {line}\n\n" + "\n".join([block(name, data) for name, data in files.items()])


def block(name: str, data: bytes) -> str:
    """A file in a fence, as it is; what cannot stand there so, in Python's escapes, without the fence's last line end."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    plain = text.endswith("\n") and "```" not in text and all(c.isprintable() or c == "\n" for c in text)
    plain = plain and not re.search("^## ", text, re.M)  # the title of a case
    if not plain:
        escaped = (
            data.decode("latin-1")
            .encode("unicode_escape")
            .decode("ascii")
            .replace("\\n", "\n")
            .replace("```", r"\x60``")
            .replace("## ", r"\x23# ")
        )
        return f"```{name} escaped\n{escaped}\n```\n"
    return f"```{name}\n{text}```\n"


def read(text: str) -> Iterator[tuple[str, Case]]:
    """The titles and cases of a file of finds."""
    for title, body in PART.findall(text):
        files = {name: content(inside, bool(escaped)) for name, escaped, inside in FILE.findall(body)}
        call = re.search(r"^    \$ (escaped )?cnnspec(.*)$", body, re.M)
        if call is None:
            yield title, files[TEXT].decode("utf-8", "surrogatepass")
        else:
            line = content(call[2] + "\n", True).decode() if call[1] else call[2]
            yield title, Command(tuple(shlex.split(line)), files, files.pop("-", b""))


def content(inside: str, escaped: bool) -> bytes:
    return inside[:-1].encode().decode("unicode_escape").encode("latin-1") if escaped else inside.encode()


# ---- smaller -----------------------------------------------------------------------------------------------
class Smaller:
    """Makes a case smaller as long as the same is wrong with it."""

    def __init__(self, judge: Callable[[Case], Wrong | None], kind: str, tries: int = TRIES) -> None:
        self.judge, self.kind, self.tries = judge, kind, tries

    def same(self, case: Case) -> bool:
        """Whether a case still shows the fault; never, once there were enough tries."""
        if self.tries <= 0:
            return False
        self.tries -= 1
        wrong = self.judge(case)
        return wrong is not None and wrong.kind == self.kind

    def of(self, case: Case) -> Case:
        if isinstance(case, str):
            return self.text(case, self.same)
        for name in case.files:
            fewer = case._replace(files={n: data for n, data in case.files.items() if n != name})
            if self.same(fewer):
                case = fewer
        if case.stdin and self.same(case._replace(stdin=b"")):
            case = case._replace(stdin=b"")
        words = self.fewer(case.argv[1:], lambda rest: self.same(case._replace(argv=(case.argv[0], *rest))))
        case = case._replace(argv=(case.argv[0], *words))
        for name in case.files:
            case = self.file(case, name)
        return case

    def file(self, case: Command, name: str) -> Command:
        """A command with one of its files smaller."""

        def changed(text: str) -> Command:
            return case._replace(files={**case.files, name: text.encode("utf-8", "surrogateescape")})

        text = case.files[name].decode("utf-8", "surrogateescape")
        return changed(self.text(text, lambda smaller: self.same(changed(smaller))))

    def text(self, text: str, same: Callable[[str], bool]) -> str:
        """Fewer lines, then fewer words, then fewer characters."""
        for unit in (r"[^\n]*\n|[^\n]+", r"\w+|\s+|.", r"."):
            pieces = re.findall(unit, text, re.S)
            text = "".join(self.fewer(pieces, lambda rest: same("".join(rest))))
        return text

    def fewer(self, items: Sequence[str], same: Callable[[Sequence[str]], bool]) -> Sequence[str]:
        """Delta debugging: ever smaller stretches are left out, as long as that goes well."""
        size = max(1, len(items) // 2)
        while items and self.tries > 0:
            at, found = 0, False
            while at < len(items):
                rest = [*items[:at], *items[at + size :]]
                if same(rest):
                    items, found = rest, True
                else:
                    at += size
            if size == 1 and not found:
                break
            size = max(1, size // 2) if not found or size > 1 else 1
        return items
