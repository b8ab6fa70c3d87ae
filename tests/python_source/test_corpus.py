"""The files of the corpus are read as Keras builds them: every layer's class, shapes and parameters."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.python_source.comparing import CORPUS, find_source, judge, read_source, read_truth

TRUTHS = sorted(CORPUS.glob("*/*.truth.json"))
LEAST, LEAST_OF_A_STYLE = 0.85, 0.6  # of the known models come out whole


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[Path, str, list[str]]]:
    """For every known model the file, how it is read, and what is said of it that is not so."""
    found = []
    for truth in TRUTHS:
        path = find_source(truth)
        reading = read_source(path)
        for model in read_truth(truth):
            if model["known"]:
                found.append((path, *judge(reading, model, path)))
    return found


def test_nothing_is_said_that_is_not_so(verdicts: list[tuple[Path, str, list[str]]]) -> None:
    assert [(path.name, wrong) for path, how, wrong in verdicts if how == "wrong"] == []


def test_most_known_models_are_read_whole(verdicts: list[tuple[Path, str, list[str]]]) -> None:
    counts: dict[str, Counter[str]] = {}
    for path, how, _ in verdicts:
        counts.setdefault(path.relative_to(CORPUS).parts[0], Counter())[how] += 1
    shares = {style: count["whole"] / count.total() for style, count in counts.items()}
    for style, count in counts.items():
        print(f"{style:12} {shares[style]:6.0%} {dict(count)}")
    assert min(shares.values()) >= LEAST_OF_A_STYLE
    assert sum(count["whole"] for count in counts.values()) >= LEAST * sum(count.total() for count in counts.values())


def test_no_mistake_is_found_in_what_keras_builds() -> None:
    found = {truth.name: read_source(find_source(truth)).found for truth in TRUTHS}
    assert {name: mistakes for name, mistakes in found.items() if mistakes} == {}
