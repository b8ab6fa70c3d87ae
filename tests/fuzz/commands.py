"""Whole commands made by chance: a verb, its options, and the files that it is let loose on."""

from __future__ import annotations

import json
from random import Random
from typing import NamedTuple

from tests.fuzz import words
from tests.fuzz.seeds import models, seeds
from tests.fuzz.texts import mutated, text_of
from tests.fuzz.writer import sound

FEW = "5000"  # layers at most, wherever that can be said: large networks take their time by right


class Command(NamedTuple):
    """What is called, on which files, with what on stdin."""

    argv: tuple[str, ...]
    files: dict[str, bytes]
    stdin: bytes = b""

    @property
    def verb(self) -> str:
        return self.argv[0] if self.argv else ""

    @property
    def format(self) -> str:
        """The form that its stdout is to have; "" for text."""
        if {"-h", "--help", "--version"} & {*self.argv}:
            return ""
        if "--statistics" in self.argv and "json" not in self.argv:
            return ""
        if self.verb == "compile":
            return "py" if "-" in self.argv[self.argv.index("-o") :] else ""
        asked = [b for a, b in zip(self.argv, self.argv[1:], strict=False) if a in ("--format", "--output-format")]
        fixes = self.verb == "check" and {"--fix", "--diff", "--show-settings"} & {*self.argv}
        return "" if fixes or not asked else asked[-1]

    def holds(self, word: str) -> bool:
        """Whether what the user gave has a word in it."""
        return any(word in part for part in self.argv) or any(
            word in data.decode("utf-8", "replace") for data in (*self.files.values(), self.stdin)
        )


