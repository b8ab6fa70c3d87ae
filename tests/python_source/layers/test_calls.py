"""Calls of layers made by chance: what is said of them is what Keras does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.python_source.layers.calls import layer_calls
from tests.python_source.layers.expressions import follow
from tests.python_source.layers.keras_itself import build


@settings(max_examples=60)
@given(layer_calls())
def test_a_call_comes_to_what_keras_builds(case: tuple[str, tuple[int | None, ...]]) -> None:
    text, shape = case
    built, found = build(text, shape), follow(text, shape)
    if built.refusal:
        assert found.mistakes or not found.whole, built.refusal
        return
    assert not found.mistakes
    if found.shape is not None and built.shape is not None:
        pairs = zip(found.shape[1:], built.shape[1:], strict=True)
        assert all(ours == theirs or None in shape and theirs is None for ours, theirs in pairs)
    if found.whole:
        assert found.parameters == built.parameters


@pytest.mark.parametrize("wrapper", ["TimeDistributed", "Bidirectional", "SpectralNormalization"])
@pytest.mark.parametrize("inner", ["unknown", "None", "3", "Input((3,))"])
def test_a_layer_around_none_that_is_known_is_not_known(wrapper: str, inner: str) -> None:
    assert not follow(f"{wrapper}({inner})(x)", (4, 8)).whole
