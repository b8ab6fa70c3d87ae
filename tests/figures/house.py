"""One network in every place where cnnspec shows figures: each command really called, and the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cnnspec
from cnnspec import pipeline
from cnnspec.base import wrapping
from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.layers.window import AXIS_NAMES
from cnnspec.summary import find_summary
from cnnspec.summary.report import make_report
from cnnspec.summary.text import write_text
from cnnspec.tables.columns import COLUMNS
from cnnspec.tables.html import write_html
from tests.figures import from_api, from_expect, from_json, from_tables, text_names
from tests.figures.from_json import Unnamed
from tests.figures.readings import Reading

TOTALS, LAYERS, PAGES = range(3)  # how much is read: what is said of the network, of each layer too, in every form too
ASKED = ["--batch", "1", "--optimizer", "adam", "--memory", "16GiB", "--device", "v100", "--flops-as", "tensorflow"]
WIDE = ["--columns", ",".join(COLUMNS)]
UNIT = re.compile(r"\d (?:%|bytes|[KMGT]iB|MACs|parameters)")
NETWORK = ("rf_size", "coverage", "rf_effective")  # of the deepest layer, which are the network's


class House:
    """`capsys` is pytest's, `other` a network to compare with; what is met of the names is kept in `met`."""

    def __init__(self, path: Path, model: str, other: Path, capsys: object, met: set[tuple[str, str]]) -> None:
        self.path, self.model, self.other, self.capsys, self.met = path, model, other, capsys, met
        source = Source(str(path), path.read_text(encoding="utf-8"))
        self.network = next(n for n in pipeline.analyse(source, {}, model or None).networks if model in ("", n.name))
        facts, nodes = self.network.facts, self.network.graph.nodes
        self.unit = None if facts.deepest is None else nodes[facts.deepest].name
        self.axes: dict[str, tuple[str, ...]] = {}  # the names of a layer's axes
        for node, field in zip(nodes, facts.fields, strict=True):
            rank = len(field) if isinstance(field, tuple) else len(node.shape or (0,)) - 1
            self.axes[node.name] = AXIS_NAMES.get(rank, ())

    def readings(self, level: int) -> list[Reading]:
        found = [*self.summaries(level), *self.fields(level), *self.lost(level), *self.costs(level)]
        found += from_expect.readings(self.network)
        net = cnnspec.Network(self.network)
        found += from_tables.lines("repr", "repr", [repr(net)], "", {})
        found += from_api.readings(net, self.unit, self.met, level > TOTALS)
        if level > TOTALS:
            found += [
                *from_api.asked(net, self.met),
                *self.in_a_notebook(net),
                *self.explained(),
                *self.sizes(),
                *self.found(),
            ]
        if not self.network.broken:
            found += self.differing(level)
            found += self.compared()
            found += from_api.differing(net, cnnspec.load(self.other), self.met) if level > TOTALS else ()
        found += from_json.spread(found, {**self.axes, "": ()})
        return found if level > TOTALS else [r for r in found if not r.of]

    def printed(self, arguments: list[str]) -> str:
        """What a command prints, its sentences whole."""
        with patch.object(wrapping, "PIPE", 100_000):
            status = main(arguments)
        shown = self.capsys.readouterr()  # type: ignore[attr-defined]
        assert status == 0 or (status == 1 and ("error" in shown.err or arguments[0] == "diff")), (arguments, shown.err)
        return str(shown.out)

    def said(self, verb: str, *rest: str) -> str:
        """What a command about this network prints."""
        return self.printed([verb, str(self.path), *rest, *(["--model", self.model] if self.model else [])])

    def data(self, verb: str, *rest: str) -> Any:
        return json.loads(self.said(verb, *rest, "--format", "json"))

    def part(self, data: Any, level: int) -> Any:
        """Of a JSON what is read of it: at TOTALS of the layers the deepest alone."""
        return (
            data if level > TOTALS else {**data, "layers": [row for row in data["layers"] if row["name"] == self.unit]}
        )

    # ---- verb by verb ----------------------------------------------------------------------------------------------
    def summaries(self, level: int) -> Iterator[Reading]:
        data, summary = self.part(self.data("summary"), level), find_summary(self.network)
        yield from from_json.readings("summary", data, self.met)
        yield from from_json.summed(data)
        made = [("summary", *from_tables.laid_out(self.said("summary")))]
        if level > TOTALS:
            wide = self.said("summary", *WIDE)
            down = self.said("summary", "--format", "markdown", *WIDE)
            made.append(("summary --columns", *from_tables.laid_out(wide)))
            made.append(("summary --format markdown", *from_tables.marked_down(down)))
            made.append(("summary in a notebook", *from_tables.of_html(write_html(make_report(self.network, summary)))))
            for options in ([], WIDE):
                rows = from_tables.comma_separated(self.said("summary", "--format", "csv", *options))
                yield from from_tables.columns("csv", "summary --format csv", rows, {}, self.met)
        if level == PAGES:
            colored = write_text(self.network, summary, tuple(COLUMNS), width=100_000, color=True)
            made.append(("summary in color", *from_tables.laid_out(colored)))
        for where, tables, rest in made:
            short = from_tables.short_names(rest)
            if level > TOTALS:
                yield from from_tables.columns("summary", where, tables[0], short, self.met)
            yield from from_tables.lines("summary", where, rest, "", short)

    def fields(self, level: int) -> Iterator[Reading]:
        data = self.data("rf", *[self.unit] if self.unit else [])
        found = [*from_json.readings("rf", self.part(data, level), self.met)]
        yield from found
        yield from [r._replace(of="") for r in found if r.of == self.unit and r.figure in NETWORK]
        yield from self.page("rf", self.said("rf"), level)
        if self.unit:
            yield from from_tables.lines("unit", "rf LAYER", self.said("rf", self.unit).splitlines(), self.unit, {})

    def lost(self, level: int) -> Iterator[Reading]:
        yield from from_json.readings("lost", self.data("lost"), self.met)
        yield from self.page("lost", self.said("lost"), level)

    def costs(self, level: int) -> Iterator[Reading]:
        data = self.data("cost", *ASKED)
        yield from from_json.readings("cost", self.part(data, level), self.met)
        nodes, used = self.network.graph.nodes, self.network.graph.used()
        yield from from_json.activations(data, {node.name for node in nodes if used[node.index] and node.layer})
        kinds = iter(("inference", "training", "frozen"))
        largest = iter(("inference", "training", "frozen"))
        for reading in self.page("cost", self.said("cost", *ASKED), level):
            if reading.figure == "together":
                yield reading._replace(figure=f"{next(kinds)}_bytes")
            elif reading.figure == "largest":
                yield reading._replace(figure=f"{next(largest)}_largest")
            else:
                yield reading

    def in_a_notebook(self, net: cnnspec.Network) -> Iterator[Reading]:
        """The tables that a notebook shows."""
        shown: dict[str, cnnspec.Cost | cnnspec.Lost | cnnspec.ReceptiveFields] = {
            "cost": from_api.ask_cost(net), "rf": net.receptive_fields(), "lost": net.lost(),
        }  # fmt: skip
        for kind, answer in shown.items():
            where = f"{kind} in a notebook"
            tables, lines = from_tables.of_html(answer.to_html())
            for rows in tables[:1]:  # behind it stand those of the memory
                alone = [row for row in rows if kind != "lost" or ", " not in row[0]]
                yield from from_tables.columns(kind, where, alone, {}, set())
            yield from from_tables.lines(kind, where, lines, "", {})

    def explained(self) -> Iterator[Reading]:
        data = self.data("explain")
        yield from from_json.readings("explain", data, self.met)
        used = sum([layer["used"] for layer in data["layers"]])
        yield Reading("layer_count", "", used, "explain --format json: used")

    def sizes(self) -> Iterator[Reading]:
        found = [*from_json.readings("sizes", self.data("sizes"), self.met)]
        yield from found
        for kind, figure in (("legal", "network_legal"), ("lossless", "network_lossless")):
            declared = [r.value for r in found if r.figure == kind]
            if declared and None not in declared:
                yield Reading(figure, "", all(declared), f"sizes --format json: {kind}")
        yield Reading("network_legal", "", not self.network.broken, "check")

    def differing(self, level: int) -> Iterator[Reading]:
        side = f"{self.path}:{self.model}" if self.model else str(self.path)
        yield from from_tables.lines("same", "diff", self.printed(["diff", side, side]).splitlines(), "", {})
        if level > TOTALS:
            tables, _ = from_tables.laid_out(self.printed(["diff", side, str(self.other)]))
            yield from from_tables.totals_of_difference(tables[-1], "diff")
            data = json.loads(self.printed(["diff", side, str(self.other), "--format", "json"]))
            yield from from_json.readings("diff", data, self.met)

    def compared(self) -> Iterator[Reading]:
        side = f"{self.path}:{self.model}" if self.model else str(self.path)
        asked = ["--optimizer", "adam", "--device", "v100", "--format", "json"]
        data = json.loads(self.printed(["compare", side, *asked]))
        for reading in from_json.readings("compare", data, self.met):
            yield reading._replace(of="")

    def found(self) -> Iterator[Reading]:
        """What findings say of figures."""
        inputs = [self.network.graph.nodes[i].name for i in self.network.graph.inputs]
        for diagnostic in self.network.diagnostics:
            pattern, where = text_names.FINDINGS.get(diagnostic.code), f"check: {diagnostic.code}"
            if pattern is None and UNIT.search(diagnostic.message):
                raise Unnamed(f"{where}: no pattern in text_names.FINDINGS: {diagnostic.message}")
            if pattern is not None and not pattern.startswith("- "):
                match = re.fullmatch(pattern, diagnostic.message)
                assert match is not None, (pattern, diagnostic.message)
                for figure, value in match.groupdict().items():
                    if figure != "of" and value is not None:
                        figure = figure.rstrip("_")
                        of = match["of"] if figure.endswith("_of") else inputs[0] if figure.endswith("_in") else ""
                        yield from from_tables.cells(re.sub("_(of|in)$", "", figure), of, value, where, {})

    # ---- pages -------------------------------------------------------------------------------------------------------
    def page(self, kind: str, text: str, level: int) -> Iterator[Reading]:
        """The tables and the lines of a text."""
        tables, rest = from_tables.laid_out(text)
        for rows in tables if level > TOTALS else ():
            alone = [row for row in rows if kind != "lost" or ", " not in row[0]]  # several layers may share a row
            yield from from_tables.columns(kind, kind, alone, {}, self.met)
        yield from from_tables.lines(kind, kind, rest, "", {})
