"""Keras's dtype policies: those with float32 weights are taken, in whatever precision they compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnspec.model_files.keras.saved_calls import SavedCall

MIXED = ("mixed_float16", "mixed_bfloat16")  # which compute in half precision with float32 weights


def find_dtype_problem(config: dict[str, Any]) -> str:
    """Why a layer's dtype policy cannot be expressed, "" where its weights are float32.

    The precision of the computation is no part of a network, but of its training (`precision`).
    """
    dtype = find_policy(config)
    known = dtype in ("float32", None, *MIXED)
    return "" if known else f"its dtype is {dtype}, and the language's layers compute in float32"


def find_policy(config: dict[str, Any]) -> Any:
    """The name of a layer's dtype policy: "float32", "mixed_float16"."""
    dtype: Any = config.get("dtype", "float32")
    if not isinstance(dtype, dict):
        return dtype
    inner = dtype.get("config")
    plain = dtype.get("class_name") == "DTypePolicy" and isinstance(inner, dict)
    return inner.get("name") if plain and isinstance(inner, dict) else dtype.get("class_name")


def describe_precision(calls: list[SavedCall]) -> str:
    """A remark on layers of a model that compute in half precision, "" where none does."""
    found = {name: sum(find_policy(c.config) == name for c in calls) for name in MIXED}
    return "; ".join(
        [
            f"{count} of its {len(calls)} layer{'s' * (len(calls) != 1)} compute{'s' * (count == 1)} in {name}: write precision = {name} into its train section"
            for name, count in found.items()
            if count
        ]
    )
