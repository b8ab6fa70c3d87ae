"""What a library makes of its own: nothing is found there but what the size of the images, which the source gives, is at fault for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.pipeline import analyse
from tests.python_source.comparing import read_file

HEAD = "import keras\nfrom keras import layers\n"
CASES = {
    "as its makers have it": ("m = keras.applications.ResNet50(weights=None)\n", []),
    "images of another size": (
        "m = keras.applications.VGG16(include_top=False, weights=None,\n    input_shape=(100, 100, 3))\n",
        ["3 W201"],
    ),
    "of another size within a model of one's own": (
        "i = keras.Input((100, 100, 3))\nbody = keras.applications.VGG16(\n    include_top=False, weights=None, input_shape=(100, 100, 3))\n"
        "m = keras.Model(i, layers.Dense(3)(layers.Flatten()(body(i))))\n",
        ["4 W201", "4 R302"],
    ),
    "beside the same fault of one's own": (
        "body = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(224, 224, 3))\n"
        "x = layers.BatchNormalization()(layers.Conv2D(8, 3)(body.output))\n"
        "m = keras.Model(body.input, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))\n",
        ["4 T407 the bias of conv1 is"],
    ),
    "its end and one's own loss": (
        "m = keras.applications.ResNet50(weights=None, classes=7, classifier_activation=None)\n"
        'm.compile(loss="categorical_crossentropy")\n',
        ["4 T402"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("installed", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_findings_about_a_library_s_model(case: str, installed: bool) -> None:
    text, expected = CASES[case]
    found = analyse(Source("case.py", HEAD + text), read=read_file, installed=installed).diagnostics
    places = [f"{d.span.first[0]} {d.code} {d.message}" for d in found if d.span and d.span.source.name == "case.py"]
    assert len(found) == len(places) == len(expected), places
    for place, wanted in zip(places, expected, strict=True):
        assert place.startswith(wanted)


def test_repairs_are_looked_for_where_an_input_stands_with_the_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The input and the layers of an application are made by one call."""
    text = HEAD + "m = keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(48, 48, 3))\n"
    (path := tmp_path / "case.py").write_text(text)
    assert main(["check", str(path), "--no-cache"]) == 1
    assert "InceptionV3 takes images of at least 75x75" in " ".join(capsys.readouterr().out.split())


def test_layers_of_several_kinds_that_one_place_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is tried for one of them is not tried for the others, which have no such argument."""
    text = HEAD + (
        "x = i = keras.Input((32, 32, 3))\n"
        "for make in (lambda: layers.Conv2D(8, 3, strides=2), layers.BatchNormalization):\n    x = make()(x)\n"
        "m = keras.Model(i, layers.Dense(3)(layers.Flatten()(x)))\n"
    )
    (path := tmp_path / "case.py").write_text(text)
    assert main(["check", str(path), "--no-cache"]) == 1
    assert "W201" in capsys.readouterr().out
