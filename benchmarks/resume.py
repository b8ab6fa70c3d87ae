"""Kills trainings at random moments, resumes them, and compares what comes of them bit for bit with one that nobody stopped.

    python benchmarks/resume.py [--backend tensorflow|jax|torch] [--kills 30] [--seed 0] [--signal KILL|INT|TERM] [--phases]

Each training is stopped three times in a row, each time while it writes a file. It ends with status 1 when anything differs.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.train.resuming import NET, PHASES, differences, train_stopped, train_whole


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill trainings, resume them, compare.")
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--signal", choices=("KILL", "INT", "TERM"), default="KILL")
    parser.add_argument(
        "--writes", type=int, default=300, help="how often a training may have written to the disk before its signal"
    )
    parser.add_argument("--phases", action="store_true", help="a training of two phases and two outputs, from a start")
    options = parser.parse_args()
    rng, came, wrong = random.Random(options.seed), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected = train_whole(folder, options.backend, PHASES if options.phases else NET)
        for number in range(-(-options.kills // 3)):
            moments = [rng.randrange(1, options.writes) for _ in range(min(3, options.kills - 3 * number))]
            run, kills = train_stopped(
                folder, f"run{number}", moments, getattr(signal, f"SIG{options.signal}"), options.backend
            )
            found = differences(expected, run)
            came, wrong = came + kills, wrong + bool(found)
            print(f"training {number + 1}: stopped {kills} times, {'; '.join(found) or 'the same'}", flush=True)
    print(f"{came} stops on {options.backend}, {wrong} trainings that differ")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
