"""Drawing a quiz: which questions there are, which of them are asked, and which answers are offered.

Chance comes from `random.Random` of the seed alone, and from lists in the order of the text: the same seed draws the same quiz
on every machine. Questions about numbers have a chance of their own, so that the others are the same where NumPy is missing.
"""

from __future__ import annotations

from random import Random

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import brief
from cnnspec.quiz.kinds import KINDS, NUMERIC, choose_kinds
from cnnspec.quiz.numbered import number_excerpts
from cnnspec.quiz.question import NoQuiz, Option, Question, Quiz
from cnnspec.quiz.variants import make_variant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.network import AnalysedNetwork
    from cnnspec.quiz.question import Draft

USUAL = 10  # questions, unless a number is asked for
FEWEST_WRONG, MOST_WRONG = 2, 3  # answers beside the right one


def draw_quiz(network: AnalysedNetwork, kinds: Sequence[str], count: int | None, seed: int, variant: bool) -> Quiz:
    """A quiz of some kinds; see `find_quiz`."""
    for kind in kinds:
        if kind not in KINDS:
            suggestion = write_suggestion(kind, list(KINDS)) or f": there are {', '.join(KINDS)}"
            raise NoQuiz(f'no kind of question is called "{brief(kind)}"{suggestion}')
    if network.broken:
        raise NoQuiz(f"{network.source.name} {network.trouble}")
    chance = Random(seed)
    if variant:
        network = make_variant(network, chance)
    drafts = find_drafts(network, choose_kinds(kinds), seed)
    available = sum(map(len, drafts.values()))
    if not available:
        asked = f" of {', '.join(drafts)}" if kinds else ""
        small = all([kind in NUMERIC for kind in drafts])
        such = "small enough to be worked out by hand" if small else "of known sizes"
        raise NoQuiz(f"{network.source.name} has no layers {such} that a question{asked} could be asked about")
    if count is not None and count > available:
        raise NoQuiz(
            f"{network.source.name} has {count_nouns(available, 'question')} of these kinds, not {count:,}: ask for fewer"
        )
    wanted = min(USUAL, available) if count is None else count
    chances = {kind: Random(f"{seed}: {kind}") if kind in NUMERIC else chance for kind in drafts}
    chosen = choose_drafts(drafts, wanted, chances)
    return Quiz(network, tuple([ask(kind, draft, chances[kind]) for kind, draft in chosen]), available, seed, variant)


def find_drafts(network: AnalysedNetwork, kinds: Sequence[str], seed: int) -> dict[str, list[Draft]]:
    """All questions of some kinds; of those that differ in a layer's name alone the first."""
    found: dict[str, list[Draft]] = {}
    for name in kinds:
        kind, met = KINDS[name], set[object]()
        drafts = found.setdefault(name, [])
        excerpts = [excerpt for cut in kind.CUTS for excerpt in cut(network)]
        for excerpt in number_excerpts(excerpts, seed) if name in NUMERIC else excerpts:
            if not excerpt.shown:
                continue
            for draft in kind.find_drafts(excerpt):
                key = tuple([line.partition(" as ")[0] for line in draft.excerpt.spec]), draft.answer, draft.closed
                if key not in met and len(draft.slips) >= FEWEST_WRONG:
                    drafts.append(draft)
                met.add(key)
    return found


def choose_drafts(drafts: dict[str, list[Draft]], count: int, chances: Mapping[str, Random]) -> list[tuple[str, Draft]]:
    """So many questions, the kinds taking turns."""
    piles = {}
    for kind, found in drafts.items():
        piles[kind] = list(found)
        chances[kind].shuffle(piles[kind])
    chosen: list[tuple[str, Draft]] = []
    while len(chosen) < count:
        for kind, pile in piles.items():
            if pile and len(chosen) < count:
                chosen.append((kind, pile.pop()))
    return chosen


def ask(kind: str, draft: Draft, chance: Random) -> Question:
    """A question with some of its wrong answers, and the right one among them."""
    offered = chance.sample(draft.slips, min(MOST_WRONG, len(draft.slips)))
    options = [Option(draft.answer, None), *[Option(slip.answer, slip) for slip in offered]]
    chance.shuffle(options)
    excerpt = draft.excerpt
    return Question(
        kind,
        "" if len(excerpt.graph.nodes) > 2 and kind == "parameters" else excerpt.name,
        excerpt.spec,
        draft.asks,
        draft.answer,
        tuple(options),
        draft.slips,
        draft.closed,
        KINDS[kind].solve(draft),
        excerpt.draw_numbers(),
    )
