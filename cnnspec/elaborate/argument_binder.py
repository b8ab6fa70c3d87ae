"""The arguments of a layer call → the layer, with the argument at fault where they do not fit."""

from __future__ import annotations

from cnnspec.base.did_you_mean import MOST_NEAR
from cnnspec.base.recording import remembers
from cnnspec.base.source import brief
from cnnspec.elaborate.names import names_of
from cnnspec.elaborate.values import UNKNOWN, Closure, describe
from cnnspec.layers.argument import REQUIRED, Term, Unfit, show, takes, word_of
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.elaborate.evaluator import Evaluator
    from cnnspec.elaborate.names import UnknownWords
    from cnnspec.elaborate.values import Function, Scope, Tensor
    from cnnspec.layers.base import Layer


class Bound:
    """A layer call that was read: the layer, and what else the call says. `assumed`: an argument rests on an assumption."""

    __slots__ = ("activation", "assumed", "input_shape", "layer", "name")

    def __init__(self) -> None:
        self.layer: Layer | None = None
        self.assumed = False
        self.name: str | None = None  # name="stem", as pasted from Keras
        self.input_shape: tree.Node | None = None  # input_shape=(28, 28, 1), likewise
        self.activation: Function | None = None  # an activation with arguments, a layer of its own


_made: dict[Any, Layer] = {}


def count_remembered() -> int:
    """How many layers are remembered for the next call that is alike."""
    return len(_made)


def forget_from(number: int) -> None:
    """Remember so many of them, the first: as where the numbers of the others are on a tape."""
    while len(_made) > number:
        _made.popitem()


