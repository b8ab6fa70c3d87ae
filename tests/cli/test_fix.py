"""`check --fix`, `fix` and what they leave alone: files, streams, exit statuses."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.cli import fix_files
from cnnspec.cli.write_file import rewrite_source
from cnnspec.lint.fix import mending
from cnnspec.lint.fix import same_meaning as keeping
from tests.cli.commands import run
from tests.support import unwrap

BAD = "input 28x28x1\nconv(8,3x3) -> bn -> relu -> relu\nmaxpool(2x2) -> maxpool(3x3, stride=3)\nflatten -> dense(10, softmax)\n"
MENDED = BAD.replace("3x3) -> bn -> relu -> relu", "3x3, bias=false) -> bn -> relu")
FORMATTED = MENDED.replace("conv(8,3x3", "conv(8, 3x3")
CLEAN = "input 8x8x1\nconv(4, 3x3, activation=relu) -> gap -> dense(3, softmax)\n"


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.cnn"
    path.write_text(BAD)
    return path


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


# ---- check -------------------------------------------------------------------------------------------------
def test_a_check_shows_what_can_be_fixed(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", bad)
    assert (status, err, bad.read_text()) == (1, "", BAD)
    assert (
        " fix: write bias=false for conv1 (-8 parameters, MACs and receptive field unchanged; trained weights no longer fit) "
        in unwrap(out)
    )
    assert "unsafe fix" not in out
    assert out.endswith(
        "2 warnings and 1 note in 1 file\n2 findings can be fixed with --fix (1 more with --unsafe-fixes)\n"
    )
    out = run(capsys, "check", bad, "--unsafe-fixes")[1]
    assert "  unsafe fix: input 26x26x1 (" in out
    assert "  unsafe fix: write padding=same (" in out
    assert "fix" not in run(capsys, "check", bad, "-q", "--output-format", "concise")[1]


def test_fix_makes_the_safe_ones(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", bad, "--fix", "--output-format", "concise")
    assert status == 1  # the illegal stride is left
    assert bad.read_text() == MENDED
    assert out.startswith(f"{bad}:3:30: warning[W201 illegal-stride]")
    assert err == (
        f"cnnspec: {bad}:2: T407 bias-before-norm: write bias=false for conv1; -8 parameters, MACs and receptive field unchanged; trained weights no longer fit\n"
        f"cnnspec: {bad}:2: W206 redundant-activation: drop relu2; parameters, MACs and receptive field unchanged\n"
    )
    assert run(capsys, "check", bad, "--fix", "-q", "--output-format", "concise")[2] == ""
    assert bad.read_text() == MENDED


def test_unsafe_fixes_too(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", bad, "--fix", "--unsafe-fixes")
    assert (status, out) == (0, "1 file: no mistakes found\n")
    assert f"{bad}:3: W201 illegal-stride (unsafe): " in err
    assert run(capsys, "check", bad)[:2] == (0, "1 file: no mistakes found\n")


def test_only_what_is_selected_is_fixed(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "check", bad, "--fix", "--ignore", "T407")
    assert bad.read_text() == BAD.replace("relu -> relu", "relu")


def test_diff_writes_nothing(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb, mended in (("check", MENDED), ("fix", FORMATTED)):
        status, out, _ = run(capsys, verb, bad, "--diff")
        assert (status, bad.read_text()) == (1, BAD)
        assert out.startswith(f"--- {bad}\n+++ {bad} (fixed)\n@@ ")
        assert [line[1:] for line in out.splitlines() if line.startswith("+conv")] == [mended.splitlines()[1]]
    bad.write_text(CLEAN)
    assert run(capsys, "check", bad, "--diff") == (0, "", "")


def test_stdin(bad: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, BAD)
    status, out, err = run(capsys, "check", "-", "--fix", "-q", "--output-format", "concise")
    assert (status, out) == (1, MENDED)
    assert err.startswith("<stdin>:3:30: warning[W201 illegal-stride]")
    stdin(monkeypatch, CLEAN)
    assert run(capsys, "fix", "-") == (0, CLEAN, "")


def test_json_and_sarif_carry_the_edits(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bias = json.loads(run(capsys, "check", bad, "--output-format", "json")[1])[0]
    (fix,) = bias["fixes"]
    assert (fix["applicability"], fix["message"]) == ("safe", "write bias=false for conv1")
    (edit,) = fix["edits"]
    assert (edit["content"], edit["location"]) == (", bias=false", {"row": 2, "column": 11})
    log = json.loads(run(capsys, "check", bad, "--output-format", "sarif")[1])
    found = log["runs"][0]["results"][0]
    (change,) = found["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == found["locations"][0]["physicalLocation"]["artifactLocation"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 11},
            "insertedContent": {"text": ", bias=false"},
        }
    ]


# ---- fix ---------------------------------------------------------------------------------------------------
def test_fix_mends_and_formats(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "fix", bad, "--check")
    assert (status, out, bad.read_text()) == (1, "", BAD)
    assert err.endswith(f"cnnspec: {bad} would change\n")
    status, out, err = run(capsys, "fix", bad)
    assert (status, out, bad.read_text()) == (0, "", FORMATTED)
    assert err.endswith(f"cnnspec: {bad} was fixed\n")
    for arguments in (["fix", bad], ["fix", bad, "--check"], ["format", bad, "--check"]):
        assert run(capsys, *arguments) == (0, "", "")


def test_a_file_that_cannot_be_read_by_the_parser_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "open.cnn"
    path.write_text("input 8x8x3\nconv(8, 3x3 -> bn -> relu -> relu\n")
    before = path.read_bytes()
    status, _, err = run(capsys, "fix", path)
    assert (status, path.read_bytes()) == (1, before)
    assert f"{path} was left as it is" in err
    assert run(capsys, "check", path, "--fix")[0] == 1
    assert path.read_bytes() == before


def test_the_text_of_stdin_comes_out_even_where_it_cannot_be_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "input 8x8x3\nconv(8, 3x3 -> relu\n"
    stdin(monkeypatch, text)
    assert run(capsys, "fix", "-")[:2] == (1, text)


def test_a_file_that_is_named_twice_is_fixed_once(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = bad.with_name("link.cnn")
    link.symlink_to(bad)
    status, _, err = run(capsys, "fix", bad, link, bad.parent / ".." / bad.parent.name / bad.name)
    assert (status, err.count("was fixed"), bad.read_text()) == (0, 1, FORMATTED)
    bad.write_text(BAD)
    run(capsys, "check", "--fix", link, bad)
    assert bad.read_text() == MENDED
    assert link.is_symlink()


def test_what_is_no_text_or_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    binary = tmp_path / "binary.cnn"
    binary.write_bytes(b"input \xff")
    for verb in (["fix"], ["check", "--fix"]):
        for path in (binary, tmp_path / "none.cnn"):
            status, _, err = run(capsys, *verb, path)
            assert status == 2
            assert err.count("\n") == 1
    assert binary.read_bytes() == b"input \xff"


def test_rules_say_whether_they_have_a_fix(capsys: pytest.CaptureFixture[str]) -> None:
    for code, fix in (("T407", "with --fix, where"), ("W201", "with --fix --unsafe-fixes, where"), ("T411", "none")):
        assert f" Fix: {fix}" in run(capsys, "rule", code)[1]
    listed = {row["code"]: row["fix"] for row in json.loads(run(capsys, "rules", "--format", "json")[1])["rules"]}
    assert (listed["T407"], listed["E103"], listed["E001"]) == ("safe", "unsafe", "none")
    assert "T407  bias-before-norm: info; on; fix safe\n" in run(capsys, "rules")[1]


# ---- files -------------------------------------------------------------------------------------------------
def test_line_ends_the_mark_the_mode_and_links_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, link = tmp_path / "real.cnn", tmp_path / "link.cnn"
    for verb, expected in ((["check", "--fix"], MENDED), (["fix"], FORMATTED), (["format"], FORMATTED)):
        path.write_bytes(b"\xef\xbb\xbf" + (BAD if verb != ["format"] else MENDED).replace("\n", "\r\n").encode())
        path.chmod(0o640)
        link.unlink(missing_ok=True)
        link.symlink_to(path)
        run(capsys, *verb, link)
        assert link.is_symlink()
        assert path.read_bytes() == b"\xef\xbb\xbf" + expected.replace("\n", "\r\n").encode()
        assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.cnn", "real.cnn"]


def test_a_file_that_another_program_changes_meanwhile_is_left(
    bad: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(source: Source, text: str) -> None:
        bad.write_text(CLEAN)
        rewrite_source(source, text)

    monkeypatch.setattr(fix_files, "rewrite_source", late)
    status, _, err = run(capsys, "fix", bad)
    assert (status, bad.read_text()) == (2, CLEAN)
    assert f"{bad} was changed by another program meanwhile: it was left as it is" in err


def test_a_call_of_a_used_block_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks, net = tmp_path / "blocks.cnn", tmp_path / "net.cnn"
    block = "block cr(n) { conv(n, 3x3) -> relu }\n"
    blocks.write_text(block)
    text = 'use "blocks.cnn" (cr)\ninput 8x8x3\nconv(4, 3x3) as stem\nstem -> cr(3)\nstem -> relu\n'
    for paths in ([net], [net, blocks]):
        net.write_text(text)
        run(capsys, "check", *paths, "--fix")
        assert (net.read_text(), blocks.read_text()) == (text.replace("stem -> cr(3)\n", ""), block)


def test_the_models_that_are_not_asked_for_keep_what_they_need(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = tmp_path / "net.cnn"
    text = (
        "block c(then) { conv(4, 3x3) -> then }\nmodel A { input 8x8x3 -> c(bn) }\n"
        "model B(norm=true) { input 8x8x3 -> c(bn if norm else relu) }\n"
    )
    net.write_text(text)
    assert run(capsys, "check", net, "--fix", "--model", "A")[0] == 0
    assert net.read_text() == text
    net.write_text(text.replace("bn if norm else relu", "bn"))
    run(capsys, "check", net, "--fix", "--model", "A")
    assert "conv(4, 3x3, bias=false)" in net.read_text()


def test_what_a_used_file_compares_with_is_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks, net = tmp_path / "blocks.cnn", tmp_path / "net.cnn"
    text = "block drop(n) { dropout(0.5 if n > 100 else 0) -> relu }\n"
    blocks.write_text(text)
    net.write_text('use "blocks.cnn" (drop)\nmodel Net(depth=2) { input 8x8x3 -> drop(depth) }\n')
    run(capsys, "check", net, blocks, "--fix")
    assert blocks.read_text() == text
    net.write_text(net.read_text().replace("(depth)", "(2)"))
    run(capsys, "check", net, blocks, "--fix")
    assert blocks.read_text() == "block drop(n) { relu }\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad.parent.chmod(0o500)
    status, _, err = run(capsys, "fix", bad)
    bad.parent.chmod(0o700)
    assert (status, bad.read_text()) == (2, BAD)
    assert f"cannot write {bad}" in err


def test_a_used_file_is_mended_only_where_it_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = tmp_path / "blocks.cnn"
    text = "block cbr(n) { conv(n, 3x3) -> bn -> relu }\nblock cr(n, then) { conv(n, 3x3) -> then -> relu }\n"
    blocks.write_text(text)
    net, other = tmp_path / "net.cnn", tmp_path / "other.cnn"
    net.write_text('use "blocks.cnn" (cbr, cr)\ninput 9x9x3\ncbr(4) -> cr(4, bn)\n')
    other.write_text('use "blocks.cnn" (cr)\ninput 9x9x3\ncr(4, dropout(0.5))\n')
    run(capsys, "check", net, "--fix")
    assert blocks.read_text() == text
    run(capsys, "check", net, other, blocks, "--fix")  # cr's bias is needed by other.cnn
    assert blocks.read_text() == text.replace("block cbr(n) { conv(n, 3x3)", "block cbr(n) { conv(n, 3x3, bias=false)")
    run(capsys, "check", net, blocks, "--fix")
    assert blocks.read_text() == text.replace("conv(n, 3x3)", "conv(n, 3x3, bias=false)")


# ---- the last net ------------------------------------------------------------------------------------------
def test_a_repair_that_changes_more_than_meant_is_not_written(
    bad: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "behaves", lambda *_: False)
    status, _, err = run(capsys, "check", bad, "--fix", "-q")
    assert (status, bad.read_text()) == (1, BAD)
    assert "nothing was fixed: the networks would not compute what they do now" in err


@pytest.mark.parametrize("verb", ["fix", "format"])
def test_a_format_that_changes_the_network_is_not_written(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x1\nconv(4,3x3)\n")
    monkeypatch.setattr(keeping, "same_graph", lambda *_: False)
    status, _, err = run(capsys, verb, path)
    assert (status, path.read_text()) == (1, "input 8x8x1\nconv(4,3x3)\n")
    assert "was left as it is: formatting it would have changed the network" in err


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("input 8x8x1\nconv(4, 3x3)\n", "input 8x8x1\nconv(4, 3x3, stride=2)\n"),
        ("input 8x8x1\nconv(4, 3x3) -> relu\n", "input 8x8x1\nconv(4, 3x3) -> tanh\n"),
        ("input 8x8x1\nconv(4, 3x3) as a\nconcat(a, relu)\n", "input 8x8x1\nconv(4, 3x3) as a\nconcat(relu, a)\n"),
        ("input 8x8x1\nconv(4, 3x3)\n", "input 8x8x1\nconv(4, 3x3) -> relu\n"),
        ("input 8\ndense(4)\ntrain { loss = mse }\n", "input 8\ndense(4)\ntrain { loss = mae }\n"),
    ],
)
def test_other_networks_are_told_apart(one: str, other: str) -> None:
    assert keeping.keeps(Source("a.cnn", one), Source("a.cnn", one.replace("conv(4, 3x3)", "Conv2D(4, (3, 3))")))
    assert not keeping.keeps(Source("a.cnn", one), Source("a.cnn", other))


def test_activations_spelled_either_way_are_the_same() -> None:
    texts = ["input 8\ndense(4) -> relu -> relu6\n", "input 8\ndense(4) -> Activation('relu') -> Activation('relu6')\n"]
    assert keeping.keeps(Source("a.cnn", texts[0]), Source("a.cnn", texts[1]))
