"""The extension in real VS Code, as a person uses it: what is drawn, what keys and commands do, and what is left running."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.editors.install import PACKAGE
from tests.editors.pythons import LACKING, MISSING, Python, Refusal, write_python_extension
from tests.editors.tools import find_chromium, tool
from tests.editors.window import CodeServer, Window, browser, wait_for

NODE, ENTRY = (
    tool("node", "home", "bin", "node"),
    tool("code-server", "node_modules", "code-server", "out", "node", "entry.js"),
)
tool("python", "playwright")
if not PACKAGE.exists():
    pytest.skip("the extension is not built: make vscode", allow_module_level=True)
if find_chromium() is None:
    pytest.skip("there is no Chromium; CHROMIUM can name one", allow_module_level=True)

FIRST = """# a first network
input 28x28x1
conv(32, 3x3, activation=relu) -> maxpool(2x2)
conv(64, 3x3, activation=relu) -> maxpool(2x2)
flatten
dense(64, relu) -> dense(10, softmax)
"""
BLOCKS = """block cbr(filters) {
  conv(filters, 3x3, padding=same, bias=false) -> bn -> relu
}

input 32x32x3
cbr(16) -> cbr(32)
gap -> dense(10, softmax)
"""
TRAIN = """input 8x8x1
flatten -> dense(10, softmax)

train {
  data = digits
  loss = sparse_categorical_crossentropy
}
"""
KERAS = """import keras
from keras import layers

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3),
    layers.BatchNormalization(),
    layers.Activation("relu"),
    layers.Flatten(),
    layers.Dense(10),
])
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vscode")


@pytest.fixture(scope="module")
def python(home: Path) -> Python:
    return Python(home / "some tools" / "python")


@pytest.fixture(scope="module")
def code_server(home: Path, python: Python) -> Iterator[CodeServer]:
    clean = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX")
    }
    running = CodeServer(NODE, ENTRY, PACKAGE, home / "user", clean | {"PATH": "/usr/bin:/bin"})
    running.set(cnnspec__python=str(python.file))
    yield running
    running.end()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(autouse=True)
