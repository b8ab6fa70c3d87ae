"""Archives of torch.export.save for tests: the fixtures, their JSON, and archives with other members."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"


def fixture(name: str) -> Path:
    return FIXTURES / f"{name}.pt2"


def read_json(name: str) -> dict[str, Any]:
    """The program of a fixture, as it stands in the file."""
    with zipfile.ZipFile(fixture(name)) as archive:
        saved: dict[str, Any] = json.loads(archive.read(f"{name}/models/model.json"))
    return saved


def write_archive(path: Path, program: Any, root: str = "net/", **more: bytes) -> Path:
    """An archive as torch 2.8 and later write it."""
    members = {"archive_format": b"pt2", "models/model.json": json.dumps(program).encode(), **more}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(root + name, content)
    return path


def find_node(saved: dict[str, Any], target: str) -> dict[str, Any]:
    """The first node of a program that calls an operator."""
    node: dict[str, Any] = next(n for n in saved["graph_module"]["graph"]["nodes"] if n["target"].endswith(target))
    return node
