"""Python sources on the command line: which model is asked about, folders, notebooks, the cache, what is not known."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.caching import run as check
from tests.cli.commands import run

NETWORK = """from keras import Input, Sequential, layers


def build(classes, width=4):
    model = Sequential([Input((28, 28, 1)), layers.Conv2D(width, 3), layers.ReLU()])
    model.add(layers.Flatten())
    model.add(layers.Dense(classes, activation="softmax"))
    return model


small = build(10)
large = build(100, width=8)
"""
STRIDE = """from keras import Input, Sequential, layers

model = Sequential([
    Input((7, 7, 3)),
    layers.Conv2D(8, 3, strides=3),{comment}
])
"""
USER = "from keras import Input, Model\nfrom blocks import half\n\nx = Input((7, 7, 3))\nmodel = Model(x, half(x))\n"
HALF = "from keras import layers\n\n\ndef half(x):\n    return layers.Conv2D(8, 3, strides=3)(x)\n"
UNKNOWN = """import sys
from keras import Input, Sequential, layers

model = Sequential([Input((28, 28, 1)), layers.Conv2D(int(sys.argv[1]), 3), layers.Flatten(), layers.Dense(10)])
"""
TORCH = "import torch\nfrom torch import nn\n\nnet = nn.Sequential(nn.Conv2d(3, 8, 3))\n"


def notebook(*cells: str) -> str:
    """A notebook of these cells of code, below one of text."""
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": ["# Title"]}, *code], "nbformat": 4})


CELLS = (
    "%matplotlib inline\nfrom keras import Input, Sequential, layers\n",
    "!pip install keras\nx = 1\n",
    STRIDE.format(comment="").split("\n\n")[1],
)


@pytest.fixture
def sources(here: Path) -> Path:
    """A project of Python sources, beside one spec."""
    for name, text in {
        "net.py": NETWORK, "stride.py": STRIDE.format(comment=""), "user.py": USER, "blocks.py": HALF, "unknown.py": UNKNOWN,
        "torch_net.py": TORCH, "broken.py": "import keras\ndef f(:\n", "note.ipynb": notebook(*CELLS),
        "plain.py": "x = 1\n", "net.cnn": "input 28x28x1\nconv(4, 3x3)\n",
    }.items():  # fmt: skip
        (here / name).write_text(text)
    return here


# ---- which model -----------------------------------------------------------------------------------------------
CHOICES: list[tuple[str, str]] = [  # what is asked; a word of the summary, or of what is refused
    ("net.py:small", 'Model: "small"'),
    ("net.py --model large", 'Model: "large"'),
    ('net.py --call "build(7)"', 'Model: "build"'),
    ("net.py", "net.py holds several models (small, large): choose one with --model"),
    ("net.py:smal", 'net.py builds no model "smal"; did you mean "small"?'),
    ("net.py:small --model large", "net.py:small says another model than --model large: give one of the two"),
    ('net.py --call "bild(7)"', '--call: net.py has no function bild; did you mean "build"?'),
    ('net.py --call "build(7"', "--call: this is no Python: '(' was never closed"),
    ('net.py --call "3"', '--call: "3" is no call; write it as in Python'),
    ('net.py --call "build(7).name"', "is no call"),
    ('net.cnn --call "build(7)"', "--call calls a function of a Python source, and net.cnn is none"),
    ("net.py --set width=3", "net.py is a Python source, which has no parameters to set"),
    ("plain.py", "plain.py: it builds no model"),
    ("torch_net.py", "torch_net.py: it builds models with PyTorch"),
    ("missing.py:small", "missing.py"),
]


@pytest.mark.parametrize(("asked", "expected"), CHOICES, ids=[asked for asked, _ in CHOICES])
def test_which_model(sources: Path, capsys: pytest.CaptureFixture[str], asked: str, expected: str) -> None:
    import shlex

    status, out, err = run(capsys, "summary", *shlex.split(asked))
    assert expected in out + " ".join(err.split())
    assert status == (0 if expected.startswith("Model") else 2)


def test_a_file_of_the_whole_name_comes_first(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "net.py:small").write_text("input 3\ndense(2)\n")
    assert "dense1" in run(capsys, "summary", "net.py:small")[1]


# ---- every command ---------------------------------------------------------------------------------------------
VERBS: list[tuple[str, int, str]] = [
    ("explain net.py:small conv1", 0, "28x28x1 (input1) -> 26x26x4"),
    ("rf net.py:small", 0, "3x3"),
    ("lost net.py:small", 0, "Every position that carries data is read."),
    ("sizes net.py:small", 0, "any from 3"),
    ("cost net.py:small", 0, "Inference"),
    ("draw net.py:small", 0, "flowchart"),
    ("diff net.py:small net.py:large", 1, "filters 4 -> 8"),
    ("diff net.py:small net.cnn", 1, "dense1"),
    ("import net.py:small", 0, "conv(4, 3x3)"),
    ("import stride.py", 0, "model stride {"),  # model is a word of the language
    ("compile net.py:small -o -", 0, "keras.Model(inputs, outputs"),
    ("quiz net.py:small --count 1", 0, "1."),
    ("trace net.py:small conv1 --at 0,0", 0, "conv1"),
    ("train net.py:small", 2, "net.py trains its models itself"),
    ("format net.py", 2, "net.py is a Python source"),
    ("import unknown.py", 2, "unknown.py:4:41: layers.Conv2D(int(sys.argv[1]), 3)"),
    ("compile unknown.py -o -", 2, "could not be known: `cnnspec check unknown.py --explain-unknown` says why"),
    ("sizes unknown.py", 1, "could not be known"),
    ("trace unknown.py", 2, "could not be known"),
    ("quiz unknown.py", 2, "could not be known"),
    ("diff unknown.py net.cnn", 2, "could not be known"),
    ("summary unknown.py", 0, "unknown.py: model has"),
    ("explain unknown.py", 0, "unknown: this layer, or one before it, could not be known"),
]


@pytest.mark.parametrize(("command", "status", "expected"), VERBS, ids=[command for command, *_ in VERBS])
def test_every_command(
    sources: Path, capsys: pytest.CaptureFixture[str], command: str, status: int, expected: str
) -> None:
    found, out, err = run(capsys, *command.split())
    assert expected in out + " ".join(err.split()) and found == status


# ---- check -----------------------------------------------------------------------------------------------------
def test_a_folder_holds_python_where_that_is_asked_for(sources: Path) -> None:
    assert check(".")[1].endswith("1 file: no mistakes found\n"), "nobody's check changes by itself"
    status, out, err = check(".", "--python")
    assert status == 1 and "broken.py" not in out, "what Python cannot read is for others to say"
    assert "in 8 files" in out and "PyTorch" not in err, "those that mention Keras, and net.cnn"
    (sources / "cnnspec.toml").write_text("python = true\n")
    assert check(".") == (status, out, err)
    assert check(".", "--no-python")[0] == 0
    (sources / ".git").mkdir()
    (sources / ".gitignore").write_text("stride.py\nnote.*\nuser.py\n")
    assert check(".")[0] == 0


def test_a_folder_without_specs_leads_to_python(sources: Path) -> None:
    (sources / "net.cnn").unlink()
    assert "--python takes the Python files that mention Keras, too" in " ".join(check(".")[2].split())
    for path in sources.glob("*.py"):
        path.unlink()
    (sources / "note.ipynb").unlink()
    assert "--python" not in check(".")[2]
    assert "no Python file that mentions Keras" in " ".join(check(".", "--python")[2].split())


def test_a_file_that_is_named_is_read_and_answered(sources: Path) -> None:
    assert check("broken.py")[0] == 1
    status, out, err = check("torch_net.py")
    assert status == 0 and "1 file: no mistakes found" in out and "it builds models with PyTorch" in err
    assert check("torch_net.py", "-q") == (0, "", "")
    assert "unknown.py: model is not known whole" in check("unknown.py")[2]


def test_a_mistake_is_no_lack_of_knowledge(sources: Path) -> None:
    """What stands behind a mistake is not known because of it, which is told at the call that leads there."""
    (sources / "deep.py").write_text(NETWORK.replace("layers.Conv2D(width, 3)", "layers.Conv2D(width, 3 + classes)"))
    status, out, err = check("deep.py", "--call", "build(30)")
    assert status == 1 and err == "" and out.startswith("error[E101 empty-output]")
    assert "note: in build, called here\n  --> --call:1:1" in out


@pytest.mark.parametrize(
    "text", ["break", "return 3", "f(a=1, a=2)", "def f(a, a): pass", "print 3", "*a, *b = c", "nonlocal x"]
)
def test_what_is_no_python(sources: Path, text: str) -> None:
    """What Python refuses before it runs anything, whether its grammar says so or not."""
    (sources / "wrong.py").write_text(f"import keras\n{text}\n")
    status, out, _ = check("wrong.py")
    assert status == 1 and out.startswith("error[E001 syntax]: this is no Python: ") and "--> wrong.py:2:" in out


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "it is not JSON"), ("[]", "it has no list of cells"), ('{"cells": 3}', "it has no list of cells")],
)
def test_what_is_no_notebook(sources: Path, text: str, why: str) -> None:
    (sources / "wrong.ipynb").write_text(text)
    status, out, _ = check("wrong.ipynb")
    assert status == 1 and f"wrong.ipynb is no notebook: {why}" in " ".join(out.split())


def test_a_file_of_a_folder_that_is_no_text_is_left_to_others(sources: Path) -> None:
    """A file may be in another encoding than its first line says, or say none; it is told where it is named."""
    (sources / "latin.py").write_bytes(b"# \xe9t\xe9\nimport keras\n")
    before = check("--python", ".")
    assert "latin.py" not in before[1] + before[2] and before[0] == 1
    assert check("latin.py")[0] == 2
    (sources / "latin.py").write_bytes(b"# coding: latin-1\n# \xe9t\xe9\nimport keras\n")
    assert check("latin.py")[0] == 0


def test_a_model_may_be_too_large(sources: Path) -> None:
    status, out, _ = check("net.py:small", "--max-layers", "4")
    assert status == 1 and "error[E003 limit]: small has 5 layers; at most 4 are allowed" in out
    assert check("net.py:small", "--max-layers", "5")[0] == 0


def test_the_installed_keras_is_read_where_that_is_asked_for(
    sources: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keras.applications is with options that are not known beforehand; each layer has its place in Keras's file."""
    (sources / "small.py").write_text("import keras\nnet = keras.applications.MobileNet(alpha=0.5, weights=None)\n")
    assert "--read-installed keras reads its source" in check("small.py", "--explain-unknown")[1]
    status, out, _ = run(capsys, "summary", "small.py", "--read-installed", "keras")
    assert status == 0 and "Total params: 1,342,536" in out
    out = run(capsys, "explain", "small.py", "conv_dw_1", "--read-installed", "keras")[1]
    assert ": layers.DepthwiseConv2D(" in out.splitlines()[0]
    assert check("small.py", "--read-installed", "torch")[0] == 2
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    status, _, err = check("small.py", "--read-installed", "keras", "--no-cache")
    assert status == 2 and "--read-installed: keras is not installed" in err


