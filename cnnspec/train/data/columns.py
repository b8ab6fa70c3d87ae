"""The columns of a table by their names: which belong to which input and output of a network.

    photo,age,label            one column each, by the names of the inputs and outputs
    photo,box_x,box_y,label_cat,label_dog      several for an end of several numbers, behind its name
    path,label                 of a network with one input and one output, however they are called

The setting `columns` names others. A column `split` says the part, and that of the setting `group` what stays together.
"""

from __future__ import annotations

import math
import re

from cnnspec.base.join_words import join_words, list_some
from cnnspec.base.record import Record
from cnnspec.base.source import printable
from cnnspec.train.data.files import is_image
from cnnspec.train.data.given_names import LABEL, SPLIT, find_given_names, is_only, list_held, refuse_unknown
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings

PATHS = ("path", "file", "image", "filename", "filepath")
LABELS = ("label", "class", "target")
MASKS = ("mask", *LABELS)
SPLITS = ("split", "set")


class Column(Record):
    """What an input or output is read from: its name in the data ("" for one that needs none), the end that it is for, and
    the places and names of its columns. `names`: those of the labels or quantities in several columns.

    `paths`: it holds the paths of images.
    """

    name: str
    end: End
    places: tuple[int, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...] = ()
    paths: bool = False


