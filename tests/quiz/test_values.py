"""Questions about values: answered again on paper, their slips too; what is shown of numbers, and what is typed."""

from __future__ import annotations

import builtins
import hashlib
import json
from collections import Counter
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.quiz.formats import write_quiz
from cnnspec.quiz.json import write_data
from cnnspec.quiz.question import NoQuiz, Question
from cnnspec.quiz.replies import read_reply
from cnnspec.trace.inputs import read_inputs
from tests.example_files import EXAMPLES
from tests.quiz.paper import SLIPS, Paper
from tests.quiz.quizzes import MANY, MNIST, TEXTS, draw
from tests.quiz.test_drawing import FIGURES
from tests.support import unwrap

VALUES = (
    "input 12x12x3\nconv(8, 2x2, stride=2, activation=relu) -> conv(4, 3x3, padding=same) -> relu -> maxpool(3x3, stride=2, padding=1)\n",
    "input 20x4\nconv(6, 3, dilation=2) -> depthwise_conv(4, stride=2, padding=2) -> maxpool(2) -> gmp -> dense(5, relu)\n",
    "input 14x14x4\nconv(4, 1x1) -> avgpool(3x3, stride=2, padding=1) -> avgpool(2x2, padding=same, stride=1)\n"
    "avgpool(3x3, stride=1, padding=1, count_padding=false) -> depthwise_conv(3x3, stride=2, padding=same, bias=false) -> gap -> dense(3, sigmoid)\n",
    "input 9x9x2\nconv(2, 2x2, groups=2) -> conv(3, 2x3, bias=false) -> dense(4)\n",
    (EXAMPLES / "lectures" / "lecture2_image_filter.cnn").read_text(encoding="utf-8"),
    (EXAMPLES / "lectures" / "lecture2_box_filter.cnn").read_text(encoding="utf-8").split("\n\nmodel Pad")[0],
)


@cache
def draw_ten(text: str, seed: int) -> tuple[Question, ...]:
    """Ten questions, or all where they are fewer."""
    return draw(text, ("values",), None, seed).questions


@cache
def drawn() -> tuple[Question, ...]:
    """A thousand questions."""
    return tuple([question for seed in range(22) for text in VALUES for question in draw_ten(text, seed)])


def test_a_thousand_are_answered_on_paper() -> None:
    assert len(drawn()) > 1000
    words = Counter([question.spec[-1].partition("(")[0].partition(" ")[0] for question in drawn()])
    assert {"conv", "depthwise_conv", "maxpool", "avgpool", "gap", "gmp", "dense", "relu"} == set(words) and min(
        words.values()
    ) > 5
    for question in drawn():
        assert Paper(question).value() == question.answer[0], question


def test_every_slip_is_made_again_on_paper() -> None:
    met = Counter[str]()
    for question in drawn():
        for slip in question.slips:
            assert SLIPS[slip.name](Paper(question)) == slip.answer[0] != question.answer[0], (slip, question)
            met[slip.name] += 1
        texts = [option.text for option in question.options]
        assert len(set(texts)) == len(texts) >= 3
        assert all(option.slip is None or option.slip.says.endswith(".") for option in question.options)
    assert set(met) == set(SLIPS) and min(met.values()) >= 5, met


def test_what_stands_in_the_question_is_what_is_computed() -> None:
    """Of a spec that is read back, by Keras's own layers."""
    import numpy as np

    for question in drawn()[::150]:
        made: Any = cnnspec.loads("\n".join(question.spec)).to_keras()
        paper = Paper(question)
        entering = np.zeros(paper.shape, "float32")
        for place, number in paper.cells.items():
            entering[place] = number
        output = made(entering[None]).numpy()[0]
        assert abs(output[(*paper.place, paper.channel)] - float(question.answer[0])) < 1e-4, question


def test_numbers_are_small_and_products_few() -> None:
    for question in drawn():
        paper = Paper(question)
        assert all(abs(n) <= 9 for n in paper.cells.values()) and len(paper.cells) <= 72
        if paper.multiplies:
            assert len([w for w, _ in paper.products(paper.place, paper.channel) if w]) <= 12
        else:
            assert len(paper.seen(paper.place, paper.channel)) <= 12


