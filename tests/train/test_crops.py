"""Windows of large images to train on: the same of an image and its mask, by seed and epoch alone, and those in the middle else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.train.data import masks, pictures
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.framing import cut_window
from cnnspec.train.data.prepare import Data
from cnnspec.train.data.windows import draw_corners, take_windows
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section import resolve
from tests.support import network
from tests.train.image_sets import colour, read, refused, save

keras = pytest.importorskip("keras")

SIZES = [(20, 30), (8, 8), (9, 8), (6, 40), (5, 7), (31, 12), (16, 16), (24, 10)]  # some are smaller than a window
MAPS = "input 8x8x3\nconv(4, 1x1, activation=softmax)\n"
CROP = {"crop": "8x8", "validation": 0, "test": 0, "seed": 3}
IGNORING = "train { loss = sparse_categorical_crossentropy(ignore_class=255); metrics = mean_iou }"


def fields(root: str = "fields") -> str:
    """Images of several sizes and their masks, class numbers, the last class in corners alone."""
    for place, size in enumerate(SIZES):
        save(f"{root}/images/{place}.png", colour(place, size))
        save(f"{root}/masks/{place}.png", mask(place, size))
    return root + "/"


def mask(place: int, size: tuple[int, int]) -> Any:
    made = np.random.default_rng(100 + place).integers(0, 3, size, np.uint8)
    made[0, 0] = 3
    return made


def around(values: Any, top: int, left: int, outside: int) -> Any:
    """A window of 8x8, of an image that is smaller its middle, written out place by place."""
    height, width = values.shape[:2]
    window = np.full((8, 8, *values.shape[2:]), outside, values.dtype)
    for row in range(8):
        for column in range(8):
            y = top + row - max(0, (8 - height) // 2)
            x = left + column - max(0, (8 - width) // 2)
            if 0 <= y < height and 0 <= x < width:
                window[row, column] = values[y, x]
    return window


def check_epoch(data: Data, epoch: int, outside: int, times: int = 1) -> Any:
    """Every window of an epoch is what its corner says, of the image and of the mask; the corners by example."""
    order = np.tile(np.arange(len(data.train) // times), times)
    corners = draw_corners(data.train, order, 3, epoch)
    assert corners is not None and len(corners) == len(order)
    x, y = take_windows(data.train, order, corners)
    for row, (place, (top, left)) in enumerate(zip(data.train.places[order], corners.tolist(), strict=True)):
        size = SIZES[place]
        assert 0 <= top <= max(0, size[0] - 8) and 0 <= left <= max(0, size[1] - 8)
        np.testing.assert_array_equal(x[row], around(colour(place, size), top, left, 0) / np.float32(255))
        np.testing.assert_array_equal(y[row], around(mask(place, size), top, left, outside))
    return corners


@pytest.mark.parametrize(("text", "outside"), [("", 0), (IGNORING, 255)])
def test_a_window_is_the_same_of_image_and_mask(text: str, outside: int) -> None:
    data = read(MAPS + text, fields(), **CROP)
    first, second = (check_epoch(data, epoch, outside) for epoch in (0, 1))
    assert (first != second).any() and (first == check_epoch(data, 0, outside)).all()
    said = "windows of 8x8 are cut out of the images of fields/, 5x7 to 20x30: in training others in each epoch, else those in the middle; 2 images are smaller, with black around"
    assert said in data.notes
    assert not [note for note in data.notes if "has no example" in note]  # of the class that stands in corners
    x, y = data.train.take(slice(None))
    for place, (height, width) in enumerate(SIZES):
        corner = (max(0, height - 8) // 2, max(0, width - 8) // 2)
        np.testing.assert_array_equal(x[place], around(colour(place, (height, width)), *corner, 0) / np.float32(255))
        np.testing.assert_array_equal(y[place], around(mask(place, (height, width)), *corner, outside))


def test_batches_go_on_within_an_epoch_and_every_corner_is_met() -> None:
    data = read(MAPS, fields(), **CROP, windows=20)
    assert len(data.train) == 8 * 20
    assert "each epoch cuts 20 windows out of each of 8 images to train on" in data.notes
    batches = make_batches(keras, data.train, 6, 3)
    batches.begin(2)
    whole = [batches[number] for number in range(len(batches))]
    batches.begin(2, 4)
    for part in (0, 1):
        np.testing.assert_array_equal(batches[0][part], whole[4][part])
    order = batches.chosen[1]
    own = data.train.places[order]
    corners = draw_corners(data.train, order, 3, 2)
    assert corners is not None
    assert {tuple(c) for c in corners[own == 2].tolist()} == {(0, 0), (1, 0)}  # of 9x8
    assert len({tuple(c) for c in corners[own == 0].tolist()}) > 15


def test_what_has_no_room_is_read_again_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = read(MAPS, fields(), **CROP)
    for module in (pictures, masks):
        monkeypatch.setattr(module, "find_room", lambda: 300)
    again = read(MAPS, fields(), **CROP)
    assert kept.fingerprint == again.fingerprint
    for batch in (0, 1):
        for one, other in zip(*[make_batches(keras, d.train, 5, 3)[batch] for d in (kept, again)], strict=True):
            np.testing.assert_array_equal(one, other)
    corners = np.zeros((8, 2), int)
    for kind, made in (("masks", np.zeros(SIZES[0], np.uint8)), ("images", colour(99, SIZES[0]))):
        save(f"fields/{kind}/0.png", made)
        with pytest.raises(TrainingFailed, match="changed during the training: it is another file now"):
            take_windows(again.train, np.arange(8), corners)
    assert read(MAPS, "fields/", **CROP).fingerprint != kept.fingerprint


def test_a_mask_counts_in_the_fingerprint_beyond_the_middle() -> None:
    before = read(MAPS, fields(), **CROP).fingerprint
    changed = mask(0, SIZES[0])
    changed[0, 1] = 3
    save("fields/masks/0.png", changed)
    assert read(MAPS, "fields/", **CROP).fingerprint != before


def test_arrays_are_cut_like_files() -> None:
    x = np.stack([colour(place, (20, 30)) for place in range(6)])
    y = np.stack([mask(place, (20, 30)) for place in range(6)])
    for place in range(6):
        save(f"same/images/{place}.png", x[place])
        save(f"same/masks/{place}.png", y[place])
    one_hot = (y[..., None] == np.arange(4)).astype(np.float32)
    for name, targets in (("plain", y), ("column", y[..., None].astype(np.int64)), ("hot", one_hot)):
        np.savez(f"{name}.npz", x_train=x, y_train=targets)
    filed, *given = [read(MAPS, data, **CROP) for data in ("same/", "plain.npz", "column.npz", "hot.npz")]
    wanted = make_batches(keras, filed.train, 4, 3)[0]
    for data in given:
        assert not [note for note in data.notes if "has no example" in note]
        made = make_batches(keras, data.train, 4, 3)[0]
        np.testing.assert_array_equal(made[0], wanted[0])
        np.testing.assert_array_equal(made[1], wanted[1])


def test_images_of_classes_and_networks_of_any_size() -> None:
    for number, name in enumerate(("a", "b")):
        for place in range(3):
            save(f"kinds/{name}/{place}.png", colour(10 * number + place, (12 + place, 9)))
    wanted = [[np.inf] * 2] * 6
    for text in ("input 8x8x3\ngap -> dense(2, softmax)", "input ?x?x3\ngap -> dense(2, softmax)"):
        data = read(text, "kinds/", **CROP)
        batches = make_batches(keras, data.train, 6, 3)
        x, y = batches[0]
        order = batches.chosen[1]
        corners = draw_corners(data.train, order, 3, 0)
        assert corners is not None
        for row, (place, corner) in enumerate(zip(data.train.places[order], corners.tolist(), strict=True)):
            image = colour(10 * (place // 3) + place % 3, (12 + place % 3, 9))
            np.testing.assert_array_equal(x[row], cut_window(image, (8, 8), tuple(corner)) / np.float32(255))
            assert y[row] == place // 3
        assert wanted[0][0] == np.inf or (wanted == corners).all()
        wanted = corners.tolist()
    data = read("input 6x7x1\ngap -> dense(10, softmax)", "digits", crop="6x7")
    assert data.train.examples.shape == (6, 7, 1) and data.train.take(slice(3))[0].shape == (3, 6, 7, 1)
    open_map = read("input ?x?x3\nconv(4, 2x2, stride=2, activation=softmax)", fields(), **CROP)
    assert open_map.train.take(slice(2))[1].shape == (2, 4, 4)


def test_strided_and_unpadded_maps_lie_in_the_window() -> None:
    """The place of a mask that an output's position is compared with moves with the window."""
    for text, places in (
        ("conv(4, 2x2, stride=2, activation=softmax)", [1, 3, 5, 7]),
        ("conv(4, 3x3, activation=softmax)", [1, 2, 3, 4, 5, 6]),
    ):
        data = read(f"input 8x8x3\n{text}\n", fields(), **CROP)
        order, corners = np.array([0, 5, 6]), np.array([[3, 4], [10, 1], [8, 8]])
        y = take_windows(data.train, order, corners)[1]
        for row, (place, (top, left)) in enumerate(zip(order, corners, strict=True)):
            window = mask(int(place), SIZES[place])[top : top + 8, left : left + 8]
            np.testing.assert_array_equal(y[row], window[np.ix_(places, places)])


