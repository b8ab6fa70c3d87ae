"""Where the repairs of a file's findings are looked for: in one model of it, where models share nothing; else in the file.

A change to a model that shares nothing leaves the others as they are, so that these need not be analysed again.
"""

from __future__ import annotations

from cnnspec.lint.fix.project import Budget, Project, resolve_path
from cnnspec.lint.fix.search import Search
from cnnspec.lint.ignores import MARK
from cnnspec.syntax.tree import Model, Use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.project import Analyse
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis

    AnalyseModel = Callable[[str], Analyse]


class SearchByModel:
    """The searches in a file that has been analysed. They have one budget of `most` layers. `analyse_model` gives, for a
    model's name, what analyses a text for that model alone; None: the whole file is analysed for each change."""

    def __init__(
        self, analysis: Analysis, analyse: Analyse, analyse_model: AnalyseModel | None, most: int | None
    ) -> None:
        self.budget = Budget(most)
        self._analysis, self._analyse, self._analyse_model = analysis, analyse, analyse_model
        self._models = find_independent_models(analysis) if analyse_model is not None else {}
        self._searches: dict[str, Search] = {}  # by the models' names, "" for the whole file

    def find(self, found: Diagnostic) -> Search:
        """The search for a finding's repairs."""
        network = self._models.get(found)
        name = network.name if network is not None else ""
        if name not in self._searches:
            self._searches[name] = self._begin(network)
        return self._searches[name]

    def _begin(self, network: AnalysedNetwork | None) -> Search:
        known, analyse = self._analysis, self._analyse
        if network is not None and self._analyse_model is not None:
            known = known.replace(networks=(network,), diagnostics=network.diagnostics)
            analyse = self._analyse_model(network.name)
        project = Project([known.source], analyse, self.budget)
        if not any(isinstance(item, Use) for item in known.tree.body.items):
            project.know(resolve_path(known.source.name), known)
        return Search(project)


def find_independent_models(analysis: Analysis) -> dict[Diagnostic, AnalysedNetwork]:
    """The findings of a spec of models that share nothing, each with the model it is of; none of one with anything
    else in it: a block, a train section, a comment that hides findings."""
    items, networks = analysis.tree.body.items, analysis.networks
    names = {network.name for network in networks}
    if (
        analysis.source.is_python
        or len(names) < max(2, len(networks))
        or not all(isinstance(item, Model) for item in items)
    ):
        return {}
    if MARK in analysis.source.text:
        return {}
    owners: dict[Diagnostic, list[AnalysedNetwork]] = {}
    for network in networks:
        for found in network.diagnostics:
            owners.setdefault(found, []).append(network)
    return {found: of[0] for found, of in owners.items() if len(of) == 1}
