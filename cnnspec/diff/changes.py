"""What changed between two states of files: each network that is not as it was, new or gone, held against a budget.

A network that is the same is held against nothing: what is wrong with it was so before.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.base.record import Record
from cnnspec.diff.comparison import compare_networks, sum_up
from cnnspec.diff.difference import ADDED, CHANGED, REMOVED, SAME, UNREAD, TotalDifference
from cnnspec.diff.verdict import find_verdicts
from cnnspec.facts.isomorphism import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.diff.difference import NetworkDifference, NetworkSide
    from cnnspec.diff.limits import ChangeLimit
    from cnnspec.diff.verdict import Verdict
    from cnnspec.network import AnalysedNetwork


class FileState(Record):
    """A file in one of the two states: what it is called, its networks, and what is wrong where it has none."""

    name: str
    networks: tuple[AnalysedNetwork, ...]
    mistakes: tuple[Diagnostic, ...] = ()


class NetworkChange(Record):
    """One network in two states: CHANGED or SAME with their difference, ADDED, REMOVED, or UNREAD. `name`: of its file, and of
    itself where that is another. `message` says why there is nothing to compare."""

    name: str
    status: str
    a: NetworkSide | None
    b: NetworkSide | None
    params: TotalDifference
    macs: TotalDifference
    difference: NetworkDifference | None = None
    verdicts: tuple[Verdict, ...] = ()
    message: str = ""

    @property
    def failed(self) -> bool:
        """Whether a limit is not kept, or the network cannot be held against any."""
        return self.status == UNREAD or any([verdict.failed for verdict in self.verdicts])


class FileChanges(Record):
    """All networks that two states do not both have as they are. `a` and `b` are what the states are called, `limited`: whether
    there is a budget."""

    a: str
    b: str
    networks: tuple[NetworkChange, ...]
    limited: bool

    @property
    def failed(self) -> bool:
        """Whether a network is outside of the budget, or cannot be held against it."""
        return any([change.failed for change in self.networks])

    @property
    def same(self) -> bool:
        """Whether no network changed."""
        return all([change.status == SAME for change in self.networks])

    def count(self) -> dict[str, int]:
        """How many networks have each status."""
        found = [change.status for change in self.networks]
        return {status: found.count(status) for status in (CHANGED, ADDED, REMOVED, SAME, UNREAD) if status in found}


def compare_files(a: FileState | None, b: FileState | None, limits: Sequence[ChangeLimit]) -> list[NetworkChange]:
    """The networks of one file in two states, of which one may be missing: those of one name, or the only one of each.
    ValueError for limits that make no sense."""
    if b is not None and b.mistakes:
        return [describe_unread(b.name, b.mistakes)]
    old, new = ((() if state is None else state.networks) for state in (a, b))
    before = {network.name: network for network in old}
    if len(old) == len(new) == 1:
        before = {new[0].name: old[0]}
    lost = f"{a.name} has mistakes, so nothing is compared with it" if a is not None and a.mistakes else ""
    found = []
    for network in new:
        if network.broken:
            named = network.source.name if len(new) == 1 else f"{network.source.name} ({network.name})"
            found.append(describe_unread(named, network.diagnostics))
            before.pop(network.name, None)
        else:
            found.append(compare_states(before.pop(network.name, None), network, limits, lost))
    return found + [describe_lone(REMOVED, network) for network in before.values() if not network.broken]


def compare_states(
    a: AnalysedNetwork | None, b: AnalysedNetwork, limits: Sequence[ChangeLimit], lost: str
) -> NetworkChange:
    """One network in two states, the second without mistakes; `lost` says why there is no first."""
    if a is None or a.broken:
        lost = f"{a.source.name} has mistakes, so nothing is compared with it" if a is not None else lost
        return describe_lone(ADDED, b).replace(verdicts=find_verdicts(limits, None, b.facts), message=lost)
    made = compare_networks(a, b)
    verdicts = () if made.same else find_verdicts(limits, a.facts, b.facts)
    return NetworkChange(
        b.source.name, SAME if made.same else CHANGED, made.a, made.b, made.params, made.macs, made, verdicts
    )


def describe_lone(status: str, network: AnalysedNetwork) -> NetworkChange:
    """A network that is in one state alone."""
    name, side, total = network.source.name, sum_up(network, View(network.graph)), network.facts.total
    if status == ADDED:
        params, macs = TotalDifference(None, total.parameters), TotalDifference(None, total.macs)
        return NetworkChange(name, status, None, side, params, macs)
    params, macs = TotalDifference(total.parameters, None), TotalDifference(total.macs, None)
    return NetworkChange(name, status, side, None, params, macs)


def describe_unread(name: str, found: Sequence[Diagnostic]) -> NetworkChange:
    """A network with mistakes, of which the first is told, or a file that cannot be read."""
    errors = [diagnostic for diagnostic in found if diagnostic.severity == ERROR]
    first = errors[0] if errors else None
    line = first.position if first is not None else None
    said = f"{name} has mistakes, so that no figure of it can be known"
    if first is not None and first.span is None:
        said = f"{name} cannot be read: {first.message}"
    elif first is not None:
        said += f": {f'line {line[0]}: ' if line else ''}{first.message}"
    unknown = TotalDifference(None, None)
    return NetworkChange(name, UNREAD, None, None, unknown, unknown, message=said)
