"""`cnnspec compare`: each figure is its own command's, a row says what it is, and what has no row is said."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.compare.columns import COLUMNS
from cnnspec.tables.data import write_axes
from cnnspec.tables.latex import write_cell
from tests.cli.commands import run
from tests.example_files import EXAMPLES

Capture = pytest.CaptureFixture[str]
TWO = """model Small(width=4, classes=10) {
  input 28x28x1
  conv(width, 3x3, activation=relu) -> conv(width, 3x3, activation=relu) -> gap -> dense(classes, softmax)
}
model Big(width=64) {
  input 28x28x1
  conv(width, 5x5, activation=relu) -> gap -> dense(10, softmax)
}
"""
NET = """model Net(width=8) { input 8x8x1 -> conv(width, 3x3) -> flatten -> dense(10, softmax) }
train { data = digits
  loss = sparse_categorical_crossentropy
  optimizer = sgd(momentum=0.9)
  batch = 64
}
"""
LOSSY = "input 28x28x1\nmaxpool(5x5)\nconv(3, 3x3) -> conv(3, 3x3, stride=2)\n"
VECTORS = "input 8\ndense(3)\n"
ANY_SIZE = "input HxWx3\nconv(4, 3x3, stride=2) -> gap -> dense(2)\n"
BROKEN = "input 8x8x1\nconv(4, 9x9)\n"
TEXTS = {
    "two": TWO, "net": NET, "lossy": LOSSY, "vectors": VECTORS, "any": ANY_SIZE, "broken": BROKEN,
    "blocks": "block f(n) { conv(n, 3x3) }\n", "sub/net": NET.replace("8x8x1", "8x8x3"),
}  # fmt: skip
SOURCE = """from keras import Input, Sequential, layers

def build(classes=3):
    return Sequential([Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(classes)])

