"""The command, called wrongly and with bad files; and the API, which asks what it asks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from tests.quiz.quizzes import MNIST
from tests.support import unwrap


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("- --ask", "--ask reads the answers from stdin: give the network as a file"),
        ("FILE --ask --format gift", "--ask asks in the terminal: leave --format gift out"),
        ("FILE --ask --solutions", "leave --solutions out"),
        ("FILE --count 0", "--count must be a whole number from 1"),
        ("FILE --seed -1", "--seed must be a whole number from 0"),
        ("FILE --kinds ,", '--kinds must be names with commas between, not ","'),
        ("FILE --kinds size,shape", 'no kind of question is called "shape"'),
        ("FILE --count 999", "questions of these kinds, not 999: ask for fewer"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(options: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quiz", *options.replace("FILE", str(MNIST)).split()]) == 2
    out, err = capsys.readouterr()
    assert out == "" and sentence in unwrap(err)


def test_a_file_with_mistakes_shows_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.cnn").write_text("input 8x8x3\nconv(8, 9x9)\n")
    assert main(["quiz", str(tmp_path / "bad.cnn")]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "E101" in err and "has mistakes: mend them first" in unwrap(err)


def test_the_api_asks_what_the_command_asks() -> None:
    net = cnnspec.load(str(MNIST))
    quiz = cnnspec.quiz(net, 3, kinds=["macs"], seed=9)
    assert [question.kind for question in quiz.questions] == ["macs"] * 3
    assert quiz.to_text("gift").count("\n::") == 3 and quiz.to_text("html").startswith("<!doctype html>")
    with pytest.raises(ValueError, match='no format is called "pdf"'):
        quiz.to_text("pdf")


@pytest.mark.parametrize(("asked", "error", "sentence"), [
    ({"count": 0}, ValueError, "count must be a whole number from 1, not 0"),
    ({"count": 2.5}, TypeError, "count must be a whole number from 1, not 2.5"),
    ({"count": True}, TypeError, "count must be a whole number from 1, not True"),
    ({"seed": -1}, ValueError, "seed must be a whole number from 0, not -1"),
    ({"seed": "7"}, TypeError, "seed must be a whole number from 0, not '7'"),
    ({"kinds": "size"}, TypeError, "kinds must be texts in a list, not 'size'"),
    ({"kinds": ["size", 3]}, TypeError, "kinds must be texts in a list, not ['size', 3]"),
    ({"kinds": ["shape"]}, ValueError, 'no kind of question is called "shape"'),
])  # fmt: skip
def test_what_the_api_is_asked_wrongly_is_one_sentence(
    asked: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=re.escape(sentence)):
        cnnspec.quiz(cnnspec.load(str(MNIST)), **asked)
