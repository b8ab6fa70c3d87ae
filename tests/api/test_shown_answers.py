"""Answers as a notebook and a terminal show them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import cnnspec
import cnnspec.api
from cnnspec.api.answer import DATA
from tests.api.answered import OTHER, TEXTS, look_at
from tests.example_files import EXAMPLES


@pytest.mark.parametrize("file", ["resnet50", "densenet121", "unet_any_size", "lenet5", "inception_v3"])
def test_a_notebook_shows_every_figure_of_the_table(file: str) -> None:
    net = cnnspec.load(EXAMPLES / f"{file}.cnn")
    page = look_at(net.to_html())
    title, _, *text = net.to_text().splitlines()
    assert title in page.texts
    table = text[: text.index("")]
    cells = [[cell.strip() for cell in re.split(r" {2,}", line.strip())] for line in table]
    assert all(head == cells[0] for head in page.heads) and len(page.heads) == len(page.summaries) + 1
    assert [row for row in page.rows if row] == cells[2:]
    below = " ".join(page.texts)
    assert all(line.strip() in below for line in text[text.index("") :] if "Sizes" not in line)


def test_what_folds_away_has_the_sums_of_its_rows() -> None:
    net = cnnspec.load(EXAMPLES / "resnet50.cnn")
    page = look_at(net.to_html())
    assert len(page.summaries) == 21 and page.summaries[:3] == [
        "cbr(64, 7x7, stride=2): 3 layers, 9,664 parameters, 118,013,952 MACs, 112x112x64, field 7x7",
        "turn 1 of 4: 32 layers, 218,624 parameters, 667,942,912 MACs, 56x56x256, field 35x35",
        "bottleneck(64 * 2^i, stride=1 if i == 0 else 2): 12 layers, 76,288 parameters, 231,211,008 MACs, 56x56x256, field 19x19",
    ]
    outer = [line for line in page.summaries if line.startswith(("cbr", "turn"))]
    alone = [layer for layer in net.layers if layer.name in ("image", "maxpool1", "gap1", "dense1")]
    for word, of in (("parameters", "params"), ("MACs", "macs")):
        sums = [int(line.split(f" {word}")[0].rpartition(" ")[2].replace(",", "")) for line in outer]
        assert sum(sums) + sum(getattr(layer, of) for layer in alone) == getattr(net, of)


def test_a_notebook_keeps_an_answer_in_three_forms() -> None:
    net = cnnspec.load(EXAMPLES / "resnet50.cnn")
    made = net._repr_mimebundle_()
    assert made == {"text/html": net.to_html(), "text/plain": str(net), DATA: net.to_data()}
    assert net._repr_mimebundle_(include={"text/plain"}) == {"text/plain": str(net)}
    assert net._repr_mimebundle_(exclude={"text/html", DATA}) == {"text/plain": str(net)}
    assert len(json.dumps(made)) < 150_000
    assert DATA not in cnnspec.load(EXAMPLES / "densenet121.cnn")._repr_mimebundle_()  # its JSON is too long to be kept


def test_outputs_beside_one_another_have_no_name_in_common(tmp_path: Path) -> None:
    """No id that could be another's: there is none; one class, whose style is the same in all."""
    shown = [cnnspec.load(OTHER).to_html(), cnnspec.loads(TEXTS["broken"]).diagnostics.to_html()]
    assert all(" id=" not in page and page.startswith('<div class="cnnspec"><style>') for page in shown)
    assert len({page.partition("</style>")[0] for page in shown}) == 1


def test_a_finding_shows_its_line_and_marks_the_place() -> None:
    html = cnnspec.loads("input 8x8x1\nconv(4, 9x9) # \U0001f600 <b>\nrelu", name="<i>").diagnostics.to_html()
    page = look_at(html)
    assert "&lt;i&gt;:2:9\n2 | conv(4, <mark class='error'>9x9</mark>) # \U0001f600 &lt;b&gt;</pre>" in html
    assert "error[E101 empty-output]" in page.texts


def test_names_of_layers_and_files_are_text_in_a_notebook(tmp_path: Path) -> None:
    for text, word in ((TEXTS["lossy"], "<b>x</b>"), (TEXTS["names"], "<script>alert(1)</script>")):
        net = cnnspec.loads(text, name=f"{word}.cnn")
        shown = [net, net.cost(), net.receptive_fields(), net.explanation(), cnnspec.diff(net, OTHER)]
        for answer in shown:
            assert word not in answer.to_html()
            assert any(word in part for part in look_at(answer.to_html()).texts), answer


class Printer:
    """What IPython gives an object that it shows in a terminal."""

    shown = ""

    def text(self, words: str) -> None:
        self.shown += words


def test_a_terminal_shows_what_print_shows() -> None:
    net = cnnspec.load(OTHER)
    for answer in (net, net.cost(), net.diagnostics, cnnspec.diff(net, net)):
        printer = Printer()
        answer._repr_pretty_(printer, False)
        assert printer.shown == str(answer)


def test_a_network_with_mistakes_says_so() -> None:
    net = cnnspec.loads(TEXTS["broken"])
    assert repr(net) == "<cnnspec.Network <text>: 3 layers, ? parameters; it has mistakes: .diagnostics>"
    assert "It has mistakes: look at its diagnostics." in net.to_html()
    assert "mistakes" not in repr(cnnspec.load(OTHER)) + cnnspec.load(OTHER).to_html()


def test_what_is_wrong_is_red() -> None:
    net = cnnspec.loads(TEXTS["broken"])
    assert net.to_html().count("<tr class='error'>") == 2
    assert net.diagnostics.to_html().count("class='error'>error[E101") == 1
    assert "'error'" not in cnnspec.load(OTHER).to_html()
