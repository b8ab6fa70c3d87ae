"""Augmentation: the images of a batch are changed by seed, epoch and batch alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.train import run
from cnnspec.train.data import examples
from cnnspec.train.data.batches import make_batches
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from cnnspec.train.section_words import AUGMENTATIONS, MIXING
from tests.support import network, sample
from tests.train.class_sets import lopsided
from tests.train.image_sets import RGB, flowers, read, refused

keras = pytest.importorskip("keras")


def augmented(*layers: str, shape: str = "8x8x3", count: int = 10, **settings: Any) -> Any:
    text = f"input {shape}\nflatten -> dense(3, softmax)\ntrain {{ augment = [{', '.join(layers)}] }}"
    return read(text, flowers(count=count), **settings)


FACTORS = {"factor": "0.4", "height_factor": "0.2", "width_factor": "0.2"}


def written(word: str) -> str:
    needed = [p[:-1] for p in AUGMENTATIONS[word][1].split() if p.endswith("!")]
    values = {**FACTORS, **({"factor": "4"} if word == "random_posterization" else {})}
    return f"{word}({', '.join(f'{p}={values[p]}' for p in needed)})"


DEAR = ("random_elastic_transform", "rand_augment")  # Keras makes them as it does the others


@pytest.mark.parametrize("word", sample(AUGMENTATIONS, DEAR))
def test_every_augmentation_is_by_seed_epoch_and_batch(word: str) -> None:
    more = {
        "random_shear": "random_shear(0.3, 0.3)",
        "random_color_jitter": "random_color_jitter(brightness_factor=0.4)",
        "solarization": "solarization(0.5, 0.5)",
        "random_grayscale": "random_grayscale(0.5)",
    }
    part = augmented(more.get(word, written(word)), validation=0, test=0).train
    whole = make_batches(keras, part, 8, seed=5)
    first = [whole[i] for i in range(len(whole))]
    again = [whole[i] for i in reversed(range(len(whole)))][::-1]
    other, later = begun(part, 8, 5, 0, first=2), begun(part, 8, 5, 1)
    whole.begin(1)
    for pairs in (
        zip(first, again, strict=True),
        zip(first[2:], [other[i] for i in range(len(other))], strict=True),
        [(later[1], whole[1])],
    ):
        for one, two in pairs:
            np.testing.assert_array_equal(one[0], two[0])
            np.testing.assert_array_equal(one[1], two[1])
    changed = False
    for number, (x, y) in enumerate(first):
        places = whole_order(part, 5)[8 * number : 8 * number + 8]
        plain, targets = part.take(places)
        assert (x.dtype, x.shape) == (np.float32, plain.shape)
        assert -0.001 <= x.min() <= x.max() <= 1.001
        changed |= not np.allclose(x, plain, atol=1e-3)
        if word in ("cut_mix", "mix_up"):
            np.testing.assert_allclose(y.sum(1), 1, atol=1e-5)
            assert not np.array_equal(y, targets)
        else:
            np.testing.assert_array_equal(y, targets)
    assert changed


def begun(part: Any, batch: int, seed: int, epoch: int, first: int = 0) -> Any:
    """The batches of an epoch, from one of them on."""
    whole = make_batches(keras, part, batch, seed)
    whole.begin(epoch, first)
    return whole


def whole_order(part: Any, seed: int) -> Any:
    from cnnspec.train.data.batches import shuffle_places

    return shuffle_places(len(part), seed, 0)


def test_epochs_batches_and_seeds_are_augmented_differently() -> None:
    part = augmented("random_rotation(0.5)", "random_brightness(0.5)", validation=0, test=0).train
    part = part.replace(places=np.zeros_like(part.places))  # one image over and over
    rows = [begun(part, 5, s, e)[b][0] for s in (0, 1) for e in (0, 1) for b in (0, 1)]
    assert len({row.tobytes() for row in rows}) == 8


def test_a_mixed_image_and_its_target_have_the_same_shares() -> None:
    part = augmented("mix_up(1.0)", validation=0, test=0).train
    one = np.stack([np.full((8, 8, 3), n, np.float32) for n in range(3)])
    flat = examples.Held(np.repeat(one, 10, axis=0))
    x, y = make_batches(keras, part.replace(inputs=(flat,)), 30, seed=1)[0]
    np.testing.assert_allclose(x[:, 0, 0, 0], y @ [0, 1, 2], atol=1e-5)


def test_what_is_held_back_is_not_augmented_and_the_model_has_no_such_layer() -> None:
    data = augmented("random_invert(1.0)", "random_flip")
    assert data.validation is not None
    assert data.train.augment
    assert (data.validation.augment, data.test.augment) == ((), ())  # type: ignore[union-attr]
    text = RGB + 'train { augment = [random_flip(horizontal), mix_up]; epochs = 1; data = "flowers/" }'
    net = network(text)
    settings, found = resolve(net.train)
    assert not found
    outcome = run.train(make_plan(net.graph, settings, gather_spec("net.cnn", "", {}), output="a.keras"))
    assert [type(layer).__name__ for layer in keras.models.load_model(outcome.model).layers] == [
        "InputLayer",
        "Flatten",
        "Dense",
    ]
    assert set(outcome.figures) == {"loss", "accuracy"}


@pytest.mark.usefixtures("eager")
def test_a_training_with_augmentation_can_be_repeated() -> None:
    net = network(
        RGB
        + 'train { augment = [random_rotation(0.2), cut_mix]; label_smoothing = 0.1; epochs = 2; data = "flowers/" }'
    )
    flowers()
    settings, found = resolve(net.train)
    assert not found
    first, second, other = (
        run.train(make_plan(net.graph, settings.replace(seed=s), gather_spec("net.cnn", "", {}))).figures
        for s in (3, 3, 4)
    )
    assert first == second
    assert first != other


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input 8x8x1\nflatten -> dense(1, sigmoid)\ntrain { augment = mix_up }", "mix_up mixes the classes of two examples"),
        ("input 64\ndense(2)\ntrain { augment = random_flip }", "augment changes images, an example is 64"),
        ("input 8x8x1\nconv(2, 1x1)\ntrain { augment = mix_up }", "mix_up mixes two images, and their targets of shape 8x8 have no"),
    ],
)  # fmt: skip
def test_what_cannot_be_augmented_is_refused(text: str, message: str) -> None:
    labels = np.arange(70) % 2
    maps = np.broadcast_to(labels[:, None, None], (70, 8, 8))
    said = refused(text, lopsided(y_train=maps if "conv" in text else labels))
    assert said.message.startswith(message)
    assert said.span is not None


def test_what_keras_refuses_is_said_before_the_first_batch() -> None:
    part = augmented("random_hue(0.4)", shape="8x8x1").train
    with pytest.raises(TrainingFailed, match="Keras refuses random_hue for images 8x8x1"):
        make_batches(keras, part, 8, seed=0)


def test_mixing_words_are_in_the_table() -> None:
    assert set(MIXING) == {cls for word, (cls, _) in AUGMENTATIONS.items() if word in ("cut_mix", "mix_up")}
