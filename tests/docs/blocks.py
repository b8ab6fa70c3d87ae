"""The fenced blocks of the manual: which there are, the specs that they name, and what their commands print.

The opening line of a block says what it is: ```cnn is a spec, clean unless `!` stands at the line's end, and a name
in between makes it a file that commands of any page may use, as it does ```py and ```json, which are not run; ```console are commands (`$ …`) and what they print;
```python passes as it stands, and ```python goes on has the names of the block before it. Other blocks are not run.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cnnspec.base.record import Record
from cnnspec.cli import main

ROOT = Path(__file__).parents[2]
README, DOCS = ROOT / "README.md", ROOT / "docs"
LECTURES = ROOT / "examples" / "lectures" / "README.md"
FILES = ("cnn", "py", "json")
FENCED = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.M | re.S)


class Block(Record):
    """A fenced block: its language, the file name that it gives its text, whether it is marked wrong, its text."""

    language: str
    name: str
    wrong: bool
    text: str


def pages() -> list[Path]:
    """Every page of the manual: the README first, the index of the lectures last."""
    return [README, *sorted(DOCS.rglob("*.md")), LECTURES]


def find_blocks(text: str) -> list[Block]:
    return [
        Block(found[1], found[2].strip().removesuffix("!").strip(), found[2].strip().endswith("!"), found[3])
        for found in FENCED.finditer(text)
    ]


@cache
def blocks_of(page: Path) -> list[Block]:
    return find_blocks(page.read_text(encoding="utf-8"))


def write_named_specs(folder: Path) -> None:
    """Put every spec that any page names into a folder, where commands and Python find it."""
    for page in pages():
        for block in blocks_of(page):
            if block.language in FILES and block.name and "/" not in block.name:
                path = folder / block.name
                assert not path.exists() or path.read_text(encoding="utf-8") == block.text, (
                    f"two texts are {block.name}"
                )
                path.write_text(block.text, encoding="utf-8")


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Let commands run in a folder, as in a terminal of 100 columns without colors."""
    before, environment = os.getcwd(), dict(os.environ)
    os.environ |= {"NO_COLOR": "1", "COLUMNS": "100", "CNNSPEC_CACHE_DIR": str(folder / "cache")}
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)


class Terminal(io.StringIO):
    """What is printed, kept. Terminals of today print every character."""

    encoding = "utf-8"


def run(command: str) -> str:
    """What a command prints, on stdout and stderr."""
    program, *arguments = shlex.split(command)
    assert program == "cnnspec", f"only cnnspec is run here, not {program}"
    printed = Terminal()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        main(arguments)
    return printed.getvalue()


def rewrite_consoles(text: str) -> str:
    """A page with what each of its commands prints today. The named specs are in the working folder."""

    def console(found: re.Match[str]) -> str:
        if found[1] != "console":
            return found[0]
        commands = [line[2:] for line in found[3].splitlines() if line.startswith("$ ")]
        return "```console\n" + "\n".join(f"$ {c}\n{run(c).rstrip()}\n" for c in commands) + "```"

    return FENCED.sub(console, text)
