"""Names of files and words of a spec that are meant to do harm: every verb and every form shows them as words.

Nothing that is printed holds a control character; JSON and XML are read back, a Markdown table keeps its columns, a diff
and a report their lines. Left out is what writes a spec or a program to stdout (`format -`, `compile -o -`).
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.cli import main
from cnnspec.tables import escape
from tests.support import THOROUGH

ESCAPES = "\x1b[31m\x07\x9b2J\x7f\u202e"
MARKUP = "|`*_<b>&\"',%$#{}~^]]>"
LINES = "\r\n::error::x\n| a | b |\n\u2028"
NAMES = [
    f"a{ESCAPES}.cnn", f"b{MARKUP}.cnn", f"c{LINES}.cnn", "::error file=x::d.cnn", "--- e.cnn", "f``` `.cnn", "\udcff\udc9b.cnn",
    "<script>alert(1)<", 'h""";import os.cnn', "%0A%3A:,.cnn",
]  # fmt: skip
RIGHT = f'''# {ESCAPES}
model A(n=3, s="{ESCAPES}|`*<b>") {{
input 9x9x3
conv(3,3x3, stride=4) as a
gap -> dense(n)
}}
train {{ data = digits }}  # {ESCAPES}
'''
WRONG = f'''input 9x9x3
conv(3,3x3) as a  # {ESCAPES}
foo("{ESCAPES}|`")
conv(3,3x3, activation="{ESCAPES}<b>|%0A")
expect("{ESCAPES}")
use "{ESCAPES}" (f)
train {{ data = "{ESCAPES}<b>"
 loss = "{ESCAPES}" }}
'''
PLAIN = "input 9x9x3\nconv(3,3x3, stride=4) as a\n"  # the network is called as the file is
TEXTS = (RIGHT, WRONG, PLAIN)
SPECS = [(name, text) for name in (NAMES if THOROUGH else NAMES[:1]) for text in TEXTS]
SPECS += [(name, TEXTS[number % 3]) for number, name in enumerate(NAMES) if name not in dict(SPECS)]
FORMS = """check FILE --output-format full --select ALL|check FILE --output-format concise|check FILE --output-format json
check FILE --output-format jsonl|check FILE --output-format sarif|check FILE --output-format github
check FILE --output-format junit|check FILE --output-format gitlab|check FILE --statistics|check FILE --show-settings
check FILE --fix --unsafe-fixes --diff|check FILE --unsafe-fixes|summary FILE|summary FILE --format markdown
summary FILE --format csv|summary FILE --format json|explain FILE|explain FILE --format markdown|explain FILE --format latex
explain FILE --format json|explain FILE WORD|rf FILE|rf FILE a|rf FILE WORD|rf FILE --in a|rf FILE a --format json|rf FILE --picture
rf FILE -o out.svg|rf FILE --effective a -o out.html|lost FILE|lost FILE --format json|cost FILE|cost FILE -o out.svg|cost FILE --format json|cost FILE --optimizer WORD
trace FILE --layers WORD|trace FILE WORD --at 0|trace FILE --input WORD|trace FILE --weights WORD|trace FILE --at WORD|quiz FILE --solutions|quiz FILE --format json|quiz FILE --format gift|quiz FILE --kinds WORD|cost FILE --device WORD|cost FILE --dtype WORD|sizes FILE|sizes FILE --format json|sizes FILE --near WORD|sizes FILE -o out.svg|diff FILE good.cnn
diff good.cnn FILE --format json|diff good.cnn FILE --format markdown --max-params 0|fix FILE --diff|fix FILE --check|format FILE --diff|format FILE --check|import FILE
import --application WORD|export FILE -o x.onnx|evaluate FILE|predict FILE FILE|look FILE FILE|look FILE FILE --layers WORD --class WORD -o WORD|resume FILE|runs FILE|rule WORD|layers WORD
check WORD|summary FILE --columns WORD|summary FILE --set WORD|summary FILE --set n=WORD|summary FILE --model WORD
check FILE --select WORD|check FILE --per-file-ignores WORD|check FILE --target WORD|check FILE --baseline FILE|WORD
draw FILE|draw FILE -o out.svg --depth all --show name|draw FILE --format dot|draw FILE --style volumes -o out.svg|draw FILE --format tex|draw FILE --expand WORD|draw FILE --show WORD
summary FILE --format latex|cost FILE --format latex|cost FILE --format csv|rf FILE --format latex|lost FILE --format csv|sizes FILE --format latex|diff FILE good.cnn --format latex
compare FILE good.cnn|compare FILE good.cnn --format markdown|compare FILE good.cnn --format csv|compare good.cnn FILE --format latex|compare FILE --format json|compare FILE good.cnn --format html
compare WORD good.cnn|compare FILE --columns WORD|compare FILE --sort WORD|compare FILE --set WORD|compare FILE --set n=WORD|compare FILE --optimizer WORD
check --WORD|compile FILE -o WORD|train FILE --dry-run --data WORD"""


def shown(arguments: list[str]) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main(arguments)
    return out.getvalue(), err.getvalue()


