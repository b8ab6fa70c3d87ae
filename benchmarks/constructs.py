"""Texts that grow: for each construct of the language, and for each kind of mistake, a spec with n of it.

They are the rows of benchmarks/growth.py and the cases of tests/test_growth.py. A construct is named by what there are
n of; where it makes several files, the others come back beside its text.
"""

from __future__ import annotations

from collections.abc import Callable

Files = dict[str, str]  # name → text; the first is the one that is asked about
Construct = Callable[[int], "str | Files"]

IMAGE = "input 32x32x8\n"
HEAD = "gap -> dense(10, softmax)\n"
CONV = "conv(8, 3x3, padding=same)"


def whole(*steps: str, begin: str = IMAGE, end: str = HEAD) -> str:
    """A network of these steps, one a line, between an image and a classifier."""
    return begin + "".join([f"{step}\n" for step in steps]) + end


def numbered(form: str, n: int, between: str = "\n") -> str:
    """A form written n times, ~ in it being the number, from 1."""
    return between.join([form.replace("~", str(i)) for i in range(1, n + 1)])


def nested_blocks(n: int) -> str:
    """n blocks, each calling the one before, in towers of 32: calls go 64 deep at most."""
    blocks = [f"block b{i} {{ {CONV} }}" if i % 32 == 0 else f"block b{i} {{ b{i - 1} -> relu }}" for i in range(n)]
    return "\n".join(blocks) + "\n" + whole(*[f"b{i}" for i in range(31, n, 32)])


def used_files(n: int) -> Files:
    files = {"net.cnn": numbered('use "part~.cnn" (part~)', n) + "\n" + whole(*[f"part{i}" for i in range(1, n + 1)])}
    return files | {f"part{i}.cnn": f"block part{i} {{ {CONV} -> relu }}\n" for i in range(1, n + 1)}


def used_names(n: int) -> Files:
    names = numbered("part~", n, ", ")
    return {
        "net.cnn": f'use "parts.cnn" ({names})\n' + whole(*names.split(", ")),
        "parts.cnn": numbered(f"block part~ {{ {CONV} -> relu }}", n) + "\n",
    }


def deep_scopes(n: int) -> str:
    """n constants outside bodies that stand 60 deep inside one another, which ask for all of them."""
    return whole(numbered("k~ = ~", n), "{" * 60, numbered("x~ = k~", n), CONV, "}" * 60)


def table(n: int) -> str:
    return whole("for k, f in [", numbered("  (3, 8),", n), "] { conv(f, k, padding=same) -> relu }")


