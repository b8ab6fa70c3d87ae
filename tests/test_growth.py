"""How work grows with the text: a text four times as long takes about four times as many calls of functions, not sixteen.

Counted are calls, of Python's functions and of those written in C, which are the same on every machine. A case is a
construct of benchmarks/constructs.py with the commands and the number of it that are compared with four times that number.
`benchmarks/growth.py` measures the time of all of them.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from cProfile import Profile
from io import StringIO
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from constructs import MISTAKES, NETWORKS, TEXTS
from growth import VERBS, written

from cnnspec.cli import main
from tests.support import IN_THOROUGH

CONSTRUCTS = {**NETWORKS, **TEXTS, **MISTAKES}
TIMES = 4
MOST = 6  # times the calls: linear is at most 4, n log n little more, n^2 is 16

CASES = """
    ignores without use: concise                                 50
    ignores that are used: concise                               40
    ignores of the file: concise                                 100
    models: check                                                30
    branches of a merge: diff, format                            50
    uses of a shared function: diff                              60
    names, used far away: check, diff                            40
    outputs: check                                               100
    terms of a sum: check, format                                200
    terms of a layer's sum: format                               200
    comparisons: format                                          100
    parts of an or: format                                       100
    elements of a list: check, format                            200
    parameters with values: check, format                        60
    values of a parameter: check, format                         60
    holes: check, format                                         60
    holes of one name: check                                     60
    holes in blocks and models: check                            30
    settings: format                                             200
    blank lines between: check, format                           60
    a long string: check, format                                 100
    one unknown layer, often: check                              50
    one error in each call: check                                50
    unknown names in blocks: check                               100
    unknown outputs among many: check                            60
    unknown arguments in a call: check                           100
    names that a file has not: check                             60
    activations given twice: fix                                 20
"""


def rows() -> list[tuple[str, str, int]]:
    found = []
    for line in CASES.strip().splitlines():
        name, _, rest = line.strip().partition(":")
        *verbs, n = rest.replace(",", " ").split()
        found += [(name, verb, int(n)) for verb in verbs]
    return found


def calls(name: str, verb: str, n: int, folder: Path) -> int:
    """How many calls of functions a command makes on a text with n of a construct."""
    folder.mkdir()
    words = written(CONSTRUCTS[name], n, folder)
    said, profile = StringIO(), Profile()
    with redirect_stdout(said), redirect_stderr(said), profile:
        main([words.get(word, word) for word in VERBS[verb]])
    assert "internal error" not in said.getvalue(), said.getvalue()
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize(("name", "verb", "n"), rows(), ids=lambda value: str(value))
def test_four_times_the_text_takes_four_times_the_work(name: str, verb: str, n: int, tmp_path: Path) -> None:
    calls(name, verb, 1, tmp_path / "first")  # what is loaded and remembered once
    small, large = calls(name, verb, n, tmp_path / "small"), calls(name, verb, TIMES * n, tmp_path / "large")
    assert large < MOST * small, f"{small:,} calls, and {large:,} for {TIMES} times the text"


@IN_THOROUGH
def test_all_rules_take_a_few_times_the_work_of_the_default_ones(tmp_path: Path) -> None:
    """On an honest network with findings, whose repairs are tried with many other input sizes."""
    path = Path(__file__).parents[1] / "examples" / "resnet50_keras.cnn"
    CONSTRUCTS["example"] = lambda n: path.read_text(encoding="utf-8")
    calls("example", "check-all", 1, tmp_path / "first")
    some, every = (calls("example", verb, 1, tmp_path / verb) for verb in ("check", "check-all"))
    assert every < 4 * some, f"{some:,} calls, and {every:,} with --select ALL"


def test_what_grows_faster_would_be_seen(tmp_path: Path) -> None:
    """The harness tells n^2 from n: every element of a list, compared with every other."""
    CONSTRUCTS["everything twice"] = lambda n: NETWORKS["layers, one a line"](n * n // 10)
    small, large = (calls("everything twice", "check", n, tmp_path / str(n)) for n in (30, 120))
    assert large > MOST * small
