"""What the server finds is what `check` finds: in every example, in every case of tests/lint, after any edits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.limits import MAX_BYTES
from cnnspec.cli import main
from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.diagnostics import place_findings
from cnnspec.server.documents import Documents
from cnnspec.server.uris import write_uri
from tests.example_files import OF_EACH_KIND
from tests.lint.test_check import cases
from tests.server.opened import open_text, plain

SEVERITIES = {"error": 1, "warning": 2, "info": 3}


def find_place(found: dict[str, Any], text: str) -> dict[str, Any]:
    """A place of check's JSON as a range of the protocol, in UTF-16 units."""
    lines = text.split("\n")

    def convert(place: dict[str, int]) -> dict[str, int]:
        before = lines[place["row"] - 1][: place["column"] - 1]
        return {"line": place["row"] - 1, "character": len(before.encode("utf-16-le")) // 2}

    return {"start": convert(found["location"]), "end": convert(found["end_location"])}


def expect(found: dict[str, Any], text: str) -> tuple[Any, ...]:
    """What must be shown of a finding of check's JSON, with its notes."""
    help = f"\nhelp: {found['help']}" if found["help"] else ""
    notes = [(note["message"], find_place(note, text)) for note in found["notes"] if note["location"]]
    bare = "".join([f"\nnote: {note['message']}" for note in found["notes"] if not note["location"]])
    return found["code"], SEVERITIES[found["severity"]], found["message"] + bare + help, find_place(found, text), notes


def shown(found: dict[str, Any]) -> tuple[Any, ...]:
    related = [(note["message"], note["location"]["range"]) for note in found.get("relatedInformation", [])]
    return found["code"], found["severity"], found["message"], found["range"], related


def check(paths: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, list[dict[str, Any]]]:
    """What the command finds, by files."""
    main(["check", *paths, "--output-format", "json"])
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(capsys.readouterr().out):
        found.setdefault(one["filename"], []).append(one)
    return found


def compare(paths: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    wanted = check([str(path) for path in paths], capsys)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        documents, document = open_text(str(path), text)
        placed = place_findings(documents.repair(document), document, documents)
        got = [shown(plain(found)) for found in placed[document.uri]]
        assert got == [expect(found, text) for found in wanted.get(str(path), [])], path
        assert placed.keys() == {document.uri}


def test_examples_as_check(capsys: pytest.CaptureFixture[str]) -> None:
    compare([*OF_EACH_KIND], capsys)


def test_cases_as_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for number, (_, _, spec, _) in enumerate(cases()):
        paths.append(tmp_path / f"case{number}.cnn")
        paths[-1].write_text(spec, encoding="utf-8")
    compare(paths, capsys)


# ---- several files -------------------------------------------------------------------------------------------
USER = 'use "blocks.cnn" (f)\ninput 7x7x3\nf(8)\n'
STRIDE = "block f(n) { conv(n, 3x3, stride=3) }\n"
FITS = "block f(n) { conv(n, 3x3, stride=2) }\n"


def codes(documents: Documents, uri: str) -> list[tuple[str, str]]:
    document = documents.get(uri)
    assert document is not None
    placed = place_findings(documents.know(document).found, document, documents)
    return [(Path(place).name, str(found.code)) for place, all_found in placed.items() for found in all_found]


def test_an_open_file_that_is_used_counts_as_it_is(tmp_path: Path) -> None:
    user, used = write_uri(str(tmp_path / "user.cnn")), write_uri(str(tmp_path / "blocks.cnn"))
    documents = Documents(ConfiguredFiles)
    documents.open(user, USER, 1)
    assert codes(documents, user) == [("user.cnn", "E015")]
    documents.open(used, STRIDE, 1)
    assert codes(documents, user) == [("blocks.cnn", "W201")]
    documents.edit(used, [(None, FITS)], 2)
    assert codes(documents, user) == []
    documents.edit(used, [(None, "\0")], 3)
    assert codes(documents, user) == [("user.cnn", "E015")]
    (tmp_path / "blocks.cnn").write_text(STRIDE)
    documents.close(used)
    assert codes(documents, user) == [("blocks.cnn", "W201")]


def test_an_older_text_of_a_file_that_is_shown_is_not_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an editor shows it beside the new one, under a URI with another scheme."""
    monkeypatch.chdir(tmp_path)
    user, used = write_uri(str(tmp_path / "user.cnn")), write_uri(str(tmp_path / "blocks.cnn"))
    older = "git:/elsewhere/blocks.cnn?HEAD"
    documents = Documents(ConfiguredFiles)
    shown = documents.open(older, "# 😀\n" + STRIDE, 1)
    documents.open(used, FITS, 1)
    documents.open(user, USER, 1)
    assert codes(documents, user) == codes(documents, older) == []
    assert not documents.find_uses(shown) and not documents.find_values(shown)


def test_the_configuration_counts_as_on_the_command_line(tmp_path: Path) -> None:
    uri = write_uri(str(tmp_path / "sub" / "a.cnn"))
    documents = Documents(ConfiguredFiles)
    documents.open(uri, "input 7x7x3\nconv(8, 3x3, stride=3)\n", 1)
    (tmp_path / "sub").mkdir()
    settings = {
        "": ["W201"],
        'ignore = ["W201"]': [],
        'per-file-ignores = {"sub/*" = ["W201"]}': [],
        'select = ["T"]': [],
        'exclude = ["sub"]': ["W201"],
        'exclude = ["sub"]\nforce-exclude = true': [],
        "strict-stride = true": ["W201", "E113"],
    }
    opened = documents.get(uri)
    assert opened is not None
    for text, expected in settings.items():
        (tmp_path / "cnnspec.toml").write_text(text)
        documents.forget_all()
        assert [code for _, code in codes(documents, uri)] == expected, text
        assert not documents.know(opened).complaint
    (tmp_path / "cnnspec.toml").write_text("sele = 3")
    documents.forget_all()
    assert [code for _, code in codes(documents, uri)] == ["W201"]
    assert "sele" in documents.know(opened).complaint


@pytest.mark.parametrize(
    "text", ["\0", "\x7fELF\x01\0\0", "a\ud800", "x" * (MAX_BYTES + 1)], ids=["nul", "binary", "surrogate", "long"]
)
def test_what_is_no_text_is_said_in_one_finding(text: str, tmp_path: Path) -> None:
    documents, document = open_text(str(tmp_path / "a.cnn"), text)
    (found,) = documents.repair(document)
    assert found.code == "E002"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_is_written_has_the_line_ends_of_the_text(end: str, tmp_path: Path) -> None:
    _, document = open_text(str(tmp_path / "a.cnn"), f"input 8x8x3{end}relu{end}")
    assert document.with_own_ends("a\nb\n") == f"a{end}b{end}"


def test_places_are_in_the_text_that_the_editor_has(tmp_path: Path) -> None:
    """Behind an emoji, with CRLF, with a byte-order mark."""
    text = '\ufeffinput 8x8x3 # 😀\r\nconv(8, 3x3, name="😀", strid=2)\r\n'
    documents, document = open_text(str(tmp_path / "a.cnn"), text)
    lines = text.split("\r\n")
    for found in place_findings(documents.know(document).found, document, documents)[document.uri]:
        if found.code == "E011" and "strid" in found.message:
            line = lines[found.range.start.line].encode("utf-16-le")
            assert line[2 * found.range.start.character : 2 * found.range.end.character].decode("utf-16-le") == "strid"
            return
    raise AssertionError("the argument was not found")
