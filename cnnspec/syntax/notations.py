"""What papers, lectures and other languages write for shapes, layers and repeats → what to write here.

Each notation is a pattern, tried on the line of a syntax error, and is meant where it covers the place of the error.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Said = tuple[str, str]

_SHAPE = r"\d+(?:[ \t]*[xX×][ \t]*\d+){1,2}"
_JOINT = re.compile(r"\s*(?:[xX×*＊·,]|\bby\b)\s*|(?<=[\d?])\s+(?=[\d?])|(?<=\d)(?:by)(?=\d)")
LONGEST = 300  # characters before and behind the place of an error that are looked at
_WIDE = "\uff01", "\uff5e"
_SIZE = re.compile(r"\d+|\?|[A-Za-z_]\w*")


def explain_notation(text: str, at: int) -> Said | None:
    """(message, help) for a syntax error at a place, where the notation on its line is known."""
    begin = text.rfind("\n", 0, at) + 1
    line, column = text[begin : at + LONGEST].split("\n", 1)[0].partition("#")[0], at - begin
    if column > LONGEST:
        return None
    if _WIDE[0] <= text[at : at + 1] <= _WIDE[1]:
        return f'"{text[at]}" is a full-width character', f"write {printable(normalize('NFKC', line).strip())}"
    for pattern, say in _NOTATIONS:
        for found in pattern.finditer(line):
            if found.start() <= column <= found.end():
                said = say(found)
                if said is not None:
                    return said
    return None


def write_sizes(sizes: list[str]) -> str:
    """Sizes as the language writes them: 28x28x1, and (size, size, 1) where some are names."""
    plain = all([size == "?" or size.isdigit() for size in sizes])
    return "x".join(sizes) if plain else f"({', '.join(sizes)})"


def sizes_of(text: str) -> list[str] | None:
    """The sizes that are joined in some way; None where a part is no size."""
    parts = _JOINT.split(text.strip().strip("([{}])").strip())
    parts = [piece for part in parts for piece in (part.split("x") if re.match(r"\d+x\d*[A-Za-z?]", part) else [part])]
    return parts if len(parts) > 1 and all([_SIZE.fullmatch(part) for part in parts]) else None


def _input(found: re.Match[str]) -> Said | None:
    message = "an input's shape is written 28x28x1"
    name, rest = found["name"] or "", found["rest"].rstrip("-=~ \t")
    first = re.match(r"(\d+)\s*@\s*(.+)", rest)
    sizes = sizes_of(f"{first[2]} x {first[1]}" if first else rest) or sizes_of(f"{name} {rest}")
    if sizes is None or write_sizes(sizes) == rest and not found["sign"]:
        return None
    name = "" if name in sizes or name == "x" and not sizes_of(rest) else name
    return message, f"write input {f'{name} ' * bool(name)}{write_sizes(sizes)}"


def _layer(found: re.Match[str]) -> Said | None:
    """A row of a paper's table: 3x3, 64; 3x3 max pool, stride 2; 64@5x5."""
    parts = found.groupdict()
    size = "x".join(re.findall(r"\d+", parts["size"]))
    kind, filters = (parts["kind"] or parts["head"] or "").lower(), parts["filters"] or parts["maps"]
    stride = f", stride={parts['stride']}" if parts["stride"] else ""
    times = f" * {parts['times']}" if parts["times"] else ""
    if "pool" in kind:
        word = "avgpool" if kind.startswith("av") else "maxpool"
        return "a pool is written maxpool(size)", f"write {word}({size}{stride}){times}"
    if filters is None or "(" in found[0] and not parts["maps"]:
        return None
    return "a convolution is written conv(filters, kernel)", f"write conv({filters}, {size}{stride}){times}"


def _before(found: re.Match[str]) -> Said:
    return (
        'a repeat stands behind what it repeats, with "*"',
        f"write {printable(found['what'].strip())} * {found['times']}",
    )


def _behind(found: re.Match[str]) -> Said:
    return 'a repeat is written with "*"', f"write * {found['times']}"


def _named_sizes(found: re.Match[str]) -> Said | None:
    sizes = sizes_of(found[0])
    if sizes is None or write_sizes(sizes)[0] != "(":
        return None
    return "sizes that have names are written (height, width)", f"write {write_sizes(sizes)}"


def _spelled_out(found: re.Match[str]) -> Said:
    return "a shape is written 3x3", f"write {'x'.join(re.findall('[0-9]+', found[0]))}"


def _same(message: str, help: str) -> Callable[[re.Match[str]], Said]:
    return lambda found: (message, found.expand(help))


def _bracketed(found: re.Match[str]) -> Said:
    return "arguments stand in parentheses", f"write {found[1]}({found[2].strip()})"


def _range(found: re.Match[str]) -> Said | None:
    """The values of a parameter, or of a loop, between two numbers: in 16 to 128, in 16:128:8, in 16..128 step 8."""
    step = f":{found['step']}" if found["step"] else ""
    written = f"{found['first']}..{found['last']}{step}"
    return (
        None
        if found[0].endswith(written)
        else ("a range is written 16..128, with a step 16..128:8", f"write {written}")
    )


