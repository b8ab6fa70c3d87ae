"""`python -m fuzz`: so many minutes, or so many texts and commands, of a seed; what was found is told and kept.

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

from fuzz import apart
from fuzz.claims import Wrong
from fuzz.finds import Find, Smaller, written
from fuzz.pool import LENGTH, Pool, Stretch, Tally
from fuzz.trials import Case, case_of, judged


def main() -> int:
    options = parsed()
    if options.engine == "atheris":
        from fuzz.guided import guided

        return guided(options.seed, options.minutes or 10, options.corpus)
    warm()
    if options.only:
        kind, number = options.only
        case = case_of(kind, options.seed, int(number))
        wrong = verdict(case)
        print(written(wrong.what if wrong else "nothing is wrong", case))
        return bool(wrong)
    began = time.monotonic()
    until = began + 60 * options.minutes if options.minutes else float("inf")
    total = Tally()
    kinds: dict[str, Find] = {}
    known = set(Path(options.known).read_text(encoding="utf-8").splitlines()) if options.known else set()
    told = began
    for tally in Pool(options.seed, options.jobs, until).run(stretches(options)):
        total.add(tally)
        for find in tally.finds:
            if find.wrong.kind not in known and find.wrong.kind not in kinds:
                kinds[find.wrong.kind] = find
                print(f"found {find.kind} {find.number}: {find.wrong.kind}: {find.wrong.what}", flush=True)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{total.cases['texts']:,} texts, {total.cases['commands']:,} commands", file=sys.stderr, flush=True)
    for find in kinds.values():
        tell(find, total, Path(options.corpus) if options.corpus else None)
    report(total, kinds, time.monotonic() - began, options)
    return bool(kinds)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Let cnnspec loose on texts and commands made by chance.")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed makes other cases (1)")
    parser.add_argument("--minutes", type=float, metavar="N", help="stop after so many minutes")
    parser.add_argument("--texts", type=int, metavar="N", help="texts to check (no end, with --minutes; else 1,000,000)")
    parser.add_argument("--commands", type=int, metavar="N", help="commands to run (no end, with --minutes; else 20,000)")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="N", help="the number of the first of each (0)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="children at work at once (1)")
    parser.add_argument("--corpus", metavar="DIR", help="keep what is found here, a file each")
    parser.add_argument("--known", metavar="FILE", help="kinds of finds, a line each, that are counted and not told")
    parser.add_argument("--only", nargs=2, metavar=("KIND", "NUMBER"), help="show and try one case: texts 17, commands 4")
    parser.add_argument("--engine", choices=("own", "atheris"), default="own", help="atheris: texts led by coverage")
    return parser.parse_args()


def warm() -> None:
    """Import what the cases need once, for all children."""
    from importlib import import_module

    from cnnspec.cli import MODULES, VERBS

    for verb in VERBS:
        import_module(f"cnnspec.cli.{MODULES.get(verb, verb)}")
    for name in ("cnnspec.compile.source", "cnnspec.decompile", "cnnspec.pipeline", "cnnspec.repair.mending", "cnnspec.report.sarif", "json"):
        import_module(name)


def stretches(options: argparse.Namespace) -> Iterator[Stretch]:
    """What is to be done: texts and commands in turn, until there are enough of both."""
    wanted = {"texts": options.texts, "commands": options.commands}
    for kind, usual in (("texts", 1_000_000), ("commands", 20_000)):
        if wanted[kind] is None:
            wanted[kind] = sys.maxsize // 2 if options.minutes else usual
    for turn in itertools.count():
        begun = False
        for kind, length in LENGTH.items():
            first, last = turn * length, min((turn + 1) * length, wanted[kind])
            if first < last:
                begun = True
                yield Stretch(kind, options.first + first, options.first + last)
        if not begun:
            return


def verdict(case: Case, thorough: bool = True) -> Wrong | None:
    """What is wrong with a case, found in a child, so that nothing that it does can hurt."""
    import os
    import pickle
    import tempfile

    with tempfile.NamedTemporaryFile() as file:

        def work() -> int:
            if isinstance(case, str):
                apart.no_more_memory_than(apart.MEMORY)
            Path(file.name).write_bytes(pickle.dumps(judged(case, thorough).wrong))
            return 0

        _, status = os.waitpid(apart.forked(work), 0)
        ended = os.waitstatus_to_exitcode(status)
        if ended:
            why = f"killed by signal {-ended}" if ended < 0 else f"the child ended with {ended}"
            return Wrong(why, why)
        found: Wrong | None = pickle.loads(file.read())
        return found


def tell(find: Find, total: Tally, corpus: Path | None) -> None:
    """Show a find, made small, and keep it."""
    slow = apart.SLOW in find.wrong.kind or apart.STUCK in find.wrong.kind
    thorough = find.kind == "texts" or "second time" in find.wrong.kind
    small = Smaller(lambda case: verdict(case, thorough), find.wrong.kind, 12 if slow else 400).of(find.case)
    count = sum(other.wrong.kind == find.wrong.kind for other in total.finds)
    print(f"\n{find.wrong.kind} ({count} times, {find.kind} {find.number})")
    text = written(find.wrong.what.replace("\n", " "), small)
    print(text[:1500], flush=True)
    if corpus:
        corpus.mkdir(parents=True, exist_ok=True)
        (corpus / f"{find.kind}-{find.number}.md").write_text(text, encoding="utf-8")


def report(total: Tally, kinds: dict[str, Find], seconds: float, options: argparse.Namespace) -> None:
    for kind, count in total.cases.items():
        if count:
            print(f"{count:,} {kind}, {count / total.seconds[kind]:,.0f} a second of processor time ({total.seconds[kind]:,.0f} s)")
    print(f"slowest: {total.slowest[0]:.2f} s ({total.slowest[1]} {total.slowest[2]})")
    print(f"largest: {total.largest[0] / 2**20:,.0f} MiB ({total.largest[1]} {total.largest[2]})")
    other = {find.wrong.kind for find in total.finds} - kinds.keys()
    print(f"{len(kinds)} kinds of faults" + (f", {len(other)} known ones" if other else "") + f", seed {options.seed}, {seconds:,.0f} s by the clock")


if __name__ == "__main__":
    sys.exit(main())
