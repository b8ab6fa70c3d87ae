"""The interactive page as a text: what it states of every layer, and that nothing of what a file says gets out of its place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest

from cnnspec import load, loads
from cnnspec.diff import find_difference
from cnnspec.diff.limits import read_change_limits
from cnnspec.diff.verdict import find_verdicts
from cnnspec.draw.page import layers, write_difference_page, write_page
from cnnspec.draw.page.document import read_asset, read_script
from cnnspec.draw.page.fields import positions_data
from cnnspec.draw.question import DrawQuestion
from cnnspec.facts.positions import NOWHERE, Positions
from cnnspec.facts.receptive_field import Field
from cnnspec.lost import find_lost
from cnnspec.network import AnalysedNetwork
from tests.draw.page_networks import ALL, BLOCKS, BROKEN, CROSS, GATED, LOSSY, SEVERAL, UP, analyse_text
from tests.example_files import EXAMPLES

TEXT = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
VOID = {"meta", "input", "br", "link", "img"}


def data_of(page: str) -> list[dict[str, Any]]:
    """What a page states, of each of its parts."""
    return [json.loads(found) for found in TEXT.findall(page)]


def make(networks: Sequence[AnalysedNetwork]) -> str:
    return write_page(networks, DrawQuestion())


@cache
def page_of(text: str) -> str:
    """The page of a text, once for all who ask."""
    return make(analyse_text(text))


class Elements(HTMLParser):
    """Notes the elements of a page, and complains of one that is closed where another is open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# ---- what a page states ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ALL)
def test_the_fields_are_those_of_every_layer(text: str) -> None:
    for network, data in zip(analyse_text(text), data_of(page_of(text)), strict=True):
        reach = data["reach"]
        for node, own in zip(network.graph.nodes, reach["fields"], strict=True):
            field = network.facts.fields[node.index]
            if not isinstance(field, tuple):
                assert own == (None if field is None else "whole")
                continue
            for number, axis in zip(own, field, strict=True):
                stated = reach["axes"][number]
                spans = tuple([span and tuple(span) for span in stated["spans"]])
                assert Field(stated["advance"], spans) == axis


NODE = """
const { readFileSync } = require("node:fs");
const [script, asked] = JSON.parse(readFileSync(0, "utf-8"));
const { findSpan, listRuns, listPath, findExtent } = new Function(`${script}; return { findSpan, listRuns, listPath, findExtent };`)();
console.log(JSON.stringify(asked.map(({ reach, lost }) => {
  const spans = reach.fields.map((own, layer) => !Array.isArray(own) ? own : own.map((axis, i) => {
    const count = reach.spaces[layer][i] ?? 40;
    const all = Array.from({ length: count }, (_, position) => findSpan(reach.axes[axis], position));
    return [all, findExtent(reach.axes[axis], count)];
  }));
  const runs = Object.fromEntries(Object.entries(lost.maps).map(([layer, { read }]) => [layer, read.map(box => box.map(pieces => listRuns(pieces, 999)))]));
  const paths = reach.fields.map((own, layer) => !Array.isArray(own) ? [] : own.map((_, axis) => listPath(reach.via, layer, axis)));
  return [spans, runs, paths];
})));
"""


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")


@needs_node
def test_the_script_works_out_what_python_does() -> None:
    """Every position of every layer: its field, what of a map is read, the path that makes the field largest."""
    unet = load(EXAMPLES / "unet.cnn").analysed
    networks = [*[network for text in ALL for network in analyse_text(text)], unet]
    asked = [*[data for text in ALL for data in data_of(page_of(text))], *data_of(make([unet]))]
    text = json.dumps([read_asset("scripts/field.js"), asked])
    done = subprocess.run(["node", "-e", NODE], input=text, capture_output=True, text=True, check=True)
    for network, (spans, runs, paths) in zip(networks, json.loads(done.stdout), strict=True):
        routes = find_paths(network)
        for node in network.graph.nodes:
            field = network.facts.fields[node.index]
            for axis, reach in enumerate(field if isinstance(field, tuple) else ()):
                own, extent = spans[node.index][axis]
                expected = [reach.at(position) for position in range(len(own))]
                assert [span and tuple(span) for span in own] == expected
                seen = [span for span in expected if span]
                assert extent == [min(first for first, _ in seen), max(last for _, last in seen)]
                assert paths[node.index][axis] == routes[node.index][axis]
        for loss in find_lost(network).losses:
            read_of = [[[[a, b - 1] for a, b in mask.runs()] for mask in box] for box in loss.read]
            assert runs[str(loss.node)] == read_of


