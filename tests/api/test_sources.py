"""A path or a text: `load` takes the one, `loads` the other, and what is neither is answered in a sentence."""

from __future__ import annotations

import inspect
import io
import os
from pathlib import Path
from typing import Any

import pytest

import cnnspec

TEXT = "input 8x8x1\nconv(4, 3x3)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.cnn").write_text(TEXT)
    (tmp_path / "my net (1)").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", ["net.cnn", Path("net.cnn"), "my net (1)", Path("my net (1)"), "./net.cnn"])
@pytest.mark.filterwarnings("error")
def test_a_path_is_read(path: Any, folder: Path) -> None:
    assert cnnspec.load(path).params == 40
    assert cnnspec.check(path) == ()


@pytest.mark.parametrize("text", [TEXT, "input 8x8x1 -> conv(4, 3x3)", TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT])
@pytest.mark.filterwarnings("error")
def test_a_text_is_read(text: str) -> None:
    assert cnnspec.loads(text).params == 40
    assert cnnspec.check_text(text) == ()
    assert cnnspec.loads(text, name="mine.cnn").analysed.source.name == "mine.cnn"


@pytest.mark.filterwarnings("error")
def test_a_str_with_a_newline_is_a_text_as_it_always_was() -> None:
    assert cnnspec.load(TEXT).params == 40
    assert cnnspec.check(TEXT) == ()
    assert cnnspec.diff(TEXT, TEXT).same


KEYWORDS = {  # what was there before `loads`, which docs/stability.md promises
    cnnspec.load: ("path_or_text", "model"), cnnspec.check: ("path_or_text",), cnnspec.diff: ("a", "b"), cnnspec.from_keras: ("model", "keep_names"),
    cnnspec.Network.summary: ("format",), cnnspec.Network.to_text: ("format",), cnnspec.Network.explain: ("layer", "format"),
    cnnspec.Network.receptive_field_of: ("layer", "at"),
}  # fmt: skip


@pytest.mark.filterwarnings("error")
def test_keywords_keep_their_names(folder: Path) -> None:
    for function, names in KEYWORDS.items():
        assert set(names) <= inspect.signature(function).parameters.keys(), function
    assert cnnspec.load(path_or_text="net.cnn").params == cnnspec.load(path_or_text=TEXT).params == 40
    assert cnnspec.check(path_or_text=Path("net.cnn")) == cnnspec.check(path_or_text=TEXT) == ()
    (folder / "path.cnn").write_text("model A(path=3) {\ninput 8\ndense(path)\n}\n")
    assert cnnspec.load("path.cnn", path=10).params == 90  # a model's parameter may be called so


TAKES_TEXTS: dict[Any, str] = {  # with the function that takes the same as a text
    cnnspec.load: "cnnspec.loads",
    cnnspec.check: "cnnspec.check_text",
    lambda side: cnnspec.diff(side, side): "cnnspec.loads",
}


@pytest.mark.parametrize("text", ["input 8x8x1", "input(8, 8, 1)", "input\t8x8x1", "input 2x2x1 -> dense(10 / 2)"])
def test_one_line_is_a_text_for_now_with_a_warning_where_it_was_written(text: str) -> None:
    for take, texts in TAKES_TEXTS.items():
        words = f"names no file and was taken for a text: give texts to {texts}$"
        with pytest.warns(DeprecationWarning, match=words) as caught:
            take(text)
        assert {Path(warning.filename).name for warning in caught} == {"test_sources.py"}


NO_FILE = {
    "": "an empty path names no file: give a path, or a text to FUNCTION$",
    " ": "an empty path names no file",
    "\t": "an empty path names no file",
    "no.cnn": "there is no such file: no.cnn$",
    "my net.cnn": "there is no such file: my net.cnn$",
    "My Nets (old)/a.cnn": "there is no such file",
    "models/net": "there is no such file: models/net$",
    "conv": "there is no such file: conv, and FUNCTION takes a text$",
    "input": "FUNCTION takes a text$",
    "\0": r"there is no such file: \\x00",
    "x" * 5000: "there is no such file: x{60}…, and",
}


@pytest.mark.parametrize("path", NO_FILE)
@pytest.mark.filterwarnings("error")
def test_what_names_no_file_is_answered_in_a_sentence(path: str, folder: Path) -> None:
    for take, texts in TAKES_TEXTS.items():
        with pytest.raises(FileNotFoundError, match=NO_FILE[path].replace("FUNCTION", texts)):
            take(path)
    with pytest.raises(FileNotFoundError, match=r"names no file|no such file") as caught:
        cnnspec.blocks(path, "8x8x1")
    assert "cnnspec." not in str(caught.value)  # no other function takes blocks as a text


def test_the_name_of_a_file_is_no_text(folder: Path) -> None:
    for take in (cnnspec.loads, cnnspec.check_text):
        with pytest.raises(cnnspec.SpecError, match="is the name of a file, not a text: give it to"):
            take("net.cnn")
    assert cnnspec.check_text("no.cnn")[0].code == "E016"  # no file is looked for in a text


