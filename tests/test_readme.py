"""The README's blocks run: specs are clean (those marked ! are not), commands print what stands there, Python passes.

`python -m tests.test_readme` writes what the commands print today, and the tables of layers, rules and what is refused, into the README.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.api import check, load
from cnnspec.cli.layers import signature
from cnnspec.layers import CATALOGUE
from cnnspec.layers.base import Layer
from cnnspec.lint.index import RULES
from cnnspec.lint.rules import fix_of, module_of
from tests.layers import safe_side
from tests.lint.test_rules import example, findings

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks() -> list[tuple[str, str, str]]:
    """(language, the rest of the opening line, content) of every fenced block."""
    return [(m[1], m[2].strip(), m[3]) for m in BLOCK.finditer(README.read_text(encoding="utf-8"))]


def lay_out(folder: Path) -> None:
    """Put the named specs into a folder."""
    for language, rest, content in blocks():
        name = rest.removesuffix("!").strip()
        if language == "cnn" and name:
            (folder / name).write_text(content, encoding="utf-8")


def printed(command: str, folder: Path) -> str:
    """What a command prints, on stdout and stderr."""
    words = shlex.split(command)
    assert words[0] == "cnnspec"
    environment = os.environ | {"PYTHONPATH": str(README.parent), "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    return done.stdout


def layer_table() -> str:
    rows = ["| layer | arguments | Keras |", "| --- | --- | --- |"]
    for layer in CATALOGUE:
        arguments = signature(layer)
        if len(arguments) > 110:
            arguments = ", ".join(arguments.split(", ")[:7]) + ", …"
        rows.append(f"| `{layer.names[0]}` | {f'`{arguments}`' if arguments else '-'} | {keras_name(layer)} |")
    return "\n".join(rows)


def rule_table() -> str:
    rows = ["| code | name | what it finds | how grave | fix |", "| --- | --- | --- | --- | --- |"]
    checking = [code for code, features in RULES.items() if "comments" not in features]
    for rule in map(module_of, sorted(checking, key=lambda code: ("EWRTPNSL".index(code[0]), code))):
        bad = findings(rule, example(rule, "Bad"))[-1]
        what = (rule.__doc__ or "").split("\n")[0].partition(": ")[2].removesuffix(".")
        fix = fix_of(rule.CODE).replace("none", "-")
        grave = f"{bad.severity}{'' if rule.DEFAULT else ', on request'}"
        rows.append(f"| {rule.CODE} | {bad.name} | {what} | {grave} | {fix} |")
    return "\n".join(rows)


def keras_name(layer: type[Layer]) -> str:
    """The Keras class that the layer's example becomes, with the dimensions that there are."""
    graph = load(layer.example).analysed.graph
    number = next(node.index for node in graph.nodes if type(node.layer) is layer)
    found = load(layer.example).layers[number].type
    if "2D" not in found:
        return found
    ranks = [rank for rank in "123" if found.replace("2D", f"{rank}D").lower() in layer.names]
    return found.replace("2D", "/".join(f"{rank}D" for rank in ranks))


def filled(text: str, folder: Path) -> str:
    """The README with every command's output and the table as they are today."""

    def console(match: re.Match[str]) -> str:
        if match[1] != "console":
            return match[0]
        commands = [line[2:] for line in match[3].splitlines() if line.startswith("$ ")]
        return "```console\n" + "\n".join(f"$ {c}\n{printed(c, folder).rstrip()}\n" for c in commands) + "```"

    text = BLOCK.sub(console, text)
    for name, table in (("layers", layer_table()), ("rules", rule_table()), ("safe side", safe_side.table())):
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m, t=table: f"{m[1]}{t}\n{m[2]}", text, count=1, flags=re.S
        )
    return text


@pytest.mark.parametrize("number", [i for i, b in enumerate(blocks()) if b[0] == "cnn"])
def test_specs_are_clean_unless_marked(number: int, tmp_path: Path) -> None:
    _, rest, content = blocks()[number]
    path = tmp_path / "spec.cnn"
    path.write_text(content, encoding="utf-8")
    found = check(path)
    assert bool(found) == rest.endswith("!"), [d.message for d in found]


def test_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    lay_out(tmp_path)
    text = README.read_text(encoding="utf-8")
    assert filled(text, tmp_path) == text


@pytest.mark.parametrize("number", [i for i, b in enumerate(blocks()) if b[0] == "python"])
def test_python_blocks_pass(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks()[number][2], "README.md", "exec"), {})


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        lay_out(Path(name))
        README.write_text(filled(README.read_text(encoding="utf-8"), Path(name)), encoding="utf-8")
