"""A picture as the output of a verb: the ending of its name says of which kind it is."""

from __future__ import annotations

from cnnspec.cli.messages import UsageError, print_message
from cnnspec.cli.own_outputs import check_not_read, write_output
from cnnspec.pictures.files import ENDINGS, find_ending, write_picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.pictures.drawing import Drawing


def check_picture_name(path: str, *inputs: str, endings: Sequence[str] = ENDINGS) -> None:
    """UsageError where no picture can have a name, or it is that of a file that the command reads."""
    if find_ending(path) not in endings:
        *others, last = [f".{known}" for known in endings]
        raise UsageError(
            f"{path or '-o'} must end in {', '.join(others)} or {last}: that says which kind of picture it is"
        )
    check_not_read(path, *inputs)


def write_drawing(path: str, drawing: Drawing, force: bool) -> None:
    """Write a drawing as its name says, and tell it. UsageError where it cannot be written, or matplotlib is missing."""
    try:
        data = write_picture(drawing, find_ending(path))
    except ImportError as error:
        raise UsageError(str(error)) from None
    write_output(path, data, force)
    print_message(f"wrote {path}")
