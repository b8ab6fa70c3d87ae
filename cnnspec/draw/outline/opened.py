"""What is opened by name: blocks, modules, layers, or the path of a box."""

from __future__ import annotations

from cnnspec.draw.outline.parts import NAMELESS, Fold, Group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.draw.outline.parts import Part
    from cnnspec.network import AnalysedNetwork

MOST_NAMES = 8  # that are told where there is none such


def find_opened(network: AnalysedNetwork, tree: Sequence[Part], names: Sequence[str]) -> frozenset[str]:
    """The paths of the groups that are opened, and of the folds that are unfolded, so that what has these names is seen.

    A fold is unfolded when it is named by its path, or when a name is that of some of its parts and not of all.
    """
    if not names:
        return frozenset()
    keys = dict(walk_keys(tree))
    found: set[str] = set()
    for name in names:
        layers = {node.index for node in network.graph.nodes if node.name == name}
        named = {
            key for key, part in keys.items() if isinstance(part, Group) and name in list_names(part) or key == name
        }
        if not named and layers:
            named = {key for key, part in keys.items() if not layers.isdisjoint(part.nodes)}
        if not named:
            raise LookupError(explain_no_name(network, keys.values(), name))
        found |= named
    for key in [*found]:
        ends = [at for at, letter in enumerate(key) if letter == "."]
        found.update([outer for end in ends if isinstance(keys[outer := key[:end]], Group)])
    unfolded = {key for key, part in keys.items() if isinstance(part, Fold) and is_uneven(key, len(part.parts), found)}
    groups = {key for key in found if isinstance(keys[key], Group)}
    return frozenset(groups | unfolded | {name for name in names if name in keys})


def is_uneven(key: str, times: int, found: set[str]) -> bool:
    """Whether something is found in some of the parts of a fold and not in all."""
    holding = {one[len(key) + 1 :].split(".")[0] for one in found if one.startswith(f"{key}.")}
    return 0 < len(holding) < times


def walk_keys(parts: Sequence[Part], path: str = "") -> Iterable[tuple[str, Part]]:
    """Every part with its path: the places, from 0, of the parts that lead to it."""
    for at, part in enumerate(parts):
        key = f"{path}{at}"
        yield key, part
        if isinstance(part, (Group, Fold)):
            yield from walk_keys(part.parts, f"{key}.")


def list_names(group: Group) -> tuple[str, ...]:
    """What a group can be called: what it is, which it is, its call as it is written, its module's path."""
    return tuple(filter(None, (group.name, group.title, str(group.mark))))


def explain_no_name(network: AnalysedNetwork, parts: Iterable[Part], name: str) -> str:
    """That nothing has a name, and which names there are: those near to it, or of the blocks, or of the layers."""
    from cnnspec.base.did_you_mean import write_suggestion

    blocks = [
        *dict.fromkeys(
            [part.name or part.title for part in parts if isinstance(part, Group) and part.kind not in NAMELESS]
        )
    ]
    layers = [node.name for node in network.graph.nodes]
    what, known = ("blocks", blocks) if blocks else ("layers", layers)
    some = ", ".join([*known[:MOST_NAMES], *["…"] * (len(known) > MOST_NAMES)])
    near = write_suggestion(name, [*blocks, *layers]) or f": its {what} are {some}"
    return f'{network.name} has no block, module or layer "{name}"{near}'
