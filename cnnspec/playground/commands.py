"""Commands on the page's text: the command line itself, whose output is kept."""

from __future__ import annotations

import os
import sys
from io import BytesIO, TextIOWrapper

from cnnspec.base.join_words import join_words
from cnnspec.playground.refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Command = Callable[[list[str]], int]

HERE = (
    "check", "summary", "explain", "rf", "lost", "cost", "sizes", "draw", "import", "fix", "format", "compile", "rules", "rule", "layers", "help",
)  # fmt: skip
TARGETS = {"keras": "py", "torch": "torch"}  # as `cnnspec compile` calls them


class Kept(TextIOWrapper):
    """A stream whose text is kept."""

    def __init__(self) -> None:
        self.data = BytesIO()
        super().__init__(self.data, encoding="utf-8", newline="\n")

    @property
    def text(self) -> str:
        self.flush()
        return self.data.getvalue().decode()


def run_command(run: Command, arguments: Sequence[str]) -> dict[str, Any]:
    """The exit status of a command, and what it writes: {"status", "out", "err"}."""
    before = sys.stdout, sys.stderr, sys.__stdout__
    out, err = Kept(), Kept()
    try:
        sys.stdout, sys.stderr = out, err
        status = run([*arguments])
        return {"status": status, "out": out.text, "err": err.text}
    finally:
        sys.stdout, sys.stderr, sys.__stdout__ = before  # type: ignore[misc]


def answer(run: Command, name: str, text: str, arguments: Sequence[str]) -> dict[str, Any]:
    """A command on a text, which stands in a file of that name meanwhile."""
    if arguments[:1] not in [[verb] for verb in HERE]:
        raise Refused(f"a page cannot run cnnspec {' '.join(arguments[:1])}: it has {join_words(HERE)}")
    write_text(name, text)
    return run_command(run, arguments)


def write_python(run: Command, name: str, text: str, target: str, model: str | None = None) -> str:
    """The source that `cnnspec compile` writes of a text."""
    write_text(name, text)
    made = run_command(
        run, ["compile", name, "-o", "-", "--to", TARGETS[target], *(["--model", model] if model else [])]
    )
    if made["status"]:
        raise Refused(take_sentence(made["err"]))
    return str(made["out"])


def import_model(run: Command, name: str) -> dict[str, Any]:
    """The spec of a model file in the working folder, under the name that it should have, with what is said about it."""
    own = check_name(name)
    try:
        made = run_command(run, ["import", own])
    finally:
        os.remove(own)
    if made["status"]:
        raise Refused(take_sentence(made["err"]))
    notes = [line.removeprefix("cnnspec: ") for line in made["err"].splitlines()]
    return {"name": f"{os.path.splitext(own)[0]}.cnn", "text": made["out"], "notes": notes}


def write_text(name: str, text: str) -> None:
    with open(check_name(name), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def check_name(name: str) -> str:
    """A name of a file in the working folder. Refused where it would lead elsewhere."""
    if os.path.basename(name) != name or name in ("", ".", ".."):
        raise Refused(f"{name} is no name of a file")
    return name


def take_sentence(said: str) -> str:
    """What a command said of why it did nothing."""
    return said.strip().removeprefix("cnnspec: ")


def tell_versions(run: Command) -> dict[str, str]:
    from cnnspec import __version__

    return {"version": __version__, "python": ".".join(map(str, sys.version_info[:3]))}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "answer": answer,
    "toPython": write_python,
    "importModel": import_model,
    "about": tell_versions,
}
