"""The magics in an IPython: a cell's network gets its name, commands answer about it, what cannot be is said in a sentence."""

from __future__ import annotations

import builtins
import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from tests.example_files import EXAMPLES

pytest.importorskip("IPython", reason="IPython is not installed: pip install 'cnnspec[notebook]'")

NET = "model Small(width=4, sizes=[1, 2], act=relu) {\n  input 8x8x1\n  for n in sizes { conv(n * width, 3x3, activation=act) }\n}\n"
BROKEN = "input 8x8x1\nconv(4, 3x3)\nconv(4, 9x9)\n"
USING = 'use "blocks.cnn" (b)\ninput 8x8x1\nb\n'


class Notebook:
    """An IPython without a kernel: runs cells, and keeps what each showed and what it refused."""

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        self.shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
        self.shell.reset(new_session=True)
        self.names: dict[str, Any] = self.shell.user_ns

    def run(self, code: str) -> tuple[list[dict[str, Any]], str]:
        """The outputs of a cell, each with its forms, and in one sentence why it stopped: "" where it did not."""
        from IPython.utils.capture import capture_output

        with capture_output() as shown:
            done = self.shell.run_cell(code, store_history=True)
        self.printed = shown.stdout
        self.said = shown.stderr
        outputs = [output.data for output in shown.outputs]
        if done.result is not None:
            outputs.append(self.shell.display_formatter.format(done.result)[0])
        return outputs, str(done.error_in_exec or done.error_before_exec or "")

    def texts(self, code: str) -> list[str]:
        outputs, stopped = self.run(code)
        assert stopped == "", stopped
        return [output["text/plain"] for output in outputs]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # in whose place IPython puts its own
    monkeypatch.delattr(builtins, "_", raising=False)  # what Python showed last: IPython leaves it
    monkeypatch.setattr(gc, "collect", int)  # which a reset calls, and which walks all that other tests have left
    made = Notebook()
    made.run("%load_ext cnnspec")
    yield made
    made.shell.reset(new_session=False)


# ---- cells -------------------------------------------------------------------------------------------------------
def test_a_cell_shows_its_network_and_gives_it_a_name(notebook: Notebook) -> None:
    (shown,) = notebook.run(f"%%cnnspec net\n{NET}")[0]
    made = notebook.names["net"]
    assert made.params == cnnspec.loads(NET).params and "text/html" in shown and shown["text/plain"] == str(made)
    assert made is notebook.names["_"]


def test_without_a_name_each_model_has_its_own(notebook: Notebook) -> None:
    two = NET + NET.replace("Small", "Large").replace("width=4", "width=8")
    assert len(notebook.texts(f"%%cnnspec\n{two}")) == 2
    assert notebook.names["Large"].params > notebook.names["Small"].params
    assert notebook.run(f"%%cnnspec net\n{two}")[1] == (
        "the cell holds several models (Small, Large): choose one with --model, or leave NAME out"
    )
    notebook.run(f"%%cnnspec net --model Large\n{two}")
    assert notebook.names["net"].name == "Large"


def test_a_model_takes_no_name_of_something_else(notebook: Notebook) -> None:
    notebook.run("Small = 3")
    notebook.run(f"%%cnnspec\n{NET}")
    assert notebook.names["Small"] == 3
    assert "Small is something else in this notebook: give a NAME to have the network" in notebook.said
    notebook.run(f"%%cnnspec\n{NET.replace('Small', 'print')}")
    assert "print" not in notebook.names
    notebook.run(f"%%cnnspec Small\n{NET}")
    assert notebook.names["Small"].params == 336  # whoever says NAME means it


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("--set width=w", {"width": 3}),
        ("--set width=2*w", {"width": 6}),
        ("--set width=counts[1]", {"width": 5}),
        ("--set width=array.max()", {"width": 7}),
        ("--set sizes=array", {"sizes": [2, 7]}),
        ('--set "sizes=[w, w + 1]"', {"sizes": [3, 4]}),
        ("--set sizes=tuple(counts)", {"sizes": [4, 5]}),
        ("--set act=word", {"act": "tanh"}),
        ("--set act=elu", {"act": "elu"}),  # a word of the language, and nothing of the notebook
        ("--set width=2^3", {"width": 8}),  # the language's, since no name of the notebook stands in it
        ("--set act=relu --set width=w", {"width": 3}),  # relu is a function here, which no spec could take
        ("--set width={w}", {"width": 3}),  # which IPython puts in
    ],
)
def test_a_parameter_takes_an_expression_of_the_notebook(notebook: Notebook, line: str, parameters: Any) -> None:
    notebook.run("import numpy as np\nw, counts, word, array = 3, [4, 5], 'tanh', np.array([2, 7])\ndef relu(): pass")
    notebook.run(f"%%cnnspec net {line}\n{NET}")
    assert notebook.names["net"].params == cnnspec.loads(NET, **parameters).params


