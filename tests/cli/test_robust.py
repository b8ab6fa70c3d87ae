"""Any bytes at all are answered, with sentences: no exception, no hang, no message that needs a programmer.

Everything that a check and a summary do with a text is done here: decode, parse, elaborate, analyse, apply the rules,
show every finding, make the table.
"""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.source_files import decode_source
from cnnspec.findings.json import write_data
from cnnspec.findings.text import show_diagnostic
from cnnspec.format import format_source
from cnnspec.layers import CATALOGUE, list_spellings
from cnnspec.lint.index import NAMES
from cnnspec.pipeline import Analysis, analyse
from cnnspec.summary import find_summary
from cnnspec.summary.json import write_data as write_summary
from cnnspec.summary.report import make_report
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.mistakes import MISTAKES
from cnnspec.tables.report import write_report
from tests.cli.hostile_texts import HOSTILE
from tests.example_files import EXAMPLES as FOLDER
from tests.support import cases

SECONDS = 60  # of processor time: more than the slowest machine takes for any of these texts, and less than a hang
EXAMPLES = sorted(FOLDER.rglob("*.cnn"))


class Hang(Exception):
    """A text took too long."""


@contextlib.contextmanager
def limit(seconds: float = SECONDS) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def answer(data: bytes | str, name: str = "/nonexistent/net.cnn", most: int = 20_000) -> tuple[Diagnostic, ...]:
    """What cnnspec says of a text, each sentence of it checked. `most` bounds the layers."""
    with limit():
        source = decode_source(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"), name)
        if isinstance(source, Diagnostic):
            clear(source)
            return (source,)
        analysis: Analysis = analyse(source, max_layers=most)
        for found in analysis.diagnostics:
            clear(found)
            assert show_diagnostic(found)
            assert write_data(found, name)
        for network in analysis.networks:
            if len(network.graph.nodes) < 500:
                assert write_report(make_report(network, find_summary(network)), "markdown")
                assert write_summary(network, find_summary(network))
        return analysis.diagnostics


def clear(found: Diagnostic) -> None:
    """One readable sentence, at a place that is in the text, and what to do."""
    for sentence in (found.message, found.help, *[note.message for note in found.notes]):
        assert "\n" not in sentence and len(sentence) <= 400, sentence[:500]
        assert not re.search(r"Traceback|Error\b|Exception|<class|<function|object at 0x|\bcnnspec\.\w", sentence), (
            sentence
        )
        assert not re.search(r"\bUNKNOWN\b|\b(Term|Size|Tensor|Closure|Node|Bad)\(", sentence), sentence
    assert found.message and not found.message.endswith((".", " ", ":")), found.message
    assert found.code in NAMES and found.name
    for span in [found.span, *[note.span for note in found.notes]]:
        if span is not None:
            assert 0 <= span.start <= span.end <= len(span.source.text), (span.start, span.end)
            assert span.source.position(span.start)[0] >= 1


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [d.code for d in found]


# ---- whatever ----------------------------------------------------------------------------------------------
@cases(2)
@given(st.text())
def test_any_text(text: str) -> None:
    answer(text)


@cases(2)
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    answer(data)


TOKENS = [
    *KEYWORDS, *list_spellings(), "conv", "conv", "input 8x8x3\n", "input ?x?x1\n", "input 4\n", "input a 5x5x2\n", "x", "y", "f", "e1",
    "->", "->", "=>", "*", "*", "/", "//", "%", "+", "-", "^", "==", "!=", "<=", "<", ">", "=", "..", ".", ",", ",", "(", ")", "(", ")",
    "[", "]", "{", "}", "{", "}", "\n", "\n", ";", "3", "0", "1", "2", "8", "-1", "0.5", "1e-3", "5M", "32k", "999999999999999999", "3x3",
    "?x?x3", "?", "0x0", "1x2x3x4", '"same"', "'relu'", '"../x.cnn"', "same", "valid", "causal", "filters=4", "kernel=", "stride=2",
    "padding=", "dilation=2", "groups=2", "axis=", "activation=relu", "bias=false", "he_normal", "l2(0.1)", "in.channels", "in.height",
    "in.shape", "len", "max", "min", "Sequential", "keras.layers.Conv2D", "tf", "layers.", "# note\n", "\\\n", "$", "→", "\u2028", "\t", "\x0c",
    "none", "None", "block f(x) {", "block g {", "model M(n=2) {", "for i in 1..3 {", "for a, b in [(1, 2)] {", "if in.channels == 3 {",
    "} else {", "train { epochs = 3 }", "expect params < 5M", "expect(3x3x4)", "use", "output", "shared s =", "as", "f(3)", "f(f)",
]  # fmt: skip


@cases(4)
@given(st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from([" ", " ", " ", "", "\n"])), max_size=40))
def test_any_tokens(tokens: list[tuple[str, str]]) -> None:
    answer("".join(token + space for token, space in tokens))


