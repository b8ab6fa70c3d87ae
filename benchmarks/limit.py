"""What each command takes at the limit of layers: python benchmarks/limit.py [--only WORDS] [--verbs check,rf] [--most 10]

CPU seconds (user + system) and peak memory of whole commands on networks of limits.MAX_LAYERS layers. What takes more
than `--most` seconds, or a GiB, is marked; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from growth import VERBS

from cnnspec.base.limits import MAX_LAYERS

ROOT = Path(__file__).parents[1]
CONV = "conv(4, 3x3, padding=same)"
NETWORKS = {
    "convolutions": f"input 8x8x4\n{CONV} * {MAX_LAYERS}\n",
    "convolution, norm, activation": f"input 8x8x4\n{{ {CONV} -> bn -> relu }} * {MAX_LAYERS // 3}\n",
    "additions": f"input 8x8x4\n{{ add(in, {CONV}) }} * {MAX_LAYERS // 2}\n",
    "convolutions, unknown sizes": f"input ?x?x4\n{CONV} * {MAX_LAYERS}\n",
    "many models": "".join([f"model M{i} {{ input 8x8x4; {CONV} * 99 }}\n" for i in range(MAX_LAYERS // 100)]),
}
ONE_MODEL = ("summary", "rf", "lost", "cost", "explain", "sizes", "diff", "compile")
MOST_MIB = 1024


def measured(command: list[str]) -> tuple[float, float]:
    """CPU seconds and MiB at the peak of a command, whose output is thrown away."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    whole = [sys.executable, "-m", "cnnspec", *command]
    run = subprocess.Popen(whole, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT)
    _, _, used = os.wait4(run.pid, 0)
    kibi = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
    return used.ru_utime + used.ru_stime, kibi / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="the networks whose names have these words in them, comma between")
    parser.add_argument("--verbs", default=",".join(VERBS), help=", ".join(VERBS))
    parser.add_argument("--most", type=float, default=10, help="CPU seconds from which on a command is marked (10)")
    options = parser.parse_args()
    wanted, marked = options.only.split(","), 0
    print(f"{'network':32}{'command':12}{'seconds':>8}{'MiB':>8}")
    for name, text in NETWORKS.items():
        if not any(word in name for word in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "net.cnn")
            path.write_text(text, encoding="utf-8")
            words = {"NET": str(path), "OTHER": str(path), "OUT": str(Path(folder, "out.py"))}
            for verb in options.verbs.split(","):
                if name == "many models" and verb in ONE_MODEL:
                    continue
                seconds, peak = measured([words.get(word, word) for word in VERBS[verb]])
                over = seconds > options.most or peak > MOST_MIB
                marked += over
                print(f"{name:32}{verb:12}{seconds:8.2f}{peak:8.0f}{' !' * over}", flush=True)
    return 1 if marked else 0


if __name__ == "__main__":
    sys.exit(main())
