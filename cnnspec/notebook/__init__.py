"""cnnspec in notebooks: `%load_ext cnnspec` gives them the magics %%cnnspec and %cnnspec.

IPython calls `load_ipython_extension`, and hands itself over: nothing of it is imported here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.notebook.shell import Shell


def load_ipython_extension(shell: Shell) -> None:
    """Give a notebook, or an IPython in a terminal, the magics and the completion of their words."""
    from cnnspec.notebook.completion import complete
    from cnnspec.notebook.magics import Magics

    shell.register_magic_function(Magics(shell).cnnspec, magic_kind="line_cell", magic_name="cnnspec")
    for start in ("%cnnspec", "%%cnnspec"):
        shell.set_hook("complete_command", complete, str_key=start)
