"""What people write wrong → what to say.

Each entry shows texts that are wrong in one way. An error in the same state of the parser, at the same kind of token, gets
that entry's words (the idea is that of Lark's `match_examples`). `python -m cnnspec.syntax.generate` looks the states up.
"""

from __future__ import annotations

_STEPS = ("relu", "conv(8)", "x[0]", "{ relu }")
_VALUES = ("8", "3x3", "same", "'a'", "f(2)", "[1]", "2 * a")
_WORDS = ("input", "output", "model", "block", "train", "shared", "use", "for", "if", "as")
_SECOND = ("8", "3x3", "same", "'a'", "f(2)", "2 * a")

_BETWEEN = (", ", "\n", ",\n", "\n, ", "\n,\n")  # two entries of a mapping


def _mappings(*entries: str) -> tuple[str, ...]:
    """Each of some entries as the second one of a mapping."""
    return tuple(f"a = {{b: c{between}{entry}}}" for between in _BETWEEN for entry in entries)


NEVER_OPENED = ("this closes a bracket that was never opened", "remove it")

MISTAKES: list[tuple[str, str, tuple[str, ...]]] = [
    ('a power is written with "^"', "write 2^3", ("a = 2 ** 3", "a = b ** c", "conv(2 ** 3)", "conv(8, b ** 3)", "a = {b: 2 ** 3}", "a = {b: c ** 3}")),
    ("arguments stand in parentheses", "write, for example, conv(32, 3x3)", ("conv 32", "conv 3x3", "conv 32, 3x3", "conv 'same'")),
    ("only a name can be given a value", "write name = …", ("a.b = 3", "conv(3) = c", "x[0] = 3", "(a) = 3", "self.conv = conv(3)")),
    (
        "an input is no value",
        "write input image 28x28x1 on a line of its own; image is then its name",
        ("conv(Input(3))", "conv(8, keras.Input(3))", "conv(filters=layers.Input(shape=3))"),
    ),
    ("a line ends without a comma", "put each on a line of its own", ("a = 1, b = 2", "a = 1,", "a = conv(3), b")),
    (
        "two steps stand side by side",
        'put "->" or a new line between them',
        tuple(f"{around.format(f'{a} {b}')}" for a in _STEPS for b in _STEPS for around in ("{}", "a = {}")),
    ),
    (
        "two arguments stand side by side",
        'put a "," between them',
        tuple(f"conv({before}{a} {b})" for a in _VALUES for b in _SECOND for before in ("", "8, ", "stride=")),
    ),
    ("two elements stand side by side", 'put a "," between them', tuple(f"a = [{a} {b}]" for a in _VALUES for b in _SECOND if (a, b) != ("8", "8"))),
    ("an argument is missing", "write it, or drop the comma", ("conv(8, , 3)", "conv(, 3)", "a = [1, , 2]", "a = [, 2]")),
    ("two names stand side by side", 'put a "," between them', ('use "a" (b c)', "output a b", "for a b in c { relu }")),
    ("a step is missing after the arrow", "write the next layer, or drop the arrow", ("conv -> ", "add(conv ->)", "add(conv ->, x)", "add(x, conv ->)", "{ conv -> \n}", "conv -> -> relu", "a = {b: c ->}", "a = {b: c ->, d: e}")),
    ("a step is missing before the arrow", "begin with an input or a layer", ("-> relu", "{ -> relu }")),
    ("a value is missing", 'write one after the "="', ("a = ", "a = \nrelu", "conv(filters=)", "conv(filters=, 3)", "shared a =\nrelu")),
    (
        "a loop is `for name in list { … }`",
        "write, for example, for i in 1..3 { conv(8, 3x3) }",
        ("for i in 3 relu", "for i { relu }", "for i = 1..3 { relu }", "for in 3 { relu }", "for (a, b) in x { relu }", "for i in 1..3\n{ relu }"),
    ),
    (
        "a branch is `if condition { … } else { … }`",
        "put the steps between braces, the first on the line of the if",
        ("if a relu", "if a\n{ relu }", "if a -> relu", "if a { relu } else relu"),
    ),
    ("this ternary has no else", "write `a if condition else b`; `in` passes the tensor on as it is", ("x -> y if a", "x if a\nrelu", "x if a -> relu", "add(in, conv if a)", "a = b if c\n", "a = {b: c if d}", "a = {b: c if d, e: f}", "a = {b: c if d\ne: f}")),
    (
        "a block is `block name(parameters) { … }`",
        "write, for example, block cbr(filters) { conv(filters, 3x3) -> bn -> relu }",
        ("block f\nrelu", "block f(x)\n{ relu }", "block { relu }", "block (x) { relu }", "block f(x) relu", "block f(x) = relu"),
    ),
    (
        "a model is `model Name(parameters) { … }`",
        "write, for example, model Net(classes=10) { input 28x28x1 … }",
        ("model { relu }", "model Net relu", "model Net()\n{ relu }", "model (x) { relu }"),
    ),
    (
        "values are missing",
        "write some behind `in`: width=64 in 16..128:8, or in [relu, swish]",
        (*(f"model M({a} in{b}) {{ relu }}" for a in ("w", "w=8", "w=x") for b in ("", ", v", " = 8")), "conv(?a in)", "conv(?a in, 3x3)", "x = ?a in", "x = ?a in\nrelu"),
    ),
    (
        "a range has a first and a last number, and a step behind a colon if you like",
        "write, for example, 16..128:8, or 8..256:*2; what is computed stands in parentheses: 16..(2 * 64):8",
        tuple(
            text.format(values)
            for text in ("model M(w=8 in {}) {{ relu }}", "model M(w in {}) {{ relu }}")
            for values in ("x..y..z", "8..x..2", "x..", "x..8:", "x..8:*", "x..8:**2", "x..8:2:3", "x:8", "..8", "x..2 ^ 3:8", "x..f(3):8", "x..w[0]:8", "x..8 * y:8")
        ),
    ),
    (
        "values are one, a range, or a list in brackets",
        "write, for example, in 16..128:8, in [8, 16..64:16] or in [relu, swish]",
        tuple(f"model M(w=8 in {values}) {{ relu }}" for values in ("a or b", "a and b", "> 8", "8 <= w", "w < 9", "a if b else c", "not 3", "a -> b", "a as b")),
    ),
    ("a default stands before the values", "write width=64 in 16..128:8", tuple(f"model M(w in {values} = 8) {{ relu }}" for values in ("8..16", "8..16:2", "8", "[8]", "x", "8 * 2"))),
    (
        "two parameters stand side by side",
        'put a "," between them; values that make sense stand behind `in`: width=64 in 16..128:8',
        tuple(f"model M(w{a} {b}) {{{{ relu }}}}".replace("{{", "{").replace("}}", "}") for a in ("=8", "=x", " in 8..9", " in 8..9:2", " in z", " in [8]", "=[8]") for b in ("v", "v=3", "8", "for v")),
    ),
    (
        "parameters are names, each with a default if you like",
        "write, for example, (filters, stride=1), and several values in brackets: (width=64 in [32, 64])",
        ("block f(3) { relu }", "block f(x y) { relu }", "block f(x, 3) { relu }"),
    ),
    ("train takes a body", "write train { epochs = 10 }", ("train epochs", "train = 3", "train(epochs=3)", "train\n{ epochs = 1 }")),
    (
        "an input's shape is written 28x28x1",
        "join height, width and channels with x; ? is an unknown size",
        ('input "image"', "input = image", "input image = 'a'"),
    ),
    ("a budget compares a quantity with a bound", "write, for example, expect params < 5M", ("expect params = 5M", "expect 5M > params", "expect params <", "expect")),
    ('"as" is followed by a name', "write, for example, conv(8, 3x3) as stem", ("conv as 3", "conv as", "conv as\nrelu", "conv as -> relu", 'conv as "stem"', "conv as in", "a = {b: c as}", "a = {b: c as 3}")),
    ("use is `use \"file.cnn\" (names)`", 'write, for example, use "blocks.cnn" (cbr, bottleneck)', ('use "a.cnn"', "use a.cnn (b)", 'use "a.cnn" b', 'use (b) "a.cnn"', 'use "a.cnn" ()')),
    ("output is followed by names", "name tensors with `as`, then write output a, b", ("output", "output 3", "output conv(8)", "output (a, b)")),
    (
        "two entries stand side by side",
        'put a "," between them',
        tuple(f"a = {{b: {a} {key}: 1}}" for a in _VALUES for key in ("c", "'c'")),
    ),
    (
        "an entry of a mapping is `key: value`",
        "write, for example, {mask: dice, label: hinge}, several values in a list",
        (
            *_mappings("d e", "'d' e", "d 'e'", "'d' 'e'", "d 1", "'d' 1", "d = e", "'d' = e", "d -> e", "d", "'d'", "d, e: f", "'d', e: f", ": d", "d: e: f"),
            "a = {b c, d: e}", "a = {b 'c', d: e}", "a = {'b' c, d: e}", "a = {'b' 'c', d: e}", "a = {b 1, c: d}", "a = {'b' 1, c: d}",
            "a = {b = c, d: e}", "a = {b = c\nd: e}", "a = {b -> c, d: e}", "a = {b, d: e}", "a = {b\nc: d}", "a = {'b'\nc: d}", "a = {: c}",
            "a = {b: c: d}", "a = {b: 'c': d}", "a = {b: c = d}", "a = {b: 'c' = d}", "a = {b: f(1) = d}", "a = {a / b: c}", "a = {d-e: f}",
            *_mappings("**d", "*d"), "a = {**d, b: c}",
        ),
    ),
    (
        "a key is a name or a quoted text",
        'write, for example, {mask: dice} or {"mask/1": dice}',
        (
            *_mappings("1: d", "[1]: d", "(1): d", "f(x): d", "f.x: d", "f[1]: d", "-1: d", "d/e: f", "d-e: f"),
            "a = {1: b}", "a = {3x3: b}", "a = {f(x): b}", "a = {f.x: b}", "a = {[1]: b}",
        ),
    ),
    (
        "a key that is a word of the language is quoted",
        'write, for example, {"input": dice}',
        tuple(text for word in (*_WORDS, "in", "or", "not", "true", "expect") for text in (f"a = {{{word}: b}}", *_mappings(f"{word}: d"))),
    ),
    ("a value is missing", 'write one after the ":"', ("a = {b:}", "a = {b: , c: d}", *_mappings("d:", "d: , e: f", "d: -> e"))),
    (
        'a mapping stands between "{" and "}"',
        "write, for example, loss = {mask: dice, label: hinge}",
        tuple(f"a = {opening}{key}: c{closing}" for opening, closing in ("()", "[]") for key in ("b", "'b'", "d, b", "d, 'b'")),
    ),
    ('an argument is given its value with "="', "write, for example, conv(filters=8)", ("conv(filters: 8)", "conv(8, kernel: 3x3)")),
    ("an entry is missing", "write it, or drop the comma", ("a = {, b: c}", "a = {b: c,, d: e}", "a = {b: c,,}", "a = {b: c, , d: e}")),
    ('"=" gives a value; "==" compares', 'write "=="', ("if a = 3 { relu }", "x if a = 3 else y", "a = b = 3")),
    (*NEVER_OPENED, ("conv)", "conv(8))", "conv]", "relu }", "}", ")", "]", "conv(8) }", "a = 3)", "a = [1]]")),
    ('an operator misses its right side', "write a number or a layer after it", ("conv *", "conv(2 *)", "conv(2 +, 3)", "a = 2 ^", "a = 3 *\nrelu", "conv(-)", "a = 1 ..", "a = {b: 2 *}", "a = {b: c *}", "a = {b: 2 +, c: d}", "a = {b: -}", "a = {b: 2 +\nc: d}")),
    ("an operator misses its left side", "write a number or a layer before it", ("* 3", "conv(* 3)", "a = * 3", "a = {b: * 3}")),
    ("a keyword cannot be a name", "choose another name", ("model = model", "in = 3", "for = 3", "as = 3", "conv as model", "conv(in=3)", "conv(model=3)", *(f"a = {{b: {word}}}" for word in _WORDS))),
    ("values stand behind a hole, or a parameter of a model", "write, for example, 2 * (?a in 8..64:8)", ("conv(2 * ?a in 8..16)", "conv(8, f in 3)", "conv(a=f in 3)", "x = 2 * ?a in 3", "x = 8 in 3", "x = [2 * ?a in 3]", "conv(8) in 3")),
]  # fmt: skip
