"""What a train section says of data: a set by its name, a file or folder, pairs or triplets of its examples."""

from __future__ import annotations

import os
import re

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.layers.argument import Term, Unfit, count, text
from cnnspec.train.section_words import PAIRINGS

MOST_PARTNERS = 1_000  # of a kind that an example gets in pairs and triplets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def data(value: Any) -> str:
    """A data set's name, or the path of a folder, a .csv or a .npz file."""
    written: str = text(value)
    if written.lower() in NAMED_DATA:
        return written.lower()
    if "\0" not in written:
        if written.startswith("tfds:"):
            if re.fullmatch(r"tfds:[a-z]\w*(/[\w.-]+)?(:\d+\.\d+\.\d+)?", written):
                return written
            raise Unfit('tfds: and a name of TensorFlow Datasets, such as "tfds:eurosat"')
        if (
            written.lower().endswith((".npz", ".csv", ".tsv"))
            or written in (".", "..")
            or "/" in written
            or os.sep in written
        ):
            return written
    hint = f'a folder is written with a slash: "{written}/"' if written.isidentifier() else ""
    expected = f'{", ".join(NAMED_DATA)}, "tfds:NAME", or the path of a folder ("images/"), a .csv or a .npz'
    raise Unfit(expected, hint, written, NAMED_DATA)


def data_or_pairs(value: Any) -> str | dict[str, Any]:
    """A data set; or pairs("faces/", each=5) or triplets("faces/") of its examples, as fields of the settings."""
    if not isinstance(value, Term) or value.name not in PAIRINGS:
        return data(value)
    given = dict(value.keywords)
    if unknown := given.keys() - {"each"}:
        raise Unfit(f"{value.name} without {min(unknown)}", f"it takes a data set, and each: {value.name}(…, each=5)")
    if len(value.positional) != 1:
        raise Unfit(f'{value.name} of one data set, such as {value.name}("faces/", each=5)')
    try:
        each = count(given.get("each", 1))
    except Unfit as unfit:
        raise Unfit(f"{value.name} whose each is {unfit.expected}") from None
    if each > MOST_PARTNERS:
        raise Unfit(f"{value.name} whose each is at most {MOST_PARTNERS:,}")
    return {"pairing": value.name, "each": each, "data": data(value.positional[0])}


def data_or_folder(given: str) -> str:
    """The same outside of a text, where a folder that is there needs no slash."""
    return given if os.path.isdir(given) and given.lower() not in NAMED_DATA else data(given)
