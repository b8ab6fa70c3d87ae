"""What the magics need of IPython: its names, how it shows an answer, and how it says that a magic was called wrongly."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn, Protocol

    class Shell(Protocol):
        """As much of IPython's InteractiveShell as is used."""

        user_ns: dict[str, Any]
        execution_count: int

        def register_magic_function(self, func: Callable[..., Any], magic_kind: str, magic_name: str) -> None: ...
        def set_hook(self, name: str, hook: Callable[..., Any], *, str_key: str) -> None: ...


NOTEBOOK_PATHS = ("__vsc_ipynb_file__",)  # names under which editors tell a kernel the path of its notebook
SESSION = "JPY_SESSION_NAME"  # in which Jupyter's server does


def show(answer: object) -> None:
    """Show an answer below the cell, in every form that it has."""
    from IPython.display import display

    display(answer)


def refuse(message: str) -> NoReturn:
    """Say in one sentence why a magic does nothing, and let the notebook stop there."""
    from IPython.core.error import UsageError

    raise UsageError(message)


def find_folder(shell: Shell) -> str:
    """The folder of the notebook, as far as its editor tells it; else the working folder."""
    told = [shell.user_ns.get(name) for name in NOTEBOOK_PATHS] + [os.environ.get(SESSION)]
    for path in told:
        if isinstance(path, str) and os.path.isabs(path) and os.path.isfile(path):
            return os.path.dirname(path)
    return os.getcwd()
