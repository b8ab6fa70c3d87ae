"""Every verb fits the width that shows it: on a terminal, with COLUMNS or --width; into a pipe nothing is dropped."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.base.wrapping import count_columns, split_words
from cnnspec.cli import VERBS, main
from cnnspec.tables.columns import COLUMNS
from tests.cli.commands import run
from tests.example_files import EXAMPLES
from tests.support import THOROUGH, unwrap

WIDTHS = (60, 80, 120) if THOROUGH else (60, 120)
NAME = "a_layer_whose_name_is_as_long_as_names_of_models_sometimes_are_or_longer"
ZERO = " + ".join(["0"] * 40)
LONG = f"""
input 224x224x3
conv(64, 7x7, stride=3) as {NAME}
relu as {NAME}_2
add({NAME}, {NAME}_2) -> conv(1000000, 3x3, stride={ZERO} + 2, padding=1) as c
maxpool(2x2, stride=3) -> conv(16, 5x5, groups=4) -> relu -> flatten -> dense(1000) -> dense(10)
"""  # fmt: skip
SYMBOLIC = "input ?x?x3\nconv(16, 3x3, stride=2, padding=1) as a\nconv(16, 3x3, stride=2, padding=1)\nadd(a, conv(16, 3x3, padding=1)) -> gap -> dense(10)\n"
SPECS = {  # what stresses a layout
    "long.cnn": LONG,
    "symbolic.cnn": SYMBOLIC,
    "網路/模型.cnn": "input 8x8x1\nconv(4, 3x3, stride=3) -> conv(8, 2x2) -> gap -> dense(3)\n",
    "assumed.cnn": "input 28x28x1\ncnov(8, 3x3) -> relu -> maxpol(2x2) -> flatten -> dense(10)\n",
    "unsaid.cnn": "input 28x28x1\nconv(8, 30x30)\nrelu -> dens(3)\nconv(8, 3x3, strude=2)\n",
    "blocks.cnn": f"block residual_with_a_long_name(filters, stride=1) {{\n  conv(filters, 3x3, stride=stride, padding=1) as {NAME}\n  relu -> conv(64, 3x3, padding=1)\n}}\nblock head(classes=1000) {{ gap -> dense(classes) }}\n",
    "one_axis.cnn": f"input 100x3\nconv(8, 3) as {NAME}\nrelu -> conv(8, 5, stride=2) -> relu\n",
    "train.cnn": "input 8x8x1\nflatten -> dense(10)\ntrain { data = digits; epochs = 2; batch = 64; optimizer = adam(0.001) }\n",
}
TRIED = SPECS if THOROUGH else ("long.cnn", "symbolic.cnn", "網路/模型.cnn", "unsaid.cnn")
FILES = [*TRIED, *[str(EXAMPLES / name) for name in ("alexnet.cnn", "unet_any_size.cnn")]]  # fmt: skip
ALL = ",".join(COLUMNS)
OF_A_FILE = f"""
check FILE | check FILE --select ALL --unsafe-fixes | check FILE --statistics
check FILE --show-settings --ignore S,W206,W205,L801,L802,L803,L804,L805 | summary FILE | summary FILE --columns {ALL}
explain FILE | rf FILE | rf FILE --picture | lost FILE | cost FILE | cost FILE --device v100 --memory 16GiB --flops-as fvcore
draw FILE --expand no_{NAME} | draw FILE --show {NAME} | trace FILE | trace FILE --layers input1 | quiz FILE --solutions | quiz FILE --variant | sizes FILE | sizes FILE --near 67 | diff FILE {EXAMPLES}/lenet5.cnn | diff FILE FILE | compare FILE {EXAMPLES}/lenet5.cnn FILE | compare FILE --relative --columns params,macs,output,peak_memory,training_memory | fix FILE --check --unsafe-fixes
format FILE --check | compile FILE -o no/such/folder/{NAME}.py
""".replace("\n", " | ")  # fmt: skip
OF_NONE = f"""
rules | rule W201 | rule E004 | layers | layers conv | layers gelu | rule W999 | layers nothing_that_is_a_layer
rf one_axis.cnn {NAME} relu1 | rf long.cnn --in c | rf long.cnn --effective c | rf {EXAMPLES}/googlenet.cnn concat3 | explain {EXAMPLES}/resnet50.cnn conv4 | diff {EXAMPLES}/resnet18.cnn {EXAMPLES}/resnet50.cnn
train train.cnn --data no_such_data_anywhere_{NAME} | resume no/run | runs no/such/runs | evaluate no.keras | predict no.keras no.png | look no.keras no.png
export no.keras -o no.onnx | help | help summary | help sumary | completion | completion csh
summary blocks.cnn --input 56x56x64 --set filters=64 | summary blocks.cnn --input 56x56x64 --block head | check blocks.cnn --input 56x56x64 | check blocks.cnn
sweep {EXAMPLES}/resnet18.cnn --over classes=10..50:10 --over input=32..96:32 --where "macs < 1G" --pareto macs,-classes --by=-params --histogram params,macs,coverage | sweep train.cnn --over classes=2..90 --histogram classes,peak_memory --top 0 | sweep train.cnn --over classes=2..3
search train.cnn --over classes=2..3 | search {EXAMPLES}/resnet18.cnn --over classes=10..50:10 --where "params < 1" | search no_file_that_there_is.cnn
solve {EXAMPLES}/resnet18.cnn --over classes=10..50:10 --over input=32..96:32 --maximize coverage --subject "macs < 1G, params > 1M" | solve train.cnn --over classes=2..3 --minimize macs --subject "params < 1"
import no.keras | play no_file_that_there_is.cnn | play --write | check no_file_that_there_is.cnn | summary | server a_word_that_it_does_not_take | check --no-such-option-at-all
""".replace("\n", " | ")
COMMANDS = [line.strip() for line in f"{OF_A_FILE}|{OF_NONE}".split("|") if line.strip()]
BAR = "█▏▎▍▌▋▊▉"  # which is as long as there is room for
RULE = re.compile(r"^.*\n (─+)$", re.M)


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the specs."""
    monkeypatch.chdir(tmp_path)
    for name, text in SPECS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def commands(line: str) -> list[list[str]]:
    """The command for every file that it is about."""
    return [shlex.split(line.replace("FILE", file)) for file in (FILES if "FILE" in line else ["-"])]


