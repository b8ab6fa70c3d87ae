"""grammar/cnnspec.lark → syntax/table.py and syntax/mistake_table.py: run by hand after the grammar has changed.

Until then Lark makes the tables anew at every start, which takes 0.2 s. A test makes both files anew and compares.
"""

from __future__ import annotations

from pathlib import Path
from pprint import pformat

from cnnspec.syntax.grammar import read_grammar
from cnnspec.syntax.make_tables import make_tables
from cnnspec.syntax.mistake_states import find_mistake_states

HERE = Path(__file__).parent
TABLE = HERE / "table.py"
MISTAKE_TABLE = HERE / "mistake_table.py"

TABLE_HEADER = '''"""The LALR(1) table of grammar/cnnspec.lark, made by `python -m cnnspec.syntax.generate`: do not edit.

GRAMMAR is the text that it was made from. KINDS are the terminals; a parser action is a state to shift to (>= 0) or ~rule to reduce.
A rule is (nonterminal, length, what is built of it or "" to splice, kept children); None keeps the only child as it is.
"""
'''
MISTAKE_HEADER = '''"""The states of the parser in which the mistakes of syntax/mistakes.py are met; made by `python -m cnnspec.syntax.generate`:
do not edit.

(state, what the text began as, kind of token) → number of the mistake; state -1 is any behind a complete expression.
"""
'''


def write_table() -> str:
    """The text of table.py for the grammar as it stands. Raises ValueError on a conflict in the grammar."""
    grammar = read_grammar()
    assert grammar is not None, "the grammar is not here"
    return write_constants(TABLE_HEADER, {"GRAMMAR": grammar, **make_tables(grammar)})


def write_mistake_table() -> str:
    """The text of mistake_table.py for the grammar and the mistakes as they stand."""
    return write_constants(MISTAKE_HEADER, {"MISTAKE_STATES": find_mistake_states()})


def write_constants(header: str, constants: dict[str, object]) -> str:
    """A module of constants, each a literal."""
    lines = [
        f"{name} = {pformat(value, width=118, compact=True, sort_dicts=False)}\n" for name, value in constants.items()
    ]
    return header + "\n# fmt: off\n" + "".join(lines)


if __name__ == "__main__":
    for file, text in ((TABLE, write_table()), (MISTAKE_TABLE, write_mistake_table())):
        file.write_text(text, encoding="utf-8")
        print(f"wrote {file}")
