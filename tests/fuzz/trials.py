"""A case and its verdict: a text judged in this process, or a command run apart and looked at from several sides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests.fuzz import apart
from tests.fuzz.apart import Outcome
from tests.fuzz.claims import wrong_with, wrong_with_text
from tests.fuzz.commands import Command, command_of
from tests.fuzz.texts import text_of
from tests.fuzz.truth import Wrong
from tests.fuzz.writer import sound

Case = str | Command
OFTEN = {"texts": 24, "networks": 1, "commands": 6}  # one case of so many is looked at from all sides


class Verdict(NamedTuple):
    """What is wrong with a case, if anything, and what it took."""

    wrong: Wrong | None
    seconds: float = 0.0
    memory: int = 0


KINDS: dict[str, Callable[[Random], Case]] = {"texts": text_of, "networks": sound, "commands": command_of}


def case_of(kind: str, seed: int, number: int) -> Case:
    """The case of a kind that a number makes."""
    return KINDS[kind](Random(f"{kind} {seed} {number}"))


def judged(case: Case, thorough: bool = True) -> Verdict:
    """The verdict on a case. A text's is reached in this process, within the seconds that a case may take."""
    if isinstance(case, Command):
        return judged_command(case, thorough)
    try:
        with apart.seconds(apart.CPU):
            return Verdict(wrong_with_text(case, thorough))
    except apart.Limit as limit:
        return Verdict(Wrong(str(limit), str(limit)))


def judged_command(command: Command, thorough: bool) -> Verdict:
    outcome = apart.run(command)
    wrong = wrong_with(command, outcome)
    if not wrong and thorough:
        wrong = unlike(command, outcome)
    if not wrong and outcome.files != command.files and command.verb in ("fix", "format", "check"):
        wrong = mended_badly(command, outcome)
    return Verdict(wrong, outcome.seconds, outcome.memory)


def unlike(command: Command, first: Outcome) -> Wrong | None:
    """A command that says or does something else the second time."""
    second = apart.run(command)
    for name in ("status", "out", "err"):
        if getattr(first, name) != getattr(second, name):
            return Wrong(f"{command.verb}: another {name} the second time", f"another {name} the second time")
    both = first.files.keys() & second.files.keys() & {*command.files, *command.argv}  # the cache keeps times
    if any(first.files[name] != second.files[name] for name in both):
        return Wrong(f"{command.verb}: another file the second time", "another file the second time")
    return None


def mended_badly(command: Command, outcome: Outcome) -> Wrong | None:
    """What is wrong with files that a command has rewritten: it would do so again, or has put errors in."""
    specs = {name: data for name, data in outcome.files.items() if name in command.files}
    if specs == command.files:
        return None
    if "--set" not in command.argv and "--write-baseline" not in command.argv and "-o" not in command.argv:
        again = apart.run(command._replace(files=specs))
        if {name: again.files.get(name) for name in specs} != specs:
            return Wrong(
                f"{command.verb}: a second time it changes files again", "a second time it changes files again"
            )
    before, after = errors(command, command.files), errors(command, specs)
    if before is not None and after is not None and after - before:
        return Wrong(f"{command.verb}: new errors", f"the files have new errors: {dict(after - before)}")
    return None


def errors(command: Command, files: dict[str, bytes]) -> Counter[str] | None:
    """How often each of the language's errors is found in the files; None where a check cannot say. The rules' errors
    depend on which rules were chosen."""
    outcome = apart.run(Command(("check", ".", "--no-cache", "--output-format", "json", "--max-layers", "5000"), files))
    try:
        return Counter([found["code"] for found in json.loads(outcome.out) if found["code"].startswith("E")])
    except ValueError:
        return None