SIAMESE = "input before 8x8x3\ninput after 8x8x3\nconcat(before, after) -> conv(4, 1x1, activation=softmax) as change\n"


def test_all_images_of_an_example_are_cut_at_one_place() -> None:
    rows = ["before,after,change"]
    for place in range(4):
        for number, side in enumerate(("before", "after")):
            save(f"{side}/{place}.png", colour(10 * number + place, (20, 30)))
        save(f"change/{place}.png", mask(place, (20, 30)))
        rows.append(",".join([f"{side}/{place}.png" for side in ("before", "after", "change")]))
    Path("list.csv").write_text("\n".join(rows))
    data = read(SIAMESE, "list.csv", **CROP)
    corners = np.array([[0, 22], [12, 0], [5, 5], [1, 2]])
    (before, after), y = take_windows(data.train, np.arange(4), corners)
    for place, (top, left) in enumerate(corners):
        for number, x in enumerate((before, after)):
            image = colour(10 * number + place, (20, 30))
            np.testing.assert_array_equal(x[place], image[top : top + 8, left : left + 8] / np.float32(255))
        np.testing.assert_array_equal(y[place], mask(place, (20, 30))[top : top + 8, left : left + 8])
    save("after/2.png", colour(12, (20, 31)))
    said = "crop cuts all images of an example at one place, and those of an example of list.csv are 20x30 and 20x31"
    assert refused(SIAMESE, "list.csv", **CROP).message == said


