"""Wrong answers: each is one, and comes about as its slip says."""

from __future__ import annotations

import pytest

import cnnspec
from tests.quiz.quizzes import TEXTS, all_of, draw, drawn


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


# A spec, a kind of question about its last layer, and all slips that lead to another answer.
SLIPS = [
    ("input 28x28x3\nconv(8, 5x5, dilation=2)", "size", {
        "+ 1 forgotten": (19, 19, 8), "kernel forgotten": (28, 28, 8), "dilation forgotten": (24, 24, 8), "channels kept": (20, 20, 3),
        "channels multiplied": (20, 20, 24),
    }),
    ("input 8x8x6\nmaxpool(2x2)", "size", {
        "+ 1 forgotten": (3, 3, 6), "stride forgotten": (7, 7, 6), "channels pooled too": (4, 4, 3), "channels added up": (4, 4, 1),
    }),
    ("input 4x5x6\nflatten", "size", {
        "channels forgotten": (20,), "one axis forgotten": (24,), "mean over the map": (6,), "sizes added up": (15,),
    }),
    ("input 10x10x4\nconv(8, 3x3, stride=2, padding=1)", "macs", {
        "positions forgotten": (288,), "positions of the input": (28_800,), "channels forgotten": (1_800,), "filters forgotten": (900,),
        "kernel's side counted once": (2_400,), "FLOPs": (14_400,), "bias counted": (7_400,),
    }),
    ("input 5x5x4\nconv(6, 5x5, groups=2)", "macs", {
        "positions of the input": (7_500,), "channels forgotten": (150,), "groups forgotten": (600,), "filters forgotten": (50,),
        "kernel's side counted once": (60,), "bias counted": (306,),
    }),
    ("input 50x4\nconv(8, 5, stride=3) -> maxpool(2) -> conv(8, 3, dilation=2)", "field", {
        "strides forgotten": (10,), "kernels added up": (12,), "pools forgotten": (17,), "own stride counted": (43,),
        "last layer forgotten": (8,), "this layer alone": (5,), "dilation forgotten": (20,),
    }),
    ("input 12x12x3\nconv(4, 5x5, stride=3)", "stride", {
        "rounded up": (0,), "missing, not left over": (2,), "stride taken for it": (3,),
    }),
    ("input 12x12x3\nconv(4, 5x5, stride=3, padding=2)", "stride", {
        "padding counted": (2,), "padding forgotten": (1,), "stride taken for it": (3,),
    }),
    ("input 5x5x4\nbn", "parameters", {
        "moving averages forgotten": (8,), "one value for each channel": (4,), "counted at every position": (400,),
    }),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "slips"), SLIPS)
def test_slips_lead_where_they_say(text: str, kind: str, slips: dict[str, tuple[int, ...]]) -> None:
    asked = [q for q in all_of(text).questions if q.kind == kind and q.layer and not q.closed]
    question = max(asked, key=lambda q: len(q.spec))
    assert {slip.name: slip.answer for slip in question.slips} == slips


def find_size_slips(text: str) -> dict[str, tuple[int, ...]]:
    (question,) = draw(text, ("size",)).questions
    return {slip.name: slip.answer for slip in question.slips}


FALSE = [
    ("conv(4, 3x3, bias=false)", "macs", "bias counted"),
    ("conv(4, 3x3, trainable=false)", "parameters", "moving averages forgotten"),
    ("conv(4, 3x3, spectral_norm=1)", "parameters", "moving averages only"),
    ("conv(4, 3x3, spectral_norm=1)", "parameters", "kernel forgotten"),
    ("depthwise_conv(3x3, spectral_norm=1)", "parameters", "ordinary convolution"),
    ("conv(4, 3x3, gain=true)", "parameters", "channels forgotten"),
]


@pytest.mark.parametrize(("layer", "kind", "name"), FALSE)
def test_no_slip_speaks_of_what_the_layer_has_not(layer: str, kind: str, name: str) -> None:
    net = cnnspec.loads(f"input 8x8x3\n{layer}\nrelu\nconv(8, 3x3)\n")
    slips = {
        slip.name
        for question in cnnspec.quiz(net, kinds=[kind]).questions
        if question.layer != "conv2"
        for slip in question.slips
    }
    assert slips and name not in slips