def picture_of_a_failure(request: pytest.FixtureRequest) -> Iterator[None]:
    """A picture of the window in which a test failed, among the tools."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed and "window" in request.fixturenames:
        window: Window = request.getfixturevalue("window")
        if not window.page.is_closed():
            window.picture(NODE.parents[3] / f"{request.node.name}.png")


@pytest.fixture(scope="module")
def window(code_server: CodeServer, chrome: Any, home: Path) -> Iterator[Window]:
    """A window on a folder with a space and quotes in its name."""
    folder = home / 'it\'s a "folder"'
    folder.mkdir()
    opened = Window(chrome, code_server.address, folder)
    yield opened
    opened.close()


# ---- what is drawn -------------------------------------------------------------------------------------------
def test_shapes_stand_behind_the_steps(window: Window) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("maxpool", "13x13x32")
    assert window.lines()[:6] == [
        "# a first network",
        "input 28x28x1",
        "conv(32, 3x3, activation=relu)26x26x32 -> maxpool(2x2)13x13x32",
        "conv(64, 3x3, activation=relu)11x11x64 -> maxpool(2x2)5x5x64",
        "flatten1600",
        "dense(64, relu)64 -> dense(10, softmax)10",
    ]


def test_what_is_wrong_is_underlined_and_mended_by_the_lamp(window: Window) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_squiggles("warning", "maxpool(2x2)")
    window.take_repair(4, 40, "padding=same")
    window.wait_for_line("padding=same", "6x6x64")
    window.wait_for_squiggles("warning")
    assert window.saved("first.cnn") == FIRST.replace(
        "-> maxpool(2x2)\nflatten", "-> maxpool(2x2, padding=same)\nflatten"
    )


def test_a_misspelt_word_is_an_error(window: Window) -> None:
    window.write("misspelt.cnn", "input 8x8x1\nconv(16, 3x3, pading=same)\n")
    window.wait_for_squiggles("error", "pading")


def test_colours_are_those_of_the_grammar(window: Window) -> None:
    window.write("colours.cnn", "# about\ninput 28x28x1\nconv(32, 3x3, padding=same, bias=false)\n")
    window.wait_for_line("conv", "28x28x32")
    words = {
        "keyword": "input",
        "layer": "conv",
        "size": "28x28x1",
        "argument": "padding",
        "truth": "false",
        "comment": "# about",
    }
    colours = wait_for(lambda: distinct({kind: window.colour_of(word) for kind, word in words.items()}))
    assert len({colours[kind] for kind in ("keyword", "layer", "size", "argument", "comment")}) == 5, colours


def distinct(colours: dict[str, str]) -> dict[str, str] | None:
    """Colours, once every word has one."""
    return None if "none" in colours.values() else colours


def test_what_is_under_the_cursor_is_told(window: Window) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("maxpool", "13x13x32")
    window.put_cursor(4, 3)
    window.run("Show or Focus Hover")
    told = window.page.locator(".monaco-hover:visible", has_text="18,496")
    told.wait_for()
    assert "11x11x64" in told.first.inner_text()
    window.press("Escape")


# ---- what is done --------------------------------------------------------------------------------------------
def test_a_block_is_renamed(window: Window) -> None:
    window.write("blocks.cnn", BLOCKS)
    window.wait_for_line("cbr(32)", "32x32x32")
    window.put_cursor(6, 2)
    window.press("F2")
    window.page.wait_for_selector(".rename-box input:focus")
    window.page.keyboard.type("unit")
    window.press("Enter")
    window.wait_for_line("unit(16)", "unit(32)")
    assert window.saved("blocks.cnn") == BLOCKS.replace("cbr", "unit")


def test_a_file_is_formatted(window: Window) -> None:
    window.write("loose.cnn", "input   8x8x1\nconv( 4,3x3 )->relu\n")
    window.wait_for_line("relu", "6x6x4")
    window.run("Format Document")
    window.wait_for_line("conv(4, 3x3)", "-> relu")
    assert window.saved("loose.cnn") == "input 8x8x1\nconv(4, 3x3) -> relu\n"


def test_enter_indents_and_a_bracket_goes_back(window: Window) -> None:
    window.write("typed.cnn", "")
    window.type("block unit(n) {\nconv(n, 3x3)\nrelu")
    window.press("ArrowDown", "Control+End", "Enter")
    window.type("# one\ninput 8x8x1\nunit(4)")
    expected = "block unit(n) {\n  conv(n, 3x3)\n  relu\n}\n# one\ninput 8x8x1\nunit(4)"
    assert window.saved("typed.cnn") == expected


def test_a_snippet_writes_a_block(window: Window) -> None:
    window.write("snippet.cnn", "")
    window.type("residual")
    window.page.locator(".suggest-widget.visible .monaco-list-row", has_text="Residual block").first.wait_for()
    window.page.locator(".suggest-widget.visible .monaco-list-row", has_text="Residual block").first.click()
    window.wait_for_line("block residual(filters, stride=1) {")
    window.press("Escape", "Escape")
    assert window.saved("snippet.cnn").rstrip().endswith(") -> relu\n}")


# ---- the server's commands -----------------------------------------------------------------------------------
def test_a_network_has_its_totals_above_it(window: Window) -> None:
    window.write("blocks.cnn", BLOCKS)
    lens = window.page.locator(".codelens-decoration", has_text="5,562 parameters")  # 432 + 64 + 4,608 + 128 + 330

    def shown() -> str | None:
        return next((line for line in window.lines(1) if "Total params" in line), None)

    assert "5,562" in window.insist(lambda: lens.get_by_text("Summary").click(), shown)


def test_a_summary_is_shown_and_follows_the_text(window: Window) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("maxpool", "13x13x32")
    window.run("cnnspec: Show Summary")
    window.wait_for_other_line("Total params: 121,930")
    window.put_cursor(5, 1)
    window.type("relu\n")
    window.wait_for_other_line("relu1")
    assert window.page.locator(".tab", has_text="Summary of first.cnn").count() == 1


def test_a_layer_is_explained_and_stays_the_one_that_is_meant(window: Window) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("maxpool", "13x13x32")
    window.put_cursor(4, 2)
    window.run("cnnspec: Explain Layer")
    window.wait_for_other_line("18,496")
    window.put_cursor(2, 1)
    window.press("Enter", "Enter")
    window.put_cursor(6, 8)
    window.press("Backspace", "5")
    window.wait_for_line("conv(65", "11x11x65")
    window.wait_for_other_line("18,785")  # 3*3*32*65 + 65


def test_training_runs_in_a_terminal_whatever_the_path(window: Window, python: Python) -> None:
    window.write("some digits.cnn", TRAIN)
    window.wait_for_line("dense", "10")
    window.run("cnnspec: Train")
    called = wait_for(lambda: next((call for call in python.calls if " train " in call), None))
    assert called == f"-m cnnspec train {window.folder / 'some digits.cnn'}"


def test_other_hints_come_with_the_setting(window: Window, code_server: CodeServer, python: Python) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("conv(64", "11x11x64")
    code_server.set(cnnspec__python=str(python.file), cnnspec__inlayHints="parameters")
    window.wait_for_line("conv(64", "18,496")
    code_server.set(cnnspec__python=str(python.file))
    window.wait_for_line("conv(64", "11x11x64")


def test_the_server_is_started_anew(window: Window, code_server: CodeServer) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("conv(64", "11x11x64")
    (before,) = code_server.servers()
    window.run("cnnspec: Restart Server")
    wait_for(lambda: [number for number in code_server.servers() if number != before] or None)
    wait_for(lambda: len(code_server.servers()) == 1 or None)
    window.wait_for_squiggles("warning", "maxpool(2x2)")


def test_a_server_that_has_crashed_is_started_anew(window: Window, code_server: CodeServer) -> None:
    window.write("first.cnn", FIRST)
    window.wait_for_line("conv(64", "11x11x64")
    (before,) = code_server.servers()
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: [number for number in code_server.servers() if number != before] or None)
    window.write("blocks.cnn", BLOCKS)
    window.wait_for_line("cbr(32)", "32x32x32")


# ---- Python files --------------------------------------------------------------------------------------------
def test_python_files_are_checked_where_the_setting_says_so(
    window: Window, code_server: CodeServer, python: Python
) -> None:
    window.write("train.py", KERAS)
    window.page.wait_for_timeout(3000)
    assert window.lines()[5] == "    layers.Conv2D(8, 3),"
    code_server.set(cnnspec__python=str(python.file), cnnspec__checkPython=True)
    window.wait_for_line("layers.Conv2D(8, 3)26x26x8,")
    window.wait_for_line("layers.Dense(10)10,")
    window.wait_for_squiggles("info", "layers.Conv2D(8, 3)")
    lens = window.page.locator(".codelens-decoration", has_text="54,202 parameters")  # 80 + 32 + 54,090
    lens.wait_for()
    window.take_repair(6, 6, "use_bias=False")
    window.wait_for_squiggles("info")
    assert window.saved("train.py") == KERAS.replace("(8, 3)", "(8, 3, use_bias=False)")
    code_server.set(cnnspec__python=str(python.file))
    window.wait_for_line("layers.Conv2D(8, 3, use_bias=False),")
    assert not lens.count()


CELLS = [
    ("markdown", "# A network"),
    ("code", "%matplotlib inline\nimport keras\nfrom keras import layers"),
    ("code", KERAS.partition("\n\n")[2]),
    ("code", "other = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3)])"),
]


def test_the_cells_of_a_notebook_are_checked_where_the_setting_says_so(
    code_server: CodeServer, chrome: Any, tmp_path: Path, python: Python
) -> None:
    window = Window(chrome, code_server.address, tmp_path)  # in which all cells have room
    more = {"code": {"outputs": [], "execution_count": None}, "markdown": {}}
    cells = [{"cell_type": kind, "metadata": {}, "source": text, **more[kind]} for kind, text in CELLS]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    window.write("net.ipynb", json.dumps(notebook))
    window.page.wait_for_timeout(3000)
    assert "    layers.Conv2D(8, 3)," in window.cells()
    code_server.set(cnnspec__python=str(python.file), cnnspec__checkPython=True)
    window.wait_for_cells("layers.Conv2D(8, 3)26x26x8,", "layers.Dense(10)10,", "layers.Conv2D(4, 3)6x6x4")
    line = window.page.locator(".notebookOverlay .view-line", has_text="Conv2D(8")
    underlined = window.page.locator(".notebookOverlay .squiggly-info")
    underlined.wait_for()
    totals = [
        window.page.locator(".codelens-decoration", has_text=f"{count} parameters") for count in ("54,202", "112")
    ]
    for lens in totals:
        lens.wait_for()

    def mend() -> None:
        line.click(position={"x": 60, "y": 8})
        window.press("Control+.")
        window.page.locator(".action-widget .monaco-list-row", has_text="use_bias=False").first.click(timeout=5000)

    window.insist(mend, lambda: any("use_bias=False" in line for line in window.cells()) or None)
    underlined.wait_for(state="detached")
    assert '"    layers.Conv2D(8, 3, use_bias=False),\\n"' in window.saved("net.ipynb")
    window.run("cnnspec: Show Summary")
    window.wait_for_other_line("Total params: 54,194")
    assert window.page.locator(".tab", has_text="Summary of").inner_text().strip() == "Summary of net"
    window.page.locator(".notebookOverlay .view-line", has_text="Conv2D(4").click()
    window.press("End", "Enter")
    window.page.keyboard.type("other.add(layers.Flatten())", delay=20)
    window.wait_for_other_line("flatten1 (Flatten)    144")
    line.click(position={"x": 60, "y": 8})
    window.press("Escape", "Alt+ArrowUp")  # above the imports
    wait_for(lambda: "    layers.Flatten()," in window.cells() or None)
    window.press("Alt+ArrowDown")
    window.wait_for_cells("use_bias=False)26x26x8,", "6x6x4")
    code_server.set(cnnspec__python=str(python.file))
    wait_for(lambda: "    layers.Dense(10)," in window.cells() or None)
    window.saved("net.ipynb")
    window.close()


# ---- where something is missing --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("refusal", "told", "installed"),
    [
        (MISSING, "cannot serve: No module named cnnspec. To install it: ", "cnnspec[lsp]"),
        (LACKING, "cannot serve: pygls is not installed; this command needs it: ", "/my specs[lsp]"),
    ],
    ids=["missing", "lacking"],
)
def test_a_server_that_is_missing_is_told_and_installed(
    code_server: CodeServer, chrome: Any, tmp_path: Path, refusal: Refusal, told: str, installed: str
) -> None:
    python = Python(tmp_path / "bare" / "python", refusal)
    folder = tmp_path / "without"
    (folder / ".vscode").mkdir(parents=True)
    (folder / ".vscode" / "settings.json").write_text(json.dumps({"cnnspec.python": str(python.file)}))
    window = Window(chrome, code_server.address, folder)
    window.write("first.cnn", FIRST)
    toast = window.page.locator(".notification-toast", has_text=told)
    toast.wait_for()
    assert f'{python.file} -m pip install "{installed}"' in toast.inner_text()
    toast.get_by_role("button", name="Install", exact=True).click()
    window.wait_for_line("maxpool", "13x13x32")
    assert f"-m pip install {installed}" in python.calls
    window.close()


def test_nothing_of_a_workspace_is_run_before_it_is_trusted(
    code_server: CodeServer, chrome: Any, tmp_path: Path, python: Python
) -> None:
    folder = tmp_path / "strange"
    inner = Python(folder / ".venv" / "bin" / "python")
    code_server.set(security__workspace__trust__enabled=True, security__workspace__trust__startupPrompt="never")
    window = Window(chrome, code_server.address, folder)
    window.write("first.cnn", FIRST)
    told = window.page.locator(".notification-toast", has_text="not trusted")
    told.wait_for()
    assert inner.calls == []
    told.get_by_role("button", name="Workspace Trust").click()
    window.page.get_by_role("button", name="Trust", exact=True).first.click()
    wait_for(lambda: inner.calls or None)
    window.close()
    code_server.set(cnnspec__python=str(python.file))


def test_the_interpreter_of_the_python_extension_counts(
    code_server: CodeServer, chrome: Any, tmp_path: Path, python: Python
) -> None:
    chosen = Python(tmp_path / "chosen" / "python")
    code_server.install(write_python_extension(tmp_path / "python.vsix", chosen))
    code_server.set()
    (tmp_path / "folder").mkdir()
    window = Window(chrome, code_server.address, tmp_path / "folder")
    window.write("first.cnn", FIRST)
    window.wait_for_line("maxpool", "13x13x32")
    assert "-m cnnspec server --stdio" in chosen.calls
    window.close()
    code_server.set(cnnspec__python=str(python.file))


def test_no_server_stays_when_the_windows_are_closed(code_server: CodeServer, window: Window) -> None:
    assert code_server.servers()
    window.close()
    wait_for(lambda: not code_server.servers() or None, lambda: f"still running: {code_server.servers()}")


# ---- the package ---------------------------------------------------------------------------------------------
def test_the_package_is_small_and_has_what_it_needs_alone() -> None:
    assert PACKAGE.stat().st_size < 200 * 1024
    names = {re.sub(r"^extension/", "", name) for name in ZipFile(PACKAGE).namelist()}
    assert names == {
        "[Content_Types].xml", "extension.vsixmanifest", "package.json", "readme.md", "changelog.md", "LICENSE.txt",
        "dist/extension.js", "dist/NOTICE.txt", "language-configuration.json", "snippets/cnnspec.json", "syntaxes/cnnspec.tmLanguage.json",
        "images/icon.png", "images/file-dark.svg", "images/file-light.svg", "images/hints.png", "images/fix.png",
        "walkthrough/install.md", "walkthrough/write.md", "walkthrough/train.md",
    }  # fmt: skip
