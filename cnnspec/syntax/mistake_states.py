"""The states of the parser in which the known mistakes are met, found by parsing what shows them."""

from __future__ import annotations

from cnnspec.base.source import Source
from cnnspec.syntax.grammar import ACTIONS
from cnnspec.syntax.lalr import Parser
from cnnspec.syntax.lexer import KIND
from cnnspec.syntax.mappings import find_context
from cnnspec.syntax.mistakes import MISTAKES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.lalr import Recover

    State = tuple[int, str, int]  # the parser's state, what the text began as, the kind of the token at fault

BEHIND_EXPRESSION = -1  # stands for every state behind a complete expression


def find_mistake_states() -> dict[State, int]:
    """The numbers of the mistakes by the states in which they are met; of several in one state the first counts."""
    found: dict[State, int] = {}
    for number, (_, _, snippets) in enumerate(MISTAKES):
        for snippet in snippets:
            met = find_first_mistake(snippet)
            if met is not None:
                state, context, kind = met
                found.setdefault(met, number)
                if KIND["_ARROW"] in ACTIONS[state]:
                    found.setdefault((BEHIND_EXPRESSION, context, kind), number)
    return found


def find_first_mistake(snippet: str) -> State | None:
    """Where the parser cannot go on in a text; None where it can."""
    met: list[State] = []

    def begin_recovery(parser: Parser) -> Recover:
        def give_up(kind: int, start: int, end: int) -> None:
            met.append((parser.stack.states[-1], find_context(parser.stack, snippet), kind))

        return give_up

    Parser(Source("", snippet), begin_recovery).run()
    return met[0] if met else None
