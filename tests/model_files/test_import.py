"""cnnspec import, as users meet it: the text on stdout or in a file, and what is said of names and refusals."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.keras_model import import_keras
from tests.cli.commands import run
from tests.model_files.written_models import RESNET, resnet


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a network that Keras saved in both ways, and one with a layer that the language has not."""
    folder = tmp_path_factory.mktemp("saved")
    k = import_keras()
    model = resnet(k)
    model.save(folder / "net.keras")
    (folder / "net.json").write_text(model.to_json())
    x = k.Input((4, 2))
    k.Model(x, k.layers.LSTM(2, name="memory")(x)).save(folder / "lstm.keras")
    return folder


@pytest.mark.parametrize("name", ["net.keras", "net.json"])
def test_import_to_stdout(name: str, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "import", saved / name) == (0, RESNET, NOTE)


NOTE = "cnnspec: resnet, 50 layers in 24 lines; weights and training settings stay behind\n"


def test_import_to_a_file_that_the_other_verbs_take(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.cnn"
    assert run(capsys, "import", saved / "net.keras", "-o", out) == (
        0,
        "",
        NOTE.replace("resnet", f"wrote {out}: resnet"),
    )
    assert out.read_text() == RESNET
    assert run(capsys, "format", "--check", out)[0] == 0
    assert run(capsys, "diff", out, saved / "net.keras")[0] == 0


def test_import_replaces_a_file_and_keeps_its_mode(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.cnn"
    out.write_text("old")
    out.chmod(0o640)
    assert run(capsys, "import", saved / "net.keras", "-o", out, "--force")[0] == 0
    assert (out.read_text(), stat.S_IMODE(out.stat().st_mode)) == (RESNET, 0o640)


def test_import_of_an_application(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "import", "--application", "VGG16")
    assert status == 0 and out.startswith("model vgg16 {\n  input 224x224x3\n")
    assert "have lost their names (block1_conv1, block1_conv2, block1_pool, …)" in err


def test_names_that_are_lost_and_names_that_are_respelled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    k = import_keras()
    x = image = k.Input((16, 16, 3), name="the-image")
    for stage in (1, 2, 3):
        x = k.layers.MaxPooling2D(name=f"pool{stage}")(
            k.layers.Conv2D(8 * stage, 3, padding="same", name=f"c{stage}")(x)
        )
    path = tmp_path / "net.json"
    path.write_text(k.Model(image, k.layers.Flatten(name="été")(x), name="net").to_json())
    respelled = "cnnspec: spelled as the language has names: the-image → the_image, été → _t_\n"
    status, out, err = run(capsys, "import", path)
    assert (status, err.split("\n", 1)[1]) == (
        0, f"cnnspec: 6 layers have lost their names (c1, pool1, c2, …) in branches, blocks and loops; --keep-names keeps them\n{respelled}",
    )  # fmt: skip
    status, out, err = run(capsys, "import", path, "--keep-names")
    assert (status, err.split("\n", 1)[1]) == (0, respelled)
    assert all(f" as {name}\n" in out for name in ("c1", "pool1", "c2", "pool2", "c3", "pool3", "_t_"))


# ---- what is refused: exit 2, a sentence, nothing written -----------------------------------------------
def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What stderr says of a command that fails."""
    status, out, err = run(capsys, "import", *arguments)
    assert (status, out) == (2, "") and "internal error" not in err and "defect" not in err
    return err


def test_one_source_is_asked_for(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = "cnnspec: give a model's file, --application NAME or --torch MODULE:NAME: one of the three\n"
    assert refused(capsys) == refused(capsys, saved / "net.keras", "--application", "VGG16") == asked


def test_unknown_application_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--application", "vgg-16") == (
        'cnnspec: keras.applications has no "vgg-16": did you mean "VGG16"?\n'
    )


def test_layers_that_cannot_be_said_stand_in_lines_of_their_own(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.cnn"
    assert refused(capsys, saved / "lstm.keras", "-o", out) == (
        "cnnspec: this model has a layer that the language cannot express:\n"
        "cnnspec:   memory (LSTM): no layer of the language is Keras's LSTM\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_output_that_cannot_be_written(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = saved / "net.keras"
    assert refused(capsys, model, "-o", tmp_path) == f"cnnspec: cannot write {tmp_path}: it is a folder\n"
    missing = tmp_path / "no" / "net.cnn"
    assert refused(capsys, model, "-o", missing) == f"cnnspec: cannot write {missing}: No such file or directory\n"
    assert "cannot write /proc/net.cnn: " in refused(capsys, model, "-o", "/proc/net.cnn")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_and_stays(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no file is not replaced by one: -o /dev/null must leave the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run(capsys, "import", saved / "net.keras", "-o", pipe)[0] == 0
    assert os.read(reader, 100_000).decode() == RESNET and pipe.is_fifo()
    os.close(reader)


def lambda_of(config: dict[str, Any]) -> None:
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}
    config["config"]["layers"][1].update(class_name="Lambda", config={"name": "f", "function": code})


def own_class(config: dict[str, Any]) -> None:
    config["config"]["layers"][1].update(module="os", class_name="system", registered_name="Custom>system")


HOSTILE: list[tuple[str, Callable[[Path, dict[str, Any]], Any]]] = [
    ("cannot read", lambda path, net: None),
    ("no .keras file", lambda path, net: path.write_bytes(b"hello")),
    ("a damaged .keras file", lambda path, net: path.write_bytes(archive(path, json.dumps(net)).read_bytes()[:400])),
    ("larger than 64 MiB", lambda path, net: archive(path, " " * (65 * 2**20))),
    ("without config.json", lambda path, net: archive(path, "{}", "../config.json")),
    ("no layer of the language is Keras's Lambda", lambda path, net: (lambda_of(net), archive(path, json.dumps(net)))),
    ("os.system is a class of its own", lambda path, net: (own_class(net), archive(path, json.dumps(net)))),
    ("names no class", lambda path, net: archive(path, "{}")),
    ("not JSON", lambda path, net: archive(path, "{")),
]


def archive(path: Path, config: str, name: str = "config.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, config)
    return path


@pytest.mark.parametrize(("why", "write"), HOSTILE, ids=[why for why, _ in HOSTILE])
def test_file_that_means_harm(
    why: str,
    write: Callable[[Path, dict[str, Any]], Any],
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "net.keras"
    write(path, json.loads((saved / "net.json").read_text()))
    before = list(tmp_path.iterdir())
    assert why in refused(capsys, path, "-o", tmp_path / "net.cnn")
    assert list(tmp_path.iterdir()) == before


def test_path_that_no_file_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "a\0b.keras") == "cnnspec: cannot read 'a\\x00b.keras': it is no path\n"


def test_control_characters_of_a_file_stay_in_their_line(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (saved / "net.json").read_text().replace("batch_normalization_", "a\\n\\u001b[31mb_")
    path = tmp_path / "net.json"
    path.write_text(text.replace("BatchNormalization", "Whitening"))
    err = refused(capsys, path)
    assert "\x1b" not in err and all(line.startswith("cnnspec: ") for line in err.splitlines())
    assert "a\\x0a\\x1b[31mb_" in err
