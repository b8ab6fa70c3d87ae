"""What stands above the heads of a text, and what the commands behind it come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from cnnspec.cli import main
from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.commands import COMMANDS, run_command
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.lenses import list_lenses
from cnnspec.server.uris import write_uri
from cnnspec.tables.figures import round_figure
from tests.example_files import EXAMPLES, FILES
from tests.server.opened import open_text

TEXT = """block cbr(n) { conv(n, 3x3, padding=same) -> bn -> relu }
block idle(n) { relu }
model Small(width=8) { input 28x28x1
  cbr(width) * 2
  gap -> dense(10)
}
model Tall { input x 28x28x1
  cbr(64) -> flatten -> dense(10) as a
  output a
}
train { data = digits }
"""
SMALL = "818 parameters · 508.1 k MACs · receptive field 5x5 · output 10"


def write_lenses(document: Document, documents: Documents) -> list[str]:
    """The lenses as line: title."""
    return [
        f"{lens.range.start.line}: {lens.command.title}" for lens in list_lenses(document, documents) if lens.command
    ]


def test_what_stands_above_the_heads() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    assert write_lenses(document, documents) == [
        "0: used 3 times · in 2 networks",
        f"2: {SMALL}",
        "2: Summary",
        "6: 502,666 parameters · 953.3 k MACs · receptive field 3x3 · output 10",
        "6: Summary",
    ]
    documents.shows_results = True
    assert write_lenses(document, documents)[-2:] == ["10: Train Small", "10: Train Tall"]
    documents.lenses = False
    assert not list_lenses(document, documents)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a\n\nx = 3\ninput 8x8x3\nconv(x, 3x3)\n", ["3: 84 parameters · 2.9 k MACs · receptive field 3x3 · output 6x6x3"]),
        ("input 8x8x3\ncnv(8, 3x3)\n", ["0: 224 parameters · 7.8 k MACs · receptive field 3x3 · output 6x6x8 · as assumed"]),
        ("input 8x8x3\nconv(8, 3x3) -> conv(8, 99x99)\n", ["0: at least 224 parameters · at least 7.8 k MACs"]),
        ("input ?x?x3\nconv(8, 3x3, padding=same)\n", None),
        ("input a 4\ninput b 4\nadd(a, b) as s\noutput s, a\n", ["0: 0 parameters · 0 MACs · outputs 4, 4"]),
        ("input 8x8x3\n", ["0: 0 parameters · 0 MACs · receptive field 1x1 · output 8x8x3"]),
        ("block f(n) { conv(n, 3x3) }\ninput 8x8x3\nf(1)\n",
         ["0: used once · 28 parameters · 972 MACs", "1: 28 parameters · 972 MACs · receptive field 3x3 · output 6x6x1"]),
        ("block f(n) { conv(n, 3x3) }\n", []), ("", []), ("conv(", []), ("\0", []),
    ],
)  # fmt: skip
def test_lenses_of_other_texts(text: str, shown: list[str] | None) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    found = [line for line in write_lenses(document, documents) if not line.endswith("Summary")]
    assert found == shown if shown is not None else found
    assert "?" not in "".join(found).replace("?x?x", "")


def test_totals_survive_a_mistake() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    list_lenses(document, documents)
    documents.edit(document.uri, [(None, TEXT.replace("  gap -> dense(10)", "  conv(3, 99x99) -> dense(10)"))], 2)
    assert f"2: was {SMALL}" in write_lenses(document, documents)
    documents.edit(document.uri, [(None, TEXT)], 3)
    assert f"2: {SMALL}" in write_lenses(document, documents)


@pytest.mark.parametrize("path", FILES[::3], ids=lambda path: path.stem)
def test_the_totals_are_those_of_the_summary(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents, document = open_text(str(path), path.read_text(encoding="utf-8"))
    networks = documents.know(document).analysis.networks
    shown = [line for line in write_lenses(document, documents) if "output" in line]
    assert len(shown) == len(networks)
    for network, line in zip(networks, shown, strict=True):
        main(["summary", str(path), *(["--model", network.name] if network.item else [])])
        said = capsys.readouterr().out
        params = line.split(": ")[1].split(" ")[0]
        assert f"Total params: {params}" in said
        if "receptive field" in line:
            assert f"Receptive field: {line.split('receptive field ')[1].split(' ')[0]} (" in said


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1 k"), (97_344, "97.3 k"), (999_949, "999.9 k"), (999_950, "1 M"), (4_089_184_256, "4.1 G"),
     (10**15, "1,000 T"), (-1500, "-1.5 k"), (None, "?")],
)  # fmt: skip
def test_round_figures(number: int | None, text: str) -> None:
    assert round_figure(number) == text


# ---- commands ------------------------------------------------------------------------------------------------
def ask(name: str, documents: Documents, *arguments: object) -> Any:
    """What a command comes to, or the sentence that refuses it."""
    try:
        return run_command(COMMANDS[name], documents, arguments)
    except JsonRpcException as error:
        return str(error.message)


def test_summary_is_the_command_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    path = EXAMPLES / "resnet18.cnn"
    documents, document = open_text(str(path), path.read_text(encoding="utf-8"))
    main(["summary", str(path)])
    found = ask("cnnspec.summary", documents, document.uri, None)
    assert found == {"title": "Summary of resnet18.cnn", "text": capsys.readouterr().out}
    name = documents.know(document).analysis.networks[0].name
    assert ask("cnnspec.summary", documents, document.uri, name) == {**found, "title": f"Summary of {name}"}
    main(["explain", str(path), "conv1"])
    at = document.source.text.index("conv(filters")
    position = document.places.find_position(at)
    explained = ask(
        "cnnspec.explain", documents, document.uri, {"line": position.line, "character": position.character}
    )
    assert explained["title"].startswith("Figures of conv") and explained["text"].startswith("conv1 (Conv2D)")
    assert explained["text"].startswith(capsys.readouterr().out) and "more layers that this makes" in explained["text"]


def test_commands_without_an_answer_say_why() -> None:
    documents, document = open_text("/nowhere/a.cnn", TEXT)
    uri = document.uri
    both = ask("cnnspec.summary", documents, uri, None)["text"]
    assert 'Model: "Small" (width=8)' in both and 'Model: "Tall"' in both
    assert ask("cnnspec.summary", documents, uri, "No") == 'a.cnn has no model "No": it has Small, Tall'
    assert ask("cnnspec.explain", documents, uri, {"line": 10, "character": 3})["title"] == "No layer"
    assert ask("cnnspec.explain", documents, uri, {"line": 3, "character": 3})["title"] == "No layer"  # a block's call
    assert ask("cnnspec.explain", documents, uri, {"line": 99, "character": 999})["title"] == "No layer"
    for position in (
        None,
        [],
        {"line": 1},
        {"line": -1, "character": 0},
        {"line": "a", "character": 0},
        {"line": 0, "character": 2**31},
    ):
        assert ask("cnnspec.explain", documents, uri, position).startswith("a position is {line, character}")
    for wrong in ("file:///b.cnn", None, 3, [], {}):
        assert "is not open in the editor: open it first" in ask("cnnspec.summary", documents, wrong)
    assert "not 0 arguments" in ask("cnnspec.summary", documents)
    assert "not 3 arguments" in ask("cnnspec.train", documents, uri, None, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "begin with, for example, input 28x28x1"),
        ("block f { relu }\n", "begin with, for example, input 28x28x1"),
        ("inptu 8x8x3\nrelu\n", 'nothing is called "inptu"'),
        ("\0", "/nowhere/a.cnn holds a NUL character in line 1: it is no text"),
    ],
)
def test_a_file_without_a_network_has_a_reason(text: str, why: str) -> None:
    documents, document = open_text("/nowhere/a.cnn", text)
    assert ask("cnnspec.summary", documents, document.uri)["text"] == f"a.cnn has no network yet: {why}\n"


def test_a_file_that_the_configuration_leaves_out_has_no_answers(tmp_path: Path) -> None:
    (tmp_path / "cnnspec.toml").write_text('exclude = ["a.cnn"]\nforce-exclude = true\n', encoding="utf-8")
    documents = Documents(ConfiguredFiles)
    uri = documents.open(write_uri(str(tmp_path / "a.cnn")), TEXT, 1).uri
    for name in COMMANDS:
        assert ask(name, documents, uri).startswith("a.cnn is left out by the configuration")


def test_train_is_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "a b.cnn"
    documents = Documents(ConfiguredFiles)
    uri = documents.open(write_uri(str(path)), TEXT, 1).uri
    assert ask("cnnspec.train", documents, uri) == {
        "title": "Train a b.cnn",
        "command": ["cnnspec", "train", str(path)],
    }
    assert ask("cnnspec.train", documents, uri, "Tall") == {
        "title": "Train Tall", "command": ["cnnspec", "train", str(path), "--model", "Tall"],
    }  # fmt: skip
    assert ask("cnnspec.train", documents, uri, "--no") == 'a b.cnn has no model "--no": it has Small, Tall'
    documents.edit(uri, [(None, "input 3x3x3\n")], 3)
    assert ask("cnnspec.train", documents, uri).startswith("a b.cnn has no train section")
    untitled = documents.open("untitled:Untitled-1", TEXT, 1)
    assert ask("cnnspec.train", documents, untitled.uri) == "Untitled-1 is no file: save it first"
