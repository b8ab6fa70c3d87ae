"""Normalisations that a program spells as arithmetic: what is almost one is none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model_files.torch.archives import read_json
from tests.model_files.torch.test_to_graph import OPERATORS, converted, words

ALMOST: list[
    tuple[str, str, str, str, Any]
] = [  # a layer, where it stands, an operator of it, and what makes it another
    ("lrn", "local_response_norm(x,", "avg_pool3d.default", "divisor_override", {"as_int": 1}),
    ("lrn", "local_response_norm(x,", "pad.default", "value", {"as_float": 1.0}),
    ("lrn", "local_response_norm(x,", "pad.default", "pad", {"as_ints": [0, 0, 0, 0, 1, 3]}),
    ("lrn", "local_response_norm(x,", "add.Tensor", "alpha", {"as_int": 2}),
    ("unit_normalization", "f.normalize(x)", "clamp_min.default", "min", {"as_float": 0.1}),
    ("unit_normalization", "f.normalize(x)", "linalg_vector_norm.default", "ord", {"as_int": 1}),
]


@pytest.mark.parametrize(
    ("word", "place", "operator", "argument", "value"), ALMOST, ids=[" ".join(row[2:4]) for row in ALMOST]
)
def test_what_is_almost_a_normalisation_is_none(
    word: str, place: str, operator: str, argument: str, value: Any
) -> None:
    """A sum of squares in the place of their mean, as in the paper, has other values by far."""
    saved = read_json("operators")
    own = [n for n in saved["graph_module"]["graph"]["nodes"] if place in str(n["metadata"])]
    node = next(n for n in own if n["target"].endswith(operator))
    node["inputs"] = [given for given in node["inputs"] if given["name"] != argument]
    node["inputs"].append({"name": argument, "arg": value, "kind": 2})
    assert words(converted(saved)).count(word) == OPERATORS[word] - 1