def _rows(found: re.Match[str]) -> Said | None:
    """Numbers with blanks between them, and rows of them with semicolons: [0 -1 0], [1 2; 3 4]."""
    if not re.search(r"[\d.][ \t]+[-+\u2212.\d]|;", found[1]):
        return None
    rows = [", ".join(re.findall(r"[^\s,]+", row)) for row in found[1].split(";")]
    if len(rows) == 1:
        return "two elements stand side by side", f"write [{printable(rows[0])}]"
    return "each row is a list of its own", f"write [{', '.join([f'[{printable(row)}]' for row in rows if row])}]"


_NUMBER = r"[-+\u2212]?(?:\d+(?:\.\d*)?|\.\d+)(?:/\d+)?"
_TIMES = r"(?:\s*\]?\s*(?:[x×*]\s*(?P<times>\d+))?)"
_STRIDE = r"(?:\s*,?\s*(?:/|strides?\s*[=:]?|s\s*[=:]?)\s*(?P<stride>\d+))?"
_NOTATIONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Said | None]], ...] = (
    (re.compile(r"(?:^|(?<=[;{]))\s*(?:input|INPUT|Input)\b[ \t]*(?P<name>[A-Za-z_]\w*\b)?[ \t]*(?P<sign>[:=])?[ \t]*(?P<rest>[^;}>→⇒]*)"), _input),
    (
        re.compile(
            rf"(?:^|(?<=[>→⇒]))\s*(?:(?P<head>conv\w*|(?:max|avg|average)?[ -]?pool\w*)\s*)?(?:[\[(]\s*)?(?:(?P<maps>\d+)\s*@\s*)?(?P<size>{_SHAPE})"
            r"\s*(?P<kind>conv\w*|(?:max|avg|average)[ -]?pool\w*|pool\w*)?\s*,?\s*(?P<filters>\d+)?(?:\s*(?:filters|maps|channels))?"
            + _STRIDE + r"\s*\)?" + _TIMES, re.I,
        ),
        _layer,
    ),
    (re.compile(r"(?:^|(?<=[>→⇒]))\s*(?P<times>\d+)\s*[x×]\s*(?P<what>\w+\(.*\)|\(.*\)|\w+)"), _before),
    (
        re.compile(
            rf"\bin[ \t]*\[?[ \t]*(?P<first>{_NUMBER})[ \t]*(?:\.\.+|…|:|~|\bto\b|\bthrough\b)[ \t]*(?P<last>{_NUMBER})"
            rf"(?:[ \t]*(?:\.\.|:|\bby\b|\bstep\b)[ \t]*(?P<step>{_NUMBER}))?"
        ),
        _range,
    ),
    (
        re.compile(r"(?<![\w?])\?(?![ \t]*[xX×])\w*[ \t]*(?!in\b)(?:[\[(:=]|\.\.|(?<=[ \t])(?=\w))[^,)\]]*"),
        _same("the values of a hole stand behind `in`", "write ?a in 8..64:8, ? in [8, 16], or ?8..64:8 between two numbers"),
    ),
    (re.compile(r"\b(?!in\b)([A-Za-z_]\w*)\s*[\[{<]\s*(\d+\s*[,x][^\]}>]*)[\]}>]"), _bracketed),
    (re.compile(rf"\[[ \t]*({_NUMBER}(?:[ \t]*[,;][ \t]*{_NUMBER}|[ \t]+{_NUMBER})+)[ \t]*\]"), _rows),
    (re.compile(r"(?<=[)\]}])\s*[xX×]\s*(?P<times>\w+)"), _behind),
    (
        re.compile(r"(?:>>+|~+>|\|>|[-=~]›|\$?\\(?:[lL]ong)?(?:[rR]ightarrow|to)\b\s*\$?)"),
        _same('an arrow is written "->"', 'write "->"'),
    ),
    (re.compile(r"(?<=\w)\s+[-−–]\s+(?=[A-Za-z])"), _same('an arrow is written "->"', 'write "->"')),
    (re.compile(r"\b\d+(?:\s*by\s*\d+)+\b"), _spelled_out),
    (re.compile(r"(?<![\w.])(?:\w+|\?)(?:\s+[x×]\s+(?:\w+|\?))+(?![\w(])"), _named_sizes),
    (re.compile(r"(?<![\w.])\d+x[\w?]*[A-Za-z_?]\w*(?![\w(])"), _named_sizes),
    (
        re.compile(r"\b(strides?|padding|pad|kernel(?:_size)?|filters|activation|dilation|groups|rate|units|size)\s+(\w+)"),
        _same('an argument is given its value with "="', r"write \1=\2"),
    ),
)  # fmt: skip


def pattern_end(text: str, at: int) -> int | None:
    """Where a pattern of networks ends, as [CONV -> RELU]*N -> POOL?, that stands on the line of `at`; None without one."""
    begin = text.rfind("\n", 0, at) + 1
    stop = text.find("\n", at)
    stop = len(text) if stop < 0 else stop
    line = text[begin:stop].partition("#")[0]
    return stop if re.search(r"[A-Za-z)]\?\s*(?:[\])]|[-=]+>|[→⇒]|$)", line) and re.search("[-=]>|[→⇒]", line) else None


PATTERN = (
    "this is a pattern of networks, not one of them",
    "choose how often each part stands, and give the layers their arguments: (conv(32, 3x3) -> relu) * 2 -> maxpool(2x2)",
)
