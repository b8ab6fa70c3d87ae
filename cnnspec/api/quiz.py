"""A quiz as the API returns it: one that shows itself, in every form that `cnnspec quiz` prints."""

from __future__ import annotations

from cnnspec.api.answer import Answer, make_answer
from cnnspec.api.argument_checks import take_count, take_texts
from cnnspec.quiz.question import Quiz as NetworkQuiz

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.api.network import Network


class Quiz(Answer, NetworkQuiz):
    """Questions about a network, with the usual slips as wrong answers; `print` shows it as `cnnspec quiz` does."""

    rows_are = "questions"

    def to_text(self, format: str = "text", solutions: bool = False) -> str:
        """The quiz in one of the formats: text, markdown, latex, html (a page), gift (for Moodle) or json.

        With `solutions` the texts end in them; gift and json have them always. ValueError for another format.
        """
        from cnnspec.quiz.formats import FORMATS, write_quiz

        if format == "json":
            return self.to_json()
        if format not in FORMATS:
            raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')
        return write_quiz(self, format, solutions)

    def to_html(self) -> str:
        """The questions as an HTML table, the right answers below it."""
        from cnnspec.api.html.quiz import write_html

        return write_html(self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec quiz --format json` prints."""
        from cnnspec.quiz.json import write_data

        return write_data(self)


def quiz(
    network: Network, count: int | None = None, *, kinds: Sequence[str] = (), seed: int = 1, variant: bool = False
) -> Quiz:
    """Questions about a network, the same for the same seed; with `variant` about one that the seed makes of it.

    `count` questions are drawn, None: ten, or as many as there are. `kinds` are size, parameters, macs, field, stride and values,
    all of them unless some are given; values need NumPy, and are not among all of them without it. ValueError for a kind that there
    is not, for more questions than there are, and for a network that has mistakes or nothing to ask about; MissingExtra for values
    without NumPy.
    """
    from cnnspec.quiz import find_quiz

    wanted = None if count is None else take_count(count, "count")
    asked = take_texts(kinds, "kinds") if kinds else []
    return make_answer(Quiz, find_quiz(network.analysed, asked, wanted, take_count(seed, "seed", 0), bool(variant)))
