"""No verb takes long over a tiny spec, whatever numbers are in it: counted in calls, on a machine of little memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from cnnspec.base.limits import MAX_VALUES
from cnnspec.elaborate.layer_placer import find_count_problem
from tests.cli.tiny_specs import LOOPS, SPECS
from tests.support import THOROUGH, sample, unwrap

ALL_VERBS = (
    "summary", "check --no-cache", "check --no-cache --select ALL", "rf", "lost", "lost --format json", "cost", "explain",
    "sizes", "draw", "compile", "diff", "format --diff", "fix --diff --unsafe-fixes",
)  # fmt: skip
VERBS = ALL_VERBS if THOROUGH else tuple(verb for verb in ALL_VERBS if verb not in ("check --no-cache", "lost"))
# Where loops are what takes long, every verb runs them once or twice, and then shows one layer. These try repairs too.
LOOP_VERBS = ALL_VERBS if THOROUGH else ("check --no-cache --select ALL", "fix --diff --unsafe-fixes")
MOST_CALLS = 6_000_000  # of Python functions, for a verb
MEMORY = 2 * 2**30

# Reads the path of a spec and the verbs, in a line, and answers with the exit status of a process that ran them, which has
# written what they print beside the spec. All is imported before, once, by the same verbs on a network without loops.
SERVE = """
import cProfile, os, resource, sys
from cnnspec.cli import main

def run(path, verbs):
    for verb in verbs:
        name, *options = verb.split()
        print("==", verb, flush=True)
        profile = cProfile.Profile(builtins=False)
        profile.enable()
        try:
            status = main([name, path, *([path] if name == "diff" else []), *options])
        except SystemExit as end:
            status = end.code
        profile.disable()
        calls = sum(entry.callcount for entry in profile.getstats())
        assert calls < int(sys.argv[1]), f"{verb}: {calls} calls"
        print("==", status, flush=True)

def answer(path, verbs):
    said = os.open(f"{path}.said", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (300, 300))  # what runs away ends
    run(path, verbs)

run(sys.argv[3], sys.argv[4:])
print("ready", flush=True)
for line in sys.stdin:
    path, *verbs = line.rstrip("\\n").split("\\t")
    process = os.fork()
    if process == 0:
        answer(path, verbs)
        os._exit(0)
    print(os.waitpid(process, 0)[1], flush=True)
"""
WARM = "input 9x9x3\nconv(4, 3x3, stride=4) -> relu -> relu\n"


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, Sequence[str]], int]]:
    """Exit status of a process of little memory that runs verbs on a spec."""
    warm = tmp_path_factory.mktemp("tiny") / "warm.cnn"
    warm.write_text(WARM)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(MOST_CALLS), str(MEMORY), str(warm), *ALL_VERBS],
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=warm.parent,
    )  # fmt: skip
    assert server.stdin is not None and server.stdout is not None
    while server.stdout.readline() != "ready\n":
        assert server.poll() is None

    def ask(spec: Path, verbs: Sequence[str]) -> int:
        print(spec, *verbs, sep="\t", file=server.stdin, flush=True)
        return int(server.stdout.readline())

    yield ask
    server.stdin.close()
    server.wait()


DEAR = (  # each has kin
    "dilations", "upsampled by a prime", "primes", "a loop over a list", "a loop that counts", "a loop that chooses",
    "constants that double", "blocks that double", "dilations on a map",
)  # fmt: skip


@pytest.mark.parametrize("name", sample((*SPECS, *LOOPS), DEAR))
def test_every_verb_answers_soon(name: str, tmp_path: Path, answering: Callable[[Path, Sequence[str]], int]) -> None:
    text, said = {**SPECS, **LOOPS}[name]
    verbs = LOOP_VERBS if name in LOOPS else VERBS
    spec = tmp_path / "net.cnn"
    spec.write_text(text + "\n")
    status = answering(spec, verbs)
    shown = (tmp_path / "net.cnn.said").read_text(encoding="utf-8")
    assert status == 0 and "Traceback" not in shown, shown[-4000:]
    endings = [line for line in shown.splitlines() if line in ("== 0", "== 1", "== 2")]
    assert len(endings) == len(verbs)
    assert said in unwrap(shown)


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
