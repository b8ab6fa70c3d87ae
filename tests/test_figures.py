"""A figure has one definition: wherever cnnspec says it, in JSON, tables, text, the Python API and budgets, it is the same.

Everything is read by name, and a number without a name fails: see `figures/names.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from example_files import FILES, ZOO, relative
from figures import from_api, from_expect, from_json, from_tables, names
from figures.readings import Reading, disagreements

import cnnspec
from cnnspec import pipeline
from cnnspec.cli import main
from cnnspec.layers.window import AXIS_NAMES
from cnnspec.pipeline import analyse
from cnnspec.report import summary
from cnnspec.report.columns import COLUMNS
from cnnspec.source import Source

CASES = re.findall(
    r"^## (.+?)\n+```cnn\n(.*?)^```", (Path(__file__).parent / "figures" / "networks.md").read_text(), re.M | re.S
)
OTHER = "input 9x9x3\nconv(2, 3x3, stride=2) -> bn -> gap -> dense(3)\n"  # what every network is compared with
COLUMN_NAMES = ",".join(COLUMNS)
ASKED = ["--batch", "1", "--optimizer", "adam", "--memory", "16GiB", "--device", "v100", "--flops-as", "tensorflow"]


class House:
    """A network in every place that shows figures. What is met of the names is kept in `met`."""

    def __init__(
        self, path: Path, model: str, other: Path, capsys: pytest.CaptureFixture[str], met: set[tuple[str, str]]
    ) -> None:
        self.path, self.model, self.other, self.capsys, self.met = path, model, other, capsys, met
        source = Source(str(path), path.read_text(encoding="utf-8"))
        self.network = next(n for n in pipeline.analyse(source, {}, model or None).networks if model in ("", n.name))
        facts, nodes = self.network.facts, self.network.graph.nodes
        self.unit = None if facts.deepest is None else nodes[facts.deepest].name
        ranks = {
            node.name: len(field) for node, field in zip(nodes, facts.fields, strict=True) if isinstance(field, tuple)
        }
        self.axes = {name: AXIS_NAMES.get(rank, ()) for name, rank in ranks.items()}
        self.axes |= {
            n.name: AXIS_NAMES.get(len(n.shape) - 1, ()) for n in nodes if n.shape and n.name not in self.axes
        }

    def said(self, *arguments: str) -> str:
        """What a command prints."""
        verb, *rest = arguments
        model = ["--model", self.model] if self.model and verb != "diff" else []
        status = main([verb, str(self.path), *rest, *model])
        shown = self.capsys.readouterr()
        assert status in (0, 1) and (status == 0 or verb == "diff" or "error" in shown.err), (arguments, shown.err)
        return shown.out

    # ---- JSON --------------------------------------------------------------------------------------------------
    def json(self, everything: bool) -> Iterator[Reading]:
        unit = [self.unit] if self.unit else []
        for verb, *rest in [("summary",), ("rf", *unit), ("lost",), ("cost", *ASKED), *[("explain",)] * everything]:
            data = json.loads(self.said(verb, *rest, "--format", "json"))
            yield from from_json.readings(verb, data, self.met)
            if verb == "summary":
                yield Reading(
                    "outputs", "", tuple([tuple(o["shape"]) for o in data["outputs"]]), "summary --format json"
                )
                yield from [
                    Reading("params", layer["name"], sum(layer["params"].values()), "summary --format json")
                    for layer in data["layers"]
                    if None not in layer["params"].values()
                ]
            if verb == "explain":
                yield Reading(
                    "layer_count", "", sum(layer["used"] for layer in data["layers"]), "explain --format json: used"
                )
            if verb == "rf" and self.unit:
                yield from [
                    r._replace(of="")
                    for r in from_json.readings("rf", data, self.met)
                    if r.of == self.unit and r.figure in ("rf_size", "coverage", "rf_effective")
                ]
            if verb == "cost":
                used = {
                    n.name
                    for n, u in zip(self.network.graph.nodes, self.network.graph.used(), strict=True)
                    if u and n.layer
                }
                made = [layer["activation_bytes"] for layer in data["layers"] if layer["name"] in used]
                if all(isinstance(n, int) for n in made):
                    yield Reading("activation_bytes", "", sum(made), "cost --format json: activation_bytes together")
                for kind in ("inference", "training"):
                    yield Reading(f"{kind}_bytes_text", "", data[kind]["bytes"], f"cost --format json: {kind}")
        if everything:
            found = from_json.readings("sizes", json.loads(self.said("sizes", "--format", "json")), self.met)
            found = [*found]
            yield from found
            declared = [r.value for r in found if r.figure == "lossless"]
            if declared and None not in declared:
                yield Reading("network_lossless", "", all(declared), "sizes --format json: lossless")

    def differing(self, everything: bool) -> Iterator[Reading]:
        side = f"{self.path}:{self.model}" if self.model else str(self.path)
        others = (["diff", side, str(self.other)], ["diff", side, str(self.other), "--format", "json"])
        for arguments in (["diff", side, side], *others[: 2 * everything]):
            main(arguments)
            shown = self.capsys.readouterr()
            assert not shown.err, shown.err
            if arguments[2] == side:
                yield from from_tables.lines("same", "diff", shown.out.splitlines(), "", {})
            elif "json" in arguments:
                yield from from_json.readings("diff", json.loads(shown.out), self.met)
            else:
                tables, _ = from_tables.laid_out(shown.out)
                yield from from_tables.totals_of_difference(tables[-1], "diff")

    # ---- tables and lines ------------------------------------------------------------------------------------------
    def tables(self, everything: bool, colored: bool) -> Iterator[Reading]:
        wide = ["--columns", COLUMN_NAMES]
        shown = [("summary", self.said("summary"))]
        shown += [("summary --columns", self.said("summary", *wide))] * everything
        made = [(where, *from_tables.laid_out(from_tables.unfolded(text))) for where, text in shown]
        if colored:
            made.append(("summary in color", *from_tables.laid_out(summary.colored(self.network, 400, tuple(COLUMNS)))))
        if everything:
            made.append(("summary in a notebook", *from_tables.of_html(summary.html(self.network))))
            made.append(
                (
                    "summary --format markdown",
                    *from_tables.marked_down(self.said("summary", "--format", "markdown", *wide)),
                )
            )
        for where, tables, rest in made:
            short = from_tables.short_names(rest)
            if tables[0]:
                yield from from_tables.columns("summary", where, tables[0], short, self.met)
            yield from from_tables.lines("summary", where, rest, "", short)
        for rest in ([], wide) if everything else ():
            rows = from_tables.comma_separated(self.said("summary", "--format", "csv", *rest))
            yield from from_tables.columns("csv", "summary --format csv", rows, {}, self.met)
        if everything:
            yield from self.of("rf", "rf")
            yield from self.of("cost", "cost", *ASKED)
        yield from self.of("lost", "lost")
        if self.unit:
            yield from from_tables.lines("unit", "rf LAYER", self.said("rf", self.unit).splitlines(), self.unit, {})

    def of(self, kind: str, *arguments: str) -> Iterator[Reading]:
        tables, rest = from_tables.laid_out(self.said(*arguments))
        for rows in tables:
            lost = kind == "lost"  # where several layers share a row
            rows = (
                [rows[0], *[[row[0].split(", ")[0], *row[1:]] for row in rows[1:] if not lost or ", " not in row[0]]]
                if lost
                else rows
            )
            yield from from_tables.columns(kind, " ".join(arguments[:1]), rows, {}, self.met)
        together = iter(("inference_bytes_text", "training_bytes_text"))
        for reading in from_tables.lines(
            kind, arguments[0], [line for line in rest if line not in self.legend], "", {}
        ):
            if reading.figure == "together":
                yield reading._replace(figure=next(together))
            elif reading.figure not in ("largest", "mixed", "misaligned"):
                yield reading

    legend = (
        "RF: input positions that one position depends on, unclipped; jump: input positions from one to its neighbour;",
    )

    # ---- all ---------------------------------------------------------------------------------------------------------
    def readings(self, everything: bool, colored: bool) -> list[Reading]:
        net = cnnspec.Network(self.network)
        found = [
            *self.json(everything),
            *self.tables(everything, colored),
            *from_api.readings(net, self.unit, self.met),
        ]
        found += [*from_expect.readings(self.network), *from_tables.lines("repr", "repr", [repr(net)], "", {})]
        if not self.network.broken:
            found += self.differing(everything)
            found += from_api.differing(net, cnnspec.load(self.other), self.met) if everything else ()
        for diagnostic in self.network.diagnostics:
            pattern = names.FINDINGS.get(diagnostic.code)
            match = re.match(pattern, diagnostic.message) if pattern else None
            for figure, value in (match.groupdict() if match else {}).items():
                if figure != "of" and value is not None:
                    of = match["of"] if figure.endswith("_of") else ""  # type: ignore[index]
                    found += from_tables.cells(figure.removesuffix("_of"), of, value, f"check: {diagnostic.code}", {})
        return [*found, *from_json.spread(found, {**self.axes, "": ()})]


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is analysed once, however many commands are asked about it."""
    known: dict[Any, Any] = {}

    def remembered(source: Source, parameters: Any = None, model: str | None = None, *rest: Any, **more: Any) -> Any:
        key = (source.name, source.text, str(parameters or {}), model)
        if key not in known:
            known[key] = analyse(source, parameters, model, *rest, **more)
        return known[key]

    monkeypatch.setattr(pipeline, "analyse", remembered)


MET: set[tuple[str, str]] = set()


def compared(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], everything: bool = True, colored: bool = False
) -> None:
    other = tmp_path / "other.cnn"
    other.write_text(OTHER)
    made = [
        network.name for network in pipeline.analyse(Source(str(path), path.read_text(encoding="utf-8")), {}).networks
    ]
    for name in made:
        found = House(path, name if len(made) > 1 else "", other, capsys, MET).readings(everything, colored)
        assert not (wrong := disagreements(found)), "\n".join(wrong[:20])


@pytest.mark.parametrize("path", [*FILES, *sorted(ZOO.glob("*.cnn"))], ids=relative)
def test_a_figure_is_the_same_everywhere(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compared(path, tmp_path, capsys, everything=path.parent != ZOO)


@pytest.mark.parametrize("text", [pytest.param(text, id=title) for title, text in CASES])
def test_a_figure_of_a_difficult_network_is_the_same_everywhere(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.cnn"
    path.write_text(text)
    compared(path, tmp_path, capsys, colored=True)