NETWORKS: dict[str, Construct] = {
    "layers, one a line": lambda n: whole(numbered(CONV, n)),
    "stages of a chain": lambda n: whole(numbered(CONV, n, " -> ")),
    "conv, bn, relu": lambda n: whole(numbered(f"{CONV} -> bn -> relu", n)),
    "repeats (* n)": lambda n: whole(f"({CONV} -> relu) * {n}"),
    "repeats, one a line": lambda n: whole(numbered(f"({CONV} -> relu) * 2", n)),
    "turns of a loop": lambda n: whole(f"for i in 1..{n} {{ {CONV} -> relu }}"),
    "loops": lambda n: whole(numbered(f"for i in 1..2 {{ {CONV} -> relu }}", n)),
    "rows of a table": table,
    "conditions": lambda n: whole(numbered(f"if ~ % 2 == 0 {{ {CONV} }} else {{ relu }}", n)),
    "ternaries": lambda n: whole(numbered(f"({CONV} if ~ % 2 == 0 else relu)", n)),
    "blocks, each called": lambda n: numbered(f"block b~ {{ {CONV} -> relu }}", n) + "\n" + whole(numbered("b~", n)),
    "blocks, none called": lambda n: numbered(f"block b~ {{ {CONV} -> relu }}", n) + "\n" + whole(CONV),
    "blocks inside one another": nested_blocks,
    "calls of a block": lambda n: "block b(f) { conv(f, 3x3, padding=same) -> relu }\n" + whole(numbered("b(8)", n)),
    "residual blocks": lambda n: whole(numbered(f"add(in, {CONV} -> bn -> relu -> {CONV} -> bn) -> relu", n)),
    "gates": lambda n: whole(numbered("multiply(in, gap(keepdims=true) -> conv(8, 1x1, activation=sigmoid))", n)),
    "strided layers": lambda n: whole(numbered("maxpool(3x3, stride=2) -> upsample(2) -> pad(1)", n)),
    "concatenations": lambda n: whole(numbered(f"concat(in, {CONV}) -> conv(8, 1x1)", n)),
    "dense connections": lambda n: whole(numbered("concat(in, conv(1, 3x3, padding=same))", n)),
    "branches of a merge": lambda n: whole(f"add({numbered('in, ' + CONV, n, ', ')})"),
    "branches, one written": lambda n: whole(f"concat(in, {numbered('conv(1, 3x3, padding=same)', n, ', ')})"),
    "names, used far away": lambda n: whole(numbered(f"{CONV} as a~", n), numbered("add(in, a~)", n)),
    "names, used backwards": lambda n: whole(
        numbered(f"{CONV} as a~", n), *[f"add(in, a{i}) -> relu" for i in range(n, 0, -1)]
    ),
    "one tensor read by all": lambda n: whole(f"{CONV} as a", numbered("add(in, a) -> relu", n)),
    "shared functions": lambda n: whole(numbered(f"shared s~ = {CONV}", n), numbered("s~ -> s~", n)),
    "uses of a shared function": lambda n: whole(f"shared s = {CONV} -> relu", numbered("s", n)),
    "inputs": lambda n: numbered("input i~ 8x8x2", n) + f"\nadd({numbered('i~', n, ', ')})\n{HEAD}",
    "outputs": lambda n: (
        IMAGE + CONV + "\n" + numbered("conv(2, 1x1) as o~", n) + f"\noutput {numbered('o~', n, ', ')}\n"
    ),
    "models": lambda n: numbered(f"model M~ {{\n{whole(CONV)}}}", n) + "\n",
    "models of a block": lambda n: (
        "block b(f) { conv(f, 3x3, padding=same) -> relu }\n"
        + numbered(f"model M~ {{\n{whole('b(8)', 'b(16)')}}}", n)
        + "\n"
    ),
    "budgets": lambda n: whole(CONV, numbered("expect params < ~M", n)),
    "broken budgets": lambda n: whole(CONV, numbered("expect params < 1", n)),
    "contracts": lambda n: whole(CONV, numbered("expect(32x32x8)", n)),
    "activations in a row": lambda n: whole(CONV, numbered("relu", n)),
    "linear layers in a row": lambda n: whole(numbered("conv(8, 1x1)", n)),
    "reshapes": lambda n: whole(numbered("reshape((64, 128)) -> reshape((32, 32, 8))", n)),
    "unused branches": lambda n: whole(f"{CONV} as a", numbered(f"a -> {CONV} as b~", n), "a"),
    "pasted layers": lambda n: numbered("layers.Conv2D(8, (3, 3), padding='same', name='c~')", n).join(
        ["model = Sequential()\nmodel.add(layers.Input(shape=(32, 32, 3)))\n", "\nlayers.Flatten()\n"]
    ),
    "sizes that are unknown": lambda n: whole(numbered("conv(8, 3x3, padding=same) -> relu", n), begin="input ?x?x8\n"),
    "strides over unknown sizes": lambda n: whole(numbered("maxpool(2x2) -> upsample(2)", n), begin="input ?x?x8\n"),
    "merges of unknown sizes": lambda n: whole(
        numbered("add(in, conv(8, 3x3, stride=2, padding=same) -> upsample(2))", n), begin="input ?x?x8\n"
    ),
}

