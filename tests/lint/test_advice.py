"""Advice that is taken: what a help says to write is written, and its finding goes and no other comes.

The cases are in advice/*.md: a spec, and for a finding of it the code and what its help must offer, each alternative
on a line of its own. Codes behind the word cnn are rules to be asked beside those of default.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from cnnspec.base.diagnostic import Diagnostic
from tests.lint.advising import Advised
from tests.support import THOROUGH

FOLDER = Path(__file__).parent / "advice"
CASE = re.compile(r"^## (.+?)\n+```cnn([ A-Z0-9]*)\n(.*?)^```\n+```\n(.*?)^```", re.M | re.S)


def cases() -> list[object]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = CASE.findall(text)
        assert len(matches) == len(re.findall("^## ", text, re.M)), f"a case of {path.name} is not of the form"
        found += [pytest.param(codes.split(), *rest, id=f"{path.stem}: {title}") for title, codes, *rest in matches]
    return found


@pytest.mark.parametrize(("codes", "spec", "expected"), cases())
def test_advice_clears_its_finding(codes: list[str], spec: str, expected: str) -> None:
    code, *offered = expected.splitlines()
    advised = Advised(spec, codes)
    found = advised.find(code)
    taken = advised.taken(found)
    assert [words for words, _ in taken] == offered, found.help
    before = Counter(d.code for d in advised.findings) - Counter([code])
    for words, after in taken:
        assert not Counter(d.code for d in after) - before, (words, [f"{d.code} {d.message}" for d in after])


# ---- situations that are made up ---------------------------------------------------------------------------
SIDES = {1: "{}", 2: "{}x{}", 3: "{}x{}x{}"}
FAULTS = {
    "E101": ["conv(8, {k}, stride={s})", "conv(8, {k}, padding=1)", "conv(8, 3, dilation={k})", "maxpool({k}, stride={s})",
             "avgpool({k})", "conv(8, {k}, groups={g})"],
    "E102": ["add(conv({g}, 1, activation=relu), conv(6, 1, activation=relu))", "add(in, conv({k}, 1, activation=relu))",
             "average(conv(4, 3, padding=same), conv({k}, 3, padding=same))", "add(conv(5, 1, groups=1), maxpool(1) -> relu)"],
    "E103": ["conv({k}, 1, groups={g})", "conv(12, 3, padding=same, groups={k})", "conv(7, 1, groups={s})", "group_norm({k})",
             "channel_shuffle({k})"],
    "E104": ["conv(8, 2, stride={s}, dilation=2)", "conv(8, 3, stride=2, dilation={s}, padding=same)",
             "conv_transpose(8, 3, stride={s}, dilation=2)", "conv_transpose(8, 2, stride=2, dilation={s}, padding=same)"],
    "E106": ["conv(8, {other})", "maxpool({other}, stride={other})",
             "upsample({other})", "conv_transpose(8, {other}, stride={other})"],
    "E107": ["flatten -> dense({k})", "prelu", "layer_norm(axis=1)", "bn(axis=1)"],
    "E108": ["conv_transpose(8, {k}, stride={s}, output_padding={k})", "conv_transpose(8, {s}, stride={s}, padding=same, output_padding={k})",
             "conv_transpose(8, {k}, output_padding=1)"],
    "E109": ["maxpool({s}, padding={k})", "avgpool({s}, stride=1, padding={s})", "maxpool({s}, stride={k}, padding={k})"],
    "E110": ["flatten -> reshape({k}x{s}x{g})", "flatten -> reshape({k}x{s})"],
    "E116": ["depthwise_conv(1, multiplier={s})", "separable_conv({k}, 1)"],
}  # fmt: skip


def situations() -> list[tuple[str, str]]:
    """Networks of one, two and three spatial axes, of many sizes, in which one thing of a kind may be wrong."""
    random, made = Random(20), []
    for code, layers in FAULTS.items():
        for rank in (1, 2, 3):
            for layer in layers * (6 if THOROUGH else 4):
                sizes = ["?"] * rank if code == "E107" else [random.randint(2, 7) for _ in range(rank)]
                space = SIDES[rank].format(*sizes)
                other = "x".join(["2"] * random.choice([r for r in (2, 3) if r != rank]))
                values = {"k": random.randint(3, 9), "s": random.randint(2, 3), "g": random.choice([2, 3, 4])}
                before = random.choice(["", "relu -> ", "conv(4, 1, activation=relu) -> "])
                made.append((code, f"input {space}x4\n{before}{layer.format(**values, other=other)}\n"))
    return list(dict.fromkeys(made))


def is_grave(found: Diagnostic) -> bool:
    """Whether a network is illegal, or becomes no Keras model."""
    return found.severity == "error" or found.code in ("E104", "E116")


def test_advice_holds_wherever_an_error_of_shape_is_found() -> None:
    seen: Counter[str] = Counter()
    for code, spec in situations():
        advised = Advised(spec)
        errors = {d.code for d in advised.findings if is_grave(d)}
        if errors != {code}:
            continue
        found = advised.find(code)
        taken = advised.taken(found)
        for words, after in taken:
            left = [f"{d.code} {d.message}" for d in after if is_grave(d)]
            assert not left, (spec, found.message, words, left)
        seen[code] += bool(taken)
    assert all(seen[code] >= LEAST for code in FAULTS), seen


LEAST = 6  # situations of an error in which its help proposes something

# ---- sizes that merges agree for: none too small -----------------------------------------------------------
CONV = "conv(4, 3x3, activation=relu)"
AGREEING = {
    "a skip": "add(in, maxpool(2x2) -> upsample(2))",
    "behind convolutions": "conv(4, 5x5, activation=relu) -> conv(4, 5x5, activation=relu)\nadd(in, maxpool(2x2) -> upsample(2))",
    "a convolution inside": f"concat(crop(2), maxpool(2x2) -> {CONV} -> upsample(2))",
    "two levels": f"concat(crop(3), {CONV} -> maxpool(2x2) -> conv(4, 3x3, activation=relu) -> maxpool(2x2) -> upsample(4) -> crop(0))",
    "a stride": "conv(4, 9x9, stride=4, activation=relu)\nadd(in, maxpool(2x2) -> upsample(2))",
    "what follows": "add(in, maxpool(2x2) -> upsample(2)) -> conv(4, 7x7, activation=relu) -> conv(4, 7x7, activation=relu)",
    "half a map": "add(in, conv(4, 3x3, stride=4, padding=same, activation=relu) -> upsample(4)) -> maxpool(16x16)",
}
OFFERED = re.compile(r"for these S: (.*)")


@pytest.mark.parametrize("layers", AGREEING.values(), ids=AGREEING)
def test_every_size_that_is_offered_is_legal(layers: str) -> None:
    """What E115 says of a square input is what comes of trying every size."""
    asked = Advised(f"input SxSx4\n{layers}\n").findings
    told = next(d.message for d in asked if d.code == "E115")
    (words,) = OFFERED.findall(told)
    legal = [
        n
        for n in range(1, 80)
        if not any(d.severity == "error" for d in Advised(f"input {n}x{n}x4\n{layers}\n").findings)
    ]
    known = [n for n in legal if n < 70]
    if many := re.fullmatch(r"multiples of (\d+)(?: from (\d+))?", words):
        period, first = int(many[1]), int(many[2] or many[1])
        assert known == list(range(first, 70, period))
    else:
        listed = [int(n) for n in words.rpartition(": ")[2].removesuffix(", …").split(", ")]
        assert known[: len(listed)] == listed
