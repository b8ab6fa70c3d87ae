"""Searchers on the candidates of a spec: Optuna, KerasTuner and Ray Tune propose, and what they propose is judged before it is built.

space.py                 what a searcher draws from: candidates, whether they are legal and affordable, and why not
optuna.py                suggestions, with constraints instead of pruning; studies in a file that several machines share
keras_tuner.py, ray.py   the same for these libraries, which know no constraints: they are given legal, affordable candidates alone
asked < training < search what `cnnspec search` does, trial after trial; trials.py, answer.py: what it found

A library is imported by the module of its name alone.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.search.space import Judgement, NothingFits, SearchSpace, make_space

__all__ = ["Judgement", "NothingFits", "SearchSpace", "make_space"]


def __getattr__(name: str) -> Any:
    """What stands in `space`, which is imported when it is asked for."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("cnnspec.search.space"), name)
    raise AttributeError(f"module 'cnnspec.search' has no attribute {name!r}")
