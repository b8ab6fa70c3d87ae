"""The arrays of a .npz file by their names: which belong to which input, output and part of a data set."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.train.ends import Ends

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


def find_places(path: str, held: Sequence[str], ends: Ends) -> dict[str, Place]:
    """The arrays that are to be read of those that a file holds. Raises TrainingFailed where one is missing.

    An array has the name of its input or output: left_train, left_val and left_test, or left alone for all that is to be
    split. The only input, or what pairs are drawn from, may be x instead, and outputs without arrays of their own share the targets y.
    """
    chosen: dict[tuple[bool, str], tuple[str, dict[str, str]]] = {}  # the stem of the names, and the array of each part
    need: list[str] = []
    plain = ends.paired or (len(ends.inputs) == 1 and len(ends.outputs) < 2)
    for is_input, side in ((True, ends.inputs), (False, ends.trained)):
        for end in side:
            letter = "x" if is_input else "y"
            own, shared, whole = _find_parts(end.name, held), _find_parts(letter, held), {"train": end.name}
            if own:
                chosen[is_input, end.name] = end.name, own
            elif shared and (len(side) == 1 or ends.paired or not is_input):
                chosen[is_input, ""] = letter, shared
            elif end.name in held:
                chosen[is_input, end.name] = end.name, whole
            else:
                need.append(f"{letter if plain else end.name}_train")
    parts = {part: name.rpartition("_")[2] for _, arrays in chosen.values() for part, name in arrays.items()}
    parts["train"] = "train"
    need += [f"{stem}_{parts[part]}" for stem, arrays in chosen.values() for part in parts if part not in arrays]
    if need := list(dict.fromkeys(need)):
        message = f"{path} has no {' and no '.join(need)}: it has {', '.join(held) or 'nothing'}"
        raise TrainingFailed(message, f"write it with numpy.savez(…, {', '.join(f'{n}=…' for n in need)})", 2)
    return {
        name: Place(is_input, end, part)
        for (is_input, end), (_, arrays) in chosen.items()
        for part, name in arrays.items()
    }


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
