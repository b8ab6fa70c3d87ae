"""A quiz that is asked in the terminal: what is typed, what is said to it, how it ends."""

from __future__ import annotations

import io
import json
import sys

import pytest

from cnnspec.cli import main
from cnnspec.quiz.question import show_answer
from cnnspec.quiz.replies import read_reply
from tests.quiz.quizzes import MANY, MNIST, all_of, find_question
from tests.support import unwrap


def type_answers(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))


def test_answers_are_checked_and_slips_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["quiz", str(MNIST), "--kinds", "size", "--count", "3", "--seed", "5"]
    main([*command, "--format", "json"])
    first, second, third = json.loads(capsys.readouterr().out)["questions"]
    hidden = (first["other_slips"] or [o for o in first["options"] if o["slip"]])[0]
    letter = "abcd"[[option["slip"] for option in second["options"]].index(None)]
    other = "x".join(["7"] * len(third["answer"]))
    type_answers(monkeypatch, f"what?\n{show_answer(tuple(hidden['answer']))}\n{letter}\n{other}\n")
    assert main([*command, "--ask"]) == 0
    said = unwrap(capsys.readouterr().out)
    assert "That is no answer: type a letter from a to d" in said
    assert f"Wrong, {hidden['slip']}: {hidden['why']} Right is" in said and "Right. " in said
    assert f"Wrong: no usual slip leads to {other}." in said and said.endswith("1 of 3 right.")


def test_the_end_of_stdin_ends_a_quiz(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    type_answers(monkeypatch, "")
    assert main(["quiz", str(MNIST), "--ask"]) == 0
    assert capsys.readouterr().out.endswith("\n0 of 0 right; the quiz was stopped with 10 questions left.\n")


def test_ctrl_c_ends_a_quiz(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    type_answers(monkeypatch, "")
    monkeypatch.setattr("sys.stdin.readline", interrupt)
    assert main(["quiz", str(MNIST), "--ask", "--count", "2"]) == 130
    assert capsys.readouterr().out.endswith("\n0 of 0 right; the quiz was stopped with 2 questions left.\n")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("18,496", True), ("18496", True), (" 18_496 ", True), ("18 496", True), ("18'496", True), ("18,432", False), ("0", False),
        ("1e3", None), ("", None), ("e", None), ("-5", None), ("18,49", None), ("18496x1", None), ("²", None), ("9" * 500, None),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_it_is_typed(typed: str, read: bool | None) -> None:
    reply = read_reply(find_question("conv2", "parameters"), typed)
    assert (reply and reply.right) is read


@pytest.mark.parametrize(
    "typed", ["11x11x64", "11 x 11 x 64", "11×11×64", "(11, 11, 64)", "11,11,64", "11*11*64", "11 11 64", "11X11X64"]
)
def test_a_shape_is_read_as_it_is_typed(typed: str) -> None:
    reply = read_reply(find_question("conv2", "size"), typed)
    assert reply is not None and reply.right
    assert read_reply(find_question("conv2", "size"), "11x11") is None


def test_of_a_choice_only_what_is_offered_is_an_answer() -> None:
    question = next(q for q in all_of(MANY).questions if q.closed)
    offered = {option.answer for option in question.options}
    for typed in range(1, 12):
        assert (read_reply(question, str(typed)) is not None) == ((typed,) in offered)
