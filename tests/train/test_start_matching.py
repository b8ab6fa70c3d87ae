"""What of a start a network takes: the largest common part from the inputs on, by structure and not by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section import resolve
from cnnspec.train.settings import TrainSettings
from cnnspec.train.starting.applications import APPLICATIONS, find_applications, measure_kernels
from cnnspec.train.starting.matching import match_graphs
from cnnspec.train.starting.model_start import make_start
from cnnspec.train.starting.named_layers import check_named_layers
from tests.support import THOROUGH, network

ZOO = Path(__file__).parents[2] / "examples" / "zoo"
CONV = "conv(4, 3x3, padding=same)"
TOWER = "shared tower = conv(4, 3x3) as a -> flatten -> dense(8) as b\n"

# a start, a network, and which layer of the start each layer of the network takes its weights from
PAIRS = {
    "a head of other classes": (
        f"input 8x8x1\n{CONV} as a -> bn as b -> gap -> dense(10) as head",
        f"input 8x8x1\n{CONV} as x -> bn as y -> gap -> dense(5) as head",
        {"x": "a", "y": "b"},
    ),
    "a head that stays": (
        f"input 8x8x1\n{CONV} as a -> gap -> dense(10) as head", f"input 8x8x1\n{CONV} -> gap -> dense(10) as end",
        {"conv1": "a", "end": "head"},
    ),
    "what acts in training alone": (
        f"input 8x8x1\n{CONV} as a -> bn as b -> relu -> gap -> dense(10) as c",
        "input 8x8x1\ngaussian_noise(0.1) -> conv(4, 3x3, padding=same, kernel_initializer=he_normal, trainable=false) as a "
        "-> dropout(0.2) -> bn(momentum=0.9) as b -> relu -> gap -> dropout(0.5) -> dense(10, kernel_regularizer=l2(0.1)) as c",
        {"a": "a", "b": "b", "c": "c"},
    ),
    "images of another size": (
        "input 8x8x1\nconv(4, 3x3, stride=2, padding=same) as a -> flatten -> dense(8) as b -> dense(3) as c",
        "input 9x9x1\nconv(4, 3x3, stride=2, padding=same) as a -> flatten -> dense(8) as b -> dense(3) as c",
        {"a": "a"},
    ),
    "images of any size": (
        "input 8x8x1\nconv(4, 3x3) as a -> gap -> dense(3) as b", "input HxWx1\nconv(4, 3x3) as a -> gap -> dense(3) as b",
        {"a": "a", "b": "b"},
    ),
    "other channels": ("input 8x8x3\nconv(4, 3x3) as a", "input 8x8x1\nconv(4, 3x3) as a", {}),
    "another layer before": (
        "input 8x8x1\nconv(4, 3x3) as a -> conv(4, 3x3) as b", "input 8x8x1\nconv(5, 3x3) as a -> conv(4, 3x3) as b", {},
    ),
    "a backbone behind a rescaling": (
        "input 8x8x1\nconv(4, 3x3) as a -> gap -> dense(3) as b",
        "input 8x8x1\nrescale(2, offset=-1) -> conv(4, 3x3) as a -> conv(6, 1x1) -> gap -> dense(3) as b", {"a": "a"},
    ),
    "a backbone within": (
        "input 8x8x4\nconv(4, 3x3) as a -> conv(2, 3x3) as b",
        "input 16x16x1\nconv(4, 3x3, stride=2) -> conv(4, 3x3) as x -> conv(2, 3x3) as y", {"x": "a", "y": "b"},
    ),
    "a part of the start": (
        "input 16x16x1\nconv(4, 3x3, stride=2) -> conv(4, 3x3) as a -> conv(2, 3x3) as b",
        "input 8x8x4\nconv(4, 3x3) as x -> conv(2, 3x3) as y", {"x": "a", "y": "b"},
    ),
    "branches in another order": (
        "input 8x8x1\nconcat(conv(4, 1x1) as a -> conv(4, 3x3, padding=1) as b, conv(4, 1x1) as c -> conv(4, 5x5, padding=2) as d)",
        "input x 8x8x1\nx -> conv(4, 1x1) as c -> conv(4, 5x5, padding=2) as d\nx -> conv(4, 1x1) as a -> conv(4, 3x3, padding=1) as b\nconcat(b, d)",
        {"a": "a", "b": "b", "c": "c", "d": "d"},
    ),
    "branches with the names of others": (
        "input 8x8x1\nconcat(conv(4, 1x1) as a -> conv(4, 3x3), conv(4, 1x1) as b -> conv(4, 5x5))",
        "input 8x8x1\nconcat(conv(4, 1x1) as b -> conv(4, 3x3), conv(4, 1x1) as a -> conv(4, 5x5))",
        {"a": "b", "b": "a", "conv1": "conv1", "conv2": "conv2"},
    ),
    "a sum in another order": (
        f"input 8x8x1\n{CONV} as a -> add(in, {CONV} as b) -> conv(3, 1x1) as c",
        f"input 8x8x1\n{CONV} as a -> add({CONV} as b, in) -> conv(3, 1x1) as c", {"a": "a", "b": "b", "c": "c"},
    ),
    "a layer where the start has two alike": (
        "input 8x8x1\nconcat(conv(4, 3x3) as a, conv(4, 3x3) as b)", "input 8x8x1\nconv(4, 3x3) as b", {"b": "b"},
    ),
    "two layers where the start has one": (
        "input 8x8x1\nconv(4, 3x3) as b", "input 8x8x1\nconcat(conv(4, 3x3) as a, conv(4, 3x3) as b)", {"a": "b"},
    ),
    "a shared tower, of a pair": (
        "input 8x8x1\nconv(4, 3x3) as a -> flatten -> dense(8) as b",
        TOWER + "input l 8x8x1\ninput r 8x8x1\nsubtract(l -> tower, r -> tower) -> dense(1) as c", {"a": "a", "b": "b"},
    ),
    "a tower from a pair": (
        TOWER + "input l 8x8x1\ninput r 8x8x1\nsubtract(l -> tower, r -> tower) -> dense(1) as c",
        "input 8x8x1\nconv(4, 3x3) as x -> flatten -> dense(8) as y -> dense(3)", {"x": "a", "y": "b"},
    ),
    "two inputs, in their order": (
        "input l 8x8x1\ninput r 8x8x2\nconcat(l -> conv(4, 3x3) as a, r -> conv(4, 3x3) as b) -> gap -> dense(3) as c",
        "input l 8x8x1\ninput r 8x8x2\nconcat(l -> conv(4, 3x3) as a, r -> conv(4, 3x3) as b) -> gap -> dense(2) as c",
        {"a": "a", "b": "b"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PAIRS)
def test_layers_are_matched_by_structure(case: str) -> None:
    start, mine = (network(text + "\n").graph for text in PAIRS[case][:2])
    found = match_graphs(start, mine).pairs
    assert {mine.nodes[i].name: start.nodes[j].name for i, j in found.items()} == PAIRS[case][2]


def test_what_is_taken_is_said() -> None:
    start = network("input 8x8x1\nconv(4, 3x3) -> gap -> dense(10)\n").graph
    mine = network("input 8x8x1\nconv(4, 3x3) -> gap -> dense(5) -> dense(2)\n").graph
    found = make_start(mine, start, TrainSettings(start="runs/net-1"), "best.keras")
    assert str(found) == (
        "1 of 3 layers (40 of 77 weights) from runs/net-1; not taken: dense1 (4x5 here, 4x10 there), dense2"
    )
    with pytest.raises(TrainingFailed) as caught:
        make_start(network("input 8x8x3\nconv(4, 3x3)\n").graph, start, TrainSettings(start="runs/net-1"), "best.keras")
    assert "no weights from runs/net-1: its input is 8x8x3, that of the start 8x8x1" in caught.value.message
    with pytest.raises(TrainingFailed) as caught:
        make_start(network("input 8x8x1\nconv(5, 3x3)\n").graph, start, TrainSettings(start="runs/net-1"), "best.keras")
    assert "conv1 (3x3x1x5 here, 3x3x1x4 there)" in caught.value.message


# ---- keras.applications ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", APPLICATIONS if THOROUGH else ["MobileNetV2", "VGG16"])
def test_a_network_of_the_zoo_is_known_with_any_head(name: str) -> None:
    text = (ZOO / f"{name}.cnn").read_text()
    graph = network(text).graph
    assert measure_kernels(graph) == APPLICATIONS[name]
    other = network(text.replace("1000", "7").replace("input 224x224x3", "input 160x160x3")).graph
    settings = TrainSettings(start="imagenet")
    assert name in find_applications(other, settings) and len(find_applications(other, settings)) <= 2
    found = make_start(other, graph, settings, "")
    of_places = 3 if name.startswith("VGG") else 1  # dense layers that have a weight for every place
    assert len(found.left) == of_places


def test_a_network_of_ones_own_has_no_imagenet() -> None:
    with pytest.raises(TrainingFailed, match=r"keras\.applications"):
        find_applications(network("input 8x8x3\nconv(8, 3x3)\n").graph, TrainSettings(start="imagenet"))


# ---- names -------------------------------------------------------------------------------------------------
NAMED = """block stage(n) { conv(n, 3x3, bias=false) -> bn -> relu }
stem = conv(4, 3x3) -> relu
input 8x8x1
stem -> stage(8) as s -> flatten as f -> dense(10, softmax) as head
train { data = digits; SECTION }
"""
REFUSED = {
    "freeze = stags": 'freeze names "stags", which is no layer, block or layer function of the network; did you mean "stage"?',
    "freeze = [stem, stage, head]": "freeze names all layers that have weights: nothing would be trained; leave one out",
    "freeze = [stem, stage, head]; unfreeze_after = 1": "freeze names all layers that have weights: nothing would be trained for 1 epoch; leave one out",
    "freeze = [stem, s]": "freeze names s, which has no weights; stage names all of the layers around it",
    "freeze = f": "freeze names f, which has no weights; name a layer, a block or a layer function with weights",
    "freeze = start": 'freeze names start, and there is no start that weights were taken from; name it: start = "runs/net-1"',
    "freeze = []": "freeze must be one or more names of layers, blocks or layer functions: [stem, conv1], not a list",
    "freeze = 3": "freeze must be one or more names of layers, blocks or layer functions: [stem, conv1], not 3",
    "learning_rates = {stam: 0.1}": (
        'learning_rates names "stam", which is no layer, block or layer function of the network; did you mean "stem"?'
    ),
    "learning_rates = {head: 0}": "learning_rates of head must be a number above 0, not 0",
    "learning_rates = 2": "learning_rates must be a number above 0 for each name: {stem: 0.1, head: 1}, not 2",
    "learning_rates = {head: 2}; optimizer = nadam": (
        "learning_rates need an optimizer that treats weights apart, and nadam has a product for all of them; use adam or adamw"
    ),
    "unfreeze_after = 2": "unfreeze_after trains what is frozen, and nothing is; say what with freeze = [stem]",
    "freeze = stem; epochs = 3; unfreeze_after = 3": (
        "unfreeze_after is 3, and there are 3 epochs: what is frozen is never trained; give it less than the epochs, or leave it out"
    ),
    "freeze = stem; unfreeze_rate = 0.1": (
        "unfreeze_rate is the learning rate after unfreeze_after, which is not set; write unfreeze_after = 5"
    ),
    "freeze = stem; unfreeze_after = 2; unfreeze_rate = 0.1; callbacks = learning_rate_scheduler(cosine_decay(0.1, 5))": (
        "learning_rate_scheduler sets the learning rate of every epoch, so unfreeze_rate would say nothing; leave one out"
    ),
    "freeze = stem; unfreeze_after = 2; unfreeze_rate = cosine_decay(0.1, 5); callbacks = reduce_lr_on_plateau": (
        "reduce_lr_on_plateau cannot change a learning rate that follows a schedule, as unfreeze_rate does; "
        "give unfreeze_rate a number, or leave the callback out"
    ),
    "start = 3": "start must be a word or a text, not 3",
}


@pytest.mark.parametrize("section", REFUSED)
def test_what_names_nothing_is_a_mistake_in_the_section(section: str) -> None:
    (found,) = analyse(Source("net.cnn", NAMED.replace("SECTION", section))).diagnostics
    assert f"{found.message}; {found.help}" == REFUSED[section] or found.message == REFUSED[section]
    assert found.span is not None and found.span.text in section


SEVERAL = "freeze = [stm, s, stem, f, stm, start]; learning_rates = {nope: 2, stage: 3, haed: 1}"


@pytest.mark.parametrize("data", ["data = digits; ", ""])
def test_every_name_that_names_nothing_is_told_at_its_place(data: str) -> None:
    found = analyse(Source("net.cnn", NAMED.replace("data = digits; ", data).replace("SECTION", SEVERAL))).diagnostics
    told = {str(d.message).split(",")[0]: d.span.text if d.span else "" for d in found}
    assert told == {
        'freeze names "stm"': "stm", "freeze names s": "s", "freeze names f": "f", "freeze names start": "start",
        'learning_rates names "nope"': "nope: 2", 'learning_rates names "haed"': "haed: 1",
    }  # fmt: skip


def test_the_innermost_name_counts_and_a_shared_layer_has_those_of_all_uses() -> None:
    from cnnspec.train.starting.named_layers import NamedLayers

    net = network(NAMED.replace("SECTION", "freeze = [stage, conv1]; learning_rates = {stage: 0.1, bn1: 0.5, stem: 3}"))
    settings, found = resolve(net.train)
    assert not found
    layers, names = NamedLayers(net.graph), [node.name for node in net.graph.nodes]
    assert [names[i] for i in layers.find_frozen(settings)] == ["conv1", "conv2", "bn1"]
    assert {names[i]: factor for i, factor in layers.find_factors(settings).items()} == {
        "conv1": 3,
        "conv2": 0.1,
        "bn1": 0.5,
    }
    pair = network(TOWER + "input l 8x8x1\ninput r 8x8x1\nsubtract(l -> tower, r -> tower) -> dense(1)\n").graph
    for name in ("tower", "a", "b"):
        check_named_layers(pair, TrainSettings(freeze=(name,)))
