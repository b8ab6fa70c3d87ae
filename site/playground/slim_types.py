"""The types of the language server protocol that cnnspec.server uses, as plain classes: the page has neither lsprotocol nor attrs.

python slim_types.py OUT writes OUT/types.py, made from the installed lsprotocol.
"""

from __future__ import annotations

import ast
import sys
from enum import Enum
from pathlib import Path

import attrs
from lsprotocol import types

ROOT = Path(__file__).resolve().parents[2]


def find_used() -> list[str]:
    """The names of lsprotocol.types that the server's and the playground's files have."""
    files = [*(ROOT / "cnnspec" / "server").glob("*.py"), *(ROOT / "cnnspec" / "playground").glob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    return sorted(
        {
            node.attr
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "types"
        }
    )


def write_class(name: str) -> str:
    """A class with the same fields, in the order in which they are given."""
    fields = sorted(attrs.fields(getattr(types, name)), key=lambda field: field.kw_only)
    keyed = next((number for number, field in enumerate(fields) if field.kw_only), len(fields))
    given = [field.name if field.default is attrs.NOTHING else f"{field.name}={field.default!r}" for field in fields]
    given.insert(keyed, "*") if keyed < len(fields) else None
    body = [f"        self.{field.name} = {field.name}\n" for field in fields] or ["        pass\n"]
    return f"class {name}:\n    def __init__({', '.join(['self', *given])}):\n{''.join(body)}"


def write_name(name: str) -> str:
    value = getattr(types, name)
    if isinstance(value, str):
        return f"{name} = {value!r}\n"
    if issubclass(value, Enum):
        base = next((f"{kind.__name__}, " for kind in (str, int) if issubclass(value, kind)), "")
        members = "".join([f"    {one.name} = {one.value!r}\n" for one in value])
        return f"class {name}({base}Enum):\n{members}"
    return write_class(name)


def write_types() -> str:
    return "\n".join(["from enum import Enum\n", *map(write_name, find_used())])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "types.py").write_text(write_types(), encoding="utf-8")