REFUSED = [  # a network, settings, and what is said
    ("input 16x16x3\ngap -> dense(2)", {"crop": "8x8"}, "crop is 8x8, and the network takes 16x16x3"),
    ("input 8x12x3\ngap -> dense(2)", {"crop": "12x8"}, "crop is 12x8, and the network takes 8x12x3"),
    ("input 64\ndense(2)", {"crop": "8x8"}, "crop cuts windows out of images, and the network takes 64"),
    ("input ?x?x2\ngap -> dense(2)", {"crop": "8x8"}, "the network takes 8x8x2"),
    ("input ?x?x3\nconcat(in, maxpool(2) -> upsample(2)) -> gap -> dense(2)", {"crop": 7}, "the network does not take windows of 7x7: concat1 would join 7x7x3 and 6x6x3"),
    ("input ?x?x3\nconv(2, 3x3) * 4 -> gap -> dense(2)", {"crop": 8}, "the network does not take windows of 8x8: conv4 would yield nothing"),
    ("input 8x8x3\ngap -> dense(2)", {"crop": "8x8", "data": "flat.npz"}, "crop cuts windows out of images, and an example of flat.npz is 192"),
    ("input 8x8x3\nconv(2, 1x1)", {"crop": "8x8", "data": "maps.npz"}, "the targets of maps.npz are 10x10 for images of 20x20"),
    (MAPS, {"crop": "8x8", "data": "fields/", "class_weights": "balanced"}, "class_weights weigh the places of masks, and crop cuts others out in each epoch"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "settings", "said"), REFUSED)
def test_what_cannot_be_cut_is_refused(text: str, settings: dict[str, Any], said: str) -> None:
    fields()
    for place in range(4):
        save(f"kinds/{'ab'[place % 2]}/{place}.png", colour(place, (12, 12)))
    np.savez("flat.npz", x_train=np.zeros((4, 192), np.float32), y_train=[0, 1, 0, 1])
    np.savez("maps.npz", x_train=np.zeros((4, 20, 20, 3), np.uint8), y_train=np.zeros((4, 10, 10), np.uint8))
    settings = {"data": "kinds/", **settings}
    assert said in refused(text, settings.pop("data"), **settings).message


CONFLICTS = [
    ("crop = 8x8; resize = pad", "crop cuts windows out of images at their own scale, and resize changes it"),
    ("crop = 8x8; data = pairs(digits)", "crop cuts windows out of images one by one, and data are pairs of them"),
    ("windows = 4", "windows says how many crop cuts out of each image, and crop is not set"),
    ("crop = 8x8x3", "crop must be a size such as 256x256, or one number for a square, not 8x8x3"),
    ("crop = 0", "crop must be a size such as 256x256, or one number for a square, not 0"),
    ("crop = big", 'crop must be a size such as 256x256, or one number for a square, not "big"'),
]


@pytest.mark.parametrize(("section", "said"), CONFLICTS)
def test_settings_that_contradict_it_are_told(section: str, said: str) -> None:
    net = network(f"input 8x8x3\ngap -> dense(2)\ntrain {{ {section} }}")
    assert said in [one.message for one in resolve(net.train)[1]]


def check(text: str) -> list[str]:
    return [f"{d.code} {d.message}" for d in analyse(Source("net.cnn", text)).diagnostics if d.code == "E030"]


def test_a_check_tells_what_does_not_fit() -> None:
    text = "input 9x8x3\ngap -> dense(2)\ntrain { data = 'kinds/'; crop = 8 }"
    assert resolve(network(text).train)[0].crop == (8, 8)
    assert check(text) == ["E030 crop is 8x8, and the network takes 9x8x3"]
    assert not check(text.replace("9x8x3", "?x8x3"))
    assert not check("input 6x6x1\ngap -> dense(10)\ntrain { data = digits; crop = 6x6 }")
    assert check("input 64\ndense(10)\ntrain { data = digits; crop = 8 }")
    np.savez("set.npz", x_train=np.zeros((4, 20, 20, 3)), y_train=np.zeros((4, 20, 20), int))
    fits = "input 8x8x3\nconv(2, 1x1)\ntrain { data = 'set.npz'; crop = 8 }"
    assert not check(fits)
    (said,) = check(fits.replace("8x8x3", "8x8x1"))
    assert "crop cuts windows out of images, and an example of x_train of set.npz is 20x20x3" in said or "x" in said
