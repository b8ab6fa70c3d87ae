"""The playground's texts and files: links, what is kept, what is dropped and downloaded, the file of `cnnspec play`."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from cnnspec.cli import main
from tests.browser.playground import Playground
from tests.docs.blocks import ROOT
from tests.editors.window import wait_for

NET = "input 28x28x1\nconv(8, 3x3, name='😀 é')\nflatten\ndense(10, softmax)\n"
OTHER = "input 9x9x3\nrelu\n"
FIXTURES = ROOT / "tests" / "model_files"


# ---- links -----------------------------------------------------------------------------------------------------
def read_link(page: Playground) -> str:
    """The link that the page puts into the clipboard."""
    page.visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.press_button("Share")
    page.wait_for_notice("in the clipboard")
    return str(page.page.evaluate("navigator.clipboard.readText()"))


def test_a_link_brings_the_text_and_the_tab(opened: Callable[..., Playground]) -> None:
    first = opened()
    first.write(NET)
    first.show("cost")
    link = read_link(first)
    assert len(link) < 250 and parse_qs(link.split("#")[1])["view"] == ["cost"]
    second = opened(link)
    assert second.text == NET.rstrip("\n") or second.text == NET
    assert "28x28x1" in second.show("cost").inner_text()
    second.page.locator(".cm-content").focus()
    second.type("# mine\n")
    second.wait()
    assert "#" not in second.page.url  # what is written now is no longer the link's


def test_a_link_leaves_what_was_kept(opened: Callable[..., Playground]) -> None:
    page = opened()
    page.write(NET)
    link = read_link(page)
    page.write(OTHER)
    page.page.wait_for_timeout(600)
    page.page.goto(link)
    page.page.reload()
    page.wait()
    assert "28x28x1" in page.text
    page.press_button("Back to mine")
    page.wait_for_text("9x9x3")
    page.page.goto(page.visit.address)
    page.page.reload()
    page.wait()
    assert "9x9x3" in page.text


@pytest.mark.parametrize(
    ("fragment", "said"),
    [("#spec=AAAA", "broken"), ("#spec=%C3%A9", "broken"), ("#spec=", "broken"), ("#spec=S8wrKTY0VKgwKgYA", "")],
    ids=["bytes", "letters", "empty", "whole"],
)
def test_a_broken_link_says_so(opened: Callable[..., Playground], address: str, fragment: str, said: str) -> None:
    page = opened(f"{address}/{fragment}")
    if said:
        page.wait_for_notice(said)
        assert "28x28x1" in page.text  # the example
    else:
        assert page.page.locator("#notice p").count() == 0


def test_a_link_of_a_gigabyte_is_not_opened(opened: Callable[..., Playground], address: str) -> None:
    import base64
    import zlib

    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(b"#" * 20_000_000) + packer.flush()
    page = opened(f"{address}/#spec={base64.urlsafe_b64encode(packed).decode().rstrip('=')}")
    page.wait_for_notice("longer than a megabyte")


def test_a_text_that_is_too_long_for_a_link_is_told(page: Playground) -> None:
    import random

    chance = random.Random(1)
    page.write("input 8x8x1\n" + "".join([f"# {chance.getrandbits(2000):x}\n" for _ in range(100)]))
    page.press_button("Share")
    page.wait_for_notice("too long for a link")
    with page.page.expect_download():
        page.press_button("Download the text")


def test_a_link_can_be_copied_by_hand_where_the_clipboard_is_closed(opened: Callable[..., Playground]) -> None:
    page = opened()
    page.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.press_button("Share")
    page.page.locator("dialog#link[open]").wait_for()
    assert "#spec=" in page.page.locator("#link-words").input_value()


# ---- what is kept ----------------------------------------------------------------------------------------------
def test_texts_are_kept_and_examples_put_none_away(either: Playground) -> None:
    either.write(NET)
    either.open_example("resnet18")
    assert either.page.locator("#name").inner_text() == "resnet18.cnn"
    assert "11,699,112" in either.page.locator("#totals").inner_text()
    either.page.reload()
    either.wait()
    assert "name='😀 é'" in either.text  # the example was not edited, so it is not the user's
    either.open_example("vgg16")
    either.type("# mine\n")
    either.page.wait_for_timeout(600)
    either.page.reload()
    either.wait()
    assert either.text.startswith("# mine") and either.page.locator("#name").inner_text() == "vgg16.cnn"
    either.press_button("Examples")
    names = either.page.locator("#example-list ul").first.locator("b").all_inner_texts()
    assert names == ["vgg16", "mnist"]


def test_it_works_where_nothing_may_be_kept(opened: Callable[..., Playground], address: str) -> None:
    page = opened()
    page.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } });"
    )
    page.page.reload()
    page.write(OTHER)
    page.page.wait_for_timeout(600)
    assert page.counts == "no findings"


# ---- files -----------------------------------------------------------------------------------------------------
def make_keras_file() -> bytes:
    def layer(kind: str, **config: Any) -> dict[str, Any]:
        return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}

    layers = [
        layer("InputLayer", name="in", batch_shape=[None, 28, 28, 1]),
        layer("Conv2D", name="c", filters=8, kernel_size=[3, 3], strides=[1, 1], padding="valid", activation="relu"),
        layer("Flatten", name="f"),
        layer("Dense", name="d", units=10, activation="softmax"),
    ]
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "digits", "layers": layers},
        "registered_name": None,
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("model.weights.h5", b"")
    return held.getvalue()


MODELS = {
    "digits.keras": make_keras_file,
    "lenet5.onnx": lambda: gzip.decompress((FIXTURES / "onnx" / "fixtures" / "example_lenet5.onnx.gz").read_bytes()),
    "alexnet.pt2": lambda: (FIXTURES / "torch" / "fixtures" / "alexnet.pt2").read_bytes(),
    "own.cnn": lambda: OTHER.encode(),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_dropped_and_seen_as_text(
    either: Playground, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text that `cnnspec import` writes."""
    (tmp_path / name).write_bytes(MODELS[name]())
    either.drop(name, MODELS[name]())
    either.wait_for_notice(f"This is {name}.")
    either.wait()
    assert either.page.locator("#name").inner_text() == f"{name.split('.')[0]}.cnn" and "error" not in either.counts
    if name.endswith(".cnn"):
        expected = OTHER
    else:
        assert main(["import", str(tmp_path / name)]) == 0
        expected = capsys.readouterr().out
    lines = [line for line in expected.splitlines() if not line.startswith("#")]
    seen = either.text.splitlines()
    assert [line for line in lines if line and line not in seen][:3] == []


