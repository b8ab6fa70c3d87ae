"""The colors of all pictures, by what they mean: on light and on dark paper, without numbers in the rooms that draw.

Printed in black and white, kinds of layers differ in lightness, and every box has an outline.
"""

from __future__ import annotations

# name: on light paper, on dark paper
COLORS = {
    "paper": ("#ffffff", "#16191d"),
    "ink": ("#1f2328", "#e6e8ea"),  # words and outlines
    "faint": ("#59636e", "#a3abb3"),  # words beside the matter; 4.5 : 1 on paper at least
    "line": ("#57606a", "#9aa3ab"),  # edges
    "frame": ("#8c959f", "#6a737d"),  # borders of groups, axes
    "group": ("#f3f6fa", "#1d2329"),  # inside of a group
    "fold": ("#dbe6f2", "#2b3d52"),  # a group that is closed
    # kinds of layers
    "input": ("#ffffff", "#2a2f35"),
    "convolution": ("#f8d9a0", "#72531a"),
    "upsampling": ("#bfe3c0", "#2f5f36"),
    "pooling": ("#f2a9a0", "#80362e"),
    "dense": ("#b9aee0", "#4f4488"),
    "normalization": ("#eef0d0", "#55582c"),
    "activation": ("#fbe9e0", "#5f4536"),
    "merge": ("#b5d9f0", "#245573"),
    "reshape": ("#e2e4e8", "#454b53"),
    "other": ("#f4f1ec", "#3c3a36"),
    # findings
    "error": ("#cf222e", "#ff7b72"),
    "error-area": ("#ffd8d3", "#5c1f1c"),
    "warning": ("#9a6700", "#d9a521"),
    "warning-area": ("#ffeebf", "#4d3a0a"),
    "note": ("#0969da", "#6cb6ff"),
    "added": ("#1a7f37", "#57ab5a"),
    "added-area": ("#d2f3da", "#1c3d27"),
    # series: told from one another
    "series-1": ("#3867a6", "#7ba6dd"),
    "series-2": ("#c2410c", "#f08a5d"),
    "series-3": ("#2f7d32", "#74c077"),
    "series-4": ("#8e44a0", "#cf8fdf"),
    "series-5": ("#8a6d00", "#d6b53a"),
    "series-6": ("#00767a", "#4fc3c7"),
    "series-7": ("#8b4a3b", "#d19a8c"),
    # from little to much
    "level-0": ("#f7fbff", "#1b2733"),
    "level-1": ("#e1edf8", "#1e3346"),
    "level-2": ("#c9ddf0", "#22415c"),
    "level-3": ("#a8cde8", "#275274"),
    "level-4": ("#7fb8dd", "#2b5f86"),
    "level-5": ("#56a0d0", "#306c96"),
    "level-6": ("#2b76b2", "#4a8fc0"),
    "level-7": ("#1f6bad", "#6aa8d4"),
    "level-8": ("#0b5196", "#93c2e4"),
    "level-9": ("#08366d", "#c2dff2"),
}
LEVELS = 10
DARK_LEVELS = tuple([f"level-{level}" for level in range(6, LEVELS)])  # on which words have the color of paper
SERIES = 7


def name_level(share: float) -> str:
    """The color of a share, from 0 (little) to 1 (much)."""
    return f"level-{max(0, min(int(share * LEVELS), LEVELS - 1))}"


def name_ink(level: str) -> str:
    """The color of words on a level's."""
    return "paper" if level in DARK_LEVELS else "ink"


def name_series(number: int) -> str:
    """The color of one of several things, counted from 0."""
    return f"series-{number % SERIES + 1}"
