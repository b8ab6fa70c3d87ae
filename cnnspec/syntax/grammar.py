"""The tables of the grammar: those that were made ahead, or new ones by Lark where grammar/cnnspec.lark was edited since.

The tables made ahead spare a run the 40 ms of importing Lark and the 100 ms of making them.
"""

from __future__ import annotations

from cnnspec.syntax import find_grammar, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_grammar() -> str | None:
    """The text of the grammar; None where it is not installed."""
    path = find_grammar()
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def choose_tables() -> dict[str, Any]:
    """The tables of the grammar as it stands; Lark is imported for an edited grammar alone."""
    text = read_grammar()
    if text is None or text == table.GRAMMAR:
        return vars(table)
    from cnnspec.syntax.make_tables import make_tables

    return make_tables(text)


_tables = choose_tables()
MADE_AHEAD: bool = _tables is vars(table)
KINDS: list[str] = _tables["KINDS"]
KEYWORDS: dict[str, str] = _tables["KEYWORDS"]
TERMINALS: dict[str, str] = _tables["TERMINALS"]
IGNORED: list[str] = _tables["IGNORED"]
END_STATE: int = _tables["END_STATE"]
RULES: list[tuple[str, int, str | None, tuple[int, ...]]] = _tables["RULES"]
ACTIONS: list[dict[int, int]] = _tables["ACTIONS"]
GOTOS: list[dict[str, int]] = _tables["GOTOS"]
