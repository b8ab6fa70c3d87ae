"""What IPython completes behind %cnnspec: commands, the notebook's networks, specs in the working folder, options."""

from __future__ import annotations

from glob import glob

from cnnspec.notebook.names import find_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.notebook.shell import Shell


def complete(shell: Shell, event: Any) -> list[str]:
    """The words that may stand next, of which IPython shows those that begin as what is written."""
    from cnnspec.cli import VERBS, make_parser
    from cnnspec.notebook.cell import make_parser as make_cell_parser

    text = event.text_until_cursor
    magic, *words = text.split() if text[-1:].isspace() else text.split()[:-1]
    if magic.startswith("%%"):
        return make_cell_parser().list_options()
    if not words:
        return [*VERBS]
    if words[0] not in VERBS:
        return []
    if event.symbol.startswith("-"):
        options: list[str] = make_parser(words[:1], words[:1])[1].choices[words[0]].list_options()
        return options
    networks = [name for name in shell.user_ns if find_network(name, shell.user_ns) is not None and name[0] != "_"]
    return [*networks, *sorted(glob("*.cnn"))]
