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
from cnnspec.base.reading import decode
from cnnspec.findings.json import write_data
from cnnspec.findings.text import show_diagnostic
from cnnspec.format import format_source
from cnnspec.layers import CATALOGUE, spellings
from cnnspec.lint.index import NAMES
from cnnspec.pipeline import Analysis, analyse
from cnnspec.summary import find_summary
from cnnspec.summary.json import write_data as write_summary
from cnnspec.summary.markdown import write_markdown
from cnnspec.syntax.generate import GRAMMAR
from cnnspec.syntax.mistakes import MISTAKES
from cnnspec.syntax.table import KEYWORDS
from tests.support import cases

SECONDS = 60  # of processor time: more than the slowest machine takes for any of these texts, and less than a hang
EXAMPLES = sorted((GRAMMAR.parents[2] / "examples").rglob("*.cnn"))


class Hang(Exception):
    """A text took too long."""


@contextlib.contextmanager
def limit(seconds: int = SECONDS) -> Iterator[None]:
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
        source = decode(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"), name)
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
                assert write_markdown(network, find_summary(network))
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
    *KEYWORDS, *spellings(), "conv", "conv", "input 8x8x3\n", "input ?x?x1\n", "input 4\n", "input a 5x5x2\n", "x", "y", "f", "e1",
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
DEEP = 100_000
INPUT = "input 64x64x3\n"
CONV = "conv(4, 3x3, padding=same)"
HOSTILE: dict[str, tuple[bytes | str, set[str]]] = {
    "empty": (b"", set()),
    "only a comment": (b"# nothing", set()),
    "NUL": (b"input 8x8x3\n\0conv(4, 3x3)", {"E002"}),
    "all NUL": (b"\0" * 1000, {"E002"}),
    "not UTF-8": (b"input 8x8x3\nconv(\xff\xfe)", {"E002"}),
    "UTF-16": ("input 8x8x3".encode("utf-16"), {"E002"}),
    "a lone surrogate": ("a\ud800", {"E002"}),
    "a byte order mark": (b"\xef\xbb\xbfinput 8x8x3\nconv(4, 3x3)", set()),
    "carriage returns": (b"input 8x8x3\rconv(4, 3x3)\r\nrelu", set()),
    "a megabyte of one letter": ("a" * 2**20, {"E016", "E010"}),
    "a megabyte of one letter behind an input": (INPUT + "a" * 2**20, {"E010"}),
    "a megabyte of digits": ("1" * 2**20, {"E003", "E016"}),
    "a megabyte of spaces": (" " * 2**20, set()),
    "a megabyte of quotes": ('"' * 2**20, {"E016", "E001"}),
    "a megabyte of text": (INPUT + 'conv(4, 3, padding="' + "x" * 2**20 + '")', {"E011"}),
    "a megabyte of newlines": ("\n" * 2**20, set()),
    "a megabyte of question marks": ("?" * 2**20, {"E001"}),
    "a megabyte of a shape": ("input " + "x".join("3" * 2**18), {"E012"}),
    "a megabyte of dots": ("." * 2**20, {"E001"}),
    "a megabyte of arguments": (INPUT + "conv(" + "1, " * 2**18 + "1)", {"E011"}),
    "a megabyte of keywords": (INPUT + "conv(" + ", ".join(f"a{i}=1" for i in range(2**16)) + ")", {"E011", "E003"}),
    "a megabyte of braces": ("}" * 2**20, {"E001", "E003"}),
    **{f"{DEEP} nested {o}{c}": (INPUT + o * DEEP + c * DEEP, {"E001", "E003"}) for o, c in ("()", "[]", "{}")},
    **{f"{DEEP} unclosed {o}": (INPUT + o * DEEP, {"E001", "E003"}) for o in "([{"},
    f"{DEEP} nested calls": (INPUT + "add(" * DEEP + "in" + ")" * DEEP, {"E003"}),
    f"{DEEP} nested blocks": ("block f { " * DEEP + "}" * DEEP, {"E003"}),
    f"{DEEP} nested loops": (INPUT + "for i in 1..2 { " * DEEP + "relu" + "}" * DEEP, {"E003"}),
    f"{DEEP} nested branches": (INPUT + "if true { " * DEEP + "relu" + "}" * DEEP, {"E003"}),
    f"{DEEP} else if": (INPUT + "if false { relu } else " * DEEP + "{ relu }", {"E003"}),
    f"{DEEP} ternaries": (INPUT + "relu if false else " * DEEP + "relu", {"E003"}),
    f"{DEEP} minus signs": (INPUT + "dense(" + "-" * DEEP + "3)", {"E003"}),
    f"{DEEP} not": (INPUT + "if " + "not " * DEEP + "true { relu }", {"E003"}),
    f"{DEEP} powers": (INPUT + "dense(" + "2^" * DEEP + "2)", {"E003"}),
    f"{DEEP} indices": (INPUT + "a = [1]\ndense(a" + "[0]" * DEEP + ")", {"E003"}),
    f"{DEEP} attributes": (INPUT + "dense(in" + ".shape" * DEEP + ")", {"E003"}),
    f"{DEEP} calls of calls": (INPUT + "relu" + "()" * DEEP, {"E003"}),
    f"{DEEP} repeats in a row": (INPUT + "relu" + " * 1" * DEEP, set()),
    f"{DEEP} terms": (INPUT + "dense(" + "1 + " * DEEP + "1)", set()),
    f"{DEEP} arrows": (INPUT + "relu -> " * DEEP + "relu", {"E003"}),
    f"{DEEP} names": (INPUT + "".join(f"a{i} = {i}\n" for i in range(DEEP)) + "relu", set()),
    f"{DEEP} constants of constants": (INPUT + "a0 = 1\n" + "".join(f"a{i + 1} = a{i}\n" for i in range(DEEP)) + f"dense(a{DEEP})", set()),
    f"{DEEP // 10} layer functions of layer functions": (INPUT + "a0 = relu\n" + "".join(f"a{i + 1} = {{ a{i} }}\n" for i in range(DEEP // 10)) + f"a{DEEP // 10}", {"E003"}),
    "a block that calls itself": (INPUT + "block f { f }\nf", {"E014"}),
    "blocks that call each other": (INPUT + "block f { g }\nblock g { h }\nblock h { f }\nf", {"E014"}),
    "a block that is given itself": (INPUT + "block f(x) { x(x) }\nf(f)", {"E003"}),
    "a block that is given itself twice": (INPUT + "block f(x) { x(x) -> x(x) }\nf(f)", {"E003"}),
    "blocks given one another": (INPUT + "block f(x, y) { y(y, x) }\nblock g(x, y) { y(y, x) }\nf(f, g)", {"E003"}),
    "a default that is the block": (INPUT + "block f(x=f) { x }\nf", {"E014"}),
    "a constant that is itself": (INPUT + "a = a\na", {"E010"}),
    "a layer function that is itself": (INPUT + "a = { a }\na", {"E010", "E003"}),
    "a shared function that is itself": (INPUT + "shared a = { a }\na", {"E010", "E003"}),
    "a block that calls itself in a list": (INPUT + "block f { concat(in, [f, f]) }\nf", {"E014"}),
    "doubling blocks": (INPUT + "block f0 { relu }\n" + "".join(f"block f{i + 1} {{ f{i} -> f{i} }}\n" for i in range(60)) + "f60", {"E003"}),
    "doubling blocks without layers": (INPUT + "block f0 { in }\n" + "".join(f"block f{i + 1} {{ f{i} -> f{i} }}\n" for i in range(60)) + "f60", {"E003"}),
    "doubling layer functions": (INPUT + "a0 = { in }\n" + "".join(f"a{i + 1} = {{ a{i} -> a{i} }}\n" for i in range(60)) + "a60", {"E003"}),
    "doubling ternaries": (INPUT + "a0 = 1\n" + "".join(f"a{i + 1} = a{i} if a{i} == a{i} else a{i}\n" for i in range(1000)) + "dense(a1000)", set()),
    "doubling lists": (INPUT + "a0 = [1, 2]\n" + "".join(f"a{i + 1} = a{i} + a{i}\n" for i in range(60)) + "dense(len(a60))", {"E003"}),
    "lists of lists": (INPUT + "a0 = [1, 2]\n" + "".join(f"a{i + 1} = [a{i}, a{i}]\n" for i in range(60)) + "dense(a60)", {"E003"}),
    "compared lists of lists": (INPUT + "a0 = [1, 2]\nb0 = [1, 2]\n" + "".join(f"a{i + 1} = [a{i}, a{i}]\nb{i + 1} = [b{i}, b{i}]\n" for i in range(40)) + "if a40 == b40 { relu }", {"E003"}),
    "tuples of tuples": (INPUT + "a0 = (1, 2)\n" + "".join(f"a{i + 1} = (a{i}, a{i})\n" for i in range(60)) + "dense(a60)", {"E003"}),
    "merged lists of lists": (INPUT + "a0 = [in, in]\n" + "".join(f"a{i + 1} = [a{i}, a{i}]\n" for i in range(40)) + "add(a40)", {"E003"}),
    "deep lists": (INPUT + "a0 = [1]\n" + "".join(f"a{i + 1} = [a{i}]\n" for i in range(20_000)) + "dense(a20000)", {"E003"}),
    "deep tuples": (INPUT + "a0 = (1, 2)\n" + "".join(f"a{i + 1} = (a{i}, 2)\n" for i in range(20_000)) + "dense(a20000)", {"E003"}),
    "deep words": (INPUT + "a0 = l2(1)\n" + "".join(f"a{i + 1} = l2(a{i})\n" for i in range(20_000)) + "dense(4, kernel_regularizer=a20000)", {"E011", "E003"}),
    "a tuple of functions": (INPUT + "(in, relu, (1, (2, relu)))", {"E012"}),
    "a function as a number": (INPUT + "dense((relu, {relu}))", {"E011"}),
    "a growing text": (INPUT + "a0 = 'xx'\n" + "".join(f"a{i + 1} = a{i} + a{i}\n" for i in range(60)) + "dense(a60)", {"E012"}),
    "* 1000000000": (INPUT + f"{CONV} * 1000000000", {"E003"}),
    "* 999999999999999999": (INPUT + f"{CONV} * 999999999999999999", {"E003"}),
    "* -1": (INPUT + f"{CONV} * -1", {"E012"}),
    "* 1.5": (INPUT + f"{CONV} * 1.5", {"E012"}),
    "* 0": (INPUT + f"{CONV} * 0", set()),
    "in * 1000000000": (INPUT + "in * 1000000000", set()),
    "nested repeats": (INPUT + f"(({CONV} * 1000) * 1000) * 1000", {"E003"}),
    "a repeat of repeats": (INPUT + f"{CONV} * 1000 * 1000 * 1000", {"E003"}),
    "nested repeats of nothing": (INPUT + "((in * 100000) * 100000) * 100000", set()),
    "repeated loops": (INPUT + "{ for i in 1..1000 { relu } } * 100000", {"E003"}),
    "nested loops": (INPUT + "for i in 1..999999 { for j in 1..999999 { relu } }", {"E003"}),
    "nested loops of nothing": (INPUT + "for i in 1..999999 { for j in 1..999999 { in } }", set()),
    "nested empty loops": (INPUT + "for i in 1..999999 { for j in 1..999999 { } }", set()),
    "nested loops of names": (INPUT + "for i in 1..999999 { for j in 1..999999 { a = i } }", {"E003"}),
    "a long loop of wrong layers": (INPUT + "for i in 1..1000 { conv(4, 100x100) }", {"E101"}),
    "a long loop of unknown layers": (INPUT + "for i in 1..3000 { nothing }", {"E010"}),
    "a mistake in every line": (INPUT + "".join(f"relu -> nothing{i}\n" for i in range(DEEP)), {"E010", "E003"}),
    "a syntax mistake in every line": (INPUT + "relu relu\n" * DEEP, {"E001", "E003"}),
    "many blocks": ("".join(f"block f{i + 1} {{ f{i} }}\n" for i in range(3000)) + "block f0 { relu }\n" + INPUT + "f9", set()),
    "many blocks in a circle": ("".join(f"block f{i + 1} {{ f{i} }}\n" for i in range(1000)) + "block f0 { f1000 }\n" + INPUT + "relu", {"E014"}),
    "a block that is a parameter elsewhere": (INPUT + "block f { g(relu) }\nblock g(f) { f }\nf", set()),
    "a long range": (INPUT + "for i in 1..999999999 { relu }", {"E003"}),
    "a range backwards": (INPUT + "for i in 3..1 { relu }", set()),
    "a range of ranges": (INPUT + "for i in [1..999999, 1..999999, 1..999999, 1..999999, 1..999999, 1..999999] { }", {"E003"}),
    "a 5,000-digit number": (INPUT + f"dense({'7' * 5000})", {"E003"}),
    "a 5,000-digit size": (f"input {'7' * 5000}x3", {"E003"}),
    "a 5,000-digit fraction": (INPUT + f"dropout(0.{'7' * 5000})", {"E003"}),
    "a 5,000-digit exponent": (INPUT + f"dropout(1e{'7' * 5000})", {"E003"}),
    "an exponent of -5,000 digits": (INPUT + f"dropout(1e-{'7' * 5000})", {"E003"}),
    "1e999": (INPUT + "rescaling(1e999)", {"E003"}),
    "1e999 - 1e999": (INPUT + "rescaling(1e999 - 1e999)", {"E003"}),
    "2^2^2^2^9": (INPUT + "dense(2^2^2^2^9)", {"E003"}),
    "0^-1": (INPUT + "dense(0^-1)", {"E012"}),
    "(-8)^0.5": (INPUT + "dense((-8)^0.5)", {"E003"}),
    "9^9^9": (INPUT + "dense(9^9^9)", {"E003"}),
    "1.5^-3000": (INPUT + "rescaling(1.5^-3000)", {"E003"}),
    "10^18": (INPUT + "dense(10^18)", {"E003"}),
    "a product too large": (INPUT + "dense(999999999 * 999999999 * 999999999)", {"E003"}),
    "division by zero": (INPUT + "dense(3 / 0)", {"E012"}),
    "whole division by zero": (INPUT + "dense(3 // 0)", {"E012"}),
    "remainder by zero": (INPUT + "dense(3 % 0)", {"E012"}),
    "division by a zero fraction": (INPUT + "rescaling(1 / 0.0)", {"E012"}),
    "division by an unknown": ("input ?x?x3\nconv(4, 3)\ndense(3 // in.height)", {"E017"}),
    "a power of an unknown": ("input ?x?x3\ndense(in.height ^ 2)", {"E012"}),
    "a huge kernel": (INPUT + "conv(4, 999999999)", {"E101"}),
    "a huge kernel, same": (INPUT + "conv(4, 999999999, padding=same)", {"E003"}),
    "a huge dilation": (INPUT + "conv(4, 3, dilation=999999999999999999)", {"E101"}),
    "a huge stride": (INPUT + "conv(4, 3, stride=999999999999999999)", set()),
    "a huge padding": (INPUT + "conv(4, 3, padding=999999999999999999)", {"E003"}),
    "a huge padding of a pool": (INPUT + "maxpool(999999999999, padding=99999999999)", {"E101"}),
    "huge filters": (INPUT + "conv(999999999999999999, 3) * 5", {"E003"}),
    "huge groups": (INPUT + "conv(4, 3, groups=999999999999999999)", {"E103"}),
    "a huge group norm": ("input 999999999999999999\ngroup_norm(999999999999999998)", {"E103"}),
    "a huge upsampling": (INPUT + "upsample(999999999999999999) * 20", {"E003"}),
    "a huge growth": (INPUT + "upsample(999999999999999999) * 2000 -> flatten", {"E003"}),
    "a huge input": ("input 999999999999999999x999999999999999999x999999999999999999\nflatten -> dense(10)", {"E003"}),
    "a huge reshape": (INPUT + f"reshape(({'1, ' * 5000} -1))", set()),
    "a huge permutation": (INPUT + "permute(1..999999)", {"E011"}),
    "a huge axis": (INPUT + "bn(axis=999999999999999999)", {"E011"}),
    "a huge crop": (INPUT + "crop(999999999999999999)", {"E101"}),
    "a huge seed": (INPUT + "dropout(0.5, seed=999999999999999999)", set()),
    "zero sizes": ("input 0x0x3\nconv(4, 3)", {"E012"}),
    "zero kernel": (INPUT + "conv(4, 0)", {"E011"}),
    "zero stride": (INPUT + "conv(4, 3, stride=0)", {"E011"}),
    "negative padding": (INPUT + "conv(4, 3, padding=-1)", {"E011"}),
    "a deep unknown size": ("input ?x?x3\n" + "conv(4, 3, stride=2, padding=1)\n" * 500, set()),
    "a wide unknown size": ("input ?x?x3\n" + "add(maxpool(3, stride=2, padding=1), conv(3, 2, stride=2, padding=same))\n" * 40, set()),
    "unknown sizes multiplied": ("input ?x?x3\n" + "permute((2, 1, 3)) -> reshape((-1, 3)) -> conv(3, 3, stride=2, padding=same)", set()),
    "use above the root": ('use "../../etc/passwd" (f)\n' + INPUT + "f", {"E015"}),
    "use an absolute path": ('use "/etc/passwd" (f)\n' + INPUT + "f", {"E015"}),
    "use a device": ('use "/dev/zero" (f)\n' + INPUT + "f", {"E015"}),
    "use a folder": ('use "." (f)\n' + INPUT + "f", {"E015"}),
    "use nothing": ('use "" (f)\n' + INPUT + "f", {"E015"}),
    "use a missing file": ('use "missing.cnn" (f)\n' + INPUT + "f", {"E015"}),
    "use a very long name": (f'use "{"a" * 100_000}" (f)\n' + INPUT + "f", {"E015"}),
    "an expect of a huge number": (INPUT + "relu\nexpect params < 999999999999999999", set()),
    "an escape sequence": (INPUT + "\x1b[31m", {"E001"}),
    "an override of direction": (INPUT + "conv(4, 3) \u202e relu", {"E001"}),
}  # fmt: skip


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
    source = decode(
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

    with limit(1), pytest.raises(Hang):
        spin()
