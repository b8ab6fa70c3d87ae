"""What is recorded of computations with numbers on a tape (`tape.py`), and what is not, as it decides nothing.

A comparison that decides nothing but the words of a message is made within `for_words`; what is computed behind the first mistake
comes after `stop`; and what a function looks up again that it has found before, it `remembers`. Numbers that are on no tape know
nothing of all this.
"""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


class Recorder:
    """Which tape is written on: `tape`, None for none; `begun` is that of what is being computed, written on or not."""

    def __init__(self) -> None:
        self.begun: Any = None
        self.tape: Any = None
        self.stopped = False

    def begin(self, tape: Any) -> None:
        self.begun = self.tape = tape
        self.stopped = False

    def end(self) -> None:
        self.begun = self.tape = None


RECORDER = Recorder()


def stop() -> None:
    """A mistake is found: what is computed from here on changes nothing about that, and is not recorded."""
    RECORDER.tape, RECORDER.stopped = None, True


def for_words(function: F) -> F:
    """A function that finds words, advice or a text for numbers: what it compares decides nothing else, and is no guard."""

    @wraps(function)
    def find_words(*values: Any, **named: Any) -> Any:
        around, RECORDER.tape = RECORDER.tape, None
        try:
            return function(*values, **named)
        finally:
            RECORDER.tape = None if RECORDER.stopped else around

    return find_words  # type: ignore[return-value]


# ---- what is remembered ------------------------------------------------------------------------------------
HASHING = ("is_remembering", "__hash__", "<listcomp>", "<dictcomp>")  # on the way from where a hash is asked for
_remembering: set[CodeType] = set()


def remembers(function: F) -> F:
    """A function that looks up by numbers what it has found for them before, and would find the same again: that two numbers
    have one value decides nothing."""
    _remembering.add(function.__code__)
    return function


def is_remembering() -> bool:
    """Whether a number is hashed by such a function, on its own or in a tuple or a record."""
    from inspect import currentframe

    frame = currentframe()
    while frame is not None and frame.f_code.co_name in HASHING:
        frame = frame.f_back
    return frame is not None and frame.f_code in _remembering
