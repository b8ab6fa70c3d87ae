"""Images and masks move alike: a mask that equals its image stays so, whatever moves it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.layers.argument import Term
from cnnspec.train.data.augment import Augmenter
from cnnspec.train.data.batches import make_batches
from cnnspec.train.section_values import read_word
from cnnspec.train.section_words import AUGMENTATIONS, MIXING, MOVING
from tests.support import sample
from tests.train.image_sets import read, refused
from tests.train.mask_sets import arrays, shapes

keras = pytest.importorskip("keras")

SIZE, OUTSIDE = 24, 9
MASKS = np.stack([np.pad(np.full((9, 11), 1 + place % 2), ((4 + place, 11 - place), (3, 10))) for place in range(4)])
IMAGES = np.repeat((MASKS / 2)[..., None], 3, axis=-1).astype(np.float32)
NEAREST, FILLED = {"interpolation": "nearest"}, {"fill_mode": "constant", "fill_value": 0.5}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.3} | NEAREST | FILLED,
    "RandomZoom": {"height_factor": 0.4} | NEAREST | FILLED,
    "RandomTranslation": {"height_factor": 0.3, "width_factor": 0.3} | NEAREST | FILLED,
    "RandomShear": {"x_factor": 0.5, "y_factor": 0.5} | NEAREST | FILLED,
    "RandomPerspective": {"factor": 1.0, "fill_value": 0.5} | NEAREST,
    "RandAugment": {},
}
LABELS = MASKS.astype(np.int64)
FORMS = {"shares": (LABELS / 2).astype(np.float32)[..., None], "one-hot": np.eye(3, dtype=np.float32)[LABELS]}


def augmenter(*names: str, maps: tuple[tuple[int, int], ...] = ((0, OUTSIDE),)) -> Augmenter:
    words = {cls: word for word, (cls, _) in AUGMENTATIONS.items()}
    terms = [read_word("layers", Term(words[name], (), tuple(ARGUMENTS[name].items()))) for name in names]
    return Augmenter(keras, terms, (SIZE, SIZE, 3), 0, maps)


@pytest.mark.parametrize("name", sample(ARGUMENTS, ("RandAugment",)))
def test_an_image_and_its_mask_move_alike(name: str) -> None:
    changed = augmenter(name)
    moved = 0.0
    for batch in range(4):
        images, masks = changed(IMAGES, LABELS, (0, 0, batch))
        assert (masks.dtype, masks.shape) == (LABELS.dtype, LABELS.shape)
        inside = masks != OUTSIDE
        moved += float((masks != LABELS).mean())
        if name != "RandAugment":  # which changes colors, too
            np.testing.assert_array_equal(np.rint(2 * images[..., 0])[inside], masks[inside])
            np.testing.assert_array_equal(images[..., 0][~inside], 0.5)
        for form, y in FORMS.items():
            _, other = changed(IMAGES, y, (0, 0, batch))
            assert other.dtype == np.float32
            numbers = other.argmax(axis=-1) if form == "one-hot" else 2 * other[..., 0]
            np.testing.assert_array_equal(numbers[inside], masks[inside])
    assert moved > 0.01


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_what_came_from_outside_stays_outside_in_the_next_layer(fill: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is filled."""
    monkeypatch.setitem(ARGUMENTS, "RandomTranslation", ARGUMENTS["RandomTranslation"] | {"fill_value": fill})
    images, masks = augmenter("RandomTranslation", "RandomFlip")(IMAGES, LABELS, (0, 0, 0))
    np.testing.assert_array_equal(images[..., 0][masks == OUTSIDE], fill)
    assert (masks == OUTSIDE).any()


def test_of_several_outputs_the_maps_alone_move() -> None:
    label = np.arange(4)
    _, (masks, same, other) = augmenter("RandomFlip", maps=((0, 0), (2, 0)))(
        IMAGES, (LABELS, label, FORMS["shares"]), (0, 0, 0)
    )
    assert same is label
    np.testing.assert_array_equal(masks, 2 * other[..., 0])


