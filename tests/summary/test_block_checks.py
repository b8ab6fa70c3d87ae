"""`cnnspec check` of blocks at given inputs: each fault once, at its place."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import cnnspec
from tests.cli.commands import run


def test_check_says_which_block_at_which_input(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", lib, "--input", "12x12x4", "--set", "filters=8")
    assert status == 1
    assert "error[E102 merge-shape-mismatch]: add of 12x12x4 and 12x12x8: the shapes differ\n  --> " in out
    assert "note: in block residual at input 12x12x4\n" in out
    assert "info[E011 bad-argument]: skip has no value: the block up is left out" in out


def test_check_tells_a_mistake_once_however_many_blocks_lead_to_it(
    lib: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lib.write_text("block a { conv(8, 3x3, stride=0) }\nblock b { a -> relu }\nblock c { b }\n")
    status, out, _ = run(capsys, "check", lib, "--input", "12x12x4", "--output-format", "json")
    (found,) = json.loads(out)
    assert status == 1 and found["code"] == "E011"
    status, out, _ = run(capsys, "summary", lib, "--input", "12x12x4", "--format", "json")
    assert [row["fault"]["code"] for row in json.loads(out)["blocks"]] == ["E011"] * 3  # and each row says it


def test_check_tells_a_warning_once_too(lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lib.write_text("block a { relu }\nblock b { a -> a }\nblock c { b -> b }\n")
    status, out, _ = run(capsys, "check", lib, "--input", "8", "--output-format", "concise")
    assert status == 1 and out.count("W206") == 1


def test_check_of_a_library_says_how_its_shapes_are_checked(
    lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hint = "lib.cnn holds blocks and no network: --input 56x56x64 checks their shapes too\n"
    for _ in range(2):  # the second time from the cache
        assert run(capsys, "check", "lib.cnn") == (0, f"1 file: no mistakes found\n{hint}", "")
    assert run(capsys, "check", "lib.cnn", "-q") == (0, "", "")
    assert run(capsys, "check", "lib.cnn", "--output-format", "json") == (0, "[]\n", "")
    for _ in range(2):
        status, out, _ = run(capsys, "check", "lib.cnn", "--input", "12x12x4", "--set", "filters=8")
        assert status == 1 and "E102" in out and hint not in out
    (tmp_path / "more.cnn").write_text("block f { relu }\n")
    assert "\n2 files hold blocks and no network: " in run(capsys, "check", ".")[1]
    (tmp_path / "net.cnn").write_text("input 9x9x4\nconv(4, 3x3, activation=relu)\n")
    assert "blocks" not in run(capsys, "check", ".", "--no-cache")[1], "a library beside networks is theirs to check"


def test_a_fault_in_a_used_file_is_told_with_the_file(
    lib: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "base.cnn").write_text("block g(f) {\n  conv(f, 20x20)\n}\n")
    lib.write_text('use "base.cnn" (g)\nblock pair { g(4) }\nblock own { conv(4, 20x20) }\nblock fine { relu }\n')
    asked = ("summary", "lib.cnn", "--input", "9x9x3", "--set", "f=4")
    rows = list(csv.DictReader(io.StringIO(run(capsys, *asked, "--format", "csv")[1])))
    assert [(row["block"], row["file"], row["line"]) for row in rows] == [
        ("g", "base.cnn", "1"), ("pair", "lib.cnn", "2"), ("own", "lib.cnn", "3"), ("fine", "lib.cnn", "4")
    ]  # fmt: skip
    assert [row["fault"].split(":")[0] for row in rows] == ["base.cnn, line 2", "base.cnn, line 2", "line 3", ""]
    blocks = json.loads(run(capsys, *asked, "--format", "json")[1])["blocks"]
    assert [(block["file"], block["line"]) for block in blocks] == [(row["file"], int(row["line"])) for row in rows]
    for form in ("text", "markdown"):
        out = run(capsys, *asked, "--format", form)[1]
        assert out.count("base.cnn, line 2") == 2 and out.count("line 3") == 1
    missing = run(capsys, "summary", "lib.cnn", "--input", "9x9x3", "--format", "csv")[1]
    assert '"base.cnn, line 1: ' in missing or "base.cnn, line 1: f has no value" in missing
    shown = cnnspec.blocks("lib.cnn", "9x9x3", f=4)
    assert "base.cnn, line 2" in shown.to_text() and "base.cnn, line 2" in shown.to_html()


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            "block g(f) { conv(f, 3x3) }\n",
            (),
            "no block was checked, since f has no value: give --set f=…, or --input f=…",
        ),
        (
            "block g(f) { conv(f, 3x3) }\n",
            ("--block", "g"),
            "the block g was not checked, since f has no value: give --set f=…",
        ),
        (
            "block g(f) { relu }\nblock h(n, f) { relu }\n",
            (),
            "since f and n have no value: give --set f=… --set n=…, or",
        ),
        (
            "block g(f) { relu }\nblock h { relu }\n",
            ("--block", "g"),
            "the block g was not checked, since f has no value",
        ),
    ],
)
def test_a_library_of_which_no_block_could_be_called_did_not_pass(
    lib: Path, capsys: pytest.CaptureFixture[str], text: str, options: tuple[str, ...], said: str
) -> None:
    lib.write_text(text)
    for _ in range(2):
        status, out, err = run(capsys, "check", "lib.cnn", "--input", "9x9x3", *options)
        assert (
            (status, out) == (2, "") and err.count("\n") == 1 and err.startswith("cnnspec: lib.cnn: ") and said in err
        )
    lib.write_text(text + "block fine { relu }\n")
    status, out, err = run(capsys, "check", "lib.cnn", "--input", "9x9x3")
    assert (status, err) == (0, "") and "is left out" in out, "some were checked"
