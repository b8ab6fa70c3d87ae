"""cnnspec: convolutional networks as short specs, analysed before anything runs.

`load` a spec and ask the `Network` for its layers, figures and mistakes, or for its Keras model. Nothing heavy is
imported until it is used.
"""

from __future__ import annotations

import sys
from types import ModuleType

__version__ = "0.1.0"
__all__ = [
    "Blocks", "Comparison", "Cost", "Diagnostic", "Difference", "Evaluation", "Explanation", "Findings", "InputSizes", "LayerFigures", "Lost", "MissingExtra",
    "Network", "NetworkPicture", "Picture", "Predictions", "Quiz", "ReceptiveField", "ReceptiveFields", "Runs", "SeenLayers", "Size", "Solution", "SpecError", "Sweep", "Trace", "Training", "UnitField", "blocks", "check", "check_text", "compare", "diff",
    "evaluate", "from_keras", "from_torch", "load", "loads", "predict", "quiz", "resume", "runs", "solve", "sweep",
]  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.api import Network, SpecError, check, check_text, diff, from_keras, load, loads
    from cnnspec.api.block_answers import Blocks, blocks
    from cnnspec.api.comparison import Comparison, compare
    from cnnspec.api.difference import Difference
    from cnnspec.api.findings import Findings
    from cnnspec.api.network_answers import Cost, Explanation, InputSizes, Lost, ReceptiveFields, SeenLayers, UnitField
    from cnnspec.api.network_picture import NetworkPicture
    from cnnspec.api.picture import Picture
    from cnnspec.api.quiz import Quiz, quiz
    from cnnspec.api.solve import Solution, solve
    from cnnspec.api.sweep import Sweep, sweep
    from cnnspec.api.torch_models import from_torch
    from cnnspec.api.trace import Trace
    from cnnspec.api.trained_models import Evaluation, Predictions, evaluate, predict
    from cnnspec.api.training import Training, resume
    from cnnspec.api.training_runs import Runs, runs
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.size import Size
    from cnnspec.compile.keras_model import MissingExtra
    from cnnspec.tables.rows import LayerFigures, ReceptiveField

_HOMES = {
    **dict.fromkeys(
        ("Network", "SpecError", "check", "check_text", "diff", "from_keras", "load", "loads"), "cnnspec.api"
    ),
    **dict.fromkeys(
        ("Cost", "Explanation", "InputSizes", "Lost", "ReceptiveFields", "SeenLayers", "UnitField"),
        "cnnspec.api.network_answers",
    ),
    **dict.fromkeys(("Blocks", "blocks"), "cnnspec.api.block_answers"),
    **dict.fromkeys(("Comparison", "compare"), "cnnspec.api.comparison"),
    **dict.fromkeys(("Quiz", "quiz"), "cnnspec.api.quiz"),
    **dict.fromkeys(("Solution", "solve"), "cnnspec.api.solve"),
    **dict.fromkeys(("Sweep", "sweep"), "cnnspec.api.sweep"),
    **dict.fromkeys(("Evaluation", "Predictions", "evaluate", "predict"), "cnnspec.api.trained_models"),
    **dict.fromkeys(("Training", "resume"), "cnnspec.api.training"),
    **dict.fromkeys(("Runs", "runs"), "cnnspec.api.training_runs"),
    "Diagnostic": "cnnspec.base.diagnostic",
    "Difference": "cnnspec.api.difference",
    "Findings": "cnnspec.api.findings",
    "LayerFigures": "cnnspec.tables.rows",
    "MissingExtra": "cnnspec.compile.keras_model",
    "NetworkPicture": "cnnspec.api.network_picture",
    "Picture": "cnnspec.api.picture",
    "from_torch": "cnnspec.api.torch_models",
    "load_ipython_extension": "cnnspec.notebook",  # which IPython calls for `%load_ext cnnspec`
    "ReceptiveField": "cnnspec.tables.rows",
    "Size": "cnnspec.base.size",
    "Trace": "cnnspec.api.trace",
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
    """What there is for users, so that a completion shows nothing else."""
    return sorted([*__all__, *[name for name in globals() if name.startswith("__")]])
