"""The grammars that are written: they are up to date, and the engines of VS Code and Sublime Text read them as the language is read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

from tests.editors.agreement import COLOURED, FORMS, find_differences
from tests.editors.grammars import EDITORS, written
from tests.editors.textmate import GRAMMAR
from tests.editors.tools import tool

TEXTMATE = EDITORS / "vscode" / "syntaxes" / "cnnspec.tmLanguage.json"
SNAPSHOTS = Path(__file__).parent / "snapshots"
TYPES = {  # of the scopes that begin so; the longest counts
    "keyword.control.import": (Keyword.Declaration,), "keyword.control": (Keyword,), "keyword.other": (Keyword.Declaration,), "keyword.operator": (Operator,),
    "keyword.operator.logical": (Operator.Word,), "storage": (Keyword.Declaration,), "constant.language": (Keyword.Constant,), "constant.numeric": (Number,),
    "string": (String,), "punctuation.definition.string": (String,), "comment": (Comment.Single,), "punctuation.definition.comment": (Comment.Single,),
    "keyword.other.directive": (Comment.Single,), "constant.other.rule": (Comment.Single,), "markup.underline.link": (Comment.Single,),
    "support.function": (Name.Builtin,), "entity.name.function": (Name.Function,), "entity.name.type": (Name.Class,), "support.constant": (Name.Constant,),
    "support.type.property-name": (Name.Attribute,), "support.variable": (Name.Property,), "variable.other.property": (Name.Property,),
    "variable.other.constant": (Name.Constant,), "variable.other.readwrite": (Name,), "variable.parameter": (Name.Attribute, Name),
    "variable.language": (Name.Builtin.Pseudo,), "punctuation": (Punctuation,), "punctuation.definition": (),
}  # fmt: skip


# ---- what is written -----------------------------------------------------------------------------------------
def test_the_grammars_are_those_of_the_language() -> None:
    for path, text in written().items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run python -m tests.editors"


def rules(part: Any) -> Iterator[dict[str, Any]]:
    """Every rule of a part of the grammar."""
    for inner in part if isinstance(part, list) else part.values():
        if isinstance(inner, (dict, list)):
            yield from rules(inner)
    if isinstance(part, dict):
        yield part


def test_each_rule_of_the_textmate_grammar_holds() -> None:
    """Its pattern compiles and has the groups that are named; its scope is known to the tests; what it includes is there."""
    for rule in rules(GRAMMAR):
        for pattern, captures in (("match", "captures"), ("begin", "beginCaptures"), ("end", "endCaptures")):
            if pattern in rule:
                groups = re.compile(rule[pattern]).groups
                assert {int(group) for group in rule.get(captures, {})} <= set(range(1, groups + 1)), rule[pattern]
        if "include" in rule:
            assert rule["include"].removeprefix("#") in GRAMMAR["repository"]
        elif isinstance(rule.get("name"), str) and "scopeName" not in rule:
            assert [1 for beginning in TYPES if rule["name"].startswith(beginning)], rule["name"]


# ---- the engine of VS Code -------------------------------------------------------------------------------------
def snapshot(files: list[Path], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run vscode-tmgrammar-snap over copies of files in a folder."""
    program = tool("tmgrammar", "node_modules", ".bin", "vscode-tmgrammar-snap")
    shutil.copy(TEXTMATE, folder / "grammar.json")
    contributes = {
        "languages": [{"id": "cnnspec", "extensions": [".cnn"]}],
        "grammars": [{"language": "cnnspec", "scopeName": "source.cnnspec", "path": "grammar.json"}],
    }
    (folder / "package.json").write_text(json.dumps({"contributes": contributes}), encoding="utf-8")
    names = [f"{at}.cnn" for at in range(len(files))]
    for name, file in zip(names, files, strict=True):
        shutil.copy(file, folder / name)
        if (committed := file.with_suffix(".cnn.snap")).exists():
            shutil.copy(committed, folder / f"{name}.snap")
    return subprocess.run(
        [program, *options, *names], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def read_snapshot(file: Path, text: str) -> list[list[str]]:
    """The innermost scope at each character. In a snapshot ">" leads a line of the text, "#" the signs under a stretch and its scopes."""
    answer: list[list[str]] = []
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line.startswith(">"):
            answer.append(["nothing"] * (len(line) - 1))
        elif found := re.match(r"#( *)(\^+) (.*)", line):
            begin, end = len(found[1]), len(found[1]) + len(found[2])
            answer[-1][begin:end] = [find_scope(found[3].split(" "))] * (end - begin)
    return answer


def find_scope(stack: list[str]) -> str:
    """The innermost scope, without the language's name, by the longest beginning that the tests know."""
    name = stack[-1].removesuffix(".cnnspec")
    return max([beginning for beginning in TYPES if name.startswith(beginning)], key=len, default=name)


def test_vs_code_colours_as_the_language_reads(tmp_path: Path) -> None:
    files = [FORMS, *COLOURED]
    done = snapshot(files, tmp_path, "--updateSnapshot")
    assert done.returncode == 0, done.stdout + done.stderr
    for at, path in enumerate(files):
        text = path.read_text(encoding="utf-8")
        differences = find_differences(text, read_snapshot(tmp_path / f"{at}.cnn.snap", text), TYPES)
        assert not differences, (path, differences)


def test_snapshots_are_what_vs_code_sees(tmp_path: Path) -> None:
    """After a change that is meant: vscode-tmgrammar-snap --updateSnapshot, and a look at what changed."""
    files = sorted(SNAPSHOTS.glob("*.cnn"))
    assert [file.with_suffix(".cnn.snap").exists() for file in files] == [True, True]
    done = snapshot(files, tmp_path)
    assert done.returncode == 0, done.stdout


# ---- the engine of Sublime Text ----------------------------------------------------------------------------------
def read_by_syntect(text: str, syntect: Any) -> list[list[str]]:
    """The innermost scope at each character, by syntect, which reads the syntaxes of Sublime Text."""
    builder = syntect.SyntaxSetBuilder()
    builder.add_from_folder(str(EDITORS / "sublime"), True)
    syntaxes = builder.build()
    state, stack, answer = syntect.ParseState("cnnspec", syntaxes), [], []
    for line in text.split("\n"):
        steps, at = deque(state.parse_line(f"{line}\n", syntaxes).ops), 0  # (place in bytes, what to do)
        answer.append([])
        for character in line:
            while steps and steps[0][0] <= at:
                follow(steps.popleft()[1], stack)
            answer[-1].append(find_scope(stack))
            at += len(character.encode())
        for _, step in steps:
            follow(step, stack)
    return answer


def follow(step: str, stack: list[str]) -> None:
    """Do to a stack of scopes what Push(keyword.cnnspec) or Pop(2) says."""
    does, _, what = step.removesuffix(")").partition("(")
    if does == "Push":
        stack.append(what)
    else:
        assert does == "Pop", step
        del stack[-int(what) :]


@pytest.mark.parametrize("path", [FORMS, *COLOURED], ids=lambda path: path.name)
def test_sublime_text_colours_as_the_language_reads(path: Path) -> None:
    sys.path.append(str(tool("syntect")))
    text = path.read_text(encoding="utf-8")
    differences = find_differences(text, read_by_syntect(text, pytest.importorskip("syntect")), TYPES)
    assert not differences
