"""How fast Python sources are checked: python benchmarks/python_source.py [FILES] (Linux alone)

For each file, or the whole corpus of the tests: the CPU time of `cnnspec check FILE --no-cache`, beside that of Python
importing Keras, which running the file would begin with, in the same run; and of reading alone beside Python's own parser.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sys
import time
from pathlib import Path

from speed import ROOT, cpu_seconds

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.pipeline import analyse

CORPUS = ROOT / "tests" / "python_source" / "corpus"
CNNSPEC = [sys.executable, "-m", "cnnspec"]


def time_read(source: Source) -> tuple[float, float]:
    """Seconds of CPU time that the analysis takes, and Python's parser, the better of three."""
    analysed, parsed = [], []
    for _ in range(3):
        begun = time.process_time()
        analyse(source)
        between = time.process_time()
        ast.parse(source.text)
        parsed.append(time.process_time() - between)
        analysed.append(between - begun)
    return min(analysed), min(parsed)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    keras = cpu_seconds([sys.executable, "-c", "import keras"], options.runs)
    rows = []
    for path in options.files or sorted(CORPUS.glob("*/*.py")):
        source = read(str(path))
        if isinstance(source, Diagnostic):
            parser.error(source.message)
        rows.append((*time_read(source), source.text.count("\n"), path))
    rows.sort()
    print(f"{len(rows)} files of {statistics.median([row[2] for row in rows])} lines; `import keras`: {keras:.2f} s")
    for name, row in (("the median file", rows[len(rows) // 2]), ("the slowest", rows[-1])):
        analysed, parsed, lines, path = row
        checked = cpu_seconds([*CNNSPEC, "check", str(path), "--no-cache"], options.runs)
        print(
            f"{name}, {path.name} ({lines} lines): analysed in {analysed * 1000:.1f} ms, "
            f"{analysed / parsed:.0f} x ast.parse; the whole check {checked:.3f} s, {checked / keras:.3f} x importing Keras"
        )


if __name__ == "__main__":
    main()
