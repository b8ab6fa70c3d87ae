"""A sweep for the tests of those who compute its parts: what is asked, what is compared, and how one of them is killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from cnnspec.base.source import Source
from cnnspec.sweep.json import write_data
from cnnspec.sweep.question import make_request
from cnnspec.sweep.sweep import Found, run_sweep
from cnnspec.syntax.parse import parse

TEXT = """model Net(size=12, w=[4, 8], k=3, act=relu, n=1) {
  input (size, size, 3)
  conv(w[0], k) -> act -> maxpool(2) -> conv(w[1], k, groups=2) * n
  gap -> dense(10)
}
"""
OVER = ["size=1..40", "w[0]=2..21", "w[1]=1..20", "k=1..5", "n=0..2"]  # 240,000; n decides the structure
ASKED: dict[str, Any] = {
    "where": "macs < 2M",
    "by": "-coverage,macs",
    "pareto": "params,-receptive_field,macs",
    "histogram": "macs,coverage,k",
}


def ask(over: list[str] = OVER, **asked: Any) -> Any:
    return make_request(parse(Source("net.cnn", TEXT)), None, {}, over, **{**ASKED, **asked})


def run(request: Any, crew: Any = None, step: Callable[[int], None] | None = None) -> tuple[dict[str, Any], list[Any]]:
    """What is printed as JSON without what depends on who computes, and all rows that are kept, by their numbers."""
    rows: list[Any] = []

    def keep(kept: Any) -> None:
        columns = [*kept.digits, *[column.filled(-1) for columns in kept.figures for column in columns]]
        rows.extend(zip(*[column.tolist() for column in columns], strict=True))

    found = run_sweep(request, step, [keep], crew)
    return only_asked(found), sorted(rows)


def only_asked(found: Found) -> dict[str, Any]:
    data = write_data(found, "Net", "net.cnn")
    del data["seconds"], data["structures"]
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


def kill_at(number: int, find: Callable[[], int]) -> Callable[[int], None]:
    """What kills a process when so many parts are done."""
    parts = []

    def step(count: int) -> None:
        parts.append(count)
        if len(parts) == number:
            os.kill(find(), signal.SIGKILL)

    return step


def find_child() -> int:
    import multiprocessing

    return int(multiprocessing.active_children()[0].pid or 0)
