"""The values of options that several commands take, read for argparse."""

from __future__ import annotations

import re

from cnnspec.base.source import brief, printable


def read_positive(text: str) -> int:
    """A whole number from 1, for argparse."""
    from argparse import ArgumentTypeError

    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f'must be a whole number from 1, not "{text}"')
    return number


def read_seed(text: str) -> int:
    """A seed for argparse: a whole number from 0."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(f'must be a whole number from 0, not "{text}"')


def split_names(text: str) -> list[str]:
    """Names with commas between, for argparse: conv1,conv2."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names:
        return names
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(f'must be names with commas between, not "{printable(text)}"')


def read_place(text: str) -> tuple[int, ...]:
    """A place in a map for argparse: "3,4"."""
    parts = [part.strip() for part in text.split(",")]
    if all([re.fullmatch(r"-?[0-9]{1,12}", part) for part in parts]):
        return tuple([int(part) for part in parts])
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(f'must be a place, such as 3,4, not "{brief(printable(text))}"')
