"""Vim: what it colours, how it indents, and which findings ALE shows in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

from tests.editors.agreement import COLOURED, FORMS, find_differences
from tests.editors.grammars import EDITORS
from tests.editors.programs import BIASED, folder, program

VIM = program("vim")
SCRIPT = Path(__file__).parent / "scripts" / "see.vim"
TYPES = {
    "cnnspecStatement": (Keyword.Declaration,), "cnnspecControl": (Keyword,), "cnnspecLoopIn": (Keyword,), "cnnspecLoop": (Name,),
    "cnnspecWordOperator": (Operator.Word,), "cnnspecCurrent": (Name.Builtin.Pseudo,), "cnnspecConstant": (Keyword.Constant,),
    "cnnspecOperator": (Operator,), "cnnspecAssigned": (Operator,), "cnnspecArrow": (Operator,), "cnnspecPunctuation": (Punctuation,), "cnnspecColon": (Punctuation,),
    "cnnspecNumber": (Number,), "cnnspecString": (String,), "cnnspecComment": (Comment.Single,), "cnnspecDirective": (Comment.Single,),
    "cnnspecLayer": (Name.Builtin,), "cnnspecFunction": (Name.Builtin,), "cnnspecPastedInput": (Name.Builtin,),
    "cnnspecDefinition": (Name.Function,), "cnnspecModel": (Name.Class,), "cnnspecUsed": (Name.Function,), "cnnspecCall": (Name.Function,),
    "cnnspecNoLayer": (Name.Function,), "cnnspecArgument": (Name.Attribute, Name.Constant), "cnnspecOption": (Name.Constant,),
    "cnnspecBudgetName": (Name.Property,), "cnnspecProperty": (Name.Property,), "cnnspecName": (Name,), "cnnspecValue": (Name,),
}  # fmt: skip
SPEC = "input 9x9x3\nconv(8, 3x3, stride=4)\ncnov(3)\n"


def ask(calls: list[tuple[object, ...]], tmp_path: Path, *folders: Path) -> list[list[str]]:
    """What each call of a function of the script writes, as lines."""
    paths = ",".join(map(str, (EDITORS / "vim", *folders)))
    asked = [
        f"call {name}({', '.join(f'{str(given)!r}' for given in (*given, tmp_path / str(at)))})"
        for at, (name, *given) in enumerate(calls)
    ]
    lines = [
        f"set noswapfile encoding=utf-8 runtimepath^={paths}",
        "filetype plugin indent on",
        "syntax on",
        f"source {SCRIPT}",
        *asked,
        "qa!",
    ]
    file = tmp_path / "ask.vim"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [VIM, "-es", "-u", "NONE", "-i", "NONE", "-N", "-S", str(file)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return [(tmp_path / str(at)).read_text(encoding="utf-8").split("\n") for at in range(len(calls))]


def test_a_spec_is_known_by_its_name(tmp_path: Path) -> None:
    ((filetype, *options),) = ask([("WriteOptions", FORMS)], tmp_path)
    assert (filetype, options[:3]) == ("cnnspec", ["# %s", "1", "2"])


def test_colours_are_those_of_the_language(tmp_path: Path) -> None:
    files = [FORMS, *COLOURED]
    for path, lines in zip(files, ask([("WriteGroups", path) for path in files], tmp_path), strict=True):
        differences = find_differences(path.read_text(encoding="utf-8"), [line.split(" ") for line in lines], TYPES)
        assert not differences, (path, differences)


def test_indentation_is_that_of_the_formatter(tmp_path: Path) -> None:
    for path, lines in zip(COLOURED, ask([("WriteIndented", path) for path in COLOURED], tmp_path), strict=True):
        assert lines == path.read_text(encoding="utf-8").split("\n"), path


def check(form: str, spec: Path, output: Path, text: str = SPEC) -> None:
    """Write what `cnnspec check` says of a text in some form."""
    spec.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "cnnspec", "check", "--output-format", form, str(spec)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output.write_text(done.stdout, encoding="utf-8")


def test_ale_shows_each_finding_where_it_is(tmp_path: Path) -> None:
    ale = folder("/usr/share/vim-ale", str(Path.home() / ".vim" / "pack" / "plugins" / "start" / "ale"))
    spec, output = tmp_path / "net.cnn", tmp_path / "output.json"
    check("json", spec, output)
    ((findings, command, fixer, _),) = ask([("WriteFindings", spec, output)], tmp_path, ale)
    shown = [
        [one[key] for key in ("lnum", "col", "end_lnum", "end_col", "type", "code")] for one in json.loads(findings)
    ]
    assert shown == [[2, 14, 2, 21, "W", "W201"], [3, 1, 3, 4, "E", "E010"]]
    assert command == "%e check --output-format json --stdin-filename %s -"
    assert fixer == "'cnnspec' format --stdin-filename %s -"


def test_ale_checks_python_where_this_is_asked_for(tmp_path: Path) -> None:
    ale = folder("/usr/share/vim-ale", str(Path.home() / ".vim" / "pack" / "plugins" / "start" / "ale"))
    source, output = tmp_path / "train.py", tmp_path / "output.json"
    check("json", source, output, BIASED)
    ((*lines, _),) = ask([("WritePythonLinter", source, output)], tmp_path, ale)
    (found,), linters, asked = map(json.loads, lines)
    assert [found[key] for key in ("lnum", "col", "type", "code")] == [5, 5, "I", "T407"]
    assert "cnnspec" not in linters  # unless it is asked for
    assert asked == ["cnnspec"]


def test_make_fills_the_quickfix_list(tmp_path: Path) -> None:
    spec, output = tmp_path / "net.cnn", tmp_path / "output"
    check("concise", spec, output)
    ((listed, program, _),) = ask([("WriteQuickfix", spec, output)], tmp_path)
    assert program == "cnnspec check --output-format concise %:S"
    assert [found[:3] for found in json.loads(listed)] == [[2, 14, "w"], [3, 1, "e"]]
    assert json.loads(listed)[1][3] == 'nothing is called "cnov"'


@pytest.mark.parametrize("text", ["block cbr(filters", 'conv(8, "abc', "add(in,\n  conv(", "}"])
def test_half_a_text_is_coloured(text: str, tmp_path: Path) -> None:
    spec = tmp_path / "net.cnn"
    spec.write_text(f"{text}\n\nmodel Net {{\n  input 8x8x3\n}}\n", encoding="utf-8")
    (lines,) = ask([("WriteGroups", spec)], tmp_path)
    assert lines[text.count("\n") + 2].split(" ")[:9] == ["cnnspecStatement"] * 5 + ["cnnspecModel"] * 4
