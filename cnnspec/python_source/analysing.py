"""The networks of a Python source → their facts, and what is found in them."""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic, sort_diagnostics
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.ignores import Hiding
from cnnspec.network import AnalysedNetwork
from cnnspec.python_source.choosing import choose_networks, find_excess, find_mistakes_of
from cnnspec.python_source.comments import read_comments
from cnnspec.python_source.telling import Telling
from cnnspec.syntax.tree import Body, Tree
from cnnspec.train.network_settings import read_train_section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from cnnspec.base.source import Source
    from cnnspec.graph import Graph
    from cnnspec.python_source.found import PythonReading

    Watch = Callable[[Graph, list[Diagnostic]], None]


def analyse_reading(
    source: Source, reading: PythonReading, model: str | None, max_layers: int, codes: Set[str] | None, watch: Watch | None,
    whole: bool,
) -> tuple[tuple[AnalysedNetwork, ...], tuple[Diagnostic, ...]]:  # fmt: skip
    """The networks that are asked for, and all that is found; `whole`: whether that is of all of the source."""
    hiding = Hiding([read_comments(part) for part in reading.parts], read_comments)
    text = source if source in reading.parts else source.replace(text="")  # of a notebook the cells are the texts
    tree = Tree(source, Body(0, 0, ()), (), ())
    mistakes = hiding.visible(reading.found)
    networks, found = [], [*mistakes]
    for made in choose_networks(reading, model):
        large = find_excess(made, max_layers)
        own = [*find_mistakes_of(made, reading, mistakes), *large]
        settings, _ = read_train_section(made.train, made.graph)
        context = Context(made.graph, made.train, bool(own) or not made.whole, settings)
        telling = Telling(made, context, hiding)
        ruled = [] if large else rules.check(context, codes, None if watch is None else telling.make_watch(watch))
        own += telling.choose(ruled)
        broken = not made.whole or any(rules.prevents(d) for d in own)
        networks.append(
            AnalysedNetwork(
                made.graph.name, text, tree, made.graph, context.facts, made.train, sort_diagnostics(own), None, broken,
                settings, made.whole,
            )
        )  # fmt: skip
        found += own
    everything = bool(networks) and model is None and whole and all(made.whole for made in reading.networks)
    found += hiding.findings(codes, everything and not any(map(rules.keeps_from_looking, found)))
    return tuple(networks), sort_diagnostics(found)
