"""Notebooks in an editor: findings and figures stand in their cells, and are those of one analysis of all."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnspec.cli import main
from cnnspec.pipeline import analyse
from cnnspec.server.actions import list_actions
from cnnspec.server.commands import COMMANDS, run_command
from cnnspec.server.diagnostics import place_findings
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.hints import list_hints
from cnnspec.server.hover import find_hover
from cnnspec.server.known import give_up
from cnnspec.server.lenses import list_lenses
from tests.server.client import Editor, Json, apply, stretch
from tests.server.opened import plain
from tests.server.sheet import ASKED, CODE, MARKDOWN, Sheet, find_cell, open_sheet, send
from tests.server.test_python import show_hints

SOURCES = Path(__file__).parents[1] / "python_source"
IMPORTS = "%matplotlib inline\nimport keras\nfrom keras import Input, Sequential, layers"
BIASED = "model = Sequential([\n    Input((28, 28, 1)),\n    layers.Conv2D(8, 3),\n    layers.BatchNormalization(),\n])"
MENDED = BIASED.replace("(8, 3)", "(8, 3, use_bias=False)")
LATER = 'model.add(layers.Activation("relu"))\nmodel.add(layers.Flatten())\nmodel.add(layers.Dense(10))'


def list_places(documents: Documents, document: Document) -> dict[str, list[tuple[str, int]]]:
    """The code and the line of each finding, by the URIs of the texts."""
    placed = place_findings(documents.know(document).found, document, documents)
    return {uri: [(str(one.code), one.range.start.line) for one in found] for uri, found in placed.items()}


def show_cells(documents: Documents, sheet: Sheet) -> list[str]:
    """The cells of code with their hints."""
    return [show_hints(find_cell(documents, cell), documents) for cell in sheet.code]


# ---- what is found -------------------------------------------------------------------------------------------
def test_findings_are_those_of_check(capsys: pytest.CaptureFixture[str]) -> None:
    """The server's own, of notebooks as an editor sends them, and the command's, which reads their files."""
    files = sorted([*(SOURCES / "mistakes").glob("*.ipynb"), *(SOURCES / "corpus" / "notebook").glob("*s_*.ipynb")])
    main(["check", "--output-format", "json", *map(str, files)])
    told = json.loads(capsys.readouterr().out)
    expected = {file: [] for file in map(str, files)}  # type: dict[str, list[Any]]
    for one in told:
        start, end = one["location"], one["end_location"]
        place = one["cell"], start["row"], start["column"], end["row"], end["column"]
        expected[one["filename"]].append((one["code"], *place, one["message"].splitlines()[0]))
    editor = Editor(SOURCES)
    editor.begin(ASKED | {"general": {"positionEncodings": ["utf-32"]}}, initializationOptions={"checkPython": True})
    for file in files:
        sheet = Sheet.read(file)
        editor.tell("notebookDocument/didOpen", **sheet.open())
        editor.wait(sheet.code[-1].uri)
        shown = [
            (one["code"], cell, *write_place(one["range"]), one["message"].splitlines()[0])
            for cell, text in enumerate(sheet.code, 1)
            for one in editor.findings[text.uri]
        ]
        assert sorted(shown) == sorted(expected[str(file)]), file
    assert sum(map(len, expected.values())) > 5
    assert editor.end() == 0


def write_place(place: Json) -> list[int]:
    """Rows and columns from 1."""
    return [place[edge][part] + 1 for edge in ("start", "end") for part in ("line", "character")]


def test_a_finding_lies_in_its_cell_and_leads_to_others() -> None:
    sheet = Sheet(
        "/nowhere/net.ipynb", [IMPORTS, "def head(x):\n    return layers.Conv2D(4, 9)(x)", "i = Input((6, 6, 3))"]
    )
    sheet.cells += [sheet.make("# The head", MARKDOWN), sheet.make("x = head(i)")]
    documents, notebook = open_sheet(sheet)
    placed = plain(place_findings(documents.know(notebook).found, notebook, documents))
    (found,) = placed[sheet.code[1].uri]
    assert found["code"] == "E101"
    assert found["range"]["start"]["line"] == 1
    assert [one["location"]["uri"] for one in found["relatedInformation"]] == [sheet.code[3].uri]
    assert [uri for uri, more in placed.items() if not more] == [
        cell.uri for cell in sheet.code if cell is not sheet.code[1]
    ]


def test_what_has_no_place_lies_at_the_top_of_the_first_cell() -> None:
    documents, notebook = open_sheet(Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED]))
    first, second = notebook.cells
    placed = place_findings(give_up(notebook.source, 2.0).diagnostics, notebook, documents)
    assert [one.code for one in placed[first.uri]] == ["E003"]
    assert plain(placed[first.uri][0].range) == stretch(0, 0, 0)
    assert placed[second.uri] == []


def test_python_s_own_mistakes_are_not_ours() -> None:
    documents, notebook = open_sheet(Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED, "x = ("]))
    assert documents.repair(notebook) == ()


# ---- figures -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "cells",
    [
        [IMPORTS, BIASED.replace("3),\n", "3)«26x26x8»,\n").replace("n(),", "n()«26x26x8»,")],
        # a cell goes on where another ended, behind magics, and in columns of UTF-16
        [
            "!pip install keras\n" + IMPORTS,
            "%%time\nmodel = Sequential([Input((8, 8, 3))])",
            'n = "😀"; model.add(layers.Conv2D(4, 3)«6x6x4»)\nfiles = !ls\nmodel.add(layers.Flatten()«144»)',
            "%%bash\nls",
            "layers?\nmodel.add(layers.Dense(2)«2»)",
        ],
        # one function, called in several cells
        [
            IMPORTS,
            "def unit(x):\n    return layers.Conv2D(4, 3)(x)«6x6x4 … 4x4x4 ×2»",
            "x = i = Input((8, 8, 3))\nx = unit(x)«6x6x4»",
            "x = unit(x)«4x4x4»",
            "keras.Model(i, x)",
        ],
    ],
)
def test_shapes_stand_in_the_cells(cells: list[str]) -> None:
    bare = [
        "".join(part.partition("»")[2] if at else part for at, part in enumerate(text.split("«"))) for text in cells
    ]
    sheet = Sheet("/nowhere/net.ipynb", bare)
    documents, _ = open_sheet(sheet)
    shown = [text for text in show_cells(documents, sheet) if "«" in text]
    expected = [text for text in cells if "«" in text]
    assert [blank(text) for text in shown] == [blank(text) for text in expected]


def blank(text: str) -> list[str]:
    """The lines that have hints: in the place of magics something else stands in what is read."""
    return [line.rstrip() for line in text.split("\n") if "«" in line]


def test_what_is_under_the_cursor_and_above_a_model_is_told() -> None:
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED, LATER])
    documents, _ = open_sheet(sheet)
    head, tail = [find_cell(documents, cell) for cell in sheet.code[1:]]
    hover = find_hover(tail, documents, tail.places.find_position(tail.source.text.index("Dense")))
    assert "5408 → **10**, 54,090 parameters" in plain(hover)["contents"]["value"]
    totals, summary = list_lenses(head, documents)
    assert totals.command is not None
    assert summary.command is not None
    assert totals.command.title.startswith("54,202 parameters")
    assert list_lenses(tail, documents) == []
    assert summary.command.arguments is not None
    told = run_command(COMMANDS[summary.command.command], documents, summary.command.arguments)
    assert told["title"] == "Summary of model"
    explained = run_command(COMMANDS["cnnspec.explain"], documents, [tail.uri, {"line": 2, "character": 12}])
    assert explained["title"] == "Figures of dense1"
    with pytest.raises(Exception, match=r"net\.ipynb trains its models itself: run it"):
        run_command(COMMANDS["cnnspec.train"], documents, [tail.uri])


# ---- repairs -------------------------------------------------------------------------------------------------
def make_edits(edit: Any, sheet: Sheet) -> list[str]:
    """The texts of the cells of code after an edit of the workspace, which is one of a line in each."""
    changes = plain(edit)["changes"]
    ranges = [one["range"] for (one,) in changes.values()]
    assert all(place["start"]["line"] == place["end"]["line"] for place in ranges)
    return [apply(cell.text, changes.get(cell.uri, [])) for cell in sheet.code]


@pytest.mark.parametrize(
    ("title", "asked", "before", "after"),
    [
        ("use_bias=False", 1, [IMPORTS, BIASED], [IMPORTS, MENDED]),
        ("use_bias=False", 1, [IMPORTS, "!ls\n" + BIASED + "\nmodel?"], [IMPORTS, "!ls\n" + MENDED + "\nmodel?"]),
        ("use_bias=False", 1, [IMPORTS, "# 😀\t\\ \"ä\"\n" + BIASED], [IMPORTS, "# 😀\t\\ \"ä\"\n" + MENDED]),
        # the finding of one cell is asked for in that alone
        ("use_bias=False", 0, [IMPORTS, BIASED], None),
        ("Ignore T407", 1, [IMPORTS, BIASED], [IMPORTS, BIASED.replace("(8, 3),", "(8, 3),  # cnnspec: ignore[T407]")]),
        (
            "Write adam", 2,
            [IMPORTS, BIASED, '!ls\nmodel.compile("adm", "mse")\nmodel.fit([1])'],
            [IMPORTS, BIASED, '!ls\nmodel.compile("adam", "mse")\nmodel.fit([1])'],
        ),
        # all safe repairs, wherever they are asked for
        (
            "Make all safe", 0,
            [IMPORTS, BIASED, BIASED.replace("model", "other")],
            [IMPORTS, MENDED, MENDED.replace("model", "other")],
        ),
    ],
)  # fmt: skip
def test_repairs_are_made_in_the_cells(title: str, asked: int, before: list[str], after: list[str] | None) -> None:
    sheet = Sheet("/nowhere/net.ipynb", before)
    documents, _ = open_sheet(sheet)
    cell = find_cell(documents, sheet.code[asked])
    made = [action for action in list_actions(cell, documents, cell.written.whole, None) if title in action.title]
    assert [make_edits(action.edit, sheet) for action in made[:1]] == ([] if after is None else [after])


def test_a_repair_has_the_line_ends_of_its_cell() -> None:
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED.replace("\n", "\r\n")])
    documents, notebook = open_sheet(sheet)
    cell = notebook.cells[1]
    shown = [action for action in list_actions(cell, documents, cell.places.whole, None) if "Ignore" in action.title]
    ((edit,),) = [action.edit.changes.values() for action in shown if action.edit and action.edit.changes][:1]
    assert plain(edit)[0]["range"]["start"]["line"] == 2
    assert "\n" not in edit[0].new_text.replace("\r\n", "")


# ---- changes -------------------------------------------------------------------------------------------------
def test_cells_come_and_go() -> None:
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED, LATER])
    documents, notebook = open_sheet(sheet)
    model = sheet.cells[1]

    def find() -> list[tuple[str, int]]:
        places = list_places(documents, notebook)
        assert [*places] == [cell.uri for cell in sheet.code]
        return places.get(model.uri, [])

    assert find() == [("T407", 2)]
    send(sheet.splice(0, 0, sheet.make("# A title", MARKDOWN), sheet.make("1 + 1")), notebook)
    assert find() == [("T407", 2)]
    assert find_cell(documents, model).name.endswith(":cell 3")
    send(sheet.edit(3, "\n" + model.text), notebook)
    assert find() == [("T407", 3)]
    send(sheet.move(3, 1), notebook)  # before what it needs
    assert find() == []
    send(sheet.move(1, 3), notebook)
    assert find() == [("T407", 3)]
    send(sheet.turn(2), notebook)  # the imports
    assert find() == []
    send(sheet.turn(2), notebook)
    assert find() == [("T407", 3)]
    send(sheet.splice(2, 1), notebook)
    assert find() == []
    assert documents.get(sheet.uri) is None


def test_a_cell_of_another_language_counts_and_is_not_read() -> None:
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED])
    sheet.cells.insert(1, sheet.make("library(keras) (", CODE, "r"))
    documents, notebook = open_sheet(sheet)
    assert list_places(documents, notebook)[sheet.code[2].uri] == [("T407", 2)]
    assert notebook.cells[2].name.endswith(":cell 3")


def test_running_cells_or_writing_text_changes_nothing() -> None:
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED])
    sheet.cells.append(sheet.make("# A title", MARKDOWN))
    documents, notebook = open_sheet(sheet)
    known = documents.know(notebook)
    summary = {"executionOrder": 1, "success": True}
    send({"data": [cell.described | {"executionSummary": summary} for cell in sheet.cells]}, notebook)
    send(sheet.edit(2, "# Another title (keras"), notebook)
    assert documents.know(notebook) is known


def test_figures_stay_while_a_cell_cannot_be_read() -> None:
    shown = BIASED.replace("3),\n", "3)«was 26x26x8»,\n").replace("n(),", "n()«was 26x26x8»,")
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED, LATER])
    documents, notebook = open_sheet(sheet)
    show_cells(documents, sheet)
    send(sheet.edit(2, LATER + "\nmodel.add("), notebook)
    assert show_cells(documents, sheet)[1] == shown
    send(sheet.splice(1, 0, sheet.make("x = 1")), notebook)  # now each is another one by number
    assert show_cells(documents, sheet)[1:3] == ["x = 1", shown]
    send(sheet.splice(1, 0, sheet.make(BIASED)), notebook)  # which had no figures
    assert show_cells(documents, sheet)[1] == BIASED
    assert list_places(documents, notebook) == {cell.uri: [] for cell in sheet.code}


def test_cells_of_the_same_text_keep_their_own_figures() -> None:
    shown = BIASED.replace("3),\n", "3)«was 26x26x8»,\n").replace("n(),", "n()«was 26x26x8»,")
    sheet = Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED, BIASED])
    documents, notebook = open_sheet(sheet)
    show_cells(documents, sheet)
    send(sheet.edit(0, IMPORTS + "\n("), notebook)
    send(sheet.edit(1, "# one\n" + BIASED), notebook)
    assert show_cells(documents, sheet)[1:] == ["# one\n" + shown, shown]


def change_at_random(sheet: Sheet, random: Random) -> Json:
    at = random.randrange(len(sheet.cells))
    text = sheet.cells[at].text
    way = random.randrange(6)
    if way == 0:
        return sheet.move(at, random.randrange(len(sheet.cells)))
    if way == 1:
        return sheet.turn(at)
    if way == 2 and len(sheet.cells) > 1:
        return sheet.splice(at, 1)
    if way == 3:
        start, end = sorted(random.choices(range(len(text) + 1), k=2))
        return sheet.edit(at, text[:start] + random.choice(["", "x", "(", "\n%ls\n", "😀", '"""']) + text[end:])
    made = sheet.make(random.choice([BIASED, LATER, IMPORTS, "!ls", "", "%%bash\n(", "# cnnspec: file-ignore[T407]"]))
    return sheet.splice(at, way % 2, made)


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_changes_end_as_a_fresh_analysis_of_the_saved_file(seed: int) -> None:
    random, sheet = Random(seed), Sheet("/nowhere/net.ipynb", [IMPORTS, BIASED, LATER])
    documents, notebook = open_sheet(sheet)
    for _ in range(12):
        send(change_at_random(sheet, random), notebook)
        if random.random() < 0.3:
            for cell in notebook.cells:
                list_hints(cell, documents, cell.written.whole)
                list_actions(cell, documents, cell.written.whole, None)
                list_lenses(cell, documents)
    fresh = [one for one in analyse(sheet.source).diagnostics if one.code != "E001"]
    assert [*documents.know(notebook).found] == fresh or notebook.is_passed_over
    assert [cell.edited.text for cell in notebook.cells] == [cell.text for cell in sheet.code]
