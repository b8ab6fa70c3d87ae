"""What every form of a quiz says: its title, an answer's letter, why an answer is wrong, how the right one comes about."""

from __future__ import annotations

from string import ascii_lowercase

from cnnspec.explain.wording import write_step
from cnnspec.quiz.question import show_answer
from cnnspec.trace import formula
from cnnspec.trace.formula import Formula, write_steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.explain.written_arithmetic import Style
    from cnnspec.quiz.question import Question, Quiz, Slip


def write_title(quiz: Quiz) -> str:
    """'Quiz: "mnist", seed 7'."""
    return f'Quiz: {"a variant of " * quiz.variant}"{quiz.network.name}", seed {quiz.seed}'


def write_variant(quiz: Quiz) -> list[str]:
    """The text of the variant that is asked about; no lines where the network is the file's own."""
    return quiz.network.source.text.rstrip().split("\n") if quiz.variant else []


def find_letter(question: Question) -> str:
    """The letter of the right answer."""
    return next(
        letter for letter, option in zip(ascii_lowercase, question.options, strict=False) if option.slip is None
    )


def write_right(question: Question) -> str:
    """ "d) 11x11x64"."""
    return f"{find_letter(question)}) {show_answer(question.answer)}"


def write_slip(slip: Slip) -> str:
    """ "padding forgotten: The padding makes …"."""
    return f"{slip.name}: {slip.says}"


def list_steps(question: Question, style: Style) -> list[tuple[str, str, str]]:
    """The steps of the solution: the name, the arithmetic in a style, words behind it. Each may be empty."""
    found = []
    for part in question.solution:
        if isinstance(part, Formula):
            found.append((part.name, write_steps(part.steps, formula.LATEX if style.bar else formula.TEXT), ""))
        else:
            found += [(step.name, *write_step(step, style)) for step in part.steps]
    return found
