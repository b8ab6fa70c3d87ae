"""What is known of each output of a model, asked as if there were one."""

from __future__ import annotations

from cnnspec.base.join_words import join_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    Value = TypeVar("Value")


def take_only(outputs: Mapping[str, Value]) -> Value:
    """That of the only output. ValueError, in a sentence, where there are several."""
    if len(outputs) > 1:
        raise ValueError(f"the model has the outputs {join_words(list(outputs))}: take outputs[name]")
    return next(iter(outputs.values()))
