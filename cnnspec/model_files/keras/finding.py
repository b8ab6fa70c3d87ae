"""Which layer of the language some Keras calls are, and what a Keras layer's call on tensors of known shapes comes to."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.elaborate.layer_placer import infer_shape
from cnnspec.layers import CATALOGUE, find
from cnnspec.layers.argument import Unfit
from cnnspec.layers.base import KerasCall, Layer, all_known
from cnnspec.model_files.keras.equivalents import find_steps
from cnnspec.model_files.keras.proof import DAMAGE, compare_calls, prove_layer
from cnnspec.model_files.keras.saved_calls import SavedCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.diagnostic import Problem
    from cnnspec.layers.base import Shape

COMPOSITES = [layer for layer in CATALOGUE if layer.most_calls > 1]
LONGEST = max(layer.most_calls for layer in COMPOSITES)


class FoundLayer(Record):
    """One layer that a call comes to. `inputs` count the tensors of the call from 0, and after them the layers before.

    `layer` None: no layer of the language does it, and `why` says the reason. `shape` is the output's, None where there is none:
    then `problem` is what keeps the layer from its inputs, where that is known.
    """

    layer: Layer | None
    inputs: tuple[int, ...]
    shape: Shape | None = None
    problem: Problem | None = None
    why: str = ""


def find_layers(
    saved: dict[str, Any], arguments: tuple[Any, ...], keywords: dict[str, Any], shapes: tuple[Shape | None, ...]
) -> list[FoundLayer]:
    """See `cnnspec.model_files.find_layers`. Each is proved; they are in order, and those behind one that is not found are left
    out."""
    try:
        steps = find_steps(SavedCall((), saved, arguments, keywords))
    except Unfit as unfit:
        return [FoundLayer(None, tuple(range(len(shapes))), why=unfit.expected)]
    except DAMAGE as error:
        return [FoundLayer(None, tuple(range(len(shapes))), why=f"its arguments contradict each other: {error}")]
    known = list(shapes)
    found: list[FoundLayer] = []
    for made, inputs in steps:
        entering = tuple([known[i] for i in inputs])
        found.append(find_on(made, inputs, entering) if all_known(entering) else FoundLayer(None, inputs))
        if found[-1].layer is None:
            break
        known.append(found[-1].shape)
    return found


def find_on(made: KerasCall, inputs: tuple[int, ...], shapes: tuple[Shape, ...]) -> FoundLayer:
    calls = (simplify(made, shapes),)
    layer = find_layer(calls, shapes) if shapes else "it is called on nothing"
    if isinstance(layer, Layer):
        try:
            problem, shape = infer_shape(layer, shapes)
            return FoundLayer(layer, inputs, shape, problem or layer.keras_problem(shapes))
        except DAMAGE as error:
            return FoundLayer(None, inputs, why=f"its arguments contradict its input: {error}")
    refused = find_refused(calls, shapes) if shapes else None
    if refused is not None:
        return FoundLayer(refused[0], inputs, None, refused[1])
    return FoundLayer(None, inputs, why=layer)


def find_refused(calls: tuple[KerasCall, ...], shapes: tuple[Shape, ...]) -> tuple[Layer, Problem] | None:
    """The layer that some calls are and that does not take these inputs, with its problem."""
    for cls in reversed(find_candidates(calls)):
        try:
            layer = cls.from_keras(calls, shapes)
            problem = layer.problem(shapes) if layer is not None else None
            if layer is not None and problem is not None and not compare_calls(layer, calls, shapes):
                return layer, problem
        except (Unfit, *DAMAGE):
            continue
    return None


def find_layer(calls: tuple[KerasCall, ...], shapes: tuple[Shape, ...]) -> Layer | str:
    """The layer that some calls, one behind another, are together on these inputs, proved; else why there is none."""
    why = f"no layer of the language is Keras's {calls[0].name}"
    for cls in find_candidates(calls):
        found = prove_layer(cls, calls, shapes)
        if isinstance(found, Layer):
            return found
        why = found
    return why


def find_candidates(calls: tuple[KerasCall, ...]) -> list[type[Layer]]:
    """The layers that some calls may be, the likeliest last: a refusal says why it is not that one."""
    if len(calls) > 1:
        return [cls for cls in COMPOSITES if cls.most_calls >= len(calls)]
    own = find(calls[0].name)
    return [cls for cls in CATALOGUE if calls[0].name in cls.becomes] + ([own] if own else [])


def simplify(made: KerasCall, shapes: tuple[Shape, ...]) -> KerasCall:
    """A Keras call without the name and dtype; the last axis is -1, whichever number it is written as."""
    arguments = {k: v for k, v in made.arguments.items() if k not in ("name", "dtype")}
    if not made.name.startswith("ops.") and arguments.get("axis") in (len(shapes[0]), [len(shapes[0])]):
        arguments["axis"] = -1
    return made.replace(arguments=arguments)
