"""Questions answered again by others: Keras, brute force, an independent reader of GIFT; and what a quiz promises."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from math import prod
from pathlib import Path

import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.layers import CATALOGUE
from cnnspec.quiz import find_quiz
from cnnspec.quiz.kinds import KINDS
from cnnspec.quiz.question import NoQuiz, Question, Quiz, show_answer
from cnnspec.quiz.replies import read_reply
from tests.example_files import EXAMPLES
from tests.quiz.gift_reader import read_gift
from tests.support import THOROUGH, unwrap

MNIST = EXAMPLES / "lectures" / "lecture4_mnist.cnn"
MANY = "input 20x20x6\nconv(8, 5x5, stride=2, padding=2) -> bn -> relu\ndepthwise_conv(3x3, padding=1) -> conv(16, 3x3, groups=4)\nseparable_conv(12, 3x3)\navgpool(3x3, stride=2)\nflatten -> dense(10)\n"
LINE = "input 50x4\nconv(8, 5, stride=3) -> maxpool(2) -> conv(8, 3, dilation=2)\ngap -> dense(3)\n"
SOLID = "input 9x9x9x2\nconv(4, 3x3x3, stride=2) -> maxpool(2x2x2)\nflatten -> dense(5, bias=false)\n"
TEXTS = (MNIST.read_text(encoding="utf-8"), MANY, LINE, SOLID)


def draw(
    text: str, kinds: tuple[str, ...] = (), count: int | None = None, seed: int = 1, variant: bool = False
) -> Quiz:
    return find_quiz(cnnspec.loads(text, name="net.cnn").analysed, kinds, count, seed, variant)


@cache
def all_of(text: str, seed: int = 1, variant: bool = False) -> Quiz:
    """Every question that there is."""
    return draw(text, (), draw(text, (), None, seed, variant).available, seed, variant)


def drawn() -> Iterator[Question]:
    """Some dozens of questions of networks and variants; over a thousand in the thorough profile."""
    for text in TEXTS:
        yield from all_of(text).questions
        for seed in range(12 if THOROUGH else 1):
            yield from all_of(text, seed, True).questions


# ---- right answers -----------------------------------------------------------------------------------------------
def answer_by_keras(question: Question) -> tuple[int, ...]:
    """The answer to a question about sizes and parameters: the Keras model of the layers that the question shows."""
    import keras

    if THOROUGH:
        keras.backend.clear_session()
    model = cnnspec.loads("\n".join(question.spec)).to_keras()
    return (model.count_params(),) if question.kind == "parameters" else tuple(model.output_shape[1:])


def answer_by_counting(question: Question) -> tuple[int, ...]:
    """The answer to the other questions: positions are marked, windows laid down one by one. Sizes come from the text that
    the question shows, by this test's own reading of it."""
    shape, layers = read_spec(question.spec)
    if question.kind == "field":
        return tuple([count_seen(layers, axis) for axis in range(len(shape) - 1)])
    _, window = layers[-1]
    if question.kind == "stride" and question.closed:
        fitting = [
            s for s in range(2, 9) if all(ends(n, w.with_stride(s)) for n, w in zip(shape, window, strict=False))
        ]
        return question.answer if question.answer[0] in fitting else ()
    if question.kind == "stride":
        return (count_uncovered(shape[0], window[0]),)
    raise AssertionError(question.kind)


