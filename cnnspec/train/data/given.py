"""Arrays, and what yields batches of them, given in Python → a data set.

Whatever NumPy makes an array of is taken: its own, lists, tensors of PyTorch, TensorFlow and JAX, data frames. What yields
batches (a tf.data.Dataset, a PyTorch DataLoader, a keras.utils.PyDataset, a generator) is read once, to its end, into memory or a
file: the training has its own order and batches, which resume needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import GIVEN, write_suggestion
from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.facts.precision import in_bytes
from cnnspec.train.data.array_names import Place
from cnnspec.train.data.arrays import make_raw
from cnnspec.train.data.disk_folder import DiskFolder, find_folder
from cnnspec.train.data.examples import find_free_memory
from cnnspec.train.data.piles import Pile, change_arrays, find_free_disk
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from cnnspec.train.data.examples import Raw
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]

MOST_BYTES = 2**34  # of memory, where the system does not say how much is free


class Given(Record):
    """The data by part: (x, y), or what yields batches of these. x and y are an array, or several by the names of the
    network's inputs and outputs, or in their order. `groups` has the group of each example to train on."""

    parts: dict[str, Any]
    groups: Any = None


OF_FILES = {"columns": (), "resize": None}  # settings of data that are read, and what they are without


def settle_given(settings: TrainSettings) -> TrainSettings:
    """The settings of a training on data that are given, of which those of files say nothing."""
    return settings.replace(data=GIVEN, **OF_FILES)


def read_given(given: Given, ends: Ends, settings: TrainSettings) -> Raw:
    """The data set. Raises TrainingFailed for what no network of these ends can be trained on."""
    arrays: dict[str, Array] = {}
    places: dict[str, Place] = {}
    named = {end.name for end in (*ends.inputs, *ends.trained)}
    whole = [word if word not in named else f"argument {word}" for word in "xy"]  # an input may be called y
    notes: list[str] = []
    for part, data in given.parts.items():
        x, y = data if isinstance(data, tuple) and len(data) == 2 else collect_batches(data, part, notes)
        for is_input, side, values in ((True, ends.inputs, x), (False, ends.trained, y)):
            own = ends.paired or (not is_input and not isinstance(values, (dict, tuple)))
            for name, value in name_arrays(values, side, is_input, own).items():
                label = f"{name or whole[not is_input]}{'' if part == 'train' else f' ({part})'}"
                arrays[label], places[label] = take_array(value, label), Place(is_input, name, part)
    names = number_texts(arrays, places)
    raw = make_raw(GIVEN, arrays, places)
    groups = None if given.groups is None else take_array(given.groups, "groups")
    if groups is not None and groups.shape != (len(raw.train),):
        message = f"groups has the shape {groups.shape}, for {len(raw.train):,} examples"
        raise TrainingFailed(message, "give each example a number or a text, its group's", 2)
    if settings.group is not None and groups is None:
        message = f"group = {settings.group} keeps examples together, and arrays have no such column"
        raise TrainingFailed(message, "give groups=, the group of each example", 2)
    if groups is not None and len(given.parts) > 1:
        raise TrainingFailed("groups say what is to be held back, and other parts are given", "leave groups out", 2)
    return raw.replace(names=names, notes=(*notes, *raw.notes), train=raw.train.replace(groups=groups))


def name_arrays(values: Any, side: Sequence[End], is_input: bool, shared: bool) -> dict[str, Any]:
    """The arrays of a side by the names of its ends; by "" the only one, or the one that `shared` says is for all."""
    word, noun = ("x", "input") if is_input else ("y", "output")
    names = [end.name for end in side]
    if isinstance(values, dict):
        for name in values:
            if name not in names:
                hint = write_suggestion(str(name), names).removeprefix("; ") or f"it has {join_words(names)}"
                which = "input of the network" if is_input else "output that is trained"
                raise TrainingFailed(f'{word} names "{name}", which is no {which}', hint, 2)
        if missing := [name for name in names if name not in values]:
            raise TrainingFailed(
                f"{word} has nothing for the {noun} {missing[0]}", f"give {word} all: {join_words(names)}", 2
            )
        return {name: values[name] for name in names}
    if isinstance(values, tuple) and not shared:
        if len(values) != len(names):
            message = (
                f"{word} has {count_nouns(len(values), 'array')}, "
                f"and the network {count_nouns(len(names), noun)}: {join_words(names)}"
            )
            raise TrainingFailed(message, "give one for each, in this order or by name", 2)
        return dict(zip(names, values, strict=True))
    if len(names) > 1 and not shared:
        message = f"x is one array, and the network has {len(names)} inputs: {join_words(names)}"
        raise TrainingFailed(message, "give an array for each, by name or in a tuple", 2)
    return {"": values}


def take_array(value: Any, label: str, whole: bool = True) -> Array:
    """A value as an array; a `whole` one has rows. Raises TrainingFailed."""
    import numpy as np

    if hasattr(value, "detach"):  # a tensor of PyTorch, which may lie on a GPU
        value = value.detach().cpu()
    try:
        array = np.asarray(value)
    except Exception as error:  # whatever another library raises
        raise TrainingFailed(f"{label} cannot be made an array: {error}", "give numbers", 2) from None
    if array.dtype == object and all(isinstance(one, str) for one in array.ravel()):
        array = array.astype(str)
    if array.dtype.kind not in "buifU" or (whole and not array.shape):
        what = "rows of several lengths, or other objects" if array.dtype == object else str(array.dtype)
        what = "nothing" if value is None else what
        raise TrainingFailed(f"{label} holds {what}, not numbers", "give an array with a row for each example", 2)
    return array


