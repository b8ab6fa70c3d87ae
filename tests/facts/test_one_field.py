"""One receptive field wherever one is shown: in every command, format, rule and budget."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cnnspec.api import diff, load
from cnnspec.cli import main
from cnnspec.facts.field_lengths import find_lengths
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.liveness import reaches_of
from cnnspec.facts.receptive_field import WHOLE
from cnnspec.layers.window import UNTRACED
from cnnspec.lint.budget import QUANTITIES
from cnnspec.network import AnalysedNetwork
from cnnspec.rf import find_fields
from cnnspec.rf.json import write_data as write_fields
from cnnspec.summary import find_summary
from cnnspec.summary.csv import write_csv
from cnnspec.summary.json import write_data as write_summary
from cnnspec.summary.text import write_text
from cnnspec.tables.data import figure_data
from cnnspec.tables.rows import find_figures
from tests.example_files import EXAMPLES, FILES, ZOO, networks
from tests.facts.test_mixing import GATES, MIXERS
from tests.support import unwrap

SHOWN = [*FILES, *[ZOO / f"{name}.cnn" for name in (
    "EfficientNetB0", "EfficientNetV2B0", "MobileNetV3Large", "MobileNetV3Small", "MobileNet", "MobileNetV2", "ResNet50V2",
    "DenseNet121", "ConvNeXtTiny", "NASNetMobile", "Xception", "InceptionV3", "VGG16",
)]]  # fmt: skip


TEXTS = {
    **{layer: f"input 12x10x4\nconv(4, 3x3, padding=same) -> {layer} -> conv(4, 3x3)" for layer in MIXERS if "axis=" not in layer or "layer" in layer},
    **{name: f"input 10x10x4\nconv(4, 3x3)\n{gate}\nconv(4, 3x3)" for name, gate in GATES.items()},
    "a repeated row": "input 8x8x4\nadd(in, conv(4, 1x8)) -> conv(4, 3x3)",
    "no map": "input 10\ndense(3)",
}  # fmt: skip


def shown_everywhere(net: AnalysedNetwork) -> None:
    """Every place that shows the field of a network, or of its layers, shows the same."""
    facts = net.facts
    field = facts.receptive_field
    size = None if field is None else tuple(axis.size for axis in field)
    summary = find_summary(net)
    told = write_summary(net, summary)
    assert (told["totals"]["receptive_field"]["size"] or None) == (size and list(size))
    layers = write_fields(net, find_fields(net))["layers"]
    assert [layer["size"] for layer in layers] == [layer["receptive_field"]["size"] for layer in told["layers"]]
    assert [layer["size"] for layer in layers] == [
        None if row.receptive_field is None or row.receptive_field.size is None else list(map(figure_data, row.receptive_field.size))
        for row in find_figures(net)
    ]  # fmt: skip
    written = [line["rf_size"] for line in csv.DictReader(io.StringIO(write_csv(net, summary)))]
    assert written == ["x".join(map(str, layer["size"] or ())) for layer in layers]
    promised = QUANTITIES["receptive_field"][0](facts, {})
    assert (promised and promised.values) == size
    if size is not None:
        said = "x".join(map(str, size))
        assert f"Receptive field: {said} (" in write_text(net, summary)
    reaches = reaches_of(net.graph, facts.shapes, untraced=UNTRACED)
    largest = Geometry(facts).routes(True)
    for node, length in enumerate(find_lengths(net.graph, facts.shapes, reaches) or ()):
        own, routes = facts.fields[node], largest[node]
        if own is not None and facts.shapes[node] is not None and len(facts.shapes[node] or ()) > 1:
            assert (length is None) == (own == WHOLE), node
        if length is not None and own is not None:  # shifted branches see more together than each path alone
            assert isinstance(own, tuple) and routes is not None
            assert [axis.most for axis in length] == [route.field.size for route in routes], node
            assert all(axis.most <= field.size for axis, field in zip(length, own, strict=True)), node


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_one_receptive_field_wherever_a_file_shows_it(path: Path) -> None:
    for net in networks(path).values():
        shown_everywhere(net)


@pytest.mark.parametrize("name", TEXTS)
def test_one_receptive_field_wherever_a_text_shows_it(name: str) -> None:
    net = load(TEXTS[name])
    shown_everywhere(net.analysed)
    field = net.receptive_field
    assert diff(TEXTS[name], TEXTS[name]).a.receptive_field == field


def test_efficientnet_sees_851_in_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLES / "efficientnet_b0.cnn"
    for arguments, words in (
        (["summary", path], "Receptive field: 851x851 (of the last layer before the whole input is mixed; 16 gates left out)"),
        (["rf", path], "The network: 851x851 (silu33), 100 % of the input"),
        (["explain", path], "receptive field       851x851, that of silu33"),
        (["rf", path, "conv65"], "16 layers) mix in what has seen the whole input"),
        (["diff", path, EXAMPLES / "mobilenet_v2.cnn"], "851x851"),
    ):  # fmt: skip
        main([str(a) for a in arguments])
        assert unwrap(words) in unwrap(capsys.readouterr().out)
    net = load(path)
    assert net.receptive_field is not None and net.receptive_field.size == (851, 851)
    promise = tmp_path / "promise.cnn"
    promise.write_text(
        "input 12x12x4\nconv(4, 3x3, bias=false) -> instance_norm\nmultiply(in, gap(keepdims=true)) -> conv(4, 3x3)\nexpect receptive_field >= 5, coverage > 0.17, coverage < 0.18\n"
    )
    assert main(["check", str(promise), "-q"]) == 0, capsys.readouterr().out
    promise.write_text(promise.read_text().replace(">= 5", ">= 6"))
    assert main(["check", str(promise), "-q"]) == 1 and "5x5" in capsys.readouterr().out


@pytest.mark.parametrize(
    "norm", ["bn", "group_norm(4)", "layer_norm(axis=(1, -1))", "instance_norm", "layer_norm(axis=(1, 2, 3))"]
)
def test_the_rule_says_the_field_that_rf_shows(norm: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "small.cnn"
    path.write_text(
        f"input 64x64x3\n(conv(8, 3x3) -> {norm} -> relu) * 3\nmultiply(in, gap(keepdims=true) -> conv(8, 1x1, activation=sigmoid)) -> gap -> dense(10)\n"
    )
    main(["check", str(path), "--select", "R301"])
    assert "multiply1, the last map, sees 7x7 of 64x64" in capsys.readouterr().out
    net = load(path)
    assert net.receptive_field is not None and net.receptive_field.size == (7, 7)


def test_the_json_names_what_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 9x9x4\nconv(4, 3x3) -> layer_norm(axis=(1, -1)) -> group_norm(2)\nconv(4, 3x3)")
    assert main(["rf", str(path), "conv2", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    statistics = [{"layer": "layer_norm1", "axes": ["height"]}, {"layer": "group_norm1", "axes": ["height", "width"]}]
    (unit,) = found["units"]
    assert found["gates"] == unit["gates"] == [] and found["statistics"] == unit["statistics"] == statistics
    assert (unit["inputs"][0]["read"], unit["with_mixing"][0]["read"]) == (25, 81)
