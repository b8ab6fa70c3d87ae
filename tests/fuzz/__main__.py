"""`python -m tests.fuzz`: so many minutes, or so many texts and commands, of a seed; what is found is told and kept.

Exit status 1 when something was found. The same seed makes the same cases, whatever the number of jobs; `--only` makes
one again.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.finds import written
from tests.fuzz.kept import Kept, verdict
from tests.fuzz.needed import warm
from tests.fuzz.pool import LENGTH, Pool, Stretch, Tally
from tests.fuzz.trials import case_of

USUAL = {"texts": 1_000_000, "networks": 20_000, "commands": 20_000}  # where nothing else is said


def main() -> int:
    options = parsed()
    if options.engine == "atheris":
        from tests.fuzz import guided

        return guided.run(options.seed, options.minutes, options.corpus)
    warm()
    if options.only:
        return again(options.only[0], int(options.only[1]), options.seed)
    began = told = time.monotonic()
    known = Path(options.known).read_text(encoding="utf-8").splitlines() if options.known else []
    kept = Kept(Path(options.corpus) if options.corpus else None, frozenset(known))
    total = Tally()
    until = began + 60 * options.minutes if options.minutes else float("inf")
    for tally in Pool(options.seed, options.jobs, until).run(stretches(options)):
        total.add(tally)
        for find in tally.finds:
            kept.keep(find.kind, find.number, find.case, find.wrong)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(", ".join([f"{count:,} {kind}" for kind, count in total.cases.items()]), file=sys.stderr, flush=True)
    report(total, kept)
    print(f"seed {options.seed}, {time.monotonic() - began:,.0f} s by the clock")
    return bool(kept.new)


def parsed() -> argparse.Namespace:
    about = "Let cnnspec loose on texts and commands made by chance."
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=about)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed makes other cases (1)")
    parser.add_argument("--minutes", type=float, metavar="N", help="stop after so many minutes")
    for kind, usual in USUAL.items():
        parser.add_argument(f"--{kind}", type=int, metavar="N", help=f"no end, with --minutes; else {usual:,}")
    parser.add_argument(
        "--from", dest="first", type=int, default=0, metavar="N", help="number of the first of each (0)"
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="children at work at once (1)")
    parser.add_argument("--corpus", metavar="DIR", help="keep what is found here, a file each")
    parser.add_argument("--known", metavar="FILE", help="kinds of faults, a line each, that are counted, not told")
    parser.add_argument("--only", nargs=2, metavar=("KIND", "NUMBER"), help="show and try one case: texts 17")
    parser.add_argument("--engine", choices=("own", "atheris"), default="own", help="atheris: texts led by coverage")
    return parser.parse_args()


def again(kind: str, number: int, seed: int) -> int:
    """Show a case and what is wrong with it."""
    case = case_of(kind, seed, number)
    wrong = verdict(case)
    print(written(wrong.what if wrong else "nothing is wrong", case))
    return bool(wrong)


def stretches(options: argparse.Namespace) -> Iterator[Stretch]:
    """What is to be done: some of each kind in turn, until there are enough of all."""
    ends = {}
    for kind, usual in USUAL.items():
        wanted = getattr(options, kind)
        ends[kind] = wanted if wanted is not None else sys.maxsize // 2 if options.minutes else usual
    for turn in itertools.count():
        begun = False
        for kind, length in LENGTH.items():
            first, last = turn * length, min((turn + 1) * length, ends[kind])
            if first < last:
                begun = True
                yield Stretch(kind, options.first + first, options.first + last)
        if not begun:
            return


def report(total: Tally, kept: Kept) -> None:
    for kind, count in total.cases.items():
        if count:
            rate = f"{count / total.seconds[kind]:,.0f} a second of processor time"
            print(f"{count:,} {kind}, {rate} ({total.seconds[kind]:,.0f} s)")
    print(f"slowest: {total.slowest[0]:.2f} s ({total.slowest[1]} {total.slowest[2]})")
    print(f"largest: {total.largest[0] / 2**20:,.0f} MiB ({total.largest[1]} {total.largest[2]})")
    for kind, count in kept.counts.items():
        print(f"{count:6,} times{' (known)' if kind in kept.known else ''}: {kind}")
    print(f"{len(kept.new)} kinds of faults")


if __name__ == "__main__":
    sys.exit(main())
