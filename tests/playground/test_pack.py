"""What of the package the page has: all that `check` asks, train sections and their data included."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_has_what_a_check_asks() -> None:
    spec = importlib.util.spec_from_file_location("bytecode", ROOT / "site" / "playground" / "bytecode.py")
    assert spec is not None and spec.loader is not None
    packing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(packing)
    folder = ROOT / "cnnspec"
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    own = {name: path for name, path in paths.items() if not packing.OWN_LEFT_OUT.match(name)}
    chosen = packing.choose_own({name: packing.read_own(path) for name, path in own.items()})
    assert {
        "pipeline.py",
        "train/section.py",
        "train/data_check.py",
        "train/data/tables.py",
        "train/data/framing.py",
        "train/starting/named_layers.py",
    } <= chosen.keys()
    assert not [name for name in chosen if name.startswith(("look/", "train/runs/state"))]