def test_a_saved_model_is_taken_as_a_spec_is(folder: Path) -> None:
    net = cnnspec.load("net.cnn")
    net.to_keras().save("net.keras")
    for path in ("net.keras", Path("net.keras")):
        assert cnnspec.diff(path, net).same and cnnspec.diff(net, path).same
        assert cnnspec.load(path).params == net.params and not cnnspec.check(path)
        with pytest.raises(cnnspec.SpecError, match="is a saved model, not a spec: `cnnspec import`"):
            cnnspec.blocks(path, "8x8x3")
    (folder / "torn.keras").write_text("no model")
    with pytest.raises(cnnspec.SpecError, match=r"torn\.keras is no \.keras file"):
        cnnspec.diff("torn.keras", net)
    with pytest.raises(FileNotFoundError, match="there is no such file: none"):
        cnnspec.diff("none.keras", net)


@pytest.mark.parametrize("path", ["no.cnn", "my net", "input 3", "."])
@pytest.mark.filterwarnings("error")
def test_a_pathlike_is_never_a_text(path: str, folder: Path) -> None:
    with pytest.raises(OSError, match=r"cannot read|no such file"):
        cnnspec.load(Path(path))


WRONG: list[Any] = [5, None, b"net.cnn", [TEXT], io.StringIO(TEXT)]


@pytest.mark.parametrize("wrong", WRONG, ids=[type(value).__name__ for value in WRONG])
def test_other_kinds_are_a_type_error(wrong: Any) -> None:
    for take in (cnnspec.load, cnnspec.check):
        with pytest.raises(TypeError, match=r"a path is a str or an os.PathLike, not \w+$"):
            take(wrong)
    for take in (cnnspec.loads, cnnspec.check_text):
        with pytest.raises(TypeError, match=r"a text is a str, not \w+: cnnspec.load and cnnspec.check take a path"):
            take(wrong)
    with pytest.raises(TypeError, match=r"a text is a str, not (Posix|Windows)Path"):
        cnnspec.loads(Path("net.cnn"))  # type: ignore[arg-type]


def test_a_name_is_a_str() -> None:
    for wrong in (3, None, b"net", Path("net.cnn")):
        for take in (cnnspec.loads, cnnspec.check_text):
            with pytest.raises(TypeError, match=f"^name must be a str, not {type(wrong).__name__}$"):
                take(TEXT, name=wrong)
    with pytest.raises(TypeError, match=r"^model must be a str, not int$"):
        cnnspec.loads(TEXT, model=3)  # type: ignore[arg-type]


NAMES = [
    "v1.5",
    "a/b",
    "<script>alert(1)</script>",
    "net.cnn",
    "nets/net.cnn",
    "",
    " ",
    "<stdin>",
    "/dev/fd/3",
    "a\nb",
    "模型",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_called_what_its_name_says(name: str) -> None:
    net = cnnspec.loads(TEXT, name=name)
    assert net.name == name == net.analysed.source.name and net.diagnostics.file == name
    assert net.to_data()["model"] == net.cost().to_data()["model"] == name
    assert cnnspec.check_text("input 8x8x1\nconv(4, 9x9)\n", name=name).file == name
    assert net.to_keras().count_params() == net.params and "def " in net.to_source()
    assert cnnspec.loads("model A { input 3 -> dense(2) }", name=name).name == "A"


def test_a_name_keeps_what_is_found_and_how_it_is_mended() -> None:
    text = "input 8x8x1\nconv(4, 9x9)\nrelu\nrelu\n"
    plain, named = cnnspec.check_text(text), cnnspec.loads(text, name="nets/v1.5").diagnostics
    assert any(found.repairs for found in plain)
    assert [(found.code, found.help, len(found.repairs)) for found in named] == [
        (found.code, found.help, len(found.repairs)) for found in plain
    ]


@pytest.mark.parametrize("text", ["", " ", "\n", "# nothing\n"])
def test_a_text_of_nothing_holds_no_network(text: str) -> None:
    with pytest.raises(cnnspec.SpecError, match="<text> holds no network: begin with, for example, input 28x28x1"):
        cnnspec.loads(text)
    assert cnnspec.check_text(text) == ()


def test_texts_of_several_models_and_of_none_are_checked() -> None:
    several = "model A { input 3\ndense(2) }\nmodel B { input 3\ndens(2) }\n"
    assert [found.code for found in cnnspec.check_text(several)] == ["E010"]
    assert cnnspec.check_text("block f() { relu }\n") == ()
    assert [found.code for found in cnnspec.check_text("block f() { rlu }\n")] == ["E010"]


def test_a_network_is_checked_and_compared_too() -> None:
    net = cnnspec.loads("input 8x8x1\nconv(4, 9x9)\n")
    assert cnnspec.check(net) is net.diagnostics
    with pytest.raises(TypeError, match="a Network has its parameters already: give n to load or loads"):
        cnnspec.check(net, n=3)
    with pytest.raises(cnnspec.SpecError, match="cannot be compared"):
        cnnspec.diff(net, TEXT)


def test_files_that_a_text_uses_are_looked_for_beside_its_name(folder: Path) -> None:
    (folder / "blocks.cnn").write_text("block f(n) { conv(n, 3x3) }\n")
    text = 'use "blocks.cnn" (f)\ninput 8x8x1\nf(4)\n'
    assert cnnspec.loads(text, name=os.path.join(folder, "net.cnn")).params == 40


@pytest.mark.kernels
def test_a_text_without_a_name_becomes_a_model_that_predicts() -> None:
    """TensorFlow takes no name of a model that begins with _, as that of a text did, which is called <text>."""
    import numpy as np

    assert cnnspec.loads("input 3\ndense(2)").to_keras().predict(np.ones((4, 3)), verbose=0).shape == (4, 2)
