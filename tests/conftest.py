"""How hypothesis runs: moderate by default, `HYPOTHESIS_PROFILE=thorough` for a long search; the same every time in CI."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import sys
import tempfile
from collections import Counter

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads would wait for the cores of the other processes
os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # commands in processes of their own start from byte code, as a user's do
sys.dont_write_bytecode = (
    False  # nor are the assertions of a test file, which is read by every process, rewritten by each
)

if (
    signal.getsignal(signal.SIGINT) == signal.SIG_IGN
):  # a shell's job in the background, whose children would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "default",
    max_examples=20,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

gc.set_threshold(10_000)  # by 700 new objects each time, the collector takes a sixth of the time
numbers = itertools.count()
caches = pytest.StashKey[str]()
FIRST = ("tests/train", "tests/compile", "tests/model_files", "tests/facts", "tests/layers")
SHOWN = 0.005  # seconds: what `--durations` shows


def pytest_configure(config: pytest.Config) -> None:
    folder = tempfile.TemporaryDirectory(prefix="cnnspec-caches-")
    config.add_cleanup(folder.cleanup)
    config.stash[caches] = folder.name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rooms that ask Keras come first, so that another process takes over what is light from the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: the garbage collector need not walk it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """A test is one report instead of five messages, unless its fixtures fail or take long: a third of what a small test costs."""
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed or report.duration >= SHOWN:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Every test begins alike, whatever was run before it in this process; fixtures would take longer than a small test.

    Texts are laid out as for a pipe, without color, whoever runs the tests. What one test has checked is not known to
    the next, nor kept in this checkout or in the user's cache. A Keras layer that nobody named is `dense`.
    """
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        os.environ.pop(name, None)
    os.environ["CNNSPEC_CACHE_DIR"] = os.path.join(item.config.stash[caches], str(next(numbers)))
    keras = sys.modules.get("keras")
    if hasattr(keras, "backend"):
        keras.backend.clear_session(free_memory=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What is not tried by default, and why."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:>5} {reason}")
    if os.environ.get("HYPOTHESIS_PROFILE") != "thorough":
        terminalreporter.write_line(
            "Random searches are short, and what has kin is sampled: docs/contributing.md, The tests"
        )