TEXTS: dict[str, Construct] = {
    "comments": lambda n: whole(numbered("# a comment", n), CONV),
    "comments behind layers": lambda n: whole(numbered(f"{CONV}  # a comment", n)),
    "blank lines": lambda n: whole("\n" * n, CONV),
    "blank lines between": lambda n: whole(numbered(f"{CONV}\n\n\n", n)),
    "spaces": lambda n: whole(" " * 20 * n + CONV),
    "semicolons": lambda n: whole(";" * 20 * n, CONV),
    "ignores that are used": lambda n: whole(
        numbered("maxpool(2x2) -> upsample(2) -> pad(1)  # cnnspec: ignore[W201] odd", n), begin="input 33x33x8\n"
    ),
    "ignores without use": lambda n: whole(numbered(f"{CONV}  # cnnspec: ignore[W201]", n)),
    "ignores of the file": lambda n: whole(CONV, numbered("# cnnspec: file-ignore[W201]", n)),
    "names in an ignore": lambda n: whole(f"{CONV}  # cnnspec: ignore[{numbered('W201', n, ', ')}]"),
    "ignores that are wrong": lambda n: whole(numbered(f"{CONV}  # cnnspec: ignore[W9~]", n)),
    "layers on one line, ignored": lambda n: whole(numbered(CONV, n, "; ") + "  # cnnspec: ignore[W201]"),
    "constants": lambda n: whole(numbered("k~ = ~", n), CONV),
    "constants, one of the next": lambda n: whole("k0 = 1", *[f"k{i} = k{i - 1} + 1" for i in range(1, n)], CONV),
    "layer constants": lambda n: whole(numbered(f"k~ = {CONV}", n), numbered("k~", n)),
    "elements of a list": lambda n: whole(f"k = [{numbered('~', n, ', ')}]", CONV),
    "elements, each asked for": lambda n: whole(
        f"k = [{numbered('8', n, ', ')}]", f"for i in 0..{n - 1} {{ conv(k[i], 1x1) -> relu }}"
    ),
    "arguments of a block": lambda n: (
        f"block b({numbered('p~=8', n, ', ')}) {{ conv(p1, 3x3, padding=same) }}\n"
        + whole(f"b({numbered('p~=8', n, ', ')})")
    ),
    "parameters of a model": lambda n: f"model M({numbered('p~=8', n, ', ')}) {{\n{whole(CONV)}}}\n",
    "parameters with values": lambda n: f"model M({numbered('p~=8 in 8..64:8', n, ', ')}) {{\n{whole(CONV)}}}\n",
    "values of a parameter": lambda n: (
        f"model M(p=8 in [{numbered('8..64:*2, ~000000', n, ', ')}]) {{\n{whole(CONV)}}}\n"
    ),
    "holes": lambda n: whole(numbered("conv(?a~ in 8..64, ?, padding=same)", n)),
    "holes of one name": lambda n: whole(numbered("conv(?a in 8..64:8, 1x1)", n)),
    "holes in blocks and models": lambda n: (
        numbered("block b~(f) { conv(f, ?~b) -> conv(?a, 1x1) }".replace("?~b", "?"), n)
        + "\n"
        + numbered(f"model M~ {{\n{whole('b~(?) -> b~(?a)')}}}", n)
        + "\n"
    ),
    "terms of a sum": lambda n: whole(f"k = {numbered('1', n, ' + ')}", CONV),
    "factors of a product": lambda n: whole(f"k = {numbered('1', n, ' * ')}", CONV),
    "terms of a layer's sum": lambda n: whole(f"conv({numbered('1', n, ' + ')}, 1x1)"),
    "comparisons": lambda n: whole(f"k = 8 if {numbered('~ > 0', n, ' and ')} else 9", CONV),
    "parts of an or": lambda n: whole(f"k = 8 if {numbered('~ < 0', n, ' or ')} else 9", CONV),
    "nested parentheses": lambda n: whole(numbered(f"k~ = {'(' * 90}8{')' * 90}", n), CONV),
    "nested ternaries": lambda n: whole(numbered("k~ = " + "1 if true else " * 40 + "2", n), CONV),
    "nested powers": lambda n: whole(numbered("k~ = 1" + " ^ 1" * 40, n), CONV),
    "nested braces": lambda n: whole(numbered("{" * 40 + CONV + "}" * 40, n)),
    "a long string": lambda n: whole(f'conv(8, 3x3, padding="{"same" * 20 * n}")'),
    "a long name": lambda n: whole("conv" * 20 * n),
    "a long comment": lambda n: whole(f"# {'word ' * 20 * n}", CONV),
    "a long number": lambda n: whole(f"conv({'8' * 20 * n}, 3x3)"),
    "strings": lambda n: whole(numbered('k~ = "a word"', n), CONV),
    "a long setting": lambda n: whole(CONV) + f'train {{\n  data = "{"word" * 20 * n}"\n}}\n',
    "settings": lambda n: whole(CONV) + f"train {{\n{numbered('  k~ = ~', n)}\n}}\n",
    "files used": used_files,
    "names from a file": used_names,
    "names asked from deep inside": deep_scopes,
}

