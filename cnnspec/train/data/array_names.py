"""The arrays of a .npz file by their names: which belong to which input, output and part of a data set."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.train.data.given_names import LABEL, find_given_names, refuse_unknown
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.train.ends import Ends
    from cnnspec.train.settings import TrainSettings

PARTS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}  # as arrays are named


class Place(Record):
    """The place of an array of a file in a data set: an input (else an output) by its name, "" for data without names, and
    the part."""

    is_input: bool
    end: str
    part: str


UNNAMED = {
    f"{letter}_{words[0]}": Place(letter == "x", "", part) for part, words in PARTS.items() for letter in "xy"
}  # the arrays of data of one input and one output


def find_places(path: str, held: Sequence[str], ends: Ends, settings: TrainSettings) -> dict[str, Place]:
    """The arrays that are to be read of those that a file holds. Raises TrainingFailed where one is missing.

    An array has the name of its input or output, or the one that `columns` gives it: left_train, left_val and left_test, or
    left alone for all that is to be split. The only input, or what pairs are drawn from, may be x instead, and outputs without
    arrays of their own share the targets y.
    """
    chosen: dict[tuple[bool, str], tuple[str, dict[str, str]]] = {}  # the stem of the names, and the array of each part
    need: list[str] = []
    plain = ends.paired or (len(ends.inputs) == 1 and len(ends.outputs) < 2)
    given = find_given_names(ends, settings)
    for is_input, side in ((True, ends.inputs), (False, ends.trained)):
        for end in side:
            letter = "x" if is_input else "y"
            if end.index in given:
                chosen[is_input, end.name] = _find_given(path, held, end.name, given[end.index], settings)
                continue
            own, shared, whole = _find_parts(end.name, held), _find_parts(letter, held), {"train": end.name}
            if own:
                chosen[is_input, end.name] = end.name, own
            elif shared and (len(side) == 1 or ends.paired or not is_input):
                chosen[is_input, ""] = letter, shared
            elif end.name in held:
                chosen[is_input, end.name] = end.name, whole
            elif not is_input and LABEL in given:
                chosen[is_input, ""] = _find_given(path, held, LABEL, given[LABEL], settings)
            else:
                need.append(letter if plain else end.name)
    parts = {part: name.rpartition("_")[2] for _, arrays in chosen.values() for part, name in arrays.items()}
    parts["train"] = "train"
    undivided = bool(chosen) and all(arrays.get("train") == stem for stem, arrays in chosen.values())
    need = need if undivided else [f"{stem}_train" for stem in need]
    need += [f"{stem}_{parts[part]}" for stem, arrays in chosen.values() for part in parts if part not in arrays]
    if need := list(dict.fromkeys(need)):
        message = f"{path} has no {' and no '.join(need)}: it has {', '.join(held) or 'nothing'}"
        raise TrainingFailed(message, f"write it with numpy.savez(…, {', '.join(f'{n}=…' for n in need)})", 2)
    return {
        name: Place(is_input, end, part)
        for (is_input, end), (_, arrays) in chosen.items()
        for part, name in arrays.items()
    }


def _find_given(
    path: str, held: Sequence[str], end: str, names: tuple[str, ...], settings: TrainSettings
) -> tuple[str, dict[str, str]]:
    """The stem of the arrays that `columns` names for an input or output, with a part or without, and the array of each
    part."""
    key = f"columns.{end}"
    if len(names) > 1:
        message = f"columns gives {end} {len(names)} names, and an array of {path} has one"
        raise TrainingFailed(message, "name one array", span=settings.span(key) or settings.span("columns"))
    stem = names[0].removesuffix("_train")
    if found := _find_parts(stem, held) or ({"train": stem} if stem in held else {}):
        return stem, found
    raise refuse_unknown("array", names[0], [name.removesuffix("_train") for name in held], path, key, settings)


def find_groups(path: str, held: Sequence[str], parts: Iterable[str], settings: TrainSettings) -> dict[str, str]:
    """The array of the groups of each of these parts of a data set, {} where none is asked for. Raises TrainingFailed where
    one is missing."""
    name = settings.group
    if name is None:
        return {}
    found = _find_parts(name, held) or ({"train": name} if name in held else {})
    if not found:
        raise refuse_unknown("array", name, [name.removesuffix("_train") for name in held], path, "group", settings)
    missing = [f"{name}_{PARTS[part][0]}" for part in parts if part not in found]
    if missing:
        message = f"{path} has no {' and no '.join(missing)}, which group = {name} asks for"
        raise TrainingFailed(message, "give every part its groups", span=settings.span("group"))
    return {part: found[part] for part in parts}


def list_class_names(ends: Ends) -> dict[str, list[str]]:
    """The arrays that may hold the names of the classes or labels of each output that is trained."""
    only = ["names", "classes", "class_names"] if len(ends.trained) == 1 else []
    return {end.name: [f"{end.name}_names", f"{end.name}_classes", *only] for end in ends.trained}


def _find_parts(stem: str, held: Sequence[str]) -> dict[str, str]:
    """The arrays stem_train, stem_val, … that there are, by part. Raises TrainingFailed where two are of one part."""
    found: dict[str, str] = {}
    for part, words in PARTS.items():
        names = [name for word in words if (name := f"{stem}_{word}") in held]
        if len(names) > 1:
            raise TrainingFailed(f"there are examples for {part} twice, in {' and in '.join(names)}", "keep one", 2)
        if names:
            found[part] = names[0]
    return found