def too_wide(text: str, width: int) -> list[str]:
    """The lines that do not fit and could: a word stands whole, as does the place behind an arrow."""
    lines = [(line, line.strip().removeprefix("--> ")) for line in text.splitlines()]
    return [line for line, words in lines if count_columns(line) > width and len(split_words(words)) > 1]


def test_every_verb_is_tried() -> None:
    assert {command.split()[0] for command in COMMANDS} == VERBS.keys()


@pytest.mark.parametrize("line", COMMANDS)
def test_every_text_fits(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number, command in enumerate(commands(line)):
        status, whole, _ = run(capsys, *command)
        if number == 0 or THOROUGH:  # only that there is one: labels of findings and lines of a spec stand whole there
            assert run(capsys, *command, "--width", "20")[0] == status
        for width in WIDTHS:
            again, out, err = run(capsys, *command, "--width", str(width))
            assert again == status
            assert not too_wide(out, width) and not too_wide(err, width), command
            if (
                command[0] not in ("check", "rf", "trace")
                and "symbolic" not in str(command)
                and "any_size" not in str(command)
            ):
                compare(out, whole, width, command)


def compare(out: str, whole: str, width: int, command: list[str]) -> None:
    """Names and figures of the text for a width stand in that for a pipe; what it leaves out it names in its last line."""
    shown, _, note = unwrap(out).partition(f"Not shown in {width} columns: ")
    known = {
        *whole.split(),
        *[f"{word}:" for word in whole.split()],
    }  # a heading stands before a long word of its column
    figures = re.compile(r"\d[\d,.x]*\d")
    assert set(figures.findall(shown)) <= set(figures.findall(unwrap(whole))), (command, width)
    assert {word for word in shown.split() if not word.startswith("─") and word.strip(BAR)} <= known, (command, width)
    for match in RULE.finditer(whole):
        for heading in re.split(r"  +", match[0].splitlines()[0].strip()):
            assert set(heading.split()) <= set(shown.split()) or heading in note, (command, width, heading)
    if not note:
        assert {word for word in whole.split() if not word.startswith("─")} <= set(shown.split()), (command, width)
    else:
        wider = re.match(r".*; --width (\d+) shows all", note)
        assert wider is not None and int(wider[1]) > width


@pytest.mark.parametrize("verb", ["summary", "cost", "rf", "explain"])
@pytest.mark.parametrize("file", ["long.cnn", "alexnet.cnn", "mobilenet_v2.cnn"])
def test_every_row_stands(verb: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = file if file in SPECS else EXAMPLES / file
    names = [row.split(",")[0] for row in run(capsys, "summary", path, "--format", "csv")[1].splitlines()[1:]]
    assert len(names) > 9
    for width in (20, *WIDTHS):
        lines = run(capsys, verb, path, "--width", str(width))[1].splitlines()
        firsts = [line.split()[0] for line in lines if line.strip()]
        place = iter(firsts)
        assert all(any(name == first for first in place) for name in names), (width, "in their order")


@pytest.mark.parametrize(
    "line", ["summary FILE", "cost FILE", "rf FILE", "lost FILE", "diff FILE " + str(EXAMPLES / "lenet5.cnn")]
)
def test_into_a_pipe_nothing_is_dropped(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(line):
        piped = run(capsys, *command)[1]
        assert "Not shown" not in piped
        if "symbolic" not in str(command) and "any_size" not in str(
            command
        ):  # whose sizes have short names by the width
            assert piped.split() == run(capsys, *command, "--width", "9999")[1].split()


def test_sentences_in_a_pipe_have_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        "check long.cnn --select ALL",
        "sizes long.cnn",
        "explain long.cnn",
        "rules",
        "layers",
        "rule W201",
    ):
        out = re.sub(r"^ *\d* \|.*\n", "", run(capsys, *command.split())[1], flags=re.M)  # excerpts have 100
        assert out and not too_wide(out, 80), command


@pytest.mark.parametrize("form", ["concise", "github", "gitlab", "json", "jsonl", "sarif", "junit"])
def test_forms_for_tools_have_no_width(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    for file in SPECS:
        command = ("check", file, "--select", "ALL", "--output-format", form, "-q")
        assert run(capsys, *command) == run(capsys, *command, "--width", "20")


def test_data_have_no_width(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("json", "csv", "markdown"):
        assert run(capsys, "summary", "long.cnn", "--format", form)[1] == run(capsys, "summary", "long.cnn", "--format", form, "--width", "20")[1]  # fmt: skip


def test_a_patch_has_no_width(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "fix", "long.cnn", "--diff")[1] == run(capsys, "fix", "long.cnn", "--diff", "--width", "20")[1]


# ---- which width ---------------------------------------------------------------------------------------------------
def test_the_option_comes_before_the_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = run(capsys, "cost", "long.cnn", "--width", "60")
    monkeypatch.setenv("COLUMNS", "60")
    assert run(capsys, "cost", "long.cnn") == narrow
    assert run(capsys, "cost", "long.cnn", "--width", "90") != narrow
    assert os.environ["COLUMNS"] == "60", "the caller's is as it was"


def test_without_a_variable_there_is_none_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "cost", "long.cnn", "--width", "60")
    assert "COLUMNS" not in os.environ


@pytest.mark.parametrize("said", ["", "0", "-80", "abc", "8 0", "80.5", "²", "9" * 5000])
def test_nonsense_in_the_variable_is_passed_over(
    said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = run(capsys, "cost", "long.cnn")
    monkeypatch.setenv("COLUMNS", said)
    assert run(capsys, "cost", "long.cnn") == piped
    assert run(capsys, "cost", "--help")[0] == 0


def test_a_very_narrow_terminal_has_20_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowest = run(capsys, "summary", "long.cnn", "--width", "20")
    monkeypatch.setenv("COLUMNS", "7")
    assert run(capsys, "summary", "long.cnn") == narrowest


@pytest.mark.parametrize("said", ["10", "19", "0", "-5", "wide", "80.0", "", "100001", "9" * 5000])
def test_what_is_no_width_is_one_sentence(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "cost", "long.cnn", f"--width={said}")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("cnnspec: --width must be a whole number from 20 to 100,000, not ")


# ---- a terminal ----------------------------------------------------------------------------------------------------
def on_terminal(command: list[str], width: int, **environment: str) -> str:
    """What a command shows on a terminal of some width."""
    import fcntl
    import pty
    import struct
    import termios

    child, terminal = pty.fork()
    if child == 0:
        for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
            os.environ.pop(name, None)
        os.environ.update({"TERM": "xterm", **environment})
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        os.execv(sys.executable, [sys.executable, "-m", "cnnspec", *command])
    shown = b""
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:
            read = b""
        if not read:
            break
        shown += read
    os.waitpid(child, 0)
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals")
@pytest.mark.parametrize(
    "command", ["summary long.cnn", "cost long.cnn", "check unsaid.cnn", "diff long.cnn 網路/模型.cnn"]
)
def test_a_terminal_has_its_own_width_and_its_own_colors(command: str) -> None:
    for width in (60, 120):
        plain = on_terminal(command.split(), width, NO_COLOR="1", CI="true")
        assert "\x1b" not in plain and not too_wide(plain, width)
        colored = on_terminal(command.split(), width)
        codes = {code for codes in re.findall(r"\x1b\[([\d;]*)m", colored) for code in codes.split(";")}
        assert codes <= {"0", "1", "31", "32", "35", "94"}, (
            "read on dark and on light terminals: no black, white, yellow, cyan or dark blue"
        )
        assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain
    assert main(command.split()) in (0, 1)


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({"CI": "true", "GITHUB_ACTIONS": "true", "TERM": "xterm"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "3", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
@pytest.mark.parametrize("command", ["check unsaid.cnn", "summary unsaid.cnn", "diff long.cnn symbolic.cnn"])
def test_a_log_has_colors_where_they_are_forced(
    command: str,
    environment: dict[str, str],
    colored: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = run(capsys, *command.split())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shown = run(capsys, *command.split())
    assert ("\x1b[" in shown[1]) == colored
    assert tuple(re.sub(r"\x1b\[[\d;]*m", "", str(part)) for part in shown) == tuple(map(str, plain)), "else the same"


# ---- help ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_fits(verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = unwrap(run(capsys, *verb.split(), "--help")[1])
    for width in WIDTHS:
        status, out, _ = run(capsys, *verb.split(), "--help", f"--width={width}")
        assert status == 0 and max(map(len, out.splitlines())) <= width
        assert unwrap(out) == whole, "no word is broken"
        monkeypatch.setenv("COLUMNS", str(width))
        assert run(capsys, *verb.split(), "--help")[1] == out
        monkeypatch.delenv("COLUMNS")


def test_a_width_counts_for_what_is_refused_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        "--batch none --width 30",
        "--batch=none --width=30",
        "--width 30 --batch none",
        "--wid 30 --batch none",
    ):
        status, _, err = run(capsys, "cost", "long.cnn", *words.split())
        assert status == 2 and err.count("\n") > 1 and max(map(len, err.splitlines())) <= 30, words
    assert run(capsys, "cost", "--batch", "none", "--", "--width", "30")[2].count("\n") == 1, "a file's name"


def test_a_clean_check_lays_nothing_out() -> None:
    script = (
        "import sys; from cnnspec.cli import main; status = main(['check', sys.argv[1]]);"
        "print([m for m in ('cnnspec.base.wrapping', 'cnnspec.findings.excerpt', 'cnnspec.tables.page') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, EXAMPLES / "lenet5.cnn"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