MISTAKES: dict[str, Construct] = {
    "unknown layers": lambda n: whole(numbered("konv~(8, 3x3)", n)),
    "one unknown layer, often": lambda n: whole(numbered("konv(8, 3x3)", n)),
    "unknown names among many": lambda n: whole(numbered("value~ = ~", n), numbered("conv(valu~, 3x3)", n)),
    "unknown tensors among many": lambda n: whole(numbered(f"{CONV} as skip~", n), numbered("add(in, skip_~)", n)),
    "unknown outputs among many": lambda n: whole(
        numbered(f"{CONV} as skip~", n), f"output {numbered('skip_~', n, ', ')}", end=""
    ),
    "unknown arguments": lambda n: whole(numbered("conv(8, 3x3, pading=same)", n)),
    "unknown arguments in a call": lambda n: whole(f"conv(8, 3x3, {numbered('pading~=same', n, ', ')})"),
    "arguments too many": lambda n: whole(f"conv(8, 3x3, {numbered('1', n, ', ')})"),
    "arguments given twice": lambda n: whole(f"conv(8, 3x3, {numbered('bias=true', n, ', ')})"),
    "wrong values": lambda n: whole(numbered("conv(8, 3x3, padding=sam~)", n)),
    "layers with wrong channels": lambda n: whole(numbered("conv(9, 3x3, groups=7)", n)),
    "empty outputs": lambda n: whole(numbered(f"{CONV} as a~\na~ -> conv(8, 99x99)\na~", n)),
    "merges that do not fit": lambda n: whole(numbered("add(in, maxpool(2x2))", n)),
    "names defined twice": lambda n: whole(numbered("k = ~", n), CONV),
    "blocks defined twice": lambda n: numbered(f"block b {{ {CONV} }}", n) + "\n" + whole("b"),
    "blocks that call themselves": lambda n: numbered("block b~ { b~ }", n) + "\n" + whole(numbered("b~", n)),
    "blocks in a circle": lambda n: (
        "\n".join([f"block b{i} {{ b{(i + 1) % n} }}" for i in range(n)]) + "\n" + whole("b0")
    ),
    "unknown names in blocks": lambda n: numbered("block b~ { konv~(8) }", n) + "\n" + whole(CONV),
    "one error in each call": lambda n: "block b(f) { konv(f, 3x3) }\n" + whole(numbered("b(8)", n)),
    "bad tokens": lambda n: whole(numbered("conv(8, 3x3) @ $", n)),
    "bad tokens in a line": lambda n: whole("@ " * n),
    "brackets never closed": lambda n: whole(numbered("conv(8, 3x3", n)),
    "brackets opened in a line": lambda n: whole("conv(" * n),
    "brackets closed in a line": lambda n: whole(")" * n),
    "braces never closed": lambda n: whole(numbered("{", n)),
    "lines of prose": lambda n: whole(numbered("this is no network", n)),
    "lines of Python": lambda n: numbered("def f~(x):\n    return x + ~", n) + "\n",
    "a bad token behind a long list": lambda n: whole(f"k = [{numbered('~', n, ', ')}, @]", CONV),
    "missing commas in a list": lambda n: whole(f"k = [{numbered('~ ~', n, ', ')}]", CONV),
    "files that are missing": lambda n: numbered('use "none~.cnn" (part~)', n) + "\n" + whole(CONV),
    "names that a file has not": lambda n: {
        "net.cnn": f'use "parts.cnn" ({numbered("prt~", n, ", ")})\n' + whole(CONV),
        "parts.cnn": numbered(f"block part~ {{ {CONV} }}", n) + "\n",
    },
    "unknown settings": lambda n: whole(CONV) + f"train {{\n{numbered('  epoch~ = ~', n)}\n}}\n",
    "poolings that do not fit": lambda n: whole(
        numbered("maxpool(2x2) -> upsample(2) -> pad(((0, 1), (0, 1)))", n), begin="input 33x33x8\n"
    ),
    "layers without effect": lambda n: whole(numbered(f"{CONV} -> dropout(0) -> maxpool(1x1)", n)),
    "dropouts before norms": lambda n: whole(numbered(f"{CONV} -> dropout(0.5) -> bn", n)),
    "activations given twice": lambda n: whole(numbered(f"{CONV} -> relu -> relu", n)),
}
