"""How many candidates a second `cnnspec sweep` goes through: python benchmarks/sweep.py [CANDIDATES] [--jobs N | --dask ADDRESS]

CPU time (user + system) of whole commands, their start included, on a family like MobileNetV2's: its input's size, the widths of
its seven stages, the expansion and the kernel, ten parameters; and with the depths of the seven stages, which decide the structure.
Some of the candidates are held against `load`. With --jobs or --dask the first row is measured so, too, and the answer held against
that of one process. With --whole a space is gone through from its first candidate to its last, with a histogram, and written as a table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import cnnspec

FAMILY = """block body(t, c, s, k) {
  if t > 1 { conv(t * in.channels, 1x1, bias=false) -> bn -> relu6 }
  depthwise_conv(k, s, padding=same, bias=false) -> bn -> relu6
  conv(c, 1x1, bias=false) -> bn
}
block inverted_residual(t, c, s, k) {
  add(in, body(t, c, s, k)) if s == 1 and in.channels == c else body(t, c, s, k)
}
model Family(size=224, w=[16, 24, 32, 64, 96, 160, 320], t=6, k=3, d=[1, 2, 3, 4, 3, 3, 1]) {
  input (size, size, 3)
  conv(32, 3x3, stride=2, padding=same, bias=false) -> bn -> relu6
  for i, s in [(0, 1), (1, 2), (2, 2), (3, 2), (4, 1), (5, 2), (6, 1)] {
    inverted_residual(1 if i == 0 else t, w[i], s, k)
    inverted_residual(1 if i == 0 else t, w[i], 1, k) * (d[i] - 1)
  }
  conv(1280, 1x1, bias=false) -> bn -> relu6
  gap -> dense(1000, softmax)
}
"""
WIDTHS = [f"w[{i}]={8 * (i + 1)}..{64 * (i + 1)}:{8 * (i + 1)}" for i in range(7)]
TEN = ["size=96..256:32", *WIDTHS, "t=2..6", "k=3,5,7"]
DEPTHS = [*TEN, *[f"d[{i}]=1,2" for i in range(7)]]
ALL = "params,macs,flops,receptive_field,coverage,activation_memory,peak_memory,params_bytes,inference_memory,training_memory,depth,lossless"
ROWS = (
    ("parameters, MACs, receptive field, legality", TEN, "params,macs,receptive_field", 1.0),
    ("the same of a tenth of the candidates", TEN, "params,macs,receptive_field", 0.1),
    ("with peak_memory", TEN, "params,macs,receptive_field,peak_memory", 1.0),
    ("all quantities", TEN, ALL, 1.0),
    ("with seven free depths", DEPTHS, "params,macs,receptive_field", 1.0),
)
CHECKED = 20


class Measured(NamedTuple):
    cpu: float  # seconds of all processes on this machine that the command started, and its own
    passed: float  # seconds of the clock
    memory: int  # bytes of the largest process
    printed: dict[str, object]


def measure(folder: Path, over: list[str], columns: str, candidates: int | None, *more: str) -> Measured:
    """What the command takes; with None as many candidates as there are."""
    command = [
        sys.executable,
        "-m",
        "cnnspec",
        "sweep",
        "family.cnn",
        "--columns",
        columns,
        *more,
    ]
    if candidates is not None:
        command += ["--sample", str(candidates)]
    command += [word for axis in over for word in ("--over", axis)]
    began = time.monotonic()
    with open(folder / "shown.json", "wb") as shown:
        process = subprocess.Popen([*command, "--format", "json"], stdout=shown, cwd=folder)
        _, status, used = os.wait4(process.pid, 0)
    assert status == 0, "the command failed"
    passed = time.monotonic() - began
    printed = json.loads((folder / "shown.json").read_text())
    return Measured(used.ru_utime + used.ru_stime, passed, used.ru_maxrss * 1024, printed)


def check(over: list[str], columns: str) -> int:
    """How many of some candidates `load` has other figures for."""
    found = cnnspec.sweep(FAMILY, over, columns=columns, sample=CHECKED * 50)
    wrong = 0
    for place in random.Random(0).sample(range(found.kept), CHECKED):
        network = cnnspec.loads(FAMILY, **found.candidate(int(found["number"][place])))
        field = network.receptive_field
        assert field is not None
        wanted = (network.params, network.macs, min(field.size))
        wrong += wanted != tuple(found[name][place] for name in ("params", "macs", "receptive_field"))
    return wrong


def write_row(what: str, measured: Measured) -> None:
    cpu, passed, memory, found = measured
    count = int(str(found["done"]))
    print(
        f"{what:45} {count:>10,} candidates {cpu:7.2f} CPU s {count / cpu:>11,.0f} a CPU second, {passed:7.2f} s of the clock"
        f" {memory / 2**20:6.0f} MiB  {found['structures']} structures, {found['one_by_one']} one by one",
        flush=True,
    )


def compare(folder: Path, candidates: int, *crew: str) -> None:
    """The first row, by one process and by others."""
    what, over, columns, _ = ROWS[0]
    asked = ("--where", "params < 5M and w[0] <= w[1]", "--pareto", "params,macs", "--histogram", "params,macs")
    one = measure(folder, over, columns, candidates, *asked)
    write_row(what, one)
    others = measure(folder, over, columns, candidates, *asked, *crew)
    write_row(f"  {' '.join(crew)}", others)
    work = ("seconds", "structures")
    same = all([others.printed[name] == value for name, value in one.printed.items() if name not in work])
    print("the answer is the same" if same else "THE ANSWER DIFFERS")


def go_through(folder: Path, candidates: int, *crew: str) -> None:
    """A whole space of about so many candidates, as a table and without one."""
    over = ["size=96..256:32", "w[1]=8..128:8", "w[2]=8..160:8", "w[3]=8..160:8", "t=2..6", "k=3,5,7"]
    left = max(candidates // (6 * 16 * 20 * 20 * 5 * 3), 1)
    over.append(f"w[0]=8..{8 * left}:8")
    asked = ("--histogram", "params,macs,receptive_field", "--pareto", "params,macs", *crew)
    write_row("a whole space", measure(folder, over, "params,macs,receptive_field", None, *asked))
    table = measure(folder, over, "params,macs,receptive_field", None, *asked, "-o", "table.csv", "--force")
    write_row(f"  as a table of {(folder / 'table.csv').stat().st_size / 2**20:,.0f} MiB", table)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidates", nargs="?", default="1e6")
    parser.add_argument("--jobs")
    parser.add_argument("--dask")
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    candidates = int(float(options.candidates))
    crew = [
        word for name, value in (("--jobs", options.jobs), ("--dask", options.dask)) if value for word in (name, value)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "family.cnn").write_text(FAMILY)
        if options.whole:
            return go_through(folder, candidates, *crew)
        if crew:
            return compare(folder, candidates, *crew)
        for what, over, columns, share in ROWS:
            write_row(what, measure(folder, over, columns, int(candidates * share)))
    for over, columns in ((TEN, "params,macs,receptive_field"), (DEPTHS, "params,macs,receptive_field")):
        print(f"wrong among {CHECKED} that `load` was asked about: {check(over, columns)}")
    return None


if __name__ == "__main__":
    main()
