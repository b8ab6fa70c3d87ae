"""How many candidates a CPU second `cnnspec sweep` goes through: python benchmarks/sweep.py [CANDIDATES]

CPU time (user + system) of whole commands, their start included, on a family like MobileNetV2's: its input's size, the widths of
its seven stages, the expansion and the kernel, ten parameters; and with the depths of the seven stages, which decide the structure.
Some of the candidates are held against `load`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

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


def measure(folder: Path, over: list[str], columns: str, candidates: int) -> tuple[float, int, dict[str, object]]:
    """CPU seconds, the largest memory in bytes, and what the command prints."""
    command = [
        sys.executable,
        "-m",
        "cnnspec",
        "sweep",
        "family.cnn",
        "--columns",
        columns,
        "--sample",
        str(candidates),
    ]
    command += [word for axis in over for word in ("--over", axis)]
    with open(folder / "shown.json", "wb") as shown:
        process = subprocess.Popen([*command, "--format", "json"], stdout=shown, cwd=folder)
        _, status, used = os.wait4(process.pid, 0)
    assert status == 0, "the command failed"
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, json.loads((folder / "shown.json").read_text())


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


def main() -> None:
    candidates = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "family.cnn").write_text(FAMILY)
        for what, over, columns, share in ROWS:
            count = int(candidates * share)
            seconds, memory, found = measure(folder, over, columns, count)
            print(
                f"{what:45} {count:>10,} candidates {seconds:7.2f} s {count / seconds:>11,.0f} a second {memory / 2**20:6.0f} MiB"
                f"  {found['structures']} structures, {found['one_by_one']} one by one",
                flush=True,
            )
    for over, columns in ((TEN, "params,macs,receptive_field"), (DEPTHS, "params,macs,receptive_field")):
        print(f"wrong among {CHECKED} that `load` was asked about: {check(over, columns)}")


if __name__ == "__main__":
    main()
