"""What a layer loses, in its hover: the sentence, with the figures that `cnnspec lost` has."""

from __future__ import annotations

import pytest

from cnnspec.cli import main
from cnnspec.server import losses
from cnnspec.server.hover import find_hover
from tests.example_files import EXAMPLES, networks
from tests.server.opened import open_text


@pytest.mark.parametrize(
    ("text", "word", "sentence"),
    [
        ("input 7x7x3\nconv(8, 3x3, stride=3)\n", "conv", "Of `input1`, row and column 6 are never read: 13 of 49 positions, 26.5 %."),
        ("input 7x7x3\nconv(8, 3x3) -> relu -> maxpool(2)\n", "maxpool",
         "Of `relu1`, row and column 4 are never read: 9 of 25 positions, 36 %."),
        ("input 7x7x3\nconv(8, 3x3) -> relu -> maxpool(2)\n", "relu", ""),
        ("input 1x1x4\nconv(4, 3x3, padding=same)\n", "conv",
         "conv1: 8 of 9 kernel taps only ever see padding: 128 weights, 88.9 % of the kernel."),
        ("input 8x8x3\nconv(8, 3x3) -> maxpool(2)\n", "conv", ""),
        ("input ?x?x3\nconv(8, 3x3, stride=3)\n", "conv", ""),
    ],
)  # fmt: skip
def test_what_is_lost_is_told_of_who_loses_it(text: str, word: str, sentence: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    shown = find_hover(document, documents, document.places.find_position(text.index(word)))
    assert shown is not None
    value = str(shown.contents.value)  # type: ignore[union-attr]
    assert value.endswith(sentence) if sentence else "never read" not in value and "only ever" not in value


def test_the_figures_are_those_of_lost(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    path = EXAMPLES / "lectures" / "lecture3_mnist.cnn"
    (network,) = networks(path).values()
    main(["lost", str(path)])
    rows = [line for line in capsys.readouterr().out.split("\n") if "%" in line and "of" not in line]
    assert len(rows) == 4
    sentences = losses.write_all_lost(network)
    for row in rows:
        layer, reader, share = row.split()[0], row.split()[-1], row.split(" %")[0].split()[-1]
        sentence = sentences[network.find_layer(reader)]
        assert sentence.startswith(f"Of `{layer}`, ") and sentence.endswith(f"positions, {share} %.")


def test_it_is_worked_out_once_for_each_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    (network,) = networks(EXAMPLES / "lenet5.cnn").values()
    losses.write_lost(network, 1)
    monkeypatch.setattr(losses, "write_all_lost", None)
    assert [losses.write_lost(network, node.index) for node in network.graph.nodes]
