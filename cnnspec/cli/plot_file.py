"""Pictures that Matplotlib draws of trainings: where they may be written is known before anything is computed."""

from __future__ import annotations

import os

from cnnspec.base.source import printable
from cnnspec.cli.messages import UsageError
from cnnspec.cli.streams import tell_sentence
from cnnspec.cli.write_file import check_place, name_temporary_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def check_plot(path: str, option: str) -> None:
    """UsageError where no picture could be drawn for this option."""
    from importlib.util import find_spec

    from cnnspec.train.evaluation.confusion import FORMATS, find_ending

    if find_ending(path) is None:
        raise UsageError(f"cannot tell what {path} is to be: end it in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    check_place(path)
    if find_spec("matplotlib") is None:
        from cnnspec.base.installing import write_install_command

        raise UsageError(f"matplotlib is not installed; {option} needs it: {write_install_command('pictures')}")


def write_plot(path: str, draw: Callable[[str, str], None]) -> None:
    """Draw beside a path, in the format of its ending, and put the picture there in one step. UsageError."""
    from cnnspec.train.evaluation.confusion import find_ending

    ending = find_ending(path) or ""
    beside = name_temporary_file(path, ending)
    try:
        draw(beside, ending)
        os.replace(beside, path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        if os.path.exists(beside):
            os.unlink(beside)
    tell_sentence(f"saved {printable(path)}")
