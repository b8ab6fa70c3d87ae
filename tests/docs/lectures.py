"""The index of examples/lectures/: which slide, which file, which command shows it, and what that prints today.

`docs/lectures.toml` has the slides; the commands run in a copy of the folder.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
import tomllib
from functools import cache
from pathlib import Path

from cnnspec.base.record import Record
from tests.docs.blocks import DOCS, LECTURES, run, working_in

WIDE = "250"  # columns in which no line is wrapped


class Slide(Record):
    """One slide: its words, the command that shows it, and a part of the line that the command prints for it."""

    slide: str
    command: str
    shows: str

    @property
    def file(self) -> str:
        """The spec that the command is about."""
        (name,) = [word for word in shlex.split(self.command) if word.endswith(".cnn")]
        return name


def read_lectures() -> dict[str, list[Slide]]:
    """The slides of every lecture."""
    read = tomllib.loads((DOCS / "lectures.toml").read_text(encoding="utf-8"))
    return {lecture["name"]: [Slide(**slide) for slide in lecture["slides"]] for lecture in read["lecture"]}


@cache
def find_lines() -> dict[Slide, str]:
    """For every slide the line that its command prints; "" where no line shows what is wanted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in [*LECTURES.parent.glob("*.cnn"), *LECTURES.parent.glob("*.csv")]:
            shutil.copy(path, folder)
        with working_in(folder):
            os.environ["COLUMNS"] = WIDE
            return {slide: find_line(slide) for slides in read_lectures().values() for slide in slides}


def find_line(slide: Slide) -> str:
    """The first line of what a command prints that shows what is wanted, each run of spaces as one."""
    lines = [line for line in run(f"cnnspec {slide.command}").splitlines() if slide.shows in line]
    return " ".join(lines[0].split()) if lines else ""
