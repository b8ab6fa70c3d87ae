"""Legal, lossless and strict input sizes against building the network with every size."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import network_cases
import pytest
from example_files import FILES, networks, relative
from hypothesis import given
from hypothesis import strategies as st
from size_cases import resized, rough_networks, truth
from support import cases

from cnnspec.analyses.input_sizes import InputSizes
from cnnspec.analyses.sizing import KINDS
from cnnspec.pipeline import analyse, input_sizes
from cnnspec.source import Source

SMALL, LARGE = 12, 60  # layers, from which on not every size is tried


def found(text: str) -> InputSizes | None:
    (network,) = analyse(Source("net.cnn", text)).networks
    return input_sizes(network)


def claimed(sizes: InputSizes, *values: int) -> tuple[bool, ...]:
    """Whether all axes, each at its value, are said to be legal, lossless, strict."""
    by_axis = [(axis, values[i % len(values)]) for i, axis in enumerate(sizes.axes)]
    sets = [[(axis.kinds[kind].sizes, n) for axis, n in by_axis] for kind in range(len(KINDS))]
    assert all(members is not None for kind in sets for members, _ in kind)
    return tuple(all(members is not None and n in members for members, n in kind) for kind in sets)


def compare(text: str, sizes: InputSizes, tried: Iterable[int], model: str | None = None) -> None:
    for n in tried:
        assert claimed(sizes, n) == truth(resized(text, n), model), (text, n)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_examples(path: Path) -> None:
    for name, network in networks(path).items():
        sizes = input_sizes(network)
        assert sizes is not None
        layers = len(network.graph.nodes)
        step = 1 if layers < SMALL else 7 if layers < LARGE else 37
        if sizes.axes:
            compare(network.source.text, sizes, range(1, 301, step), network.item and network.item.name.text)


@cases(1)
@given(rough_networks(), st.integers(0, 6))
def test_random_networks(text: str, first: int) -> None:
    sizes = found(text)
    if sizes is None:
        assert not any(truth(resized(text, n))[0] for n in range(1 + first, 120, 7)), text
    elif len(sizes.axes) == 2:
        for h in range(1 + first, 301, 7):
            w = (h * 37 + first) % 300 + 1
            assert claimed(sizes, h, w) == truth(resized(text, h, w)), (text, h, w)
    else:
        compare(text, sizes, range(1 + first, 301, 7))


@cases(0.3)
@given(network_cases.networks())
def test_random_architectures(text: str) -> None:
    sizes = found(text)
    assert sizes is not None
    if sizes.axes:
        compare(text, sizes, range(1, 49, 5))
