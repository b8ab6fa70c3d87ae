"""Masks as image files: what their values mean, at which places they are read, and what is refused before Keras is imported."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.cli import main
from cnnspec.train.data.masks import View, decode_mask, read_mask
from cnnspec.train.evaluation.head import Head
from cnnspec.train.evaluation.scores import make_tally
from tests.train.image_sets import pillow, read, refused, save
from tests.train.mask_sets import arrays, shape, shapes

MAP = "input 16x16x3\nconv(8, 3x3, padding=same, activation=relu) -> %s as mask\n"
FOUR, THREE, ONE = (MAP % f"conv({head})" for head in ("4, 1x1, activation=softmax", "3, 1x1, activation=softmax", "1, 1x1, activation=sigmoid"))  # fmt: skip
WHOLE = {"validation": 0, "test": 0}
BLACK, RED, BLUE, WHITE = (0, 0, 0), (255, 0, 0), (0, 0, 255), (255, 255, 255)


def masks() -> Any:
    return arrays(12)[1]


# ---- values → classes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "text", "names", "said"),
    [
        ((0, 1, 2, 3), FOUR, None, "are class numbers"),
        ((0, 85, 170, 255), FOUR, ("0", "85", "170", "255"), "are classes in their order: 0 is 0, 85 is 1, 170 is 2, 255 is 3"),
        ((1, 2, 3, 4), FOUR, ("1", "2", "3", "4"), "are classes in their order: 1 is 0, 2 is 1, 3 is 2, 4 is 3"),
        (((0, 0, 0), (85, 85, 85), (170, 170, 170), WHITE), FOUR, ("0", "85", "170", "255"), "85 is 1"),
        ((BLACK, BLUE, RED, WHITE), FOUR, ("#000000", "#0000ff", "#ff0000", "#ffffff"), "#0000ff is 1"),
    ],
)  # fmt: skip
def test_values_become_classes(values: Any, text: str, names: Any, said: str) -> None:
    data = read(text, shapes(values=values), **WHOLE)
    np.testing.assert_array_equal(data.train.targets, masks())
    assert (data.targets, data.names, data.train.targets.dtype) == ("classes", names, np.int64)
    assert any(said in note for note in data.notes), data.notes


@pytest.mark.parametrize("white", [1, 255, 7])
def test_one_output_tells_two_values_apart(white: int) -> None:
    data = read(ONE, shapes(values=(0, white, white, white)), **WHOLE)
    np.testing.assert_array_equal(data.train.targets, (masks() > 0)[..., None])
    assert (data.targets, data.train.targets.dtype) == ("column", np.float32)


@pytest.mark.parametrize(
    ("mode", "ending"), [("P", "png"), ("P", "gif"), ("1", "png"), ("L", "bmp"), ("RGB", "png"), ("I;16", "png"), ("L", "jpg"), ("RGBA", "png")],
)  # fmt: skip
def test_every_kind_of_image_holds_a_mask(mode: str, ending: str) -> None:
    root = shapes()
    for place, mask in enumerate(masks()):
        os.remove(f"{root}masks/{place:02d}.png")
        white = pillow.fromarray((mask > 0).astype(np.uint8) * (1 if mode == "P" else 255))
        if mode == "P":
            white.putpalette([0, 0, 0, 200, 30, 90])
        image = pillow.fromarray((mask > 0).astype(np.uint16) * 60000) if mode == "I;16" else white.convert(mode)
        save(f"{root}masks/{place:02d}.{ending}", image, **({"quality": 60} if ending == "jpg" else {}))
    data = read(ONE, root, **WHOLE)
    found, true = data.train.targets[:][..., 0], masks() > 0
    if ending == "jpg":
        assert (found == true).mean() > 0.97
        assert "greys of JPEG from 128 on are 255" in data.notes[-1]
    else:
        np.testing.assert_array_equal(found, true)


def test_a_number_below_0_is_the_class_of_none() -> None:
    """As some tools write places without a class, into TIFF of 32 bits."""
    root = shapes()
    for place, mask in enumerate(masks()):
        os.remove(f"{root}masks/{place:02d}.png")
        save(f"{root}masks/{place:02d}.tif", pillow.fromarray(mask.astype(np.int32) - 1))
    assert read(FOUR, root, **WHOLE).names == ("-1", "0", "1", "2")
    assert (
        refused(THREE, root).message
        == "the masks of cells/ have 4 values (-1, 0, 1, 2), and the network tells 3 classes apart"
    )


def test_a_class_that_only_some_masks_have_is_of_one_number_in_all() -> None:
    """A mask that is white where another is red and blue is no grey among colors."""
    root = shapes(values=(BLACK, BLUE, RED, WHITE))
    white = np.where(shape(0)[1] > 0, 255, 0).astype(np.uint8)
    for mask in (white[..., None].repeat(3, axis=2), white, white.astype(np.uint16) * 257):
        save(f"{root}masks/00.png", mask)
        data = read(FOUR, root, **WHOLE)
        assert np.unique(data.train.targets[:1]).tolist() == [0, 3]


@pytest.mark.parametrize(
    ("values", "text", "message", "help"),
    [
        ((0, 1, 2, 3), THREE, "the masks of cells/ have 4 values (0, 1, 2, 3), and the network tells 3 classes apart", "end with 4 channels"),
        ((0, 1, 2, 3), ONE, "the masks of cells/ have 4 values (0, 1, 2, 3), and the network tells 2 classes apart", "end with 4 channels"),
        ((0, 255, 255, 255), THREE, "the masks of cells/ have 2 values (0, 255), and the network tells 3 classes apart", "end with 2 channels, or one and a sigmoid"),
        ((0, 1, 2, 255), MAP % "conv(5, 1x1, activation=softmax)", "the masks of cells/ have 255 beside the classes up to 2: places without a class",
         "write loss = sparse_categorical_crossentropy(ignore_class=255) and metrics = mean_iou"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(values: Any, text: str, message: str, help: str) -> None:
    error = refused(text, shapes(values=values))
    assert (error.message, error.help) == (message, help)
    assert error.span is not None


VOID = {"loss": "sparse_categorical_crossentropy(ignore_class=255)", "metrics": "mean_iou"}


def test_places_without_a_class_are_left_out_where_the_loss_says_so() -> None:
    text = THREE + f"train {{ loss = {VOID['loss']}; metrics = mean_iou }}"
    data = read(text, shapes(values=(0, 1, 2, 255)), **WHOLE)
    wanted = np.where(masks() == 3, 255, masks())
    np.testing.assert_array_equal(data.train.targets, wanted)
    assert "255 is left out of the loss" in data.notes[0]
    np.savez("set.npz", x_train=arrays(12)[0], y_train=wanted)
    np.testing.assert_array_equal(read(text, "set.npz", **WHOLE).train.targets, wanted)
    for metric in ("accuracy", "sparse_categorical_accuracy"):
        error = refused(text.replace("mean_iou", metric), "cells/")
        assert error.message == f"{metric} counts what is labelled 255 as wrong, and the loss ignores it"


def test_places_without_a_class_are_not_counted() -> None:
    rng = np.random.default_rng(0)
    true, outputs = rng.choice([0, 1, 2, 255], (4, 5, 5)), rng.random((4, 5, 5, 3))
    tally = make_tally(Head("classes"), 3, None, maps=True)
    assert tally is not None
    tally.add(true, outputs)
    found, known = tally.scores(), true < 3
    assert (found.count, found.figures["accuracy"]) == (known.sum(), (outputs.argmax(-1) == true)[known].mean())


def test_a_value_that_no_mask_to_train_on_has_is_refused() -> None:
    shapes("cells/train", values=(0, 50, 100, 150))
    shapes("cells/val", 3, first=20, values=(0, 50, 100, 151))
    message = refused(FOUR, "cells/").message
    assert message == "val/masks/20.png of cells/, to validate with, has the value 151, which no mask to train on has"


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "dice", "categorical_focal_crossentropy"])
def test_a_loss_of_shares_has_a_share_of_every_class(loss: str) -> None:
    """Of masks in a .npz too."""
    images, numbers = arrays(12)
    np.savez("set.npz", x_train=images, y_train=numbers)
    for source in (shapes(), "set.npz"):
        data = read(FOUR, source, loss=loss, **WHOLE)
        assert data.targets == "one-hot"
        np.testing.assert_array_equal(data.train.targets, np.eye(4)[numbers])
    Path("net.cnn").write_text(FOUR + f'train {{ data = "set.npz"; loss = {loss} }}')
    assert main(["check", "net.cnn"]) == 0


def test_a_mask_is_turned_as_its_image_is() -> None:
    exif, mask = pillow.Exif(), shape(1)[1]
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    found = decode_mask(Path(save("turned.png", mask, exif=exif)).read_bytes())[0]
    np.testing.assert_array_equal(found, np.rot90(mask, -1))


@pytest.mark.parametrize("count", [256, 257])
def test_a_mask_has_256_values_at_most(count: int) -> None:
    path = save("many.png", np.arange(17 * 16, dtype=np.uint16).reshape(17, 16) % count)
    found = read_mask(path, [View((17, 16), (17, 16), (1.0, 1.0))])
    assert (len(found.values), bool(found.why)) == ((256, False) if count == 256 else (0, True))


# ---- places --------------------------------------------------------------------------------------------------
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 30))
def test_a_mask_is_resized_as_pillow_does_by_nearest_neighbour(own: int, size: int, image: int) -> None:
    values = np.arange(own * 3).reshape(own, 3)
    sampled = View((image, 3), (size, 3), (image / size, 1.0)).sample(values)
    resized = pillow.fromarray(values.astype(np.int32)).resize((3, size), pillow.Resampling.NEAREST)
    between = [(2 * place + 1) * own % (2 * size) == 0 for place in range(size)]  # two pixels, where rounding decides
    np.testing.assert_array_equal(sampled[np.invert(between)], np.asarray(resized)[np.invert(between)])


@pytest.mark.parametrize(
    ("tail", "cut", "said"),
    [
        ("conv(4, 1x1, activation=softmax)", lambda m: m, ""),
        ("conv(4, 5x5, activation=softmax)", lambda m: m[:, 2:-2, 2:-2], "16x16, are cut to the 12x12 in the middle that the network yields"),
        ("conv(4, 3x2, activation=softmax)", lambda m: m[:, 1:-1, 1:], "are cut to the 14x15"),
        ("conv(4, 2x2, stride=2, activation=softmax)", lambda m: m[:, 1::2, 1::2], "16x16, are brought to 8x8 by nearest neighbour"),
        ("conv_transpose(4, 2x2, stride=2, activation=softmax)", lambda m: m.repeat(2, 1).repeat(2, 2), "are brought to 32x32"),
    ],
)  # fmt: skip
def test_a_mask_is_read_where_the_network_answers(tail: str, cut: Any, said: str) -> None:
    data = read(MAP % tail, shapes(), **WHOLE)
    np.testing.assert_array_equal(data.train.targets, cut(masks()))
    assert said in "; ".join(data.notes)


@given(st.sampled_from([(16, 12, 1.0), (16, 8, 2.0), (17, 8, 2.0), (16, 16, 1.0), (16, 32, 0.5)]), st.integers(1, 3))
def test_what_is_read_at_a_place_goes_back_to_it(sizes: tuple[int, int, float], scale: int) -> None:
    image, size, stride = sizes
    view = View((image, image), (size, size), (stride, stride))
    marked = view.spread(np.arange(size * size).reshape(size, size), (image * scale, image * scale), -1)
    if stride >= 1:
        found = view.sample(marked)
        np.testing.assert_array_equal(found, np.arange(size * size).reshape(size, size))
    assert view.cut == (-1 in marked)


def test_images_of_other_sizes_and_masks_with_them() -> None:
    shutil.copytree(shapes(size=32, count=12), "large")
    data = read(FOUR, "large/", **WHOLE)
    assert data.train.targets.shape == (12, 16, 16)
    assert "the masks of large/, 32x32, are brought to 16x16 by nearest neighbour" in data.notes


def test_a_network_of_any_size_takes_masks_of_the_images_own() -> None:
    text = FOUR.replace("16x16", "?x?")
    assert read(text, shapes(size=20), **WHOLE).train.targets.shape == (12, 20, 20)
    error = refused(text.replace("1x1", "2x2, stride=2"), "cells/")
    assert "whose size follows from the image's" in error.message


def test_outputs_of_several_sizes_have_the_same_masks() -> None:
    text = "input 16x16x3\nconv(4, 1x1, activation=softmax) as fine\nmaxpool(2) -> conv(4, 1x1, activation=softmax) as coarse\noutput fine, coarse\n"
    data = read(text, shapes(), **WHOLE)
    assert [y.shape for y in data.train.outputs] == [(12, 16, 16), (12, 8, 8)]
    np.testing.assert_array_equal(data.train.outputs[1], masks()[:, 1::2, 1::2])
    assert sum("are class numbers" in note for note in data.notes) == 1


# ---- what is wrong with files ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda path: Path(path).write_bytes(b"no image"), "it is no PNG, JPEG, BMP, GIF, WebP or TIFF"),
        (lambda path: Path(path).write_bytes(b""), "it is empty"),
        (lambda path: save(path, shape(50, 32)[0]), "it has 1,024 values, and is no mask"),
        (lambda path: save(path, np.dstack([shape(0)[0], shape(0)[1]])), "it is transparent, and a mask has a value at every place"),
    ],
)  # fmt: skip
def test_a_mask_that_cannot_be_read_is_left_out_with_its_image(content: Any, why: str) -> None:
    root = shapes()
    content(f"{root}masks/03.png")
    data = read(FOUR, root, **WHOLE)
    assert len(data.train) == 11
    assert f"left out of cells/: 1 mask that cannot be read, masks/03.png ({why})" in data.notes


def test_a_mask_of_another_size_is_refused() -> None:
    root = shapes()
    for place in (3, 5):
        save(f"{root}masks/{place:02d}.png", np.zeros((8, 16), np.uint8))
    error = refused(FOUR, root)
    assert (
        error.message
        == "masks/03.png of cells/ is 8x16, and its image images/03.png 16x16; so are 1 more of other sizes"
    )
    assert error.help == "bring each mask to the size of its image, by nearest neighbour"


def test_masks_that_memory_has_no_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnspec.train.data.mask_targets.find_free_memory", lambda: 4000)
    assert (
        "the masks of cells/ take 3.00 KiB as the network takes them, and 3.91 KiB are free"
        in refused(FOUR, shapes()).message
    )


def test_the_same_image_with_another_mask_is_said() -> None:
    root = shapes()
    shutil.copy(f"{root}images/00.png", f"{root}images/01.png")
    notes = read(FOUR, root, **WHOLE).notes
    assert "in cells/, 1 image with another label as well: images/00.png and images/01.png" in notes
