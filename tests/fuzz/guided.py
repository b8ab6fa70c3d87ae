"""`python -m tests.fuzz --engine atheris`: texts led by coverage. Atheris (libFuzzer) keeps what reaches new lines of cnnspec,
and changes it with the fuzzer's own mutations. Linux, `pip install "cnnspec[fuzz]"`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from random import Random


def run(seed: int, minutes: float | None, corpus: str | None) -> int:
    """Begin anew in this process, where nothing of cnnspec has been imported yet."""
    given = ["--seed", str(seed), "--minutes", str(minutes or 10), *(["--corpus", corpus] if corpus else [])]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "tests.fuzz.guided", *given])


def main() -> int:
    options = parsed()
    try:
        import atheris
    except ImportError:
        print('atheris is not installed: pip install "cnnspec[fuzz]", or leave out --engine', file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["cnnspec"]):
        from tests.fuzz.kept import Kept
        from tests.fuzz.needed import warm
        from tests.fuzz.seeds import seeds
        from tests.fuzz.texts import mutated
        from tests.fuzz.trials import OFTEN, judged

        warm()
    kept = Kept(Path(options.corpus) if options.corpus else None)
    number = 0

    def one(data: bytes) -> None:
        nonlocal number
        number += 1
        text = data.decode("utf-8", "replace")
        wrong = judged(text, number % OFTEN["texts"] == 0).wrong
        if wrong:
            kept.keep("guided", number, text, wrong)

    def changed(data: bytes, most: int, seed: int) -> bytes:
        return mutated(Random(seed), data.decode("utf-8", "replace")).encode("utf-8", "replace")[:most]

    with tempfile.TemporaryDirectory(prefix="cnnspec-fuzz-") as folder:
        for place, text in enumerate(seeds()):
            Path(folder, str(place)).write_text(text, encoding="utf-8")
        seconds = round(60 * options.minutes)
        arguments = ["fuzz", folder, f"-seed={options.seed}", f"-max_total_time={seconds}", "-max_len=2000", "-rss_limit_mb=2048", f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=0"]  # fmt: skip
        atheris.Setup(arguments, one, custom_mutator=changed)
        atheris.Fuzz()  # which ends the process
    return 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