def test_what_an_expression_raises_is_raised(notebook: Notebook) -> None:
    notebook.run("w = 0")
    assert notebook.run(f"%%cnnspec net --set width=1//w\n{NET}")[1] == "integer division or modulo by zero"


def test_what_a_cell_says_is_never_run(notebook: Notebook) -> None:
    notebook.run("made = []")
    notebook.run("%%cnnspec net\ninput 8x8x1\nconv(made.append(1), 3x3, name='{made.append(1)}')\n!echo\n%time\n")
    assert notebook.names["made"] == []


def test_a_cell_with_mistakes_shows_them_and_the_figures_that_are_true(notebook: Notebook) -> None:
    found, table = notebook.texts(f"%%cnnspec net\n{BROKEN}")
    number = notebook.shell.execution_count - 1
    assert f"  --> In [{number}]:4:9\n" in found  # the number of the line in the cell, the magic's line being the first
    assert "conv1 (Conv2D)        6x6x4               40" in table and "conv2 (Conv)          ?" in table
    assert notebook.names["net"].diagnostics[0].repairs  # tried, as check has them
    assert notebook.run("%cnnspec trace net")[0][0]["text/plain"].startswith("error[E101")


def test_a_name_is_nobodys_where_nothing_comes_of_it(notebook: Notebook) -> None:
    """No later cell works on what an earlier run has left."""
    for cell in ("net\n# nothing\n", "net --fail\n" + BROKEN, f"net --model None\n{NET}", "net --set x=1\n" + NET):
        notebook.run(f"%%cnnspec net\n{NET}")
        assert notebook.run(f"%%cnnspec {cell}")[1]
        assert "net" not in notebook.names, cell
    notebook.run(f"%%cnnspec\n{NET}")
    notebook.run(f"%%cnnspec --fail\n{NET.replace('8x8x1', '2x2x1')}")
    assert "Small" not in notebook.names


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (f"--fail\n{BROKEN}", r"In \[\d+\] has errors, and --fail was given"),
        ("2net\n" + NET, '"2net" is no name that a network can have in a notebook'),
        ("net other\n" + NET, "unrecognized arguments: other.*"),
        ("net --sett x=1\n" + NET, ".*--sett.*"),
        ("net --set 'x=1\n" + NET, "a quotation mark has no other half: net --set 'x=1"),
        ("net --set foo=1\n" + NET, r"In \[\d+\]: .*foo.*"),
        ("\n# no network\n", r"In \[\d+\] holds no network: begin with, for example, input 28x28x1"),
        ("\nblock f(n) { conv(n, 3x3) }\n", r"In \[\d+\] holds no network, but blocks \(f\).*"),
        ("--input 3xx\nblock f(n) { conv(n, 3x3) }\n", '--input: "3xx" is no shape.*'),
    ],
)  # fmt: skip
def test_what_a_cell_cannot_be_is_said_in_a_sentence(notebook: Notebook, cell: str, sentence: str) -> None:
    stopped = notebook.run(f"%%cnnspec {cell}")[1]
    assert re.fullmatch(sentence, stopped), stopped


def test_blocks_are_asked_on_an_input(notebook: Notebook) -> None:
    block = "block f(n=3) { conv(n, 3x3) -> relu }\n"
    (table,) = notebook.texts(f"%%cnnspec blocks --input 8x8x4\n{block}")
    assert "f(n=3)   6x6x3              111" in table and notebook.names["blocks"].blocks[0].totals.params == 111
    (table,) = notebook.texts(f"%%cnnspec one --input 8x8x4 --block f --set n=5\n{block}")
    assert notebook.names["one"].params == 185


