"""The contents that the files of a run folder may have: their shape, declared once and checked before anything is used.

A kind is a function that is given a value and what it is called, and raises `Wrong` for a value that is none of it.
JSON is taken strictly: no key twice, no NaN, nothing nested deeper than anything written here is.
"""

from __future__ import annotations

from cnnspec.compile.backend import BACKENDS
from cnnspec.train.data.framing import WAYS
from cnnspec.train.section_words import PAIRINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Kind = Callable[[Any, str], None]

FORMAT = 1
DEEPEST = 20
MOST = 2**53  # of a count: what a float64 still counts exactly
LONGEST = 10_000  # characters of a text


class Wrong(ValueError):
    """A file is wrong; the sentence begins with the part at fault."""


# ---- JSON --------------------------------------------------------------------------------------------------
def parse_json(content: bytes) -> Any:
    """The value that JSON stands for. Raises Wrong."""
    import json

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            raise Wrong("it has a key twice")
        return made

    def constant(word: str) -> None:
        raise Wrong(f"it has {word}, which is no number")

    try:
        value = json.loads(content.decode(), object_pairs_hook=once, parse_constant=constant)
    except Wrong:
        raise
    except RecursionError:
        raise Wrong("it is nested too deeply") from None
    except ValueError:
        raise Wrong("it is no JSON") from None
    level, depth = [value], 0
    while level := [inner for outer in level for inner in _list_inner(outer) if isinstance(inner, (dict, list))]:
        depth += 1
        if depth > DEEPEST:
            raise Wrong("it is nested too deeply")
    return value


def _list_inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


# ---- kinds -------------------------------------------------------------------------------------------------
def expect(true: bool, name: str, expected: str) -> None:
    if not true:
        raise Wrong(f"{name} is not {expected}")


def whole(low: int = 0, high: int = MOST) -> Kind:
    def check(value: Any, name: str) -> None:
        expect(type(value) is int and low <= value <= high, name, f"a whole number from {low} to {high}")

    return check


def number(low: float = -1e308, high: float = 1e308) -> Kind:
    expected = "a number" + (f" from {low:g} to {high:g}" if high < 1e308 else "")

    def check(value: Any, name: str) -> None:
        expect(type(value) in (int, float) and low <= value <= high, name, expected)  # NaN is not

    return check


def text(value: Any, name: str) -> None:
    sound = isinstance(value, str) and len(value) <= LONGEST and "\0" not in value
    expect(sound and not any("\ud800" <= c <= "\udfff" for c in value), name, "a text")


def flag(value: Any, name: str) -> None:
    expect(isinstance(value, bool), name, "true or false")


def one_of(*words: Any) -> Kind:
    def check(value: Any, name: str) -> None:
        known = any(type(value) is type(word) and value == word for word in words)
        expect(known, name, f"any of {', '.join(map(str, words))}")

    return check


def anything(value: Any, name: str) -> None:
    """A value that is only compared and shown, so it may be anything."""


def optional(kind: Kind) -> Kind:
    def check(value: Any, name: str) -> None:
        if value is not None:
            kind(value, name)

    return check


def listed(kind: Kind, least: int = 0) -> Kind:
    def check(value: Any, name: str) -> None:
        expect(
            isinstance(value, list) and len(value) >= least, name, "a list" + (" with something in it" * (least > 0))
        )
        for i, item in enumerate(value):
            kind(item, f"{name}[{i}]")

    return check


def fixed(*kinds: Kind) -> Kind:
    """A list with one of each."""

    def check(value: Any, name: str) -> None:
        expect(isinstance(value, list) and len(value) == len(kinds), name, f"a list of {len(kinds)}")
        for i, (item, kind) in enumerate(zip(value, kinds, strict=True)):
            kind(item, f"{name}[{i}]")

    return check


def table(kind: Kind) -> Kind:
    """Names, and a value of one kind for each."""
    return record({}, others=kind)


def named(kind: Kind) -> Kind:
    """Names, at least one, and a value of one kind for each."""

    def check(value: Any, name: str) -> None:
        table(kind)(value, name)
        expect(bool(value), name, "a table with something in it")

    return check


def record(kinds: Mapping[str, Kind], others: Kind = anything, maybe: Mapping[str, Kind] | None = None) -> Kind:
    """A table with fields that must be there, fields that may be, and one kind for all others."""

    def check(value: Any, name: str) -> None:
        expect(isinstance(value, dict), name, "a table of names and values")
        above = f"{name}." if name else ""
        for key, kind in kinds.items():
            if key not in value:
                raise Wrong(f"it has no {above}{key}")
            kind(value[key], above + key)
        for key, item in value.items():
            if key not in kinds:
                text(key, f"a name in {name or 'it'}")
                (maybe or {}).get(key, others)(item, above + key)

    return check


def scalar(value: Any, name: str) -> None:
    if isinstance(value, str):
        text(value, name)
    elif not isinstance(value, bool):
        number()(value, name)


def figure(value: Any, name: str) -> None:
    """A figure of an epoch: a number, None where it was none, a list of those where it has several."""
    for item in value if isinstance(value, list) else [value]:
        optional(number())(item, name)


# ---- what the files say ------------------------------------------------------------------------------------
def best(value: Any, name: str) -> None:
    record({"by": text, "epoch": whole(1)}, figure)(value, name)
    if value["by"] not in value:
        raise Wrong(f"it has no {name}.{value['by']}")
    number()(value[value["by"]], f"{name}.{value['by']}")


