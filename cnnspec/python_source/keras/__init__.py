"""What is known of Keras: its layers, models and functions."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.libraries import Libraries


def register(libraries: Libraries) -> None:
    """Enter what is known here."""
    from cnnspec.python_source.keras import applications, input_preprocessing, making, models, objects, operations

    libraries.tensor_operations = operations
    for room in (applications, making, models, objects, operations, input_preprocessing):
        room.register(libraries)
