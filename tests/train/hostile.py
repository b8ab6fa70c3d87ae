"""Run folders to tamper with, for tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.train.errors import TrainingFailed

NET = """input 8x8x1
flatten -> dense(10, softmax)
train {
  data = digits; epochs = 2; batch = 256
  callbacks = [early_stopping(patience=5), csv_logger("logs/log.csv"), backup_and_restore("a/b")]
}
"""


def sentence(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a verb says when it refuses: the last line, and never a traceback."""
    capsys.readouterr()
    assert main(list(words)) in (1, 2), words
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert "internal error" not in said.err
    last = said.err.strip().splitlines()[-1]
    assert last.startswith("cnnspec: "), said.err
    return last


DEEP = "@deep@"  # stands for 100,000 lists in one another


WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    0.5,
    10**400,
    "@1e999@",
    "@NaN@",
    "x\0y",
    "\ud800",
    [],
    [[]],
    {},
    {"": 1},
    DEEP,
)


def written(value: Any) -> str:
    text = json.dumps(value)
    for word in ("1e999", "NaN"):
        text = text.replace(f'"@{word}@"', word)
    return text.replace(json.dumps(DEEP), "[" * 100_000 + "]" * 100_000)


def fields(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, inner in value.items():
        yield (*above, key)
        if isinstance(inner, dict):
            yield from fields(inner, (*above, key))


def changed(whole: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    return {**whole, path[0]: changed(whole[path[0]], path[1:], value)}


def without(whole: Any, path: tuple[str, ...]) -> Any:
    if len(path) == 1:
        return {key: value for key, value in whole.items() if key != path[0]}
    return {**whole, path[0]: without(whole[path[0]], path[1:])}


def refusal(read: Callable[[], Any]) -> str | None:
    try:
        read()
    except TrainingFailed as error:
        return error.message
    return None