def share(value: Any, name: str) -> None:
    number(0, 1)(value, name)
    expect(value < 1, name, "a number below 1")


TARGETS = one_of("classes", "one-hot", "column", "given")
_INPUT = {"shape": listed(whole(1), 1)}, {"values": fixed(number(), number())}  # fields that must be, and that may be
_STRIDE = number(1e-6, 1e6)
MASKS = record({"values": listed(whole(0, 2**25), 1), "stride": fixed(_STRIDE, _STRIDE)})
_OUTPUT = {"classes": optional(listed(text)), "targets": TARGETS}
_DATA = (
    {"given": text, "folder": text, "fingerprint": text},
    {"train": whole(), "validation": whole(), "test": whole(), "notes": listed(text)},
)


def data(value: Any, name: str) -> None:
    """The data of a training: those of its input and output, or of several by their names, at least one of them trained."""
    must, maybe = _DATA
    if not isinstance(value, dict) or not ("inputs" in value or "outputs" in value):
        return record(must | _INPUT[0] | _OUTPUT, maybe=maybe | _INPUT[1] | {"masks": MASKS})(value, name)
    output = record(_OUTPUT | {"targets": optional(TARGETS)}, maybe={"masks": MASKS})
    record(must | {"inputs": named(record(_INPUT[0], maybe=_INPUT[1])), "outputs": named(output)}, maybe=maybe)(
        value, name
    )
    trained = any(output["targets"] is not None for output in value["outputs"].values())
    return expect(trained, f"{name}.outputs", "a table with an output that is trained")


START = record({
    "given": text, "folder": text, "sha256": text, "layers": listed(text), "of_layers": whole(), "weights": whole(),
    "of_weights": whole(), "left": listed(text),
})  # fmt: skip
ROW = record({"epoch": whole(1)}, figure)
_RUN_RECORD = record(
    {
        "spec": text, "files": table(text), "model": optional(text), "parameters": table(text), "max_layers": whole(),
        "overrides": table(scalar), "backend": one_of(*BACKENDS), "versions": record({"cnnspec": text}, text),
        "devices": listed(text, 1), "output": optional(text), "epochs": whole(), "seconds": number(0, 1e12),
        "status": one_of("running", "stopped", "finished", "failed"),
        "settings": record({
            "epochs": whole(1), "batch": whole(1), "seed": whole(0, 2**32 - 1), "validation": share, "test": share,
            "callbacks": listed(text),
        }, maybe={
            "loss": optional(text), "losses": named(text), "loss_weights": named(number(0)),
            "metrics_by_output": named(listed(text)), "pairing": one_of(*PAIRINGS), "each": whole(1),
            "columns": named(listed(text, 1)), "group": text, "start": text, "freeze": listed(text, 1),
            "unfreeze_after": whole(1), "unfreeze_rate": scalar, "learning_rates": named(number(0)),
            "folds": whole(2), "fold": whole(1), "sampling": one_of("balanced"), "resize": one_of(*WAYS),
            "crop": fixed(whole(1), whole(1)), "windows": whole(1),
        }),
        "data": data,
        "params": record({"total": whole()}, whole()), "best": optional(best), "test": optional(record({"on": text}, figure)),
    },
    maybe={
        "name": text, "loss": text, "precision": text, "seed": whole(), "why": text, "started": text,
        "ended": optional(text), "last": optional(ROW), "start": START, "examples_per_second": number(0),
        "data_wait": optional(number(0, 1)),
    },
)  # fmt: skip


def check_record(value: Any, name: str) -> None:
    """The record of a training, run.json."""
    _RUN_RECORD(value, name)
    if value["spec"].removeprefix("spec/") not in value["files"]:
        raise Wrong("spec is none of its files")


CALLBACK = record({"class": text, "state": record({}, fixed(text, anything))})
MORE = record(
    {"best": optional(number()), "best_epoch": optional(whole(1)), "seconds": number(0, 1e12)},
    maybe={"within": number(0, 1e12), "files": table(whole())},
)
STATE = record({
    "epoch": whole(), "done": whole(), "ended": flag, "callbacks": listed(CALLBACK), "more": MORE,
    "dtypes": table(one_of("bfloat16")), "python": fixed(one_of(3), optional(number())),
    "numpy": fixed(one_of("MT19937"), whole(0, 624), one_of(0, 1), number()),
})  # fmt: skip


def read_checked(content: bytes, kind: Kind) -> dict[str, Any]:
    """The contents of a file in JSON, all of its kind. Raises Wrong, or Newer for a format of a newer cnnspec."""
    value = parse_json(content)
    if not isinstance(value, dict) or type(value.get("format")) is not int or not 0 < value["format"] < 1000:
        raise Wrong("it has no format number")
    if value["format"] > FORMAT:
        raise Newer(value["format"])
    kind(value, "")
    return value


class Newer(Wrong):
    """A file of a later format."""

    def __init__(self, format: int) -> None:
        super().__init__(f"it has the format {format}; this cnnspec reads {FORMAT}")
        self.format = format


def read_row(line: bytes) -> dict[str, Any] | None:
    """The figures of an epoch in a line of metrics.jsonl; None where a stop has cut it, or it is none."""
    try:
        value: dict[str, Any] = parse_json(line)
        ROW(value, "it")
    except Wrong:
        return None
    return value