class Columns(Record):
    """The columns that are read of a table: those of each input and output, of the parts and of the groups. `headed`: its
    first line has their names."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    split: int | None = None
    group: int | None = None
    headed: bool = True

    @property
    def places(self) -> list[int | None]:
        return [place for column in (*self.inputs, *self.outputs) for place in column.places] + [self.split, self.group]


def find_columns(path: str, first: Sequence[str], ends: Ends, settings: TrainSettings) -> Columns:
    """The columns of a table by its first line. Raises TrainingFailed where one is missing, or stands there twice."""
    header = Header(path, [cell.strip() for cell in first], settings)
    given = find_given_names(ends, settings)
    inputs = [header.find_column(end, ends, given, PATHS if len(ends.inputs) == 1 else ()) for end in ends.inputs]
    outputs = [header.find_column(end, ends, given, MASKS if is_map(end) else LABELS) for end in ends.trained]
    missing = [
        end for end, column in zip((*ends.inputs, *ends.trained), (*inputs, *outputs), strict=True) if not column
    ]
    if missing and _is_plain(header, ends):
        pair = Column("", ends.inputs[0], (0,), ("path",), (), True), Column("", ends.trained[0], (1,), ("label",))
        return Columns(pair[:1], pair[1:], headed=False)
    if missing:
        raise header.refuse_missing(ends, missing)
    read = tuple([column for column in inputs if column])
    by_name = {column.name: column for column in reversed(outputs) if column}  # outputs without their own share one
    wanted = tuple([column for column in outputs if column and by_name[column.name] is column])
    split = header.find_all(given[SPLIT], SPLIT) if SPLIT in given else header.find_first(SPLITS)
    used = [place for column in (*read, *wanted) for place in column.places]
    group = None if settings.group is None else header.find(settings.group, "group")
    return Columns(read, wanted, split[0] if split and split[0] not in used else None, group)


def _is_plain(header: Header, ends: Ends) -> bool:
    """Whether a table has no line of names, but a path and a label in each line."""
    settings, titles = header.settings, header.titles
    plain = len(ends.inputs) == len(ends.outputs) == 1 and not settings.columns and settings.group is None
    return plain and len(titles) == 2 and is_image(titles[0])


def takes_images(end: End) -> bool:
    """Whether an input takes images: H x W, and grey (1 channel) or RGB (3)."""
    return len(end.shape) == 3 and end.shape[-1] in (1, 3)


def is_map(end: End) -> bool:
    """Whether an output has an answer for every position of an image."""
    return len(end.shape) == 3


def count_numbers(end: End) -> int | None:
    """The numbers of an example that an end takes or yields; None where a size is left open."""
    sizes = [size for size in end.shape if isinstance(size, int)]
    return math.prod(sizes) if len(sizes) == len(end.shape) else None


class Header:
    """The first line of a table."""

    def __init__(self, path: str, titles: Sequence[str], settings: TrainSettings) -> None:
        self.path, self.titles, self.settings = path, titles, settings
        self.folded = [title.lower() for title in titles]

    def find(self, name: str, key: str) -> int:
        """The place of a column that a setting names, in any case of letters where it is found in no other."""
        for titles, wanted in ((self.titles, name.strip()), (self.folded, name.strip().lower())):
            if wanted in titles:
                return self._find_only(titles, wanted)
        raise refuse_unknown("column", name, [t for t in self.titles if t], self.path, key, self.settings)

    def find_all(self, names: tuple[str, ...], key: str) -> tuple[int, ...]:
        return tuple([self.find(name, f"columns.{key}") for name in names])

    def find_first(self, words: Sequence[str]) -> tuple[int, ...]:
        """The column of the first of these words that there is, () without one."""
        found = next((word for word in words if word in self.folded), None)
        return () if found is None else (self._find_only(self.folded, found),)

    def find_column(
        self, end: End, ends: Ends, given: Mapping[int | str, tuple[str, ...]], words: Sequence[str]
    ) -> Column | None:
        """The columns of an input or output: those that `columns` gives it, its own by their names, or the one that is
        called by one of these words; None without any."""
        name, paths = "" if is_only(ends, end) else end.name, False
        names: tuple[str, ...] = ()
        if end.index in given:
            places = self.find_all(given[end.index], end.name)
        else:
            places, names = self.find_own(end, ends)
        if not places:
            shared = end not in ends.inputs and LABEL in given
            places = self.find_all(given[LABEL], LABEL) if shared else self.find_first(words)
            name, paths = name if end in ends.inputs else "", True
        if len(places) > 1 and not names and not all(self.titles[place][-1:].isdecimal() for place in places):
            names = tuple([self.titles[place] for place in places])
        if not places:
            return None
        paths = end in ends.inputs and len(places) == 1 and (paths or takes_images(end))
        return Column(name, end, places, tuple([self.titles[place] for place in places]), names, paths)

    def find_own(self, end: End, ends: Ends) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The columns that are called as an end is, or begin with its name, as many as it has numbers; and what follows
        the name where that is no number."""
        name = end.name.lower()
        if name in self.folded:
            return (self._find_only(self.folded, name),), ()
        others = [other.name.lower() for other in (*ends.inputs, *ends.trained) if other.name != end.name]
        rests = {
            place: match[1]
            for place, title in enumerate(self.titles)
            if (match := re.fullmatch(re.escape(name) + r"[_. \[-](.+?)\]?", title, re.IGNORECASE))
            and not any(self.folded[place].startswith(other) for other in others if other.startswith(name))
        }
        if len(rests) < 2 or len(rests) != count_numbers(end):
            return (), ()
        if all(rest.isdecimal() for rest in rests.values()):
            return tuple(sorted(rests, key=lambda place: int(rests[place]))), ()
        return tuple(rests), tuple(rests.values())

    def _find_only(self, titles: Sequence[str], name: str) -> int:
        if titles.count(name) > 1:
            message = f'{self.path} has {titles.count(name)} columns named "{printable(name)}"'
            raise TrainingFailed(message, "give each a name of its own", 2)
        return titles.index(name)

    def refuse_missing(self, ends: Ends, missing: Sequence[End]) -> TrainingFailed:
        if is_only(ends, missing[0]) and all(takes_images(end) for end in ends.inputs):
            message = f"the first line of {self.path} names no column of paths and no column of labels: {list_some(self.titles)}"
            return TrainingFailed(message, "write path,label", 2)
        named = []
        for end in missing:
            count = count_numbers(end)
            several = f" (or {end.name}_0 to {end.name}_{count - 1})" if count is not None and 1 < count < 1000 else ""
            named.append(f"no column {end.name}{several if end in ends.inputs and not takes_images(end) else ''}")
        message = f"{self.path} has {join_words(named)}: it has {list_held([title for title in self.titles if title])}"
        return TrainingFailed(message, f"name it in columns = {{{missing[0].name}: …}}", 2)