def test_what_could_not_be_known(sources: Path) -> None:
    reason = "unknown.py:4:59: unknown: an item of sys.argv is not known\n"
    assert check("unknown.py", "--explain-unknown")[1].endswith(reason)
    (row,) = json.loads(check("unknown.py", "--explain-unknown", "--output-format", "json")[1])
    assert row["unknown"] == "an item of sys.argv is not known" and row["location"] == {"row": 4, "column": 59}
    assert check("unknown.py", "--explain-unknown", "--output-format", "sarif")[0] == 2


def test_stdin(sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(USER.encode())))
    status, out, _ = run(capsys, "check", "-", "--stdin-filename", "other.py", "--output-format", "concise")
    assert status == 1 and out.startswith("blocks.py:5:32: warning[W201"), "helper modules are found beside it"


# ---- comments --------------------------------------------------------------------------------------------------
COMMENTS: list[tuple[str, list[str]]] = [  # in the place of a line's end; what is found
    ("", ["W201"]),
    ("  # cnnspec: ignore[W201] the exercise asks for it", []),
    ("  # cnnspec: ignore[illegal-stride]", []),
    ("  # cnnspec: ignore[W204]", ["W201", "S710"]),
    ("  # cnnspec: ignore", ["W201", "S711"]),
    ("  # cnnspec: noqa", ["W201", "S711"]),
    ("\n    # cnnspec: ignore[W201]\n    layers.ReLU(),", ["W201", "S710"]),
    ("\n    layers.ReLU(),\n])  # cnnspec: ignore[W201]\nrelu = ([", []),
    ("\n    # cnnspec: file-ignore[W201]", []),
    ('\n    layers.Activation("relu"),  # cnnspec: file-ignore[W201]', []),
]