def test_a_cell_uses_files_beside_the_notebook(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_text("block b { conv(3, 3x3) }\n")
    notebook.run(f"%%cnnspec net\n{USING}")
    assert notebook.names["net"].params == 30
    (tmp_path / "elsewhere").mkdir()
    notebook.run(f"import os\nos.chdir({str(tmp_path / 'elsewhere')!r})")
    notebook.run(f"%%cnnspec net\n{USING}")
    assert notebook.names["net"].analysed.broken  # from the working folder nothing is known of the notebook's
    (tmp_path / "n.ipynb").write_text("{}")
    notebook.names["__vsc_ipynb_file__"] = str(tmp_path / "n.ipynb")
    notebook.run(f"%%cnnspec net\n{USING}")
    assert notebook.names["net"].params == 30


def test_the_configuration_beside_the_notebook_holds(notebook: Notebook, tmp_path: Path) -> None:
    odd = "input 8x8x1\nconv(4, 3x3, activation=relu)\nrelu\n"
    assert [found.code for found in cnnspec.check_text(odd)] == ["W206"]
    assert len(notebook.texts(f"%%cnnspec net\n{odd}")) == 2
    assert len(notebook.texts(f"%%cnnspec net --ignore W206\n{odd}")) == 1
    (tmp_path / "cnnspec.toml").write_text('ignore = ["W206"]\n')
    assert len(notebook.texts(f"%%cnnspec net\n{odd}")) == 1


# ---- lines -------------------------------------------------------------------------------------------------------
LINES = [
    "summary NET", "explain NET conv1", "rf NET", "rf NET conv2 --at 0,0", "rf NET --in conv2", "lost NET", "cost NET --batch 4 --device t4",
    "sizes NET --near 20", "trace NET conv1 --at 0,0,0", "quiz NET --count 3 --seed 2", "diff NET lenet5.cnn", "compare NET lenet5.cnn --relative", "compare lenet5.cnn NET --columns macs,rf",
    "check NET",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_command_answers_what_it_prints_in_a_terminal(
    notebook: Notebook, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """About a network by its name, and about a file; as a table, and kept as fields."""
    for name in ("net.cnn", "lenet5.cnn"):
        (tmp_path / name).write_text(NET if name == "net.cnn" else (EXAMPLES / name).read_text())
    notebook.run("%%cnnspec net\n" + NET)
    verb = line.split()[0]
    main([word.replace("NET", "net.cnn") for word in line.split()] + ["--no-cache"] * (verb == "check"))
    printed = capsys.readouterr().out
    (of_file,) = notebook.run("%cnnspec " + line.replace("NET", "net.cnn"))[0]
    (of_name,) = notebook.run("%cnnspec " + line.replace("NET", "net"))[0]
    assert of_file["text/plain"].rstrip("\n") == printed.rstrip("\n")
    assert of_file.keys() == of_name.keys() == {"text/html", "text/plain", cnnspec.api.answer.DATA}
    if verb != "diff":  # which says the files
        number = r"line \d+|In \[\d+\]|net\.cnn"
        assert re.sub(number, "", of_name["text/plain"]) == re.sub(number, "", of_file["text/plain"]).replace(
            '"net"', '"Small"'
        )


def test_a_picture_is_seen(notebook: Notebook) -> None:
    notebook.run("%%cnnspec net\n" + NET)
    (shown,) = notebook.run("%cnnspec rf net conv2 --picture")[0]
    assert shown["image/svg+xml"].startswith("<svg")
    for line in ("%cnnspec draw net --show params", "net.draw(show='params')"):
        (shown,) = notebook.run(line)[0]
        assert shown["image/svg+xml"].startswith("<svg") and "40 params" in shown["image/svg+xml"]
    assert notebook.run("%cnnspec draw net --format dot")[0] == [] and notebook.printed.startswith("digraph")
    assert notebook.run("%cnnspec draw net -o net.svg")[0] == [] and Path("net.svg").read_text().startswith("<svg")
    assert notebook.run("%cnnspec draw net --expand x")[1].startswith('Small has no block, module or layer "x"')


def test_other_forms_are_printed(notebook: Notebook) -> None:
    notebook.run("w = 2")
    notebook.run("%%cnnspec net --set width=w\n" + NET)
    assert notebook.run("%cnnspec summary net --columns params")[0] == [] and "Total params: 96 " in notebook.printed
    notebook.run("%cnnspec explain net conv1 --format latex")
    assert r"\begin{" in notebook.printed and r"3 \cdot 3" in notebook.printed
    notebook.run("%cnnspec cost net --format json")
    assert '"schema_version"' in notebook.printed
    notebook.run("%cnnspec format net")
    assert notebook.printed.startswith("model Small(width=4")
    notebook.run("%cnnspec help rf")
    assert "usage: cnnspec rf" in notebook.printed


def test_a_command_that_does_not_do_what_it_is_for_stops_the_notebook(notebook: Notebook) -> None:
    notebook.run("%%cnnspec net\n" + BROKEN)
    assert notebook.run("%cnnspec compile net -o -")[1] == "compile has not done it; why stands above"
    assert "error[E101" in notebook.said
    assert notebook.run("%cnnspec check")[1] == "" and "no mistakes found" not in notebook.printed  # there is no file
    assert notebook.run("%cnnspec --version")[1] == "" and notebook.printed.startswith("cnnspec ")


def test_a_command_gets_the_parameters_of_the_cell(notebook: Notebook) -> None:
    notebook.run("%%cnnspec net --set width=7 --set sizes=[1]\n" + NET)
    notebook.run("%cnnspec summary net --format csv")
    assert notebook.names["net"].params == 70 and "conv1,Conv2D,6x6x7,70," in notebook.printed


def test_a_file_with_mistakes_shows_them_above_the_answer(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "b.cnn").write_text(BROKEN)
    found, table = notebook.texts("%cnnspec rf b.cnn")
    assert found.startswith("error[E101") and table.startswith('Receptive fields of "b"')
    assert notebook.texts("%cnnspec check b.cnn")[0].startswith("error[E101")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("rf nett", 'no network is called "nett" in this notebook, and there is no such file'),
        ("rf nett.cnn", "cannot read nett.cnn: No such file or directory: check the path"),
        ("rff net", 'there is no command "rff".*'),
        ("cost net --bach 3", 'cnnspec cost has no option --bach; did you mean "--batch"\\?'),
        ("cost net --batch x", '.*must be a whole number from 1, not "x".*'),
        ("rf net conv9", '.*has no layer "conv9".*'),
        ("rf net --at 0,0", "--at is a position of a layer.*"),
        ("summary net --set width=3", "net is a network already: give --set to its %%cnnspec cell, or name a file"),
        ("check net --select ALL", "net is a network already: give --select to its %%cnnspec cell, or name a file"),
        ("diff net net --set-a width=3", "net is a network already: give --set to its %%cnnspec cell, or name a file"),
        ("check net net.cnn", "check takes net alone, or files"),
        ("compile net", "say what to make: -o model.onnx, .*"),
        ("train net", "In .* does not say what to train on: .*"),
        ("server", "%cnnspec server has no use in a notebook: call it in a terminal"),
        ("trace net --loss foo", ".+"),
        ("sizes net --near 1x2x3", ".+"),
    ],
)
def test_what_a_line_cannot_be_is_said_in_a_sentence(notebook: Notebook, line: str, sentence: str) -> None:
    notebook.run("%%cnnspec net\n" + NET)
    stopped = notebook.run(f"%cnnspec {line}")[1]
    assert re.fullmatch(sentence, stopped), stopped


def test_words_are_completed(notebook: Notebook) -> None:
    notebook.run("%%cnnspec net\n" + NET)

    def complete(text: str) -> list[str]:
        found: list[str] = notebook.shell.complete("", text, len(text))[1]
        return found

    assert {"summary", "rf", "cost"} <= {*complete("%cnnspec ")}
    assert complete("%cnnspec co") in (
        ["compare", "compile", "completion", "cost"],
        ["cost", "compare", "compile", "completion"],
    )
    assert "net" in complete("%cnnspec cost ") and "--batch" in complete("%cnnspec cost net --")


def test_the_magic_says_how_it_is_called(notebook: Notebook) -> None:
    found = notebook.shell.find_magic("cnnspec", "cell")
    assert "%%cnnspec [NAME] [options]" in found.__doc__ and "%cnnspec VERB NAME" in found.__doc__
    notebook.run("%%cnnspec --help\n# a cell")
    assert "usage: %%cnnspec" in notebook.printed and "--fail" in notebook.printed
