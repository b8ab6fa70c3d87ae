"""JSON Schemas of what commands print, made from the one definition of the fields: the tables of docs/json.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.docs.blocks import DOCS

PAGE = DOCS / "json.md"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAIN: dict[str, Any] = {
    "text": {"type": "string"}, "int": {"type": "integer"}, "number": {"type": "number"}, "bool": {"type": "boolean"},
    "figure": {"type": ["integer", "string"]}, "figure or number": {"type": ["number", "string"]},
    "metric": {"anyOf": [{"type": ["number", "null"]}, {"type": "array", "items": {"type": ["number", "null"]}}]}, "value": {},
    "numbers": {"type": ["number", "null", "array"]}, "fractions": {"type": ["string", "array"]},
}  # fmt: skip
OF_OPTIONS = {
    "statistics": "check --statistics",
    "blocks": "summary --input",
    "seen": "rf --in",
    "changes": "diff REVISION REVISION",
}  # schemas of commands with an option
ROW = re.compile(r"^\| `([\w]+)(\?)?` \| (.+?) \| (.+?) \|$", re.M)
OTHERS = re.compile(r"^\| any other \| (.+?) \| .+ \|$", re.M)
LIST = re.compile(r"^<!-- list of (.+) -->$", re.M)


def generated_schemas() -> dict[Path, str]:
    """The file of each schema, and its text."""
    objects = read_objects()
    made = {
        DOCS / "schemas" / f"{name}.json": make_schema(name, objects)
        for name, part in objects.items()
        if part["command"]
    }
    return {path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for path, schema in made.items()}


def read_objects() -> dict[str, dict[str, Any]]:
    """The sections of the page by name: whether each is a command, and its schema."""
    text = PAGE.read_text(encoding="utf-8")
    made: dict[str, dict[str, Any]] = {}
    commands, objects = text.split("\n## The objects\n")
    for part, is_command in ((commands.split("\n## The commands\n")[1], True), (objects, False)):
        for section in re.split(r"^### ", part, flags=re.M)[1:]:
            name = section.split("\n", 1)[0]
            of = LIST.search(section)
            schema = {"type": "array", "items": refer_to(of[1])} if of else read_table(section)
            made[name] = {"command": is_command, "schema": schema}
    return made


def read_table(section: str) -> dict[str, Any]:
    rows = ROW.findall(section)
    assert rows and len(rows) == section.count("\n| `"), section
    fields = {name: {**read_type(kind), "description": about} for name, _, kind, about in rows}
    made = {"type": "object", "properties": fields, "required": [name for name, optional, *_ in rows if not optional]}
    others = OTHERS.search(section)
    return made | {"additionalProperties": read_type(others[1])} if others else made


def read_type(words: str) -> dict[str, Any]:
    """A type as the page writes it."""
    if words.startswith("`") and words.endswith("`") and words.count("`") == 2 and not words.startswith('`"'):
        words = words[1:-1]
    if words in PLAIN:
        return dict(PLAIN[words])
    if words.endswith(" or null"):
        return {"anyOf": [read_type(words.removesuffix(" or null")), {"type": "null"}]}
    if words.startswith("list of "):
        return {"type": "array", "items": read_type(words.removeprefix("list of "))}
    if words.startswith("map of "):
        return {"type": "object", "additionalProperties": read_type(words.removeprefix("map of "))}
    if links := re.findall(r"\[([^]]+)\]\(#[^)]+\)", words):
        return refer_to(*links) if len(links) == 1 else {"anyOf": [refer_to(link) for link in links]}
    if choices := re.findall(r'`"([\w-]+)"`', words):
        return {"enum": choices}
    raise ValueError(f"no type is written {words!r}")


def refer_to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name.replace(' ', '_')}"}


def make_schema(name: str, objects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of a command, with the objects that it holds."""
    root, used = objects[name]["schema"], {}
    waiting = [root]
    while waiting:
        for reference in re.findall(r'"#/\$defs/(\w+)"', json.dumps(waiting.pop())):
            if reference not in used:
                used[reference] = objects[reference.replace("_", " ")]["schema"]
                waiting.append(used[reference])
    command = f"cnnspec {OF_OPTIONS.get(name, name)}"
    return {"$schema": DIALECT, "title": f"What {command} prints as JSON", **root, "$defs": dict(sorted(used.items()))}


def closed(schema: Any) -> Any:
    """A schema that allows no other field: tests hold what is printed to this one."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(part) for key, part in schema.items()}
    return {"additionalProperties": False} | made if isinstance(made.get("properties"), dict) else made