class Binder:
    """Binds the arguments of layer calls."""

    def __init__(self, words: UnknownWords, evaluator: Evaluator) -> None:
        self.words = words
        self.report = words.report
        self.assumptions = words.assumptions
        self.evaluator = evaluator

    @remembers
    def bind(
        self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor | None, sure: bool = True,
    ) -> Bound | None:  # fmt: skip
        """The layer that a call asks for. Where it cannot be made, an error is reported and the answer is None. `sure`: the
        layer's word is no assumption."""
        bound = Bound()
        preset = cls.presets.get(word) or cls.presets.get(word.lower(), {})
        free = [name for name in cls.arguments if name not in preset]
        found = self.match(cls, word, arguments, free, scope, current, sure, bound)
        if found is None:
            return None
        given, places, doubtful, renamed, failed = found
        missing = [n for n in free if n not in given and cls.arguments[n].record_default is REQUIRED]
        if missing and not failed and not renamed:
            needs = " and ".join(missing)
            from cnnspec.elaborate.likely_meaning import explain_arguments, explain_numbers

            meant = explain_arguments(cls, word, given) or explain_numbers(cls, given)
            help = meant or f"write, for example, {example_call(cls)}"
            self.report.error("E011", at, scope, f"{word} needs {needs}", help, sure=sure)
        if missing or failed:
            return None
        try:
            key = (cls, tuple(preset.items()), tuple([(name, kinds(value), value) for name, value in given.items()]))
            layer = _made.get(key)
        except TypeError:  # a list among the values
            key, layer = None, None
        if layer is None:
            before = len(doubtful)
            values = self.convert(cls, word, {**preset}, given, places, doubtful, scope, sure)
            if values is None:
                return None
            layer = cls(**values)
            if key is not None and len(doubtful) == before and len(_made) < 100_000:
                _made[key] = layer
        bound.layer, bound.assumed = layer, bool(doubtful)
        return bound

    def match(
        self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], free: list[str], scope: Scope,
        current: Tensor | None, sure: bool, bound: Bound,
    ) -> tuple[dict[str, Any], dict[str, tree.Node], set[str], bool, bool] | None:  # fmt: skip
        """Five things about the arguments: their values by canonical name, their places, which rest on an assumption,
        whether a name itself was assumed, and whether one has no value. None where there are too many."""
        report, assumptions = self.report, self.assumptions
        doubtful: set[str] = set()
        renamed = failed = False
        given: dict[str, Any] = {}
        places: dict[str, tree.Node] = {}
        position = 0
        for argument in arguments:
            if argument.name is None:
                if position >= len(free):
                    takes = f"{len(free)} argument{'s' * (len(free) > 1)}" if free else "no arguments"
                    help = f"`cnnspec layers {word}` lists them" if free else "drop it"
                    if len(free) == 1:
                        numbers = ", ".join([brief(scope.source.text[a.start : a.end]) for a in arguments])
                        help = f"several numbers stand in parentheses of their own: {word}(({numbers}))"
                    message = f"{word} takes {takes}, this is one too many"
                    report.error("E011", argument, scope, message, help, sure=sure)
                    return None
                name = free[position]
                position += 1
            else:
                name = argument_name(cls, argument.name.text)
                if name == "":
                    if self.read_keras_argument(argument, bound, scope, current):
                        assumptions.take_doubt()
                        continue
                    written, has = argument.name.text, f"it has {', '.join(free)}" if free else "drop it"
                    message = f'{word} has no argument "{written}"'
                    meant = self.words.report_misspelt(
                        "E011", argument.name, scope, message, written, tuple(free), has, sure
                    )
                    if meant is None:
                        failed = True
                        continue
                    name = meant
            assumed = assumptions.doubt and assumptions.take_doubt()
            renamed = renamed or assumed
            if name in given:
                if not assumed:
                    help = "drop one, or put what has no name first"
                    report.error("E011", argument, scope, f"{name} is given twice", help, sure=sure)
                failed = True
                continue
            value = self.evaluator.evaluate(argument.value, scope, current)
            if assumed or assumptions.doubt and assumptions.take_doubt():
                doubtful.add(name)
            if value is UNKNOWN:
                failed = True
                continue
            if name == "activation" and isinstance(value, Closure):
                bound.activation = value
                continue
            given[name] = value
            places[name] = argument.value
        return given, places, doubtful, renamed, failed

    def convert(
        self, cls: type[Layer], word: str, values: dict[str, Any], given: dict[str, Any],
        places: dict[str, tree.Node], doubtful: set[str], scope: Scope, sure: bool,
    ) -> dict[str, Any] | None:  # fmt: skip
        """The values as the layer keeps them, added to its presets. Where one does not fit, an error is reported and the
        answer is None. Values that are assumed are added to `doubtful`."""
        for name, value in given.items():
            try:
                values[name] = cls.arguments[name].kind(value)
            except Unfit as unfit:
                if name in doubtful:
                    return None
                from cnnspec.elaborate.likely_meaning import explain_arguments, explain_numbers, explain_sign

                notation = explain_arguments(cls, word, given) or explain_numbers(cls, {name: value})
                notation = notation or explain_sign(places[name], scope)
                fitting = self.report_misfit(cls, word, name, value, unfit, places[name], scope, sure, notation)
                if fitting is None:
                    return None
                meant, values[meant] = fitting
                if meant != name and (meant in given or cls.arguments[name].record_default is REQUIRED):
                    return None
                doubtful.add(name)
        return values

    def read_keras_argument(self, argument: tree.Argument, bound: Bound, scope: Scope, current: Tensor | None) -> bool:
        """Read an argument that every Keras layer takes, such as name=. True where this is one."""
        word = argument.name.text if argument.name else ""
        if word in ("input_shape", "input_dim"):
            bound.input_shape = argument.value
        elif word == "name":
            value = self.evaluator.evaluate(argument.value, scope, current)
            bound.name = word_of(value)
            if value is not UNKNOWN and not bound.name:
                self.report.error(
                    "E011", argument, scope, f"a layer's name is a text, not {describe(value)}", sure=True
                )
        elif word == "data_format":
            value = self.evaluator.evaluate(argument.value, scope, current)
            if word_of(value) not in ("channels_last", "none", "None"):
                self.report.error(
                    "E011",
                    argument,
                    scope,
                    f"data_format is {describe(value)}, but here channels stand last",
                    "drop it, and write the shapes as HxWxC",
                )
        else:
            return False
        return True

    def report_misfit(
        self, cls: type[Layer], word: str, name: str, value: Any, unfit: Unfit, place: tree.Node, scope: Scope,
        sure: bool, notation: str,
    ) -> tuple[str, Any] | None:  # fmt: skip
        """Report a value that does not fit its argument. The answer is what was meant, an argument and its value, where
        that is clear: the argument that takes this word, or the one word near to it. `notation`: what to write, where the
        value is in a notation from elsewhere."""
        if isinstance(value, Term) and value.place and not value.positional:
            place = value.place[0] if value.place[1].source is scope.source else place
        message = f"{word}'s {name} must be {unfit.expected}, not {describe(value)}"
        kind = cls.arguments[name].kind
        if word_of(value) is not None:
            others = [other for other, a in cls.arguments.items() if other != name and takes(a.kind, value)]
            if others:
                written = [f"{other}={show(value)}" for other in others[:MOST_NEAR]]
                self.report.error("E011", place, scope, message, f"did you mean {' or '.join(written)}?", sure=sure)
                if len(others) > 1:
                    return None
                self.assumptions.assume(place, scope, show(value), written[0])
                self.assumptions.take_doubt()
                return others[0], cls.arguments[others[0]].kind(value)
        if notation:
            self.report.error("E011", place, scope, message, notation, sure=sure)
            return None
        names = names_of(scope, lambda known: takes(kind, known)) if isinstance(place, tree.Name) else []
        unknown = unfit.word or word_of(value) or ""
        meant = self.words.report_misspelt(
            "E011", place, scope, message, unknown, (*unfit.words, *names), unfit.otherwise, sure
        )
        self.assumptions.take_doubt()
        if meant is None:
            return None
        corrected = (
            scope.find(meant) if meant in names else value.replace(name=meant) if isinstance(value, Term) else meant
        )
        return (name, kind(corrected)) if takes(kind, corrected) else None


def word_of_function(function: tree.Node) -> str | None:
    """The word of a call: conv of conv(8), Conv2D of layers.Conv2D(8)."""
    if isinstance(function, tree.Attribute):
        return function.name.text
    return function.text if isinstance(function, tree.Name) else None


def given_arguments(call: tree.Call, layer: Layer) -> dict[str, tree.Argument]:
    """The arguments of a layer's call by their canonical names."""
    word, cls = word_of_function(call.function) or "", type(layer)
    preset = cls.presets.get(word) or cls.presets.get(word.lower(), {})
    free = iter([name for name in cls.arguments if name not in preset][: cls.leading if cls.merges else None])
    found: dict[str, tree.Argument] = {}
    for argument in call.arguments:
        name = next(free, "") if argument.name is None else argument_name(cls, argument.name.text)
        if name:
            found[name] = argument
    return found


def kinds(value: Any) -> Any:
    """The types in a value. They tell true from 1, which compare equal."""
    return tuple([kinds(v) for v in value]) if type(value) is tuple else type(value)


def argument_name(cls: type[Layer], word: str) -> str:
    """The canonical name of a layer's argument, from any of its spellings; "" where the layer has no such argument."""
    if word in cls.arguments:
        return word
    for name, argument in cls.arguments.items():
        if word == argument.keras or word in argument.aliases:
            return name
    return ""


def example_call(cls: type[Layer]) -> str:
    """The layer's own example, without its input line."""
    return cls.example.split("\n")[-1]
