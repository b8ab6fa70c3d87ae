"""A quiz as a LaTeX document that compiles by itself, with amsmath."""

from __future__ import annotations

from string import ascii_lowercase

from cnnspec.explain.written_arithmetic import LATEX
from cnnspec.quiz.wording import list_steps, write_right, write_slip, write_title, write_variant
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.quiz.question import Question, Quiz

PREAMBLE = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath}\n\\begin{document}\n"


def write_latex(quiz: Quiz, solutions: bool = False) -> str:
    """The whole quiz."""
    blocks = [f"\\section*{{{escape.latex(write_title(quiz))}}}"]
    blocks += [write_code(write_variant(quiz))] if quiz.variant else []
    blocks += write_list([write_question(question) for question in quiz.questions])
    if solutions:
        blocks.append("\\section*{Solutions}")
        blocks += write_list([write_solution(question) for question in quiz.questions])
    return PREAMBLE + "\n\n".join(blocks) + "\n\\end{document}\n"


def write_list(items: Sequence[str]) -> list[str]:
    """Numbered items."""
    return ["\n".join(["\\begin{enumerate}", *[f"\\item {item}" for item in items], "\\end{enumerate}"])]


def write_code(lines: Sequence[str]) -> str:
    """Lines of a spec, each as long as it is; spaces at its beginning are kept, and those between numbers in columns."""
    shown = []
    for line in lines:
        indent = len(line) if line.startswith("#") else len(line) - len(line.lstrip(" "))
        shown.append(escape.latex(line[:indent]).replace(" ", "~") + escape.latex(line[indent:]))
    return "\\begin{flushleft}\\ttfamily\n" + " \\\\\n".join(shown) + "\n\\end{flushleft}"


def write_question(question: Question) -> str:
    options = zip(ascii_lowercase, question.options, strict=False)
    answers = [f"  \\item[{letter})] {escape.latex(option.text)}" for letter, option in options]
    parts = [escape.latex(question.asks), write_code(question.spec), "\\begin{itemize}", *answers, "\\end{itemize}"]
    return "\n".join(parts)


def write_solution(question: Question) -> str:
    """The right answer, the steps to it, and what is wrong with the others."""
    lines = [f"\\textbf{{{escape.latex(write_right(question))}}}", "\\begin{itemize}"]
    for name, sums, words in list_steps(question, LATEX):
        named = escape.latex(name) + ": " if name else ""
        lines.append(f"  \\item {named}{f'${sums}$' if sums else ''}{escape.latex(words)}")
    for letter, option in zip(ascii_lowercase, question.options, strict=False):
        if option.slip is not None:
            lines.append(f"  \\item[{letter})] {escape.latex(write_slip(option.slip))}")
    return "\n".join([*lines, "\\end{itemize}"])
