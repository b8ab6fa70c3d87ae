"""The kinds of questions, a file for each: what is asked, what is right, which slips there are.

A kind's `CUTS` is how it takes its excerpts out of a network, `find_drafts` yields the questions about one of them, and
`solve` derives the answer, as explain does.
"""

from __future__ import annotations

from cnnspec.quiz.kinds import field, macs, parameters, size, stride

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.network import AnalysedNetwork
    from cnnspec.quiz.excerpt import Excerpt
    from cnnspec.quiz.question import Draft

    class Kind(Protocol):
        """What each of these files has."""

        @property
        def CUTS(self) -> tuple[Callable[[AnalysedNetwork], list[Excerpt]], ...]: ...  # noqa: N802
        def find_drafts(self, excerpt: Excerpt) -> Iterator[Draft]: ...
        def solve(self, draft: Draft) -> tuple[DerivationSection, ...]: ...


KINDS: dict[str, Kind] = {"size": size, "parameters": parameters, "macs": macs, "field": field, "stride": stride}
