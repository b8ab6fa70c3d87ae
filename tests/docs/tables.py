"""The parts of pages that are made from the program: tables, and the synopsis and options of each command.

They stand between `<!-- name -->` and `<!-- end -->`; `python -m tests.docs` writes them anew.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from cnnspec.base.source import Source
from cnnspec.cli import MODULES, VERBS
from cnnspec.cli.layers import signature
from cnnspec.layers import CATALOGUE
from cnnspec.layers.base import Layer
from cnnspec.lint.pages import Page
from cnnspec.lint.pages import pages as rule_pages
from cnnspec.pipeline import analyse
from tests.docs.blocks import DOCS, ROOT
from tests.docs.lectures import find_lines, read_lectures

MARKED = re.compile(r"(<!-- ([a-z ]+) -->\n).*?(<!-- end -->)", re.S)
GROUPS = "EWRTPNSL"  # errors and warnings first, habits of lectures last
CODE = re.compile(
    r"(--[\w-]+(?:=\S*\w)?|\$?[A-Z]+_[A-Z_]+|[\w./-]*\.(?:cnn|keras|onnx|pt2|tflite|csv|npz|svg|pdf|png|tex|html|dot|mermaid|json|h5|py)\b)"
)


def fill(text: str, page: Path) -> str:
    """A page with its marked parts as they are today."""

    def filled(found: re.Match[str]) -> str:
        made = PARTS[found[2]](page).strip("\n")
        return f"{found[1]}{made}\n{found[3]}"

    return MARKED.sub(filled, text)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


# The catalogue and the rules


def layer_table(page: Path) -> str:
    listed = []
    for layer in CATALOGUE:
        name, arguments = layer.names[0], signature(layer)
        if len(arguments) > 110:
            arguments = ", ".join(arguments.split(", ")[:7]) + ", …"
        listed.append((f"[`{name}`]({name}.md)", f"`{arguments}`" if arguments else "-", keras_name(layer)))
    return table(("layer", "arguments", "Keras"), listed)


def keras_name(layer: type[Layer]) -> str:
    """The Keras class that the layer's example becomes, with the dimensions that there are; none where it becomes none."""
    (network,) = analyse(Source("example.cnn", layer.example)).networks
    number = next(node.index for node in network.graph.nodes if type(node.layer) is layer)
    found = network.facts.keras_types[number]
    if found is None:
        return "none"
    if "2D" not in found:
        return found
    ranks = [rank for rank in "123" if found.replace("2D", f"{rank}D").lower() in layer.names]
    return found.replace("2D", "/".join(f"{rank}D" for rank in ranks))


def rule_table(page: Path) -> str:
    """Every code that a rule finds; refusals of the language have pages, and no row here."""
    listed = [
        (f"[{p.code}]({p.code}.md)", p.name, p.title, how_grave(p), p.fix.replace("none", "-"))
        for p in sorted(rule_pages(), key=in_reading_order)
        if p.runs != "always" or p.why
    ]
    return table(("code", "name", "what it finds", "how grave", "fix"), listed)


def refusal_table(page: Path) -> str:
    """The codes of the language itself: what cannot be read, found or computed, and its notes."""
    listed = [
        (f"[{p.code}]({p.code}.md)", p.name, p.title, p.severity)
        for p in rule_pages()
        if p.runs == "always" and not p.why
    ]
    return table(("code", "name", "what it says", "how grave"), listed)


def in_reading_order(page: Page) -> tuple[int, str]:
    return GROUPS.index(page.code[0]), page.code


def how_grave(page: Page) -> str:
    return page.severity + (", on request" if page.runs.startswith("off") else "")


def safe_side_table(page: Path) -> str:
    from tests.layers import safe_side  # it draws layers by Hypothesis, which building the site does without

    return safe_side.table()


# Commands


def command_table(page: Path) -> str:
    return table(("command", "what it does"), [(f"[`{verb}`]({verb}.md)", about) for verb, about in VERBS.items()])


def parser_of(verb: str) -> argparse.ArgumentParser:
    """The parser of one command, with the words of its `--help`. Its layout differs between versions of Python."""
    parser = argparse.ArgumentParser(f"cnnspec {verb}", add_help=False)
    import_module(f"cnnspec.cli.{MODULES.get(verb, verb)}").add_arguments(parser)
    return parser


