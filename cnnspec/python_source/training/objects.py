"""Losses, metrics and optimizers of Keras as the words of a train section."""

from __future__ import annotations

from cnnspec.layers.argument import Term, Unfit
from cnnspec.python_source.keras.objects import KerasObject
from cnnspec.python_source.training.words import FITTING, is_word
from cnnspec.python_source.values import External, is_known
from cnnspec.train.section_values import WrongWord, list_word_arguments, read_word
from cnnspec.train.section_words import MODULES, find_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DECISIVE = ("from_logits",)  # arguments without which nothing is known of a loss
SCHEDULES = "keras.optimizers.schedules."


def read_object(module: str, value: Any) -> Term | None:
    """The word of a train section for a loss, a metric or an optimizer: a text, a function or class of Keras's, an object of
    one. None for what it cannot say or what is not known."""
    if isinstance(value, str):
        return _read_name(module, value) if is_word(module, value) else None
    if isinstance(value, External):
        home, _, name = value.name.rpartition(".")
        return _read_name(module, name) if home in (f"keras.{module}", "keras.losses", "keras.metrics") else None
    if not isinstance(value, KerasObject) or not value.name.startswith(f"keras.{module}."):
        return None
    term = _read_name(module, value.kind)
    return None if term is None else _add_arguments(module, term, value.arguments)


def _read_name(module: str, name: str) -> Term | None:
    if name.lower() in FITTING[module]:
        return Term("accuracy") if module == "metrics" else None
    found = find_word(name, MODULES[module][1])
    return None if found is None or _needs_arguments(module, found) else Term(found)


def _needs_arguments(module: str, word: str) -> bool:
    return "!" in MODULES[module][1][word][1]


def _add_arguments(module: str, term: Term, arguments: dict[str, Any]) -> Term | None:
    """The word with those of the arguments that a train section takes."""
    kinds = list_word_arguments(module, term.name) or {}
    given = []
    for name, value in arguments.items():
        if name not in kinds or name in ("name", "dtype", "reduction"):
            continue
        plain = read_schedule(value) if isinstance(value, KerasObject) else value
        try:
            if plain is None and value is not None or not is_known(plain) and not isinstance(plain, Term):
                raise Unfit("a value that is known")
            kinds[name][0](plain)
        except (Unfit, WrongWord):
            if name in DECISIVE:
                return None
            continue
        given.append((name, plain))
    return Term(term.name, (), tuple(given))


def read_schedule(value: KerasObject) -> Term | None:
    """A learning-rate schedule, where all that it is given is known."""
    if not value.name.startswith(SCHEDULES) or not is_known(value.arguments):
        return None
    term = Term(value.kind, (), tuple([(name, v) for name, v in value.arguments.items() if v is not None]))
    try:
        read_word("optimizers.schedules", term)
    except (Unfit, WrongWord):
        return None
    return term
