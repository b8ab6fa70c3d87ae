"""Whether the networks of a project's files stay what they are: as they were analysed, and with other parameters.

Nothing is proved of all values that a model's parameters may have. Tried are, of each: the numbers and words that the
file compares with, and those next to them; numbers further and further away, so that a size behind any strides
changes by one at some of them; 0 and 1; and all flags together.
"""

from __future__ import annotations

from itertools import islice, product, zip_longest

from cnnspec.elaborate import elaborate
from cnnspec.elaborate.values import UNKNOWN, Function
from cnnspec.layers.argument import Term
from cnnspec.lint.fix.behaviour import same_behaviour
from cnnspec.lint.rules import prevents
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import Compare, Name, Number, Text, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cnnspec.graph import Graph, Setting
    from cnnspec.lint.fix.project import Project
    from cnnspec.syntax.tree import Tree

    Built = list[tuple[str, Graph, dict[str, Setting]]]

MOST_VARIED = 48  # other parameters that are tried
MOST_FLAGS = 4  # of which all combinations are
FARTHEST = 6  # doublings of the distance to other numbers
MOST_LAYERS = 20_000  # of a network that is built with them


def behaves(before: Project, after: Project, same: Any = same_behaviour) -> bool:
    """Whether the networks of all files compute what they did, as they were analysed and with no parameter set."""
    for path in before.find_differing(after):
        old, new = before.analysis(path), after.analysis(path)
        pairs = [(n.name, n.graph, n.train) for n in old.networks], [(n.name, n.graph, n.train) for n in new.networks]
        if not are_equal(*pairs, same):
            return False
        if before.sources[path].is_python:
            continue
        if not are_equal(build_networks(before, path, {}), build_networks(after, path, {}), same):
            return False
    return True


def always_behaves(before: Project, after: Project) -> bool:
    """Whether they do so too where the models' parameters have other values than their defaults."""
    for path in before.find_differing(after):
        if before.sources[path].is_python:  # which is asked whether each change is certain
            continue
        given: dict[str, Any] = {}
        asked = [network.graph for network in before.analysis(path).networks]
        for graph in (*asked, *[graph for _, graph, _ in build_networks(before, path, {}) or ()]):  # of all models
            given |= graph.parameters
        for values in islice(vary(given, [parse(text) for text in before.texts(path)]), MOST_VARIED):
            old = build_networks(before, path, values)
            if old is not None and not are_equal(old, build_networks(after, path, values), same_behaviour):
                return False
    return True


def is_certain(before: Project, after: Project) -> bool:
    """Whether one change that keeps the networks keeps them whatever values a Python source is run with."""
    return all(after.analysis(path).is_certain(before.analysis(path)) for path in before.find_differing(after))


def vary(given: Mapping[str, Any], trees: list[Tree]) -> Iterator[dict[str, Any]]:
    """Other values of parameters: of each in turn, then of several flags."""
    compares = [part for tree in trees for part in walk(tree.body) if isinstance(part, Compare)]
    sides = [side for part in compares for half in (part.left, part.right) for side in walk(half)]
    numbers = [side.value for side in sides if isinstance(side, Number)]
    words = [side.text if isinstance(side, Name) else side.value for side in sides if isinstance(side, (Name, Text))]
    each = [[(name, other) for other in other_values(value, numbers, words)] for name, value in given.items()]
    for turn in zip_longest(*each):
        yield from [{name: other} for name, other in filter(None, turn)]
    flags = [name for name, value in given.items() if isinstance(value, bool)]
    if len(flags) > 1:
        yield {name: not given[name] for name in flags}
        for values in product((False, True), repeat=len(flags)) if len(flags) <= MOST_FLAGS else ():
            yield dict(zip(flags, values, strict=True))


def other_values(value: Any, numbers: list[int | float], words: list[str]) -> list[Any]:
    """Other values that a parameter may have, those that tell most first."""
    found: list[Any] = []
    if isinstance(value, bool):
        found = [not value]
    elif isinstance(value, int):
        compared = [n + near for n in numbers if isinstance(n, int) for near in (0, 1, -1)]
        found = [
            value + 1,
            0,
            1,
            *([0.5] if value in (0, 1) else []),
            *compared,
            *[value + 2**k for k in range(1, FARTHEST)],
        ]
    elif isinstance(value, float):
        found = [value + 1, 0, 0.5, *[n + near for n in numbers for near in (0, 0.1, -0.1)]]
    elif isinstance(value, Term):
        found = [Term(word) for word in ("linear", "tanh", "same", "valid", *words) if word != value.name]
    elif isinstance(value, (list, tuple)) and value and all(isinstance(v, int) for v in value):
        found = [type(value)([v + 1 for v in value]), type(value)([1] * len(value))]
    return [other for number, other in enumerate(found) if other != value and other not in found[:number]]


def build_networks(project: Project, path: str, parameters: dict[str, Any]) -> Built | None:
    """Name, graph and train section of every network of a file, built with some parameters; None where one is refused."""
    parsed = parse(project.sources[path])
    try:
        made = elaborate(parsed, project.reader(set()), parameters, MOST_LAYERS)
    except KeyError:
        return None
    if parsed.diagnostics or any(prevents(error) for one in made for error in one.errors):
        return None
    return [(one.graph.name, one.graph, one.train) for one in made]


def are_equal(old: Built | None, new: Built | None, same: Any) -> bool:
    """Whether two lists of networks are the same, one by one."""
    if old is None or new is None:
        return old is None
    return len(old) == len(new) and all(
        name == other
        and settings_of(train) == settings_of(train_new)
        and same(graph, graph_new)
        and find_layers_named(graph, train) == find_layers_named(graph_new, train_new)
        for (name, graph, train), (other, graph_new, train_new) in zip(old, new, strict=True)
    )


def settings_of(train: Mapping[str, Setting]) -> dict[str, Any]:
    """What a train section says, without where it says it. No setting is a function, so that any is as wrong as another."""
    return {name: without_functions(setting.value) for name, setting in train.items() if setting.value is not UNKNOWN}


def without_functions(value: Any) -> Any:
    """A value with a word in place of each function, which is equal to itself alone."""
    if isinstance(value, (list, tuple)):
        return [without_functions(v) for v in value]
    if isinstance(value, dict):
        return {key: without_functions(v) for key, v in value.items()}
    if isinstance(value, Term):
        return (
            value.module,
            value.name,
            without_functions(value.positional),
            {name: without_functions(v) for name, v in value.keywords},
        )
    return "a function" if isinstance(value, Function) else value


def find_layers_named(graph: Graph, train: Mapping[str, Setting]) -> list[str]:
    """The layers' names, if a train section goes by them: the exclude_layers of an optimizer."""
    if not any("exclude_layers" in repr(setting.value) for setting in train.values()):
        return []
    used = graph.used()
    return [node.name for node in graph.nodes if used[node.index] and node.layer is not None and node.layer.counted]
