"""The kinds of questions, a file for each: what is asked, what is right, which slips there are.

A kind's `CUTS` is how it takes its excerpts out of a network, `find_drafts` yields the questions about one of them, and
`solve` derives the answer, as explain does. Those of `NUMERIC` ask about numbers, which NumPy computes: their excerpts are made
small, and get some.
"""

from __future__ import annotations

from cnnspec.quiz.kinds import field, macs, parameters, size, stride, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Protocol

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.network import AnalysedNetwork
    from cnnspec.quiz.excerpt import Excerpt
    from cnnspec.quiz.question import Draft
    from cnnspec.trace.formula import Formula

    class Kind(Protocol):
        """What each of these files has."""

        @property
        def CUTS(self) -> tuple[Callable[[AnalysedNetwork], list[Excerpt]], ...]: ...  # noqa: N802
        def find_drafts(self, excerpt: Excerpt) -> Iterator[Draft]: ...
        def solve(self, draft: Draft) -> tuple[DerivationSection | Formula, ...]: ...


KINDS: dict[str, Kind] = {
    "size": size, "parameters": parameters, "macs": macs, "field": field, "stride": stride, "values": values,
}  # fmt: skip
NUMERIC = ("values",)


def choose_kinds(asked: Sequence[str]) -> tuple[str, ...]:
    """Those that are asked for; else all that can be asked here. Raises MissingExtra for one that needs what is missing."""
    wanted = tuple(dict.fromkeys(asked)) or tuple(KINDS)
    if has_numpy() or not any([kind in NUMERIC for kind in wanted]):
        return wanted
    if asked:
        from cnnspec.compile.backend import MissingExtra

        raise MissingExtra("numpy is not installed; questions about values need it", "trace")
    return tuple([kind for kind in wanted if kind not in NUMERIC])


def has_numpy() -> bool:
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True
