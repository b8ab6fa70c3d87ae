"""A warning on stderr of what a Keras model asks for and this machine does not compute."""

from __future__ import annotations

from cnnspec.cli.messages import print_message
from cnnspec.model_files import find_kernel_remarks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def warn(model: Any, keras: Any, *options: str) -> None:
    """Says it before the model runs. `options` may help."""
    for sentence in find_kernel_remarks(model, keras, *options):
        print_message(sentence)
