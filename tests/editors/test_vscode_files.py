"""The files of editors/vscode that need no VS Code: every snippet is a text that holds, indentation is the formatter's, and
what package.json names is there."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.format import format_source
from cnnspec.server.hints import KINDS
from tests.docs.blocks import ROOT

FOLDER = ROOT / "editors" / "vscode"
PLACEHOLDER = re.compile(r"\$\{\d+:([^{}]*)\}|\$\{\d+\|([^,|]*)[^}]*\}|\$\d+")
# Around a snippet that is no whole file: what stands before and behind it.
STEPS = ("input 64x64x3\nconv(32, 3x3, padding=same, activation=relu)\n", "\ngap -> dense(10, softmax)\n")
AROUND = {
    "input": ("", "\nconv(8, 3x3)\n"), "convbn": STEPS, "concat": STEPS, "loop": STEPS, "table": ("input 16x16x3\n", "\nrelu -> gap -> dense(10, softmax)\n"), "if": STEPS, "expect": STEPS,
    "shared": ("input a 8x8x3\ninput b 8x8x3\n", "\nadd(a -> tower, b -> tower)\n"),
    "train": ("input 8x8x1\nflatten -> dense(10, softmax)\n", "\n"), "use": ("", "\ninput 8x8x3\ncbr(8)\n"),
    "block": ("", "\ninput 8x8x3\ncbr(8)\n"), "residual": ("", "\ninput 8x8x3\nresidual(8) -> residual(8)\n"),
    "bottleneck": ("", "\ninput 8x8x3\nbottleneck(8) -> bottleneck(8)\n"), "gate": ("", "\ninput 8x8x32\ngate\n"),
}  # fmt: skip


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


PACKAGE = read("package.json")
SNIPPETS = {snippet["prefix"]: snippet for snippet in read("snippets/cnnspec.json").values()}


def expand(body: str | list[str]) -> str:
    """A snippet as it stands after nothing but Tab was pressed."""
    text = body if isinstance(body, str) else "\n".join(body)
    return PLACEHOLDER.sub(lambda found: found[1] or found[2] or "", text)


@pytest.mark.parametrize("prefix", SNIPPETS)
def test_a_snippet_is_a_text_without_findings_as_it_would_be_formatted(prefix: str, tmp_path: Path) -> None:
    before, behind = AROUND.get(prefix, ("", "\n"))
    (tmp_path / "blocks.cnn").write_text(expand(SNIPPETS["block"]["body"]) + "\n", encoding="utf-8")
    file = tmp_path / "net.cnn"
    file.write_text(before + expand(SNIPPETS[prefix]["body"]) + behind, encoding="utf-8")
    assert [f"{finding.code}: {finding.message}" for finding in cnnspec.check(file)] == []
    source = Source("net.cnn", file.read_text(encoding="utf-8"))
    assert format_source(source)[0] == source.text


# ---- the language's configuration ------------------------------------------------------------------------------
RULES = read("language-configuration.json")


def test_indentation_is_that_of_the_formatter() -> None:
    """A line is deeper than the one before it where that opens a bracket, and less deep where it closes one itself; lines that go
    on with what another began are free."""
    opens, closes = (re.compile(RULES["indentationRules"][f"{kind}IndentPattern"]) for kind in ("increase", "decrease"))
    wrong = []
    for path in sorted((ROOT / "examples").rglob("*.cnn")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for before, line in pairwise(lines):
            onward = [text.lstrip().startswith(("->", "else ", "#")) for text in (before, line)]
            deeper = depth(line) - depth(before)
            open_wrongly = not onward[1] and bool(opens.search(before)) != (deeper > 0)
            close_wrongly = not any(onward) and bool(closes.search(line)) != (deeper < 0)
            wrong += [f"{path.name}: {before} / {line}"] * (open_wrongly or close_wrongly)
    assert wrong == []


def depth(line: str) -> int:
    return len(line) - len(line.lstrip())


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("model Net {", True), ("conv(8, 3x3)", False), ("add(", True), ("for k in [  # rows", True), ("# as in {", False),
        ('use "a{" (cbr)', False), ('data = "a#b" {', True), ("x = conv(  # one (", True), ("block f(n) { relu }", False),
    ],
)  # fmt: skip
def test_an_opening_bracket_at_the_end_indents(line: str, opened: bool) -> None:
    assert bool(re.search(RULES["indentationRules"]["increaseIndentPattern"], line)) == opened


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("conv(64, 3x3, bias=false)", ["conv", "64", "3x3", "bias", "false"]),
        ("input ?x224x3", ["input", "?x224x3"]),
        ("adam(learning_rate=1e-3) < 5M", ["adam", "learning_rate", "1e-3", "5M"]),
        ("in.channels == 2*x1", ["in", "channels", "2", "x1"]),
    ],
)
def test_what_a_double_click_takes(text: str, words: list[str]) -> None:
    assert re.findall(RULES["wordPattern"], text) == words


# ---- package.json and what it names ----------------------------------------------------------------------------
PROPERTIES = PACKAGE["contributes"]["configuration"]["properties"]
COMMANDS = {command["command"]: f"cnnspec: {command['title']}" for command in PACKAGE["contributes"]["commands"]}


def test_the_extension_is_of_the_version_that_it_lies_beside() -> None:
    assert PACKAGE["version"] == cnnspec.__version__
    assert f"## {cnnspec.__version__}\n" in (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (FOLDER / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_hints_that_can_be_chosen_are_those_of_the_server() -> None:
    setting = PROPERTIES["cnnspec.inlayHints"]
    assert setting["enum"] == [*KINDS] and setting["default"] == KINDS[0]
    assert len(setting["enumDescriptions"]) == len(KINDS)


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(
        r'"(?:\./)?((?:images|walkthrough|snippets|syntaxes)/[^"]+|language-configuration\.json)"', json.dumps(PACKAGE)
    )
    assert len(named) >= 10 and [name for name in named if not (FOLDER / name).is_file()] == []


def test_commands_are_registered_and_menus_and_walkthroughs_call_them() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (FOLDER / "src").glob("*.ts"))
    assert set(re.findall(r'^    "(cnnspec\.\w+)": ', sources, re.M)) == set(COMMANDS)
    called = re.findall(r"(?:command|onCommand):(cnnspec\.\w+)", json.dumps(PACKAGE["contributes"]["walkthroughs"]))
    called += [entry["command"] for menu in PACKAGE["contributes"]["menus"].values() for entry in menu]
    called += re.findall(r'command: "(cnnspec\.\w+)"', sources)
    assert set(called) <= set(COMMANDS) and "cnnspec.installServer" in called
    assert set(re.findall(r'setting\("(\w+)"\)', sources)) == {name.removeprefix("cnnspec.") for name in PROPERTIES} - {
        "trace.server"
    }


def test_the_manual_and_the_readme_have_every_setting_command_and_snippet() -> None:
    manual, readme = (
        (ROOT / "docs/editors/vscode.md").read_text(encoding="utf-8"),
        (FOLDER / "README.md").read_text(encoding="utf-8"),
    )
    for text in (manual, readme):
        assert re.findall(r"^\| `(cnnspec\.[\w.]+)` \|", text, re.M) == [*PROPERTIES]
    assert re.findall(r"^\| (cnnspec: [\w ]+) \|", manual, re.M) == [*COMMANDS.values()]
    (listed,) = re.findall(r"^- \*\*Snippets\*\*: (.*)\.$", manual, re.M)
    assert sorted(re.findall(r"`(\w+)`", listed)) == sorted(SNIPPETS)
