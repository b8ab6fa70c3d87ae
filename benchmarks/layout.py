"""The layout of `cnnspec draw` beside Graphviz's dot, ELK and dagre: python benchmarks/layout.py [--random 1000]

The same boxes, groups, edges and labels, of equal sizes and least distances, go to all four: ten networks with their blocks
as groups, the same without groups, and small graphs by chance. For each: how many pairs of edges cross (from the lines drawn;
edges of one tensor are not compared with each other), the area of the page, and CPU seconds. The others are installed by npm
into build/layout, of the versions below.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cnnspec
from cnnspec.draw.layered import lay_out
from cnnspec.draw.layered.diagram import Box, Edge, Group, Size, Spacing
from cnnspec.graph import BlockCall, FunctionUse

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "layout"
PACKAGES = ("@viz-js/viz@3.31.0", "elkjs@0.12.1", "@dagrejs/dagre@3.1.3")
NETWORKS = (
    "resnet50", "inception_v3", "densenet121", "unet", "efficientnet_b0", "mobilenet_v2", "siamese", "zoo/NASNetMobile",
    "zoo/InceptionResNetV2", "zoo/Xception",
)  # fmt: skip
SIAMESE = """
model Siamese {
  input one 105x105x1
  input other 105x105x1
  shared tower = {
    conv(64, 10x10, activation=relu) -> maxpool(2x2) -> conv(128, 7x7, activation=relu) -> maxpool(2x2)
    conv(128, 4x4, activation=relu) -> maxpool(2x2) -> conv(256, 4x4, activation=relu) -> flatten
    dense(4096, activation=sigmoid)
  }
  one -> tower as a
  other -> tower as b
  subtract(a, b) -> abs -> dense(1, activation=sigmoid)
}
"""
Graph = tuple[list[Box], list[Group], list[Edge]]
Line = Sequence[tuple[float, float]]


# ---- graphs ------------------------------------------------------------------------------------------------------


def graph_of(network: Any, grouped: bool) -> Graph:
    """Every layer a box, every block call a group, every tensor's shape a label."""
    nodes = network.analysed.graph.nodes
    groups: list[Group] = []
    number: dict[tuple[int, ...], int] = {}
    boxes, edges = [], []
    for node in nodes:
        calls = [step for step in node.site.steps if isinstance(step, BlockCall | FunctionUse)] if grouped else []
        group = None
        for depth in range(len(calls)):
            key = tuple(map(id, calls[: depth + 1]))
            if key not in number:
                number[key] = len(groups)
                groups.append(Group(Size(6.0 * len(title(calls[depth])) + 4, 11), group))
            group = number[key]
        boxes.append(Box(max(46.0, 6.2 * len(node.label) + 16), 24, group))
        for index in node.inputs:
            edges.append(Edge(index, node.index, Size(60, 10)))
    return boxes, groups, edges


def title(call: BlockCall | FunctionUse) -> str:
    return call.block if isinstance(call, BlockCall) else call.name


def graph_by_chance(chance: random.Random) -> Graph:
    """5 to 25 boxes, each reading one or two of the boxes before it, mostly near ones."""
    boxes = [Box(chance.choice((50, 90, 130)), 24) for _ in range(chance.randint(5, 25))]
    edges = []
    for target in range(1, len(boxes)):
        for source in {max(0, target - 1 - int(chance.expovariate(0.6))) for _ in range(chance.randint(1, 2))}:
            edges.append(Edge(source, target, Size(60, 10)))
    return boxes, [], edges


# ---- what is measured --------------------------------------------------------------------------------------------


def crossings(lines: Sequence[Line], edges: Sequence[Edge]) -> int:
    """How many pairs of edges cross, those of one source left out."""
    stretches = sorted(
        (min(p[1], q[1]), max(p[1], q[1]), i, p, q) for i, line in enumerate(lines) for p, q in pairwise(line) if p != q
    )
    found: set[tuple[int, int]] = set()
    open_ones: list[tuple[float, float, int, Any, Any]] = []
    for stretch in stretches:
        open_ones = [other for other in open_ones if other[1] >= stretch[0]]
        for other in open_ones:
            i, j = sorted((stretch[2], other[2]))
            if edges[i].source != edges[j].source and (i, j) not in found and cross(*stretch[3:], *other[3:]):
                found.add((i, j))
        open_ones.append(stretch)
    return len(found)


def cross(p: Any, q: Any, r: Any, s: Any) -> bool:
    """Whether two stretches go through each other."""
    if max(p[0], q[0]) <= min(r[0], s[0]) or max(r[0], s[0]) <= min(p[0], q[0]):
        return False
    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


def side(p: Any, q: Any, r: Any) -> float:
    area = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    return area if abs(area) > 1e-6 else 0.0