def test_a_model_is_chosen_by_keys(page: Playground, tmp_path: Path) -> None:
    (tmp_path / "digits.keras").write_bytes(make_keras_file())
    with page.page.expect_file_chooser() as chosen:
        page.page.locator("#open").focus()
        page.press("Enter")
    chosen.value.set_files(tmp_path / "digits.keras")
    page.wait_for_notice("This is digits.keras.")
    page.press("Control+z")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("net.keras", b"no archive", "net.keras"),
        ("net.cnn", b"\xff\xfe", "not text in UTF-8"),
        ("x.png", b"\x89PNG", "x.png"),
        ("big.cnn", b"#" * 1_200_000, "2 megabytes"),
    ],
)
def test_a_file_that_cannot_be_opened_is_told(page: Playground, name: str, data: bytes, said: str) -> None:
    before = page.text
    page.drop(name, data)
    wait_for(lambda: page.page.locator("#notice.bad p", has_text=said).count() or None)
    assert page.text == before


def test_what_is_downloaded(page: Playground, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page.write(OTHER)
    assert page.download("The text, .cnn") == ("mnist.cnn", OTHER)
    (tmp_path / "mnist.cnn").write_text(OTHER, encoding="utf-8")
    for entry, target in (("A Keras program, .py", "py"), ("A PyTorch program, .py", "torch")):
        name, program = page.download(entry)
        assert main(["compile", str(tmp_path / "mnist.cnn"), "--to", target, "-o", "-"]) == 0
        assert name == "mnist.py" and program == capsys.readouterr().out.replace(
            str(tmp_path / "mnist.cnn"), "mnist.cnn"
        )
    with page.page.expect_download() as got:
        page.press("Control+s")
    assert got.value.suggested_filename == "mnist.cnn"
    page.write("cnov(3)")
    page.press_button("Download")
    page.press_button("A Keras program, .py")
    wait_for(lambda: page.page.locator("#notice.bad p").count() or None)


# ---- cnnspec play ----------------------------------------------------------------------------------------------
@pytest.fixture
def play() -> Iterator[Callable[..., str]]:
    """Runs `cnnspec play` with some arguments: the address that it says."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        command = [sys.executable, "-m", "cnnspec", "play", "--no-browser", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        running.append(process)
        assert process.stdout
        return process.stdout.readline().strip()

    yield start
    for process in running:
        process.terminate()
        process.wait(10)
        assert process.stdout
        process.stdout.close()


def test_a_file_is_saved_when_it_is_said(
    opened: Callable[..., Playground], play: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "net.cnn"
    file.write_text(NET, encoding="utf-8")
    page = opened(play(str(file), "--write"))
    assert "28x28x1" in page.text and page.page.locator("#save").inner_text() == "Saved"
    page.write(OTHER)
    assert file.read_text(encoding="utf-8") == NET
    page.press("Control+s")
    page.wait_for_notice("net.cnn is saved.")
    assert file.read_text(encoding="utf-8") == OTHER and page.page.locator("#save").inner_text() == "Saved"


def test_a_file_that_has_changed_is_not_overwritten_silently(
    opened: Callable[..., Playground], play: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "net.cnn"
    file.write_text(NET, encoding="utf-8")
    page = opened(play(str(file), "--write"))
    file.write_text("# theirs\n", encoding="utf-8")
    page.write(OTHER)
    page.press("Control+s")
    page.page.locator("#conflict-words", has_text="was changed on the disk").wait_for()
    assert page.visit.barriers() == []
    page.press("Escape")
    assert file.read_text(encoding="utf-8") == "# theirs\n"
    page.press("Control+s")
    page.press_button("Show the file's text here")
    page.wait_for_text("# theirs")
    page.press("Control+z")
    page.wait_for_text("9x9x3")
    file.write_text("# again\n", encoding="utf-8")
    page.press("Control+s")
    page.press_button("Write over it")
    page.wait_for_notice("net.cnn is saved.")
    assert file.read_text(encoding="utf-8") == OTHER
    page.visit.errors[:] = [error for error in page.visit.errors if "409" not in error]


def test_a_file_is_only_read_without_write(
    opened: Callable[..., Playground], play: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "net.cnn"
    file.write_text(NET, encoding="utf-8")
    page = opened(play(str(file)))
    assert not page.page.locator("#save").is_visible()
    page.write(OTHER)
    with page.page.expect_download() as got:
        page.press("Control+s")
    assert got.value.suggested_filename == "net.cnn" and file.read_text(encoding="utf-8") == NET