def harmless(text: str) -> None:
    for line in text.split("\n"):
        assert line.replace("\t", "").isprintable(), ascii(line)


@pytest.mark.parametrize("form", FORMS.replace("\n", "|").split("|"))
def test_hostile_words(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.cnn").write_text("input 9x9x3\nconv(3, 3x3)\n")
    word = ESCAPES + MARKUP + LINES
    for name, text in SPECS if "FILE" in form else SPECS[:1]:
        (tmp_path / name).write_text(text)
        arguments = [w.replace("FILE", name).replace("WORD", word) for w in form.split()]
        out, err = shown(arguments)
        harmless(out)
        harmless(err)
        intact(form, out, tmp_path)
        assert "internal error" not in err
        assert (tmp_path / name).read_text() == text
        (tmp_path / name).unlink()


def intact(form: str, out: str, folder: Path) -> None:
    """The structure of what is printed, where it has one."""
    if out and ("json" in form.split() or "sarif" in form or "gitlab" in form):
        json.loads(out)
    for line in out.splitlines() if "jsonl" in form else ():
        json.loads(line)
    if "junit" in form:
        ElementTree.fromstring(out)
    if (folder / "out.svg").exists():
        harmless((folder / "out.svg").read_text())
        ElementTree.parse(folder / "out.svg")
    for line in out.splitlines():
        named = "gift" in form and line.startswith(
            "::Quiz\\: "
        )  # a question's name, which begins so whatever the file says
        assert line.startswith("::") == ("github" in form or named), line
        if "github" in form:
            assert re.fullmatch(r"::(error|warning|notice) file=[^:,]*(,\w+=[^:,]*)*::[^\n]*", line), line
    for table in re.findall(r"(?m)(?:^\| .*\n)+", out) if "markdown" in form else ():
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table
    if "csv" in form:
        assert len({len(row) for row in csv.reader(io.StringIO(out))}) <= 1
    if "latex" in form and out:
        out = re.sub(r"^%.*$", "", out, flags=re.M)
        assert out.count("\\begin{") == out.count("\\end{")
        assert len(re.findall(r"(?<!\\)\{", out)) == len(re.findall(r"(?<!\\)\}", out))


def test_a_difference_is_a_patch_of_a_file_with_tabs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.cnn").write_text("input 8x8x3\nconv(8,3x3)\t# one\ttwo\n")
    out, _ = shown(["format", "--diff", "a.cnn"])
    assert "-conv(8,3x3)\t# one\ttwo\n" in out


def test_the_source_of_a_program_is_no_more_than_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's name stands in the docstring of what it is compiled to, and does not end it."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        (tmp_path / name).write_text("input 9x9x3\nconv(3, 3x3)\n")
        out, _ = shown(["compile", name, "-o", "-"])
        code = compile(out, "made", "exec")
        assert "os" not in code.co_names, out


def test_the_settings_of_a_hostile_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / f"x{ESCAPES}\n"
    folder.mkdir()
    (folder / "a.cnn").write_text(PLAIN)
    monkeypatch.chdir(folder)
    for text in (
        '"\\u001b[31m" = 1',
        'profile = "\\u009b"',
        'exclude = ["\\u001b\\u009b\\u007f"]',
        'select = ["\\u009b"]',
        "x = [",
    ):
        (folder / "cnnspec.toml").write_text(text)
        for options in ([], ["--show-settings"]):
            out, err = shown(["check", "a.cnn", *options])
            harmless(out)
            harmless(err)


# ---- the media, one by one -----------------------------------------------------------------------------------
@given(st.text())
def test_any_words_stay_words(words: str) -> None:
    root = ElementTree.fromstring(f"<a b=\"{escape.xml(words)}\" c='{escape.xml(words)}'>{escape.xml(words)}</a>")
    assert root.text in (None, root.get("b")) and root.get("b") == root.get("c") and not len(root)
    assert json.loads(escape.json([words])) == [words]
    assert "\n" not in escape.github_property(words) and not set(escape.github_property(words)) & {":", ","}
    cell = escape.markdown(words)
    assert not re.search(r"(?<!\\)(?:\\\\)*[|<`*\[]", cell)
    fenced = escape.code(words)
    fence = re.match("`+", fenced)
    assert fence is not None and fenced.endswith(fence[0])
    assert fence[0] not in re.findall("`+", fenced[len(fence[0]) : -len(fence[0])])
    for text in (cell, fenced, escape.latex(words), escape.github(words), escape.line(words)):
        harmless(text)


def test_names_of_bytes_that_are_no_text(tmp_path: Path) -> None:
    """As the system hands them over, not as a test makes them."""
    name = os.fsencode(tmp_path) + b"/\xff\x9b.cnn"
    with open(name, "w") as file:
        file.write("input 7x7x1\nconv(3, 3x3, stride=3)\n")
    for kind in ("full", "json", "sarif", "github", "junit", "gitlab"):
        command = [sys.executable, "-m", "cnnspec", "check", "--no-cache", name, "--output-format", kind]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (1, b""), done
        assert b"\x9b" not in done.stdout and b"\xff" not in done.stdout