@pytest.mark.parametrize(("comment", "expected"), COMMENTS)
def test_comments_that_ignore(sources: Path, comment: str, expected: list[str]) -> None:
    (sources / "stride.py").write_text(STRIDE.format(comment=comment))
    found = json.loads(check("stride.py", "--output-format", "json")[1])
    assert [one["code"] for one in found] == expected


def test_comments_in_other_texts(sources: Path) -> None:
    """In a helper module, at the call that led there, and in another cell of a notebook."""
    assert "W201" in check("user.py")[1] and "W201" in check("note.ipynb")[1]
    (sources / "blocks.py").write_text(HALF.replace("(x)\n", "(x)  # cnnspec: ignore[W201]\n"))
    assert check("user.py")[0] == 0
    (sources / "blocks.py").write_text(HALF)
    (sources / "user.py").write_text(USER.replace("half(x))", "half(x))  # cnnspec: ignore[W201]"))
    assert check("user.py")[0] == 0
    (sources / "note.ipynb").write_text(notebook("# cnnspec: file-ignore[W201]", *CELLS))
    assert check("note.ipynb")[0] == 0


# ---- notebooks -------------------------------------------------------------------------------------------------
def test_cells_are_places(sources: Path) -> None:
    def told(form: str) -> Any:
        return check("note.ipynb", "--output-format", form)[1]

    assert told("concise").startswith("note.ipynb:cell 3:3:25: warning[W201 illegal-stride]: (7 + 2*0 - 3)/3")
    assert "--> note.ipynb:cell 3:3:25" in told("full")
    (row,) = json.loads(told("json"))
    assert (row["filename"], row["cell"], row["location"]) == ("note.ipynb", 3, {"row": 3, "column": 25})
    assert told("github").startswith("::warning file=note.ipynb,line=3,") and "::cell 3: (7 + 2*0" in told("github")
    (result,) = json.loads(told("sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "note.ipynb"
    assert result["message"]["text"].startswith("cell 3: ")
    (one,) = json.loads(told("gitlab"))
    assert one["location"]["path"] == "note.ipynb" and one["description"].startswith("cell 3: ")
    assert 'classname="note.ipynb"' in told("junit")


# ---- the cache -------------------------------------------------------------------------------------------------
def test_the_cache_knows_helper_modules(sources: Path, checked: list[str]) -> None:
    first = check("user.py")
    assert "W201" in first[1] and check("user.py") == first
    assert checked == ["user.py"]
    (sources / "blocks.py").write_text(HALF.replace("strides=3", "strides=2"))
    assert check("user.py")[0] == 0
    (sources / "blocks.py").unlink()
    assert check("user.py")[0] == 0
    (sources / "blocks.py").write_text(HALF)
    assert check("user.py") == first, "a module that was looked for has come"
    assert checked == ["user.py"] * 4


def test_the_cache_knows_cells_and_what_is_not_known(sources: Path, checked: list[str]) -> None:
    for name in ("note.ipynb", "unknown.py", "torch_net.py"):
        assert check(name, "--explain-unknown") == check(name, "--explain-unknown")
    assert checked == ["note.ipynb", "unknown.py", "torch_net.py"]


# ---- start-up --------------------------------------------------------------------------------------------------
def test_the_check_of_a_spec_imports_nothing_of_it(sources: Path) -> None:
    script = (
        "import sys\nfrom cnnspec.cli import main\nassert main(['check', 'net.cnn', '--no-cache']) == 0\n"
        "loaded = [name for name in sys.modules if 'python' in name and name.startswith('cnnspec')]\n"
        "assert not loaded, loaded\nassert 'ast' not in sys.modules and 'tokenize' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