@pytest.mark.parametrize("head", ["4, 1x1, activation=softmax", "1, 1x1, activation=sigmoid"])
def test_batches_of_masks_are_by_seed_epoch_and_batch(head: str) -> None:
    values = (0, 1, 2, 3) if head.startswith("4") else (0, 255, 255, 255)
    text = f"input 16x16x3\nconv({head})\ntrain {{ augment = [random_flip, random_brightness(0.1), random_rotation(0.1)] }}"
    part = read(text, shapes(values=values), validation=0, test=0).train
    first, second = make_batches(keras, part, 4, seed=1), make_batches(keras, part, 4, seed=1)
    second.begin(0, 1)
    for one, two in ((first[1], second[0]), (first[2], second[1])):
        np.testing.assert_array_equal(one[0], two[0])
        np.testing.assert_array_equal(one[1], two[1])
    assert set(np.unique(first[1][1])) <= {0, 1, 2, 3}
    images, masks = arrays(12)
    np.savez("set.npz", x_train=images, y_train=masks if head.startswith("4") else (masks > 0)[..., None])
    given = make_batches(keras, read(text, "set.npz", validation=0, test=0).train, 4, seed=1)
    np.testing.assert_array_equal(given[1][0], first[1][0])
    np.testing.assert_array_equal(given[1][1], first[1][1])


MAP = "input 16x16x3\nconv(%s)\ntrain { augment = %s%s }"


@pytest.mark.parametrize(
    ("head", "augment", "more", "message"),
    [
        ("4, 1x1, activation=softmax", "mix_up", "", "mix_up mixes two images, and their targets of shape 16x16 have no share of both"),
        ("4, 1x1, activation=softmax", "[random_flip, random_elastic_transform]", "", "random_elastic_transform of Keras moves a mask in another way than its image"),
        ("4, 1x1, activation=softmax", "[random_contrast(0.1), cut_mix]", "", "cut_mix mixes two images"),
        ("4, 2x2, stride=2, activation=softmax", "random_zoom(0.1)", "", "random_zoom moves what is in images of 16x16, and their targets are 8x8"),
        ("4, 1x1, activation=softmax", "random_flip", "; class_weights = balanced", "class_weights weigh the places of masks, and random_flip moves them"),
    ],
)  # fmt: skip
def test_what_cannot_change_with_a_mask_is_refused(head: str, augment: str, more: str, message: str) -> None:
    error = refused(MAP % (head, augment, more), shapes())
    assert error.message.startswith(message)
    assert error.span is not None


@pytest.mark.parametrize(
    "name", [word for word, (cls, _) in AUGMENTATIONS.items() if cls not in (*MOVING, *MIXING)][:3]
)
def test_colors_change_with_any_target(name: str) -> None:
    """Also with quantities, and with maps of another size than the image."""
    images, _ = arrays(12)
    np.savez("set.npz", x_train=images, y_train=np.random.default_rng(0).normal(size=(12, 8, 8, 2)))
    text = MAP % ("2, 2x2, stride=2", f"{name}(0.1)", "; loss = mse")
    assert read(text, "set.npz", validation=0, test=0).targets == "given"
    error = refused(text.replace(f"{name}(0.1)", "random_flip"), "set.npz")
    assert (
        error.message
        == "random_flip would move what is in images and not in their targets of shape 8x8x2, which are no classes"
    )


def test_maps_of_quantities_do_not_move() -> None:
    images, _ = arrays(12)
    np.savez("set.npz", x_train=images, y_train=np.random.default_rng(0).normal(size=(12, 16, 16, 1)))
    error = refused(MAP % ("1, 1x1", "random_flip", ""), "set.npz")
    assert (
        error.message
        == "random_flip would move what is in images and not in the targets of set.npz, which are no classes"
    )
