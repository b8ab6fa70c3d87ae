"""The server as an editor meets it: a process at the other end of two pipes, which nothing that is sent brings down."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnspec.server.uris import find_path, write_uri
from tests.server.client import SECONDS, Editor, Json, apply, stretch

STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edited")


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    """One server for all tests, each of which has files of its own."""
    editor = Editor(folder)
    watching = {"didChangeWatchedFiles": {"dynamicRegistration": True}}
    capabilities = editor.begin({"workspace": watching})["capabilities"]
    assert (
        capabilities["textDocumentSync"]["change"] == 2 and capabilities.get("positionEncoding", "utf-16") == "utf-16"
    )
    yield editor
    assert editor.end() == 0


def test_findings_follow_the_text(editor: Editor, folder: Path) -> None:
    uri = write_uri(str(folder / "typed.cnn"))
    editor.open(uri, "# 😀\r\ninput 7x7x3\r\ncnv(8, 3x3)\r\n")
    (found,) = editor.wait(uri)
    assert (found["code"], found["range"], found["source"]) == ("E010", stretch(2, 0, 3), "cnnspec")
    editor.change(uri, "o", stretch(2, 1, 1))
    assert editor.codes(uri) == []
    editor.change(uri, "3", stretch(1, 8, 9))  # 7x7x3 → 7x3x3
    editor.change(uri, " -> flatten", stretch(2, 99, 99))  # beyond the line: at its end
    editor.change(uri, "relu\n", {"start": {"line": 9, "character": 0}, "end": {"line": 9, "character": 9}})
    assert editor.codes(uri) == []
    editor.change(uri, STRIDE)
    (found,) = editor.wait(uri)
    assert found["range"] == stretch(1, 13, 21) and "help: change the input" in found["message"]
    (found,) = editor.wait(uri)  # and once more, with the help that is made of repairs
    assert "help: what fits: stride=4" in found["message"]
    editor.close(uri)
    assert editor.wait(uri) == []


def test_a_file_that_is_used_is_shown_as_it_is_edited(editor: Editor, folder: Path) -> None:
    user, used = write_uri(str(folder / "user.cnn")), write_uri(str(folder / "used.cnn"))
    (folder / "used.cnn").write_text("block f(n) { conv(n, 3x3, stride=3) }\n")
    editor.open(user, 'use "used.cnn" (f)\ninput 7x7x3\nf(8)\n')
    assert editor.codes(used) == ["W201"]
    editor.open(used, "block f(n) { conv(n, 3x3, stride=2) }\n")
    editor.change(user, "# a\n", stretch(0, 0, 0))
    assert editor.codes(used) == []
    (folder / "used.cnn").unlink()
    editor.close(used)
    assert editor.codes(user) == ["E015"]
    editor.close(user)


def test_configuration_is_read_again(editor: Editor, folder: Path) -> None:
    folder = folder / "configured"
    folder.mkdir()
    uri = write_uri(str(folder / "a.cnn"))
    editor.open(uri, STRIDE)
    assert editor.codes(uri) == ["W201"]
    for text, codes in {'ignore = ["W201"]': [], "ignore = [": ["W201"]}.items():
        (folder / "cnnspec.toml").write_text(text)
        changed = {"uri": write_uri(str(folder / "cnnspec.toml")), "type": 2}
        editor.tell("workspace/didChangeWatchedFiles", changes=[changed])
        assert editor.codes(uri) == codes
    editor.ask("textDocument/documentSymbol", textDocument={"uri": uri})
    said = [message["params"]["message"] for message in editor.said if message["method"] == "window/showMessage"]
    assert len(said) == 1 and "cnnspec.toml is not TOML" in said[0]
    assert "client/registerCapability" in [message["method"] for message in editor.said]
    other = folder / "other"
    other.mkdir()
    (other / "cnnspec.toml").write_text("")
    editor.open(write_uri(str(other / "good.cnn")), STRIDE)
    for _ in range(2):  # the other file has no complaint, and takes back none
        editor.tell("workspace/didChangeWatchedFiles", changes=[changed])
        assert editor.codes(uri) == ["W201"] and editor.codes(write_uri(str(other / "good.cnn"))) == ["W201"]
    said = [message["params"]["message"] for message in editor.said if message["method"] == "window/showMessage"]
    assert len(said) == 1
    editor.close(write_uri(str(other / "good.cnn")))
    editor.close(uri)


def test_actions_formatting_and_outline(editor: Editor, folder: Path) -> None:
    uri = write_uri(str(folder / "acted on.cnn"))
    text = "# a\n# b\nblock f(n) {\nconv(n,3x3)\nrelu\n}\ninput 8x8x3\nwidth=8\nf(width) as 😀\n".replace("😀", "x")
    text += "train {\n  loss = {\n    x: dice\n  }\n}\n"
    editor.open(uri, text + "relu -> relu\n")
    document = {"uri": uri}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    actions = editor.ask(
        "textDocument/codeAction", textDocument=document, range=whole, context={"diagnostics": [], "only": ["quickfix"]}
    )
    assert {"quickfix"} == {action["kind"] for action in actions} and any(action["isPreferred"] for action in actions)
    (edit,) = editor.ask("textDocument/formatting", textDocument=document, options={"tabSize": 2, "insertSpaces": True})
    assert "  conv(n, 3x3)\n  relu\n" in apply(text + "relu -> relu\n", [edit])
    symbols = editor.ask("textDocument/documentSymbol", textDocument=document)
    assert [symbol["name"] for symbol in symbols] == ["f", "width", "x", "train", "loss"]
    folds = editor.ask("textDocument/foldingRange", textDocument=document)
    assert [(fold["startLine"], fold["endLine"], fold.get("kind")) for fold in folds] == [
        (0, 1, "comment"),
        (2, 4, None),
        (9, 12, None),
        (10, 11, None),
    ]
    editor.close(uri)


def test_hints_and_hover(editor: Editor, folder: Path) -> None:
    uri = write_uri(str(folder / "figures.cnn"))
    editor.open(uri, '# 😀\r\ninput 28x28x1\r\nconv(16, 3x3, name="😀") -> relu\r\n')
    document = {"uri": uri}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    for kind, label in {
        "shapes": "26x26x16",
        "rf": "RF 3x3",
        "off": None,
        "no such": None,
        "parameters": "160 parameters",
    }.items():
        editor.tell("workspace/didChangeConfiguration", settings={"cnnspec": {"inlayHints": kind}})
        hints = editor.ask("textDocument/inlayHint", textDocument=document, range=whole)
        assert [hint["label"] for hint in hints] == [label] * (label is not None)
    assert hints[0]["position"] == {"line": 2, "character": 32}
    shown = editor.ask("textDocument/hover", textDocument=document, position={"line": 2, "character": 3})
    assert shown["range"] == stretch(2, 0, 24) and "**26x26x16**, 160 parameters" in shown["contents"]["value"]
    editor.close(uri)


def test_completion_and_names(editor: Editor, folder: Path) -> None:
    uri = write_uri(str(folder / "names.cnn"))
    editor.open(uri, "input 8x8x3\r\nwidth = 4  # 😀\r\nconv(width, 3x3, padding=same)\r\nconv(")
    document = {"uri": uri}
    end = {"line": 3, "character": 5}
    assert "kernel=" in [
        item["label"] for item in editor.ask("textDocument/completion", textDocument=document, position=end)
    ]
    assert editor.ask("textDocument/signatureHelp", textDocument=document, position=end)["activeParameter"] == 0
    use = {"line": 2, "character": 7}
    assert editor.ask("textDocument/definition", textDocument=document, position=use) == {
        "uri": uri,
        "range": stretch(1, 0, 5),
    }
    places = editor.ask(
        "textDocument/references", textDocument=document, position=use, context={"includeDeclaration": False}
    )
    assert [place["range"] for place in places] == [stretch(2, 5, 10)]
    assert len(editor.ask("textDocument/documentHighlight", textDocument=document, position=use)) == 2
    refused = editor.answer("textDocument/rename", textDocument=document, position=use, newName="w")["error"]
    assert refused["message"] == "this file has syntax errors: mend them first"
    editor.change(uri, "relu", stretch(3, 0, 5))
    edits = editor.ask("textDocument/rename", textDocument=document, position=use, newName="w")["changes"][uri]
    assert [edit["range"] for edit in edits] == [stretch(1, 0, 5), stretch(2, 5, 10)]
    editor.close(uri)


def test_a_request_that_fails_is_answered(editor: Editor, folder: Path) -> None:
    assert editor.answer("textDocument/codeAction", textDocument=3)["error"]["code"]
    assert editor.answer("no/such")["error"]["code"] == -32601
    assert editor.ask("textDocument/foldingRange", textDocument={"uri": "file:///nowhere.cnn"}) is None
    editor.change("file:///nowhere.cnn", "x")
    editor.close("file:///nowhere.cnn")


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b"3", b"\xff\xfe", b'{"jsonrpc": "2.0"}', b"[" * 100_000, b'{"id": []}', b"\r\n\r\n"]
)
def test_garbage_is_skipped(data: bytes, editor: Editor, folder: Path) -> None:
    editor.stdin.write(b"Content-Type: x\r\nContent-Length: %d\r\n\r\n%b" % (len(data), data))
    editor.stdin.flush()
    assert editor.ask("textDocument/foldingRange", textDocument={"uri": "file:///nowhere.cnn"}) is None


@pytest.mark.parametrize(
    "text", ["\0" * 99, "\x7fELF\x01\0", "conv(", "(" * 9999, "input 8x8x3\n" + "relu\n" * 20_000, "# x\n" * 2**18]
)
def test_what_is_no_network_is_shown_like_any_other(text: str, editor: Editor, folder: Path) -> None:
    """Binary content, nests of brackets, a megabyte."""
    uri = write_uri(str(folder / "odd.cnn"))
    editor.open(uri, text)
    editor.wait(uri)
    editor.ask("textDocument/documentSymbol", textDocument={"uri": uri})
    editor.close(uri)


def test_files_that_use_each_other(editor: Editor, folder: Path) -> None:
    uris = [write_uri(str(folder / f"{name}.cnn")) for name in "ab"]
    for uri, other in zip(uris, "ba", strict=True):
        editor.open(uri, f'use "{other}.cnn" (f)\nblock f(n) {{ relu }}\n')
    while not editor.findings.get(uris[0]) or not editor.findings.get(uris[1]):
        editor.receive()
    for uri in uris:
        editor.close(uri)


def test_what_comes_out_of_turn_is_refused(folder: Path) -> None:
    editor = Editor(folder)
    asked: Json = {"textDocument": {"uri": "file:///a.cnn"}}
    assert editor.answer("textDocument/foldingRange", **asked)["error"]["code"] == -32002
    editor.open("file:///a.cnn", "conv(")  # is not heeded
    editor.begin()
    assert editor.ask("textDocument/foldingRange", **asked) is None
    assert editor.answer("initialize", processId=None, rootUri=None, capabilities={})["error"]["code"] == -32600
    assert editor.answer("textDocument/foldingRange", textDocument=[])["error"]["code"] == -32602
    editor.ask("shutdown")
    for method in ("textDocument/foldingRange", "shutdown"):
        assert editor.answer(method, **asked)["error"]["code"] == -32600
    editor.tell("exit")
    _, said = editor.process.communicate(timeout=SECONDS)
    editor.watchdog.cancel()
    assert editor.process.returncode == 0
    assert b"Invalid Params" in said and b"Traceback" not in said


# ---- the end -------------------------------------------------------------------------------------------------
def serve(data: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cnnspec", "server"]
    return subprocess.run(command, input=data, capture_output=True, cwd=folder, timeout=SECONDS, check=False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x" * 2**20,
        b"Content-Length: 99999999999999\r\n\r\n{",
        b"Content-Length: 50\r\n\r\n{",
        b"Content-Length: " + b"9" * 900 + b"\r\n\r\n",
    ],
)
def test_an_editor_that_dies_or_sends_without_end_ends_it(data: bytes, tmp_path: Path) -> None:
    done = serve(data, tmp_path)
    assert done.returncode == 1 and b"Traceback" not in done.stderr and not done.stdout


def test_without_pygls_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ModuleNotFoundError(name='pygls')")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "cnnspec", "server"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
    )
    assert (
        done.returncode == 2
        and "pygls is not installed; this command needs it" in done.stderr
        and "[lsp]" in done.stderr
    )


def test_checking_imports_no_server() -> None:
    code = "import sys, cnnspec.cli as c\nc.main(['check', '-q'])\nassert not {'pygls', 'lsprotocol', 'cattrs'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=SECONDS, cwd=os.path.dirname(__file__))


@pytest.mark.parametrize(
    ("uri", "path"),
    [("file:///a/b%20c.cnn", "/a/b c.cnn"), ("file://localhost/a.cnn", "/a.cnn"), ("untitled:Untitled-1", "Untitled-1"), ("x:", "untitled"),
     ("FILE:///a.cnn", "/a.cnn"), ("file:///a%00b.cnn", "untitled"), ("untitled:%00", "untitled"),
     ("file://[x]/a.cnn", "untitled"), ("//[", "untitled"), ("", "untitled")],
)  # fmt: skip
def test_paths_of_uris(uri: str, path: str) -> None:
    assert find_path(uri) == path


def test_uris_of_paths() -> None:
    for path in ("/a/b c.cnn", "/a/ä😀#?.cnn", "/100%.cnn"):
        assert find_path(write_uri(path)) == path
