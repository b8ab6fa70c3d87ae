"""What the networks of a comparison are called: as short as tells them apart.

That is the model's name, else its file's, else both; of a training its folder. Behind it stand the parameters that were given
values, and those in which a model that stands there several times differs: resnet (width=2).
"""

from __future__ import annotations

from cnnspec.layers.argument import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.compare.comparison import Candidate


def name_candidates(candidates: Sequence[Candidate]) -> list[str]:
    """A name for each."""
    made = []
    for one in candidates:
        strangers = [other for other in candidates if not is_same(one, other)]
        name = next((way(one) for way in WAYS if way(one) not in [way(other) for other in strangers]), name_fully(one))
        values = ", ".join([f"{known}={show(value)}" for known, value in list_parameters(one, candidates).items()])
        made.append(f"{name} ({values})" if values else name)
    return made


def name_model(one: Candidate) -> str:
    return one.network.name if one.run is None else one.run.path


def name_file(one: Candidate) -> str:
    return one.network.source.name if one.run is None else one.run.path


def name_fully(one: Candidate) -> str:
    return f"{one.network.source.name}:{one.network.name}" if one.run is None else one.run.path


WAYS: tuple[Callable[[Candidate], str], ...] = (name_model, name_file, name_fully)  # the shortest first


def is_same(one: Candidate, other: Candidate) -> bool:
    """Whether both are one model of one file, or one training."""
    return name_fully(one) == name_fully(other) and (one.run is None) == (other.run is None)


def list_parameters(one: Candidate, candidates: Sequence[Candidate]) -> dict[str, object]:
    """The parameters by which a network is told apart, with their values."""
    mine = one.network.graph.parameters
    same = [other.network.graph.parameters for other in candidates if is_same(one, other)]
    differing = [name for name in mine if any(other.get(name) != mine[name] for other in same)]
    return {name: mine[name] for name in mine if name in one.given or name in differing}