def synopsis(page: Path) -> str:
    verb = page.stem
    parser = parser_of(verb)
    named = [action for action in parser._actions if not action.option_strings]
    words = ["cnnspec", verb, *(["[OPTION …]"] if len(parser._actions) > len(named) else []), *map(operand, named)]
    about = VERBS[verb]
    return f"{about[0].upper()}{about[1:]}.\n\n```text\n{' '.join(words)}\n```"


def operand(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    return {"+": f"{name} …", "*": f"[{name} …]", "?": f"[{name}]"}.get(str(action.nargs), name)


def options(page: Path) -> str:
    """The options in the groups of `--help`, each with its words."""
    parts = []
    for group in parser_of(page.stem)._action_groups:
        listed = [
            (f"`{called(action)}`", code_in((action.help or "").replace("%%", "%"))) for action in group._group_actions
        ]
        if listed:
            heading = {"positional arguments": "", "options": "", "optional arguments": ""}.get(
                str(group.title), f"**{str(group.title).capitalize()}**\n\n"
            )
            about = f"{group.description}\n\n" if group.description else ""
            head = ("argument" if group.title == "positional arguments" else "option", "what it does")
            parts.append(f"{heading}{about}{table(head, listed)}")
    return "\n\n".join(parts)


def called(action: argparse.Action) -> str:
    """How an argument or option is written: `-o OUT`, `--format {text,json}`."""
    if not action.option_strings:
        return operand(action)
    value = str(action.metavar or ("{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""))
    takes = action.nargs != 0 and not isinstance(action, argparse.BooleanOptionalAction)
    return ", ".join(action.option_strings) + (f" {value or action.dest.upper()}" if takes else "")


def code_in(text: str) -> str:
    """Help with its options, variables and file names as code."""
    return CODE.sub(r"`\1`", text).replace("<", "&lt;")


# Examples


def example_table(page: Path) -> str:
    """The networks of `examples/`, each with the first sentence of its header and its figures."""
    listed = []
    for path in sorted((ROOT / "examples").glob("*.cnn")):
        text = path.read_text(encoding="utf-8")
        header = " ".join(line.lstrip("# ") for line in text.partition("\n#\n")[0].split("\n") if line.startswith("#"))
        facts = analyse(Source(path.name, text)).networks[0].facts
        macs = facts.total.macs
        figures = f"{facts.total.parameters:,}", f"{macs:,}" if isinstance(macs, int) else "by its size"
        listed.append(
            (
                f"[`{path.name}`](../examples/{path.name})",
                re.split(r"(?<=[a-z0-9)\"])[.:;] ", header)[0].rstrip("."),
                *figures,
            )
        )
    return table(("file", "network", "parameters", "MACs"), listed)


def lecture_index(page: Path) -> str:
    """The slides of each lecture, with the command that shows each and the line that it prints."""
    lines, parts = find_lines(), []
    for name, slides in read_lectures().items():
        rows = [(s.slide, f"[`{s.file}`]({s.file})", f"`cnnspec {s.command}`", f"`{lines[s]}`") for s in slides]
        parts.append(f"## {name}\n\n{table(('slide', 'file', 'command', 'what it prints'), rows)}")
    return "\n\n".join(parts)


# Finding one's way


def ways() -> list[dict[str, str | list[str]]]:
    """The questions of `docs/ways.toml`, each with an answer and the places to look at: `path` or `path:name`."""
    found: list[dict[str, str | list[str]]] = tomllib.loads((DOCS / "ways.toml").read_text(encoding="utf-8"))["way"]
    return found


def way_list(page: Path) -> str:
    lines = []
    for number, way in enumerate(ways(), 1):
        places = ", ".join(
            f"`{str(place).replace(':', '` (`')}`" + (")" if ":" in place else "") for place in way["places"]
        )
        lines.append(f"{number}. **{way['question']}** {way['answer']}\n\n    {places}\n")
    return "\n".join(lines)


PARTS: dict[str, Callable[[Path], str]] = {
    "layers": layer_table,
    "rules": rule_table,
    "refusals": refusal_table,
    "safe side": safe_side_table,
    "commands": command_table,
    "synopsis": synopsis,
    "options": options,
    "examples": example_table,
    "slides": lecture_index,
    "ways": way_list,
}