def number_texts(arrays: dict[str, Array], places: dict[str, Place]) -> dict[str, tuple[str, ...]]:
    """Replace targets that are texts by the numbers of their classes, in the order of the names; those names, by output."""
    import numpy as np

    found: dict[str, tuple[str, ...]] = {}
    for output in {place.end for place in places.values() if not place.is_input}:
        own = [label for label, place in places.items() if not place.is_input and place.end == output]
        texts = [label for label in own if arrays[label].dtype.kind == "U"]
        if not texts:
            continue
        if len(texts) < len(own):
            raise TrainingFailed(
                f"{texts[0]} holds texts, and other parts numbers", "give all as texts, or as numbers", 2
            )
        names = np.unique(np.concatenate([arrays[label].ravel() for label in own]))
        for label in own:
            arrays[label] = np.searchsorted(names, arrays[label]).astype(np.int64)
        found[output] = tuple([str(name) for name in names])
    return found


# ---- what yields batches -----------------------------------------------------------------------------------
def collect_batches(data: Any, part: str, notes: list[str]) -> tuple[Any, Any]:
    """The examples and targets of all batches, one behind another. Raises TrainingFailed.

    Examples for which memory has no room go to a file, if it is known how many there will be, and a note says so.
    """
    room, piles, spilled = (find_free_memory() or MOST_BYTES) // 2, None, False
    for number, (x, y) in enumerate(list_batches(data, part), 1):
        inputs, targets = piles = piles or (Pile(x), Pile(y))
        inputs.add(x)
        targets.add(y)
        if targets.bytes + (0 if spilled else inputs.bytes) <= room:
            continue
        count = find_length(data)
        if spilled or count is None:
            message = f"the batches to {VERBS[part]} take more than there is room for in memory, or have no end"
            help = "give what has a length, arrays (numpy.load(…, mmap_mode='r') reads piece by piece), or a .npz"
            raise TrainingFailed(message, help, 2)
        folder = find_folder()
        notes.append(_check_disk(folder, inputs.bytes // number * count, part))
        inputs.move_to_file(folder.path)
        spilled = True
    if piles is None:
        raise TrainingFailed(f"there is no batch to {VERBS[part]}", "a generator that was read once is empty", 2)
    inputs, targets = piles
    return inputs.join(), targets.join()


def find_length(data: Any) -> int | None:
    """The number of batches, as far as what yields them knows it."""
    try:
        return len(data)
    except (TypeError, NotImplementedError):
        return None


def _check_disk(folder: DiskFolder, expected: int, part: str) -> str:
    """A note that the examples of a part go to a file of about so many bytes. Raises TrainingFailed where the disk has no room."""
    free = find_free_disk(folder.path)
    takes = f"the examples to {VERBS[part]} take about {in_bytes(expected)}, more than there is room for in memory"
    if expected > free:
        message = f"{takes}, and the disk of {folder.path} has {in_bytes(free)} free"
        raise TrainingFailed(message, "let TMPDIR name a folder with room", 2)
    why = f", for {folder.why}" if folder.why else ""
    return f"{takes}: a file in {folder.path} keeps them until the end{why}"


VERBS = {"train": "train on", "validation": "validate with", "test": "test with"}


def list_batches(data: Any, part: str) -> Iterator[tuple[Any, Any]]:
    """The batches as arrays: an array, or a dict or tuple of them. Raises TrainingFailed for what yields no pairs."""
    if hasattr(data, "cardinality") and int(data.cardinality()) == -1:  # a tf.data.Dataset that repeats
        raise TrainingFailed(
            f"the data set to {VERBS[part]} repeats without end", "leave repeat() out; epochs= says how often", 2
        )
    try:
        if hasattr(data, "__array__") or isinstance(data, (dict, str, bytes)):
            raise TypeError
        indexed = hasattr(data, "__len__") and hasattr(data, "__getitem__") and not isinstance(data, list)
        batches = (data[number] for number in range(len(data))) if indexed else iter(data)
    except TypeError:
        raise TrainingFailed(
            f"x comes without y, and a {type(data).__name__} yields no batches",
            "give x and y, or what yields pairs of them", 2,
        ) from None  # fmt: skip
    for batch in batches:
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            has = f"{len(batch)} parts" if isinstance(batch, (tuple, list)) else f"a {type(batch).__name__}"
            raise TrainingFailed(
                f"a batch to {VERBS[part]} is {has}, not examples and targets", "yield pairs (x, y)", 2
            )
        x, y = take_nested(batch[0], "x"), take_nested(batch[1], "y")
        if not isinstance(y, (dict, tuple)) and not y.shape:  # an example of a data set of PyTorch
            x, y = change_arrays(x, lambda array: array[None]), y[None]
        yield x, y


def take_nested(value: Any, label: str) -> Any:
    """A value of a batch as an array, or those in it."""
    if isinstance(value, dict):
        return {name: take_array(one, str(name)) for name, one in value.items()}
    if isinstance(value, (tuple, list)) and value and not isinstance(value[0], (int, float, str)):
        return tuple([take_array(one, label) for one in value])
    return take_array(value, label, whole=False)
