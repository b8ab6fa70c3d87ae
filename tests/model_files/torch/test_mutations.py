"""Archives with one thing changed at random: a graph or one refusal comes out, never a traceback."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.facts.facts import Facts
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.archive import read_archive
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.to_graph import convert_program, read_torch_file, start_graph
from tests.model_files.torch.archives import fixture, read_json, write_archive
from tests.support import THOROUGH

SEEDS = ("tiny", "tiny_core", "tiny_training_core", "tiny_open", "standardised_weights", "no_gradient", "two_inputs", "transposed", "shared", "operators", "in_place")  # fmt: skip
NONSENSE = [None, -1, 0, 1, 2, 7, "x", "", [], {}, [1, 2], [[["a"]]], True, 1.5, 10**30, 2**63, {"as_int": 3}, {"as_tensor": {"name": "x"}}, {"name": "x"}]  # fmt: skip
COUNT = 1000 if THOROUGH else 20  # of each


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def find(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def mutate(saved: dict[str, Any], paths: list[tuple[Any, ...]], chance: random.Random) -> None:
    """One change: nonsense, another number, what stands elsewhere, something missing, doubled, or in another order."""
    *outer, key = chance.choice(paths)
    holder = find(saved, tuple(outer))
    way = chance.randrange(6)
    if way == 0:
        holder[key] = chance.choice(NONSENSE)
    elif way == 1 and isinstance(holder[key], (int, float)):
        holder[key] = holder[key] * chance.choice([-1, 0, 2, 1000]) + chance.choice([-1, 0, 1])
    elif way == 2:
        holder[key] = json.loads(json.dumps(find(saved, chance.choice(paths))))
    elif way == 3:
        del holder[key]
    elif way == 4 and isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), holder[key])
    elif isinstance(holder[key], list):
        chance.shuffle(holder[key])
    else:
        holder[key] = chance.choice(NONSENSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_program(seed: str, tmp_path: Path) -> None:
    whole, chance, reached, made = json.dumps(read_json(seed)), random.Random(seed), 0, 0
    paths = list(places(json.loads(whole)))
    for _ in range(COUNT):
        saved = json.loads(whole)
        mutate(saved, paths, chance)
        try:
            path = str(write_archive(tmp_path / "net.pt2", saved))
            program = read_archive(path)
            reached += 1
            graph = convert_program(read_program(path, program), start_graph(path))
        except ModelRefused:
            continue
        made += 1
        assert Facts(graph).total.parameters >= 0
    assert reached > COUNT / 2, "most are archives whose graph is read"
    assert made, "some are networks all the same"


def test_changed_bytes(tmp_path: Path) -> None:
    whole, chance, path = fixture("tiny").read_bytes(), random.Random(1), tmp_path / "net.pt2"
    for _ in range(COUNT):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        with contextlib.suppress(ModelRefused):
            read_torch_file(str(path))
