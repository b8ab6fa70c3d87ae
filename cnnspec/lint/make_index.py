"""Writes `lint/index.py` from the files of the findings. Run `python -m cnnspec.lint.make_index` after changing one.

A file of `rules/` or `refusals/` states CODE and SEVERITY; a rule also its DEFAULT, and where it has them TARGETS,
PROFILE, LOOKS_AT (what a network must have for it to be asked: see lint/features.py), SIZED (whether the input's size may be
at fault, and nothing else) and AFTER (the code behind which its findings are listed); either also FIX, the kind of its fix, and OFFER, how a help is printed from fixes that hold.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from cnnspec.lint.features import COMMENTS, FEATURES, TRAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

INDEX = Path(__file__).parent / "index.py"
LETTERS = "EWRTPNSL"  # the order of the rules, by the letters of their codes
IN_LINE = 12  # codes
HEAD = '''"""What findings there are: made from the files of `rules/` and `refusals/` by lint/make_index.py; do not edit.

Nothing is imported here, so that every part of the house may ask for a name, and a check which rules it needs.
"""

'''


def generate() -> str:
    """The text of the index."""
    refusals, rules = read_modules("refusals"), in_order(read_modules("rules"))
    refusals.sort(key=lambda module: str(module.CODE))
    every = sorted([*refusals, *rules], key=lambda module: str(module.CODE))
    for rule in rules:
        assert not set(looks_at(rule)) - FEATURES.keys(), f"{rule.CODE} looks at what is no feature"
    tables: tuple[tuple[str, str, dict[str, Any] | list[str]], ...] = (
        ("NAMES", "the name of each code; its file is called so", {m.CODE: name_of(m) for m in every}),
        ("REFUSALS", "what the language itself refuses; the others are rules", [module.CODE for module in refusals]),
        ("RULES", "of each rule, in the order of their findings: what a network must have for it to be asked",
         {rule.CODE: getattr(rule, "LOOKS_AT", ()) for rule in rules}),
        ("ON_REQUEST", "rules that run only where they are asked for", [m.CODE for m in rules if not m.DEFAULT]),
        ("SIZED", "rules for whose findings the input's size may be at fault alone", [m.CODE for m in rules if hasattr(m, "SIZED")]),
        ("TARGETS", "the targets that a rule is about", {m.CODE: m.TARGETS for m in rules if hasattr(m, "TARGETS")}),
        ("PROFILES", "the profile that a rule belongs to", {m.CODE: m.PROFILE for m in rules if hasattr(m, "PROFILE")}),
        ("FIXES", "the kind of the fix of each that has one", {m.CODE: m.FIX for m in every if hasattr(m, "FIX")}),
        ("OFFERS", "the help of each that is printed from its fixes, which stand in the place of {}",
         {m.CODE: m.OFFER for m in every if hasattr(m, "OFFER")}),
    )  # fmt: skip
    return HEAD + "\n".join([write_table(*table) for table in tables])


def read_modules(folder: str) -> list[ModuleType]:
    """The files of a folder that state a code."""
    paths = sorted((Path(__file__).parent / folder).glob("[a-z]*.py"))
    return [import_module(f"cnnspec.lint.{folder}.{path.stem}") for path in paths]


def name_of(module: ModuleType) -> str:
    """The name of a finding: that of its file, with hyphens."""
    return module.__name__.rpartition(".")[2].replace("_", "-")


def looks_at(rule: ModuleType) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(rule, "LOOKS_AT", ())
    return found


def in_order(rules: list[ModuleType]) -> list[ModuleType]:
    """Rules in the order of their findings: those on by default, on training, and on request; each by its code."""

    def place(rule: ModuleType) -> tuple[bool, bool, int, str]:
        return not rule.DEFAULT, TRAIN in looks_at(rule), LETTERS.index(rule.CODE[0]), rule.CODE

    ordered = sorted([rule for rule in rules if not hasattr(rule, "AFTER")], key=place)
    for rule in rules:
        if hasattr(rule, "AFTER"):
            codes = [other.CODE for other in ordered]
            ordered.insert(codes.index(rule.AFTER) + 1, rule)
    return sorted(ordered, key=lambda rule: COMMENTS in looks_at(rule))


def write_table(name: str, about: str, table: dict[str, Any] | list[str]) -> str:
    """A table as Python, a line for each code; a list of codes, and a table of single words, in few lines."""
    if isinstance(table, list):
        return f"# {about}\n{name} = frozenset((\n{write_lines([*map(write_value, table)], IN_LINE)}))  # fmt: skip\n"
    if all([isinstance(value, str) and value.isalpha() for value in table.values()]):
        entries = [f"{write_value(code)}: {write_value(value)}" for code, value in table.items()]
        return f"# {about}\n{name} = {{\n{write_lines(entries, IN_LINE // 2)}}}  # fmt: skip\n"
    rows = "".join([f"    {write_value(code)}: {write_value(value)},\n" for code, value in table.items()])
    kind = ": dict[str, tuple[str, ...]]" if name == "RULES" else ""
    return f"# {about}\n{name}{kind} = {{\n{rows}}}\n"


def write_lines(entries: list[str], each: int) -> str:
    """Entries of a table, so many in each line."""
    return "".join([f"    {', '.join(entries[i : i + each])},\n" for i in range(0, len(entries), each)])


def write_value(value: Any) -> str:
    """A value as ruff's formatter has it."""
    if isinstance(value, tuple):
        return "(" + ", ".join(map(write_value, value)) + "," * (len(value) == 1) + ")"
    return f'"{value}"'


if __name__ == "__main__":
    INDEX.write_text(generate(), encoding="utf-8")
