"""Groups of examples, of tables and arrays, none of which stands in two parts; arrays that have other names than the ends."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.train.data.splitting import draw_groups
from tests.train.image_sets import colour, read, refused
from tests.train.table_sets import KINDS, NAMED, PAIR, TAGS, WHOLE, arrays, here, images, table  # noqa: F401


# ---- groups --------------------------------------------------------------------------------------------------
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=60),
    st.floats(0, 0.9), st.booleans(), st.integers(0, 9),
)  # fmt: skip
def test_no_group_stands_in_two_parts(pairs: list[tuple[int, int]], share: float, by_class: bool, seed: int) -> None:
    groups, labels = np.array(pairs).T
    rest, held = draw_groups(groups, labels, share, by_class, np.random.default_rng(seed))
    assert sorted([*rest, *held]) == list(range(len(pairs)))
    assert not set(groups[rest]) & set(groups[held])
    count = len(set(groups.tolist()))
    assert abs(len(set(groups[held].tolist())) - share * count) <= (1.5 if by_class else 0.5)
    again = draw_groups(groups.astype(str), labels, share, by_class, np.random.default_rng(seed))
    assert len(again[1]) == 0 or not set(groups[again[0]]) & set(groups[again[1]])


def test_groups_of_each_class_are_held_back() -> None:
    """Where a group has one class, the shares are those of scikit-learn's stratified folds: of every class as many groups."""
    groups = np.repeat(np.arange(40), 5)
    labels = np.repeat(np.arange(40) % 4, 5)
    _, held = draw_groups(groups, labels, 0.2, True, np.random.default_rng(0))
    assert np.bincount(labels[held]).tolist() == [10, 10, 10, 10]


def patients(split: str = "") -> str:
    lines = [f"i{i}.png,{i},{'fm'[i % 2]},p{i // 2}" + (f",{split[i]}" if split else "") for i in range(8)]
    words = {"r": "train", "e": "test"}
    lines = [line[:-1] + words[line[-1]] if split else line for line in lines]
    return "\n".join(["path,n,label,patient" + ",split" * bool(split), *lines, ""])


TWO_CLASSES = "input 8x8x3\nflatten -> dense(2, softmax)\n"


def test_groups_are_drawn_and_counted() -> None:
    data = read(TWO_CLASSES, table(patients()), group="patient", validation=0.4, test=0.25)
    parts = [data.train, data.validation, data.test]
    assert (
        data.notes[-1] == "patient of list.csv has 4 groups, none in two parts: 2 to train, 1 to validate and 1 to test"
    )
    found = [{int(place) // 2 for place in part.places} for part in parts if part is not None]
    assert sorted(group for part in found for group in part) == [0, 1, 2, 3]
    other = read(TWO_CLASSES, table(patients()), validation=0.4, test=0.25)
    assert other.fingerprint != data.fingerprint  # with other groups it would be split otherwise


def test_too_few_groups_are_said_and_groups_in_two_parts_are_refused() -> None:
    few = read(TWO_CLASSES, table(patients()), group="patient", validation=0.1, test=0)
    assert few.validation is None
    assert few.notes[-1] == "list.csv has too few groups of patient to hold back 0.1 to validate with"
    own = read(TWO_CLASSES, table(patients("rrrreeee")), group="patient", validation=0)
    assert own.notes[-1] == "patient of list.csv has 4 groups, none in two parts: 2 to train and 2 to test"
    torn = refused(TWO_CLASSES, table(patients("rrrrreee")), group="patient")
    assert str(torn) == (
        "patient of list.csv has groups in two parts, to train and to test with: p2; bring each group into one part"
    )


def test_pairs_are_drawn_of_the_groups_of_a_part() -> None:
    """Of a table with one image and one class a line."""
    pairs = PAIR + "train { data = pairs('x.csv') }"
    named: dict[str, Any] = {"columns": {"path": "file", "label": "kind"}, "group": "patient", "validation": 0}
    lines = [f"i{i}.png,{'ab'[i % 2]},p{i // 4}" for i in range(8)]
    data = read(pairs, table("\n".join(["file,kind,patient", *lines])), **named, test=0.5)
    assert data.notes[0] == "patient of list.csv has 2 groups, none in two parts: 1 to train and 1 to test"
    seen = []
    for part in (data.train, data.test):
        assert part is not None and len(part) == 8
        shown = np.concatenate(part.take(slice(None))[0])
        seen.append({i for i in range(8) if any(np.array_equal(x, colour(i) / np.float32(255)) for x in shown)})
    assert sorted(map(sorted, seen)) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_groups_of_a_npz() -> None:
    data = read(KINDS, arrays(patient=np.arange(20) // 4), group="patient", validation=0.25, test=0.2, **NAMED)
    assert data.notes == (
        "patient of arrays.npz has 5 groups, none in two parts: 3 to train, 1 to validate and 1 to test",
    )


# ---- arrays of a .npz ----------------------------------------------------------------------------------------
def test_arrays_that_have_other_names_and_names_of_classes() -> None:
    for key in ("names", "classes", "tags_names"):
        data = read(KINDS, arrays(**{key: np.array(["a", "b", "c"])}), **NAMED, **WHOLE)
        assert (data.names, len(data.train), data.notes) == (("a", "b", "c"), 20, ())
    several = np.arange(60).reshape(20, 3) % 2
    labels = read(TAGS, arrays(kinds=several, names=np.array(["a", "b", "c"])), **NAMED, **WHOLE)
    assert (labels.names, labels.targets) == (("a", "b", "c"), "given")


@pytest.mark.parametrize(
    "names", [np.array(["a", "b"]), np.array([b"a", b"b", b"c"]), np.array([{}, 1, 2]), np.arange(3)]
)
def test_what_is_no_list_of_names_is_not_read(names: Any) -> None:
    data = read(KINDS, arrays(names=names), **NAMED, **WHOLE)
    assert (data.names, data.notes) == (None, ("not read of arrays.npz: array names",))


def test_names_do_not_hide_a_class_too_many() -> None:
    wrong = refused(KINDS, arrays(kinds=np.arange(20) % 4, names=np.array(["a", "b", "c"])), **NAMED)
    assert wrong.message == "tags of arrays.npz has 4 classes, the network 3 outputs: the label of example 3 is 3"
