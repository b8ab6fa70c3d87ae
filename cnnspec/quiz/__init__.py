"""Quiz: what may a student be asked about a network?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.network import AnalysedNetwork
    from cnnspec.quiz.question import Quiz


def find_quiz(
    network: AnalysedNetwork,
    kinds: Sequence[str] = (),
    count: int | None = None,
    seed: int = 0,
    variant: bool = False,
) -> Quiz:
    """Questions about a network, or about a variant of it that the seed makes; the same for the same seed, on every machine.

    `kinds` are those wanted, () all of them; `count` questions are drawn, None: ten, or as many as there are. Raises NoQuiz
    where that cannot be done.
    """
    from cnnspec.quiz.quiz import draw_quiz

    return draw_quiz(network, kinds, count, seed, variant)