def test_the_solution_is_the_line_of_trace() -> None:
    rows = {row["question"]: row for row in write_data(draw(VALUES[4], ("values",), None, 2))["questions"]}
    row = rows["With these numbers as input, what is the output of conv1 at 0,1, counted from 0?"]
    assert row["solution"] == ["conv1[0,1]: 0*(-1) + 1*(-1) + 5*5 + 0*(-1) + 1*(-1) = 23"] and row["answer"] == [23]
    sums = r"$0 \cdot (-1) + 1 \cdot (-1) + 5 \cdot 5 + 0 \cdot (-1) + 1 \cdot (-1) = 23$"
    assert sums in write_quiz(draw(VALUES[4], ("values",), None, 2), "latex", True)


def test_what_no_person_works_out_is_not_asked() -> None:
    for text in (
        "input 9x9x2\nconv(4, 5x5)", "input 9x9x9x2\nconv(4, 3x3x3)", "input 9x9x2\nbn", "input 9x9x2\nsigmoid", "input 9x9x2\nflatten",
        "input 9x9x4\nseparable_conv(4, 3x3)", "input 9x9x2\nupsample(2)", "input 9x9x2\npad(1)", "input 10x10x2\navgpool(2x2, ceil=true)",
        "input 9x9x2\nconv_transpose(4, 3x3)", "input 9x9x8\nconv(8, 3x3, groups=8)", "input 4\nsoftmax",
        "input 9x9x1\nconv(1, 4x4, kernel_values=box)", "input 9x9x1\nconv(1, 2x2, standardized=true)", "input 9x9x1\nleaky_relu",
        "input 9x9x1\nadaptive_avgpool(4x4)", f"input 20x20x1\nconv(1, 9x9, kernel_values={[[0] * 9] * 9})", "input ?x?x1\nconv(1, 3x3)",
    ):  # fmt: skip
        with pytest.raises(
            NoQuiz,
            match="no layers small enough to be worked out by hand that a question of values could be asked about",
        ):
            draw(text, ("values",))
    (bare,) = {q.spec[-1] for q in draw_ten("input 4\ndense(2, softmax)", 1)}
    assert "activation" not in bare  # what stands before it can be worked out


def test_numbers_that_are_written_down_stay() -> None:
    for text, line in (
        (VALUES[4], "kernel_values=[[0, -1, 0], [-1, 5, -1], [0, -1, 0]])"),
        (VALUES[5], "kernel_values=[1/3, 1/3, 1/3])"),
    ):
        for seed in range(3):
            assert all(line in q.spec[-1] for q in draw_ten(text, seed))
    filters = {q.spec[-1] for seed in range(9) for q in draw_ten(WRITTEN, seed)}
    assert {line[line.index("kernel_values=") :] for line in filters} == {
        "kernel_values=[[1, 2], [3, 4]], bias_values=[1]) as conv1", "kernel_values=[[5, 6], [7, 8]], bias_values=[2]) as conv1",
    }  # fmt: skip


WRITTEN = "input 5x5x1\nconv(2, 2x2, kernel_values=[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], bias_values=[1, 2])\n"


# ---- the seed, and NumPy ---------------------------------------------------------------------------------------
def test_the_same_seed_draws_the_same_numbers_everywhere() -> None:
    said = [
        (q.spec, q.asks, [o.text for o in q.options])
        for text in VALUES
        for q in draw(text, ("values",), None, 7).questions
    ]
    assert hashlib.sha256(repr(said).encode()).hexdigest()[:16] == "bff0137900ff667b"
    assert draw_ten(VALUES[0], 1) != draw_ten(VALUES[0], 2)


@pytest.fixture
def _without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *given: Any, **more: Any) -> Any:
        if name == "numpy":
            raise ImportError(name)
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_questions_of_other_kinds_are_the_same_with_and_without_them() -> None:
    for text in TEXTS:
        with_values = [q for q in draw(text, seed=3).questions if q.kind != "values"]
        assert with_values == list(draw(text, FIGURES, seed=3).questions)[: len(with_values)]


