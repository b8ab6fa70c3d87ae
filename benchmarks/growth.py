"""How the time of each command grows with the text: python benchmarks/growth.py [--verbs check,format] [--only WORDS]

For each construct (benchmarks/constructs.py) and each command: CPU seconds at n, 2n, 4n and 8n, start-up left out, and
the exponent k of the n^k that they grow as. What grows faster than n^1.3 is marked; the exit status is then 1. Short
times say nothing of growth: below a tenth of a second at 8n no exponent is given.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from constructs import MISTAKES, NETWORKS, TEXTS, Construct

from cnnspec.cli import main

VERBS = {
    "check": ["check", "--no-cache", "NET"],
    "check-all": ["check", "--no-cache", "--select", "ALL", "NET"],
    "concise": ["check", "--no-cache", "--output-format", "concise", "NET"],
    "json": ["check", "--no-cache", "--output-format", "json", "NET"],
    "sarif": ["check", "--no-cache", "--output-format", "sarif", "NET"],
    "junit": ["check", "--no-cache", "--output-format", "junit", "NET"],
    "gitlab": ["check", "--no-cache", "--output-format", "gitlab", "NET"],
    "github": ["check", "--no-cache", "--output-format", "github", "NET"],
    "summary": ["summary", "NET"],
    "rf": ["rf", "NET"],
    "lost": ["lost", "NET"],
    "cost": ["cost", "NET"],
    "explain": ["explain", "NET"],
    "sizes": ["sizes", "NET"],
    "diff": ["diff", "OTHER", "NET"],
    "format": ["format", "--diff", "NET"],
    "fix": ["fix", "--diff", "--unsafe-fixes", "--select", "ALL", "NET"],
    "compile": ["compile", "NET", "-o", "OUT"],
}
STEPS = (1, 2, 4, 8)
STEEP = 1.3
TELLING = 0.1  # seconds
STOP = 60  # seconds of CPU that one command gets


def written(construct: Construct, n: int, folder: Path) -> dict[str, str]:
    """The files of a construct and what the words of a command stand for; OTHER is a network one layer shorter."""
    made = construct(n)
    files = made if isinstance(made, dict) else {"net.cnn": made}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    first = next(iter(files))
    other = folder / "other.cnn"
    other.write_text(files[first].replace("3x3", "5x5", 1), encoding="utf-8")
    return {"NET": str(folder / first), "OTHER": str(other), "OUT": str(folder / "out.py")}


def seconds(command: list[str], limit: int) -> float | None:
    """The CPU time of a command in a process of its own that has the package loaded; None: it did not end in time."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        before = time.process_time()
        quietly(command)
        os.write(write, repr(time.process_time() - before).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    return float(said) if said else None


def quietly(command: list[str]) -> None:
    """Run a command, and throw away what it prints."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        main(command)


def warmed(verbs: list[str]) -> None:
    """Have everything loaded that the commands load."""
    with tempfile.TemporaryDirectory() as folder:
        words = written(NETWORKS["residual blocks"], 1, Path(folder))
        for verb in verbs:
            quietly([words.get(word, word) for word in VERBS[verb]])


def measured(construct: Construct, verb: str, n: int, limit: int) -> Iterator[float | None]:
    """CPU seconds at 0 (a text of one), n, 2n, 4n and 8n; the first that does not end in time is the last."""
    for size in (1, *[n * step for step in STEPS]):
        with tempfile.TemporaryDirectory() as folder:
            words = written(construct, size, Path(folder))
            taken = seconds([words.get(word, word) for word in VERBS[verb]], limit)
        yield taken
        if taken is None:
            return


def exponent(times: list[float | None]) -> float | None:
    """The k of n^k that the times beyond those of a text of one grow as; None where they are too short to tell."""
    if times[-1] is None:
        return math.inf
    one, _, double, *_, last = [taken for taken in times if taken is not None]
    if last < TELLING:
        return None
    return math.log((last - one) / max(double - one, 1e-4)) / math.log(STEPS[-1] / STEPS[1])


def run() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=250, help="the first of the four sizes (250)")
    parser.add_argument("--verbs", default="check,check-all,summary,diff,format,fix,compile", help=", ".join(VERBS))
    parser.add_argument("--only", default="", help="the constructs whose names have these words in them, comma between")
    parser.add_argument("--limit", type=int, default=STOP, help=f"CPU seconds that one command gets ({STOP})")
    options = parser.parse_args()
    wanted, verbs = options.only.split(","), options.verbs.split(",")
    warmed(verbs)
    steep = 0
    print(f"{'construct':32}{'command':11}" + "".join(f"{options.n * step:>9}" for step in STEPS) + "    growth")
    for name, construct in {**NETWORKS, **TEXTS, **MISTAKES}.items():
        if not any(word in name for word in wanted):
            continue
        for verb in verbs:
            times = list(measured(construct, verb, options.n, options.limit))
            power = exponent(times)
            shown = "".join(
                [f"{taken:9.2f}" if taken is not None else f"{'> ' + str(options.limit):>9}" for taken in times[1:]]
            )
            growth = "" if power is None else "too long" if power == math.inf else f"n^{power:.1f}"
            marked = power is not None and power > STEEP
            steep += marked
            print(f"{name:32}{verb:11}{shown:36}  {growth:>8}{' !' * marked}", flush=True)
    print(f"{steep} faster than n^{STEEP}" if steep else f"nothing grows faster than n^{STEEP}")
    return 1 if steep else 0


if __name__ == "__main__":
    sys.exit(run())
