"""Words that Keras gives a meaning: initializers, regularizers, constraints, with the arguments that each takes."""

from __future__ import annotations

from struct import pack, unpack

from cnnspec.layers.argument import (
    REQUIRED,
    Term,
    Unfit,
    argument,
    axes,
    choice,
    from_zero,
    integer,
    number,
    optional,
    same_on_every_axis,
    show,
    unknown_word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.argument import Argument, Kind

# Name → Keras's class, and its arguments with what Keras takes them to be; REQUIRED where a value is always written.
_SEED = {"seed": None}
INITIALIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "zeros": ("Zeros", {}),
    "ones": ("Ones", {}),
    "constant": ("Constant", {"value": REQUIRED}),
    "random_normal": ("RandomNormal", {"mean": 0.0, "stddev": 0.05, "seed": None}),
    "random_uniform": ("RandomUniform", {"minval": -0.05, "maxval": 0.05, "seed": None}),
    "truncated_normal": ("TruncatedNormal", {"mean": 0.0, "stddev": 0.05, "seed": None}),
    "glorot_normal": ("GlorotNormal", _SEED),
    "glorot_uniform": ("GlorotUniform", _SEED),
    "he_normal": ("HeNormal", _SEED),
    "he_uniform": ("HeUniform", _SEED),
    "lecun_normal": ("LecunNormal", _SEED),
    "lecun_uniform": ("LecunUniform", _SEED),
    "orthogonal": ("Orthogonal", {"gain": 1.0, "seed": None}),
    "variance_scaling": (
        "VarianceScaling",
        {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": None},
    ),
}
REGULARIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "l1": ("L1", {"l1": REQUIRED}),
    "l2": ("L2", {"l2": REQUIRED}),
    "l1_l2": ("L1L2", {"l1": REQUIRED, "l2": REQUIRED}),
    "orthogonal_regularizer": ("OrthogonalRegularizer", {"factor": 0.01, "mode": "rows"}),
}
CONSTRAINTS: dict[str, tuple[str, dict[str, Any]]] = {
    "max_norm": ("MaxNorm", {"max_value": REQUIRED, "axis": 0}),
    "min_max_norm": ("MinMaxNorm", {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}),
    "non_neg": ("NonNeg", {}),
    "unit_norm": ("UnitNorm", {"axis": 0}),
}
_UNSPEAKABLE = {"input_axes": None, "output_axes": None}  # Keras's further arguments, and what they must be
_ALL = {cls: defaults for known in (INITIALIZERS, REGULARIZERS, CONSTRAINTS) for cls, defaults in known.values()}


def saved(value: Any) -> Any:
    """A value as Keras saves it: a list is a tuple, an object of Keras's a Term. Raises Unfit for another object."""
    if isinstance(value, (list, tuple)):
        return tuple([saved(v) for v in value])
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return int(value)
    if isinstance(value, float):
        return as_written(value)
    return saved_term(value) if isinstance(value, dict) else value


def from_saved(value: Any, kind: Kind, key: str, per_axis: bool = False) -> Any:
    """An argument's value from the config of a Keras layer. Raises Unfit."""
    try:
        read = saved(value)
    except Unfit as unfit:
        raise Unfit(f"its {key} must be {unfit.expected}", unfit.hint) from None
    candidates = ["none" if read is None else read]
    if isinstance(read, tuple) and (len(read) == 1 or per_axis):
        candidates.insert(0, same_on_every_axis(read) if per_axis else read[0])
    for candidate in candidates:
        try:
            return kind(candidate)
        except Unfit as unfit:
            problem = unfit
    raise Unfit(f"its {key}={show(read)} must be {problem.expected}", problem.hint)


def as_written(value: float) -> float:
    """The number of which Keras saved the nearest of single precision: 0.01, saved as 0.009999999776482582."""
    short = float(f"{value:.7g}")
    return short if value != short and abs(value) < 3e38 and unpack("f", pack("f", short)) == (value,) else value


