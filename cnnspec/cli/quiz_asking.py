"""Asking a quiz in the terminal: each question, what was typed, what is wrong with it; the score at the end."""

from __future__ import annotations

import sys

from cnnspec.base.count_nouns import count_nouns
from cnnspec.cli.streams import find_width
from cnnspec.quiz.question import show_answer
from cnnspec.quiz.replies import read_reply
from cnnspec.quiz.text import add_question, add_solution
from cnnspec.quiz.wording import write_slip
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.quiz.question import Question, Quiz
    from cnnspec.quiz.replies import Reply

INTERRUPTED = 130  # the exit status of what Ctrl-C ends


def ask_quiz(quiz: Quiz) -> int:
    """Ask all questions of stdin; the exit status. The end of stdin, or Ctrl-C, ends it with the score so far."""
    right = answered = status = 0
    try:
        for number, question in enumerate(quiz.questions, 1):
            reply = ask_question(f"{number}/{len(quiz.questions)}. ", question)
            if reply is None:
                break
            answered, right = answered + 1, right + reply.right
            print_page(judge_reply(question, reply))
    except KeyboardInterrupt:
        status = INTERRUPTED
    page = make_page()
    left = len(quiz.questions) - answered
    stopped = f"; the quiz was stopped with {count_nouns(left, 'question')} left" if left else ""
    page.add_texts(["", f"{right} of {answered} right{stopped}."])
    print_page(page)
    return status


def ask_question(before: str, question: Question) -> Reply | None:
    """What is answered to a question, asked until it is an answer; None at the end of stdin."""
    page = make_page()
    page.add_text()
    add_question(page, before, question)
    page.add_text()
    print_page(page)
    while True:
        print("Your answer: ", end="", flush=True)
        typed = sys.stdin.readline()
        if not typed:
            return None
        if not sys.stdin.isatty():
            print(flush=True)
        if (reply := read_reply(question, typed)) is not None:
            return reply
        last = "abcdefghijklmnopqrstuvwxyz"[len(question.options) - 1]
        figure = "" if question.closed else f", or a figure such as {question.options[0].text}"
        page = make_page()
        page.add_text(f"That is no answer: type a letter from a to {last}{figure}.")
        print_page(page)


def judge_reply(question: Question, reply: Reply) -> Page:
    """Whether an answer is right; else by which slip it comes about, and how the right one does."""
    page = make_page()
    if reply.right:
        page.add_text("Right.")
        return page
    slip = (
        f"Wrong, {write_slip(reply.slip)}"
        if reply.slip
        else f"Wrong: no usual slip leads to {show_answer(reply.answer)}."
    )
    page.add_text(slip, 4)
    page.add_text(f"Right is {show_answer(question.answer)}:")
    add_solution(page, question)
    return page


def make_page() -> Page:
    return Page(find_width(sys.stdout))


def print_page(page: Page) -> None:
    print(page.write(), end="", flush=True)
