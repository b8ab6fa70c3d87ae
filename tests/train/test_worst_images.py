"""Which images are the worst, and how they are drawn; Keras is not needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnnspec.train.evaluation.head import Head
from cnnspec.train.evaluation.predicted_masks import choose_maps
from cnnspec.train.evaluation.question import OutputQuestion
from cnnspec.train.evaluation.trained import TrainedOutput
from cnnspec.train.evaluation.worst import WorstExamples
from cnnspec.train.evaluation.worst_images import SHOWN

pillow = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(0)


def test_those_whose_own_class_has_the_least_probability_come_first() -> None:
    """Of 40 images, in batches of 7, against all at once."""
    images, logits, true = RNG.random((40, 8, 8, 1)), RNG.normal(size=(40, 3)) * 3, RNG.integers(0, 3, 40)
    worst = WorstExamples()
    worst.offer(TrainedOutput("kind", 1, (3,), ""), Head("classes", "softmax"), ("ant", "bee", "cat"))
    for start in range(0, 40, 7):
        rows = slice(start, start + 7)
        worst.add(images[rows], (np.zeros(7), true[rows]), (np.zeros(7), logits[rows]))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    lead = shares[np.arange(40), true] - shares.max(axis=1)
    expected = [i for i in np.argsort(lead, kind="stable") if lead[i] < 0][:SHOWN]
    found = worst.images.mistakes
    assert [one.of_true for one in found] == pytest.approx([shares[i, true[i]] for i in expected])
    assert [one.of_found for one in found] == pytest.approx([shares[i].max() for i in expected])
    assert [one.true for one in found] == [("ant", "bee", "cat")[true[i]] for i in expected]
    assert all((one.image == images[i]).all() for one, i in zip(found, expected, strict=True))


@pytest.mark.parametrize("targets", [np.array([1, 0, 1]), np.array([[1.0], [0.0], [1.0]])], ids=["numbers", "a column"])
def test_two_classes_of_one_output(targets: np.ndarray) -> None:
    worst = WorstExamples()
    worst.offer(TrainedOutput("kind", 0, (1,), ""), Head("binary", ""), None)
    worst.add(RNG.random((3, 4, 4, 3)), (targets,), (np.array([[0.2], [0.9], [0.7]]),))
    assert [(one.true, one.found) for one in worst.images.mistakes] == [("0", "1"), ("1", "0")]
    assert [one.of_true for one in worst.images.mistakes] == pytest.approx([0.1, 0.2])


def test_shares_of_every_class_as_targets() -> None:
    worst = WorstExamples()
    worst.offer(TrainedOutput("kind", 0, (3,), ""), Head("classes", ""), None)
    worst.add(RNG.random((2, 4, 4, 1)), (np.eye(3)[[2, 1]],), (np.array([[0.1, 0.7, 0.2], [0.1, 0.8, 0.1]]),))
    assert [(one.true, one.found) for one in worst.images.mistakes] == [("2", "1")]


def test_the_picture(tmp_path: Path) -> None:
    worst = WorstExamples()
    assert worst.missing == "chooses no class for an image, nor at every place of one"
    worst.offer(TrainedOutput("kind", 0, (2,), ""), Head("classes", ""), None)
    worst.add(RNG.random((5, 4, 4, 1)), (np.zeros(5, int),), (np.tile([1.0, 0.0], (5, 1)),))
    assert worst.missing == "takes no image for another class"
    worst.add(RNG.random((5, 4, 4, 1)), (np.ones(5, int),), (np.tile([1.0, 0.0], (5, 1)),))
    assert worst.missing == ""
    worst.draw("five $ mistakes", str(tmp_path / "worst.png"), ".png")
    with pillow.open(tmp_path / "worst.png") as picture:
        assert picture.width > 700
        assert len(set(np.asarray(picture.convert("L")).ravel())) > 50  # the images are in it


def test_maps_are_drawn_before_images_and_the_picture_has_the_name_of_its_output() -> None:
    worst = WorstExamples()
    for number, (name, yields) in enumerate({"kind": (2,), "mask": (4, 4, 2)}.items()):
        worst.offer(TrainedOutput(name, number, yields, ""), Head("classes", ""), None)
    images, wrong = RNG.random((1, 4, 4, 1)), np.array([[0.0, 1.0]])
    unknown, known = np.full((1, 4, 4), 255), np.zeros((1, 4, 4), int)
    maps = np.zeros((1, 4, 4, 2))
    worst.add(images, (np.zeros(1, int), unknown), (wrong, maps))
    assert worst.output == "kind"  # no place of the map has a class
    worst.add(images, (np.zeros(1, int), known), (wrong, maps))
    assert (worst.output, worst.maps.examples[0].iou) == ("mask", 1.0)


def test_the_maps_with_the_least_overlap_come_first() -> None:
    """Of 10 in batches of 3, which are wrong at so many places."""
    worst, order = WorstExamples(), RNG.permutation(10)
    worst.offer(TrainedOutput("mask", 0, (4, 4, 2), ""), Head("classes", ""), None)
    wrong = np.arange(16) < order[:, None]
    maps = np.stack([~wrong, wrong], axis=-1).reshape(10, 4, 4, 2).astype(float)
    for start in range(0, 10, 3):
        rows = slice(start, start + 3)
        worst.add(RNG.random((10, 4, 4, 1))[rows], (np.zeros((10, 4, 4), int)[rows],), (maps[rows],))
    assert [example.found.sum() for example in worst.maps.examples] == [9, 8, 7, 6, 5, 4]
    # of class 0 what is right, of class 1 nothing
    assert [example.iou for example in worst.maps.examples] == pytest.approx([(16 - n) / 32 for n in range(9, 3, -1)])


@pytest.mark.parametrize("form", ["numbers", "a column", "shares"])
def test_the_truth_of_a_map_in_every_form(form: str) -> None:
    true = np.arange(16).reshape(1, 4, 4) % 3 // 2
    head, count = (Head("binary", "sigmoid"), 1) if form == "a column" else (Head("classes", ""), 2)
    worst = WorstExamples()
    worst.offer(TrainedOutput("mask", 0, (4, 4, count), ""), head, None)
    targets = {"numbers": true, "a column": true[..., None].astype(np.float32), "shares": np.eye(2)[true]}[form]
    worst.add(RNG.random((1, 4, 4, 3)), (targets,), (np.full((1, 4, 4, count), -1.0),))
    assert (worst.maps.examples[0].true == true[0]).all() and not worst.maps.examples[0].found.any()


def test_maps_of_more_classes_than_a_byte_has_numbers(tmp_path: Path) -> None:
    """Their masks are not written, as a file has a byte for each place."""
    worst, true = WorstExamples(), np.full((1, 4, 4), 299)
    worst.offer(TrainedOutput("mask", 0, (4, 4, 300), ""), Head("classes", ""), None)
    for wrong in (0, 256):
        worst.add(RNG.random((1, 4, 4, 3)), (true,), (np.eye(300)[true - wrong],))
    assert [(one.found.max(), one.iou) for one in worst.maps.examples] == [(43, 0.0), (299, 1.0)]
    worst.draw("many classes", str(tmp_path / "worst.png"), ".png")
    asked = [OutputQuestion("mask", 0, Head("classes"), ("class",) * count, "share") for count in (255, 256)]
    assert choose_maps(asked) == asked[:1]


def test_what_is_no_image_is_left_out() -> None:
    worst = WorstExamples()
    worst.offer(TrainedOutput("kind", 0, (2,), ""), Head("classes", ""), None)
    worst.add(RNG.random((5, 4)), (np.ones(5, int),), (np.tile([1.0, 0.0], (5, 1)),))
    assert worst.images.mistakes == []
