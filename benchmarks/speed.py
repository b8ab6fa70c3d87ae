"""How fast `cnnspec check` is, as ratios measured in one run: python benchmarks/speed.py

Process CPU time (user + system) of whole commands, medians of several runs. The Keras part is left out where Keras
is not installed.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESNET = ROOT / "examples" / "resnet50.cnn"
KERAS = "import keras; keras.applications.ResNet50(weights=None).summary()"
HEAVY = ("numpy", "rich", "keras", "tensorflow")


def cpu_seconds(command: list[str], runs: int) -> float:
    """Median CPU time of a command, the first run not counted (it writes byte code)."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=False, capture_output=True, env=environment, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times[1:])


def chain(layers: int) -> str:
    """A spec of that many layers, written out: convolution, normalisation, activation."""
    return "input 32x32x16\n" + "conv(16, 3x3, padding=same) -> bn -> relu\n" * (layers // 3)


def check_seconds(text: str, runs: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chain.cnn")
        path.write_text(text)
        return cpu_seconds([sys.executable, "-m", "cnnspec", "check", "--no-cache", str(path)], runs)


def main() -> None:
    check = [sys.executable, "-m", "cnnspec", "check", str(RESNET)]
    bare = cpu_seconds([sys.executable, "-c", "pass"], 15)
    cold = cpu_seconds([*check, "--no-cache"], 15)
    with tempfile.TemporaryDirectory() as folder:
        again = cpu_seconds([*check, "--cache-dir", folder], 15)  # the first run, which fills it, is not counted
    print(f"python -c pass                      {bare * 1e3:8.1f} ms")
    print(f"cnnspec check examples/resnet50.cnn {cold * 1e3:8.1f} ms = {cold / bare:.1f} x python -c pass")
    print(f"the same, unchanged since the last  {again * 1e3:8.1f} ms = {again / bare:.1f} x python -c pass")
    probe = f"import sys; from cnnspec.cli import main; main(['check', '--no-cache', {str(RESNET)!r}]); print([m for m in {HEAVY!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    print(f"heavy modules that it imported      {shown.splitlines()[-1]}")
    if importlib.util.find_spec("keras"):
        keras = cpu_seconds([sys.executable, "-c", KERAS], 3)
        print(f"Keras's own build and summary       {keras * 1e3:8.1f} ms = {keras / cold:.0f} x cnnspec check")
    small, large = check_seconds(chain(10_000), 5), check_seconds(chain(100_000), 3)
    print(f"check of 10,000 layers              {small * 1e3:8.1f} ms")
    print(
        f"check of 100,000 layers             {large * 1e3:8.1f} ms = {large / small:.1f} x 10,000; {100_000 / large:,.0f} layers a second"
    )


if __name__ == "__main__":
    main()
