"""Emacs: the mode compiles without a warning; what it colours and indents; eglot with the server."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

from tests.editors.agreement import COLOURED, FORMS, find_differences
from tests.editors.grammars import EDITORS
from tests.editors.programs import AFTER, SERVER, TEXT, program

EMACS = program("emacs")
MODE = EDITORS / "emacs" / "cnnspec-mode.el"
SCRIPT = Path(__file__).parent / "scripts" / "see.el"
TYPES = {
    "font-lock-keyword-face": (Keyword.Declaration, Keyword, Operator.Word), "font-lock-constant-face": (Keyword.Constant,),
    "font-lock-string-face": (String,), "font-lock-comment-face": (Comment.Single,), "font-lock-comment-delimiter-face": (Comment.Single,),
    "font-lock-function-name-face": (Name.Function,), "font-lock-type-face": (Name.Class,), "cnnspec-layer": (Name.Builtin,), "cnnspec-number": (Number,),
    "cnnspec-option": (Name.Constant,), "cnnspec-argument": (Name.Attribute, Name.Constant), "cnnspec-property": (Name.Property,),
    "cnnspec-current": (Name.Builtin.Pseudo,), "default": (Name, Name.Function, Operator, Punctuation),
}  # fmt: skip


def emacs(*arguments: str) -> str:
    """What a run of Emacs without the user's settings prints."""
    command = [EMACS, "--batch", "-Q", "-L", str(MODE.parent), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def ask(calls: list[tuple[str, Path]], tmp_path: Path) -> list[str]:
    """What each call of a function of the script writes."""
    asked = [f'({name} "{path}" "{tmp_path / str(at)}")' for at, (name, path) in enumerate(calls)]
    assert emacs("-l", str(SCRIPT), "--eval", f"(progn {' '.join(asked)})") == ""
    return [(tmp_path / str(at)).read_text(encoding="utf-8") for at in range(len(calls))]


def test_the_mode_compiles_without_a_warning(tmp_path: Path) -> None:
    copy = tmp_path / MODE.name
    copy.write_bytes(MODE.read_bytes())
    emacs("--eval", "(setq byte-compile-error-on-warn t)", "-f", "batch-byte-compile", str(copy))
    assert copy.with_suffix(".elc").exists()


def test_colours_are_those_of_the_language(tmp_path: Path) -> None:
    files = [FORMS, *COLOURED]
    for path, seen in zip(files, ask([("see-faces", path) for path in files], tmp_path), strict=True):
        differences = find_differences(
            path.read_text(encoding="utf-8"), [line.split(" ") for line in seen.split("\n")], TYPES
        )
        assert not differences, (path, differences)


def test_indentation_is_that_of_the_formatter(tmp_path: Path) -> None:
    for path, text in zip(COLOURED, ask([("see-indented", path) for path in COLOURED], tmp_path), strict=True):
        assert text == path.read_text(encoding="utf-8"), path


def test_a_spec_is_known_by_its_name_and_has_an_index(tmp_path: Path) -> None:
    spec = tmp_path / "net.cnn"
    spec.write_text(
        "block cbr(n) { conv(n) }\nmodel Net { input 8x8x3 }\nmodel Other { input 8x8x3 }\n", encoding="utf-8"
    )
    (seen,) = ask([("see-commented", spec)], tmp_path)
    mode, *index, first, _, _, _, _ = seen.split("\n")
    assert (mode, first) == ("cnnspec-mode", "# block cbr(n) { conv(n) }")
    assert index == ["Blocks: cbr", "Models: Net, Other"]


@pytest.mark.parametrize("text", ["block cbr(filters", 'conv(8, "abc', "add(in,\n  conv('", "}"])
def test_half_a_text_is_coloured(text: str, tmp_path: Path) -> None:
    spec = tmp_path / "net.cnn"
    spec.write_text(f"{text}\n\nmodel Net {{\n  input 8x8x3\n}}\n", encoding="utf-8")
    (seen,) = ask([("see-faces", spec)], tmp_path)
    line = seen.split("\n")[text.count("\n") + 2].split(" ")
    assert [*dict.fromkeys(line)] == ["font-lock-keyword-face", "default", "font-lock-type-face"]


def test_a_spec_is_written_with_eglot(tmp_path: Path) -> None:
    spec = tmp_path / "net.cnn"
    spec.write_text(TEXT, encoding="utf-8")
    paths = [
        f"--directory={folder}" for folder in sorted(Path("/usr/share/emacs/site-lisp/elpa").glob("*"))
    ]  # before Emacs 29
    if "there" not in emacs(*paths, "--eval", '(when (require (quote eglot) nil t) (princ "there"))'):
        pytest.skip("eglot is not installed")
    server = " ".join([f'"{word}"' for word in SERVER])
    to = tmp_path / "seen"
    emacs(
        *paths,
        "-l",
        str(SCRIPT),
        "--eval",
        f"(setq cnnspec-server-command '({server}))",
        "--eval",
        f'(see-eglot "{spec}" "{to}")',
    )
    line, text, *after = to.read_text(encoding="utf-8").split("\n")
    assert (line, text) == ("4", 'cnnspec [E010]: nothing is called "maxpol"')
    assert "\n".join(after).strip() == AFTER.strip()
