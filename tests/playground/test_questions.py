"""What a page asks about its text: offsets as JavaScript counts them, edits that do what they say, answers that are the command line's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.cli import main
from cnnspec.playground.commands import HERE
from cnnspec.playground.markdown import write_html
from cnnspec.playground.questions import OF_EDITOR, Playground
from cnnspec.playground.views import VIEWS
from tests.example_files import EXAMPLES

GOOD = """# a net \U0001f600
input 28x28x1
conv(32, 3x3) -> relu
flatten -> dense(10) as logits
"""
TYPO = GOOD.replace("relu", "rleu")
MISTAKES = """input 28x28x1  # \U0001f9e0\U0001f9e0
conv(32, 3x3, pading=1) -> rleu
"""
SEVERAL = "model Small { input 8x8x1 -> conv(2, 3x3) }\nmodel Large { input 8x8x1 -> conv(200, 3x3) }\n"
WEIGHTED = Path(__file__).parent.parent / "model_files" / "weighted"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playground:
    """A page whose folder is empty."""
    monkeypatch.chdir(tmp_path)
    return Playground(main)


def ask_at_all(page: Playground, question: str, /, **about: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(page.answer(question, json.dumps(about)))
    return made


def ask(page: Playground, question: str, text: str, **about: Any) -> Any:
    """The answer to a question about a text."""
    return ask_at_all(page, question, name="net.cnn", text=text, **about)["answer"]


def take(text: str, place: dict[str, int]) -> str:
    """What stands at a place, as JavaScript takes it out of a string."""
    return text.encode("utf-16-le")[2 * place["from"] : 2 * place["to"]].decode("utf-16-le")


def make_edits(text: str, edits: list[dict[str, Any]]) -> str:
    data = text.encode("utf-16-le")
    for edit in sorted(edits, key=lambda edit: -edit["from"]):
        data = data[: 2 * edit["from"]] + edit["insert"].encode("utf-16-le") + data[2 * edit["to"] :]
    return data.decode("utf-16-le")


def find_at(text: str, word: str) -> int:
    return len(text[: text.index(word)].encode("utf-16-le")) // 2


# ---- at each edit ----------------------------------------------------------------------------------------------
def test_findings_hints_and_totals(page: Playground) -> None:
    made = ask(page, "analyse", GOOD)
    assert made["findings"] == []
    at = {hint["text"]: hint["at"] for hint in made["hints"]}
    assert at["26x26x32"] == find_at(GOOD, "\nflatten") and at["21632"] == find_at(GOOD, " -> dense")
    (network,) = made["networks"]
    assert network == {
        "name": "net", "layers": 5, "known": True,
        "totals": "216,650 parameters · 411 k MACs · receptive field 3x3 · output 10",
    }  # fmt: skip


def test_figures_stay_through_a_mistake(page: Playground) -> None:
    ask(page, "analyse", GOOD)
    made = ask(page, "analyse", GOOD.replace("flatten ->", "xyzzy ->"))
    assert {"was 10"} <= {hint["text"] for hint in made["hints"]}
    assert made["networks"][0]["totals"].startswith("was 216,650 parameters") and not made["networks"][0]["known"]
    assert ask_at_all(page, "analyse", name="other.cnn", text="input 8x8x1\nfoo\n")["answer"]["hints"] == []


@given(st.text(alphabet="\U0001f600é #", max_size=9), st.integers(0, 2))
def test_a_finding_lies_where_it_lies_for_javascript(before: str, lines: int) -> None:
    text = f"# {before}\n" * lines + MISTAKES.replace("# ", f"# {before}")
    found = json.loads(Playground(main).answer("analyse", json.dumps({"name": "a.cnn", "text": text})))["answer"][
        "findings"
    ]
    assert [take(text, one) for one in found] == ["pading", "rleu"]


def test_a_finding_has_what_check_says_of_it(page: Playground) -> None:
    (found,) = ask(page, "repair", TYPO)
    assert (found["severity"], found["code"], found["rule"]) == ("error", "E010", "unknown-name")
    assert (found["message"], found["help"]) == ('nothing is called "rleu"', 'did you mean "relu"?')


def test_a_text_that_is_none(page: Playground) -> None:
    (found,) = ask(page, "analyse", "input 8x8x1\n\0")["findings"]
    assert (found["code"], found["from"], found["to"]) == ("E002", 0, 0)
    assert ask(page, "analyse", "") == {"findings": [], "hints": [], "networks": []}


# ---- at the cursor ---------------------------------------------------------------------------------------------
def test_what_can_be_written(page: Playground) -> None:
    text = GOOD.replace("relu", "rel")
    at = find_at(text, "rel\n") + 3
    made = {item["label"]: item for item in ask(page, "complete", text, at=at)}
    assert make_edits(text, [made["relu"]["edit"]]) == GOOD
    assert made["relu"]["kind"] == "function" and made["relu"]["info"]
    assert ask(page, "complete", text, at=2) == []  # a comment


def test_what_is_under_the_cursor(page: Playground) -> None:
    made = ask(page, "hover", GOOD, at=find_at(GOOD, "conv") + 1)
    assert take(GOOD, made) == "conv(32, 3x3)"
    assert "<strong>26x26x32</strong>" in made["html"] and "<code>3*3*1*32 = 288</code>" in made["html"]
    assert "kh * kw * Cin/groups" in made["html"]  # without Markdown's backslashes
    assert ask(page, "hover", GOOD, at=0) is None


def test_a_name_with_markup_is_words(page: Playground) -> None:
    assert write_html("<i> `<i>` **<i>**  \n\\<i\\> a\n\n- `` `<i> `` &") == (
        "<p>&lt;i&gt; <code>&lt;i&gt;</code> <strong>&lt;i&gt;</strong><br>&lt;i&gt; a</p><ul><li><code>`&lt;i&gt;</code> &amp;</li></ul>"
    )
    for view in (*VIEWS, "picture", "explain"):
        shown = ask_at_all(page, "view", name="<img src=x>.cnn", text="input 8x8x1\nrelu\n", view=view)["answer"]
        assert "<img" not in shown["html"]


def test_a_call_that_is_open(page: Playground) -> None:
    made = ask(page, "signature", "input 8x8x1\nconv(3, ", at=21)
    parameter = made["parameters"][made["active"]]
    assert made["label"][parameter["from"] : parameter["to"]] == "kernel" and parameter["about"]
    assert ask(page, "signature", GOOD, at=0) is None


def test_where_a_name_is_bound_and_what_there_is(page: Playground) -> None:
    text = "block stem(n) { conv(n, 3x3) }\ninput 8x8x1\nstem(4)\n"
    assert take(text, ask(page, "definition", text, at=find_at(text, "stem(4)") + 1)) == "stem"
    (symbol,) = ask(page, "symbols", text)
    assert (symbol["name"], symbol["kind"], take(text, symbol)) == ("stem", "block", text.split("\n")[0])


# ---- edits -----------------------------------------------------------------------------------------------------
def test_what_can_be_done_about_a_finding(page: Playground) -> None:
    at = find_at(TYPO, "rleu") + 1
    made = ask(page, "actions", TYPO, **{"from": at, "to": at})
    assert make_edits(TYPO, next(one["edits"] for one in made if one["preferred"])) == GOOD
    assert ask(page, "actions", GOOD, **{"from": 0, "to": 0}) == []


def test_all_is_fixed_and_formatted(page: Playground) -> None:
    text = "input 8x8x1\nconv(4,3x3) -> bn -> relu\n"
    fixed = make_edits(text, ask(page, "fixAll", text))
    assert "bias=false" in fixed
    assert make_edits(text, ask(page, "format", text)) == text.replace(",3x3", ", 3x3")
    kinds = [one["kind"] for one in ask(page, "actions", text, **{"from": 0, "to": 0})]
    assert kinds[-2:] == ["source.fixAll", "source.format"]


def test_what_cannot_be_formatted_says_why(page: Playground) -> None:
    refused = ask_at_all(page, "format", name="net.cnn", text="input 8x8x1\nconv(\n")["error"]
    assert re.match(r"the text cannot be formatted before it can be read: line \d", refused)


# ---- views -----------------------------------------------------------------------------------------------------
def test_the_picture_is_the_command_lines_and_is_drawn_as_it_is_wanted(page: Playground, tmp_path: Path) -> None:
    (tmp_path / "net.cnn").write_text(GOOD, encoding="utf-8")
    for look in ({}, {"direction": "right", "depth": "all", "color": "cost"}):
        words = [word for name, value in look.items() for word in (f"--{name}", value)]
        assert main(["draw", "net.cnn", "-o", "net.svg", *words]) == 0
        drawn = ask(page, "view", GOOD, view="picture", look=look)["html"]
        assert drawn == (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert 'no "pink"' in ask(page, "view", GOOD, view="picture", look={"color": "pink"})["sentence"]
    assert "no network yet" in ask(page, "view", "# nothing\n", view="picture")["sentence"]


@pytest.mark.parametrize("view", [*VIEWS, "explain"])
def test_a_view_of_a_network(page: Playground, view: str) -> None:
    assert "<table" in ask(page, "view", GOOD, view=view)["html"] or view == "lost"
    assert ask(page, "view", "# nothing\n", view=view)["sentence"].startswith("the text has no network yet: begin")
    assert ask(page, "view", "input 8x8x1\nconv(\n", view=view)


def test_the_network_and_the_layer_that_are_meant(page: Playground) -> None:
    assert "Large" in ask(page, "view", SEVERAL, view="summary", model="Large")["html"]
    assert "it has Small, Large" in ask(page, "view", SEVERAL, view="summary", model="x")["sentence"]
    explained = [ask(page, "view", GOOD, view="explain", at=find_at(GOOD, word))["html"] for word in ("relu", "input")]
    assert "relu1" in explained[0] and "logits" not in explained[0]
    assert "logits" in ask(page, "view", GOOD, view="explain")["html"]


# ---- commands --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("command", ["check --output-format json", "summary", "compile -o -", "explain nothing"])
def test_a_command_says_what_it_says_beside_the_file(
    page: Playground, command: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = (EXAMPLES / "lenet5.cnn").read_text()
    verb, *options = command.split()
    made = ask(page, "answer", text, arguments=[verb, "net.cnn", *options])
    (tmp_path / "net.cnn").write_text(text)
    status = main([verb, "net.cnn", *options])
    out, err = capsysbinary.readouterr()
    assert made == {"status": status, "out": out.decode(), "err": err.decode()}


def test_what_a_page_cannot_run_is_refused(page: Playground) -> None:
    for verb in ("train", "server", "--version"):
        refused = ask_at_all(page, "answer", name="net.cnn", text=GOOD, arguments=[verb, "net.cnn"])
        assert refused["error"].startswith(f"a page cannot run cnnspec {verb}: it has {HERE[0]}, ")


def test_source_of_frameworks(page: Playground) -> None:
    assert "keras.Model" in ask(page, "toPython", GOOD, target="keras")
    assert "class Large(nn.Module)" in ask(page, "toPython", SEVERAL, target="torch", model="Large")
    assert "nothing is called" in ask_at_all(page, "toPython", name="net.cnn", text=TYPO, target="keras")["error"]


@pytest.mark.parametrize("name", ["rows.pt2", "rows-script.onnx"])
def test_a_model_is_read_as_a_text(page: Playground, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes((WEIGHTED / name).read_bytes())
    made = ask_at_all(page, "importModel", name=name)["answer"]
    assert made["name"] == f"{name.rsplit('.', 1)[0]}.cnn" and "dense(4)" in made["text"]
    assert made["notes"][0].endswith("weights and training settings stay behind")
    assert not (tmp_path / name).exists()


def test_what_is_no_model_says_why(page: Playground, tmp_path: Path) -> None:
    (tmp_path / "net.keras").write_bytes(b"no zip")
    assert "net.keras" in ask_at_all(page, "importModel", name="net.keras")["error"]
    for name in ("../net.keras", "a/b.keras", "", ".."):
        assert ask_at_all(page, "importModel", name=name)["error"].endswith("is no name of a file")


def test_a_defect_is_an_answer(page: Playground) -> None:
    for name in OF_EDITOR:
        assert ask_at_all(page, name, name="net.cnn")["error"].startswith("internal error: TypeError")
    assert ask(page, "analyse", GOOD)["findings"] == []
