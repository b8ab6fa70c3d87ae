"""Modules of the project are read as the main file is; all else is a library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.python_source.interpreter.scopes import ModuleValue
from cnnspec.python_source.values import External, Unknown
from tests.python_source.interpreter.following import follow_file, follow_names

PROJECT = {
    "pyproject.toml": "",
    "train/main.py": "",
    "train/blocks.py": "FILTERS = 32\n_hidden = 1\ndef build(n): return n + FILTERS\n",
    "train/listed.py": "__all__ = ['one']\none = 1\ntwo = 2\n",
    "train/models/__init__.py": "from .resnet import build as resnet\nfrom . import vgg\nKIND = 'package'\n",
    "train/models/resnet.py": "from ..blocks import FILTERS\nfrom .vgg import depth\ndef build(): return depth * 2\n",
    "train/models/vgg.py": "depth = 16\n",
    "train/spaces/inner.py": "x = 5\n",
    "train/broken.py": "def f(:\n",
    "train/stops.py": "a = 1\nraise ValueError\nb = 2\n",
    "train/first.py": "import second\na = 1\ndef f(): return second.b\n",
    "train/second.py": "import first\nb = 2\nc = getattr(first, 'a', 'not yet')\n",
    "train/guard.py": "ran = __name__ == '__main__'\n",
    "train/keras_all.py": "from keras.layers import *\nfrom numpy import *\n",
    "common.py": "shared = 7\n",
    "numpy/__init__.py": "mine = 1\n",
    "src/pack/__init__.py": "y = 8\n",
    "train/json.py": "loads = 'mine'\n",
    "../outside.py": "z = 1\n",
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "a module": ("import blocks\na = blocks.build(1)\nb = blocks._hidden", {"a": 33, "b": 1}),
    "under another name": ("import blocks as b\na = b.FILTERS", {"a": 32}),
    "its names": ("from blocks import build, FILTERS as n\na = build(n)", {"a": 64}),
    "all its names": ("from blocks import *\na = FILTERS\nb = '_hidden' in globals()", {"a": 32, "b": False}),
    "those that it lists": ("from listed import *\na = one\nb = 'two' in globals()", {"a": 1, "b": False}),
    "a package": ("import models\na = models.KIND, models.resnet(), models.vgg.depth", {"a": ("package", 32, 16)}),
    "a module of a package": ("from models.resnet import build\na = build()", {"a": 32}),
    "a module by its path": ("import models.vgg\na = models.vgg.depth", {"a": 16}),
    "a module of a package under a name": ("import models.vgg as v\na = v.depth", {"a": 16}),
    "a module from a package": ("from models import vgg\na = vgg.depth", {"a": 16}),
    "a folder without __init__": ("from spaces.inner import x\nimport spaces.inner as i\na = x + i.x", {"a": 10}),
    "beside the project's root": ("from common import shared as a", {"a": 7}),
    "in src": ("from pack import y as a", {"a": 8}),
    "a circle": ("import first\na = first.f()", {"a": 2}),
    "a name guard": ("from guard import ran as a", {"a": False}),
    "the script's folder before the standard library": ("import json\na = json.loads", {"a": "mine"}),
    "in a function": ("def f():\n  from blocks import FILTERS\n  return FILTERS\na = f()", {"a": 32}),
    "once": ("import blocks\nblocks.FILTERS = 5\nfrom blocks import build\na = build(1)", {"a": 6}),
    "with sys.path": ("import sys\nsys.path.append('..')\nimport common\na = common.shared", {"a": 7}),
    "where it may be missing": (
        "try:\n  import nothing\nexcept ImportError:\n  nothing = None\na = nothing is None",
        {"a": False},
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, text in PROJECT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def follow_main(project: Path, text: str) -> dict[str, Any]:
    main = project / "train" / "main.py"
    main.write_text(text, encoding="utf-8")
    return follow_names(follow_file(main))


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_an_import(project: Path, text: str, expected: dict[str, Any]) -> None:
    names = follow_main(project, text)
    assert {name: names[name] for name in expected} == expected


def test_libraries(project: Path) -> None:
    text = (
        "import numpy as np, tensorflow.keras.layers as L, os.path\nfrom tensorflow import keras\n"
        "from keras_all import *\na, b, c = Dense, L.Conv2D, keras.Model\nd = os.path.join('a', 'b')\ne = len([1])"
    )
    names = follow_main(project, text)
    found = [names[name] for name in ("np", "a", "b", "c")]
    assert found == [External(n) for n in ("numpy", "keras.layers.Dense", "keras.layers.Conv2D", "keras.Model")]
    assert names["d"] == "a/b" and names["e"] == 1


def test_a_module_that_cannot_be_read_says_why(project: Path) -> None:
    names = follow_main(
        project, "import broken, stops\na = broken.f\nb = stops.a\nc = stops.b\nfrom broken import *\nd = thing"
    )
    assert isinstance(names["a"], Unknown)
    assert names["a"].reason.endswith("broken.py is not read: this is no Python: invalid syntax in line 1")
    assert names["b"] == 1 and isinstance(names["c"], Unknown)
    assert names["c"].reason.endswith("stops.py raises ValueError")
    assert names["d"] is names["a"]


def test_nothing_outside_the_project_is_read(project: Path) -> None:
    (project / "train" / "link.py").symlink_to(project.parent / "outside.py")
    names = follow_main(project, "import outside, link\nfrom ... import outside as o")
    assert not any(isinstance(names[name], ModuleValue) for name in ("outside", "link", "o"))


def test_what_was_read_is_known(project: Path) -> None:
    (project / "train" / "main.py").write_text("import models\nimport blocks\nimport models.vgg\n", encoding="utf-8")
    machine = follow_file(project / "train" / "main.py")
    names = [Path(source.name).name for source in machine.interpreter.modules.helpers]
    assert sorted(names) == ["__init__.py", "blocks.py", "resnet.py", "vgg.py"]