MODEL = {
    "--set": ("n=2", "n=3x3", "classes=10", "x", "blocks=[1, 2]", "n=1e18", "n=)", "n=relu", "=", "n=\x1b"),
    "--model": ("M", "Net", "", "x\n"),
}
RULES = ("W", "W201", "ALL", "illegal-stride", "T4,N", "", "X", "E0", "L,S,P")
CHOICE = {
    "--select": RULES, "--extend-select": RULES, "--ignore": RULES, "--per-file-ignores": ("*.cnn:W", "x", "sub/*:ALL", "[:W"),
    "--profile": ("lecture", "x"), "--strict-stride": (), "--target": ("keras", "torch", "gpu", "onnx", "x"), "--exclude": ("sub", "*", "**", "["),
    "--force-exclude": (), "--no-respect-gitignore": (), "--stdin-filename": ("net.cnn", "new.cnn", "sub", "", "no/where.cnn", "x\x1b.cnn"),
}  # fmt: skip
FORMATS = ("text", "markdown", "csv", "latex", "json", "x")
OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "check": {
        "--output-format": ("full", "concise", "json", "jsonl", "sarif", "github", "junit", "gitlab"), "--statistics": (), "--fix": (), "--unsafe-fixes": (),
        "--diff": (), "-q": (), "--no-cache": (), "--show-settings": (), "--fail-on": ("error", "info", "never"), "--exit-zero": (), "--jobs": ("2", "0"),
        "--baseline": ("base.json", "net.cnn", "none"), "--write-baseline": ("base.json", "sub", "no/where"), "--cache-dir": ("cache", "net.cnn"), **CHOICE, **MODEL,
    },
    "summary": {"--format": FORMATS, "--columns": ("params", "params,macs,memory", "all", "", "layer,x", "rf,macs,shape"), **MODEL},
    "explain": {"--format": ("text", "markdown", "latex", "json"), **MODEL},
    "rf": {"--at": ("0,0", "3", "-1,2", "x", "999999999,1", "1,1,1", ""), "--in": ("conv1", "x", ""), "--picture": (), "--effective": ("conv1", "x", ""), "-o": ("rf.svg", "rf.tex", "rf.html", "rf.gif", "-"), "--format": FORMATS, **MODEL},
    "lost": {"--format": FORMATS, **MODEL},
    "draw": {
        "--format": ("svg", "tex", "dot", "mermaid", "x"), "--depth": ("0", "1", "all", "-1", "x"), "--expand": ("block", "conv1", "0", "x", ""),
        "--show": ("params,macs,rf", "name", "x", ""), "--color": ("cost", "rf", "lost", "none", "x"), "--direction": ("right", "x"), "--style": ("volumes", "flow", "x"), "-o": ("net.svg", "net.x", "-"), **MODEL,
    },
    "cost": {
        "--batch": ("1", "64", "0", "999999999999", "-1", "x"), "--dtype": ("float16", "int8", "mixed_float16", "x"), "--optimizer": ("sgd", "adam", "lion", "x"),
        "--memory": ("16GiB", "0", "1", "-3", "1e30GiB", "x", "999999999999999TiB"), "--device": ("a100", "v100", "t4", "x"),
        "--flops-as": ("fvcore", "ptflops", "thop", "torchinfo", "torch", "tensorflow"), "-o": ("cost.svg", "cost.tex", "cost.html", "-"), "--format": FORMATS, **MODEL,
    },
    "sizes": {"--near": ("670", "670x512", "0", "-1", "999999999999999999", "x", "1x1x1"), "-o": ("sizes.svg", "sizes.tex", "sizes.html", "-"), "--format": FORMATS, **MODEL},
    "compare": {
        "--format": ("text", "markdown", "csv", "latex", "json", "html", "x"), "--columns": ("params", "params,macs,time", "", "x", "rf,output,depth"),
        "--sort": ("macs", "network", "output", "x", ""), "--reverse": (), "--relative": (), "--set": ("n=1", "n=3", "x"), "--batch": ("1", "0"),
        "--dtype": ("int8", "x"), "--device": ("t4", "x"),
    },
    "diff": {
        "--format": FORMATS, "--set-a": ("n=1",), "--set-b": ("n=3", "x"), "--max-params": ("+5%", "-10%", "5M", "1KiB", "x", ""),
        "--min-rf": ("3", "+0", "3x3", "200%"), "--budget": ("macs <= +2%, lossless", "output == 10", "params", ",", "peak_memory(batch=0) <= +1"), **MODEL,
    },
    "trace": {
        "--input": ("ramp", "ones", "zeros", "random", "[[1, 2], [3, 4]]", "[]", "in=ramp", "x", "net.cnn", "1/0"), "--at": ("0,0", "3", "-1,2", "x", "9,9,9,9", ""),
        "--layers": ("conv1", "conv1,relu1", "x", ""), "--seed": ("0", "7", "-1", "x"), "--weights": ("net.cnn", "x.keras", "sub"), "--decimals": (),
        "--format": ("text", "x"), **MODEL,
    },
    "quiz": {
        "--format": ("text", "markdown", "latex", "html", "gift", "json", "x"), "--kinds": ("size", "size,field", "x", ""), "--count": ("1", "0", "999", "x"),
        "--seed": ("0", "7", "-1", "x"), "--variant": (), "--solutions": (), "--ask": (), **MODEL,
    },
    "solve": {
        "--over": ("n=1..9", "n=1, 2, 3", "input=8..64:8", "w[*]=4, 8", "x=1", "n=9..1", ""), "--maximize": ("params", "log2(n)", "widths", "n / (n - 1)", "x", "act", "", "params <"),
        "--minimize": ("macs", "-n", ""), "--subject": ("params < 5k, lossless", "n == 2 or macs / n > 3", "1 / 0 > 2", "x", ""), "--method": ("exhaustive", "chain", "x"),
        "--scale-to": ("macs < 1M", "n < 2", "x", ""), "--multiple": ("1", "8", "0", "x"), "--gap": ("0", "0.5", "x"), "--seconds": ("1", "x"), **MODEL,
    },
    "sweep": {
        "--over": ("n=1..9", "n=1, 2, 3", "n=8..64:*2", "input=8..64:8", "w[0]=1..3", "w[*]=4, 8", "x=1", "n=", "n=9..1", "n=1..1e9", "", "=", "n=[", "input=x"),
        "--where": ("params < 5k", "n == 2 or macs / n > 3", "x", "1 / 0 > 2", "lossless", "params <", ""), "--by": ("macs", "params,macs", "n", "x", ""),
        "--pareto": ("params,macs", "x"), "--columns": ("depth,peak_memory(dtype=int8)", "x", ""), "--sample": ("5", "1e3", "0", "x"), "--histogram": ("macs,n", "coverage", "-n", "x", ""), "--jobs": ("1", "0", "x"), "--seed": ("7", "x"),
        "--top": ("0", "3", "-1"), "-o": ("table.csv", "table.json", "table.parquet", "table.x", "-"), "--format": FORMATS, **MODEL,
    },
    "fix": {"--check": (), "--unsafe-fixes": (), "--diff": (), "-q": (), **CHOICE, **MODEL},
    "format": {"--check": (), "--diff": (), "--exclude": ("sub", "*")},
    "compile": {**MODEL},
    "import": {"--keep-names": (), "-o": ("out.cnn", "no/where.cnn", "sub", "-")},
    "runs": {"--format": FORMATS},
    "rules": {"--format": FORMATS},
    "rule": {},
    "layers": {},
}  # fmt: skip
OFTEN = (
    ["check"] * 6
    + ["fix"] * 4
    + [
        "summary",
        "explain",
        "rf",
        "cost",
        "sizes",
        "lost",
        "draw",
        "compare",
        "diff",
        "trace",
        "quiz",
        "sweep",
        "format",
        "compile",
        "import",
    ]
    * 2
    + ["runs", "rules", "rule", "layers"]
)
LIMITED = (
    "check",
    "summary",
    "explain",
    "rf",
    "lost",
    "draw",
    "cost",
    "sizes",
    "compare",
    "diff",
    "trace",
    "quiz",
    "sweep",
    "fix",
    "compile",
)
SETTINGS = (
    'select = ["W"]\n', 'ignore = ["ALL"]\n', "fail-on = 3\n", "x = 1\n", 'target = ["torch"]\n', "[per-file-ignores]\n'*' = ['W']\n", "select = [\n", "\0", "\ufeff", 'cache-dir = "c"\n',
    "strict-stride = true\n", 'profile = "lecture"\n',
)  # fmt: skip


