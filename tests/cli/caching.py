"""What the tests of the cache share: a check that captures what it prints, and the entries that it leaves."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

from cnnspec.cli import cache, main
from cnnspec.syntax.mistakes import MISTAKES
from tests.example_files import EXAMPLES
from tests.lint.test_check import cases as faulty_specs

STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"
LIBRARY = "block f(n) { conv(n, 3x3, stride=3) }\n"
USER = 'use "lib.cnn" (f)\ninput 7x7x3 -> f(8)\n'


def run(*arguments: str | Path) -> tuple[int | None, str, str]:
    """Exit status, stdout and stderr of a check."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["check", *map(str, arguments)])
    return status, out.getvalue(), err.getvalue()


def entries(folder: Path) -> list[Path]:
    return sorted((folder / cache.NAME).glob("*.json"))


def write_corpus(folder: Path, every: int = 1) -> None:
    """A spec for each finding that there is, one for each kind of syntax mistake, right ones, and files that are none; of
    findings and mistakes `every` so-many-th alone."""
    seen: set[str] = set()
    for number, (_, _, spec, expected) in enumerate(faulty_specs()):
        codes = set(re.findall(r"^\d+:\d+ (\w+) ", expected, re.M))
        if codes - seen:
            seen |= codes
            if len(seen) % every == 0:
                (folder / f"faulty{number}.cnn").write_text(spec, encoding="utf-8")
    for number, (_, _, (snippet, *_)) in enumerate(MISTAKES[::every]):
        (folder / f"mistake{number}.cnn").write_bytes(snippet.encode("utf-8", "surrogatepass"))
    for path in (*EXAMPLES.glob("lenet5*.cnn"), *(EXAMPLES / "lectures").glob("*.cnn")):
        shutil.copy(path, folder)
    (folder / "empty.cnn").write_text("")
    (folder / "latin.cnn").write_bytes(b"\xff\xfe")
    (folder / "lib.cnn").write_text(LIBRARY)
    (folder / "user.cnn").write_text(USER)
    (folder / "lost.cnn").write_text('use "nowhere.cnn" (f)\ninput 7x7x3 -> f(8)\n')
    (folder / "odd é\u202e.cnn").write_text("\ufeff# ü\r\ninput 7x7x3\r\nconv(8, 3x3, stride=3) # 卷积\r\n")
