"""What a quiz is drawn from: its seed, its kinds, a variant of its network; and what cannot be asked."""

from __future__ import annotations

import hashlib
import re
from random import Random

import pytest

import cnnspec
from cnnspec.quiz.kinds import KINDS
from cnnspec.quiz.question import NoQuiz
from cnnspec.quiz.variants import make_variant
from tests.quiz.quizzes import MANY, TEXTS, all_of, draw
from tests.support import THOROUGH

FIGURES = ("size", "parameters", "macs", "field", "stride")  # kinds that are about no numbers of the seed


def test_the_same_seed_draws_the_same_quiz_everywhere() -> None:
    """The digest was taken once: another machine, another Python, another hash seed has to have it too."""
    quizzes = [draw(text, FIGURES, seed=7, variant=variant) for text in TEXTS for variant in (False, True)]
    said = [(q.spec, q.asks, [option.text for option in q.options]) for quiz in quizzes for q in quiz.questions]
    assert hashlib.sha256(repr(said).encode()).hexdigest()[:16] == "2a8e44ee5b741897"
    assert draw(MANY, seed=1).questions != draw(MANY, seed=2).questions


def test_a_variant_is_another_network_and_legal() -> None:
    for seed in range(40 if THOROUGH else 5):
        for text in TEXTS:
            made, before = draw(text, seed=seed, variant=True).network.graph, cnnspec.loads(text).analysed.graph
            assert [node.name for node in made.nodes] == [node.name for node in before.nodes]
            assert [type(node.layer) for node in made.nodes] == [type(node.layer) for node in before.nodes]
            assert [(n.layer, n.shape) for n in made.nodes] != [(n.layer, n.shape) for n in before.nodes]
            assert made.nodes[-1].shape == before.nodes[-1].shape or text == TEXTS[0]


@pytest.mark.parametrize("text", ["input 4\ndense(1) -> dense(2)", "input 7x7x1\nconv(1, 7x7) -> flatten"])
def test_a_variant_differs_where_little_can(text: str) -> None:
    for seed in range(10):
        before = cnnspec.loads(text).analysed
        made = make_variant(before, Random(seed))
        assert [(n.layer, n.shape) for n in made.graph.nodes] != [(n.layer, n.shape) for n in before.graph.nodes]


SHARPEN = "conv(1, 3x3, bias=false, kernel_values=[[0, -1, 0], [-1, 5, -1], [0, -1, 0]])"
STAYING = [
    ("input 9x9x3\nconv(4, 3x3) as stem -> conv(2, 3x3)\n", " as stem"),
    (f"input 9x9x1\n{SHARPEN}\nconv(4, 3x3)\n", SHARPEN),
    (
        "input 9x9x3\nshared twice = conv(3, 3x3, padding=same)\ntwice -> twice -> conv(4, 3x3) -> gap\n",
        "shared conv1 = conv(3, 3x3, padding=same)",
    ),
]


@pytest.mark.parametrize(("text", "staying"), STAYING)
def test_names_written_kernels_and_shared_layers_stay(text: str, staying: str) -> None:
    for seed in range(5):
        made = draw(text, seed=seed, variant=True).network
        assert staying in made.source.text and not made.broken


def test_layers_that_differ_in_their_stride_alone_ask_which_stride_fits_once() -> None:
    twins = "input x 9x9x3\nconcat(x -> conv(4, 3x3) -> flatten, x -> conv(4, 3x3, stride=2) -> flatten)\n"
    asked = [(q.spec[1].partition(" as ")[0], q.answer) for q in all_of(twins).questions if q.closed]
    assert len(set(asked)) == len(asked) == 3


def test_kinds_take_turns() -> None:
    assert [question.kind for question in draw(MANY, count=12).questions] == [*KINDS] * 2
    twice = draw(MANY, ("field", "size", "field"))
    assert {question.kind for question in twice.questions} == {"field", "size"}
    assert twice.available == draw(MANY, ("field", "size")).available


@pytest.mark.parametrize(
    ("text", "asked", "sentence"),
    [
        (MANY, {"count": 500}, "questions of these kinds, not 500: ask for fewer"),
        (MANY, {"kinds": ("sizes",)}, 'no kind of question is called "sizes"; did you mean "size"?'),
        (MANY, {"kinds": ("weights",)}, "there are size, parameters, macs, field, stride, values"),
        ("input 8x8x3\nsigmoid\n", {}, "net.cnn has no layers of known sizes that a question could be asked about"),
        ('input 8x8x3\nopaque("fft", 192)\n', {}, "has no layers of known sizes"),
        ("input 8x8x3\n", {"kinds": ("macs",)}, "that a question of macs could be asked about"),
        ("input ?x?x3\nconv(8, 3x3)\n", {"kinds": ("size",)}, "has no layers of known sizes"),
        ("input 8x8x3\nconv(8, 9x9)\n", {}, "net.cnn has mistakes: mend them first"),
    ],
)
def test_what_cannot_be_asked_is_said(text: str, asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(NoQuiz, match=re.escape(sentence)):
        draw(text, **asked)  # type: ignore[arg-type]


def test_a_layer_that_is_used_twice_is_asked_about_at_its_first_use() -> None:
    text = "input a 9x9x2\ninput b 7x7x2\nshared tower = conv(3, 3x3, stride=2)\nconcat(a -> tower -> gap, b -> tower -> gap)\n"
    assert {question.layer for question in all_of(text).questions} == {"conv1", "gap1", "gap2"}


def test_a_layer_whose_text_is_too_long_to_show_is_not_asked_about() -> None:
    values = [[row / 7 + column for column in range(7)] for row in range(7)]
    text = f"input 9x9x1\nconv(1, 7x7, kernel_values={values})\nconv(2, 2x2)\n"
    assert {question.layer for question in all_of(text).questions} == {"conv2"}
