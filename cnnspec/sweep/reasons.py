"""Why candidates are illegal: errors that differ in their numbers alone are one reason."""

from __future__ import annotations

import os
import re

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic

NUMBER = re.compile(r"\d+(?:[x,.]\d+)*")
PLURAL = re.compile(r"\bn ([a-z]+)s\b")


class Reason(Record):
    """A reason: the error of one candidate, and the parameters of that one."""

    error: Diagnostic
    example: Mapping[str, Any]


class Reasons:
    """The reasons so far, numbered from 0. A key is the same whichever candidate of a reason was met, in whichever process."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.keys: list[tuple[Any, ...]] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, error: Diagnostic) -> int:
        """The number of an error's reason."""
        key = find_key(error)
        if key not in self._numbers:
            self._numbers[key] = len(self.keys)
            self.keys.append(key)
            self.codes.append(error.code)
        return self._numbers[key]


def find_key(error: Diagnostic) -> tuple[Any, ...]:
    """What the errors of one reason have in common: a code, a place, and words. Processes have working folders of their own, from
    which the same file has other names."""
    span = error.span
    place = None if span is None else (os.path.basename(span.source.file), span.source.cell, span.start)
    return error.code, place, PLURAL.sub(r"n \1", NUMBER.sub("n", error.message))