def find_paths(network: Any) -> list[list[list[int]]]:
    """The layers of the largest path of every layer and axis, by the routes themselves."""
    from cnnspec.facts.geometry import Geometry

    found = []
    for routes in Geometry(network.facts).routes(True):
        own = []
        for route in routes or ():
            path = []
            while route is not None:
                path.insert(0, route.node)
                route = route.before
            own.append(path)
        found.append(own)
    return found


def test_a_layer_knows_its_lines_and_the_calls_that_led_there() -> None:
    (data,) = data_of(page_of(BLOCKS))
    layer = data["layers"][8]
    assert layer["name"] == "relu4" or layer["at"] == [0, 1, 1]
    assert [at for _, at in layer["path"]] == [[0, 4, 4], [0, 2, 2]]


@needs_node
def test_sets_of_positions_are_listed_as_python_lists_them() -> None:
    """Many sets, also with patterns that end in the middle, and with pieces that touch."""
    chosen = Random(7)
    sets = []
    for _ in range(300):
        made = NOWHERE
        for _ in range(chosen.randint(1, 4)):
            first, period = chosen.randint(0, 20), chosen.randint(1, 5)
            run = Positions.run(first, first + chosen.randint(1, 9))
            made |= run.spread(10 + period, chosen.randint(1, 3)).stretched(1, chosen.randint(1, 2))
        sets.append(made)
    asked = [positions_data(one) for one in sets]
    code = f"{read_asset('scripts/field.js')}\nconsole.log(JSON.stringify({json.dumps(asked)}.map(pieces => listRuns(pieces, 999))))"
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[[a, b - 1] for a, b in one.runs()] for one in sets]


def test_what_mixes_is_known_of_all_behind_it() -> None:
    (data,) = data_of(page_of(GATED))
    names = [layer["name"] for layer in data["layers"]]
    assert [names[i] for i in data["reach"]["mixing"]] == ["gated", "last"]


def test_paths_may_differ_between_axes() -> None:
    (data,) = data_of(page_of(CROSS))
    names = [layer["name"] for layer in data["layers"]]
    assert [names[i] for i in data["reach"]["via"][names.index("crossed")]] == ["conv2", "conv1"]


def test_a_finding_that_names_no_layers_is_at_the_one_whose_text_it_is_in() -> None:
    (data,) = data_of(
        make([loads("input 64x64x3\nconv(64, 3x3) -> relu -> flatten -> dense(32) -> relu -> dense(3)\n").analysed])
    )
    dense = next(number for number, layer in enumerate(data["layers"]) if layer["name"] == "dense1")
    assert [found["layers"] for found in data["findings"] if found["code"] == "P501"] == [[dense]]


def test_findings_are_told_with_their_layers_and_lines() -> None:
    (data,) = data_of(page_of(BROKEN))
    (found,) = data["findings"]
    assert found["code"] == "E101" and found["at"] == [0, 2, 2] and "kernel 40" in found["says"]
    assert [layer.get("refused", False) for layer in data["layers"]] == [False, False, True, True, True, True]
    assert '<li data-line="0 2" class="error">' in page_of(BROKEN)


def test_what_is_never_read_is_told_in_words_and_places() -> None:
    (data,) = data_of(page_of(LOSSY))
    assert data["lost"]["maps"]["0"]["words"].startswith("columns 24 to 28 are never read")


def test_derivations_are_those_of_explain() -> None:
    (network,) = analyse_text(UP)
    (data,) = data_of(make([network]))
    steps = [data["steps"][number] for number in data["derivations"][1]]
    assert ["Output size", "height", "ceil(12/2) = 6"] in steps


def test_derivations_end_where_a_page_would_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "MOST_DERIVED", 1500)
    (data,) = data_of(make(analyse_text(BLOCKS)))
    left_out = [steps is None for steps in data["derivations"]]
    assert not left_out[0] and left_out[-1] and left_out == sorted(left_out)