def command_of(random: Random) -> Command:
    """A command that makes sense, or nearly."""
    verb = random.choice(OFTEN)
    files = {"net.cnn": spec(random)}
    stdin = b""
    if random.random() < 0.25:
        for name in random.sample(["b.cnn", "sub/c.cnn", "sub/deep/d.cnn", "e.txt"], random.randint(1, 3)):
            files[name] = spec(random)
    if random.random() < 0.1:
        files[random.choice(("cnnspec.toml", "pyproject.toml", "sub/cnnspec.toml"))] = random.choice(SETTINGS).encode()
    if random.random() < 0.1:
        stdin = spec(random)
    argv = [verb, *arguments(random, verb, files)]
    if verb in LIMITED:
        argv += ["--max-layers", FEW]
    for option in random.sample(sorted(OPTIONS[verb]), min(len(OPTIONS[verb]), random.choice((0, 0, 1, 1, 2, 3)))):
        values = OPTIONS[verb][option]
        argv += [option, random.choice(values)] if values else [option]
    if random.random() < 0.02:
        argv.insert(
            random.randrange(len(argv)),
            random.choice(("--help", "-x", "--", "", "-", "--format", "\x1b[0m", "check", "--version")),
        )
    return Command(tuple(argv), files, stdin)


def arguments(random: Random, verb: str, files: dict[str, bytes]) -> list[str]:
    """What stands behind a verb without an option's name."""
    one = random.choice((*["net.cnn"] * 12, *files, "-", "missing.cnn", ".", "/dev/null"))
    names = ["conv1", "input1", "relu1", "maxpool1", "add1", "dense1", "t0", "nothing", "conv1, conv2", ""]
    if verb in ("check", "fix", "format"):
        return random.choice(([one], [one], ["."], ["net.cnn", one], ["sub"]))
    if verb in ("diff", "compare"):
        other = "net.cnn"
        if random.random() < 0.8:
            other = "b.cnn"
            files["b.cnn"] = random.choice(
                (spec(random), mutated(random, files["net.cnn"].decode("utf-8", "replace")).encode("utf-8", "replace"))
            )
        return [one, random.choice((other, other, f"{other}:M", "-"))]
    if verb == "import":
        files["model.json"] = model(random)
        return ["model.json"]
    if verb == "compile":
        return [one, "-o", random.choice(("-", "-", "-", "out.py", "no/where.py", "sub"))]
    if verb in ("rule", "layers"):
        return random.choice(([], [random.choice(("W201", "conv", "x", "", "illegal-stride", *words.LAYERS, "\x1b"))]))
    if verb in ("rules", "runs"):
        return [] if verb == "rules" else random.choice(([], ["."], ["net.cnn", "sub"], ["x"]))
    if verb == "explain":
        return [one, *random.choice(([], [random.choice(names)]))]
    if verb == "rf":
        return [one, *random.sample(names, random.choice((0, 0, 1, 1, 2)))]
    return [one]


def spec(random: Random) -> bytes:
    """A file; two in three are sound, so that what lies behind the check is reached too."""
    way = random.random()
    if way < 0.3:
        return random.choice(seeds()).encode()
    if way < 0.65:
        return sound(random).encode()
    data = text_of(random).encode("utf-8", "surrogatepass")
    if random.random() < 0.03:
        at = random.randrange(len(data) + 1)
        data = data[:at] + random.randbytes(2) + data[at:]
    return data


def model(random: Random) -> bytes:
    """A saved model with some of its values changed."""
    text = random.choice(models() or ("{}",))
    saved = json.loads(text)
    for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
        places = list(inside(saved))
        if not places:
            break
        holder, key = random.choice(places)
        way = random.randrange(4)
        if way == 0:
            del holder[key]
        elif way == 1:
            other, there = random.choice(places)
            holder[key] = json.loads(json.dumps(other[there])) if other is not holder or there != key else None
        else:
            holder[key] = random.choice(
                (
                    0,
                    1,
                    -1,
                    3,
                    2**63,
                    1e308,
                    0.5,
                    None,
                    True,
                    "same",
                    "",
                    "x\n\x1b[0m",
                    [],
                    [1],
                    [3, 3],
                    {},
                    "relu",
                    [None],
                    {"class_name": "X"},
                )
            )
    data = json.dumps(saved)
    return (data[: random.randrange(len(data))] if random.random() < 0.03 else data).encode()


def inside(value: object) -> list[tuple[object, object]]:
    """Every place in nested lists and dictionaries: holder and key."""
    found: list[tuple[object, object]] = []
    holders = [value]
    while holders:
        holder = holders.pop()
        keys = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            found.append((holder, key))
            holders.append(holder[key])  # type: ignore[index]
    return found
