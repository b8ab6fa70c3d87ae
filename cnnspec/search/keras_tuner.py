"""KerasTuner on the candidates of a spec: a hypermodel that builds what fits alone, so that no trial is skipped or fails for its size.

A tuner's oracle knows no constraints. A proposal that does not fit is led to one that does, and the hyperparameters are set to what
was built: the oracle learns what the numbers of a trial really belong to, and the summary of the results shows it.
"""

from __future__ import annotations

from cnnspec.compile.backend import MissingExtra
from cnnspec.search.scales import EVEN, WORDS, make_scale
from cnnspec.search.space import SearchSpace, make_space

try:
    import keras_tuner
except ImportError:
    raise MissingExtra("keras-tuner is not installed: pip install keras-tuner") from None

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import Any

    from cnnspec.search.scales import Scale
    from cnnspec.sweep.question import Over


class CnnspecHyperModel(keras_tuner.HyperModel):  # type: ignore[misc]
    """The candidates of a spec that are legal and meet `where`, for any tuner of KerasTuner.

    `compile` is called with each model and the hyperparameters, and compiles it: lambda model, hp: model.compile("adam", …).
    The other arguments are those of `make_space`; `spec` may be what that returns. Raises NothingFits where no candidate fits.
    """

    def __init__(
        self, spec: SearchSpace | str | os.PathLike[str], over: Over = (), *, compile: Callable[[Any, Any], Any],
        name: str | None = None, **asked: Any,
    ) -> None:  # fmt: skip
        self.space = spec if isinstance(spec, SearchSpace) else make_space(spec, over, **asked)
        self.compile = compile
        _ = self.space.fitting
        super().__init__(name=name)

    def build(self, hp: Any) -> Any:
        """The Keras model, compiled, of the candidate that hyperparameters stand for, which are set to its options."""
        scales = [make_scale(axis) for axis in self.space.axes]
        proposed = [declare(hp, scale) for scale in scales]
        digits = self.space.settle(proposed)
        for scale, before, place in zip(scales, proposed, digits, strict=True):
            if place != before:
                hp.values[scale.name] = write_value(scale, place)
        model = self.space.load(self.space.judge(digits).parameters).to_keras()
        self.compile(model, hp)
        return model


def declare(hp: Any, scale: Scale) -> int:
    """Declare a hyperparameter for an axis; the place of the option that it has."""
    values = [write_value(scale, place) for place in scale.order]
    if scale.kind == EVEN and len(values) > 1 and isinstance(values[0], int):
        value = hp.Int(scale.name, values[0], values[-1], step=values[1] - values[0])
    else:
        value = hp.Choice(scale.name, values)
    return scale.order[values.index(value)]


def write_value(scale: Scale, place: int) -> Any:
    """An option as a hyperparameter has it: words, and numbers of which some are whole, as the language writes them."""
    option = scale.axis.options[place]
    plain = scale.kind != WORDS and len({type(one) for one in scale.axis.options}) == 1
    return option if plain else scale.texts[scale.order.index(place)]
