"""No verb takes long over a tiny spec, whatever numbers are in it: counted in calls, on a machine of little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.base.limits import MAX_VALUES
from cnnspec.elaborate.layer_placer import find_count_problem
from tests.cli.tiny_specs import LOOPS, SPECS
from tests.support import THOROUGH, sample, unwrap

ALL_VERBS = (
    "summary", "check --no-cache", "check --no-cache --select ALL", "rf", "lost", "lost --format json", "cost", "explain",
    "sizes", "compile", "diff", "format --diff", "fix --diff --unsafe-fixes",
)  # fmt: skip
VERBS = ALL_VERBS if THOROUGH else tuple(verb for verb in ALL_VERBS if verb not in ("check --no-cache", "lost"))
# Where loops are what takes long, every verb runs them once or twice, and then shows one layer. These try repairs too.
LOOP_VERBS = ALL_VERBS if THOROUGH else ("check --no-cache --select ALL", "fix --diff --unsafe-fixes")
MOST_CALLS = 6_000_000  # of Python functions, for a verb
MEMORY = 2 * 2**30

RUN = """
import cProfile, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (300, 300))  # what runs away ends
from cnnspec.cli import main

for verb in sys.argv[4:]:
    name, *options = verb.split()
    print("==", verb, flush=True)
    profile = cProfile.Profile(builtins=False)
    profile.enable()
    try:
        status = main([name, sys.argv[1], *([sys.argv[1]] if name == "diff" else []), *options])
    except SystemExit as end:
        status = end.code
    profile.disable()
    calls = sum(entry.callcount for entry in profile.getstats())
    assert calls < int(sys.argv[2]), f"{verb}: {calls} calls"
    print("==", status, flush=True)
"""


DEAR = (  # each has kin
    "dilations", "upsampled by a prime", "primes", "a loop over a list", "a loop that counts", "a loop that chooses",
    "constants that double", "blocks that double", "dilations on a map",
)  # fmt: skip


@pytest.mark.parametrize("name", sample((*SPECS, *LOOPS), DEAR))
def test_every_verb_answers_soon(name: str, tmp_path: Path) -> None:
    text, said = {**SPECS, **LOOPS}[name]
    verbs = LOOP_VERBS if name in LOOPS else VERBS
    spec = tmp_path / "net.cnn"
    spec.write_text(text + "\n")
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(spec), str(MOST_CALLS), str(MEMORY), *verbs],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0 and "Traceback" not in ran.stdout + ran.stderr, ran.stdout[-2000:] + ran.stderr[-2000:]
    endings = [line for line in ran.stdout.splitlines() if line in ("== 0", "== 1", "== 2")]
    assert len(endings) == len(verbs)
    assert said in unwrap(ran.stdout + ran.stderr)


@pytest.mark.parametrize(
    ("shape", "fits"),
    [((MAX_VALUES,), True), ((2**31, 2**31, 1), True), ((2**32, 2**31), False), ((MAX_VALUES, 2), False), ((), True)],
)
def test_a_tensor_has_as_many_values_as_numpy_counts(shape: tuple[int, ...], fits: bool) -> None:
    import numpy as np

    if fits:
        assert np.broadcast_to(np.int8(0), shape).size <= MAX_VALUES
    else:
        with pytest.raises(ValueError, match="too large"):
            np.broadcast_to(np.int8(0), shape)
    assert (find_count_problem("it", shape) is None) is fits
