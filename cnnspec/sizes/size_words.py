"""A set of sizes in words: "multiples of 32", "4k + 14 for k >= 1: 18, 22, 26, 30, …"."""

from __future__ import annotations

from itertools import islice

from cnnspec.base.join_words import join_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.sizes.size_set import SizeSet

SHOWN = 4  # members that are listed
MOST = 12  # stretches of members that are listed where there is no rule


def describe_set(sizes: SizeSet) -> str:
    """A set as a congruence: "any from 18", "multiples of 32", "4k + 14 for k >= 1: 18, 22, 26, 30, …"."""
    early = list(sizes.early)
    if not sizes.residues:
        return list_few(early) + " alone" if early else "none"
    first = next(n for n in islice(sizes.members(), len(early), None))
    before = f"{list_few(early)}, and " if early else ""
    period = sizes.period
    if period == 1:
        return before + (f"any from {first}" if first > 1 else "any")
    offsets = list(islice(sizes.members(first), len(sizes.residues)))
    if len(offsets) > 1:
        return f"{before}{period}k + {{{', '.join(join_runs(offsets))}}} for k >= 0: {list_examples(sizes, first)}"
    if first % period == 0:
        return f"{before}multiples of {period}" + (f" from {first}" if first > period else "")
    offset = first - period
    return f"{before}{period}k {'-' if offset < 0 else '+'} {abs(offset)} for k >= 1: {list_examples(sizes, first)}"


def list_examples(sizes: SizeSet, first: int) -> str:
    return ", ".join(map(str, islice(sizes.members(first), SHOWN))) + ", …"


def list_few(numbers: list[int]) -> str:
    """Numbers in words, of many the first: "3 to 10 and 15"."""
    texts = join_runs(numbers)
    return join_words(texts if len(texts) <= MOST else [*texts[: MOST - 1], f"{len(texts) - MOST + 1} more stretches"])


def join_runs(numbers: list[int]) -> list[str]:
    """Neighbours together: "3 to 10", "15"."""
    parts: list[list[int]] = []
    for n in numbers:
        if parts and n == parts[-1][-1] + 1:
            parts[-1].append(n)
        else:
            parts.append([n])
    return [text for p in parts for text in ([f"{p[0]} to {p[-1]}"] if len(p) > 2 else map(str, p))]
