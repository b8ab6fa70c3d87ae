"""How fast `cnnspec check` is on a repository of 1,000 specs, as ratios measured in one run: python benchmarks/repository.py

Every spec is the ResNet-50 of the examples with sizes of its own. Medians of the clock, and of processor time over all
processes: where others are at work on the machine, the second says more. The byte code is written before.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESNET = ROOT / "examples" / "resnet50.cnn"
FILES = 1000


def write_specs(folder: Path, files: int = FILES) -> None:
    """So many networks of that size, no two alike."""
    text = RESNET.read_text(encoding="utf-8")
    for number in range(10, 10 + files):
        spec = text.replace("classes=1000", f"classes={number}").replace("model ResNet50", f"model ResNet50For{number}")
        assert spec != text
        (folder / f"resnet_{number}.cnn").write_text(spec, encoding="utf-8")


def seconds(*arguments: str | Path) -> tuple[float, float]:
    """By the clock, and of processor time, for a check."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [environment.get("PYTHONPATH")])])
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "cnnspec", "check", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    clock, after = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0 and not done.stderr, done.stderr + done.stdout[-2000:]
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(runs: int = 3) -> None:
    with tempfile.TemporaryDirectory() as name:
        specs, cache = Path(name, "specs"), Path(name, "cache")
        specs.mkdir()
        write_specs(specs)
        seconds("--no-cache", RESNET)
        firsts: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
        again: list[tuple[float, float]] = []
        edited: list[tuple[float, float]] = []
        for _ in range(runs):
            for jobs, times in firsts.items():
                shutil.rmtree(cache, ignore_errors=True)
                times.append(seconds(specs, "--cache-dir", cache, "--jobs", str(jobs)))
            again.append(seconds(specs, "--cache-dir", cache))
            with (specs / "resnet_10.cnn").open("a") as file:
                file.write("# edited\n")
            edited.append(seconds(specs, "--cache-dir", cache))
        clock, cpu = (statistics.median(column) for column in zip(*firsts[1], strict=True))
        print(f"{FILES} files, 1 job       {clock:7.2f} s, processor time {cpu:7.2f} s")
        for what, times in ("2 jobs", firsts[2]), ("again", again), ("one edited", edited):
            now, now_cpu = (statistics.median(column) for column in zip(*times, strict=True))
            ratios = f"1/{clock / now:.1f} of the clock, 1/{cpu / now_cpu:.1f} of the processor time"
            print(f"{FILES} files, {what:12}{now:7.2f} s, processor time {now_cpu:7.2f} s: {ratios}")


if __name__ == "__main__":
    main()