def measured(seconds: float, width: float, height: float, lines: Sequence[Line], graph: Graph) -> dict[str, float]:
    return {"crossings": crossings(lines, graph[2]), "area": width * height / 1e6, "seconds": seconds}


def own(graph: Graph) -> dict[str, float]:
    start = time.process_time()
    made = lay_out(*graph)
    seconds = time.process_time() - start
    margins = 2 * Spacing().margin
    return measured(
        seconds, made.width - margins, made.height - margins, [route.points for route in made.routes], graph
    )


def others(graphs: Sequence[Graph]) -> Iterator[dict[str, Any]]:
    """What the other tools make of graphs; a sentence where one fails."""
    spacing = {name: getattr(Spacing(), name) for name in ("boxes", "lanes", "layers", "padding")}
    asked = {"spacing": spacing, "graphs": [as_data(*graph) for graph in graphs]}
    node = subprocess.Popen(
        ["node", "--stack-size=8000", HOME / "layout.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdin and node.stdout
    node.stdin.write(json.dumps(asked))
    node.stdin.close()
    for graph, line in zip(graphs, node.stdout, strict=True):
        answers = json.loads(line)
        yield {
            tool: measured(*answer, graph) if isinstance(answer, list) else answer for tool, answer in answers.items()
        }
    node.wait()


def as_data(boxes: list[Box], groups: list[Group], edges: list[Edge]) -> dict[str, Any]:
    """A graph as JSON; one edge of a tensor has its label, as here."""
    labelled: set[int] = set()
    lines = []
    for edge in edges:
        label = edge.label if edge.source not in labelled else None
        labelled.add(edge.source)
        lines.append([edge.source, edge.target, label and [label.width, label.height]])
    return {
        "boxes": [[box.width, box.height, box.group] for box in boxes],
        "groups": [[group.title.width, group.title.height, group.parent] for group in groups],
        "edges": lines,
    }


# ---- the tables --------------------------------------------------------------------------------------------------


def install() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "package.json").write_text('{"private": true, "type": "module"}')
    subprocess.run(
        ["npm", "install", "--silent", "--no-package-lock", "--ignore-scripts", *PACKAGES], cwd=HOME, check=True
    )
    (HOME / "layout.mjs").write_text(Path(__file__).with_suffix(".mjs").read_text())


def row(name: str, answers: dict[str, Any]) -> str:
    cells = [f"{name:<28}"]
    for tool in ("cnnspec", "dot", "elk", "dagre"):
        answer = answers[tool]
        if isinstance(answer, str):
            cells.append(f"{'fails':>24}")
        else:
            cells.append(f"{answer['crossings']:>7.0f}{answer['area']:>9.2f}{answer['seconds']:>8.2f}")
    return " |".join(cells)


def networks() -> Iterator[tuple[str, Any]]:
    for name in NETWORKS:
        text = SIAMESE if name == "siamese" else None
        yield name.split("/")[-1], cnnspec.load(text or ROOT / "examples" / f"{name}.cnn")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=1000, help="how many graphs by chance")
    count = parser.parse_args().random
    install()
    print(f"{'':<28} |" + " |".join(f"{tool:^24}" for tool in ("cnnspec", "dot", "elk", "dagre")))
    print(f"{'':<28} |" + " |".join(f"{'cross':>7}{'Mpx':>9}{'CPU s':>8}" for _ in range(4)))
    made = [(name, network) for name, network in networks()]
    for grouped in (True, False):
        graphs = [graph_of(network, grouped) for _, network in made]
        for (name, _), graph, answers in zip(made, graphs, others(graphs), strict=True):
            label = f"{name}, {len(graph[0])} boxes" if not grouped else f"{name}, {len(graph[1])} groups"
            print(row(label, {"cnnspec": own(graph), **answers}), flush=True)
    chance = random.Random(1)
    graphs = [graph_by_chance(chance) for _ in range(count)]
    all_answers = [{"cnnspec": own(graph), **answers} for graph, answers in zip(graphs, others(graphs), strict=True)]
    for tool in ("dot", "elk", "dagre"):
        pairs = [(each["cnnspec"], each[tool]) for each in all_answers if not isinstance(each[tool], str)]
        ours, theirs = (sum(pair[k]["crossings"] for pair in pairs) / len(pairs) for k in (0, 1))
        fewer = sum(a["crossings"] <= b["crossings"] for a, b in pairs) / len(pairs)
        area = math.exp(sum(math.log(a["area"] / b["area"]) for a, b in pairs) / len(pairs))
        print(
            f"{len(pairs)} graphs by chance beside {tool}: {ours:.2f} crossings to {theirs:.2f}, at most as many in "
            f"{fewer:.0%}; the area is {area:.2f} of its (geometric mean)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
