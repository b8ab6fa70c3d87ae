"""Keras's dtype policies: those whose weights are float32, and what the others compute in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnspec.model_files.keras.calls import Call

MIXED = ("mixed_float16", "mixed_bfloat16")  # which compute in half precision with float32 weights


def dtype_problem(config: dict[str, Any]) -> str:
    """Why a layer's dtype policy cannot be said, "" where its weights are float32: in what it computes is no part of a
    network, but of its training (`precision`)."""
    dtype = policy(config)
    known = dtype in ("float32", None, *MIXED)
    return "" if known else f"its dtype is {dtype}, and the language's layers compute in float32"


def policy(config: dict[str, Any]) -> Any:
    """The name of a layer's dtype policy: "float32", "mixed_float16"."""
    dtype: Any = config.get("dtype", "float32")
    if not isinstance(dtype, dict):
        return dtype
    inner = dtype.get("config")
    plain = dtype.get("class_name") == "DTypePolicy" and isinstance(inner, dict)
    return inner.get("name") if plain and isinstance(inner, dict) else dtype.get("class_name")


def computed_in(calls: list[Call]) -> str:
    """What is to be said of the half precision that some layers of a model compute in, "" where none does."""
    found = {name: sum(policy(c.config) == name for c in calls) for name in MIXED}
    return "; ".join(
        [
            f"{count} of its {len(calls)} layers compute in {name}: write precision = {name} into its train section"
            for name, count in found.items()
            if count
        ]
    )
