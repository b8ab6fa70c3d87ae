"""The shapes of what an operator yields that the language has no layer for: stated in the file, or worked out."""

from __future__ import annotations

from cnnspec.base.limits import Work
from cnnspec.model_files.onnx.call import Computed
from cnnspec.model_files.onnx.constant import Constant
from cnnspec.model_files.onnx.constants import fold_constants
from cnnspec.model_files.onnx.messages import FLOAT
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.atoms import OPEN_BATCH
from cnnspec.model_files.views.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.model_files.onnx.call import Call
    from cnnspec.model_files.onnx.stated_shapes import StatedShapes


def find_output_shapes(call: Call, stated: StatedShapes, names: Sequence[str]) -> list[tuple[int, ...]] | None:
    """The shape of each of these outputs without the batch; None where one is not known, or has no batch in front."""
    batch = next((value.shape[0] for value in call.inputs if isinstance(value, Tensor)), 0)
    found = []
    for name in names:
        sizes = stated.find_sizes(name, batch) or infer_sizes(call, call.node.outputs.index(name), batch)
        if not sizes:
            return None
        found.append(sizes)
    return found


def infer_sizes(call: Call, number: int, batch: int) -> tuple[int, ...] | None:
    """The shape of an output as it would be of constants, without the batch."""
    inputs = tuple([Constant(x.shape, None, FLOAT) if isinstance(x, Tensor) else x for x in call.inputs])
    try:
        made = fold_constants(call.replace(inputs=inputs), Work())
    except (Computed, ModelRefused):
        return None
    if made is None or number >= len(made) or made[number].shape[:1] != (batch,):
        return None
    sizes = made[number].shape[1:]
    return sizes if all([n > 0 and n % OPEN_BATCH for n in sizes]) else None


def spell_operator(call: Call) -> str:
    """An operator as the language spells names: grid_sample for GridSample."""
    letters = []
    for before, letter in zip(f"_{call.node.operator}", call.node.operator, strict=False):
        if letter.isupper() and (before.islower() or before.isdigit()):
            letters.append("_")
        letters.append(letter.lower() if letter.isalnum() else "_")
    return "".join(letters)[:60] or "operator"