def test_what_differs_is_marked_in_both() -> None:
    (a,), (b,) = (
        analyse_text(LOSSY),
        analyse_text(LOSSY.replace("4, 3x3", "8, 3x3").replace("flatten", "dropout(0.5) -> flatten")),
    )
    *_, difference = sorted(
        data_of(write_difference_page(find_difference(a, b), a, b, DrawQuestion())), key=lambda data: "marks" in data
    )
    assert difference["marks"]["a"] == {"changed": [1], "reshaped": [2]}
    assert difference["marks"]["b"] == {"changed": [1], "reshaped": [2], "added": [3]}
    assert difference["pairs"] == [[0, 0], [1, 1], [2, 2], [3, 4], [4, 5]]


def test_a_budget_stands_on_the_page_of_two() -> None:
    (a,), (b,) = analyse_text(LOSSY), analyse_text(LOSSY.replace("4, 3x3", "8, 3x3"))
    verdicts = find_verdicts(read_change_limits("params <= +5%, macs <= 9G"), a.facts, b.facts)
    plain, page = (write_difference_page(find_difference(a, b), a, b, DrawQuestion(), told) for told in ((), verdicts))
    assert "1 changed, 1 with other figures; 1 of 2 limits not kept</p>" in page
    assert '<tr class="broken"><th scope="row">broken</th><td>params &lt;= +5%</td>' in page
    assert '<tr class="kept"><th scope="row">kept</th><td>macs &lt;= 9G</td>' in page
    assert f"<p>broken: {verdicts[0].message.replace('<', '&lt;')}</p>" in page
    assert "Budget" not in plain and "limit" not in plain.partition("<main>")[0].partition("<body>")[2]
    kept = write_difference_page(find_difference(a, a), a, a, DrawQuestion(), verdicts[1:])
    assert "They are the same network; no limit broken</p>" in kept


# ---- a page as a document ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ALL)
def test_a_page_is_well_formed_and_the_same_twice(text: str) -> None:
    page = page_of(text)
    ids = [attributes["id"] for _, attributes in Elements(page).met if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert page == make(analyse_text(text))


def test_the_policy_allows_the_one_script_and_the_one_style() -> None:
    page = page_of(SEVERAL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    scripts = list(re.findall(r"<script>(.*?)</script>", page, re.DOTALL))
    assert scripts == [read_script()]
    sums = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (scripts[0], style)]
    (policy,) = [
        a["content"] or "" for tag, a in Elements(page).met if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert (
        policy.startswith("default-src 'none'; ")
        and [one in policy for one in sums] == [True, True]
        and "unsafe" not in policy
    )


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u2028\u202e\x07.cnn"


def test_no_name_and_no_text_gets_out_of_its_place() -> None:
    """The file's name and the text are the writer's own: they are shown, and are nothing but words."""
    text = BLOCKS + "# </script></style></textarea><script>alert(2)</script> <svg onload=alert(3)> \u202e ]]>\n"
    plain, hostile = (
        make(analyse_text(words, name)) for words, name in ((BLOCKS + "# x\n", "net.cnn"), (text, HOSTILE))
    )
    tags = [[tag for tag, _ in Elements(page).met if tag != "span"] for page in (plain, hostile)]
    assert tags[0] == tags[1]
    assert not [data for data in TEXT.findall(hostile) if "<" in data]
    for tag, attributes in Elements(hostile).met:
        assert not [name for name in attributes if name.startswith("on")], tag
    assert not set("\u2028\u202e\x07") & set(hostile)
    (model,) = analyse_text(text, HOSTILE)
    for node in model.graph.nodes:  # as a model may call its layers
        node.name = f"{HOSTILE}{node.index}"
    assert [tag for tag, _ in Elements(make([model])).met if tag != "span"] == tags[0]
    a, b = analyse_text(text, HOSTILE)[0], analyse_text(text.replace("8", "9"), HOSTILE)[0]
    assert [tag for tag, _ in Elements(write_difference_page(find_difference(a, b), a, b, DrawQuestion())).met].count(
        "script"
    ) == 4


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = page_of(BLOCKS)
    links = [
        v
        for _, attributes in Elements(page).met
        for name, v in attributes.items()
        if name in ("src", "href", "xlink:href", "action")
    ]
    assert links == []
    assert set(re.findall(r"\bhttps?://[^\"'\s<]+", page)) == {"http://www.w3.org/2000/svg"}


def test_a_large_network_makes_a_page_of_bounded_size() -> None:
    page = make([load(EXAMPLES / "resnet50.cnn").analysed])
    assert len(page) < 600_000
