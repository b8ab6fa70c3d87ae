"""The options that hold a change to a budget: --max-QUANTITY and --min-QUANTITY for one limit, --budget for several."""

from __future__ import annotations

import argparse

from cnnspec.cli.messages import UsageError
from cnnspec.lint.budget import BOUNDED, SHORT_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.diff.limits import ChangeLimit

BOUNDS = {"max": ("<=", "most"), "min": (">=", "least")}
NAMES = {**{name.replace("_", "-"): name for name in BOUNDED}, **SHORT_NAMES}  # of options, and what they limit


class LimitOption(argparse.Action):
    """Notes a limit as a text, with the option that gave it. `invocation` stands for all of its names in help."""

    invocation: str | None = None

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        option = str(option_string)
        bound, _, name = option.removeprefix("--").partition("-")
        text = f"{NAMES[name]} {BOUNDS[bound][0]} {values}" if bound in BOUNDS else values
        namespace.budget = [*namespace.budget, (option, text)]


def add_limit_options(parser: argparse.ArgumentParser) -> None:
    short = {full: word for word, full in SHORT_NAMES.items()}
    listed = ", ".join(
        [
            f"{word} ({short[name]})" if (name := NAMES[word]) in short else word
            for word in NAMES
            if word not in SHORT_NAMES
        ]
    )
    group = parser.add_argument_group(
        "budget",
        "Limits that B must keep; the exit status is then 1 where one is broken, and 0 where all are kept. A LIMIT is a figure, 5M, "
        "256KiB or 224, or a change from A, +5%, -10% or +200k, where +0 lets nothing grow, or shrink. "
        f"A QUANTITY is one of {listed}.",
    )
    for bound, (_, word) in BOUNDS.items():
        made = group.add_argument(
            *[f"--{bound}-{name}" for name in NAMES], dest="budget", action=LimitOption, default=[], metavar="LIMIT",
            help=f"what the quantity may be at {word}",
        )  # fmt: skip
        assert isinstance(made, LimitOption)
        made.invocation = f"--{bound}-QUANTITY LIMIT"
    group.add_argument(
        "--budget", dest="budget", action=LimitOption, default=[], metavar="LIMITS",
        help='limits as expect has them, as in "params <= +5%%, training_memory(batch=32) <= 8GiB, lossless"',
    )  # fmt: skip


def read_limit_options(options: argparse.Namespace) -> list[ChangeLimit]:
    """The limits that were given. UsageError for what is none."""
    if not options.budget:
        return []
    from cnnspec.diff.limits import read_change_limit, read_change_limits

    limits: list[ChangeLimit] = []
    for option, text in options.budget:
        try:
            limits += read_change_limits(text) if option == "--budget" else [read_change_limit(text)]
        except ValueError as error:
            raise UsageError(f"{option}: {error}") from None
    return limits