class Axis:
    """A window along one axis, read from a line of a spec."""

    def __init__(self, kernel: int, stride: int, dilation: int, padding: str) -> None:
        self.taps = [dilation * i for i in range(kernel)]
        self.stride, self.padding = stride, padding

    def with_stride(self, stride: int) -> Axis:
        made = Axis(1, stride, 1, self.padding)
        made.taps = self.taps
        return made

    def sides(self, n: int) -> tuple[int, int]:
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            outputs = -(-n // self.stride)
            both = max(0, (outputs - 1) * self.stride + self.taps[-1] + 1 - n)
            return both // 2, both - both // 2
        return int(self.padding), int(self.padding)

    def places(self, n: int) -> list[list[int]]:
        """What each position of the output reads, padding included."""
        before, after = self.sides(n)
        starts = range(-before, n + after - self.taps[-1], self.stride)
        return [[start + tap for tap in self.taps] for start in starts]


def read_spec(lines: tuple[str, ...]) -> tuple[list[int], list[tuple[str, list[Axis]]]]:
    """The sizes of the input (40 for an unknown one), and the windows of each layer that has some."""
    shape = [int(n) if n.isdecimal() else 40 for n in lines[0].removeprefix("input ").split("x")]
    rank, found = len(shape) - 1, []
    for line in lines[1:]:
        kernel = re.search(r"\((?:\d+, )?(?:kernel=)?(\d+(?:x\d+)*)[,)]", line)
        if kernel and "stride=" in line:
            sizes = [int(n) for n in kernel[1].split("x")]
            stride = int(re.search(r"stride=(\d+)", line)[1])  # type: ignore[index]
            dilation = re.search(r"dilation=(\d+)", line)
            padding = re.search(r"padding=(\w+)", line)[1]  # type: ignore[index]
            found.append(
                (
                    line,
                    [
                        Axis(k, stride, int(dilation[1]) if dilation else 1, padding)
                        for k in sizes * (1 if len(sizes) > 1 else rank)
                    ],
                )
            )
    return shape, found


def count_seen(layers: list[tuple[str, list[Axis]]], axis: int) -> int:
    """How many positions of a long line lie from the first to the last that one position of the last layer depends on."""
    seen = {0}
    for _, windows in reversed(layers):
        window = windows[axis]
        seen = {position * window.stride + tap for position in seen for tap in window.taps}
    return max(seen) - min(seen) + 1


def count_uncovered(n: int, window: Axis) -> int:
    read = {position for place in window.places(n) for position in range(min(place), max(place) + 1)}
    return len([position for position in range(n) if position not in read])


def ends(n: int, window: Axis) -> bool:
    """Whether the last window ends where the padded input does."""
    return window.places(n)[-1][-1] == n - 1 + window.sides(n)[1]


def count_macs(question: Question) -> int:
    """Multiplications of a convolution or a dense layer, window by window and filter by filter."""
    shape, layers = read_spec(question.spec)
    filters = int(re.search(r"\((\d+)", question.spec[1])[1])  # type: ignore[index]
    groups = re.search(r"groups=(\d+)", question.spec[1])
    total = 0
    if not layers:
        return shape[-1] * filters * prod(shape[:-1])
    places = [window.places(n) for window, n in zip(layers[-1][1], shape, strict=False)]
    for _ in range(prod(map(len, places))):
        total += (
            filters
            * prod(len(window.taps) for window in layers[-1][1])
            * shape[-1]
            // (int(groups[1]) if groups else 1)
        )
    return total


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


# ---- wrong answers -----------------------------------------------------------------------------------------------
def test_every_wrong_answer_is_one_and_carries_its_slip() -> None:
    for question in drawn():
        answers = [option.answer for option in question.options]
        assert len(set(answers)) == len(answers) == len({option.text for option in question.options}) >= 3, question
        assert [option.answer for option in question.options if option.slip is None] == [question.answer]
        for option in question.options:
            assert option.slip is None or option.slip in question.slips and option.slip.answer == option.answer
        for slip in question.slips:
            assert slip.answer != question.answer and len(slip.answer) == len(question.answer), question
            assert slip.name and slip.says.endswith(".") and slip.says[0] in "(ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        assert question.solution and question.asks.endswith("?")


def test_known_slips_lead_where_students_land() -> None:
    """The board's examples: 28x28x1 behind conv(32, 3x3) and the parameters of conv2."""
    slips = {(q.kind, q.layer): {s.name: s.answer for s in q.slips} for q in all_of(TEXTS[0]).questions if not q.closed}
    assert slips["size", "conv1"]["+ 1 forgotten"] == (25, 25, 32)
    assert slips["parameters", "conv2"] == {
        "bias forgotten": (18_432,), "bias counted once": (18_433,), "channels forgotten": (640,), "kernel's side counted once": (6_208,),
        "filters forgotten": (289,), "bias for each channel": (20_480,), "counted at every position": (18_496 * 121,),
    }  # fmt: skip
    assert slips["parameters", "maxpool1"]["pool given a kernel for each channel"] == (128,)
    assert slips["field", "conv3"]["strides forgotten"] == (9, 9) and slips["field", "conv3"]["kernels added up"] == (
        13,
        13,
    )
    assert slips["macs", "conv1"]["FLOPs"] == (2 * 26 * 26 * 32 * 9,)
    padded = find_size_slips("input 28x28x3\nconv(8, 5x5, padding=2)\n")
    assert padded["padding counted once"] == (26, 26, 8) and padded["padding forgotten"] == (24, 24, 8)
    assert padded["+ 1 forgotten"] == (27, 27, 8) and padded["channels kept"] == (28, 28, 3)
    strided = find_size_slips("input 28x28x3\nconv(8, 5x5, stride=2)\n")
    assert strided["rounded up"] == (13, 13, 8) and strided["stride forgotten"] == (24, 24, 8)


def find_size_slips(text: str) -> dict[str, tuple[int, ...]]:
    (question,) = draw(text, ("size",)).questions
    return {slip.name: slip.answer for slip in question.slips}


# ---- drawing -----------------------------------------------------------------------------------------------------
def test_the_same_seed_draws_the_same_quiz_everywhere() -> None:
    """The digest was taken once: another machine, another Python, another hash seed has to have it too."""
    quizzes = [draw(text, seed=7, variant=variant) for text in TEXTS for variant in (False, True)]
    said = [(q.spec, q.asks, [option.text for option in q.options]) for quiz in quizzes for q in quiz.questions]
    assert hashlib.sha256(repr(said).encode()).hexdigest()[:16] == "809fc7a7a924f729"
    assert draw(MANY, seed=1).questions != draw(MANY, seed=2).questions


def test_a_variant_is_another_network_and_legal() -> None:
    for seed in range(40 if THOROUGH else 5):
        for text in TEXTS:
            made, before = draw(text, seed=seed, variant=True).network.graph, cnnspec.loads(text).analysed.graph
            assert [type(node.layer) for node in made.nodes] == [type(node.layer) for node in before.nodes]
            assert [(n.layer, n.shape) for n in made.nodes] != [(n.layer, n.shape) for n in before.nodes]
            assert made.nodes[-1].shape == before.nodes[-1].shape or text == TEXTS[0]


def test_a_kernel_that_is_written_down_stays() -> None:
    sharpen = "kernel_values=[[0, -1, 0], [-1, 5, -1], [0, -1, 0]]"
    for seed in range(5):
        made = draw(
            f"input 9x9x1\nconv(1, 3x3, bias=false, {sharpen})\nconv(4, 3x3)\n", seed=seed, variant=True
        ).network
        assert f"conv(1, 3x3, bias=false, {sharpen})" in made.source.text and not made.broken


def test_kinds_take_turns() -> None:
    assert [question.kind for question in draw(MANY, count=10).questions] == [*KINDS] * 2
    assert {question.kind for question in draw(MANY, ("field", "size", "field")).questions} == {"field", "size"}


@pytest.mark.parametrize(
    ("text", "asked", "sentence"),
    [
        (MANY, {"count": 500}, "questions of these kinds, not 500: ask for fewer"),
        (MANY, {"kinds": ("sizes",)}, 'no kind of question is called "sizes"; did you mean "size"?'),
        (MANY, {"kinds": ("weights",)}, "there are size, parameters, macs, field, stride"),
        ("input 8x8x3\nrelu\n", {}, "net.cnn has no layers of known sizes that a question could be asked about"),
        ("input 8x8x3\n", {"kinds": ("macs",)}, "that a question of macs could be asked about"),
        ("input ?x?x3\nconv(8, 3x3)\n", {"kinds": ("size",)}, "has no layers of known sizes"),
        ("input 8x8x3\nconv(8, 9x9)\n", {}, "net.cnn has mistakes: mend them first"),
    ],
)
def test_what_cannot_be_asked_is_said(text: str, asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(NoQuiz, match=re.escape(sentence)):
        draw(text, **asked)  # type: ignore[arg-type]


def test_unknown_sizes_leave_what_can_be_asked() -> None:
    text = "input ?x?x3\nconv(8, 3x3, stride=2, padding=same) -> maxpool(2x2) -> conv(4, 3x3)\n"
    assert {(q.kind, q.layer): q.answer for q in all_of(text).questions} == {
        ("parameters", "conv1"): (224,), ("parameters", "conv2"): (292,), ("parameters", "maxpool1"): (0,), ("parameters", ""): (516,),
        ("field", "maxpool1"): (5, 5), ("field", "conv2"): (13, 13),
    }  # fmt: skip


# ---- forms -------------------------------------------------------------------------------------------------------
def test_gift_is_read_back() -> None:
    for text in (*TEXTS, "model a { input 9x9x3 -> conv(3, 3x3) as b }\n"):
        quiz = all_of(text)
        from cnnspec.quiz.gift import write_gift

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


def test_a_layer_with_hostile_words_stays_one_question() -> None:
    from cnnspec.quiz.gift import write_gift

    text = "input 9x9x3\nconv(3, 3x3, kernel_initializer='a~=#{}:\\\\<b>')\n"
    network = cnnspec.loads(text, name="~=#{}:\\n<b>.cnn").analysed
    if not network.broken:
        assert read_gift(write_gift(find_quiz(network)))


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_solutions_stand_where_they_are_asked_for(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for more in ((), ("--solutions",)):
        assert main(["quiz", str(MNIST), "--kinds", "parameters", "--count", "8", "--format", form, *more]) == 0
        shown.append(capsys.readouterr().out)
    sums = r"3 \cdot 3 \cdot 32 + 1 \right) \cdot 64 = 18{,}496" if form == "latex" else "(3*3*32 + 1)*64 = 18,496"
    assert [sums in text for text in shown] == [False, True] and "http" not in shown[1]
    assert ["bias forgotten" in text or "bias counted once" in text for text in shown] == [False, True]


# ---- asking ------------------------------------------------------------------------------------------------------
def type_answers(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))


def find_question(layer: str, kind: str) -> Question:
    return next(q for q in all_of(TEXTS[0]).questions if (q.kind, q.layer) == (kind, layer) and not q.closed)


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


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("- --ask", "--ask reads the answers from stdin: give the network as a file"),
        ("FILE --ask --format gift", "--ask asks in the terminal: leave --format gift out"),
        ("FILE --ask --solutions", "leave --solutions out"),
        ("FILE --count 0", "--count must be a whole number from 1"),
        ("FILE --seed -1", "--seed must be a whole number from 0"),
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
    with pytest.raises(ValueError, match="count must be"):
        cnnspec.quiz(net, 0)
