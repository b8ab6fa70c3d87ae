"""`blocks` says of each block what `summary --input` says, and `check` with an input what `check --input` says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.elaborate.value_text import evaluate_text
from tests.api.answered import look_at
from tests.api.test_answers import said
from tests.summary.libraries import CASES, LIBRARY, Case

NETWORK = "input 8x8x1\nblock b { relu }\nb\n"


@pytest.fixture
def lib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lib.cnn"
    path.write_text(LIBRARY)
    return path


def in_python(options: tuple[str, ...]) -> dict[str, Any]:
    """The options of a command as the keywords of `blocks`."""
    inputs: dict[str, str] = {}
    asked: dict[str, Any] = {"input": inputs}
    for option, text in zip(options[::2], options[1::2], strict=True):
        name, equals, value = text.partition("=")
        if option == "--input":
            inputs[name if equals else "in"] = value or text
        elif option == "--block":
            asked["block"] = text
        else:
            asked[name] = evaluate_text(value, "--set")
    return asked


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_blocks_are_those_of_the_command(case: Case, lib: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lib.write_text(case.library)
    options = [o for o in case.options if o != "--block" and o not in case.networks]  # whose JSON is that of layers
    found = cnnspec.blocks(lib, **(in_python(case.options) | {"block": None}))
    assert said(capsys, "summary", str(lib), *options, "--format", "json") == found.to_json()
    for form in ("text", "markdown", "csv"):
        assert said(capsys, "summary", str(lib), *options, "--format", form) == found.to_text(form)
    assert str(found) == found.to_text().rstrip("\n") and found.to_text("json") == found.to_json()
    assert json.loads(found.to_json()) == found.to_data()
    checked = said(capsys, "check", "--no-cache", "--output-format", "json", str(lib), *options)
    assert json.loads(checked) == json.loads(found.diagnostics.to_json()) == found.diagnostics.to_data()
    rows = found.to_rows()
    assert [row["name"] for row in rows] == [block.name for block in found.blocks]
    assert all(row.keys() == rows[0].keys() for row in rows)
    assert not any(isinstance(value, dict) for row in rows for value in row.values())
    page = look_at(found._repr_html_())
    assert {str(block) for block in found.blocks} <= set(page.texts)
    alone = cnnspec.blocks(lib, **in_python(case.options))
    assert set(alone.blocks) <= set(found.blocks) and len(alone.blocks) in (1, len(found.blocks))


def test_a_shape_is_a_text_or_a_tuple_one_for_each_tensor(lib: Path) -> None:
    found = cnnspec.blocks(lib, (12, 12, 8), filters=8)
    assert (
        found == cnnspec.blocks(str(lib), " 12x12x8 ", filters=8) == cnnspec.blocks(lib, {"in": "12x12x8"}, filters=8)
    )
    assert found.inputs == {"in": (12, 12, 8)} and repr(found) == (
        f"<cnnspec.Blocks of {lib}: {len(found.blocks)} blocks at input 12x12x8: print shows them>"
    )
    up = cnnspec.blocks(lib, {"skip": (24, 24, 3), "in": "12x12x8"}, "up", filters=8).blocks[0]
    assert up.outputs == ((24, 24, 8),) and up.fault is None and up.totals is not None
    (text,) = cnnspec.blocks(LIBRARY, "12x12x8", "residual").blocks
    assert text.totals == cnnspec.blocks(lib, "12x12x8", "residual").blocks[0].totals
    (any_size,) = cnnspec.blocks(lib, "HxWx8", "residual").blocks
    assert str(any_size.outputs[0][0]) == "H"  # type: ignore[index]


def test_a_block_that_cannot_take_the_input_has_a_fault(lib: Path) -> None:
    found = cnnspec.blocks(lib, "12x12x9", filters=8)
    faults = {block.name: block.fault.code for block in found.blocks if block.fault}
    assert faults["residual"] == "E102" and faults["up"] == "E011" and "cbr" not in faults
    assert {row["fault_code"] for row in found.to_rows()} >= {None, "E102"}
    assert "<tr class='error'>" in found.to_html()
    checked = cnnspec.check(lib, "12x12x9", filters=8)
    assert checked == found.diagnostics and next(d.code for d in checked if d.severity == "error") == "E102"
    assert (
        cnnspec.check(lib, "12x12x8", block="residual")
        == cnnspec.check(LIBRARY, input=(12, 12, 8), block="residual")
        == ()
    )


def test_a_block_beside_a_network_is_asked_about_alone() -> None:
    (block,) = cnnspec.blocks(NETWORK, "5x5x2", block="b").blocks
    assert (block.name, block.outputs, block.totals and block.totals.params) == ("b", ((5, 5, 2),), 0)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (("no.cnn", "8x8x1"), FileNotFoundError, "there is no such file: no.cnn$"),
        (("block b { relu }", "8x8x1"), FileNotFoundError, "there is no such file: block b { relu }$"),
        (("", "8x8x1"), FileNotFoundError, "an empty path names no file"),
        ((".", "8x8x1"), OSError, "directory|folder"),
        ((5, "8x8x1"), TypeError, "a path is a str or an os.PathLike, not int"),
        (("net.keras", "8x8x1"), cnnspec.SpecError, "net.keras is a saved model, not a spec"),
        ((NETWORK, "8x8x1"), cnnspec.SpecError, "it holds a network, whose text has its inputs; choose one of its blocks with block="),
        ((NETWORK, "8x8x1", "c"), cnnspec.SpecError, 'there is no block "c"; it has b'),
        (("\n", "8x8x1"), cnnspec.SpecError, "it holds no block; load reads a network"),
        (("lib.cnn", "8x8x1", 3), TypeError, "block must be a str, not int"),
        (("lib.cnn", None), TypeError, "input must be a shape such as '56x56x64' or \\(56, 56, 64\\), not None"),
        (("lib.cnn", 8.5), TypeError, "input must be a shape such as"),
        (("lib.cnn", (8, "8", 1)), TypeError, "input must be a shape such as"),
        (("lib.cnn", {"in": None}), TypeError, "input must be a shape such as"),
        (("lib.cnn", ""), ValueError, 'input: "" is no shape: write, for example, 56x56x64'),
        (("lib.cnn", "8 by 8"), ValueError, 'input: "8 by 8" is no shape: write, for example, 56x56x64'),
        (("lib.cnn", "8x8x1 -> relu"), ValueError, 'input: "8x8x1 -> relu" is no shape'),
        (("lib.cnn", "8x8x1\ninput 3"), ValueError, "is no shape"),
        (("lib.cnn", (8, 0, 1)), ValueError, 'input: "8x0x1" is no shape: '),
        (("lib.cnn", (8, -1, 1)), ValueError, 'input: "8x-1x1" is no shape: '),
        (("lib.cnn", ()), ValueError, "is no shape"),
        (("lib.cnn", {}), ValueError, 'input has no shape for "in", the tensor that a block is called on'),
        (("lib.cnn", {"skip": "8x8x1"}), ValueError, 'input has no shape for "in"'),
        (("lib.cnn", {"in": "8x8x1", 3: "8x8x1"}), TypeError, "the name of an input must be a str, not int"),
        (("lib.cnn", {"in": "8x8x1", "skap": "8x8x1"}), TypeError, 'no block has a parameter "skap"; there are .*skip'),
        (("lib.cnn", "8x8x1", None, {"filtres": 3}), TypeError, 'no block has a parameter "filtres"; .*filters'),
        (("lib.cnn", {"in": "8x8x1", "skip": "8x8x1"}, None, {"skip": 3}), TypeError, "skip has a shape and a value; drop one"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_answered_in_a_sentence(given: Any, error: type[Exception], words: str, lib: Path) -> None:
    Path("net.keras").write_bytes(b"PK\3\4\0")
    path, input, block, parameters = (*given, None, None)[:4]
    for ask in (cnnspec.blocks, cnnspec.check):
        if ask is cnnspec.check and (input is None or path == "block b { relu }"):
            continue
        with pytest.raises(error, match=words) as caught:
            ask(path, input, block, **(parameters or {}))
        assert "\n" not in str(caught.value) or "\n" in str(input)


def test_a_check_of_blocks_needs_an_input(lib: Path) -> None:
    with pytest.raises(TypeError, match="block asks what a block does with an input: give input, too"):
        cnnspec.check(lib, block="cbr")
    with pytest.raises(TypeError, match="a Network has its inputs already"):
        cnnspec.check(cnnspec.loads(NETWORK), "8x8x1")
    with pytest.raises(ValueError, match='no format is called "xml": text, markdown, csv, latex or json'):
        cnnspec.blocks(lib, "8x8x1").to_text("xml")
