"""Tables and arrays of small pictures for tests, and networks that take them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.train.image_sets import colour, save

WHOLE: dict[str, Any] = {"validation": 0, "test": 0}
TWO = """input photo 8x8x3
input meta 3
concat(photo -> flatten, meta) -> dense(8) as trunk
trunk -> dense(2, softmax) as sex
trunk -> dense(1) as age
output sex, age
"""
LOSS = {"sex": "sparse_categorical_crossentropy", "age": "mse"}
TAGS = "input photo 8x8x3\nflatten -> dense(3, sigmoid) as tags\n"
BOX = "input photo 8x8x3\nflatten -> dense(4) as box\n"
PAIR = """input left 8x8x3
input right 8x8x3
concat(left -> flatten, right -> flatten) -> dense(1, sigmoid) as same
output same
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for i in range(8):
        save(str(folder / f"i{i}.png"), colour(i))
    return folder


@pytest.fixture(autouse=True)
def here(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(images)


def table(content: str, name: str = "list.csv") -> str:
    Path(name).write_text(content, encoding="utf-8")
    return name


def rows(parts: Any) -> list[Any]:
    return [np.asarray(one).tolist() for one in (parts if isinstance(parts, tuple) else (parts,))]


def arrays(**more: Any) -> str:
    rng = np.random.default_rng(0)
    own = {"pictures": rng.random((20, 8, 8, 3)), "kinds": np.arange(20) % 3}
    np.savez("arrays.npz", **{name: value for name, value in (own | more).items() if value is not None})
    return "arrays.npz"


NAMED: dict[str, Any] = {"columns": {"photo": "pictures", "tags": "kinds"}}
KINDS = TAGS.replace("sigmoid", "softmax")