SPECS = [
    *[path.read_text(encoding="utf-8") for path in EXAMPLES if path.stat().st_size < 3000],
    *[text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)],
    """block cbr(filters, kernel, stride=1) {
  conv(filters, kernel, stride, padding=same, bias=false) -> bn -> relu
}
block bottleneck(filters, stride=1) {
  add(
    cbr(filters, 1x1, stride) -> cbr(filters, 3x3) -> conv(4 * filters, 1x1) -> bn,
    in if in.channels == 4 * filters and stride == 1 else conv(4 * filters, 1x1, stride) -> bn,
  ) -> relu
}
model Net(blocks = [1, 2], classes = 10) {
  input image 32x32x3
  for i in 0..1 {
    bottleneck(8 * 2^i, stride = 1 if i == 0 else 2)
    bottleneck(8 * 2^i) * (blocks[i] - 1)
  }
  gap -> dense(classes, softmax)
  expect params < 26M, macs < 4.2G, receptive_field >= 4
}
train {
  data = digits
  optimizer = adam(learning_rate=0.001)
  callbacks = [early_stopping(monitor="val_loss", patience=3), csv_logger("log.csv")]
}
""",
    """block double(f) { (conv(f, 3x3, padding=same) -> bn -> relu) * 2 }
block up(f, skip) { conv_transpose(f, 2x2, stride=2) -> concat(in, skip) -> double(f) }
model UNet(width = 4, classes = 2) {
  input ?x?x1
  double(width) as e1
  maxpool(2x2) -> double(2*width) as e2
  maxpool(2x2) -> double(4*width)
  up(2*width, e2) -> up(width, e1)
  conv(classes, 1x1) as logits
}
""",
    """input a 16x16x3
input b 16x16x3
shared tower = conv(4, 3x3) -> bn -> relu -> gap
x = tower(a)
for t, c, n, s in [(1, 16, 1, 1), (6, 24, 2, 2)] { dense(c * n) }
if x.channels == 4 { relu } else { tanh }
subtract(tower(a), tower(b)) as d
concat(in, [d, x]) -> dense(1, sigmoid) as score
output score, d
""",
]


@st.composite
def mutated(draw: Any) -> str:
    """A valid file with a few things in it removed, doubled, swapped or put in."""
    text: str = draw(st.sampled_from(SPECS))
    for _ in range(draw(st.integers(1, 4))):
        words = [m.span() for m in re.finditer(r"\w+|[^\w\s]|\n", text)]
        if not words:
            return text
        start, end = draw(st.sampled_from(words))
        other = draw(st.sampled_from(words))
        way = draw(st.integers(0, 5))
        if way == 0:
            text = text[:start] + text[end:]
        elif way == 1:
            text = text[:end] + " " + text[start:end] + text[end:]
        elif way == 2:
            text = text[:start] + draw(st.sampled_from(TOKENS)) + text[end:]
        elif way == 3:
            text = text[:start] + text[other[0] : other[1]] + text[end:]
        elif way == 4:
            text = text[:start] + draw(st.text(max_size=3)) + text[start:]
        else:
            text = text[: max(start, other[0])]
    return text


@cases(6)
@given(mutated())
def test_a_mutated_file(text: str) -> None:
    answer(text)


@pytest.mark.parametrize("text", [snippet for _, _, snippets in MISTAKES for snippet in snippets])
def test_what_people_write_wrong(text: str) -> None:
    assert answer(text)
    answer(f"input 8x8x3\n{text}\n")  # an arrow may well continue a line


# ---- hostile -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str, tmp_path: Path) -> None:
    data, expected = HOSTILE[name]
    found = answer(data, str(tmp_path / "net.cnn"), MAX_LAYERS)
    errors = {d.code for d in found if d.severity == "error"}
    assert errors <= expected if expected else not errors, [(d.code, d.message[:200]) for d in found][:5]
    assert bool(errors) is bool(expected), name
    assert len(found) <= 101


@pytest.mark.parametrize("name", [n for n in HOSTILE if len(HOSTILE[n][0]) < 200_000])
def test_formatting_the_hostile(name: str, tmp_path: Path) -> None:
    source = decode_source(
        HOSTILE[name][0] if isinstance(HOSTILE[name][0], bytes) else HOSTILE[name][0].encode("utf-8", "surrogatepass"),
        "net.cnn",
    )  # type: ignore[union-attr]
    if isinstance(source, Diagnostic):
        return
    with limit():
        made, found = format_source(source)
        assert made is not None or found
        for diagnostic in found:
            clear(diagnostic)


def test_use_of_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_bytes(b"\xff\0")
    assert codes(answer('use "blocks.cnn" (f)\ninput 8x8x3\nf', str(tmp_path / "net.cnn"))) == ["E015"]


def test_use_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.cnn").write_text('use "b.cnn" (g)\nblock f { g }\n')
    (tmp_path / "b.cnn").write_text('use "a.cnn" (f)\nblock g { f }\n')
    assert "E015" in codes(answer('use "a.cnn" (f)\ninput 8x8x3\nf', str(tmp_path / "net.cnn")))


def test_use_of_itself(tmp_path: Path) -> None:
    text = 'use "net.cnn" (f)\nblock f { relu }\ninput 8x8x3\nf'
    (tmp_path / "net.cnn").write_text(text)
    assert set(codes(answer(text, str(tmp_path / "net.cnn")))) <= {"E013", "E015"}


def test_use_through_a_link_above_the_root(tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").symlink_to("/etc/passwd")
    assert codes(answer('use "blocks.cnn" (f)\ninput 8x8x3\nf', str(tmp_path / "net.cnn"))) == ["E015"]


def test_a_mistake_in_every_line_is_a_mistake_each() -> None:
    found = answer("input 8x8x3\n" + "".join(f"conv(4, 3 3)\nrelu{i}\n" for i in range(20)))
    assert codes(found).count("E001") == 20


def test_the_limit_can_fail() -> None:
    def spin() -> None:
        while True:
            pass

    with limit(0.1), pytest.raises(Hang):
        spin()
