"""Words that Keras gives a meaning: initializers, regularizers, constraints, with the arguments that each takes."""

from __future__ import annotations

from cnnspec.layers.argument import Term, Unfit, one_of, word_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.argument import Kind

_SEED = ("seed",)
INITIALIZERS = {
    "zeros": ("Zeros", ()),
    "ones": ("Ones", ()),
    "constant": ("Constant", ("value",)),
    "random_normal": ("RandomNormal", ("mean", "stddev", "seed")),
    "random_uniform": ("RandomUniform", ("minval", "maxval", "seed")),
    "truncated_normal": ("TruncatedNormal", ("mean", "stddev", "seed")),
    "glorot_normal": ("GlorotNormal", _SEED),
    "glorot_uniform": ("GlorotUniform", _SEED),
    "he_normal": ("HeNormal", _SEED),
    "he_uniform": ("HeUniform", _SEED),
    "lecun_normal": ("LecunNormal", _SEED),
    "lecun_uniform": ("LecunUniform", _SEED),
    "orthogonal": ("Orthogonal", ("gain", "seed")),
    "variance_scaling": ("VarianceScaling", ("scale", "mode", "distribution", "seed")),
}
REGULARIZERS = {
    "l1": ("L1", ("l1",)),
    "l2": ("L2", ("l2",)),
    "l1_l2": ("L1L2", ("l1", "l2")),
    "orthogonal_regularizer": ("OrthogonalRegularizer", ("factor", "mode")),
}
CONSTRAINTS = {
    "max_norm": ("MaxNorm", ("max_value", "axis")),
    "min_max_norm": ("MinMaxNorm", ("min_value", "max_value", "rate", "axis")),
    "non_neg": ("NonNeg", ()),
    "unit_norm": ("UnitNorm", ("axis",)),
}


def _keras_words(module: str, known: dict[str, tuple[str, tuple[str, ...]]], noun: str) -> Kind:
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
            raise Unfit(noun, one_of(term.name, known))
        cls, parameters = known[name]
        if len(term.positional) > len(parameters):
            raise Unfit(f"{name}({', '.join(parameters)})")
        keywords = dict(zip(parameters, term.positional, strict=False)) | dict(term.keywords)
        if set(keywords) - set(parameters):
            raise Unfit(f"{name}({', '.join(parameters)})")
        plain = {k: word_of(v) if isinstance(v, Term) else v for k, v in keywords.items()}
        return Term(cls, (), tuple(plain.items()), module)

    read.__doc__ = f"{noun}: {', '.join(known)}."
    return read


initializer = _keras_words("initializers", INITIALIZERS, "an initializer")
regularizer = _keras_words("regularizers", REGULARIZERS, "a regularizer")
constraint = _keras_words("constraints", CONSTRAINTS, "a constraint")
