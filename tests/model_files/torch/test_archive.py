"""Which archives are read: what torch 2.5 to 2.13 write, and nothing else; and what is refused, in one sentence."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.archive import read_archive
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.zipped_json import MAX_BYTES, MAX_DIRECTORY
from tests.model_files.keras_builds import zipped
from tests.model_files.torch.archives import fixture, read_json, write_archive

PROGRAM = json.dumps(read_json("tiny")).encode()
MODEL = "net/models/model.json"
FORMAT = {"net/archive_format": b"pt2"}


def test_layout_of_torch_2_8_and_later() -> None:
    assert read_archive(str(fixture("tiny")))["torch_version"].startswith("2.13")


def test_layout_of_torch_2_5_to_2_7(tmp_path: Path) -> None:
    """At the root, beside pickles; nodes have no names, and a None is written as an empty list."""
    old = read_json("tiny")
    old["schema_version"] = {"major": 8, "minor": 1}
    old.pop("guards_code")
    for node in old["graph_module"]["graph"]["nodes"]:
        del node["name"], node["is_hop_single_tensor_return"]
        for argument in node["inputs"]:
            del argument["kind"]
            if "as_none" in argument["arg"]:
                argument["arg"]["as_none"] = []
    members = {
        "serialized_exported_program.json": json.dumps(old).encode(),
        "serialized_state_dict.pt": b"\x80",
        "version": b"8.1",
    }
    path = str(zipped(tmp_path / "net.pt2", members))
    new = str(fixture("tiny"))
    assert read_program(path, read_archive(path)) == read_program(new, read_archive(new))


def test_weights_are_never_opened(tmp_path: Path) -> None:
    """A member that claims terabytes, is packed in an unknown way, and lies beyond the file's end."""
    path = write_archive(tmp_path / "net.pt2", read_json("tiny"), **{"data/weights/weight_0": b"x" * 1000})
    content = path.read_bytes()
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"net/data/weights/weight_0"))
    entry = bytearray(content)
    entry[at + 10 : at + 12] = b"\x63\x00"  # encrypted
    entry[at + 20 : at + 28] = b"\xfe\xff\xff\xff" * 2
    path.write_bytes(entry)
    assert read_archive(str(path)) == read_json("tiny")


FILES: list[tuple[str, Callable[[Path], Any]]] = [
    ("is no .pt2 file (a zip archive): write one with torch.export.save(", lambda p: p.write_bytes(b"hello")),
    ("is no .pt2 file", lambda p: p.write_bytes(b"")),
    ("a damaged .pt2 file", lambda p: p.write_bytes(b"PK\x03\x04 and so on")),
    ("is a folder", lambda p: p.mkdir()),
    ("cannot read", lambda p: None),
    ("a zip archive without the program", lambda p: zipped(p, {"config.json": b"{}"})),
    ("a zip archive without the program", lambda p: zipped(p, {"a/b/archive_format": b"pt2", "a/b/models/m.json": b"{}"})),
    ("is an AOTInductor package", lambda p: zipped(p, {**FORMAT, "net/data/aotinductor/model/x.so": b""})),
    ("is a TorchScript archive (torch.jit.save)", lambda p: zipped(p, {"net/data.pkl": b"", "net/constants.pkl": b"", "net/code/x.py": b""})),
    ("was written by torch.save", lambda p: zipped(p, {"net/data.pkl": b"", "net/data/0": b""})),
    ("holds 2 models (a, b)", lambda p: zipped(p, {**FORMAT, "net/models/a.json": PROGRAM, "net/models/b.json": PROGRAM})),
    ("its archive_format is another", lambda p: zipped(p, {"net/archive_format": b"pt3", MODEL: PROGRAM})),
    ("larger than 64 bytes", lambda p: zipped(p, {"net/archive_format": b"pt2" * 100, MODEL: PROGRAM})),
    ("larger than 64 MiB", lambda p: zipped(p, {**FORMAT, MODEL: b" " * (MAX_BYTES + 1)})),
    ("packed in a way", lambda p: zipped(p, {**FORMAT, MODEL: PROGRAM}, zipfile.ZIP_BZIP2)),
    ("is not JSON", lambda p: zipped(p, {**FORMAT, MODEL: b"{'a': 1}"})),
    ("it is a JSON list", lambda p: zipped(p, {**FORMAT, MODEL: b"[]"})),
    ("nested too deeply", lambda p: zipped(p, {**FORMAT, MODEL: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"})),
    ("nested more than", lambda p: zipped(p, {**FORMAT, MODEL: b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"})),
    ("a number that is too long", lambda p: zipped(p, {**FORMAT, MODEL: b'{"a":' + b"9" * 5000 + b"}"})),
    ("which version of the schema", lambda p: write_archive(p, {})),
    ("which version of the schema", lambda p: write_archive(p, {"schema_version": {"major": "8"}})),
    ("written by a newer torch: its schema is 9", lambda p: write_archive(p, {"schema_version": {"major": 9, "minor": 0}})),
    ("written by an older torch: its schema is 7", lambda p: write_archive(p, {"schema_version": {"major": 7, "minor": 3}})),
]  # fmt: skip


@pytest.mark.parametrize(("why", "write"), FILES, ids=[f"{i}-{why[:30]}" for i, (why, _) in enumerate(FILES)])
def test_file_that_is_no_saved_program(why: str, write: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    write(path)
    with pytest.raises(ModelRefused) as refused:
        read_archive(str(path))
    assert why in str(refused.value) and "\n" not in str(refused.value)


def test_truncated_file(tmp_path: Path) -> None:
    whole, path = fixture("tiny").read_bytes(), tmp_path / "net.pt2"
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelRefused):
            read_archive(str(path))


def test_size_that_an_archive_states_is_not_believed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "net.pt2", {**FORMAT, MODEL: b" " * (MAX_BYTES + 1)})
    path.write_bytes(path.read_bytes().replace((MAX_BYTES + 1).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(ModelRefused):
        read_archive(str(path))


@pytest.mark.parametrize("large", [False, True], ids=["zip", "zip64"])
def test_table_of_contents_is_bounded(large: bool, tmp_path: Path) -> None:
    """Its size is looked at before it is read, also where a second record states it."""
    size = MAX_DIRECTORY + 1
    stated = b"\xff\xff\xff\xff" if large else size.to_bytes(4, "little")
    second = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(28) + size.to_bytes(8, "little") + bytes(8)
    locator = b"PK\x06\x07" + bytes(4) + (4).to_bytes(8, "little") + (1).to_bytes(4, "little")
    path = tmp_path / "net.pt2"
    path.write_bytes(b"PK\x03\x04" + (second + locator) * large + b"PK\x05\x06" + bytes(8) + stated + bytes(6))
    with pytest.raises(ModelRefused, match="table of contents"):
        read_archive(str(path))


def test_archive_of_more_than_4_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes Python write the larger form of the table of contents."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    path = write_archive(tmp_path / "net.pt2", read_json("tiny"))
    assert b"PK\x06\x06" in path.read_bytes()
    assert read_archive(str(path)) == read_json("tiny")


def test_archive_in_an_archive_is_no_program(tmp_path: Path) -> None:
    inner = io.BytesIO(fixture("tiny").read_bytes())
    path = zipped(tmp_path / "net.pt2", {"net.zip": inner.getvalue()}, zipfile.ZIP_STORED)
    with pytest.raises(ModelRefused, match="without the program"):
        read_archive(str(path))
