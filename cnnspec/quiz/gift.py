"""A quiz in GIFT, the text format of Moodle's question bank: multiple choice, no partial credit, feedback on every answer.

Moodle's documentation of GIFT: ~ = # { } : and the backslash are written behind a backslash, a line end inside a question as
\\n, and two questions are parted by an empty line. Texts are HTML, so that the layers stand in lines.
"""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.explain.written_arithmetic import TEXT
from cnnspec.quiz.wording import list_steps, write_slip, write_title, write_variant
from cnnspec.tables import escape
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.quiz.question import Option, Question, Quiz


def write_gift(quiz: Quiz) -> str:
    """All questions, each of which stands for itself in the question bank."""
    title = write_title(quiz)
    comments = [f"// {printable(line)}" for line in (title, *write_variant(quiz))]
    questions = [write_question(f"{title}, question {n}", q) for n, q in enumerate(quiz.questions, 1)]
    return "\n\n".join(["\n".join(comments), *questions]) + "\n"


def write_question(name: str, question: Question) -> str:
    """One question. What stands behind #### is shown when it has been answered: the solution."""
    layers = "<br>".join(map(xml, question.spec))
    answers = [f"  {write_option(option)}" for option in question.options]
    steps = [f"{name}: {sums}{words}" if name else f"{sums}{words}" for name, sums, words in list_steps(question, TEXT)]
    solution = "<br>".join(map(xml, steps))
    asked = escape.gift(f"<pre>{layers}</pre><p>{xml(question.asks)}</p>")
    head = f"::{escape.gift(name)}::[html]{asked} {{"
    return "\n".join([head, *answers, f"  ####{escape.gift(solution)}", "}"])


def write_option(option: Option) -> str:
    """An answer, right (=) or wrong (~), and what is said of it behind #."""
    if option.slip is None:
        return f"={escape.gift(option.text)}#Right."
    return f"~{escape.gift(option.text)}#{escape.gift(xml(write_slip(option.slip)))}"
