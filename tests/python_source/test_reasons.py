"""What could not be known is listed where it keeps a model from being known, and nowhere else."""

from __future__ import annotations

import pytest

from cnnspec.base.source import Source
from cnnspec.python_source import read_python
from tests.python_source.comparing import read_file

HEAD = "import os, sys\nimport keras\nfrom keras import layers\nmade = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(2)])\n"
CASES = {
    "a model that is known whole": ("seed = int(sys.argv[1])\nhistory = made.fit(load(), epochs=seed)\nprint(history.history)\n", []),
    "its name": ("m = keras.Sequential([keras.Input((3,)), layers.Dense(2)], name=os.environ['NAME'])\n", []),
    "beside one that is not": (
        "seed = int(sys.argv[1])\nunits = int(sys.argv[2])\nm = keras.Sequential([keras.Input((3,)), layers.Dense(units)])\nm.fit(load())\n",
        ["6:13 an item of sys.argv is not known"],
    ),
    "a rate, of which nothing is found": (
        "rate = float(sys.argv[1])\nm = keras.Sequential([keras.Input((3,)), layers.Dropout(rate), layers.Dense(2)])\n",
        ["5:14 an item of sys.argv is not known"],
    ),
    "a layer of which the shape and the parameters are known": (
        "i = keras.Input((9, 4))\nm = keras.Model(i, layers.Dense(2)(layers.LSTM(3)(i)))\n",
        ["6:36 LSTM has no layer here: its output's shape and its parameters alone are known"],
    ),
    "a size out of a training": (
        "best = made.fit(load()).history['units']\nm = keras.Sequential([keras.Input((3,)), layers.Dense(best)])\n",
        ["5:8 what training comes to is not known"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_keeps_models_from_being_known(case: str) -> None:
    text, expected = CASES[case]
    reading = read_python(Source("case.py", HEAD + text), read_file)
    listed = [(":".join(map(str, one.site.span.first)), one.reason) for one in reading.unknowns]
    assert [" ".join(one) for one in sorted(listed)] == expected
