"""The kinds of faults found so far: each is told when it comes first, made small, and kept in a file."""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path

from tests.fuzz import apart
from tests.fuzz.finds import TRIES, Smaller, written
from tests.fuzz.trials import Case, judged
from tests.fuzz.truth import Wrong

SHOWN = 2000  # characters of a find on the screen; its file holds all


class Kept:
    """Faults by kind, with how often each was met; those of `known` kinds are counted, no more."""

    def __init__(self, folder: Path | None, known: frozenset[str] = frozenset()) -> None:
        self.folder, self.known = folder, known
        self.counts: dict[str, int] = {}

    @property
    def new(self) -> list[str]:
        """The kinds that were not known."""
        return [kind for kind in self.counts if kind not in self.known]

    def keep(self, kind: str, number: int, case: Case, wrong: Wrong) -> None:
        self.counts[wrong.kind] = self.counts.get(wrong.kind, 0) + 1
        if self.counts[wrong.kind] > 1 or wrong.kind in self.known:
            return
        print(f"\nfound in {kind} {number}: {wrong.kind}", flush=True)
        long = wrong.kind.startswith((apart.SLOW, apart.STUCK))
        thorough = isinstance(case, str) or "second time" in wrong.kind
        small = Smaller(lambda smaller: verdict(smaller, thorough), wrong.kind, 12 if long else TRIES).of(case)
        text = written(" ".join(wrong.what.split()), small)
        print(text[:SHOWN], flush=True)
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{kind}-{number}.md").write_text(text, encoding="utf-8")


def verdict(case: Case, thorough: bool = True) -> Wrong | None:
    """What is wrong with a case, found in a child, so that nothing that it does can hurt."""
    with tempfile.NamedTemporaryFile() as file:

        def work() -> int:
            if isinstance(case, str):
                apart.no_more_memory_than(apart.MEMORY)
            Path(file.name).write_bytes(pickle.dumps(judged(case, thorough).wrong))
            return 0

        _, status = os.waitpid(apart.forked(work), 0)
        ended = os.waitstatus_to_exitcode(status)
        if ended:
            return died(ended)
        found: Wrong | None = pickle.loads(file.read())
        return found


def died(ended: int) -> Wrong:
    """The verdict on a case whose child came to an end before it could tell one."""
    why = f"killed by signal {-ended}" if ended < 0 else f"the child ended with {ended}"
    return Wrong(why, why)
