"""How near `cnnspec solve` comes to its bound, and in what time: chains of convolutions of 64 widths each, and a MobileNetV2.

CPU time of this process. `python benchmarks/solve.py` prints the rows of docs/speed.md.
"""

from __future__ import annotations

from time import process_time

import cnnspec

BUDGET = "params <= 5M, macs <= 600M, peak_memory(dtype=int8) <= 512KiB"


def chain(count: int) -> str:
    """A chain of so many convolutions; a fifth of them halve the map."""
    every = max(1, count // 5)
    return f"""model Chain(w={[64] * count}) {{
  input 128x128x3
  for i in 0..{count - 1} {{
    if i % {every} == {every - 1} {{ conv(w[i], 3x3, stride=2, padding=same, bias=false) -> bn -> relu }}
    else {{ conv(w[i], 3x3, padding=same, bias=false) -> bn -> relu }}
  }}
  gap -> dense(1000, bias=false)
}}"""


def main() -> None:
    for count in (8, 20, 50):
        began = process_time()
        found = cnnspec.solve(chain(count), ["w[*]=8..512:8"], maximize="widths", subject=BUDGET)
        seconds = process_time() - began
        print(f"| {count} convolutions | 64^{count} | {100 * (found.gap or 0):.2f} % | {seconds:.1f} s |")


if __name__ == "__main__":
    main()
