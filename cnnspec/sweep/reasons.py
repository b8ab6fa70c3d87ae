"""Why candidates are illegal: errors that differ in their numbers alone are one reason."""

from __future__ import annotations

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
    """The reasons so far, numbered from 0."""

    def __init__(self) -> None:
        self.found: list[Reason] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, error: Diagnostic, example: Mapping[str, Any]) -> int:
        """The number of an error's reason."""
        key = error.code, error.span and error.span.order, PLURAL.sub(r"n \1", NUMBER.sub("n", error.message))
        if key not in self._numbers:
            self._numbers[key] = len(self.found)
            self.found.append(Reason(error, example))
        return self._numbers[key]
