"""What commands print, held to their schemas; and which fields of these were never printed."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator as Validator

from tests.docs.schemas import closed, generated_schemas

SCHEMAS: dict[str, dict[str, Any]] = {path.stem: json.loads(text) for path, text in generated_schemas().items()}
OF_TRAININGS = {
    "evaluate",
    "predict",
    "look",
    "runs",
    "search",
}  # whose test trains a network: tests/train/test_json.py; tests/search


class SchemaUse:
    """The schemas of some commands, without fields that they do not name, and the fields that were met in data."""

    def __init__(self, names: set[str]) -> None:
        self.schemas: dict[str, dict[str, Any]] = {name: closed(SCHEMAS[name]) for name in names}
        self.met: set[tuple[str, str]] = set()

    def hold(self, name: str, data: Any) -> None:
        """What a command printed is valid."""
        Validator(self.schemas[name]).validate(data)
        self._meet(self.schemas[name], data, name, self.schemas[name]["$defs"])

    def list_unmet(self) -> list[tuple[str, str]]:
        """(object, field) of every field that no data had."""
        stated = {
            (owner, field)
            for name, schema in self.schemas.items()
            for owner, part in ((name, schema), *schema["$defs"].items())
            for field in part.get("properties", ())
        }
        return sorted(stated - self.met)

    def _meet(self, schema: dict[str, Any], data: Any, owner: str, known: dict[str, Any]) -> None:
        for part in schema.get("anyOf", (schema,)):
            if "$ref" in part and ("anyOf" not in schema or Validator(part | {"$defs": known}).is_valid(data)):
                name = part["$ref"].rpartition("/")[2]
                self._meet(known[name], data, name, known)
            elif isinstance(data, dict):
                named = part.get("properties", {})
                self.met.update([(owner, field) for field in data if field in named])
                for field, value in data.items():
                    self._meet(named.get(field) or part.get("additionalProperties") or {}, value, owner, known)
            elif isinstance(data, list):
                for value in data:
                    self._meet(part.get("items", {}), value, owner, known)
