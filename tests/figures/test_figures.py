"""A figure has one definition: wherever cnnspec says it, in JSON, tables, text, the Python API and budgets, it is the same.

Everything is read by name, and a number without a name fails: see `figures/names.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec import pipeline
from cnnspec.base.percent import percent
from cnnspec.base.source import Source
from cnnspec.facts import activation_memory as memory
from cnnspec.facts.facts import Totals
from cnnspec.graph import Graph
from cnnspec.lint import budget
from cnnspec.pipeline import analyse
from cnnspec.rf import text as field_text
from cnnspec.sizes import input_sizes
from cnnspec.sizes.input_sizes import work_out_sizes
from cnnspec.tables.rows import LayerFigures
from tests.example_files import EXAMPLES, FILES, TRIED, ZOO, relative
from tests.figures import api_names, from_api, from_json, from_tables, names, text_names
from tests.figures.from_json import Unnamed
from tests.figures.house import LAYERS, PAGES, TOTALS, House
from tests.figures.readings import disagreements
from tests.support import THOROUGH, sample

TEXT = (Path(__file__).parent / "networks.md").read_text(encoding="utf-8")
CASES = dict(re.findall(r"^## (.+?)\n+```cnn\n(.*?)^```", TEXT, re.M | re.S))
OTHER = "input 9x9x3\nconv(2, 3x3, stride=2) -> bn -> gap -> dense(3)\n"  # what every network is compared with
FIRST_OF_KIND = (
    "ConvNeXtTiny",
    "EfficientNetV2B0",
    "MobileNet",
    "MobileNetV3Small",
    "ResNet50V2",
    "Xception",
    *(["NASNetMobile"] if THOROUGH else []),
)


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is analysed once, and its sizes are worked out once, however many commands are asked about it."""
    known: dict[Any, Any] = {}
    sized: dict[int, tuple[Graph, Any]] = {}

    def remembered(source: Source, parameters: Any = None, model: str | None = None, *rest: Any, **more: Any) -> Any:
        key = (source.name, source.text, str(parameters or {}), model)
        if key not in known:
            known[key] = analyse(source, parameters, model, *rest, **more)
        return known[key]

    def worked_out(graph: Graph, rebuild: Any) -> Any:
        if id(graph) not in sized:
            sized[id(graph)] = graph, work_out_sizes(graph, rebuild)
        return sized[id(graph)][1]

    monkeypatch.setattr(pipeline, "analyse", remembered)
    monkeypatch.setattr(input_sizes, "work_out_sizes", worked_out)


def wrong(path: Path, tmp_path: Path, capsys: object, level: int, met: set[tuple[str, str]]) -> list[str]:
    """What two places say differently of the networks of a file."""
    other = tmp_path / "other.cnn"
    other.write_text(OTHER)
    source = Source(str(path), path.read_text(encoding="utf-8"))
    made = [network.name for network in pipeline.analyse(source, {}, None).networks]
    houses = [House(path, name if len(made) > 1 else "", other, capsys, met) for name in made]
    return [line for house in houses for line in disagreements(house.readings(level))]


def case(title: str, tmp_path: Path) -> Path:
    path = tmp_path / "net.cnn"
    path.write_text(CASES[title])
    return path


# ---- the same everywhere -------------------------------------------------------------------------------------------
# By default the zoo's families that no example is of, and of two examples of a kind the smaller.
KIN = [
    EXAMPLES / f"{name}.cnn"
    for name in ("densenet121", "efficientnet_b0", "inception_v3", "mobilenet_v2", "resnet50_keras", "unet")
]
SHOWN = (
    TRIED if THOROUGH else [*FILES, *[ZOO / f"{name}.cnn" for name in ("ConvNeXtTiny", "MobileNetV3Small", "Xception")]]
)


@pytest.mark.parametrize("path", sample(SHOWN, KIN), ids=relative)
def test_a_figure_is_the_same_everywhere(path: Path, tmp_path: Path, capsys: Any) -> None:
    level = TOTALS if path.parent == ZOO and path.stem not in FIRST_OF_KIND else LAYERS
    assert not wrong(path, tmp_path, capsys, level, set())


def test_every_name_is_met_and_hard_networks_are_the_same_everywhere(tmp_path: Path, capsys: Any) -> None:
    met: set[tuple[str, str]] = set()
    assert {
        title: found for title in CASES if (found := wrong(case(title, tmp_path), tmp_path, capsys, PAGES, met))
    } == {}
    known = {
        (kind, name)
        for table in (names.JSON, text_names.COLUMNS, api_names.API)
        for kind in table
        for name in table[kind]
    }
    assert sorted(known - met) == [], "a line that no number has"


@pytest.mark.parametrize("title", CASES)
def test_explain_says_each_step_in_every_form(title: str, tmp_path: Path, capsys: Any) -> None:
    house = House(case(title, tmp_path), "", tmp_path, capsys, set())
    data = house.data("explain")
    steps = [step for layer in data["layers"] for section in layer["sections"] for step in section["steps"]]  # type: ignore[attr-defined]
    for form in ("text", "markdown", "latex"):
        lines = from_tables.steps(form, house.said("explain", "--format", form))
        assert len(lines) == len(steps), form
        for line, step in zip(lines, steps, strict=True):
            assert step["value"] is None or from_tables.has(line, step["value"]), (form, line, step)


