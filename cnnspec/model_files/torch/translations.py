"""Which of torch's operators are translated, and by which function: the table of all.

Both forms in which torch saves a program are in it: as `torch.export.export` makes it (conv2d, batch_norm, linear), and
decomposed by `run_decompositions()` (convolution, _native_batch_norm_legit_no_training, addmm).
"""

from __future__ import annotations

from cnnspec.model_files.torch.elementwise import ELEMENTWISE
from cnnspec.model_files.torch.learned import LEARNED
from cnnspec.model_files.torch.shapes import SHAPES
from cnnspec.model_files.torch.windows import WINDOWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.model_files.torch.call import Call

TRANSLATIONS: dict[str, Callable[[Call], Any]] = {**WINDOWS, **LEARNED, **ELEMENTWISE, **SHAPES}


def find_translated(target: str) -> str | None:
    """The operator whose translation serves: itself, or the one that it does in place (relu for relu_); None if none."""
    if target in TRANSLATIONS:
        return target
    space, _, rest = target.partition(".")
    name, _, overload = rest.partition(".")
    other = f"{space}.{name.removesuffix('_')}.{overload}"
    return other if other in TRANSLATIONS else None
