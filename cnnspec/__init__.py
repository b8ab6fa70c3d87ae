"""cnnspec: convolutional networks as short specs, analysed before anything runs.

`load` a spec and ask the `Network` for its layers, figures and mistakes, or for its Keras model. Nothing heavy is
imported until it is used.
"""

from __future__ import annotations

import sys
from types import ModuleType

__version__ = "0.1.0"
__all__ = [
    "Diagnostic", "Difference", "LayerFigures", "MissingExtra", "Network", "ReceptiveField", "SpecError", "UnitField", "check",
    "diff", "from_keras", "load",
]  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.api import Network, SpecError, check, diff, from_keras, load
    from cnnspec.api.difference import Difference
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.compile.keras_model import MissingExtra
    from cnnspec.rf.unit_field import UnitField
    from cnnspec.tables.rows import LayerFigures, ReceptiveField

_HOMES = {
    "Diagnostic": "cnnspec.base.diagnostic",
    "Difference": "cnnspec.api.difference",
    "LayerFigures": "cnnspec.tables.rows",
    "MissingExtra": "cnnspec.compile.keras_model",
    "Network": "cnnspec.api",
    "ReceptiveField": "cnnspec.tables.rows",
    "SpecError": "cnnspec.api",
    "UnitField": "cnnspec.rf.unit_field",
    "check": "cnnspec.api",
    "diff": "cnnspec.api",
    "from_keras": "cnnspec.api",
    "load": "cnnspec.api",
}


class _Package(ModuleType):
    """The package as a module. A room that is called like a public name (`diff`) does not take its place when it is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'cnnspec' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