def saved_term(value: dict[str, Any]) -> Any:
    """The term of an object as Keras saves it, {"class_name": …, "config": {…}}: without what is as in Keras anyway; of an
    array its numbers.

    Raises Unfit for an object that is not one of Keras's, or has an argument that the language does not know.
    """
    name, config = value.get("class_name"), value.get("config")
    if name == "__numpy__" and isinstance(config, dict):
        return saved(config.get("value"))
    module, registered = value.get("module"), value.get("registered_name")
    known = _ALL.get(name) if isinstance(name, str) else None
    if known is None or not isinstance(config, dict) or registered not in (None, name):
        raise Unfit("an object that the language knows", f"it is {module}.{name}")
    if not isinstance(module, str) or module.partition(".")[0] != "keras":
        raise Unfit("an object that the language knows", f"it is {module}.{name}")
    defaults = {**known, **_UNSPEAKABLE}
    changed = {key: v for key, v in config.items() if key not in defaults or v != defaults[key]}
    for key in changed:
        if key not in known:
            raise Unfit(f"a {name} without {key}")
        if isinstance(v := changed[key], str) and not v.isidentifier():
            raise Unfit(f"a {name} whose {key} is a word")
    return Term(str(name), (), tuple([(key, saved(changed[key])) for key in known if key in changed]))


def lengths(values: Any) -> tuple[int, ...]:
    """The shape of nested lists, whose rows are of one length."""
    return (len(values), *lengths(values[0])) if isinstance(values, tuple) else ()


def _constant(value: Any) -> Any:
    """A number, or a list of numbers."""
    if isinstance(value, (list, tuple)) and value:
        rows = tuple([_constant(v) for v in value])
        if len({lengths(row) for row in rows}) > 1:
            raise Unfit("a number, or lists whose rows are of one length")
        return rows
    try:
        return number(value)
    except Unfit:
        raise Unfit("a number or a list of numbers") from None


def _positive(value: Any) -> int | float:
    """A number above 0."""
    if number(value) <= 0:
        raise Unfit("a number above 0")
    return number(value)


# What an argument may be; that of one class alone stands behind the class.
_TAKES: dict[str, Kind] = {
    "value": _constant,
    **dict.fromkeys(("mean", "stddev", "minval", "maxval", "gain", "min_value", "max_value", "rate"), number),
    **dict.fromkeys(("l1", "l2", "factor"), from_zero),
    "scale": _positive,
    "seed": optional(integer),
    "axis": optional(axes),
    "distribution": choice("truncated_normal", "untruncated_normal", "uniform"),
    "VarianceScaling.mode": choice("fan_in", "fan_out", "fan_avg"),
    "OrthogonalRegularizer.mode": choice("rows", "columns"),
}


def _taken(cls: str, noun: str, name: str, value: Any) -> Any:
    """An argument of a word as its kind reads it."""
    kind = _TAKES.get(f"{cls}.{name}") or _TAKES[name]
    try:
        return kind(value)
    except Unfit as unfit:
        raise Unfit(f"{noun} whose {name} is {unfit.expected}", unfit.hint) from None


def _keras_words(module: str, known: dict[str, tuple[str, dict[str, Any]]], noun: str) -> Kind:
    by_name = {name: name for name in known} | {cls.lower(): name for name, (cls, _) in known.items()}
    by_name |= {name.replace("_", ""): name for name in known}

    def read(value: Any) -> Term | None:
        term = Term(value) if isinstance(value, str) else value
        if not isinstance(term, Term):
            raise Unfit(f"{noun}, such as {next(iter(known))}")
        if term.name in ("none", "None"):
            return None
        name = by_name.get(term.name.lower())
        if name is None:
            raise unknown_word(noun, term.name, known)
        cls, parameters = known[name]
        if len(term.positional) > len(parameters):
            raise Unfit(f"{name}({', '.join(parameters)})")
        keywords = dict(zip(parameters, term.positional, strict=False)) | dict(term.keywords)
        if set(keywords) - set(parameters):
            raise Unfit(f"{name}({', '.join(parameters)})")
        plain = {k: _taken(cls, noun, k, keywords[k]) for k in parameters if k in keywords}
        plain = {k: v for k, v in plain.items() if v != parameters[k]}  # random_normal(stddev=0.05) is random_normal
        return Term(cls, (), tuple(plain.items()), module)

    read.__doc__ = f"{noun}: {', '.join(known)}."
    return read


initializer = _keras_words("initializers", INITIALIZERS, "an initializer")
regularizer = _keras_words("regularizers", REGULARIZERS, "a regularizer")
constraint = _keras_words("constraints", CONSTRAINTS, "a constraint")


def list_word_arguments(word: str) -> dict[str, Argument] | None:
    """The arguments of an initializer, a regularizer or a constraint; None for another word."""
    for known in (INITIALIZERS, REGULARIZERS, CONSTRAINTS):
        if word in known:
            cls, defaults = known[word]
            kinds = {name: _TAKES.get(f"{cls}.{name}") or _TAKES[name] for name in defaults}
            return {name: argument(kinds[name], "", default) for name, default in defaults.items()}
    return None