model = build()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "empty").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.cnn").write_text(text)
    (tmp_path / "train.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(capsys: Capture, *words: str) -> list[dict[str, str]]:
    """The rows that a command prints as CSV."""
    status, out, err = run(capsys, "compare", *words, "--format", "csv")
    assert (status, err) == (0, "")
    return [*csv.DictReader(io.StringIO(out))]


def names(capsys: Capture, *words: str) -> list[str]:
    return [row["network"] for row in rows(capsys, *words)]


def data(capsys: Capture, *words: str) -> Any:
    return json.loads(run(capsys, *words, "--format", "json")[1])


# ---- each figure is its own command's ----------------------------------------------------------------------------
NETS = [
    *[str(EXAMPLES / f"{name}.cnn") for name in ("lenet5", "alexnet", "resnet18", "unet_any_size", "siamese")],
    "two.cnn:Small", "net.cnn", "lossy.cnn", "vectors.cnn", "any.cnn", "train.py:model",
]  # fmt: skip
ASKED = ["--batch", "3", "--dtype", "float16", "--device", "t4"]


def find_owned(capsys: Capture, net: str) -> dict[str, Any]:
    """The figure of each column as the command that it comes from prints it."""
    summary, fields = data(capsys, "summary", net), data(capsys, "rf", net)
    cost, lost = data(capsys, "cost", net, *ASKED), data(capsys, "lost", net)
    found = json.loads(run(capsys, "check", "--no-cache", net, "--output-format", "json")[1])
    totals, size = summary["totals"], summary["totals"]["receptive_field"]["size"]
    deepest = [layer["coverage"] for layer in fields["layers"] if layer["size"] == size and not layer["whole"]]
    shapes = [output["shape"] for output in summary["outputs"]]
    terms = {term["name"]: term["bytes"] for term in cost["inference"]["terms"]}
    path, _, model = net.partition(":")
    depth = data(capsys, "compare", net)["networks"][0]["depth"]
    assert not cnnspec.load(path, model=model or None).budget(f"depth == {depth}")
    return {
        "layers": sum([layer["used"] for layer in data(capsys, "explain", net)["layers"]]), "depth": depth,
        "params": totals["params"], "trainable": totals["trainable_params"], "macs": totals["macs"], "flops": totals["flops"],
        "rf": write_axes(size), "coverage": deepest[-1] if size else None,
        "output": ", ".join(["x".join(map(str, shape)) for shape in shapes]),
        "params_bytes": terms["weights"], "peak_memory": terms["activations"], "inference_memory": cost["inference"]["bytes"],
        "training_memory": cost["training"]["bytes"], "time": cost["device"]["seconds"],
        "lost": lost["totals"]["macs_share"], "lossless": find_lossless(lost), "findings": len(found), "epochs": None,
    }  # fmt: skip


def find_lossless(lost: dict[str, Any]) -> bool | None:
    """Whether nothing is lost; None where a size is unknown."""
    return None if lost["unknown"] else not lost["tensors"]


def write_plain(value: Any) -> str:
    """A figure as CSV has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("net", NETS)
def test_each_column_is_what_its_own_command_says(net: str, capsys: Capture) -> None:
    owned = find_owned(capsys, net)
    assert owned.keys() == COLUMNS.keys()
    (row,) = rows(capsys, net, "--columns", ",".join(COLUMNS), *ASKED)
    assert {name: row[name] for name in owned} == {name: write_plain(value) for name, value in owned.items()}
    said = data(capsys, "compare", net, *ASKED)
    (one,) = said["networks"]
    assert (said["batch"], said["dtype"], said["device"]) == (3, "float16", "NVIDIA T4")
    assert one["optimizer"] == ("sgd(momentum=0.9)" if net == "net.cnn" else "adam")
    for field, column in (("seconds", "time"), ("macs_lost_share", "lost"), ("trainable_params", "trainable")):
        assert one[field] == owned[column]
    for field in one.keys() & owned.keys():
        assert one[field] == owned[field], field


def test_all_have_one_batch_whatever_their_train_sections_say(capsys: Capture) -> None:
    (alone,) = rows(capsys, "net.cnn", "--columns", "training_memory")
    assert int(alone["training_memory"]) == data(capsys, "cost", "net.cnn", "--batch", "1")["training"]["bytes"]
    out = run(capsys, "compare", "net.cnn", "vectors.cnn")[1]
    assert "Memory: batch 1, float32; training with sgd(momentum=0.9) (Net), adam (vectors)" in out
    out = run(capsys, "compare", "net.cnn", "vectors.cnn", "--optimizer", "lion")[1]
    assert out.endswith("Memory: batch 1, float32; training with lion\n")
    assert (
        "Memory and time: batch 1, float32; training with adam; time at least on NVIDIA T4"
        in (run(capsys, "compare", "vectors.cnn", "--device", "t4", "--width", "200")[1])
    )


# ---- which networks, and what they are called --------------------------------------------------------------------
LINES = {  # what is typed, and what the rows are called
    "two.cnn": "Small|Big",
    "two.cnn:Big net.cnn train.py": "Big|Net|model",
    "net.cnn sub/net.cnn lossy.cnn": "net.cnn|sub/net.cnn|lossy",
    "net.cnn net.cnn": "Net|Net",
    "net.cnn net.cnn --set width=4": "Net (width=8)|Net (width=4)",
    "net.cnn --set width=4 lossy.cnn": "Net (width=4)|lossy",
    "net.cnn --set=width=4 --sort network net.cnn --set width=2": "Net (width=2)|Net (width=4)",
    "net.cnn --se=width=4 lossy.cnn net.cnn": "Net (width=4)|lossy|Net (width=8)",
    "--set width=2 net.cnn two.cnn lossy.cnn": "Net (width=2)|Small (width=2)|Big (width=2)|lossy",
    "--set classes=5 two.cnn net.cnn": "Small (classes=5)|Big|Net",
    "--set width=2 net.cnn net.cnn --set width=3": "Net (width=2)|Net (width=3)",
    "two.cnn:Small --set width=2 --set classes=3 two.cnn:Small": "Small (width=2, classes=3)|Small (width=4, classes=10)",
    "train.py --call build(classes=7)": "build",
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_rows_are_called_so_that_they_are_told_apart(line: str, capsys: Capture) -> None:
    assert "|".join(names(capsys, *line.split())) == LINES[line]


def test_a_value_counts_for_its_own_network_alone(capsys: Capture) -> None:
    found = rows(capsys, "net.cnn", "--set", "width=2", "net.cnn", "--sort", "params", "net.cnn", "--set", "width=1")
    expected = [str(cnnspec.load("net.cnn", width=width).params) for width in (1, 2, 8)]
    assert [row["params"] for row in found] == expected


def test_stdin_and_a_saved_model_are_networks(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(VECTORS.encode())

    monkeypatch.setattr("sys.stdin", Input())
    model = str(Path(__file__).parents[1] / "model_files/weighted/rows.pt2")
    piped, saved = rows(capsys, "-", model, "--columns", "params")
    assert piped == {"network": "network", "params": "27"}
    assert int(saved["params"]) == data(capsys, "summary", model)["totals"]["params"]


# ---- what has no row ---------------------------------------------------------------------------------------------
LEFT_OUT = [  # a word, why it has no row, the exit status
    ("broken.cnn", "broken.cnn has mistakes: `cnnspec check broken.cnn` shows them", 1),
    ("none.cnn", "cannot read none.cnn: No such file or directory: check the path", 2),
    ("empty", "empty is a folder without runs: name the specs in it, as in empty/*.cnn", 2),
    ("blocks.cnn", "blocks.cnn holds no network, but blocks (f): `cnnspec summary` with --input 56x56x64 shows what each costs", 2),
    ("lossy.cnn --set width=3", 'lossy.cnn: no model has a parameter "width"; it has none; before all networks --set is for every one that has it', 2),
    ("net.cnn:Other", 'net.cnn has no model "Other": it has Net', 2),
]  # fmt: skip


@pytest.mark.parametrize(("word", "why", "status"), LEFT_OUT)
def test_the_others_are_shown(word: str, why: str, status: int, capsys: Capture) -> None:
    words = word.split()
    got, out, err = run(capsys, "compare", "lossy.cnn", *words, "--width", "200")
    assert (got, err) == (status, "") and "\n lossy " in out and out.endswith(f"Left out: {why}\n")
    got, out, err = run(capsys, "compare", "lossy.cnn", *words, "--format", "csv")
    assert (got, err, len(out.splitlines())) == (status, f"cnnspec: {why}\n", 2)
    got, out, err = run(capsys, "compare", *words)
    assert (got, out, err) == (status, "", f"cnnspec: {why.partition('; before')[0]}\n")
    said = data(capsys, "compare", "lossy.cnn", *words)
    assert said["left_out"] == [{"name": words[0], "why": why}]


REFUSED = {  # a command line, and what is said
    "net.cnn --set widht=2": 'no model has a parameter "widht"; it has width; did you mean "width"?',
    "--set widht=2 net.cnn": 'no network has a parameter "widht" for --set; did you mean "width"?',
    "net.cnn --set width": '--set takes name=value, not "width"',
    "net.cnn --columns time": "--columns: the column time needs a device, whose time it is",
    "net.cnn --columns params,training_memory --dtype int8": "--columns: the column training_memory needs gradients, which int8 does not have",
    "net.cnn --columns prams": 'did you mean "params"?',
    "net.cnn --columns ,": "--columns: columns are names with commas between: known are layers,",
    "net.cnn --sort prams": '--sort: no column is called "prams": known are network, layers,',
    "net.cnn --sort prams --format json": '--sort: no column is called "prams"',
    "net.cnn --columns params --format json": "--columns is for tables: the JSON form has a fixed set of fields",
    "net.cnn --relative --format csv": "--relative is for tables that people read: csv has the figures themselves",
    "net.cnn --dtype int9": '"int9" is no dtype',
    "net.cnn --device toaster": 'no device is called "toaster"',
    "net.cnn --call build()": "--call calls a function of a Python source: give one, without a model's name",
    "- -": "stdin can be one network only: give the others as files",
    "": "what is missing: NETWORK",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(line: str, capsys: Capture) -> None:
    status, out, err = run(capsys, "compare", *line.split())
    assert (status, out) == (2, "") and REFUSED[line] in err and err.count("\n") == 1


# ---- order and differences ---------------------------------------------------------------------------------------
def test_rows_are_sorted_those_without_a_figure_last(capsys: Capture) -> None:
    words = ["net.cnn", "any.cnn", "lossy.cnn", "vectors.cnn"]
    assert names(capsys, *words, "--sort", "params") == ["vectors", "lossy", "any", "Net"]
    assert names(capsys, *words, "--sort", "params", "--reverse") == ["Net", "any", "lossy", "vectors"]
    assert names(capsys, *words, "--sort", "macs") == ["vectors", "lossy", "Net", "any"]
    assert names(capsys, *words, "--sort", "macs", "--reverse") == ["Net", "lossy", "vectors", "any"]
    assert names(capsys, *words, "--sort", "rf")[-1] == "vectors"
    assert names(capsys, *words, "--reverse") == ["vectors", "lossy", "any", "Net"]
    said = data(capsys, "compare", *words, "--sort", "network")
    assert [one["name"] for one in said["networks"]] == ["Net", "any", "lossy", "vectors"]


def test_differences_are_those_to_the_first(capsys: Capture) -> None:
    columns = "params,macs,rf,coverage,lost,findings,output,peak_memory"
    out = run(
        capsys, "compare", "lossy.cnn", "two.cnn", "any.cnn", "--relative", "--columns", columns, "--format", "markdown"
    )[1]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in out.splitlines() if line.startswith("|")]
    table = {row[0]: row[1:] for row in cells[2:]}
    first, small = table["lossy"], table["Small"]
    nets = {name: cnnspec.load("two.cnn", model=name) for name in ("Small", "Big")} | {
        "lossy": cnnspec.load("lossy.cnn")
    }
    assert nets["Small"].params is not None and nets["lossy"].params is not None
    change = 100 * (nets["Small"].params / nets["lossy"].params - 1)
    assert (
        first[0] == f"{nets['lossy'].params:,}"
        and small[0].startswith("+")
        and abs(float(small[0][1:-2]) - change) < 0.06
    )
    assert small[2] == "-80 %" and first[2] == "25x25"
    assert table["any"][1].startswith("depends on H, W") and table["any"][3] == "?"
    assert small[6] == "10" and table["any"][6] == "2"
    assert "- Differences to lossy; pp are percentage points" in out


CHANGES = [  # column, the figure, the first one's, the cell
    ("params", 1123, 1000, "+12.3 %"), ("params", 900, 1000, "-10 %"), ("params", 5, 5, "0 %"), ("params", 0, 0, "0 %"), ("params", 3, 0, ""),
    ("params", 3, None, ""), ("coverage", 0.5, 0.25, "+25 pp"), ("coverage", 0.25, 0.252, "-0.2 pp"), ("coverage", 0.5, None, ""),
    ("lost", 0.1, 0.1, "0 pp"), ("findings", 3, 1, "+2"), ("findings", 1, 1, "0"), ("findings", 0, 2, "-2"), ("time", 2e-3, 1e-3, "+100 %"),
    ("output", ((3,),), ((2,),), ""), ("epochs", 3, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "base", "cell"), CHANGES)
def test_a_change_is_written_in_the_column_s_own_way(name: str, value: Any, base: Any, cell: str) -> None:
    assert COLUMNS[name].change(value, base) == cell


def test_fields_grow_along_each_axis() -> None:
    def reach(*size: int) -> cnnspec.ReceptiveField:
        return cnnspec.ReceptiveField(size, None, None)

    change = COLUMNS["rf"].change
    assert change(reach(6, 6), reach(5, 5)) == "+20 %" and change(reach(6, 5), reach(5, 5)) == "+20 % x 0 %"
    assert change(reach(6), reach(5, 5)) == "" == change(reach(6, 6), None)


# ---- forms -------------------------------------------------------------------------------------------------------
def test_a_narrow_page_leaves_out_the_least_important(capsys: Capture) -> None:
    for width, missing in ((60, "Coverage"), (80, "Coverage"), (120, "")):
        out = run(capsys, "compare", "two.cnn", "net.cnn", "lossy.cnn", "--width", str(width))[1]
        assert max(map(len, out.splitlines())) <= width
        assert ("Not shown in" in out, missing in out.split("Not shown")[-1]) == (bool(missing), True)


def test_figures_that_depend_on_a_size_stand_below_where_they_are_long(capsys: Capture) -> None:
    out = run(capsys, "compare", "any.cnn", "--width", "200")[1]
    assert "depends on H, W" in out and "\nMACs of any: 108*((H + 1)//2)*((W + 1)//2) - " in out, out
    assert "\nTraining memory of any: " in out and out.endswith(" bytes\n")


def test_the_forms_say_the_same(capsys: Capture) -> None:
    words = ["two.cnn", "lossy.cnn", "broken.cnn"]
    text, markdown, latex, html = (
        run(capsys, "compare", *words, "--format", form, "--width", "200")[1]
        for form in ("text", "markdown", "latex", "html")
    )
    cells = [line.split("  ") for line in text.splitlines()[2:5]]
    for line in cells:
        for cell in filter(None, map(str.strip, line)):
            assert cell in markdown and write_cell(cell) in latex and f">{cell}<" in html
    note = "Left out: broken.cnn has mistakes: `cnnspec check broken.cnn` shows them"
    assert note in text and f"% {note}" in latex and note in html and r"\`cnnspec check broken.cnn\`" in markdown


# ---- Python ------------------------------------------------------------------------------------------------------
def test_python_answers_what_the_command_prints(capsys: Capture) -> None:
    words = ["net.cnn", "two.cnn", "lossy.cnn", "--columns", "params,macs", "--sort", "macs", "--relative"]
    made = cnnspec.compare(
        [cnnspec.load("net.cnn"), Path("two.cnn"), "lossy.cnn"], columns=["params", "macs"], sort="macs", relative=True
    )
    assert made.to_text() == run(capsys, "compare", *words)[1]
    plain = cnnspec.compare(["net.cnn", "two.cnn", "lossy.cnn"])
    for form in ("text", "markdown", "csv", "latex", "json", "html"):
        assert plain.to_text(form) == run(capsys, "compare", "net.cnn", "two.cnn", "lossy.cnn", "--format", form)[1]
    assert [one.name for one in plain.networks] == ["Net", "Small", "Big", "lossy"]
    assert [row["params"] for row in plain.to_rows()] == [one.params for one in plain.networks]
    assert repr(plain) == "<cnnspec.Comparison: Net, Small, Big, …>"
    with pytest.raises(TypeError, match="sort must be a str"):
        cnnspec.compare(["net.cnn"], sort=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: cnnspec.compare("net.cnn"), TypeError, "networks are several: give them as a list"),
        (lambda: cnnspec.compare([]), ValueError, "there is nothing to compare: name a network"),
        (lambda: cnnspec.compare(["broken.cnn"]), cnnspec.SpecError, "broken.cnn has mistakes: `cnnspec check broken.cnn` shows them"),
        (lambda: cnnspec.compare(["none.cnn"]), FileNotFoundError, "there is no such file: none.cnn"),
        (lambda: cnnspec.compare(["empty"]), FileNotFoundError, "empty is a folder without runs: name the specs in it"),
        (lambda: cnnspec.compare([3]), TypeError, "a path is a str or an os.PathLike, not int"),
        (lambda: cnnspec.compare(["net.cnn"], columns=["prams"]), ValueError, 'no column is called "prams"'),
        (lambda: cnnspec.compare(["net.cnn"], sort="prams"), ValueError, 'no column is called "prams"'),
        (lambda: cnnspec.compare(["net.cnn"], batch=0), ValueError, "batch must be a whole number from 1"),
        (lambda: cnnspec.compare(["net.cnn"]).to_text("xml"), ValueError, 'no format is called "xml"'),
    ],
)  # fmt: skip
def test_what_python_refuses(ask: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ask()
