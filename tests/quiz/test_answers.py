"""Questions answered again by others: by Keras, by counting, and from what they show alone."""

from __future__ import annotations

import contextlib

import pytest

import cnnspec
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.layers import CATALOGUE
from cnnspec.quiz.question import NoQuiz, Question
from cnnspec.quiz.wording import list_steps
from tests.quiz.counting import answer_by_counting, count_macs
from tests.quiz.paper import Paper
from tests.quiz.quizzes import TEXTS, all_of, drawn
from tests.support import THOROUGH


def answer_by_keras(question: Question) -> tuple[int, ...]:
    """The answer to a question about sizes and parameters: the Keras model of the layers that the question shows."""
    import keras

    if THOROUGH:
        keras.backend.clear_session()
    model = cnnspec.loads("\n".join(question.spec)).to_keras()
    return (model.count_params(),) if question.kind == "parameters" else tuple(model.output_shape[1:])


def test_sizes_and_parameters_are_those_of_the_keras_model() -> None:
    """By default a dozen, spread over all networks; in the thorough profile every one."""
    asked = {(q.spec, q.kind): q for q in drawn() if q.kind in ("size", "parameters")}
    assert len(asked) > (500 if THOROUGH else 60)
    for question in list(asked.values())[:: 1 if THOROUGH else len(asked) // 12]:
        assert answer_by_keras(question) == question.answer, question


def test_the_others_are_those_that_counting_finds() -> None:
    met = dict.fromkeys(("macs", "field", "stride"), 0)
    for question in drawn():
        if question.kind == "macs":
            assert (count_macs(question),) == question.answer, question
        elif question.kind in met:
            assert answer_by_counting(question) == question.answer, question
        else:
            continue
        met[question.kind] += 1
    assert min(met.values()) > 15
    assert not THOROUGH or sum(met.values()) > 600


def test_what_a_question_shows_is_a_spec_with_that_answer() -> None:
    """Of the examples of every layer: a question can be answered from what it shows alone."""
    examples = [text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]
    met = 0
    for text in examples if THOROUGH else examples[::6]:
        with contextlib.suppress(NoQuiz):
            for question in all_of(text).questions:
                facts = cnnspec.loads("\n".join(question.spec)).analysed.facts
                field = facts.fields[-1]
                figures = {
                    "size": facts.shapes[-1],
                    "parameters": (facts.total.parameters,),
                    "macs": (facts.macs[-1],),
                    "field": tuple([axis.size for axis in field]) if isinstance(field, tuple) else None,
                    "stride": question.answer,
                    "values": (Paper(question).value(),) if question.kind == "values" else (),
                }
                assert figures[question.kind] == question.answer, question
                met += 1
    assert met > (300 if THOROUGH else 30)


def test_lecture_4() -> None:
    """Figures of the lecture's pages."""
    answers = {(q.kind, q.layer): q.answer for q in all_of(TEXTS[0]).questions if not q.closed}
    assert answers["size", "conv1"] == (26, 26, 32) and answers["parameters", "conv2"] == (18_496,)
    assert answers["parameters", ""] == (93_322,) and answers["field", "conv3"] == (18, 18)
    assert answers["size", "flatten1"] == (576,) and answers["stride", "maxpool2"] == (1,)


def test_unknown_sizes_leave_what_can_be_asked() -> None:
    text = "input ?x?x3\nconv(8, 3x3, stride=2, padding=same) -> maxpool(2x2) -> conv(4, 3x3)\n"
    assert {(q.kind, q.layer): q.answer for q in all_of(text).questions} == {
        ("parameters", "conv1"): (224,), ("parameters", "conv2"): (292,), ("parameters", "maxpool1"): (0,), ("parameters", ""): (516,),
        ("field", "maxpool1"): (5, 5), ("field", "conv2"): (13, 13),
    }  # fmt: skip


@pytest.mark.parametrize(("text", "kinds"), [
    ("input 9x9x1\nconv(1, 3x3) -> conv(1, 3x3)", {"field", "stride"}),
    ("input 9x9x1\nconv(1, 3x3) -> upsample(2) -> conv(1, 3x3)", {"stride"}),  # the field is not that of windows alone
    ("input 9x9x2\nconv(2, 3x3) -> group_norm(1) -> conv(1, 3x3)", {"stride"}),  # a field leaves out what the norm mixes in
    ("input 9x9x1\nconv(1, 3x3, stride=2, padding=same) -> conv(1, 3x3, padding=same)", {"field"}),  # every stride fits
])  # fmt: skip
def test_what_a_student_could_not_answer_is_not_asked(text: str, kinds: set[str]) -> None:
    assert {question.kind for question in all_of(text).questions} & {"field", "stride"} == kinds


def test_a_solution_works_out_every_stride_and_says_which_are_not_whole() -> None:
    """Of a map that is not square along the axis that does not fit; of a padding whose sides differ with both."""
    others = ("input 9x11x3\nconv(4, 3x3)\n", "input 12x12x3\nconv(4, 5x5, padding=((1, 2), (1, 2)))\n")
    asked = [question for text in (*TEXTS, *others) for question in all_of(text).questions if question.closed]
    for question in asked:
        for name, sums, words in list_steps(question, TEXT):
            worked_out, value = sums.split(" = ")
            assert abs(eval(worked_out) - float(value)) < 0.006, question
            assert (words == "") == (name == f"stride {question.answer[0]}"), question
    assert "(12 + 1 + 2 - 5)/3 + 1 = 4.33" in [sums for _, sums, _ in list_steps(asked[-1], TEXT)]
