"""What is offered about findings: every action, made, takes its finding away and brings no other,
save what a misspelt word, a mistake, or what an unsafe repair changes hid."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cnnspec.lint.index import REFUSALS
from cnnspec.lint.rules import optional
from cnnspec.server.actions import describe, list_actions
from tests.example_files import OF_EACH_KIND
from tests.lint.test_check import cases
from tests.server.client import apply
from tests.server.opened import open_text, plain

SPECS = [spec for _, _, spec, _ in cases()]


def find_actions(text: str, only: list[str] | None = None) -> list[dict[str, Any]]:
    documents, document = open_text("/nowhere/a.cnn", text)
    return [plain(action) for action in list_actions(document, documents, document.places.whole, only)]


def make(action: dict[str, Any], text: str) -> str:
    (edits,) = action["edit"]["changes"].values()
    return apply(text, edits)


def find(text: str) -> Counter[tuple[str, str]]:
    documents, document = open_text("/nowhere/a.cnn", text)
    return Counter(map(describe, documents.know(document).found))


def judge_actions(text: str) -> int:
    """Make each action of a text, and see what becomes of the findings; how many there were."""
    before = find(text)
    made = find_actions(text)
    for action in made:
        after = find(make(action, text))
        if action["kind"] == "source.fixAll.cnnspec":
            assert after.total() < before.total(), (text, action)
            continue
        (about,) = action["diagnostics"]
        key = about["code"], about["message"].split("\nhelp: ")[0].split("\nnote: ")[0]
        assert after[key] < before[key], (text, action)
        come = {code for code, _ in after - before} - {code for code, _ in before}
        if not optional(about["code"]) or "(unsafe)" in action["title"]:  # rules look where they could not before
            come &= REFUSALS if "; " in action["title"] else set()  # the language too, where a word is mended
        assert not come, (text, action)
    return len(made)


def test_every_action_in_the_cases_does_what_it_says() -> None:
    assert sum(map(judge_actions, SPECS)) > len(SPECS)


def test_every_action_in_the_examples_does_what_it_says() -> None:
    small = [path for path in OF_EACH_KIND if Path(path).stat().st_size < 1500]
    assert sum(judge_actions(path.read_text(encoding="utf-8")) for path in small) > 5


MEANT = {
    "input 8x8x3\ncnv(8, 3x3)\n": "input 8x8x3\nconv(8, 3x3)\n",
    "input 8x8x3\nconv(8, 3x3, strid=2)\n": "input 8x8x3\nconv(8, 3x3, stride=2)\n",
    "input 8x8x3\nconv(8, 3x3, activation=reluu)\n": "input 8x8x3\nconv(8, 3x3, activation=relu)\n",
    "input 8x8x3\nconv(8, 3x3, relu)\n": "input 8x8x3\nconv(8, 3x3, activation=relu)\n",
    "input 8x8x3\nwidth = 4\nconv(widht, 3x3)\n": "input 8x8x3\nwidth = 4\nconv(width, 3x3)\n",
    "# 😀\ninput 8x8x3 # 😀\nconv(8, 3x3, name=\"😀\") -> relux\n": "# 😀\ninput 8x8x3 # 😀\nconv(8, 3x3, name=\"😀\") -> relu\n",
}  # fmt: skip


@pytest.mark.parametrize("text", MEANT)
def test_the_word_that_was_meant(text: str) -> None:
    assert MEANT[text] in [make(action, text) for action in find_actions(text) if action["isPreferred"]]


IGNORED = {
    "input 7x7x3\nconv(8, 3x3, stride=3)\n": "input 7x7x3\nconv(8, 3x3, stride=3)  # cnnspec: ignore[W201]\n",
    "input 7x7x3\nconv(8, 3x3, stride=3) # three\n": "input 7x7x3\n# cnnspec: ignore[W201]\nconv(8, 3x3, stride=3) # three\n",
    "input 8x8x3\nx = 3\nconv(8, 4x4, stride=3)  # cnnspec: ignore[W213] old\n":
        "input 8x8x3\nx = 3\nconv(8, 4x4, stride=3)  # cnnspec: ignore[W213, W201] old\n",
}  # fmt: skip


@pytest.mark.parametrize("text", IGNORED)
def test_a_finding_is_ignored_where_it_is(text: str) -> None:
    assert IGNORED[text] in [make(action, text) for action in find_actions(text) if "Ignore W201" in action["title"]]


def test_kinds_are_those_that_are_asked_for() -> None:
    text = "input 8x8x3\nconv(8, 3x3) -> relu -> relu\n"
    kinds = {
        "quickfix": {"quickfix"},
        "source": {"source.fixAll.cnnspec"},
        "source.fixAll": {"source.fixAll.cnnspec"},
        "refactor": set(),
    }
    for asked, expected in kinds.items():
        assert {action["kind"] for action in find_actions(text, [asked])} == expected
    (all_safe,) = find_actions(text, ["source.fixAll.cnnspec"])
    assert make(all_safe, text) == "input 8x8x3\nconv(8, 3x3) -> relu\n"


def test_an_error_of_the_language_cannot_be_ignored() -> None:
    assert not [one for one in find_actions("input 8x8x3\nconv(8)\n") if "Ignore" in one["title"]]


HEAD, USE = "input 8x8x1\nflatten\ndense(10, softmax)\n", 'use "lib.cnn" (cbr)\ninput 8x8x3\n'


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("input 8x8x3\n«cnv»(8, 3x3)\n", "conv"),
        ("input 8x8x3\nconv(8, 3x3, «strde»=2, padding=same)\n", "stride"),
        ("input 8x8x3\nconv(8, 3x3, padding=«sme»)\n", "same"),
        ("input 8x8x3\nconv(8, 3x3, padding='«sme»')\n", "same"),
        ("input 8x8x3\nconv(8, 3x3, kernel_initializer=«he_norml»)\n", "he_normal"),
        ("input 8x8x3\nconv(in.«chanels», 3x3)\n", "channels"),
        ("width = 8\ninput 8x8x3\nconv(3 * «widt», 3x3)\n", "width"),
        ("input 8x8x3\nconv(3, 1x1) as skip\nrelu\nadd(«skp», in)\n", "skip"),
        ("input 8x8x3\nconv(3, 1x1) as skip\nrelu\noutput «skp»\n", "skip"),
        ("block f(depth) { conv(depth, 3x3) }\ninput 8x8x3\nf(«dept»=3)\n", "depth"),
        ("input 8x8x3\nconv(8, 3x3)\nexpect «parms» < 3M\n", "params"),
        (f"{USE}cbr(«filtrs»=3)\n", "filters"),
        ('use "lib.cnn" («crb»)\ninput 8x8x3\ncbr(3)\n', "cbr"),
        ('use "«lob.cnn»" (cbr)\ninput 8x8x3\ncbr(3)\n', "lib.cnn"),
        ('use "./«li.cnn»" (cbr)\ninput 8x8x3\ncbr(3)\n', "lib.cnn"),
        (f"{HEAD}train {{ «epoch» = 3 }}\n", "epochs"),
        (f"{HEAD}train {{ data = «digit» }}\n", "digits"),
        (f"{HEAD}train {{ optimizer = «adm» }}\n", "adam"),
        (f"{HEAD}train {{ optimizer = adam(«learning_rat»=0.1) }}\n", "learning_rate"),
        (f"{HEAD}train {{ optimizer = adam(learning_rate=«cosine_deca»(0.1, 100)) }}\n", "cosine_decay"),
        (f"{HEAD}train {{ metrics = [auc(curve=«ROCC»)] }}\n", "ROC"),
        (f"{HEAD}train {{ callbacks = [early_stopping(monitor=«val_los»)] }}\n", "val_loss"),
        (f"{HEAD}train {{ class_weights = «balancd» }}\n", "balanced"),
        (f"{HEAD}train {{ precision = «flot32» }}\n", "float32"),
    ],
)
def test_the_word_that_was_meant_stands_in_the_place_of_the_other(text: str, meant: str, tmp_path: Path) -> None:
    (tmp_path / "lib.cnn").write_text("block cbr(filters) { conv(filters, 3x3) }\n")
    written = text.replace("«", "").replace("»", "")
    documents, document = open_text(str(tmp_path / "a.cnn"), written)
    actions = [plain(action) for action in list_actions(document, documents, document.places.whole, None)]
    made = [make(action, written) for action in actions if action["title"].startswith("Write ")]
    parts = text.split("«")
    assert [*made] == [parts[0] + meant + parts[1].partition("»")[2]]


def test_a_block_of_another_file_can_be_used(tmp_path: Path) -> None:
    """Where that does not use this one itself, and lies in the project."""
    block = "block {} {{ relu }}\n"
    files = {
        "cnnspec.toml": "", "lib.cnn": block.format("f") + block.format("g"), "deep/lib.cnn": block.format("h"),
        "loop.cnn": 'use "a.cnn" (k)\n' + block.format("m"), "bad.cnn": "# block g\nuse (",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    head = '# 😀\nuse "lib.cnn" (f)\n' + block.format("k") + "input 8x8x3\nf -> "
    made = {}
    for word in "ghmz":
        documents, document = open_text(str(tmp_path / "a.cnn"), f"{head}{word}\n")
        actions = [plain(action) for action in list_actions(document, documents, document.places.whole, None)]
        made[word] = {action["title"]: make(action, f"{head}{word}\n") for action in actions}
    assert made == {
        "g": {"Use g of lib.cnn": f"{head}g\n".replace("(f)", "(f, g)")},
        "h": {"Use h of deep/lib.cnn": f"{head}h\n".replace("use", 'use "deep/lib.cnn" (h)\nuse')},
        "m": {},
        "z": {},
    }
