"""The page's types of the protocol are the real ones, as far as cnnspec uses them."""

from __future__ import annotations

import importlib.util
import inspect
from enum import Enum
from pathlib import Path
from types import ModuleType

from lsprotocol import types

SCRIPT = Path(__file__).parents[2] / "site" / "playground" / "slim_types.py"


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slim_types", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_they_are_made_and_hold_what_the_real_ones_hold() -> None:
    script = load_script()
    made = ModuleType("types")
    exec(script.write_types(), vars(made))
    used = script.find_used()
    assert {"Range", "CompletionItem", "CodeAction", "TEXT_DOCUMENT_HOVER", "SymbolKind"} <= set(used)
    for name in used:
        own, real = getattr(made, name), getattr(types, name)
        if isinstance(real, str):
            assert own == real
        elif issubclass(real, Enum):
            assert [(one.name, one.value) for one in own] == [(one.name, one.value) for one in real]
        else:
            ours, theirs = (inspect.signature(kind).parameters for kind in (own, real))
            assert {one.name: (one.kind, one.default) for one in ours.values()} == {
                one.name: (one.kind, one.default) for one in theirs.values()
            }, name
