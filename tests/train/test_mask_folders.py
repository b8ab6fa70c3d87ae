"""Which image and which mask belong together: by their names, in the layouts that people have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnspec.train.data.mask_folders import find_masks
from cnnspec.train.errors import TrainingFailed
from tests.train.image_sets import read, refused, save
from tests.train.mask_sets import shape, shapes

MAP = "input 16x16x3\nconv(4, 1x1, activation=softmax) as mask\n"


def touch(*paths: str) -> None:
    """Empty files: which belong together is told by their names."""
    for path in paths:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(path).touch()


def pairs(*paths: str) -> dict[str, list[tuple[str, str]]]:
    """The pairs of a folder of these files, by part."""
    touch(*[f"set/{path}" for path in paths])
    found = find_masks("set")
    assert found is not None
    both = [*zip(found.images[""], found.masks[""], strict=True)]
    return {part: [both[place] for place in places] for part, places in found.parts.items()}


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("images/a.jpg", "masks/a.png"),
        ("images/a.jpg", "masks/a_mask.gif"),
        ("imgs/a.png", "mask/a-seg.png"),
        ("JPEGImages/a.jpg", "SegmentationClass/a.png"),
        ("images/0001TP_1.png", "labels/0001TP_1_L.png"),
        ("images/one/a.png", "masks/one/a_segmentation.png"),
        ("images/a.b.png", "masks/a.b.png"),
        ("images/a_mask.png", "masks/a_mask.png"),
    ],
)
def test_names_that_belong_together(image: str, mask: str) -> None:
    assert pairs(image, mask) == {"train": [(image, mask)]}


def test_a_mask_of_the_very_name_comes_before_one_with_a_word_behind_it() -> None:
    assert pairs("images/a.png", "masks/a.png", "masks/a_mask.png") == {"train": [("images/a.png", "masks/a.png")]}


def test_parts_above_or_below() -> None:
    above = ["train/images/a.png", "train/masks/a.png", "val/images/a.png", "val/masks/a.png"]
    below = ["images/train/a.png", "masks/train/a.png", "images/val/a.png", "masks/val/a.png"]
    assert pairs(*above) == {"train": [tuple(above[:2])], "validation": [tuple(above[2:])]}
    os.rename("set", "other")
    assert pairs(*below) == {"train": [tuple(below[:2])], "validation": [tuple(below[2:])]}


def test_what_has_no_partner_is_left_out_and_said() -> None:
    touch("set/images/a.png", "set/images/b.png", "set/masks/a.png", "set/masks/c.png", "set/masks/notes.txt")
    touch("set/test/images/d.png")
    found = find_masks("set")
    assert found is not None and found.images[""] == ["images/a.png"]
    assert found.notes == (
        "left out of set: 1 image without a mask, images/b.png",
        "left out of set: 1 mask without an image, masks/c.png",
        "left out of set: 1 other file, masks/notes.txt",
        "left out of set: 1 folder without images beside masks, test",
    )


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["images/a.png", "masks/b.png"], "no image of set has a mask of its name: images/a.png, masks/b.png"),
        (["images/a.png", "masks/a.txt"], "set has 1 image to train on and 0 masks"),
        (["images/a.png", "masks/a.png", "masks/a.gif"], "images/a.png of set has 2 masks: masks/a.gif, masks/a.png"),
        (["images/a.png", "masks/a_gt.png", "masks/a_seg.png"], "images/a.png of set has 2 masks: masks/a_gt.png, masks/a_seg.png"),
        (["images/a.jpg", "images/a.png", "masks/a.png"], "masks/a.png of set is the mask of two images, images/a.jpg and images/a.png"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(paths: list[str], message: str) -> None:
    with pytest.raises(TrainingFailed) as caught:
        pairs(*paths)
    assert caught.value.message == message


def test_a_folder_without_both_is_one_of_classes() -> None:
    touch("set/images/a.png", "set/other/a.png", "loose/a.png")
    assert find_masks("set") is None
    assert (
        refused(MAP, "loose/").message == "loose/ has neither a folder of images beside one of masks nor class folders"
    )


def test_a_network_that_tells_images_apart_takes_them_for_classes() -> None:
    data = read("input 16x16x3\nflatten -> dense(2, softmax)", shapes(), validation=0, test=0)
    assert data.names == ("images", "masks")


def test_a_table_has_a_column_of_masks() -> None:
    for place in range(6):
        image, mask = shape(place)
        save(f"set/{place}.png", image)
        save(f"set/m{place}.png", mask)
    rows = [f"{place}.png,m{place}.png,{'test' if place > 4 else 'train'},{place % 2}" for place in range(6)]
    Path("set/list.csv").write_text("\n".join(["image,mask,split,kind", *rows]))
    data = read(MAP, "set/list.csv", validation=0)
    assert data.test is not None
    assert (len(data.train), data.test.targets[:].tolist()) == (5, [shape(5)[1].tolist()])
    both = MAP + "mask -> gap -> dense(2, softmax) as kind\noutput mask, kind\n"
    data = read(both, "set/list.csv", validation=0, columns={"mask": "mask"})
    assert [output.name for output in data.outputs] == ["mask", "kind"]
    assert [output.shape for output in data.train.outputs] == [(5, 16, 16), (5,)]
