"""The texts of torch models, as people would write them. `python -m tests.model_files.torch.test_texts` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.facts.isomorphism import flat_isomorphism
from cnnspec.graph import Graph
from cnnspec.model_files.torch.to_graph import read_torch_file
from cnnspec.spec_writer import describe_nesting, to_text
from tests.support import legal

HERE = Path(__file__).parent
TEXTS = sorted((HERE / "texts").glob("*.cnn"))
LINES = {  # at most
    "alexnet": 12, "densenet121": 25, "efficientnet_b0": 40, "googlenet": 40, "mobilenet_v2": 22, "mobilenet_v3_small": 44,
    "resnet18": 20, "resnet50": 20, "shufflenet_v2_x0_5": 30, "squeezenet1_1": 20, "unet_resnet18": 32,
}  # fmt: skip


def read(name: str) -> Graph:
    return read_torch_file(str(HERE / "fixtures" / f"{name}.pt2"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_text(path: Path) -> None:
    assert to_text(read(path.stem)) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LINES)
def test_no_more_lines(name: str) -> None:
    graph = read(name)
    text = to_text(graph)
    assert text.count("\n") <= LINES[name]
    assert flat_isomorphism(graph, legal(text))


def test_a_dense_net_says_that_its_concatenations_nest() -> None:
    said = "54 concatenations go on from earlier ones, and so read fewer tensors than in the model"
    assert describe_nesting(read("densenet121")) == said
    assert not describe_nesting(read("googlenet"))


def test_every_name_is_kept_where_it_is_asked_for() -> None:
    graph = read("resnet18")
    text = to_text(graph, keep_names=True)
    assert all(f" as {node.name.replace('.', '_')}" in text for node in graph.nodes if "conv" in node.name)
    assert " as maxpool_" in text


if __name__ == "__main__":
    for path in TEXTS:
        path.write_text(to_text(read(path.stem)), encoding="utf-8")
