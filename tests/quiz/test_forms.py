"""A quiz as it is written: GIFT is read back by a reader of its own, solutions stand where they are asked for."""

from __future__ import annotations

import re
from fractions import Fraction
from html import unescape

import pytest

import cnnspec
from cnnspec.base.source import printable
from cnnspec.cli import main
from cnnspec.quiz import find_quiz
from cnnspec.quiz.formats import write_quiz
from cnnspec.quiz.gift import write_gift
from cnnspec.quiz.json import write_data
from cnnspec.quiz.question import show_answer
from tests.quiz.gift_reader import read_gift
from tests.quiz.quizzes import MNIST, TEXTS, all_of


def test_gift_is_read_back() -> None:
    for text in (*TEXTS, "model a { input 9x9x3 -> conv(3, 3x3) as b }\n"):
        quiz = all_of(text)
        read = read_gift(write_gift(quiz))
        assert len(read) == len(quiz.questions) and len({question.name for question in read}) == len(read)
        for theirs, question in zip(read, quiz.questions, strict=True):
            assert theirs.format == "html"
            shown = unescape(theirs.text.replace("<br>", "\n"))
            assert shown == f"<pre>{chr(10).join(question.spec)}</pre><p>{question.asks}</p>"
            assert [(a.right, a.text) for a in theirs.answers] == [(o.slip is None, o.text) for o in question.options]
            for answer, option in zip(theirs.answers, question.options, strict=True):
                assert option.slip is None or unescape(answer.feedback) == f"{option.slip.name}: {option.slip.says}"
            assert theirs.feedback


@pytest.mark.parametrize("name", ["~=#{}:<b>.cnn", "a\\:b ::c::\\.cnn", "####%50%=x//.cnn", "a\n\n::b.cnn"])
def test_a_file_with_a_hostile_name_stays_one_question(name: str) -> None:
    quiz = find_quiz(cnnspec.loads("input 9x9x3\nconv(3, 3x3)\n", name=name).analysed, ("size",))
    (read,) = read_gift(write_gift(quiz))
    assert read.name == f'Quiz: "{printable(quiz.network.name)}", seed 0, question 1'


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_solutions_stand_where_they_are_asked_for(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for more in ((), ("--solutions",)):
        assert main(["quiz", str(MNIST), "--kinds", "parameters", "--count", "8", "--format", form, *more]) == 0
        shown.append(capsys.readouterr().out)
    sums = r"3 \cdot 3 \cdot 32 + 1 \right) \cdot 64 = 18{,}496$" if form == "latex" else "(3*3*32 + 1)*64 = 18,496"
    assert [sums in text for text in shown] == [False, True] and "http" not in shown[1]
    assert ["bias forgotten" in text or "bias counted once" in text for text in shown] == [False, True]


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_solutions_name_the_letters_of_their_answers(form: str) -> None:
    """Whatever stands around them, the right answer's letter comes first, then those of the others, in their order."""
    quiz = all_of(TEXTS[1])
    written = re.sub(r"[*{}\[\]]", " ", unescape(write_quiz(quiz, form, True)))
    for question in quiz.questions:
        letters = dict(zip("abcd", question.options, strict=False))
        (right,) = [letter for letter, option in letters.items() if option.slip is None]
        assert f"{right}) {show_answer(question.answer)}" in written
        for letter, option in letters.items():
            assert option.slip is None or re.search(rf"\b{letter}\)\s+{re.escape(option.slip.name)}:", written), (
                question
            )


def test_latex_has_no_sign_that_means_something() -> None:
    written = write_quiz(all_of(TEXTS[1]), "latex")
    assert "depthwise\\_conv(3x3" in written and not re.search(r"[^\\]_", written)


def test_json_has_every_slip_once() -> None:
    quiz = all_of(TEXTS[0])
    for row, question in zip(write_data(quiz)["questions"], quiz.questions, strict=True):
        said = [
            (o["slip"], tuple([Fraction(n) for n in o["answer"]]))
            for o in (*row["options"], *row["other_slips"])
            if o["slip"]
        ]
        assert sorted(said) == sorted([(slip.name, slip.answer) for slip in question.slips])
        assert row["layer"] == (question.layer or None) and question.layer in row["question"]
    assert None in [row["layer"] for row in write_data(quiz)["questions"]]
