"""What `solve` answers: the best candidate, how good any other could be, and which conditions stand in the way of better ones."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.solve.question import Request

BEST, BOUNDED, NOTHING, OPEN = "best", "bounded", "nothing", "open"
MOST_FACTOR = 16  # a width multiplier at most


class Search(Record):
    """What a method found. `digits` are those of the best candidate, None for none; no candidate's objective is beyond `bound` (None:
    nothing is known), and `is_whole` says that the search came to its end. `structures`: how many candidates were analysed for all
    others of their structure; `steps`: how many candidates, or parts of the space, were gone through."""

    method: str
    digits: tuple[int, ...] | None
    value: Any
    bound: Any
    is_whole: bool
    structures: int
    steps: int
    trouble: str = ""
    is_stopped: bool = False  # by the user


class Limit(Record):
    """A condition at the answer: both sides of its comparison, where these are one number each. It `binds` where a candidate one
    option away would be better and is legal, but for this condition."""

    text: str
    left: Any
    right: Any
    binds: bool


class Obstacle(Record):
    """Why nothing fits: a condition, and the nearest that any legal candidate comes to it. `nearest` are both sides of its comparison
    there, `heaviest` says which layers weigh most; `is_alone`: no legal candidate meets this condition, whatever the others; None where
    that is not known."""

    text: str
    is_alone: bool | None
    nearest: tuple[Any, Any] | None = None
    options: Mapping[str, Any] | None = None
    heaviest: str = ""


class Solved(Record):
    """The answer to a request. `status`: "best" (proven), "bounded" (no other is better by more than `gap`), "nothing" (proven: no
    candidate fits), or "open" (the time ran out before anything was proven). `parameters` are the answer's, by name, as
    `load` takes them; `figures` those of the request's quantities; `text` the spec with these parameters."""

    request: Request
    status: str
    search: Search
    parameters: Mapping[str, Any]
    options: tuple[Any, ...]
    figures: tuple[tuple[Any, ...] | None, ...]
    value: Any
    bound: Any
    gap: float | None
    limits: tuple[Limit, ...]
    obstacles: tuple[Obstacle, ...]
    text: str
    seconds: float
    why: str = ""  # what else is to be said of why there is no answer


def find_gap(value: Any, bound: Any) -> float | None:
    """How far a bound is from a value, as a share of the value; None where the bound is unknown."""
    if value is None or bound is None:
        return None
    return abs(bound - value) / max(abs(value), 1e-9) if bound != value else 0.0