@pytest.mark.usefixtures("_without_numpy")
def test_without_numpy_the_others_are_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert {q.kind for q in draw(MANY, count=12).questions} == set(FIGURES)
    with pytest.raises(
        cnnspec.MissingExtra, match=r"numpy is not installed; questions about values need it: .*\[trace\]"
    ):
        cnnspec.quiz(cnnspec.loads(MANY), kinds=["values"])
    assert main(["quiz", str(MNIST), "--kinds", "values"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "numpy is not installed; questions about values need it: " in unwrap(err)


# ---- what is typed ---------------------------------------------------------------------------------------------
def find_answered(answer: Any) -> Question:
    return next(q for q in drawn() if q.answer == (answer,) and q.options[0].text)


@pytest.mark.parametrize(("answer", "right", "wrong", "none"), [
    (Fraction(26, 9), ["26/9", "52/18", " 26 / 9", "2.89", "2.88", "2.889", "2.8888", "+26/9"], ["2.9", "26", "-26/9", "2.87", "3", "2.8899"],
     ["17/0", "1e3", "", "2,89", "1..", "²", "17/", "1 1/2", "x", "9" * 500]),
    (Fraction(9, 2), ["9/2", "4.5", "4.50"], ["-4.5", "4", "4.4"], ["4 1/2"]),
    (-7, ["-7", "- 7", "-7.0", "\N{MINUS SIGN}7", "-14/2", "-7.00"], ["7", "-6.99", "-7.1"], ["--7", "-", "-7x1"]),
])  # fmt: skip
def test_a_value_is_read_as_it_is_typed(answer: Any, right: list[str], wrong: list[str], none: list[str]) -> None:
    question = find_answered(answer)
    for typed, read in [*[(t, True) for t in right], *[(t, False) for t in wrong], *[(t, None) for t in none]]:
        reply = read_reply(question, typed)
        assert (reply and reply.right) is read, typed


def test_a_slip_that_is_typed_is_named() -> None:
    question = next(q for q in drawn() for s in q.slips if not isinstance(s.answer[0], int))
    slip = next(s for s in question.slips if not isinstance(s.answer[0], int))
    for typed in (str(slip.answer[0]), f"{float(slip.answer[0]):.4f}"):
        reply = read_reply(question, typed)
        assert reply is not None and not reply.right and reply.slip == slip


# ---- forms -----------------------------------------------------------------------------------------------------
def test_numbers_in_json() -> None:
    quizzes = [draw(text, ("values",), None, 4) for text in VALUES]
    rows = json.loads(json.dumps([row for quiz in quizzes for row in write_data(quiz)["questions"]]))
    for row, question in zip(rows, [question for quiz in quizzes for question in quiz.questions], strict=True):
        assert [Fraction(n) for n in row["answer"]] == list(question.answer)
        graph = cnnspec.loads(row["spec"]).analysed.graph
        (entering,) = read_inputs(graph, [json.dumps(row["input"])], 1)  # as `cnnspec trace --input` takes it
        cells = Paper(question).cells
        assert entering.size == len(cells) and all(entering[(0, *place)] == n for place, n in cells.items())
    assert any(isinstance(row["answer"][0], str) for row in rows)
    assert {row["input"] for row in write_data(draw(MANY, ("size",)))["questions"]} == {None}


def test_columns_stay_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    (question,) = draw(VALUES[0], ("values",), 1, 1).questions
    grid = [line for line in question.spec if line.startswith("#")]
    quiz = cnnspec.quiz(cnnspec.loads(VALUES[0]), 1, kinds=["values"])
    for form, space in (("text", " "), ("markdown", " "), ("html", " "), ("gift", " ")):
        written = quiz.to_text(form).replace("\\#", "#").replace("<br>", "\n")
        assert all(line.replace(" ", space) in written for line in grid), form
    assert all(line[1:].replace(" ", "~") in quiz.to_text("latex") for line in grid)
    assert all(f"    {line}\n" in write_quiz(quiz, "text", width=12) for line in grid)
    assert f"({' / '.join([line[2:] for line in grid])}) -&gt; " in quiz.to_html()


@pytest.mark.parametrize(("answer", "right", "wrong"), [
    (Fraction(41, 8), ["5.13", "5.12"], ["5.14", "5.11", "5.1"]),
    (Fraction(-41, 8), ["-5.13", "-5.12"], ["-5.14", "-5.11", "5.13"]),
])  # fmt: skip
def test_a_half_is_rounded_to_either_side(answer: Fraction, right: list[str], wrong: list[str]) -> None:
    question = drawn()[0].replace(answer=(answer,), slips=())
    replies = [read_reply(question, typed) for typed in [*right, *wrong]]
    assert [reply is not None and reply.right for reply in replies] == [True] * len(right) + [False] * len(wrong)
