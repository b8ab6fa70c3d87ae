"""Taking a finding's advice: its help is read word for word, and what it says to write is written into the text.

A help that is printed from repairs names each of them, and what comes of following its words is the network that the
repair makes. Another is made of alternatives, parted by "; " and " or ". One that proposes something concrete is of these forms, which
may be joined by " and ":

    write padding=1, kernel=3x3 [for conv1 and conv2]     arguments of the finding's layer, or of those named
    use a kernel of 3x3 [without dilation]                the same for the kernel
    put maxpool(2x2) behind it | before it | behind conv1
    write upsample(2) -> conv(8, 3x3) in its place
    drop it
    write expect(784)                                     the promise itself
    use gap instead of flatten
    write gap in the place of flatten1
    input 26x26x1
    write rates of 1, 2, 5 in turn
    put a convolution of 3x3 without dilation before conv1
    an input of 26x26x1

Everything else is prose: "give the input a size".
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint import rules
from cnnspec.lint.fix.behaviour import same_graph
from cnnspec.lint.fix.input_sizes import resize
from cnnspec.lint.fix.offers import offer_repairs, write_help
from cnnspec.lint.fix.project import Project
from cnnspec.lint.fix.search import Search
from cnnspec.lint.fix.spelling import Raw
from cnnspec.lint.index import OFFERS
from cnnspec.pipeline import Analysis, analyse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Node

ALTERNATIVES = re.compile(r"; |,? or ")
NAMES = r"\w+(?:, \w+)*(?: and \w+)*"
PUT = re.compile(rf"(?:put|, and) (?P<text>\S.*?) (?P<where>before|behind) (?P<who>{NAMES})")
PLACE = re.compile(rf"write (?P<text>\S.*?) in (?:its place|the place of (?P<who>{NAMES}))")
BRANCH = re.compile(r"put (?P<text>\S.*?) behind (?P<branch>.*\(.*)")
DROP = re.compile(rf"drop (?P<who>{NAMES})")
KERNEL = re.compile(r"a kernel of (?P<value>[\dx]+)(?P<plain> without dilation)?")
INPUT = re.compile(r"input (?:of )?(?P<sizes>[\dx]+)")
ASSIGNED = re.compile(r"\b(?P<name>[a-z_]+)=(?P<value>\((?:[^()]|\([^()]*\))*\)|[\w.-]+)")
TURN = re.compile(r"write rates of (?P<rates>[\d, ]+) in turn")
PLAIN = re.compile(r"put a convolution of (?P<size>[\dx]+) without dilation before (?P<who>\w+)")
EITHER = re.compile(r"put (\w+) or (\w+) (before|behind) (\w+)")
PROMISE = re.compile(r"write (?P<text>expect\(.*\))")
NAMED = re.compile(rf" for (?P<who>{NAMES})")


class Advised:
    """A text under advice: the findings of it, and the texts that come of following the help of one."""

    def __init__(self, text: str, codes: Sequence[str] = ()) -> None:
        chosen = rules.default_codes() | set(codes)

        def again(source: Source, read: Any = read, watch: Any = None) -> Analysis:
            return analyse(source, codes=chosen, read=read, watch=watch)

        self.again = again
        self.project = Project([Source("/nowhere/net.cnn", text)], again)
        (self.path,) = self.project.sources
        self.findings = self.project.analysis(self.path).diagnostics

    @cached_property
    def shown(self) -> tuple[Diagnostic, ...]:
        """The findings as they are shown, with their repairs."""
        return offer_repairs(self.findings, self.again(self.project.sources[self.path]), self.again)

    def find(self, code: str) -> Diagnostic:
        """The first finding of a code, as it is shown."""
        found = [d for d in self.shown if d.code == code]
        assert found, (code, [f"{d.code} {d.message}" for d in self.findings])
        return found[0]

    def taken(self, found: Diagnostic) -> list[tuple[str, tuple[Diagnostic, ...]]]:
        """What the help offers, each alternative with what is found once it is followed."""
        made = []
        if found.repairs and found.code in OFFERS:
            assert found.help == write_help(OFFERS[found.code], found.repairs)
            for repair in found.repairs:
                after, said = self.project.with_edits(repair.edits), self.edits(found, repair.message)
                followed = self.project.with_edits(said)
                assert after is not None and followed is not None, f"{repair.message} is not understood"
                pairs = zip(after.analysis(self.path).networks, followed.analysis(self.path).networks, strict=True)
                assert all(same_graph(one.graph, other.graph) for one, other in pairs), repair.message
                made.append((repair.message, after.analysis(self.path).diagnostics))
            return made
        for words in alternatives(found.help):
            edits = self.edits(found, words)
            if edits:
                after = self.project.with_edits(tuple(edits))
                assert after is not None, f"{words} changes nothing"
                made.append((words, after.analysis(self.path).diagnostics))
        return made

    def as_found(self, shown: Diagnostic) -> Diagnostic:
        """A finding with the help that its rule gave it."""
        return self.findings[self.shown.index(shown)]

    def edits(self, found: Diagnostic, words: str) -> list[Edit]:
        """What an alternative changes in the text; nothing, where it is prose."""
        network, own = self.project.owner(self.path, self.as_found(found))
        if network is None:
            return []
        repair = Search(self.project).context(network)
        nodes = repair.nodes(own)
        named = {node.name: node for node in repair.graph.nodes}
        edits: list[Edit] = []

        def called(match: re.Match[str] | None, otherwise: list[Node]) -> list[Node]:
            """The layers that a match names; others where it names none."""
            names = re.split(", | and ", match["who"] or "") if match else []
            return [named[name] for name in names if name in named] or otherwise

        if promise := PROMISE.search(words):
            return self.promised(found, promise["text"])
        if found.code == "E020" and (one := ASSIGNED.search(words)):
            return [Edit(found.span, one[0])]
        if words == "use gap instead of flatten":
            return repair.replace([node for node in repair.graph.nodes if node.label == "flatten"], "gap")
        if plain := PLAIN.search(words):
            before = named[plain["who"]]
            channels = repair.inputs(before)[0][-1]
            return repair.before([before], f"conv({channels}, {plain['size']}, padding=same, activation=relu)")
        if place := PLACE.search(words):
            return repair.replace(called(place, nodes[:1]), place["text"])
        if branch := BRANCH.fullmatch(words):  # of a merge, as it is written
            at = self.project.sources[self.path].text.index(branch["branch"]) + len(branch["branch"])
            return [Edit(found.span.replace(start=at, end=at), f" -> {branch['text']}")]
        for put in PUT.finditer(words):
            edits += (repair.before if put["where"] == "before" else repair.behind)(called(put, nodes[:1]), put["text"])
        words = PUT.sub("", words)
        if turn := TURN.search(words):
            rates = turn["rates"].split(", ")
            for number, node in enumerate(repair.sites(nodes)):
                edits += repair.set([node], dilation=Raw(rates[number % len(rates)]))
        for part in words.split(", and "):
            if kernel := KERNEL.search(part):
                who = called(NAMED.search(part), nodes)
                edits += repair.set(who, kernel=Raw(kernel["value"]), **({"dilation": 1} if kernel["plain"] else {}))
        if sizes := INPUT.search(words):
            edits += resize(repair, [int(n) for n in sizes["sizes"].split("x")]).edits
        if drop := DROP.match(words):
            edits += repair.drop(called(drop, nodes))
        for part in words.split(", and "):
            values = {one["name"]: Raw(one["value"]) for one in ASSIGNED.finditer(part)}
            if values:
                edits += repair.set(called(NAMED.search(part), nodes), **values)
        return edits

    def promised(self, found: Diagnostic, text: str) -> list[Edit]:
        """Another expect(…) in the place of the one at or around a finding."""
        whole = self.project.sources[self.path].text
        start = whole.rindex("expect", 0, found.span.start + len("expect"))
        end, depth = whole.index("(", start), 0
        while True:
            depth += {"(": 1, ")": -1}.get(whole[end], 0)
            end += 1
            if not depth:
                return [Edit(found.span.replace(start=start, end=end), text)]


def alternatives(help: str) -> list[str]:
    """A help's alternatives, each whole: "use a kernel of 3 or 5" is two kernels."""
    made: list[str] = []
    help = EITHER.sub(r"put \1 \3 \4 or put \2 \3 \4", help.removeprefix("what fits: "))
    for part in ALTERNATIVES.split(help):
        if made and re.fullmatch(r"[\dx]+(\b.*)?", part):
            last = made[-1]
            stem = re.match(r"(use a kernel of|an input of) ", last)
            part = f"{stem[0]}{part}" if stem else part
        made.append(part)
    return made
