"""cnnspec play: who is served what, and when the file is written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main, play
from cnnspec.playground.local_server import LocalServer

TEXT = "input 28x28x1\r\nconv(8, 3x3)\r\n"
SEEN = TEXT.replace("\r\n", "\n")
NEW = "input 8x8x1\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built page, such as it is."""
    folder = tmp_path / "site"
    folder.mkdir()
    for name in ("index.html", "main.js", "python_stdlib.zip.gz"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "net.cnn"
    file.write_bytes(TEXT.encode())
    return file


Serve = Callable[..., "Client"]


class Client:
    """Who asks a server, with the headers of a page that it has opened."""

    def __init__(self, server: LocalServer) -> None:
        self.port = server.server_port
        self.headers = {"X-Cnnspec-Token": server.token}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, str]:
        """The status, what comes, as JSON where it is that, and its type."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        data, kind = answer.read().decode(), answer.headers["content-type"]
        connection.close()
        return answer.status, json.loads(data) if kind == "application/json" else data, kind

    def ask_raw(self, body: bytes) -> int:
        """The status that is the answer to a request to save that is made of these bytes."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("PUT", "/file", body, self.headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def save(self, text: Any, before: Any = SEEN, overwrite: Any = False) -> tuple[int, Any]:
        return self.ask("PUT", "/file", {"text": text, "before": before, "overwrite": overwrite})[:2]


@pytest.fixture
def serve(site: Path) -> Iterator[Serve]:
    """Starts a server; all stop behind the test."""
    running: list[tuple[LocalServer, threading.Thread]] = []

    def start(file: play.SpecFile | None) -> Client:
        server = LocalServer(str(site), file)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return Client(server)

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


# ---- the page --------------------------------------------------------------------------------------------------
def test_the_page_is_served_and_nothing_else(serve: Serve, site: Path, spec: Path) -> None:
    client = serve(None)
    assert client.ask("GET", "/") == (200, "index.html", "text/html; charset=utf-8")
    assert client.ask("GET", "/main.js?x=1") == (200, "main.js", "text/javascript; charset=utf-8")
    assert client.ask("GET", "/python_stdlib.zip.gz")[2] == "application/gzip"
    for path in ("/net.cnn", "/../net.cnn", "//etc/passwd", "/..%2fnet.cnn", f"/{spec}", "/site"):
        assert client.ask("GET", path)[0] == 404, path
    assert client.ask("GET", "/file")[0] == 403  # there is none
    (site / "main.js").unlink()  # the page is built anew
    assert client.ask("GET", "/main.js")[0] == 404


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
def test_who_comes_from_elsewhere_gets_nothing(serve: Serve, spec: Path, headers: dict[str, str]) -> None:
    client = serve(play.SpecFile(str(spec), True))
    for path in ("/", "/file"):
        assert client.ask("GET", path, **headers)[0] == 403
    assert client.ask("PUT", "/file", {"text": NEW, "before": SEEN, "overwrite": True}, **headers)[0] == 403
    assert spec.read_bytes() == TEXT.encode()


def test_who_does_not_know_the_token_gets_no_file(serve: Serve, spec: Path) -> None:
    client = serve(play.SpecFile(str(spec), True))
    for token in ("", "x", "é"):
        client.headers["X-Cnnspec-Token"] = token
        assert client.ask("GET", "/file")[0] == client.save(NEW)[0] == 403
    del client.headers["X-Cnnspec-Token"]
    assert client.ask("GET", "/file")[0] == client.save(NEW)[0] == 403
    assert spec.read_bytes() == TEXT.encode()


# ---- the file --------------------------------------------------------------------------------------------------
def test_a_file_is_read_alone_unless_it_may_be_written(serve: Serve, spec: Path) -> None:
    client = serve(play.SpecFile(str(spec), False))
    assert client.ask("GET", "/file")[:2] == (200, {"name": "net.cnn", "text": SEEN, "writes": False})
    status, answer = client.save(NEW)
    assert status == 403 and "--write" in answer["error"]
    assert spec.read_bytes() == TEXT.encode()


def test_a_file_is_saved_with_its_line_ends(serve: Serve, spec: Path) -> None:
    client = serve(play.SpecFile(str(spec), True))
    assert client.save(NEW) == (200, {})
    assert spec.read_bytes() == NEW.replace("\n", "\r\n").encode()
    assert client.save(SEEN, before=NEW) == (200, {})
    assert spec.read_bytes() == TEXT.encode() and [*spec.parent.glob(".*")] == []


def test_a_file_that_has_changed_is_not_written_over_unasked(serve: Serve, spec: Path) -> None:
    client = serve(play.SpecFile(str(spec), True))
    spec.write_text("# another\n")
    assert client.save(NEW) == (409, {"conflict": "# another\n"})
    assert spec.read_text() == "# another\n"
    assert client.save(NEW, overwrite=True) == (200, {})
    assert spec.read_text() == NEW


def test_what_cannot_be_read_or_saved_says_why(serve: Serve, spec: Path) -> None:
    client = serve(play.SpecFile(str(spec), True))
    for text, before in ((None, SEEN), (NEW, 3)):
        assert client.save(text, before=before)[0] == 400
    assert client.save("input 8x8x1\0") == (
        500,
        {"error": "the text of the page holds a NUL character in line 1: it is no text"},
    )
    assert spec.read_bytes() == TEXT.encode()
    assert client.ask_raw(b"[" * 100_000) == 400
    assert (
        client.ask("PUT", "/file")[0] == client.ask("PUT", "/file", [], **{"Content-Length": "99999999999"})[0] == 400
    )
    spec.unlink()
    assert "No such file" in client.save(NEW)[1]["error"]
    assert "No such file" in client.ask("GET", "/file")[1]["error"]


# ---- the command -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--write"], "--write needs a file to save: cnnspec play net.cnn --write"),
        (["nothing.cnn"], "cannot read nothing.cnn: No such file or directory"),
        (["."], "cannot read .: it is a folder, not a file"),
        (["-"], "- is no file that a page can open: give the path of one"),
        (["net.keras"], "net.keras is a saved model, no text: start cnnspec play alone, and drop it into the page"),
        (["--port", "70000"], "--port must be a whole number from 0 to 65535; 0 takes one that is free"),
        ([], "the page of the playground is not built yet: run make playground in the checkout of cnnspec"),
    ],
)
def test_what_cannot_be_opened_is_refused(
    arguments: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.keras").write_bytes(b"PK")
    monkeypatch.setattr(play, "PACKAGE", str(tmp_path))
    monkeypatch.setattr(play, "CHECKOUT", str(tmp_path))
    assert main(["play", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"cnnspec: {why}")


def test_a_page_is_there_until_it_is_ended(
    site: Path, spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(server: LocalServer) -> None:
        assert server.file is not None and server.file.writes
        raise KeyboardInterrupt

    monkeypatch.setattr(play, "find_site", lambda: str(site))
    monkeypatch.setattr(LocalServer, "serve_forever", end)
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["play", str(spec), "--write"]) == 0
    (address,) = opened
    assert capsys.readouterr().out == f"{address}\n" and "/#play=" in address


def test_a_port_that_is_taken_is_told(
    serve: Serve, site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = str(serve(None).port)
    monkeypatch.setattr(play, "find_site", lambda: str(site))
    assert main(["play", "--port", port, "--no-browser"]) == 2
    assert capsys.readouterr().err.startswith(f"cnnspec: port {port} cannot be used: ")
