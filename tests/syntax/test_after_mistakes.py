"""After a mistake: the names that what was left out would have bound are unknown and silent, so that one cause is one error."""

from __future__ import annotations

import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.syntax import after_mistakes
from cnnspec.syntax.parse import parse

SECOND = "conv(8, 3x3, padding=same) as b\n"
OTHER = "block g(n) { conv(n, 1x1) }\n"
MODEL = "model M(n=3) {\n  input 32x32x3\n  f(n) as a -> g(n)\n  add(a, in) -> gap\n}\n"

# Lines that cannot be read, and others that need what they bind.
UNREAD = {
    "issue": f"input 32x32x3\nconv(8, 3x3, padding=same) as a -> relu(\n{SECOND}add(a, b)\n",
    "open over lines": f"input 32x32x3\nconv(8, 3x3,\n  padding=same as a\n{SECOND}add(a, b)\n",
    "open over lines, as behind": f"input 32x32x3\nadd(\n  conv(8, 3x3, padding=same) as a,\n  in -> conv(8, 3x3, padding=same) as c\n{SECOND}add(a, b, c)\n",
    "stray char": f"input 32x32x3\nconv(8, 3x3, padding=same) as a $\n{SECOND}add(a, b)\n",
    "stray char first": f"input 32x32x3\n$ conv(8, 3x3, padding=same) as a\n{SECOND}add(a, b)\n",
    "stray in the middle": f"input 32x32x3\nconv(8, 3x3, padding=same) @ relu as a\n{SECOND}add(a, b)\n",
    "two steps": f"input 32x32x3\nconv(8, 3x3, padding=same) relu as a\n{SECOND}add(a, b)\n",
    "block header open": "block f(n {\n  conv(n, 3x3)\n}\ninput 32x32x3\nf(3) -> relu\n",
    "block header open one line": "block f(n { conv(n, 3x3) }\ninput 32x32x3\nf(3) -> relu\n",
    "block header no brace": "block f(n)\n  conv(n, 3x3) -> relu\n\ninput 32x32x3\nf(3) -> relu\n",
    "block header brace next line": "block f(n)\n{\n  conv(n, 3x3) as k\n  add(k, k)\n}\ninput 32x32x3\nf(3) -> relu\n",
    "block header bad param": "block f(n, 3) {\n  conv(n, 3x3) as k\n  add(k, k)\n}\ninput 32x32x3\nf(3) -> relu\n",
    "block header colon": "block f(n):\n  conv(n, 3x3)\ninput 32x32x3\nf(3) -> relu\n",
    "block def": "def f(n):\n  conv(n, 3x3)\ninput 32x32x3\nf(3) -> relu\n",
    "blok typo": "blok f(n) {\n  conv(n, 3x3)\n}\ninput 32x32x3\nf(3) -> relu\n",
    "model header": "model Net(n=3 {\n  input 32x32x3\n  conv(n, 3x3)\n}\n",
    "model header 2": "model Net(n=3, 4) {\n  input 32x32x3\n  conv(n, 3x3) as a\n  add(a, in)\n}\n",
    "model brace next line": "model Net(n=3)\n{\n  input 32x32x3\n  conv(n, 3x3) as a\n  add(a, in)\n}\n",
    "input": "input image 32 32 3\nconv(8, 3x3) as a\nrelu as b\nadd(a, b, image)\n",
    "input comma": "input image 32x32x3,\nconv(8, 3x3) as a\nrelu as b\nadd(a, b)\nimage -> gap\n",
    "input =": "input image = 32x32x3\nconv(8, 3x3) as a\nrelu as b\nadd(a, b)\nimage -> gap\n",
    "two inputs": "input left 32x32x3\ninput right 32 32 3\nadd(left, right) -> conv(3, 3x3)\noutput right, left\n",
    "use": 'use "blocks.cnn" (cbr, double\ninput 32x32x3\ncbr(3) -> double(4)\n',
    "use without parens": 'use "blocks.cnn" cbr, double\ninput 32x32x3\ncbr(3) -> double(4)\n',
    "use unquoted": "use blocks.cnn (cbr, double)\ninput 32x32x3\ncbr(3) -> double(4)\n",
    "use text open": 'use "blocks.cnn (cbr, double)\ninput 32x32x3\ncbr(3) -> double(4)\n',
    "in braces": "input 32x32x3\n{ conv(8, 3x3, padding=same) as a -> relu( }\nrelu as b\nadd(b, in)\n",
    "in braces 2": "input 32x32x3\n{\n  conv(8, 3x3, padding=same) as a relu\n  a -> gap\n}\n",
    "in a block": "block f(n) {\n  conv(n, 3x3) as k relu\n  k -> gap\n}\ninput 32x32x3\nf(3)\n",
    "in a block uncalled": "block f(n) {\n  conv(n, 3x3) as k relu\n  k -> gap\n}\ninput 32x32x3\nrelu\n",
    "in a loop": "input 32x32x3\nfor i in 1..3 {\n  conv(3, 3x3, padding=same) as last relu\n}\nadd(last, in)\n",
    "loop header": "input 32x32x3\nfor i in 1..3\n{\n  conv(i, 3x3, padding=same) as last\n}\nadd(last, in)\n",
    "loop header 2": "input 32x32x3\nfor i = 1..3 {\n  conv(i, 3x3, padding=same) as last\n}\nadd(last, in)\n",
    "loop header paren": "input 32x32x3\nfor (t, c) in [(1, 2), (3, 4)] {\n  conv(t, 3x3, padding=same) -> conv(c, 1x1) as last\n}\nadd(last, in)\n",
    "if header": "deep = true\ninput 32x32x3\nif deep\n{\n  conv(3, 3x3, padding=same) as last\n}\nadd(last, in)\n",
    "if colon": "deep = true\ninput 32x32x3\nif deep:\n  conv(3, 3x3, padding=same) as last\nadd(last, in)\n",
    "else broken": "deep = true\ninput 32x32x3\nif deep { relu as last } else relu as other\nadd(last, other)\n",
    "argument": "input 32x32x3\nadd(conv(3, 3x3 padding=same) as a, in) as c\nadd(a, c)\n",
    "argument as": "input 32x32x3\nadd(in, conv(3, 1x1) relu as a)\nadd(a, in)\n",
    "argument open": "input 32x32x3\nadd(in, conv(3, 1x1 as a)\nadd(a, in)\n",
    "unicode name": f"input 32x32x3\nconv(8, 3x3, padding=same) as \xe4\n{SECOND}add(\xe4, b)\n",
    "unicode name 2": "input 32x32x3\ngr\xf6\xdfe = 3\nconv(gr\xf6\xdfe, 3x3) as a\nadd(a, in)\n",
    "text open": f'input 32x32x3\nconv(8, 3x3, padding="same) as a\n{SECOND}add(a, b)\n',
    "text open 2": f'input 32x32x3\nword = "same\nconv(8, 3x3, padding=word) as a\n{SECOND}add(a, b)\n',
    "constant": "input 32x32x3\nn = 3 +\nconv(n, 3x3) -> relu\n",
    "constant open": "input 32x32x3\nn = [1, 2\nconv(n[0], 3x3) -> relu\n",
    "constant two": "input 32x32x3\na = 1, b = 2\nconv(a, 3x3) -> conv(b, 3x3)\n",
    "shared": "input 32x32x3\nshared t = conv(3, 3x3 -> relu\nt -> t\n",
    "as keyword": "input 32x32x3\nconv(3, 3x3) as model\nrelu as b\nadd(b, in)\n",
    "power": "input 32x32x3\nn = 2 ** 3\nconv(n, 3x3)\n",
    "output": "input 32x32x3\nrelu as a\noutput (a, b)\n",
    "expect": "input 32x32x3\nexpect params <\nrelu as a\na\n",
    "train": "input 32x32x3\nrelu as a\ntrain {\n epochs = = 3\n}\na\n",
    "self": "input 32x32x3\nself.c1 = conv(3, 3x3)\nc1 -> relu\n",
    "bracket too many": "input 32x32x3\nconv(3, 3x3)) as a\nadd(a, a)\n",
    "brace too many": "input 32x32x3\nconv(3, 3x3) } as a\nadd(a, a)\n",
    "number": "input 32x32x3\nconv(3zz, 3x3) as a\nadd(a, a)\n",
    "number2": "input 32x32x3\nconv(3Q, 3x3) as a\nadd(a, a)\n",
    "const later": "input 32x32x3\nw = 3Q\nconv(w, 3x3) as a\nadd(a, a)\n",
    "open": f"block f(n {{\n  conv(n, 3x3)\n}}\n{OTHER}{MODEL}",
    "open multi-line": f"block f(\n  n,\n  k 3x3,\n) {{\n  conv(n, k)\n}}\n{OTHER}{MODEL}",
    "never closed": f"block f(n\n  conv(n, 3x3)\n}}\n{OTHER}{MODEL}",
    "no brace": f"block f(n)\n  conv(n, 3x3)\n{OTHER}{MODEL}",
    "next line": f"block f(n)\n{{\n  conv(n, 3x3)\n}}\n{OTHER}{MODEL}",
    "equals": f"block f(n) = conv(n, 3x3)\n{OTHER}{MODEL}",
    "python": f"def f(n):\n  conv(n, 3x3)\n{OTHER}{MODEL}",
    "blok": f"blok f(n) {{\n  if n == 3 {{ relu }} else {{ conv(n, 1x1) }}\n}}\n{OTHER}{MODEL}",
    "keyword name": f"block f(in) {{\n  conv(in, 1x1)\n}}\n{OTHER}{MODEL}",
    "dot": f"block f(n.k) {{\n  conv(3, 1x1)\n}}\n{OTHER}{MODEL}",
    "params list": f"block f[n] {{\n  conv(n, 1x1)\n}}\n{OTHER}{MODEL}",
    "number (2)": f"block f(n=3Q) {{\n  conv(n, 1x1)\n}}\n{OTHER}{MODEL}",
    "arrow": f"block f(n) -> {{\n  conv(n, 1x1)\n}}\n{OTHER}{MODEL}",
    "comma": f"block f(n), {{\n  conv(n, 1x1)\n}}\n{OTHER}{MODEL}",
    "body brace missing": f"block f(n) {{\n  conv(n, 1x1)\n{OTHER}{MODEL}",
    "stray in body": f"block f(n) {{\n  conv(n, 1x1) ? bn as k\n  k -> relu\n}}\n{OTHER}{MODEL}",
    "if in a body": f"block f(n) {{\n  if n = 3 {{\n    relu as k\n  }} else {{\n    bn as k\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "if else next": f"block f(n) {{\n  if n = 3\n  {{\n    relu as k\n  }}\n  else\n  {{\n    bn as k\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "elif": f"block f(n) {{\n  if n == 3 {{\n    relu as k\n  }} elif n == 4 {{\n    bn as k\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "else if chain": f"block f(n) {{\n  if n == 3 {{\n    relu as k\n  }} else if n = 4 {{\n    bn as k\n  }} else {{\n    bn as k\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "for in": f"block f(n) {{\n  for i of 1..3 {{\n    conv(i, 1x1) as k\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "while": f"block f(n) {{\n  while n > 3 {{\n    relu as k\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "for python": f"block f(n) {{\n  for i in range(3):\n    conv(i, 1x1) as k\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "nested header": f"block f(n) {{\n  for i in 1..3 {{\n    for j = 1..3 {{\n      conv(i, 1x1) as k\n    }}\n  }}\n  add(k, in)\n}}\n{OTHER}{MODEL}",
    "const": f"f = block(n) {{ conv(n, 1x1) }}\n{OTHER}{MODEL}",
    "const open": f"f = conv(3, 3x3 -> relu\n{OTHER}model M(n=3) {{\n  input 32x32x3\n  f as a -> g(n)\n  add(a, in) -> gap\n}}\n",
    "train (2)": f"train\n{{\n  epochs = 3\n  loss = mse\n}}\nblock f(n) {{ relu }}\n{OTHER}{MODEL}",
    "train typo": f"trian {{\n  epochs = 3\n  loss = mse\n}}\nblock f(n) {{ relu }}\n{OTHER}{MODEL}",
    "train setting": f"train {{\n  epochs = = 3\n}}\nblock f(n) {{ relu }}\n{OTHER}{MODEL}",
    "train colon": f"train:\n  epochs = 3\n\nblock f(n) {{ relu }}\n{OTHER}{MODEL}",
    "model header (2)": f"block f(n) {{ relu }}\n{OTHER}model M(n=3 {{\n  input 32x32x3\n  f(n) as a -> g(n)\n  add(a, in) -> gap\n}}\n",
    "model colon": f"block f(n) {{ relu }}\n{OTHER}model M(n=3):\n  input 32x32x3\n  f(n) as a -> g(n)\n  add(a, in) -> gap\n",
    "two models": f"block f(n) {{ relu }}\n{OTHER}{MODEL}model N(n 3) {{\n  input 32x32x3\n  f(n) as a -> g(n)\n  add(a, in) -> gap\n}}\n",
    "input in a model": f"block f(n) {{ relu }}\n{OTHER}model M(n=3) {{\n  input 32 32 3\n  f(n) as a -> g(n)\n  add(a, in) -> gap\n}}\n",
    "imput": f"block f(n) {{ relu }}\n{OTHER}model M(n=3) {{\n  imput 32x32x3\n  f(n) as a -> g(n)\n  add(a, in) -> gap\n}}\n",
    "imput named": f"block f(n) {{ relu }}\n{OTHER}model M(n=3) {{\n  imput image 32x32x3\n  f(n) as a -> g(n)\n  add(image, in) -> gap\n}}\n",
    "use (2)": f"use 'b.cnn' (f\n{OTHER}{MODEL}",
    "use two": f"use 'b.cnn' (f g)\n{MODEL}",
    "list open": "input 3x3x3\nsizes = [1, 2, 3\nfor s in sizes { conv(s, 1x1) as k }\nadd(k, in)\n",
    "list elem": "input 3x3x3\nsizes = [1, 2 2, 3]\nfor s in sizes { conv(s, 1x1) as k }\nadd(k, in)\n",
    "ternary": "input 3x3x3\nn = 3 if true\nconv(n, 1x1) as k\nadd(k, k)\n",
    "ternary as": "input 3x3x3\n(relu as a) if true\nadd(a, in)\n",
    "semicolon": "input 3x3x3\nconv 8; relu as b; bn as c\nadd(b, c)\n",
    "arrow lines": "input 3x3x3\nconv 8\n  -> relu as b\n  -> bn as c\nadd(b, c)\n",
    "arrow braces": "input 3x3x3\nconv 8 -> {\n  relu as b\n  bn\n} -> relu as c\nadd(c, in)\n",
    "arrow braces 2": "input 3x3x3\nconv 8\n-> {\n  relu as b\n  bn\n}\n-> relu as c\nadd(c, in)\n",
    "merge lines": "input 3x3x3\nadd(\n  conv(3 1x1) as a,\n  relu as b,\n) as c\nadd(a, b, c)\n",
    "merge lines 2": "input 3x3x3\nadd(\n  conv(3, 1x1) as a\n  relu as b,\n) as c\nadd(a, b, c)\n",
    "merge lines 3": "input 3x3x3\nadd(\n  conv(3, 1x1) as a,\n  relu as b,\nbn as c\nadd(a, b, c)\n",
    "merge brace": "input 3x3x3\nadd(\n  conv(3, 1x1) as a,\n  { relu as b }\nbn as c\nadd(a, b, c)\n",
    "close wrong": "input 3x3x3\nadd(conv(3, 1x1) as a, relu as b]\nbn as c\nadd(a, b, c)\n",
    "close wrong 2": "input 3x3x3\nadd(conv(3, 1x1} as a, relu as b)\nbn as c\nadd(a, b, c)\n",
    "paren line": "input 3x3x3\nconv(3, 1x1)\n) as a\nbn as c\nadd(a, c)\n",
    "comment": "input 3x3x3\n// relu as z\nbn as c\nadd(c, c)\n",
    "tabs": "input 3x3x3\n\tconv(3,\t1x1\t3)\tas\ta\nadd(a, a)\n",
    "backslash": "input 3x3x3\nconv(3, \\ 1x1) as a\nadd(a, a)\n",
    "sequential open": "model = Sequential([\n  Conv2D(3, 1, input_shape=(3, 3, 3)),\n  ReLU(\n])\n",
    "expect (2)": "input 3x3x3\nrelu as a\nexpect params < 3 as b\nadd(a, a)\n",
    "output (2)": "input 3x3x3\nrelu as a\noutput a b\n",
    "as two": "input 3x3x3\nrelu as a as b\nadd(a, b)\n",
    "as list": "input 3x3x3\nsplit(2) as a, b\nadd(a, b)\n",
    "colon eq": "input 3x3x3\na: int = 3\nconv(a, 1x1)\n",
    "plus eq": "input 3x3x3\nn = 3\nn += 1\nconv(n, 1x1)\n",
    "tuple target": "input 3x3x3\na, b = 1, 2\nconv(a, 1x1) -> conv(b, 1x1)\n",
    "let": "input 3x3x3\nlet a = 3\nconv(a, 1x1)\n",
}

# Lines that are read, and refused for what they ask.
REFUSED = {
    "unknown layer": f"input 32x32x3\ncnov(8) as a\n{SECOND}add(a, b)\n",
    "no input": "conv(8, 3x3) as a\nrelu as b\nadd(a, b)\n",
    "loop of unknown": "input 32x32x3\nfor i in 1..nn { conv(i, 1x1) as last }\nadd(last, in)\n",
    "loop of number": "input 32x32x3\nfor i in 3 { conv(i, 1x1) as last }\nadd(last, in)\n",
    "loop destructure": "input 32x32x3\nfor i, j in [1, 2] { conv(i, 1x1) as last }\nadd(last, in)\n",
    "if unknown": "input 32x32x3\nif deepp { relu as last }\nadd(last, in)\n",
    "if number": "input 32x32x3\nif 3 { relu as last } else { bn as other }\nadd(last, other, in)\n",
    "ternary unknown": "input 32x32x3\n(relu as last) if deepp else in\nadd(last, in)\n",
    "repeat unknown": "input 32x32x3\n(relu as last) * nn\nadd(last, in)\n",
    "repeat minus": "input 32x32x3\n(relu as last) * -1\nadd(last, in)\n",
    "plus": "input 32x32x3\n(relu as last) + (bn as other)\nadd(last, other)\n",
    "unknown call": "input 32x32x3\ncnov(relu as last)\nadd(last, in)\n",
    "layer refused with arms": "input 32x32x3\nadd(relu as k, bn as l, axes=3)\nadd(k, l)\n",
}


def codes(text: str) -> list[str]:
    return [found.code for found in analyse(Source("net.cnn", text)).diagnostics]


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_a_line_that_cannot_be_read_is_one_error(text: str) -> None:
    assert codes(text) == ["E001"]


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_line_that_is_refused_is_one_error(text: str) -> None:
    (found,) = codes(text)
    assert found in ("E010", "E011", "E012", "E016")


# What a line at fault would not have bound is unknown as before.
LOUD = {
    "another name": ("input 9x9x3\nconv(8, 3x3 as a\nadd(a, b)\n", ["E001", "E010"]),
    "the name of an argument": ("input 9x9x3\nconv(8, kernel=3x3 3)\nadd(kernel, in)\n", ["E001", "E010"]),
    "a word that stands in it": ("input 9x9x3\nconv stem\nadd(stem, in)\n", ["E001", "E010"]),
    "another block": ("block f(n {\n  relu\n}\ninput 9x9x3\nf(3) -> h(3)\n", ["E001", "E010"]),
    "a second mistake in the body": ("block f(n {\n  conv(3 3x3)\n}\ninput 9x9x3\nf(3)\n", ["E001", "E001"]),
    "a name behind a loop": ("input 9x9x3\nfor i in 3 { relu as a }\nadd(a, b)\n", ["E012", "E010"]),
    "a name of no branch": ("input 9x9x3\nif deepp { relu as a }\nadd(a, b)\n", ["E010", "E010"]),
    "what stands before a brace too many": ("input 9x9x3\nrelu as a\n}\nadd(a, b)\n", ["E001", "E010"]),
    "an argument of the next line": ("input 9x9x3\nrelu(\nconv(8, 3x3, strid=2)\n", ["E001", "E011"]),
}


@pytest.mark.parametrize(("text", "expected"), LOUD.values(), ids=LOUD)
def test_what_a_line_would_not_have_bound_is_still_unknown(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_brace_too_many_leaves_what_stands_before_it() -> None:
    (network,) = analyse(Source("net.cnn", "input 9x9x3\nconv(4, 3x3)\nrelu\n}\ngap\n")).networks
    assert [node.label for node in network.graph.nodes][:2] == ["input", "conv"]


def test_blocks_of_a_used_file_at_fault() -> None:
    """The used file says what is wrong with it; the one that uses it says nothing more."""
    library = Source("lib.cnn", "block f(n {\n  relu\n}\nblock g { bn }\n")
    text = 'use "lib.cnn" (f, g)\ninput 9x9x3\nf(3) as a -> g\nadd(a, in)\n'
    assert [d.code for d in analyse(Source("net.cnn", text), read=lambda path: library).diagnostics] == ["E001"]


@pytest.mark.parametrize(
    "text",
    [
        "input 3x3x3\nconv 8\n" + "-> relu as a\n" * 500,
        "input 3x3x3\nconv 8\n" + "-> { relu as a }\n" * 500,
        "if a = 3 { relu }\n" + "else { relu as a }\n" * 500,
        "block f(n\n" * 30 + "relu\n" * 500 + "}\n" * 500,
        "relu(\n" + "a = 3\n" * 500,
        "\u00e4 = 3\n" * 500,
    ],
    ids=["arrows", "arrows and braces", "else", "braces too many", "an open bracket", "foreign letters"],
)
def test_what_is_left_out_is_read_a_few_times_at_most(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    tokens_of = after_mistakes.tokens_of

    def counted(text: str, start: int) -> object:
        nonlocal read
        for token in tokens_of(text, start):
            read += 1
            yield token

    monkeypatch.setattr(after_mistakes, "tokens_of", counted)
    assert parse(Source("net.cnn", text)).diagnostics
    assert read < 50 * text.count("\n") + 2000
