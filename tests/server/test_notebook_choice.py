"""Which notebooks an editor's server reads, and when it asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.server.documents import Documents
from cnnspec.server.hints import list_hints
from cnnspec.server.uris import write_uri
from tests.server.client import Editor, Json, stretch
from tests.server.sheet import ASKED, CODE, Sheet, SheetCell, open_sheet
from tests.server.test_notebooks import BIASED, IMPORTS, MENDED, show_cells
from tests.server.test_python import show_hints


# ---- which notebooks -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "texts", "found"),
    [
        ("net.ipynb", [IMPORTS, BIASED], ["T407"]),
        ("net.py", [IMPORTS, BIASED], []),  # a script that is shown as a notebook
        ("net", [IMPORTS, BIASED], []),
        ("net.ipynb", ["import torch"], []),
        ("net.ipynb", [], []),
    ],
)
def test_notebooks_of_other_kinds_are_passed_over(name: str, texts: list[str], found: list[str]) -> None:
    documents, notebook = open_sheet(Sheet(f"/nowhere/{name}", texts))
    assert [one.code for one in documents.know(notebook).found] == found
    with_hints = [cell.uri for cell in notebook.cells if list_hints(cell, documents, cell.written.whole)]
    assert len(with_hints) == len(found)


@pytest.mark.parametrize("name", ["train.ipynb", "train.py", "train"])
def test_cells_that_come_alone_are_passed_over(name: str) -> None:
    documents = Documents(open_sheet(Sheet("/nowhere/net.ipynb"))[0].new_settings)
    text = f"{IMPORTS}\n{BIASED}".removeprefix("%matplotlib inline\n")
    document = documents.open(f"vscode-notebook-cell:/nowhere/{name}#W0sZmlsZQ%3D%3D", text, 1, "python")
    assert documents.know(document).found == ()
    assert not list_hints(document, documents, document.places.whole)


def test_a_module_that_is_open_counts_as_it_is_in_the_editor(tmp_path: Path) -> None:
    (tmp_path / "cnnspec.toml").write_text("")
    (tmp_path / "parts.py").write_text("from keras import layers\n\n\ndef unit(n):\n    return layers.Conv2D(n, 3)\n")
    sheet = Sheet(
        tmp_path / "net.ipynb", [IMPORTS, "from parts import unit\nm = Sequential([Input((8, 8, 3)), unit(4)])"]
    )
    documents, notebook = open_sheet(sheet)
    assert "unit(4)«6x6x4»" in show_cells(documents, sheet)[1]
    helper = documents.open(write_uri(str(tmp_path / "parts.py")), (tmp_path / "parts.py").read_text(), 1)
    documents.edit(helper.uri, [(None, helper.source.text.replace("3)", "5)"))], 2)
    assert "unit(4)«4x4x4»" in show_cells(documents, sheet)[1]
    assert "(n, 5)«4x4x4»" in show_hints(helper, documents)
    documents.close_notebook(notebook.uri)
    assert "«" not in show_hints(helper, documents)


# ---- when they are asked for ---------------------------------------------------------------------------------
def find_asked(editor: Editor, method: str) -> list[str]:
    """The capabilities that the server has asked for, or taken back, besides files that are watched."""
    names = ("registrations", "unregisterations")
    sent = [one["params"] for one in editor.said if one["method"] == f"client/{method}"]
    listed = [one["method"] for params in sent for name in names for one in params.get(name, ())]
    return [method for method in listed if method.startswith("notebook")]


@pytest.mark.parametrize(
    ("capabilities", "options"), [({}, {"checkPython": True}), (ASKED, {}), (ASKED, {"checkPython": 1})]
)
def test_no_notebook_is_asked_for_in_vain(tmp_path: Path, capabilities: Json, options: Json) -> None:
    editor, sheet = Editor(tmp_path), Sheet(tmp_path / "net.ipynb", [IMPORTS, BIASED])
    begun = editor.begin(capabilities, initializationOptions=options)
    assert "notebookDocumentSync" not in begun["capabilities"]
    editor.tell("notebookDocument/didOpen", **sheet.open())
    asked = {"textDocument": {"uri": sheet.code[1].uri}, "range": stretch(2, 0, 99)}
    assert editor.ask("textDocument/inlayHint", **asked) is None
    assert editor.findings == {}
    assert find_asked(editor, "registerCapability") == []
    assert editor.end() == 0


def test_notebooks_come_and_go_with_the_setting(tmp_path: Path) -> None:
    refreshed = {"inlayHint": {"refreshSupport": True}, "didChangeWatchedFiles": {"dynamicRegistration": True}}
    editor, sheet = Editor(tmp_path), Sheet(tmp_path / "net.ipynb", [IMPORTS, BIASED])
    model = sheet.code[1].uri
    editor.begin(ASKED | {"workspace": refreshed})
    for wanted in (True, False, True):
        editor.tell("workspace/didChangeConfiguration", settings={"cnnspec": {"checkPython": wanted}})
        if wanted:
            editor.tell("notebookDocument/didOpen", **sheet.open())
        assert editor.codes(model) == (["T407"] if wanted else []), wanted
    assert find_asked(editor, "registerCapability") == ["notebookDocument/sync"] * 2
    assert find_asked(editor, "unregisterCapability") == ["notebookDocument/sync"]
    assert sum("**/*.py" in str(one) for one in editor.said) == 1  # modules that a notebook imports
    change(editor, sheet, sheet.edit(1, MENDED))
    assert editor.codes(model) == []
    editor.said.clear()
    change(editor, sheet, sheet.edit(1, BIASED))
    assert editor.codes(model) == ["T407"]
    assert editor.ask("textDocument/inlayHint", textDocument={"uri": model}, range=stretch(2, 0, 99))
    assert {one["method"] for one in editor.said} == {"workspace/inlayHint/refresh"}  # of the other cells
    change(editor, sheet, sheet.splice(1, 1))
    assert editor.codes(model) == []
    change(editor, sheet, sheet.splice(1, 0, SheetCell(model, BIASED, CODE, "python")))
    assert editor.codes(model) == ["T407"]
    editor.tell("notebookDocument/didClose", **sheet.closing())
    assert editor.codes(model) == []
    assert editor.ask("textDocument/inlayHint", textDocument={"uri": model}, range=stretch(2, 0, 99)) is None
    change(editor, sheet, sheet.edit(1, MENDED))  # of one that is not open
    editor.said.clear()
    alone = Sheet(tmp_path / "alone.ipynb", [f"{IMPORTS}\n{BIASED}"])
    editor.tell("notebookDocument/didOpen", **alone.open())
    assert editor.codes(alone.code[0].uri) == ["T407"]
    assert [one["method"] for one in editor.said] == ["workspace/inlayHint/refresh"]  # which it has asked for too early
    assert editor.end() == 0


def change(editor: Editor, sheet: Sheet, cells: Json) -> None:
    editor.tell(
        "notebookDocument/didChange", notebookDocument={"uri": sheet.uri, "version": 2}, change={"cells": cells}
    )
