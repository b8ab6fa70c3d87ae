"""What a trace takes: python benchmarks/trace.py [--most 20]

CPU seconds (user + system) and peak memory of whole commands: one value of a large network, all values of small ones, and
the way back; beside them `cnnspec summary` of the same network. What takes more than `--most` seconds, or 2 GiB, is marked;
the exit status is then 1.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from limit import measured

EXAMPLES = Path(__file__).parents[1] / "examples"
COMMANDS = (
    "resnet50.cnn conv53 --at 3,3,5 --input random",
    "resnet50.cnn dense1 --at 7 --input random",
    "vgg16.cnn conv13 --at 7,7,0 --input random",
    "lenet5.cnn --layers conv1,conv2,dense3",
    "lenet5.cnn --layers conv1,dense3 --gradient ones",
    "lectures/lecture0_xo.cnn --format html",
)
MOST_MIB = 2048


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=float, default=20, help="CPU seconds from which on a command is marked (20)")
    options = parser.parse_args()
    marked = 0
    print(f"{'cnnspec trace':52}{'seconds':>8}{'MiB':>7}{'of summary':>12}")
    for command in COMMANDS:
        file, *words = command.split()
        seconds, mebi = measured(["trace", str(EXAMPLES / file), *words])
        plain, _ = measured(["summary", str(EXAMPLES / file)])
        over = seconds > options.most or mebi > MOST_MIB
        marked += over
        print(f"{command:52}{seconds:8.2f}{mebi:7.0f}{seconds / plain:11.1f}x{' <<<' * over}")
    return bool(marked)


if __name__ == "__main__":
    raise SystemExit(main())
