"""Findings as they are shown: with the repairs that there are for them, and with help that is printed from these.

A finding with an OFFER has help that is made of its repairs, so that what is advised and what is made cannot differ.
Where none holds, or none was looked for, the rule's own advice stays: what to do, in general.
"""

from __future__ import annotations

from cnnspec.lint.index import FIXES, OFFERS, ON_REQUEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic, Repair
    from cnnspec.lint.fix.project import Analyse
    from cnnspec.lint.fix.search import Search
    from cnnspec.lint.fix.search_by_model import AnalyseModel
    from cnnspec.pipeline import Analysis

# repairs: all; the soon found; whether there are any; for help alone
ALL, SOON, ANY, HELP = "all", "soon", "any", "help"
TELLING = 10_000  # layers that may be analysed for the help of a file's findings, which needs all their repairs
UNASKED = 3000  # layers that may be analysed for the findings of rules on request, and to say which others have repairs
OR = ", or "  # before what an offer says itself, as the last alternative
VERB = "write "  # which most repairs begin with, and a list behind a colon leaves out


def offer_repairs(
    found: tuple[Diagnostic, ...], analysis: Analysis, analyse: Analyse, shown: str = HELP,
    analyse_model: AnalyseModel | None = None,
) -> tuple[Diagnostic, ...]:  # fmt: skip
    """Findings of a file, or of one network of it, with their repairs as far as these are `shown`; `analyse_model`: see
    `SearchByModel`."""
    codes = {diagnostic.code for diagnostic in found} & (OFFERS.keys() if shown == HELP else FIXES.keys())
    if not codes or analysis.tree.diagnostics:
        return found
    if shown != ALL and sum([len(network.graph.nodes) for network in analysis.networks]) > UNASKED:
        return found
    from cnnspec.lint.fix.project import resolve_path
    from cnnspec.lint.fix.search_by_model import SearchByModel

    path, made = resolve_path(analysis.source.name), {}
    first = codes & OFFERS.keys() - ON_REQUEST
    for part, most in ((first, TELLING), (codes - first, UNASKED)):
        searches = SearchByModel(analysis, analyse, analyse_model, None if shown == ALL else most)
        asked = [one for one in dict.fromkeys(found) if one.code in part]
        for number, diagnostic in enumerate(asked, 1):
            searches.budget.keep_for(len(asked) - number)
            made[diagnostic] = add_repairs(diagnostic, searches.find(diagnostic), path, shown == ANY)
    return tuple([made.get(diagnostic, diagnostic) for diagnostic in found])


def add_repairs(found: Diagnostic, search: Search, path: str, one: bool) -> Diagnostic:
    """A finding with its repairs, and the help that is printed from them; `one`: with whichever is found first, unless
    its help needs all of them."""
    offer = OFFERS.get(found.code, "")
    made = tuple([t.repair for t in search.find_repairs(path, found, True, one and not offer)])
    return found.replace(repairs=made, help=write_help(offer, made) if made and offer else found.help)


def write_help(offer: str, repairs: Sequence[Repair]) -> str:
    """The help that offers some repairs in the place of {}: a list "padding=same; stride=2; input 9x9x3" behind a colon,
    else alternatives, "drop a, or put it before b", of which what the offer itself says is the last."""
    before, _, behind = offer.partition("{}")
    messages = [repair.message.removeprefix(VERB) if before else repair.message for repair in repairs]
    listed = before.endswith(": ")
    mark = "; " if listed and len(messages) > 1 or any([", " in message for message in messages]) else ", "
    if OR in behind:
        behind = mark + behind.removeprefix(", ")
    elif len(messages) > 1 and not listed:
        messages[-1] = f"or {messages[-1]}"
    return before + mark.join(messages) + behind