# ---- what the comparison finds ---------------------------------------------------------------------------------------
GATE = "a squeeze-and-excitation gate"
SECOND: dict[str, tuple[object, str, Callable[[Any], Any]]] = {  # a second definition of a figure, in one place
    "coverage of a budget": (budget, "_coverage", lambda old: lambda *given: (f := old(*given)) and f.replace(values=(f.values[0] * 0.99,))),
    "params of a budget": (budget, "_params", lambda old: lambda *given: (f := old(*given)) and f.replace(values=(f.values[0] + 1,))),
    "a field with its gates": (budget, "_receptive_field", lambda old: lambda *given: (f := old(*given)) and f.replace(values=(7, 7))),
    "memory of a budget": (memory, "activation_values", lambda old: lambda *given: old(*given) + 1),
    "FLOPs of a layer": (LayerFigures, "flops", lambda old: property(lambda self: self.macs)),
    "FLOPs of the network": (Totals, "flops", lambda old: property(lambda self: self.macs)),
    "coverage of rf's text": (field_text, "percent", lambda old: lambda share: old(None if share is None else round(share, 2))),
    "layers counted with the unused": (Totals, "layers", lambda old: property(lambda self: old.fget(self) + 1)),
    "a total of the API": (cnnspec.Network, "macs", lambda old: property(lambda self: 2 * old.fget(self))),
    "a shape of the API": (cnnspec.Network, "__init__", lambda old: lambda self, *given: (old(self, *given), setattr(self, "outputs", ((1, *self.outputs[0]),)))[0]),
    "bytes of the API": (cnnspec.Cost, "training_bytes", lambda old: property(lambda self: old.fget(self) + 1)),
    "lost MACs of the API": (cnnspec.Lost, "macs", lambda old: property(lambda self: old.fget(self) + 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", SECOND)
def test_a_second_definition_is_found(name: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    holder, figure, other = SECOND[name]
    old = vars(holder)[figure]
    monkeypatch.setattr(holder, figure, other(old))
    for quantity, (function, takes) in list(budget.QUANTITIES.items()):
        if function is old:
            monkeypatch.setitem(budget.QUANTITIES, quantity, (other(old), takes))
    assert wrong(case(GATE, tmp_path), tmp_path, capsys, LAYERS, set())


def test_a_figure_without_a_name_is_found(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(case(GATE, tmp_path), "", tmp_path, capsys, set())
    for verb, data in (
        ("summary", {"totals": {"new": 1}}),
        ("rf", {"layers": [{"new": [1.5]}]}),
        ("sizes", {"axes": [{"legal": {"early": [], "start": 1, "period": 1, "residues": [0], "new": 3}}]}),
        ("sizes", {"axes": [{"new": 3}]}),
    ):
        with pytest.raises(Unnamed, match="new"):
            [*from_json.readings(verb, data, set())]
    with pytest.raises(Unnamed, match="New"):
        [*from_tables.columns("summary", "summary", [["Layer", "New"], ["conv1", "3"]], {}, set())]
    with pytest.raises(Unnamed, match="New memory"):
        [*from_tables.lines("cost", "cost", ["New memory: 4.2 GB"], "", {})]
    monkeypatch.setattr(cnnspec.Network, "new", property(lambda self: 3), raising=False)
    monkeypatch.setattr(from_api, "looked", {})
    with pytest.raises(Unnamed, match=r"Network\.new"):
        [*from_api.readings(cnnspec.Network(house.network), None, set(), False)]
    monkeypatch.setitem(budget.QUANTITIES, "new", budget.QUANTITIES["macs"])
    with pytest.raises(Unnamed, match="new"):
        house.readings(TOTALS)


# ---- percents ----------------------------------------------------------------------------------------------------------
PERCENTS = {
    0: "0 %", 1: "100 %", 0.5625: "56.25 %", 0.0625: "6.25 %", 0.75: "75 %", 0.125: "12.5 %", 108 / 784: "13.8 %", 0.4898: "48.98 %",
    24 / 49: "49.0 %", 0.00285: "0.29 %", 1 / 4096: "0.02 %", 1e-9: "<0.01 %", 0.99996: ">99.99 %", 0.9993: "99.93 %", 8 / 195: "4.10 %",
    0.9912000298: "99.12 %", 343 / 359: "95.54 %", 1 / 3: "33.3 %", 2 / 3: "66.7 %", 4.258: "425.8 %", 123.4567: "12,345.67 %",
}  # fmt: skip


def test_a_share_is_exact_or_rounded_a_half_up() -> None:
    assert {share: percent(share) for share in PERCENTS} == PERCENTS
    assert [percent(share, signed=True) for share in (0, 0.101007, -0.28, -0.5625)] == [
        "0 %",
        "+10.1 %",
        "-28 %",
        "-56.25 %",
    ]
    assert percent(None) == "?"
    for part in range(1, 800):  # what is there is not nothing, what is not all is not all
        assert percent(part / 800) not in ("0 %", "0.00 %", "100 %", "100.0 %", "100.00 %")


def test_no_other_place_writes_percents() -> None:
    package = Path(cnnspec.__file__).parent
    own = re.compile(r":[^{}\"]*%\}|\.replace\(\"%\", \" %\"\)|100 \* [^{}]*:[^{}]*f\} %")
    found = [
        path.name
        for path in package.rglob("*.py")
        if path.name != "table.py" and own.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


# ---- budgets -------------------------------------------------------------------------------------------------------------
BROKEN = [
    ("input 64x64x3\nconv(16, 48x48)", "coverage >= 0.9", "coverage is 56.25 %, not >= 90 %"),
    ("input 64x64x3\nconv(16, 48x48)", "coverage > 0.5625", "coverage is 56.25 %, not > 56.25 %"),
    ("input 64x64x3\nconv(16, 48x48)", "coverage > 0.562501", "coverage is 56.25 %, not > 56.2501 %"),
    ("input 64x64x3\nconv(16, 16x16)", "coverage >= 0.1", "coverage is 6.25 %, not >= 10 %"),
    ("input 99x99x1\nconv(1, 33x33)", "coverage >= 0.11112", "coverage is 11.11111111 %, not >= 11.112 %"),
    ("input 28x28x1\nconv(7, 3x3)", "params_bytes <= 279", "params_bytes is 280 bytes, not <= 279 bytes"),
    ("input 28x28x1\nconv(103, 3x3)", "params_bytes <= 4119", "params_bytes is 4,120 bytes, not <= 4,119 bytes"),
    ("input a 8x8x1\ninput b 8x8x1\nadd(a, b) -> conv(1, 4x4)", "coverage >= 0.5", "coverage is 25 %, not >= 50 %"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "promise", "message"), BROKEN)
def test_a_broken_budget_tells_figure_and_bound_apart(text: str, promise: str, message: str) -> None:
    (network,) = analyse(Source("net.cnn", f"{text}\nexpect {promise}\n")).networks
    assert [d.message for d in network.diagnostics if d.code == "E021"] == [message]


# ---- what no output depends on -------------------------------------------------------------------------------------------
ALONE = "input 24x24x3\nconv(8, 3x3, padding=same) as x\nx -> conv(4, 3x3, stride=2) as y\n"
UNUSED = [
    "x -> conv(64, 7x7, padding=same) as dead\n", "x -> upsample(8) as dead\n", "x -> conv(9, 1x1) -> bn -> relu as dead\n",
    "(x -> conv(32, 3x3, padding=same)) as d\nadd(d, d) as dead\n", "input z 900x900x3\nz -> conv(8, 3x3) as dead\n",
]  # fmt: skip


@pytest.mark.parametrize("dead", UNUSED)
def test_a_layer_that_no_output_depends_on_takes_no_memory(dead: str) -> None:
    asked = (
        "activation_memory <= 1, peak_memory <= 1, inference_memory <= 1, training_memory <= 1, params <= 1, macs <= 1"
    )
    with_it, without = (
        [d.message for d in cnnspec.check_text(f"{ALONE}{more}output y\nexpect {asked}\n") if d.code == "E021"]
        for more in (dead, "")
    )
    assert with_it == without and len(without) == 6
    assert (
        repr(cnnspec.loads(f"{ALONE}{dead}output y\n")).split(":")[1]
        == repr(cnnspec.loads(f"{ALONE}output y\n")).split(":")[1]
    )


# ---- sizes that meet about the network's own -----------------------------------------------------------------------------
MEETING = {
    "input 64x64x3\nconcat(conv(8, 3x3, stride=2, padding=same), gap(keepdims=true) -> conv(8, 1x1) -> upsample(32))": {
        63,
        64,
    },
    "input 40x2\nadd(conv(2, 1, stride=3), gap(keepdims=true) -> upsample(14))": {40, 41, 42},
    "input 200x2\nadd(in, gap(keepdims=true) -> conv(2, 1) -> upsample(200))": {200},
    "input 21x2\nadd(in, maxpool(3) -> crop(((0, 4),)) -> upsample(7))": {21, 22, 23},
    "input 90x90x2\nconcat(avgpool(2), adaptive_avgpool(45))": {90, 91},
}


@pytest.mark.parametrize("text", MEETING)
def test_sizes_that_meet_about_the_networks_own_are_found(text: str) -> None:
    """Brute force: each size is built."""
    wanted = MEETING[text]
    axis = cnnspec.loads(text).sizes().axes[0]
    assert axis.legal is not None
    own = max(wanted)
    for n in range(1, own + 40):
        first = text.split("\n")[0]
        sized = text.replace(
            first, re.sub(r"\d+x", f"{n}x", first, count=first.count("x") if first.count("x") == 2 else 1)
        )
        assert (not cnnspec.loads(sized).analysed.broken) == (n in axis.legal), n
