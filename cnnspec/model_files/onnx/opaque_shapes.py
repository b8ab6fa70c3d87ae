"""The shapes of what an operator yields that the language has no layer for: stated in the file, or worked out."""

from __future__ import annotations

from cnnspec.base.limits import Work
from cnnspec.model_files.onnx.call import Computed
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.constants import fold_constants
from cnnspec.model_files.onnx.messages import FLOAT
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.atoms import OPEN_BATCH, find_telling
from cnnspec.model_files.views.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.model_files.onnx.call import Call
    from cnnspec.model_files.onnx.stated_shapes import StatedShapes
    from cnnspec.model_files.views.atoms import Atom


def find_output_shapes(
    call: Call, stated: StatedShapes, names: Sequence[str], batch: Atom
) -> list[tuple[int, ...]] | None:
    """The whole shape of each of these outputs; None where one is not known, or has no batch in front where the input has."""
    x = next((value for value in call.inputs if isinstance(value, Tensor)), None)
    first = x is not None and bool(x.axes) and find_telling(x.axes[0]) == [batch]
    found = []
    for name in names:
        made = infer_shape(call, call.node.outputs.index(name))
        if first:
            behind = stated.find_sizes(name, batch.size)
            made = made if made is not None and made[:1] == (batch.size,) else None
            made = made if behind is None else (batch.size, *behind)
            if made is None or not all([n > 0 and n % OPEN_BATCH for n in made[1:]]) or len(made) < 2:
                return None
        elif made is None or not all(made):
            return None
        found.append(made)
    return found


def infer_shape(call: Call, number: int) -> tuple[int, ...] | None:
    """The shape of an output as it would be of constants."""
    inputs = tuple([Constant(x.shape, None, FLOAT) if isinstance(x, Tensor) else x for x in call.inputs])
    try:
        made = fold_constants(call.replace(inputs=inputs), Work())
    except (Computed, ModelRefused):
        return None
    return None if made is None or number >= len(made) else made[number].shape


def spell_operator(call: Call) -> str:
    """An operator as the language spells names: grid_sample for GridSample."""
    letters = []
    for before, letter in zip(f"_{call.node.operator}", call.node.operator, strict=False):
        if letter.isupper() and (before.islower() or before.isdigit()):
            letters.append("_")
        letters.append(letter.lower() if letter.isalnum() else "_")
    return "".join(letters)[:60] or "operator"
